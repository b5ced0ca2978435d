//! `plan` and `apply`: a rehearsal written down, shown, and done.

use std::path::{Path, PathBuf};

use super::options::{Global, PlanCommand};
use crate::console::{Look, Terminal};
use crate::diagnostic::{Category, Diagnostic};
use crate::files::{self, Files};
use crate::format::{Format, from_json};
use crate::plan::{self, Document, FileMark, draft, sha256};
use crate::session::{Console, Session};
use crate::value::Value;

/// The exit code of `--detailed-exitcode` where something changed, or would.
const CHANGED: u8 = 3;

/// Writes what the session rehearsed as a plan; the exit code.
pub fn write(
    session: &mut Session,
    global: &Global,
    options: &PlanCommand,
    args: &[String],
    code: u8,
) -> Result<u8, Diagnostic> {
    let Some((rehearsal, inputs)) = session.end_rehearsal() else {
        return Ok(code);
    };
    let whole = [0, crate::batch::RECORDS_FAILED].contains(&code);
    let out = options
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from("plan.yaml"));
    if !whole {
        session
            .console
            .notice("no plan was written: the rehearsal didn't come to its end");
        return Ok(code);
    }
    let mut origin = session.plan_origin();
    origin.inputs = inputs;
    origin.parameters = args.to_vec();
    if let Some(script) = options
        .script
        .as_deref()
        .filter(|path| path.as_os_str() != "-")
    {
        origin.script = files::bytes(script).map(|bytes| FileMark {
            file: script.display().to_string(),
            sha256: sha256(&bytes),
        });
    }
    let after = session.tenant();
    let document = draft(rehearsal, &after, &session.actor, origin);
    let mode = match (global.read_only, global.what_if) {
        (true, _) => files::Mode::ReadOnly,
        (false, true) => files::Mode::WhatIf,
        (false, false) => files::Mode::Normal,
    };
    match plan::save(Files::new(mode), &out, &document)? {
        Err(sentence) => session.console.notice(&sentence),
        Ok(_) if global.quiet => {}
        Ok(_) => {
            let count = document.rows.len();
            let what = if count == 1 { "thing" } else { "things" };
            session.console.notice(&format!(
                "{}: a plan that changes {count} {what}; look at it with: tenantsh plan show {0}, do it with: tenantsh apply {0}",
                out.display()
            ));
        }
    }
    Ok(
        match options.detailed_exitcode && code == 0 && !document.rows.is_empty() {
            true => CHANGED,
            false => code,
        },
    )
}

/// The line that applies a plan.
pub fn application(path: &Path, skip_moved: bool) -> Result<String, Diagnostic> {
    let skip = if skip_moved { " -SkipMoved" } else { "" };
    Ok(format!("Invoke-Plan {}{skip}", quoted(path)?))
}

/// The line that approves a plan.
pub fn approval(path: &Path, key: &Path) -> Result<String, Diagnostic> {
    Ok(format!(
        "Approve-Plan {} -Key {}",
        quoted(path)?,
        quoted(key)?
    ))
}

fn quoted(path: &Path) -> Result<String, Diagnostic> {
    let text = path.to_str().ok_or_else(|| {
        Diagnostic::usage("NotUnicode", "a path here must be Unicode text")
            .about(path.display().to_string())
    })?;
    Ok(format!("'{}'", text.replace('\'', "''")))
}

/// The reason that a plan was made for, from its first lines.
pub fn reason(path: &Path) -> Option<std::sync::Arc<str>> {
    let head = Files::default().head(path)?;
    let line = head
        .lines()
        .find_map(|line| line.strip_prefix("reason: "))?;
    serde_yaml::from_str::<String>(line).ok().map(Into::into)
}

/// The exit code of `apply --detailed-exitcode`.
pub fn detailed(code: u8, changed: bool) -> u8 {
    if code == 0 && changed { CHANGED } else { code }
}

/// Shows a plan. No tenant is opened.
pub fn show(path: &Path, look: Look) -> Result<u8, Diagnostic> {
    let (document, _) = plan::open(path)?;
    let as_text = |text: String| -> Result<u8, Diagnostic> {
        let mut terminal = Terminal::new(Look {
            format: Format::Table,
            ..look
        });
        terminal.output(&Value::from(text.trim_end()))?;
        terminal.finish()?;
        Ok(0)
    };
    match look.format {
        Format::Html => return as_text(plan::html(&document)),
        Format::Md => return as_text(plan::markdown(&document)),
        _ => {}
    }
    let mut terminal = Terminal::new(look);
    match look.format {
        Format::Json | Format::Yaml => terminal.output(&as_data(&document)?)?,
        Format::Table | Format::List => {
            for (label, text) in plan::heading(&document) {
                terminal.notice(&format!("{label}: {text}"));
            }
            rows(&document, &mut terminal)?;
        }
        _ => rows(&document, &mut terminal)?,
    }
    terminal.finish()?;
    Ok(0)
}

fn rows(document: &Document, terminal: &mut Terminal) -> Result<(), Diagnostic> {
    let mut rows = document.rows.iter().map(plan::plan_row);
    rows.try_for_each(|row| terminal.output(&row))
}

/// All of a plan, as a program reads it.
fn as_data(document: &Document) -> Result<Value, Diagnostic> {
    let fault = |error: serde_json::Error| {
        Diagnostic::new("Unwritable", Category::InvalidData, error.to_string())
    };
    let mut whole = serde_json::to_value(document).map_err(fault)?;
    let rows = serde_json::to_value(&document.rows).map_err(fault)?;
    if let Some(map) = whole.as_object_mut() {
        map.insert("rows".to_owned(), rows);
    }
    Ok(from_json(whole))
}
