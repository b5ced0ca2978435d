//! The stages behind the cmdlets that turn text into objects, and objects into text or files.

use std::sync::Arc;

use super::parse::{self, Origin};
use crate::cmdlets::output::OutputFile;
use crate::command::{Args, Call, Flow, Param, Stage};
use crate::diagnostic::{Category, Diagnostic};
use crate::files::{Text, typed};
use crate::format::plain;
use crate::value::{DeferredVec, Value};

pub static INPUT: Param<Option<Vec<Arc<str>>>> = Param::new(
    "InputObject",
    "The text, or its lines; they may come down the pipe as well.",
)
.position(0);

/// The bytes of a text that are about as much work as one object.
pub const LINE: usize = 64;

/// As much work as may be: a file of any length, or a pipe that nobody writes to.
pub const LONG: usize = usize::MAX;

/// Reads a file, which may be of any length, or a pipe that nobody writes to.
pub fn read(call: &Call, path: &str) -> Result<Text, Flow> {
    let (files, path) = (call.session().borrow().files.clone(), typed(path));
    call.session().borrow_mut().note_read(&path);
    Ok(while_waiting(call, move |wanted| {
        files.read_text(&path, wanted)
    })??)
}

/// Runs what may take long beside the pipeline, and tells it whether anybody still waits for it.
///
/// # Errors
/// Ctrl-C.
pub fn while_waiting<T: Send + 'static>(
    call: &Call,
    run: impl FnOnce(&dyn Fn() -> bool) -> T + Send + 'static,
) -> Result<T, Flow> {
    // Gone when nobody does.
    let waiting = Arc::new(());
    let watched = Arc::downgrade(&waiting);
    let done = call.run_in_background(LONG, move || run(&|| watched.strong_count() > 0));
    drop(waiting);
    done
}

/// Reads a text that is one whole.
pub type Read = Arc<dyn Fn(&str, Origin) -> Result<Vec<Value>, Diagnostic> + Send + Sync>;

/// Gathers a text, and writes what is read of it.
pub struct FromText {
    /// Joined when all have come: one that is a whole file is not copied.
    lines: DeferredVec<Arc<str>>,
    read: Read,
}

impl FromText {
    /// # Errors
    /// Nothing is given, and nothing will come.
    pub fn stage(args: &Args, read: Read) -> Result<Box<dyn Stage>, Diagnostic> {
        let given = args.get(&INPUT);
        if given.is_none() && !args.piped() {
            return Err(Diagnostic::usage(
                "MissingMandatoryParameter",
                format!("the text is missing: -{}", INPUT.declaration.name),
            )
            .hint("pipe it in, or read a file with the Import cmdlet of the format"));
        }
        let mut stage = Self {
            lines: DeferredVec::default(),
            read,
        };
        stage.lines.extend(given.unwrap_or_default());
        Ok(Box::new(stage))
    }
}

impl Stage for FromText {
    fn record(&mut self, _call: &mut Call, value: Value) -> Result<(), Flow> {
        match value {
            Value::Text(text) => self.lines.push(text),
            Value::Map(_) | Value::Object(_) | Value::List(_) | Value::Block(_) => {
                return Err(Diagnostic::new(
                    "NotText",
                    Category::InvalidData,
                    format!("text is read here, and this is a {}", value.type_name()),
                )
                .hint("objects need no conversion; ConvertTo cmdlets turn them into text")
                .into());
            }
            other => self.lines.push(other.to_text().into()),
        }
        Ok(())
    }

    fn end(&mut self, call: &mut Call) -> Result<(), Flow> {
        let (lines, read) = (std::mem::take(&mut self.lines), Arc::clone(&self.read));
        let size = lines.iter().map(|line| line.len() / LINE + 1).sum();
        let documents = call.run_in_background(size, move || match lines.as_slice() {
            [one] => read(one, Origin(None)),
            several => read(&several.join("\n"), Origin(None)),
        })??;
        parse::write(call, documents)
    }
}

/// Writes objects as text, behind a text that the file has already.
pub type Made = Arc<dyn Fn(Vec<Value>, &str) -> Result<String, Diagnostic> + Send + Sync>;

/// Gathers objects, and writes them as one text to a file or down the pipe.
pub struct ToText {
    values: DeferredVec<Value>,
    make: Made,
    goal: Option<OutputFile>,
}

impl ToText {
    pub fn stage(make: Made, goal: Option<OutputFile>) -> Box<dyn Stage> {
        Box::new(Self {
            values: DeferredVec::default(),
            make,
            goal,
        })
    }
}

impl Stage for ToText {
    fn record(&mut self, _call: &mut Call, value: Value) -> Result<(), Flow> {
        self.values.push(plain(&value));
        Ok(())
    }

    fn end(&mut self, call: &mut Call) -> Result<(), Flow> {
        let (mut values, make) = (std::mem::take(&mut self.values), Arc::clone(&self.make));
        if let Some(goal) = &self.goal {
            return goal.save_or_tell(call, values, move |mut values, before| {
                make(std::mem::take(&mut *values), before)
            });
        }
        let values = std::mem::take(&mut *values);
        let text = call.run_in_background(values.len(), move || make(values, ""))??;
        call.is_exact();
        call.write(text.trim_end_matches('\n'))
    }
}

/// One thing as itself, any other number of them as a list.
pub fn one_or_list(mut values: Vec<Value>, always_list: bool) -> Value {
    match values.len() {
        1 if !always_list => values.swap_remove(0),
        _ => Value::list(values),
    }
}
