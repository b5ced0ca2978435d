//! How far long work has come: seen on a terminal while it lasts, and nowhere else.

use std::process::Command;

use crate::terminal::{Home, Shell};

const SLOW: &str = "Get-User | ForEach-Object { sleep(0.05); 1 } | Measure-Object";
const SHOWN: &str = "Get-User | ForEach-Object | Measure-Object  ";

#[track_caller]
fn shows(shell: &Shell, text: &str) {
    shell.until(text, |shell| shell.text().contains(text));
}

#[test]
fn long_work_is_seen_and_then_gone() {
    let home = Home::new();
    let mut shell = home.shell(24, 80, &["--sample"], &[]);
    shell.start(SLOW);
    shows(&shell, SHOWN);
    shell.at_prompt();
    let text = shell.text();
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    assert_eq!(lines[1..4], ["Count", "─────", "   39"], "{text}");
    assert!(!text.contains(SHOWN), "{text}");
    // Of work whose size is known the share, and the time that is left.
    shell.start(
        "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10] | ForEach-Object { sleep(0.3); 1 } | Measure-Object",
    );
    shows(&shell, " of 10  ");
    shell.at_prompt();
    assert!(!shell.text().contains("%"), "{}", shell.text());
}

#[test]
fn it_is_out_of_the_way_of_what_is_printed() {
    let home = Home::new();
    let mut shell = home.shell(50, 80, &["--sample"], &[]);
    shell.start("Get-User | ForEach-Object { sleep(0.05); print(`<${$_.DisplayName}>`) }");
    shows(&shell, "Get-User | ForEach-Object  ");
    shell.at_prompt();
    let text = shell.text();
    let printed: Vec<&str> = text.lines().skip(1).map(str::trim_end).collect();
    let (prompt, names) = printed.split_last().unwrap();
    assert!(prompt.starts_with("Contoso"), "{text}");
    assert_eq!(names.len(), 39, "{text}");
    assert!(
        names
            .iter()
            .all(|name| name.starts_with('<') && name.ends_with('>')),
        "{text}"
    );
}

#[test]
fn quick_or_quiet_work_and_pipes_show_nothing() {
    let home = Home::new();
    let mut shell = home.shell(24, 80, &["--sample", "--quiet"], &[]);
    shell.start(SLOW);
    while !shell.is_at_prompt() {
        assert!(!shell.text().contains(SHOWN), "{}", shell.text());
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let piped = Command::new(env!("CARGO_BIN_EXE_tenantsh"))
        .args(["--sample", "-c", SLOW])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&piped.stderr), "");
    assert_eq!(
        String::from_utf8_lossy(&piped.stdout),
        "Count\n─────\n   39\n"
    );
}
