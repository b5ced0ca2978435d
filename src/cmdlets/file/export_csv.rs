//! Export-Csv: writes objects to a CSV file.

use std::sync::Arc;

use super::NEW_FILE;
use super::parse::Origin;
use super::rows::{Old, delimiter};
use super::stage::ToText;
use crate::cmdlets::output::{APPEND, ENCODING, NO_CLOBBER, OutputFile, WriteMode};
use crate::command::{Args, Cmdlet, Effect, Example, Output, Param, Run, Stage, Verb};
use crate::diagnostic::{Category, Diagnostic};
use crate::files::{read_text, typed};
use crate::format::{Style, csv_rows};
use crate::tenant::Permission;
use crate::value::Value;

pub static DELIMITER: Param<Option<Arc<str>>> = Param::new(
    "Delimiter",
    "The character between cells; without it a comma, or what the file has that is added to.",
)
.position(1);
pub static RAW: Param<bool> = Param::new(
    "Raw",
    "Leaves cells as they are that a spreadsheet would run as formulas.",
);
static FORCE: Param<bool> = Param::new(
    "Force",
    "With -Append: a column that no object has stays empty, and a property without a column is left out.",
);
pub static NO_TYPE_INFORMATION: Param<bool> = Param::new(
    "NoTypeInformation",
    "Accepted for the habit's sake: no type line is ever written.",
)
.aliases(&["NTI"]);

pub static EXPORT_CSV: Cmdlet = Cmdlet {
    verb: Verb::Export,
    noun: "Csv",
    aliases: &[],
    synopsis: "Writes objects to a CSV file",
    description: "The columns are the properties of all objects, in the order in which they come up; an object that lacks \
                  one has an empty cell. The file is written whole or not at all. -Append writes rows under the header \
                  that the file has, with its separator, encoding and ends of lines; columns and properties that don't \
                  match are an error, and a file that isn't there or is empty gets a header. Until all rows are on the \
                  disk a reader sees the file without any of them, also when the program is killed. A cell that begins \
                  with =, +, - or @ gets a quote before it, so that a spreadsheet shows it instead of running it; \
                  Import-Csv takes it away again.",
    parameters: &[
        &NEW_FILE.declaration,
        &DELIMITER.declaration,
        &APPEND.declaration,
        &FORCE.declaration,
        &NO_CLOBBER.declaration,
        &ENCODING.declaration,
        &RAW.declaration,
        &NO_TYPE_INFORMATION.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Nothing,
    examples: &[
        Example {
            line: "Get-User -Unlicensed | Select-Object UserPrincipalName, City | Export-Csv unlicensed.csv",
            explanation: "A list for a colleague.",
        },
        Example {
            line: "Get-User -Unlicensed | Select-Object UserPrincipalName, City | Export-Csv unlicensed.csv -Append",
            explanation: "Next month's, in the same file.",
        },
    ],
    graph: "",
    run: Run::Stream(start),
};

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    let way = WriteMode::of(args.get(&APPEND), args.get(&NO_CLOBBER));
    let goal = OutputFile::of(args, &NEW_FILE, way)?.encoded(args);
    let path = typed(&args.get(&NEW_FILE));
    let appending = Appending {
        file: path.display().to_string(),
        style: style(args)?,
        force: args.get(&FORCE),
    };
    if way == WriteMode::Append && path.is_file() {
        // What can't be added to is told before anything runs.
        appending.old(&read_text(&path)?.content)?;
    }
    let make = move |values, before: &str| appending.csv(values, before);
    Ok(ToText::stage(Arc::new(make), Some(goal)))
}

/// How CSV is asked to look, by Export-Csv or ConvertTo-Csv.
pub fn style(args: &Args) -> Result<Style, Diagnostic> {
    Ok(Style {
        raw_csv: args.get(&RAW),
        csv_delimiter: delimiter(args, &DELIMITER)?,
        ..Style::default()
    })
}

/// Objects as CSV, with the columns of all of them.
pub fn csv_text(rows: &[Value], style: Style) -> String {
    let columns = all_columns(rows);
    let headed = !columns.is_empty();
    csv_rows(rows, columns, headed, style)
}

/// The properties of all objects, in the order in which they come up.
fn all_columns(rows: &[Value]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    let mut kind = None;
    for row in rows.iter().filter(|row| !row.is_null()) {
        let own = matches!(row, Value::Object(_)).then(|| row.type_name());
        if own.is_some() && own == kind {
            continue;
        }
        kind = own;
        let names = match row.property_names() {
            none if none.is_empty() && columns.is_empty() => vec!["Value"],
            names => names,
        };
        for name in names {
            if !has(&columns, name) {
                columns.push(name.to_owned());
            }
        }
    }
    columns
}

fn has<T: AsRef<str>>(columns: &[T], name: &str) -> bool {
    columns
        .iter()
        .any(|own| own.as_ref().eq_ignore_ascii_case(name))
}

/// How rows are written behind those of a file.
struct Appending {
    file: String,
    style: Style,
    force: bool,
}

impl Appending {
    fn old(&self, before: &str) -> Result<Option<Old>, Diagnostic> {
        Old::of(before, self.style.csv_delimiter, Origin(Some(&self.file)))
    }

    /// Rows under the columns of the file, or with a header where it has none.
    fn csv(&self, rows: Vec<Value>, before: &str) -> Result<String, Diagnostic> {
        let Some(old) = self.old(before)? else {
            return Ok(csv_text(&rows, self.style));
        };
        let own = all_columns(&rows);
        if own.is_empty() {
            return Ok(String::new());
        }
        if !self.force {
            self.compare(&old.columns, &own)?;
        }
        let style = Style {
            csv_delimiter: Some(old.delimiter),
            csv_end: old.end,
            ..self.style
        };
        let begin = if old.ended { "" } else { old.end.text() };
        let rows = csv_rows(&rows, old.columns, false, style);
        Ok(format!("{begin}{rows}"))
    }

    /// # Errors
    /// The file has a column that no object has, or an object has a property that is no column.
    fn compare(&self, columns: &[String], own: &[String]) -> Result<(), Diagnostic> {
        let lacking = missing(columns, own);
        let left_over = missing(own, columns);
        let mut faults = Vec::new();
        if !lacking.is_empty() {
            faults.push(format!("its column {lacking} is in no object"));
        }
        if !left_over.is_empty() {
            faults.push(format!("it has no column for {left_over}"));
        }
        if faults.is_empty() {
            return Ok(());
        }
        let message = format!(
            "nothing is added to {}: {}",
            self.file,
            faults.join(", and ")
        );
        Err(
            Diagnostic::new("ColumnsDiffer", Category::InvalidData, message)
                .about(self.file.as_str())
                .hint(format!(
                    "its columns are {}: Select-Object makes objects of them; or -Force leaves cells without a property \
                     empty, and properties without a column out",
                    columns.join(", ")
                )),
        )
    }
}

/// The names of the one that the other hasn't, for a message.
fn missing(names: &[String], other: &[String]) -> String {
    let missing = names.iter().filter(|name| !has(other, name));
    let quoted: Vec<String> = missing.map(|name| format!("'{name}'")).collect();
    quoted.join(", ")
}
