//! Ctrl-C in a pipeline over very many users: the prompt is back at once, and the session is as it was.
//!
//! With a million: `cargo test --release --test it interrupt -- --ignored --nocapture` (other sizes: `USERS=100000`; files of
//! another size: `MIB=10`).

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tenantsh::interop;
use tenantsh::store::{self, RealDisk};
use tenantsh::tenant::{Assignment, Symbol, Tenant, User};
use uuid::Uuid;

use crate::support::NOW;
use crate::terminal::{CTRL_C, Home, Shell};

/// What keeps all users in hand, sorts, groups, prints, filters natively, runs a block, or rehearses.
const LINES: &[&str] = &[
    "Get-User | ForEach-Object { $_.DisplayName.len() } | Measure-Object -Sum",
    "Get-User | Where-Object { $_.DisplayName.len() > 3 } | Measure-Object",
    "Get-User | Where-Object { $_.Department -eq 'Sales' } | Measure-Object",
    "Get-User | Where-Object { $_.DisplayName -match 'n.*9+$' } | Measure-Object",
    "Get-User | Sort-Object DisplayName -Descending | Select-Object -First 1",
    "Get-User | Sort-Object Department, UserPrincipalName",
    "Get-User | Group-Object Department",
    "Get-User | Group-Object Department -NoElement",
    "Get-User | Select-Object DisplayName, City | Measure-Object",
    "let all = Get-User | Select-Object DisplayName, City",
    "let all = Get-User; all.len()",
    "for user in Get-User { user.DisplayName.len() }",
    "Get-User",
    "Get-User | Format-Table -AutoSize",
    "Get-User | Format-List",
    "Get-User | ConvertTo-Json | Out-Null",
    "Get-User | Out-String | Out-Null",
    "Get-User | Export-Csv out.csv",
    "Import-Csv out.csv | Measure-Object",
    "Get-User *9* | Measure-Object",
    "Get-User -Search 'number 99' | Measure-Object",
    "Get-User -Filter \"startsWith(displayName,'User Number 99')\" | Measure-Object",
    "Get-License | Measure-Object",
    "Get-User | Remove-License -Sku ENTERPRISEPACK -WhatIf | Measure-Object",
    "Get-User | Remove-License -Sku ENTERPRISEPACK -WhatIf",
    "Get-User | Set-User -City Oslo -WhatIf | Measure-Object",
];

/// A tenant of the sample's products and so many users.
pub fn make(dir: &Path, users: u128) {
    let mut parts = interop::sample().unwrap();
    let symbols = |names: &[&str]| names.iter().map(|name| Symbol::new(name)).collect();
    let departments: Vec<_> = symbols(&["Sales", "Legal", "Research", "Finance", "IT"]);
    let cities: Vec<_> = symbols(&["Sydney", "Oslo", "Lima"]);
    let direct = |sku: &str| Assignment::direct(Symbol::new(sku));
    parts.users.extend((1..=users).map(|n| {
        let id = Uuid::from_u128(n | 0x4000_8000 << 64);
        let (upn, name) = (format!("user{n}@contoso.com"), format!("User Number {n}"));
        let mut user = User::new(id, &upn, &name);
        let at = usize::try_from(n).unwrap();
        user.department = Some(departments[at % departments.len()].clone());
        user.city = Some(cities[at % cities.len()].clone());
        user.licenses = [direct("ENTERPRISEPACK"), direct("POWER_BI_PRO")].into();
        user
    }));
    let tenant = Tenant::new(parts).unwrap();
    store::create(
        &(Arc::new(RealDisk) as _),
        dir,
        &tenant,
        NOW.parse().unwrap(),
        "admin",
    )
    .unwrap();
}

