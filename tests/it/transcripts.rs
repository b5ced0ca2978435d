//! Sessions as files: `PS> line` and what is printed. `UPDATE=1 cargo test transcripts` writes them anew.
//! Those called `…_kept.txt` have a directory, `/tenant`.

use std::fs;
use std::path::Path;

use crate::support::Rig;

/// Runs a transcript on a fresh sample, in memory or kept in a directory, and gives it with what is printed now.
fn play(text: &str, kept: bool) -> String {
    let here = std::env::current_dir().unwrap().display().to_string();
    let dir = tempfile::tempdir().unwrap();
    let place = fs::canonicalize(dir.path()).unwrap().display().to_string();
    let mut rig = match kept {
        true => Rig::kept(dir.path()),
        false => Rig::new(),
    };
    let mut played = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(command) = line.strip_prefix("PS> ") {
            let mut command = command.to_owned();
            played.push_str(line);
            played.push('\n');
            while let Some(more) = lines.next_if(|line| line.starts_with(">> ")) {
                command.push('\n');
                command.push_str(&more[3..]);
                played.push_str(more);
                played.push('\n');
            }
            // What was printed last time.
            while lines
                .next_if(|l| !l.starts_with("PS> ") && !l.starts_with('#'))
                .is_some()
            {}
            let command = command.replace("/tenant", &place);
            let printed = rig.show(&command).replace(&here, "/here");
            let printed = printed.replace(&place, "/tenant");
            for line in printed.trim_end().lines() {
                played.push_str(line.trim_end());
                played.push('\n');
            }
            played.push('\n');
        } else {
            played.push_str(line);
            played.push('\n');
        }
    }
    format!("{}\n", played.trim_end())
}

#[test]
fn every_transcript_is_what_happens() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let update = std::env::var_os("UPDATE").is_some();
    let mut stale = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(&dir).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        count += 1;
        let written = fs::read_to_string(&path).unwrap();
        let kept = path
            .file_stem()
            .is_some_and(|name| name.to_string_lossy().ends_with("_kept"));
        let played = play(&written, kept);
        if played != written {
            if update {
                fs::write(&path, played).unwrap();
            } else {
                stale.push(format!("{}:\n{played}", path.display()));
            }
        }
    }
    assert!(count > 0, "no transcripts in {}", dir.display());
    assert!(
        stale.is_empty(),
        "these print something else now; UPDATE=1 takes it over:\n{}",
        stale.join("\n")
    );
}
