//! What ends the program, and what a line leaves in the files: signals, a closed output, secrets, long lines.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::cli::{code, err, out, run};

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        let made = run(&["init", &place.tenant()]);
        assert_eq!(code(&made), 0, "{}", err(&made));
        place
    }

    fn tenant(&self) -> String {
        self.0.path().join("t").display().to_string()
    }

    fn journal(&self) -> String {
        std::fs::read_to_string(self.0.path().join("t/journal.yaml")).unwrap()
    }

    fn line(&self, line: &str) -> std::process::Output {
        run(&["--tenant", &self.tenant(), "--yes", "-c", line])
    }
}

fn start(args: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_tenantsh"))
        .args(args)
        .env_clear()
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn send(child: &Child, signal: &str) {
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-s", signal, &id]).status();
    assert!(sent.unwrap().success());
}

#[test]
fn one_signal_ends_the_program_at_once() {
    for (line, signal, expected) in [
        ("print(1); sleep(30)", "TERM", 143),
        ("print(1); sleep(30)", "HUP", 129),
        ("print(1); sleep(30)", "INT", 130),
        ("print(1); sleep(30.5)", "INT", 130),
        ("print(1); loop { }", "TERM", 143),
        (
            "print(1); Get-User | ForEach-Object { sleep(9) }",
            "TERM",
            143,
        ),
    ] {
        let mut child = start(&["--sample", "-o", "jsonl", "-c", line]);
        // Started, with its signals watched.
        std::thread::sleep(Duration::from_millis(700));
        let begun = Instant::now();
        send(&child, signal);
        let ended = child.wait().unwrap();
        assert_eq!(ended.code(), Some(expected), "{line} {signal}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{line} {signal}");
    }
}

#[test]
fn a_closed_output_never_ends_a_script_half_way_in_silence() {
    let place = Place::new();
    let script = place.0.path().join("s.rhai");
    // More output than a pipe holds, then changes.
    let text = "Block-User anna@contoso.com\nfor i in 0..3000 { Get-User }\nBlock-User lukas@contoso.com\n";
    std::fs::write(&script, text).unwrap();
    let script = script.display().to_string();
    let line = text.trim().replace('\n', "; ");
    for args in [["run", &script], ["-c", &line]] {
        let place = place.tenant();
        let mut all = vec!["--tenant", &place, "--yes", "-o", "jsonl"];
        all.extend(args);
        let mut child = start(&all);
        let mut reader = BufReader::new(child.stdout.take().unwrap());
        reader.read_line(&mut String::new()).unwrap();
        drop(reader);
        let output = child.wait_with_output().unwrap();
        assert_eq!(code(&output), 1, "{}", err(&output));
        assert!(
            err(&output).contains("the rest was not run"),
            "{}",
            err(&output)
        );
    }
}

#[test]
fn secrets_of_a_line_stay_out_of_the_journal() {
    let place = Place::new();
    for line in [
        "$password = \"hunter2\"; Set-User anna@contoso.com -City Oslo",
        "let pw = 'hunter2'; Set-User anna@contoso.com -City Lund",
    ] {
        let ran = place.line(line);
        assert_eq!(code(&ran), 0, "{}", err(&ran));
    }
    let journal = place.journal();
    assert!(!journal.contains("hunter2"), "{journal}");
    assert!(
        journal.contains("looks like it holds a secret"),
        "{journal}"
    );
}

#[test]
fn a_long_line_is_written_once() {
    let place = Place::new();
    let line: String = (0..200)
        .map(|n| format!("Set-User anna@contoso.com -City \"City {n}\" | Out-Null; "))
        .collect();
    let ran = place.line(&line);
    assert_eq!(code(&ran), 0, "{}", err(&ran));
    let journal = place.journal();
    assert_eq!(
        journal.matches("City 150\\\" | Out").count()
            + journal.matches("-City \"City 150\"").count(),
        1
    );
    assert!(
        journal.len() < 4 * line.len() + 200 * 500,
        "{}",
        journal.len()
    );
    let last = place.line("(Get-Change -Last 1).Command");
    assert!(out(&last).contains("all of it: change 2"), "{}", out(&last));
    let tested = run(&["--tenant", &place.tenant(), "-c", "Test-Tenant"]);
    assert_eq!(code(&tested), 0, "{}", out(&tested));
}

#[test]
fn nothing_else_is_written_to_the_tenants_files() {
    let place = Place::new();
    let dir = place.0.path().join("t");
    let before = |name: &str| std::fs::read(dir.join(name)).unwrap();
    std::os::unix::fs::symlink(dir.join("journal.yaml"), dir.join("link.txt")).unwrap();
    std::fs::hard_link(dir.join("tenant.yaml"), dir.join("hard.yaml")).unwrap();
    for (line, file) in [
        ("Get-User | Export-Yaml DIR/tenant.yaml", "tenant.yaml"),
        ("Get-User | Export-Csv DIR/../t/tenant.yaml", "tenant.yaml"),
        ("Get-User | Export-Csv DIR/hard.yaml", "tenant.yaml"),
        ("\"x\" | Out-File DIR/journal.yaml", "journal.yaml"),
        ("\"x\" | Out-File DIR/link.txt -Append", "journal.yaml"),
        ("\"x\" | Out-File DIR/.tenant.lock", "journal.yaml"),
        ("Start-Transcript DIR/journal.yaml", "journal.yaml"),
    ] {
        let (tenant, bytes) = (place.tenant(), before(file));
        let ran = place.line(&line.replace("DIR", &tenant));
        assert_eq!(before(file), bytes, "{line}");
        if !line.starts_with("Start") {
            assert_ne!(code(&ran), 0, "{line}");
            assert!(err(&ran).contains("own files"), "{line}: {}", err(&ran));
        }
    }
    assert!(Path::new(&place.tenant()).is_dir());
}
