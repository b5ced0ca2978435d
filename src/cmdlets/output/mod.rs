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

use std::path::PathBuf;
use std::sync::Arc;

use super::file::{LINE, LONG, while_waiting};
use crate::command::{Args, Call, Flow, Param, PathName};
use crate::diagnostic::Diagnostic;
use crate::files::{Encoding, End, Job, Written, check_place, typed};
use crate::format::{Format, LineEnd, Style, to_string};
use crate::objects::is_result;
use crate::value::{DeferredVec, Value};

/// `-Append` and `-NoClobber` of cmdlets that write a file.
pub(super) static APPEND: Param<bool> =
    Param::new("Append", "Writes behind what the file has already.");
pub(super) static NO_CLOBBER: Param<bool> = Param::new(
    "NoClobber",
    "A file that is there already is an error, told before anything runs; with -Append it is added to.",
)
.aliases(&["NoOverwrite"]);

/// The encoding of a new file.
pub(super) static ENCODING: Param<Option<Arc<str>>> = Param::new(
    "Encoding",
    "How a new file holds its text; a spreadsheet wants utf8BOM. One that is added to keeps its own.",
)
.choice(Encoding::NAMES);

/// Where text goes that a cmdlet writes, and what becomes of a file that is there already.
#[derive(Clone)]
pub(super) struct OutputFile {
    path: PathBuf,
    way: WriteMode,
    encoding: Encoding,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WriteMode {
    Replace,
    Append,
    /// `-NoClobber`: it is an error.
    Keep,
}

impl WriteMode {
    /// What is added replaces nothing, so `-Append` goes before `-NoClobber`.
    pub(super) fn of(append: bool, keep: bool) -> Self {
        match (append, keep) {
            (true, _) => Self::Append,
            (false, true) => Self::Keep,
            (false, false) => Self::Replace,
        }
    }
}

impl OutputFile {
    /// The file that a parameter names, or why nothing can be written there: told before anything runs, so that no change
    /// is made whose report is lost.
    pub(super) fn of(
        args: &Args,
        param: &'static Param<PathName>,
        way: WriteMode,
    ) -> Result<Self, Diagnostic> {
        let path = typed(&args.get(param));
        check_place(&path, way == WriteMode::Keep).map_err(|fault| match args.span(param) {
            Some(span) => fault.at(span),
            None => fault,
        })?;
        Ok(Self {
            path,
            way,
            encoding: Encoding::default(),
        })
    }

    /// The same, in what `-Encoding` says.
    pub(super) fn encoded(mut self, args: &Args) -> Self {
        let name = args.get(&ENCODING);
        self.encoding = name.map_or(self.encoding, |name| Encoding::named(&name));
        self
    }

    /// Writes what is made of values and of the text that the file has already, where that is added to; all of it or
    /// nothing.
    pub(super) fn save(
        &self,
        call: &Call,
        values: DeferredVec<Value>,
        make: impl FnOnce(DeferredVec<Value>, &str) -> Result<String, Diagnostic> + Send + 'static,
    ) -> Result<(), Flow> {
        let files = call.session().borrow().files.clone();
        let end = match self.way {
            WriteMode::Append => {
                let path = self.path.clone();
                let files = files.clone();
                Some(call.run_in_background(LONG, move || files.end_of(&path))??)
            }
            WriteMode::Replace | WriteMode::Keep => None,
        };
        let size = end.as_ref().map_or(0, |end| end.text().len() / LINE);
        let (end, text) = call.run_in_background(values.len() + size, move || {
            let text = make(values, end.as_ref().map_or("", End::text))?;
            Ok::<_, Diagnostic>((end, text))
        })??;
        let run = |job: Job| while_waiting(call, move |wanted| job(wanted));
        let written = match end {
            Some(end) => files.add_by(end.encoded(self.encoding), text, run)?,
            None => {
                let bytes = self.encoding.encode(text);
                files.write_by(&self.path, bytes, self.way == WriteMode::Keep, run)?
            }
        };
        if let Written::WouldWrite(sentence) = written {
            call.session().borrow_mut().console.notice(&sentence);
        }
        Ok(())
    }

    /// As [`OutputFile::save`], and nobody else gets the values: where they can't be written, what they say of changes is put
    /// out.
    pub(super) fn save_or_tell(
        &self,
        call: &Call,
        values: DeferredVec<Value>,
        make: impl FnOnce(DeferredVec<Value>, &str) -> Result<String, Diagnostic> + Send + 'static,
    ) -> Result<(), Flow> {
        let results: Vec<Value> = values.iter().filter(|it| is_result(it)).cloned().collect();
        let done = self.save(call, values, make);
        if done.is_err() {
            call.session().borrow_mut().tell(results.into());
        }
        done
    }
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

/// [`as_text`] as it is added to what a file has already: on a line of its own, with the ends of the lines there.
fn added(values: &[Value], width: Option<usize>, before: &str) -> String {
    let text = as_text(values, width);
    if before.is_empty() {
        return text;
    }
    let end = LineEnd::of(before).text();
    let text = match end {
        "\n" => text,
        other => text.replace('\n', other),
    };
    match before.ends_with(['\r', '\n']) {
        true => text,
        false => format!("{end}{text}"),
    }
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
