//! The shell: a line is read, run, and shown, until the admin leaves.

mod complete;
mod editor;

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustyline::error::ReadlineError;

use crate::batch;
use crate::diagnostic::{Category, Diagnostic, Source};
use crate::format::safe;
use crate::host::{Ended, Host, Mode};
use crate::session::Session;
use editor::Editor;

/// What the shell is given.
pub struct Shell {
    pub host: Rc<RefCell<Host>>,
    pub session: Rc<RefCell<Session>>,
    pub stop: Arc<AtomicBool>,
    /// The tenant's name, for the prompt.
    pub tenant: String,
    pub history: Option<PathBuf>,
    pub color: bool,
}

/// Reads and runs lines until `exit` or Ctrl-D; gives the exit code.
///
/// # Errors
/// The terminal can't be used.
pub fn run(shell: Shell) -> Result<u8, Diagnostic> {
    let mut editor = Editor::new(&shell).map_err(|error| unusable(&error))?;
    banner(&shell);
    for number in 1.. {
        let prompt = prompt(&shell);
        shell.stop.store(false, Ordering::Relaxed);
        let line = match editor.read(&prompt) {
            Ok(line) => line,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => return Ok(0),
            Err(error) => return Err(unusable(&error)),
        };
        match line.trim() {
            "" => continue,
            "exit" | "quit" => return Ok(0),
            _ => {}
        }
        shell.stop.store(false, Ordering::Relaxed);
        {
            let mut session = shell.session.borrow_mut();
            session.command = line.trim().to_owned();
            if let Err(fault) = session.refresh() {
                session.console.warning(&fault);
            }
        }
        let source = Source::new(format!("<line {number}>"), line);
        let outcome = shell.host.borrow_mut().run(&source, Mode::Line);
        let mut session = shell.session.borrow_mut();
        let finished = session.console.finish();
        if let Err(fault) = session.checkpoint(false) {
            session.console.warning(&fault);
        }
        match outcome {
            Ok(Ended::Done) => {}
            Ok(Ended::Exit(code)) => return Ok(code),
            Err(faults) => {
                batch::report(&mut session, faults);
            }
        }
        finished?;
    }
    Ok(0)
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
        .map_or("read only", |role| role.name());
    let rehearsing = if session.policy.what_if { "*" } else { "" };
    format!("{} ({role}){rehearsing}> ", safe::cell(&shell.tenant))
}

fn unusable(error: &ReadlineError) -> Diagnostic {
    Diagnostic::new(
        "TerminalFailed",
        Category::Io,
        format!("the terminal can't be used: {error}"),
    )
    .hint("run a line with -c, or a script with run")
}
