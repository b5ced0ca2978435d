//! Texts of the three formats as objects, and what is said of those that can't be read.

use std::sync::Arc;

use crate::command::{Call, Flow};
use crate::diagnostic::{Category, Diagnostic};
use crate::format::{Broken, Outline, check_json, read_json, read_yaml};
use crate::value::{DeferredVec, Value};

/// Where a text comes from, as a message begins: a file's name, or nothing for one that came down the pipe.
#[derive(Clone, Copy)]
pub struct Origin<'a>(pub Option<&'a str>);

impl Origin<'_> {
    /// `leavers.csv:3: what`, `line 3: what`.
    pub fn fault(self, id: &'static str, place: &str, what: &str) -> Diagnostic {
        let message = match (self.0, place) {
            (Some(file), "") => format!("{file}: {what}"),
            (Some(file), place) => format!("{file}:{place}: {what}"),
            (None, "") => what.to_owned(),
            (None, place) => format!("line {place}: {what}"),
        };
        let fault = Diagnostic::new(id, Category::InvalidData, message);
        match self.0 {
            Some(file) => fault.about(file),
            None => fault,
        }
    }
}

/// The documents of a JSON text.
///
/// # Errors
/// It is broken, which is told with line, column and record, or empty.
pub fn json(text: &str, origin: Origin) -> Result<Vec<Value>, Diagnostic> {
    let documents = read_json(text).map_err(|broken| broken_json(broken, origin))?;
    match documents.is_empty() {
        true => Err(empty(origin)),
        false => Ok(documents),
    }
}

/// Whether a JSON text could be read, and what it is made of.
///
/// # Errors
/// As for [`json`].
pub fn outline(text: &str, origin: Origin) -> Result<Outline, Diagnostic> {
    let outline = check_json(text).map_err(|broken| broken_json(broken, origin))?;
    match outline.documents {
        0 => Err(empty(origin)),
        _ => Ok(outline),
    }
}

pub fn broken_json(broken: Broken, origin: Origin) -> Diagnostic {
    said("BrokenJson", "JSON", broken, origin)
}

fn empty(origin: Origin) -> Diagnostic {
    let what = "there is nothing in it, not even an empty list";
    origin.fault("NoContent", "", what)
}

/// The documents of a YAML text.
///
/// # Errors
/// It is broken, which is told with line and column.
pub fn yaml(text: &str, origin: Origin) -> Result<Vec<Value>, Diagnostic> {
    read_yaml(text).map_err(|broken| said("BrokenYaml", "YAML", broken, origin))
}

fn said(id: &'static str, format: &str, broken: Broken, origin: Origin) -> Diagnostic {
    let place = broken
        .place
        .map_or(String::new(), |(line, column)| format!("{line}:{column}"));
    let fault = |what: &str| origin.fault(id, &place, what);
    let record = broken
        .record
        .map_or(String::new(), |number| format!(" in record {number}"));
    if broken.cut {
        fault(&format!(
            "the text ends within the {format}{record}: it is cut off"
        ))
        .hint("fetch or export it again")
    } else {
        let fault = fault(&format!("the {format} is broken{record} ({})", broken.what));
        match cure(&broken) {
            Some(hint) => fault.hint(hint),
            None => fault,
        }
    }
}

/// What to do about the faults that people and other programs make most.
fn cure(broken: &Broken) -> Option<&'static str> {
    Some(match &*broken.what {
        "trailing comma" => "take the comma before the closing bracket away",
        "key must be a string" => "names stand in double quotes",
        "expected value" if broken.place == Some((1, 1)) => {
            "it doesn't begin like JSON: it may be another format, or the page of a website"
        }
        what if what.starts_with("two keys") => {
            "rename one of them: letter case doesn't tell names apart here"
        }
        what if what.starts_with("control character") => {
            "within a text a tab is written \\t and the end of a line \\n"
        }
        what if what.contains("cannot start any token") => {
            "YAML is indented with blanks, not with tabs"
        }
        _ => return None,
    })
}

/// Writes documents: a list item by item, one thing as itself.
pub fn write(call: &mut Call, documents: Vec<Value>) -> Result<(), Flow> {
    if !matches!(documents.as_slice(), [Value::List(_)]) {
        call.is_exact();
    }
    for document in documents {
        match document {
            Value::List(items) => {
                // Freed aside when the pipeline ends early: there may be a million.
                let items = DeferredVec::from(Arc::unwrap_or_clone(items));
                items.iter().try_for_each(|item| call.write(item.clone()))?;
            }
            one => call.write_each(one)?,
        }
    }
    Ok(())
}
