//! How pipeline values and diagnostics become text: one sink a format, all of them streaming.

mod csv;
mod csv_head;
mod diagnostics;
mod html;
mod json;
mod list;
mod markdown;
mod read;
pub mod safe;
#[cfg(test)]
mod samples;
mod screen;
mod table;
mod view;
mod width;
mod yaml;

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use anstyle::AnsiColor;
use clap::ValueEnum;

use crate::value::Value;

pub use self::csv::{neutralise as neutralise_csv, rows as csv_rows, strip as strip_csv};
pub use self::html::escape as escape_html;
pub use self::width::{fit, measure};
pub use csv_head::csv_head;
pub use diagnostics::{diagnostic_json, render_diagnostic, render_warning};
pub use json::{Json, from_json, json_text, to_json};
pub use read::{Broken, Outline, check_json, json_items, read_json, read_yaml};
pub use view::{Align, ColumnLook, Formatted, TableLook, View, plain};
pub use width::wrap;
pub use yaml::yaml_text;

/// What `-o` takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, ValueEnum)]
pub enum Format {
    /// Columns that fit the terminal
    #[default]
    Table,
    /// A line for each property
    List,
    /// One array of everything
    Json,
    /// An object a line, as it comes
    Jsonl,
    /// A header from the first object, then a row each
    Csv,
    /// One sequence of everything
    Yaml,
    /// GitHub tables
    Md,
    /// A page with tables
    Html,
}

impl std::str::FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        <Self as ValueEnum>::from_str(name, true)
    }
}

/// What a line ends with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LineEnd {
    #[default]
    Lf,
    CrLf,
    Cr,
}

impl LineEnd {
    pub fn text(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
            Self::Cr => "\r",
        }
    }

    /// What the first of some lines ends with; a line feed where there is but one.
    pub fn of(text: &str) -> Self {
        match text.find(['\r', '\n']).map(|at| &text[at..]) {
            Some(end) if end.starts_with("\r\n") => Self::CrLf,
            Some(end) if end.starts_with('\r') => Self::Cr,
            _ => Self::Lf,
        }
    }
}

/// What the formats must know about where they write to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Style {
    /// The columns of the terminal; `None` where there is none: nothing is shortened or left out.
    pub width: Option<usize>,
    pub color: bool,
    /// Leaves CSV cells that a spreadsheet would run as formulas as they are.
    pub raw_csv: bool,
    /// What stands between the cells of CSV; a comma when `None`.
    pub csv_delimiter: Option<u8>,
    /// What ends the rows of CSV.
    pub csv_end: LineEnd,
    /// Shows a table even of things with many properties: `-o table` was asked for.
    pub always_table: bool,
}

impl Style {
    /// The names of columns and properties.
    fn head(self, text: &str) -> String {
        self.paint(text, AnsiColor::Green.on_default().bold())
    }

    /// What belongs to the layout, not to the data.
    fn dim(self, text: &str) -> String {
        self.paint(text, anstyle::Style::new().dimmed())
    }

    fn paint(self, text: &str, style: anstyle::Style) -> String {
        if self.color && !text.is_empty() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

/// One format at work on one output.
trait Sink {
    fn value(&mut self, item: &Value, view: Option<&Arc<View>>) -> io::Result<()>;

    /// Writes what is held back, so that something else can be written after it.
    fn flush(&mut self) -> io::Result<()>;

    /// Writes what is held back and what the format ends with.
    fn finish(&mut self) -> io::Result<()>;

    /// The properties that the format had no place for.
    fn left_out(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Writes values in a format, as they come.
///
/// Errors of the output are handed to the caller, a closed pipe among them.
pub struct Printer {
    sink: Box<dyn Sink>,
}

impl Printer {
    pub fn new(format: Format, style: Style, out: Box<dyn Write>) -> Self {
        Self {
            sink: match format {
                Format::Table => Box::new(screen::Screen::new(style, false, out)),
                Format::List => Box::new(screen::Screen::new(style, true, out)),
                Format::Json => Box::new(json::Array::new(out)),
                Format::Jsonl => Box::new(json::Lines::new(out)),
                Format::Csv => Box::new(csv::Rows::new(style, out)),
                Format::Yaml => Box::new(yaml::Sequence::new(style, out)),
                Format::Md => Box::new(markdown::Tables::new(out)),
                Format::Html => Box::new(html::Page::new(out)),
            },
        }
    }

    /// Writes a value; a list item by item, as a pipeline hands it on.
    pub fn value(&mut self, value: &Value) -> io::Result<()> {
        match value {
            Value::List(items) => items.iter().try_for_each(|item| self.one(item)),
            one => self.one(one),
        }
    }

    /// Writes a value in a view that the admin chose.
    pub fn value_as(&mut self, view: &Arc<View>, value: &Value) -> io::Result<()> {
        match value {
            Value::List(items) => items
                .iter()
                .try_for_each(|item| self.sink.value(item, Some(view))),
            one => self.sink.value(one, Some(view)),
        }
    }

    /// Writes what is held back to size columns, so that something else can be written after it.
    pub fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }

    /// Ends the output.
    ///
    /// Returns the properties that CSV, whose header is that of the first object, had no column for.
    pub fn finish(mut self) -> io::Result<Vec<String>> {
        self.sink.finish()?;
        Ok(self.sink.left_out())
    }

    fn one(&mut self, item: &Value) -> io::Result<()> {
        if let Value::Object(object) = item
            && let Some(formatted) = object.as_any().downcast_ref::<Formatted>()
        {
            return self.value_as(&formatted.view, formatted.item());
        }
        self.sink.value(item, None)
    }
}

/// Values as text in a format.
pub fn to_string(format: Format, style: Style, values: &[Value]) -> String {
    let text = Shared::default();
    let mut printer = Printer::new(format, style, Box::new(text.clone()));
    // Writing to memory can't fail.
    let _ = values.iter().try_for_each(|value| printer.value(value));
    let _ = printer.finish();
    text.into_string()
}

/// Values as text in a view, for what isn't written to the terminal: Out-String, Out-File.
pub fn render(view: &View, values: &[Value], style: Style) -> String {
    let view = Arc::new(view.clone());
    let text = Shared::default();
    let mut printer = Printer::new(Format::Table, style, Box::new(text.clone()));
    let _ = values
        .iter()
        .try_for_each(|value| printer.value_as(&view, value));
    let _ = printer.finish();
    text.into_string()
}

/// Memory that a printer writes to and its maker reads.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn into_string(self) -> String {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8(bytes).unwrap_or_default()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_named_in_any_letter_case() {
        for format in Format::value_variants() {
            let name = format!("{format:?}").to_uppercase();
            assert_eq!(name.parse(), Ok(*format));
        }
        assert!("xlsx".parse::<Format>().is_err());
    }

    #[test]
    fn a_closed_pipe_is_the_callers_to_handle() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        for format in Format::value_variants() {
            let mut printer = Printer::new(*format, Style::default(), Box::new(Closed));
            let written = printer.value(&"x".into()).and_then(|()| printer.finish());
            assert_eq!(
                written.unwrap_err().kind(),
                io::ErrorKind::BrokenPipe,
                "{format:?}"
            );
        }
    }
}
