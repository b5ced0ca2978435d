//! Signatures by SSH keys, made and checked by ssh-keygen: the only other program that is run besides the pager.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::diagnostic::{Category, Diagnostic};

/// What the signatures are for, as ssh-keygen wants it named: one made for another purpose doesn't hold.
const NAMESPACE: &str = "tenantsh-plan";

/// Signs a text with a private key, or with the public one of a key that an agent holds.
///
/// # Errors
/// ssh-keygen isn't there, or doesn't want to.
pub fn sign(text: &[u8], key: &Path) -> Result<Vec<u8>, Diagnostic> {
    let mut command = Command::new("ssh-keygen");
    command
        .args(["-Y", "sign", "-q", "-n", NAMESPACE, "-f"])
        .arg(key);
    let output = run(&mut command, text)?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(Diagnostic::new(
            "NotSigned",
            Category::Denied,
            format!("ssh-keygen did not sign: {}", said(&output)),
        )
        .about(key.display().to_string())
        .hint("name a key of yours with -Key: the private one, or the public one of a key in the agent")),
    }
}

/// Whether a signature of a text is somebody's, by a file of allowed signers; the reason where it isn't.
///
/// # Errors
/// ssh-keygen isn't there.
pub fn check(
    text: &[u8],
    signature: &Path,
    signers: &Path,
    name: &str,
) -> Result<Result<(), String>, Diagnostic> {
    let mut command = Command::new("ssh-keygen");
    command
        .args(["-Y", "verify", "-n", NAMESPACE, "-f"])
        .arg(signers);
    command.args(["-I", name, "-s"]).arg(signature);
    let output = run(&mut command, text)?;
    Ok(match output.status.success() {
        true => Ok(()),
        false => Err(said(&output)),
    })
}

fn run(command: &mut Command, input: &[u8]) -> Result<Output, Diagnostic> {
    let failed = |error: &std::io::Error| {
        Diagnostic::new(
            "NoSshKeygen",
            Category::Io,
            format!("ssh-keygen can't be run: {error}"),
        )
        .hint("approvals are SSH signatures: install OpenSSH 8.2 or newer")
    };
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(&error))?;
    if let Some(mut stdin) = child.stdin.take() {
        // It may end before it has read all; its own message is then the one to tell.
        let _ = stdin.write_all(input);
    }
    child.wait_with_output().map_err(|error| failed(&error))
}

fn said(output: &Output) -> String {
    let text = [&output.stderr[..], &output.stdout[..]].concat();
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().find(|line| !line.trim().is_empty());
    line.unwrap_or("it gave no reason").trim().to_owned()
}