/// Runs a line, presses Ctrl-C after a while, and gives the time until the prompt; none when the line ended before that.
#[track_caller]
fn press(shell: &mut Shell, line: &str, after: Duration) -> Option<Duration> {
    shell.start(line);
    let end = Instant::now() + after;
    while Instant::now() < end {
        if shell.is_at_prompt() {
            return None;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let pressed = Instant::now();
    shell.keys(CTRL_C);
    shell.at_prompt();
    Some(pressed.elapsed())
}

/// How long a line takes when it is left alone.
#[track_caller]
fn whole(shell: &mut Shell, line: &str) -> Duration {
    shell.start(line);
    let started = Instant::now();
    let patience = Duration::from_secs(60);
    while !shell.is_at_prompt() && started.elapsed() < patience {
        std::thread::sleep(Duration::from_millis(1));
    }
    let took = started.elapsed();
    if took >= patience {
        shell.keys(CTRL_C);
        shell.at_prompt();
    }
    took
}

fn shell(home: &Home, users: u128) -> Shell {
    let dir = home.path().join("tenant");
    make(&dir, users);
    home.shell(24, 80, &["--tenant", &dir.display().to_string()], &[])
}

/// The session is as it was: its variables, its tenant.
#[track_caller]
fn is_intact(shell: &mut Shell) {
    let text = shell.line("kept + 1");
    assert!(text.contains("\n43\n"), "{text}");
    let text = shell.line("(Get-License user7@contoso.com | Measure-Object).Count");
    assert!(text.contains("\n2\n"), "{text}");
    let text = shell.line("(Get-User user7@contoso.com).City");
    assert!(text.contains("\nOslo\n"), "{text}");
}

/// The bound is far above what it takes, for machines that are busy; [`a_million_users`] has the real one.
#[test]
fn twenty_thousand_users() {
    const BOUND: Duration = Duration::from_secs(2);
    let home = Home::new();
    let mut shell = shell(&home, 20_000);
    shell.line("let kept = 42");
    for work in [
        "Get-User | ForEach-Object { $_.DisplayName.len() } | Measure-Object -Sum",
        "Get-User | Sort-Object DisplayName -Descending | Select-Object -First 1",
        "Get-User | Group-Object Department",
        "Get-User",
        "Get-User | ConvertTo-Json | Out-Null",
        "Get-User | Remove-License -Sku ENTERPRISEPACK -WhatIf | Measure-Object",
    ] {
        let line = format!("loop {{ {work} }}");
        for after in [100, 700] {
            let took = press(&mut shell, &line, Duration::from_millis(after));
            let took = took.unwrap_or_else(|| panic!("{line} ended"));
            assert!(took < BOUND, "{took:?}: {line}");
        }
    }
    is_intact(&mut shell);
}

/// What reads and writes files of [`write_files`].
const FILE_LINES: &[&str] = &[
    "Import-Csv u.csv | Measure-Object",
    "Import-Csv u.csv | Where-Object City -eq 'Nowhere'",
    "let all = Import-Csv u.csv",
    "Import-Csv u.csv | Sort-Object DisplayName | Select-Object -First 1",
    "Import-Csv u.csv | Export-Csv copy.csv",
    "Get-Content u.csv | Measure-Object",
    "Get-Content u.csv -Raw | ConvertFrom-Csv | Measure-Object",
    "Import-Json u.json | Measure-Object",
    "Import-Json u.json | Where-Object City -eq 'Nowhere'",
    "let all = Import-Json u.json",
    "Import-Json u.json | Export-Json copy.json",
    "Import-Json u.jsonl | Measure-Object",
    "Get-Content u.json -Raw | ConvertFrom-Json | Measure-Object",
    "Import-Yaml u.yaml | Measure-Object",
    "let all = Import-Yaml u.yaml",
];

/// The same users as CSV, JSON, lines of JSON, and a fifth of them as YAML; the JSON has so many bytes.
fn write_files(dir: &Path, size: usize) {
    let (mut csv, mut json, mut lines, mut yaml) = (
        "UserPrincipalName,DisplayName,City,Department\n".to_owned(),
        "[".to_owned(),
        String::new(),
        String::new(),
    );
    for n in 0.. {
        let (upn, name) = (format!("user{n}@contoso.com"), format!("User Number {n}"));
        writeln!(csv, "{upn},{name},Oslo,\"Sales, {n}\"").unwrap();
        let user = format!(
            r#"{{"UserPrincipalName": "{upn}", "DisplayName": "{name}", "City": "Oslo", "Seats": {n}, "Enabled": true, "Licenses": [{{"SkuId": "6fd2c87f-b296-42f0-b197-1e91e994b900", "Plans": []}}]}}"#
        );
        let comma = if n == 0 { "" } else { "," };
        write!(json, "{comma}\n  {user}").unwrap();
        writeln!(lines, "{user}").unwrap();
        if json.len() < size / 5 {
            writeln!(
                yaml,
                "- UserPrincipalName: {upn}\n  City: Oslo\n  Plans: [a, b]"
            )
            .unwrap();
        }
        if json.len() > size {
            break;
        }
    }
    json.push_str("\n]\n");
    let files = [
        ("u.csv", csv),
        ("u.json", json),
        ("u.jsonl", lines),
        ("u.yaml", yaml),
    ];
    for (name, text) in files {
        std::fs::write(dir.join(name), text).unwrap();
    }
}

#[test]
fn files_of_some_megabytes() {
    const BOUND: Duration = Duration::from_secs(2);
    let home = Home::new();
    write_files(home.path(), 4 << 20);
    let mut shell = home.shell(24, 80, &["--sample"], &[]);
    for work in [
        "Import-Csv u.csv | Measure-Object",
        "Import-Json u.json | Measure-Object",
        "Import-Json u.jsonl | Out-Null",
        "Import-Yaml u.yaml | Measure-Object",
    ] {
        let line = format!("loop {{ {work} }}");
        for after in [100, 400] {
            let took = press(&mut shell, &line, Duration::from_millis(after));
            let took = took.unwrap_or_else(|| panic!("{line} ended"));
            assert!(took < BOUND, "{took:?}: {line}");
        }
    }
}

/// A pipe that nobody writes to, or reads, is waited for, but not for longer than the admin does.
#[cfg(unix)]
#[test]
fn a_pipe_that_nobody_writes_to() {
    let home = Home::new();
    let made = std::process::Command::new("mkfifo")
        .args([home.path().join("pipe"), home.path().join("out")])
        .status();
    assert!(made.unwrap().success());
    let mut shell = home.shell(24, 80, &["--sample"], &[]);
    for line in [
        "Get-User | Export-Csv out",
        "Get-User | Out-File out -Append",
        "Import-Csv pipe",
        "Import-Json pipe",
        "Import-Yaml pipe",
        "Get-Content pipe",
    ] {
        let took = press(&mut shell, line, Duration::from_millis(100));
        let took = took.unwrap_or_else(|| panic!("{line} ended"));
        assert!(took < Duration::from_secs(2), "{took:?}: {line}");
    }
    assert!(shell.line("40 + 2").contains("\n42\n"));
    // What was given up doesn't come when somebody reads after all.
    assert_eq!(
        std::fs::read_to_string(home.path().join("out")).unwrap(),
        ""
    );
}

#[test]
#[ignore = "reads files of a hundred megabytes, and measures time"]
fn files_of_100_mib() {
    let size: usize = std::env::var("MIB").map_or(100, |text| text.parse().unwrap());
    let home = Home::new();
    write_files(home.path(), size << 20);
    let mut shell = home.shell(24, 80, &["--sample"], &[]);
    shell.line("let kept = 42");
    measure(&mut shell, FILE_LINES, |shell| {
        let text = shell.line("kept + 1");
        assert!(text.contains("\n43\n"), "{text}");
    });
}

#[test]
#[ignore = "makes a tenant of a million users, and measures time"]
fn a_million_users() {
    let users = std::env::var("USERS").map_or(1_000_000, |text| text.parse().unwrap());
    let home = Home::new();
    let mut shell = shell(&home, users);
    shell.line("let kept = 42");
    measure(&mut shell, LINES, is_intact);
}

/// Presses Ctrl-C everywhere in each line, and says what came of it.
#[track_caller]
#[allow(clippy::print_stdout)]
fn measure(shell: &mut Shell, lines: &[&'static str], is_intact: impl Fn(&mut Shell)) {
    const WANTED: Duration = Duration::from_millis(200);
    let only = std::env::var("ONLY").unwrap_or_default();
    let mut late = Vec::new();
    for line in lines.iter().filter(|line| line.contains(&only)) {
        let whole = whole(shell, line);
        let mut times = Vec::new();
        for percent in [2, 10, 25, 40, 55, 70, 80, 90, 97] {
            times.push(press(shell, line, whole * percent / 100));
        }
        is_intact(shell);
        let shown =
            |time: &Option<Duration>| time.map_or("-".into(), |t| t.as_millis().to_string());
        let texts: Vec<String> = times.iter().map(shown).collect();
        println!(
            "{:>6} ms  {line}\n           prompt after {} ms",
            whole.as_millis(),
            texts.join(", ")
        );
        if times.iter().flatten().any(|time| *time > WANTED) {
            late.push(*line);
        }
    }
    assert!(late.is_empty(), "later than {WANTED:?}: {late:#?}");
}
