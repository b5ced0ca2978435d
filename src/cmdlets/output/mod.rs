//! Cmdlets that say something, or send what comes down a pipe somewhere else.

mod out_file;
mod out_null;
mod out_string;
mod tee_object;
mod write_error;
mod write_host;
mod write_output;
mod write_verbose;
mod write_warning;

pub use out_file::OUT_FILE;
pub use out_null::OUT_NULL;
pub use out_string::OUT_STRING;
pub use tee_object::TEE_OBJECT;
pub use write_error::WRITE_ERROR;
pub use write_host::WRITE_HOST;
pub use write_output::WRITE_OUTPUT;
pub use write_verbose::WRITE_VERBOSE;
pub use write_warning::WRITE_WARNING;

use std::path::{Path, PathBuf};

use crate::command::{Args, Call, Param, PathName};
use crate::diagnostic::{Category, Diagnostic};
use crate::files::check_place;
use crate::format::{Format, Style, to_string};
use crate::value::Value;

/// The file that a parameter names, or why nothing can be written there: told before anything runs, so that no change is
/// made whose report is lost.
pub(super) fn place(args: &Args, param: &'static Param<PathName>) -> Result<PathBuf, Diagnostic> {
    let path = PathBuf::from(&*args.get(param));
    check_place(&path).map_err(|fault| match args.span(param) {
        Some(span) => fault.at(span),
        None => fault,
    })?;
    Ok(path)
}

/// Writes a file whole, behind what it has already where that is asked for.
pub(super) fn write_file(
    call: &Call,
    path: &Path,
    text: String,
    append: bool,
) -> Result<(), Diagnostic> {
    let mut session = call.session().borrow_mut();
    let content = if append {
        match session.files.read_text(path) {
            Ok(old) => format!("{}{text}", old.content),
            Err(fault) if fault.category == Category::NotFound => text,
            Err(fault) => return Err(fault),
        }
    } else {
        text
    };
    if let crate::files::Written::WouldWrite(sentence) =
        session.files.write(path, content.as_bytes())?
    {
        session.console.notice(&sentence);
    }
    Ok(())
}

/// What a file holds of objects: texts as they are, a line each, and everything else as the screen would show it.
fn as_text(values: &[Value], width: Option<usize>) -> String {
    let style = Style {
        width,
        ..Style::default()
    };
    let mut text = String::new();
    for run in values.chunk_by(|a, b| is_text(a) == is_text(b)) {
        if run.first().is_some_and(is_text) {
            for line in run {
                text.push_str(&line.to_text());
                text.push('\n');
            }
        } else {
            text.push_str(&to_string(Format::Table, style, run));
        }
    }
    text
}

fn is_text(value: &Value) -> bool {
    matches!(value, Value::Text(_))
}

/// A number of columns, or why it is none.
fn width(args: &Args, param: &'static Param<Option<i64>>) -> Result<Option<usize>, Diagnostic> {
    let Some(width) = args.get(param) else {
        return Ok(None);
    };
    match usize::try_from(width) {
        Ok(width) if width > 0 => Ok(Some(width)),
        _ => Err(Diagnostic::usage(
            "InvalidArgument",
            format!("-{} is at least 1, not {width}", param.declaration.name),
        )),
    }
}
