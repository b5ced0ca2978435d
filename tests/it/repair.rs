//! `tenantsh fmt`, `tenantsh salvage` and `--read-only` on files that were changed or damaged, by the program as a process.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tenantsh"))
        .args(arguments)
        .output()
        .unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn name(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A tenant with a commit and a checkpoint behind it.
fn made(dir: &Path) {
    assert!(run(&["init", name(dir)]).status.success());
    let line = "Block-User anna@contoso.com; Set-User bob@contoso.com -City Visby";
    assert!(run(&["--tenant", name(dir), "-c", line]).status.success());
}

#[test]
fn fmt_shows_a_diff_and_writes_when_told() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("t");
    made(&dir);
    let path = dir.join("tenant.yaml");
    let own = fs::read_to_string(&path).unwrap();
    let edited = own.replacen(
        "  display_name: Anna Lind\n",
        "  # the boss\n  \"display_name\":   \"Anna Lind\"\n",
        1,
    );
    fs::write(&path, &edited).unwrap();
    let shown = run(&["fmt", name(&dir)]);
    assert_eq!(shown.status.code(), Some(5), "{}", err(&shown));
    assert!(
        out(&shown).contains("+  display_name: Anna Lind"),
        "{}",
        out(&shown)
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), edited);
    let written = run(&["fmt", name(&dir), "--yes"]);
    assert!(written.status.success(), "{}", err(&written));
    let after = fs::read_to_string(&path).unwrap();
    assert!(
        after.contains("# the boss\n- id: ") && after.contains("\n  display_name: Anna Lind\n")
    );
    let again = run(&["fmt", name(&dir)]);
    assert!(again.status.success() && err(&again).contains("already"));
}

#[test]
fn a_cut_file_is_refused_and_the_last_state_is_had_back() {
    let place = tempfile::tempdir().unwrap();
    let (dir, to) = (place.path().join("t"), place.path().join("new"));
    made(&dir);
    let path = dir.join("tenant.yaml");
    let own = fs::read_to_string(&path).unwrap();
    let cut = own.match_indices("\n- id: ").last().unwrap().0 + 1;
    fs::write(&path, &own[..cut]).unwrap();
    let line = "(Get-User).Count; (Get-User anna@contoso.com).Enabled";
    let refused = run(&["--tenant", name(&dir), "-c", line]);
    assert_eq!(refused.status.code(), Some(5));
    assert!(err(&refused).contains("cut off"), "{}", err(&refused));
    let shown = run(&["--tenant", name(&dir), "--read-only", "-c", line]);
    assert_eq!(out(&shown), "39\nfalse\n", "{}", err(&shown));
    let checked = run(&["--sample", "-c", &format!("Test-Tenant '{}'", name(&dir))]);
    assert!(
        out(&checked).contains("1 user is gone"),
        "{}",
        out(&checked)
    );
    // Not to be read at all.
    for damaged in [own.replacen("  upn: bob", "  unp: bob", 1), String::new()] {
        fs::write(&path, damaged).unwrap();
        let refused = run(&["--tenant", name(&dir), "-c", line]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(err(&refused).contains("--read-only"), "{}", err(&refused));
        let shown = run(&["--tenant", name(&dir), "--read-only", "-c", line]);
        assert_eq!(out(&shown), "39\nfalse\n", "{}", err(&shown));
    }
    let saved = run(&["salvage", name(&dir), "--to", name(&to)]);
    assert_eq!(saved.status.code(), Some(0), "{}", err(&saved));
    let shown = run(&["--tenant", name(&to), "-c", line]);
    assert_eq!(out(&shown), "39\nfalse\n", "{}", err(&shown));
}

#[test]
fn salvage_takes_what_can_be_read_without_a_last_state_and_behind_damage() {
    let place = tempfile::tempdir().unwrap();
    let (dir, to) = (place.path().join("t"), place.path().join("new"));
    assert!(run(&["init", name(&dir)]).status.success());
    let fresh = fs::read_to_string(dir.join("tenant.yaml")).unwrap();
    let line = "Set-User anna@contoso.com -City A; Set-User bob@contoso.com -City B; Block-User bob@contoso.com";
    assert!(run(&["--tenant", name(&dir), "-c", line]).status.success());
    let _ = fs::remove_file(dir.join(".tenant.yaml.tenantsh.previous"));
    // A user without its id, and a record with another byte.
    let lines: Vec<&str> = fresh.lines().collect();
    let at = lines
        .iter()
        .position(|line| line.contains("upn: maria") || line.contains("upn: nina"))
        .unwrap();
    let mut lines: Vec<String> = lines.into_iter().map(str::to_owned).collect();
    lines[at - 1] = "- kind: Member".to_owned();
    fs::write(dir.join("tenant.yaml"), lines.join("\n") + "\n").unwrap();
    let journal = fs::read_to_string(dir.join("journal.yaml")).unwrap();
    fs::write(
        dir.join("journal.yaml"),
        journal.replacen("city: A", "city: Q", 1),
    )
    .unwrap();
    let checked = run(&[
        "--sample",
        "-c",
        &format!("Test-Tenant '{}' | Format-List", name(&dir)),
    ]);
    assert!(out(&checked).contains("salvage"), "{}", out(&checked));
    let saved = run(&["salvage", name(&dir), "--to", name(&to)]);
    assert_eq!(saved.status.code(), Some(4), "{}", err(&saved));
    assert!(err(&saved).contains("a damaged record"), "{}", err(&saved));
    assert!(err(&saved).contains("missing field"), "{}", err(&saved));
    let line =
        "(Get-User).Count; (Get-User bob@contoso.com).Enabled; (Get-User bob@contoso.com).City";
    let shown = run(&["--tenant", name(&to), "-c", line]);
    assert_eq!(out(&shown), "38\nfalse\nB\n", "{}", err(&shown));
}
