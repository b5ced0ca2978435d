//! Running a text without anybody at the keyboard: a script, `-c`, standard input.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Source};
use crate::host::{Ended, Host, Mode};
use crate::session::Session;

/// The exit code when records failed and the rest went on.
pub const RECORDS_FAILED: u8 = 4;

/// Runs a text to its end and gives the exit code.
pub fn run(
    host: &mut Host,
    session: &Rc<RefCell<Session>>,
    source: &Arc<Source>,
    mode: Mode,
) -> u8 {
    let outcome = host.run(source, mode);
    let mut session = session.borrow_mut();
    let finished = session.console.finish();
    let code = match outcome {
        Ok(Ended::Exit(code)) => code,
        Ok(Ended::Done) if session.failed > 0 => RECORDS_FAILED,
        Ok(Ended::Done) => 0,
        Err(faults) => report(&mut session, faults),
    };
    match finished {
        Ok(()) => code,
        Err(fault) => code.max(report(&mut session, vec![fault])),
    }
}

/// Shows what ended a run and gives its exit code. A closed pipe ends quietly: the reader has what it wanted.
pub fn report(session: &mut Session, faults: Vec<Diagnostic>) -> u8 {
    let code = faults
        .iter()
        .filter(|fault| fault.id != "OutputClosed")
        .map(|fault| fault.category.exit_code())
        .next()
        .unwrap_or(0);
    for fault in faults {
        let silent = fault.id == "OutputClosed";
        session.report(fault, silent);
    }
    code
}
