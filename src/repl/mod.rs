//! The shell: a line is read, run, and shown, until the admin leaves.

pub mod complete;
mod continuation;
mod editor;
mod menu;
mod secrets;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustyline::error::ReadlineError;

use crate::batch;
use crate::console::Keyboard;
use crate::diagnostic::{Category, Diagnostic, Source};
use crate::format::safe;
use crate::host::{Ended, Host, Mode};
use crate::session::{Session, Typed};
use editor::Editor;
pub use secrets::kept;
use secrets::looks_secret;

/// What the shell is given.
pub struct Shell {
    pub host: Rc<RefCell<Host>>,
    pub session: Rc<RefCell<Session>>,
    pub stop: Arc<AtomicBool>,
    /// The tenant's name, for the prompt.
    pub tenant: String,
    pub history: Option<PathBuf>,
    /// What runs before the first prompt.
    pub profile: Option<Arc<Source>>,
    pub color: bool,
}

/// Reads and runs lines until `exit` or Ctrl-D; gives the exit code.
///
/// # Errors
/// The terminal can't be used.
pub fn run(shell: Shell) -> Result<u8, Diagnostic> {
    // Lines typed while a command runs wait for the next prompt, Ctrl-D among them.
    let _keys = Keyboard::without_end();
    let mut editor = Editor::new(&shell).map_err(|error| unusable(&error))?;
    banner(&shell);
    if let Some(profile) = &shell.profile
        && let Some(code) = shell.profile(profile)
    {
        return Ok(code);
    }
    let mut number = 0;
    loop {
        let prompt = prompt(&shell);
        let line = match editor.read(&prompt) {
            Ok(line) => line,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => return Ok(0),
            Err(error) => return Err(unusable(&error)),
        };
        let mut next = Some(line);
        while let Some(line) = next.take() {
            let line = match line.trim() {
                "" => break,
                line if leaves(line).is_some() => return Ok(leaves(line).unwrap_or(0)),
                "clear" | "cls" => {
                    editor.clear().map_err(|error| unusable(&error))?;
                    break;
                }
                line => spelled_out(line).unwrap_or_else(|| line.to_owned()),
            };
            number += 1;
            if let Some(code) = shell.line(number, &prompt, line) {
                return Ok(code);
            }
            let interrupted = shell.stop.swap(false, Ordering::Relaxed);
            let mut session = shell.session.borrow_mut();
            if interrupted || session.console.drops_ahead() {
                editor
                    .drop_ahead(&shell)
                    .map_err(|error| unusable(&error))?;
            }
            next = session.again.take();
            if let Some(line) = &next {
                session.console.notice(line);
            }
        }
    }
}

impl Shell {
    /// Runs the profile: what it imports lies beside it.
    fn profile(&self, profile: &Arc<Source>) -> Option<u8> {
        let folder = Path::new(&profile.name).parent();
        self.host
            .borrow_mut()
            .set_folder(folder.unwrap_or(Path::new(".")));
        let code = self.run(profile, Mode::Script);
        self.host.borrow_mut().set_folder(Path::new("."));
        code
    }

    /// Runs a typed line; gives an exit code if the shell is to end.
    fn line(&self, number: usize, prompt: &str, line: String) -> Option<u8> {
        let secret = looks_secret(&line);
        {
            let mut session = self.session.borrow_mut();
            let shown = kept(&line);
            session.command = shown.to_owned();
            session.console.typed(&format!("{prompt}{shown}"));
            if !secret {
                session.history.push(Typed {
                    id: number,
                    line: line.clone(),
                });
            }
            if let Err(fault) = session.refresh() {
                session.console.warning(&fault);
            }
        }
        self.run(&Source::new(format!("<line {number}>"), line), Mode::Line)
    }

    fn run(&self, source: &Arc<Source>, mode: Mode) -> Option<u8> {
        let outcome = self.host.borrow_mut().run(source, mode);
        let mut session = self.session.borrow_mut();
        let finished = session.console.finish();
        if let Err(fault) = session.checkpoint(false) {
            session.console.warning(&fault);
        }
        let cut = batch::unreported(finished, &outcome);
        match outcome {
            Ok(Ended::Done) => {}
            Ok(Ended::Exit(code)) => return Some(code),
            Err(faults) => {
                batch::report(&mut session, faults);
            }
        }
        if let Some(fault) = cut {
            batch::report(&mut session, vec![fault]);
        }
        None
    }
}

/// What the shell itself understands, at the beginning of a line.
const WORDS: [&str; 5] = ["clear", "cls", "exit", "history", "quit"];

/// What fingers type before they know better, as the command that they mean: `help`, `history`.
fn meant(word: &str) -> Option<&'static str> {
    match word {
        "help" | "man" | "?" => Some("Get-Help"),
        "history" => Some("Get-History"),
        _ => None,
    }
}

/// The command that a line's first word means, and where what follows begins: `help remove-license`.
fn short_form(line: &str) -> Option<(&'static str, usize)> {
    let (word, _) = line.trim_start().split_once(' ')?;
    let begins = line.len() - line.trim_start().len();
    Some((meant(word)?, begins + word.len() + 1))
}

/// The code with which a line leaves the shell: `exit`, `quit`, `exit 3`.
pub fn leaves(line: &str) -> Option<u8> {
    match line.split_once(' ') {
        None => matches!(line, "exit" | "quit").then_some(0),
        Some(("exit" | "quit", code)) => code.trim().parse().ok(),
        Some(_) => None,
    }
}

/// A line with the command that its first word means.
fn spelled_out(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let command = meant(words.next()?)?;
    let rest: Vec<&str> = words.collect();
    let plain = |word: &&str| !word.starts_with(['=', '.', '(', '+']);
    match rest.as_slice() {
        [] => Some(command.to_owned()),
        [word] if plain(word) => Some(format!("{command} {word}")),
        _ => None,
    }
}

fn banner(shell: &Shell) {
    let mut session = shell.session.borrow_mut();
    if session.policy.quiet {
        return;
    }
    let tenant = session.tenant();
    let live = tenant
        .users()
        .iter()
        .filter(|user| user.deleted.is_none())
        .count();
    let who = if session.actor.is_signed_in() {
        session.actor.name.clone()
    } else {
        "nobody (read only)".to_owned()
    };
    session.console.notice(&format!(
        "tenantsh {}: {} with {live} users and {} products, acting as {who}\n\
         Get-Help begins a short tour, Tab completes, Ctrl-D leaves.",
        env!("CARGO_PKG_VERSION"),
        shell.tenant,
        tenant.products().len(),
    ));
}

fn prompt(shell: &Shell) -> String {
    let session = shell.session.borrow();
    let role = session
        .actor
        .roles
        .first()
        .map_or("no role", |role| role.name());
    let mut mode = String::new();
    for (holds, word) in [
        (session.policy.what_if, " [what-if]"),
        (session.policy.read_only, " [read-only]"),
    ] {
        mode.push_str(if holds { word } else { "" });
    }
    format!("{} ({role}){mode}> ", safe::cell(&shell.tenant))
}

fn unusable(error: &ReadlineError) -> Diagnostic {
    Diagnostic::new(
        "TerminalFailed",
        Category::Io,
        format!("the terminal can't be used: {error}"),
    )
    .hint("run a line with -c, or a script with run")
}
