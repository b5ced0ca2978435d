//! The documents under docs: every block of commands in them is run on a fresh sample, and prints what stands below it.

use std::fs;
use std::path::Path;

use crate::support::Rig;

/// Files that the examples read, beside where they write.
const FILES: &[(&str, &str)] = &[
    ("leavers.txt", "noah@contoso.com\nnina@contoso.com\n"),
    (
        "projects.csv",
        "UserPrincipalName,Sku\nmegan@contoso.com,SPE_E3\nmia@contoso.com,ENTERPRISEPACK\nmia@contoso.com,POWER_BI_PRO\n",
    ),
    (
        "moves.csv",
        "User,Old,New\nhannah@contoso.com,STANDARDPACK,ENTERPRISEPACK\ngeorge@contoso.com,EMS,POWER_BI_PRO\n",
    ),
    (
        "newcomers.csv",
        "User principal name;Usage location\njonas@contoso.com;SE\nwalter@contoso.com;US\n",
    ),
    (
        "prices.csv",
        "Sku,Price\nENTERPRISEPACK,23.00\nSTANDARDPACK,7.75\nSPE_E3,33.75\nSPE_E5,54.75\nPOWER_BI_PRO,14.00\nEMS,10.60\n",
    ),
];

/// Names that become files of the test's own directory.
const PLACES: &[&str] = &[
    "leavers.txt",
    "projects.csv",
    "moves.csv",
    "newcomers.csv",
    "prices.csv",
    "exported",
    "report.csv",
];

fn run(commands: &str, dir: &Path) -> String {
    let here = dir.display().to_string() + "/";
    let mut placed = commands.to_owned();
    for name in PLACES {
        placed = placed.replace(name, &format!("{here}{name}"));
    }
    let mut rig = Rig::new();
    let printed = rig.show(&placed).replace(&here, "");
    let lines = printed.trim().lines().map(str::trim_end);
    lines.collect::<Vec<_>>().join("\n")
}

/// The document with what its blocks print now.
fn play(text: &str) -> (String, usize) {
    let mut played = String::new();
    let mut lines = text.lines().peekable();
    let mut count = 0;
    while let Some(line) = lines.next() {
        played.push_str(line);
        played.push('\n');
        let refused = line == "```tenantsh refused";
        if line != "```tenantsh" && !refused {
            continue;
        }
        count += 1;
        let mut commands = String::new();
        for line in lines.by_ref() {
            played.push_str(line);
            played.push('\n');
            if line == "```" {
                break;
            }
            commands.push_str(line);
            commands.push('\n');
        }
        let dir = tempfile::tempdir().unwrap();
        for (name, content) in FILES {
            fs::write(dir.path().join(name), content).unwrap();
        }
        let printed = run(&commands, dir.path());
        assert_eq!(printed.contains("error["), refused, "{commands}{printed}");
        // What it printed last time stands right below; a block without it is only run.
        if lines.next_if(|line| *line == "```text").is_some() {
            for line in lines.by_ref() {
                if line == "```" {
                    break;
                }
            }
            played.push_str(&format!("```text\n{printed}\n```\n"));
        }
    }
    (played, count)
}

#[test]
fn every_block_of_commands_prints_what_stands_below_it() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let update = std::env::var_os("UPDATE").is_some();
    let mut blocks = 0;
    for entry in fs::read_dir(&docs).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let written = fs::read_to_string(&path).unwrap();
        let (played, count) = play(&written);
        blocks += count;
        if update && played != written {
            fs::write(&path, played).unwrap();
        } else {
            assert!(
                played == written,
                "{} prints something else now; UPDATE=1 takes it over:\n{played}",
                path.display()
            );
        }
    }
    assert!(blocks > 20, "only {blocks} blocks");
}
