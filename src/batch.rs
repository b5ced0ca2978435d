//! Running a text without anybody at the keyboard: a script, `-c`, standard input.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use crate::command::{Called, read_words};
use crate::diagnostic::{Category, Diagnostic, Source};
use crate::help::{self, Part};
use crate::host::{Ended, Host, Mode};
use crate::session::Session;
use crate::value::{Record, Shape, Value};

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
    let cut = unreported(session.console.finish(), &outcome);
    let code = match outcome {
        Ok(Ended::Exit(code)) => code,
        Ok(Ended::Done) if session.failed > 0 => RECORDS_FAILED,
        Ok(Ended::Done) => 0,
        Err(faults) if is_cut_short(&session, source, mode, &faults) => {
            let fault = Diagnostic::new(
                "OutputClosed",
                Category::Io,
                match session.has_committed() {
                    true => "nobody reads the output any more, so the rest was not run; what was changed before stays",
                    false => "nobody reads the output any more, so the rest was not run",
                },
            )
            .hint("to run all of it, send the output to a file or to Out-Null");
            session.report(fault.clone(), false);
            fault.category.exit_code()
        }
        Err(faults) => report(&mut session, faults),
    };
    match cut {
        None => code,
        Some(fault) => code.max(report(&mut session, vec![fault])),
    }
}

/// Whether a closed output keeps something from being done. Where one line only looked, its reader has what it wanted.
fn is_cut_short(session: &Session, source: &Source, mode: Mode, faults: &[Diagnostic]) -> bool {
    let is_closed = faults.iter().any(|fault| fault.id == "OutputClosed");
    let looked = mode == Mode::Line && !source.text.trim().contains(['\n', ';']);
    is_closed && (session.has_committed() || !looked)
}

/// What kept the output from being finished. Ctrl-C that ended the run too is told once.
pub fn unreported(
    finished: Result<(), Diagnostic>,
    outcome: &Result<Ended, Vec<Diagnostic>>,
) -> Option<Diagnostic> {
    let fault = finished.err()?;
    let told = outcome.is_err() && fault.category == Category::Interrupted;
    (!told).then_some(fault)
}

/// Gives a script what stands behind `run SCRIPT --`. A script that declares no parameters finds it in `args`. Whether
/// the script is to run; `-?` prints its help instead.
///
/// # Errors
/// A word fits no parameter, or one that the script needs is missing.
pub fn receive(
    host: &mut Host,
    session: &Rc<RefCell<Session>>,
    source: &Source,
    words: &[String],
) -> Result<bool, Diagnostic> {
    let cmdlet = host.script(source);
    let mut session = session.borrow_mut();
    let Some(Called { values, common }) = read_words(cmdlet, words, &session.tenant())? else {
        let page = help::page(cmdlet, &Part::Page { full: false })?;
        session.console.print(&page)?;
        session.console.finish()?;
        return Ok(false);
    };
    let policy = common.policy_inside(&session.policy);
    session.set_policy(policy);
    host.set_parameters(values);
    Ok(true)
}

static FINDING: Shape = Shape {
    name: "Finding",
    properties: &[
        "Severity", "Id", "Message", "File", "Line", "Column", "Target", "Hint",
    ],
    columns: &["Severity", "File", "Line", "Column", "Message"],
};

/// Looks through a script without running it and gives the exit code: 0 where nothing is wrong, else 2. With a format
/// for programs the findings are the output; else they are told as errors are.
///
/// # Errors
/// The output is closed or full.
pub fn check(
    host: &mut Host,
    session: &Rc<RefCell<Session>>,
    source: &Arc<Source>,
    as_data: bool,
) -> Result<u8, Diagnostic> {
    let findings = host.check(source);
    let mut session = session.borrow_mut();
    let told = [("Error", &findings.errors), ("Warning", &findings.warnings)];
    for (severity, finding) in told
        .iter()
        .flat_map(|(s, all)| all.iter().map(move |f| (*s, f)))
    {
        if as_data {
            session.console.output(&row(severity, finding))?;
        } else if severity == "Error" {
            session.console.error(finding);
        } else {
            session.console.warning(finding);
        }
    }
    if !as_data {
        let (errors, commands) = (findings.errors.len(), findings.commands);
        session.console.notice(&match errors {
            0 => format!(
                "{}: nothing is wrong with its {commands} commands",
                source.name
            ),
            1 => format!("{}: one thing is wrong; nothing was run", source.name),
            many => format!("{}: {many} things are wrong; nothing was run", source.name),
        });
    }
    session.console.finish()?;
    const WRONG: u8 = 2;
    Ok(if findings.errors.is_empty() { 0 } else { WRONG })
}

fn row(severity: &str, finding: &Diagnostic) -> Value {
    let place = finding.source.as_ref().zip(finding.span);
    let place = place.map(|(source, span)| source.line_column(span.start));
    let file = finding.source.as_ref().map(|source| source.name.as_str());
    Value::object(Record::new(
        &FINDING,
        vec![
            severity.into(),
            finding.id.into(),
            finding.message.as_str().into(),
            file.into(),
            place.map(|(line, _)| line).into(),
            place.map(|(_, column)| column).into(),
            finding.target.as_deref().into(),
            finding.hint.as_deref().into(),
        ],
    ))
}

/// Shows what ended a run and gives its exit code. A closed pipe ends quietly: the reader has what it wanted.
pub fn report(session: &mut Session, faults: Vec<Diagnostic>) -> u8 {
    let code = faults
        .iter()
        .filter(|fault| fault.id != "OutputClosed")
        .map(|fault| fault.category.exit_code())
        .next()
        .unwrap_or(0);
    for fault in faults
        .into_iter()
        .filter(|fault| fault.id != "OutputClosed")
    {
        session.report(fault, false);
    }
    code
}
