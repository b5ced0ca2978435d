//! The program as a process: `rehearse` runs another one, `serve` answers until it is told to stop.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

fn tenantsh(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenantsh"));
    command
        .args(arguments)
        .env_remove("TENANTSH_TENANT")
        .stdin(Stdio::null());
    command
}

fn rehearsed(arguments: &[&str]) -> (Output, String) {
    let output = tenantsh(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output, said)
}

#[test]
fn the_exit_code_is_the_programs() {
    let (output, said) = rehearsed(&["--sample", "rehearse", "--", "sh", "-c", "echo out; exit 3"]);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(
        said.contains("0 calls: nothing changed") && said.contains("exit code 3"),
        "{said}"
    );
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("out\n"));
    let (output, said) = rehearsed(&["--sample", "rehearse", "--", "no-such-program-here"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("no-such-program-here can't be run") && said.contains("tenantsh rehearse --"),
        "{said}"
    );
    let (output, said) = rehearsed(&["--sample", "rehearse"]);
    assert_eq!(output.status.code(), Some(2), "{said}");
}

#[test]
fn the_program_finds_the_rehearsal_in_its_environment() {
    let script = "echo $HTTPS_PROXY; echo $TENANTSH_GRAPH; head -1 $SSL_CERT_FILE; test \"$NODE_EXTRA_CA_CERTS\" = \"$SSL_CERT_FILE\" && echo same; echo $HOME; ls -ld $HOME | cut -c1-10; echo $SSL_CERT_FILE";
    let (output, said) = rehearsed(&["--sample", "rehearse", "--", "sh", "-c", script]);
    let lines: Vec<String> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(str::to_owned)
        .collect();
    assert!(
        lines[0].starts_with("http://127.0.0.1:"),
        "{lines:?} {said}"
    );
    assert!(lines[1].starts_with("https://localhost:"), "{lines:?}");
    assert_eq!(&lines[2..4], ["-----BEGIN CERTIFICATE-----", "same"]);
    assert_ne!(lines[4], std::env::var("HOME").unwrap_or_default());
    assert_eq!(lines[5], "drwx------");
    assert!(
        !std::path::Path::new(&lines[6]).exists(),
        "nothing is left behind: {}",
        lines[6]
    );
}

#[test]
fn data_is_not_mixed_with_what_the_program_prints() {
    let (output, said) = rehearsed(&[
        "--sample",
        "-o",
        "json",
        "rehearse",
        "--",
        "sh",
        "-c",
        "echo noise",
    ]);
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        !out.contains("noise") && said.contains("noise"),
        "{out}\n{said}"
    );
}

#[test]
fn the_changed_copy_can_be_kept() {
    let dir = tempfile::tempdir().unwrap();
    let kept = dir.path().join("kept");
    let (output, said) = rehearsed(&[
        "--sample",
        "rehearse",
        "--keep-as",
        kept.to_str().unwrap(),
        "--",
        "true",
    ]);
    assert!(output.status.success(), "{said}");
    assert!(kept.join("tenant.yaml").is_file());
}

#[test]
fn ctrl_c_ends_a_program_that_does_not_end_and_shows_what_was_done() {
    let mut child = tenantsh(&[
        "--sample",
        "rehearse",
        "--",
        "sh",
        "-c",
        "trap '' INT; while :; do sleep 0.1; done",
    ])
    .stderr(Stdio::piped())
    .stdout(Stdio::null())
    .spawn()
    .unwrap();
    std::thread::sleep(Duration::from_millis(700));
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    let said = std::io::read_to_string(child.stderr.take().unwrap()).unwrap();
    assert!(said.contains("0 calls: nothing changed"), "{said}");
    assert_eq!(child.wait().unwrap().code(), Some(128 + 9));
}

#[test]
fn serve_answers_until_it_is_stopped() {
    let mut child = tenantsh(&[
        "--sample",
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--proxy",
        "127.0.0.1:0",
    ])
    .stderr(Stdio::piped())
    .stdout(Stdio::null())
    .spawn()
    .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    assert!(first.contains("https://127.0.0.1:"), "{first}");
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert!(
        rest.iter()
            .any(|line| line.contains("0 calls: nothing changed")),
        "{rest:?}"
    );
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let (output, said) = rehearsed(&["--sample", "serve", "--listen", "0.0.0.0:8443"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("NotLoopback"), "{said}");
    let (output, said) = rehearsed(&["--sample", "serve", "--keep", "--listen", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("InMemory"), "{said}");
}
