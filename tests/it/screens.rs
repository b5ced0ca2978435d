//! What an admin sees at four sizes of the terminal, kept under `tests/screens`. `UPDATE=1` takes over what is shown.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::terminal::{Home, Shell};

/// Each is typed on an empty screen.
const LINES: [&str; 30] = [
    "Get-User",
    "Get-User -Disabled -Licensed",
    "Get-User anna@contoso.com",
    "Get-User anna@contoso.com | Format-List",
    "Get-User | Select-Object UserPrincipalName, Licenses, LastSignIn -First 5",
    "Get-User | Group-Object Department",
    "Get-User | Sort-Object LastSignIn | Format-Table UserPrincipalName, LastSignIn -Wrap",
    "Get-User -City Stockholm | Format-Table DisplayName, Department -GroupBy City",
    "Get-Subscription",
    "Get-Subscription | Measure-Object Seats -Sum",
    "Get-License bob@contoso.com",
    "Get-ServicePlan bob@contoso.com",
    "Get-Group",
    "Get-Role",
    "Get-Mailbox | Select-Object -First 4",
    "Get-OneDrive noah@contoso.com",
    "Get-Tenant | Select-Object Name, Users, Licensed, Seats, Consumed",
    "Get-Session | Select-Object Actor, Roles, May, ReadOnly",
    "Get-Command | Select-Object -First 8",
    "Get-Help Remove-License -Examples",
    "Get-User -Ctiy Bern",
    "Get-User nobody@contoso.com",
    "Remove-License karin@contoso.com -All -WhatIf",
    "Get-User -Department HR -Licensed | Remove-License -All -WhatIf",
    "Get-User -Department Sales | Add-License -Sku SPE_E5 -WhatIf",
    "Set-User anna@contoso.com -City Visby -WhatIf",
    "Remove-User anna@contoso.com -WhatIf",
    "Get-PortalStep Remove-License",
    "\"a text that a narrow terminal would break in the middle of a word, and is broken between two\"",
    "Get-Help about_exit-codes",
];

/// What stands on the screen, row by row.
fn rows(shell: &Shell) -> String {
    let parser = shell.screen.lock().unwrap();
    let (_, cols) = parser.screen().size();
    let rows = parser.screen().rows(0, cols.get());
    let rows: Vec<String> = rows.map(|row| row.trim_end().to_owned()).collect();
    rows.join("\n").trim_end().to_owned()
}

/// The screen when a line has run, which may have pushed the line itself off it.
fn screen(shell: &mut Shell, line: &str) -> String {
    shell.clear();
    shell.keys(&format!("{line}\r"));
    let mut before = String::new();
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        std::thread::sleep(Duration::from_millis(40));
        let now = rows(shell);
        if shell.is_at_prompt() && now == before && now.lines().count() > 1 {
            return now;
        }
        assert!(Instant::now() < end, "{line}: {now}");
        before = now;
    }
}

#[test]
fn thirty_screens_at_four_sizes() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/screens");
    let update = std::env::var_os("UPDATE").is_some();
    let mut stale = Vec::new();
    let date = regex::Regex::new(r"20\d\d-\d\d-\d\d([ T]\d\d:\d\d(:\d\dZ)?)?").unwrap();
    for (cols, rows) in [(40, 20), (80, 24), (100, 30), (200, 50)] {
        let home = Home::new();
        let mut shell = home.shell(rows, cols, &["--sample"], &[]);
        let mut shown = String::new();
        for line in LINES {
            let text = screen(&mut shell, line);
            // What is shown must not go by the day.
            let text = date.replace_all(&text, |found: &regex::Captures| {
                found[0].replace(|c: char| c.is_ascii_digit(), "9")
            });
            shown.push_str(&format!("### {line}\n{}\n\n", text.trim_end()));
        }
        let path = dir.join(format!("{cols}x{rows}.txt"));
        if update {
            std::fs::create_dir_all(&dir).unwrap();
            std::fs::write(&path, shown).unwrap();
        } else if std::fs::read_to_string(&path).unwrap_or_default() != shown {
            stale.push((path, shown));
        }
    }
    for (path, shown) in &stale {
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        let differs = kept.lines().zip(shown.lines()).find(|(a, b)| a != b);
        println!("{}: {differs:?}", path.display());
    }
    assert!(stale.is_empty(), "UPDATE=1 cargo test --test it screens");
}
