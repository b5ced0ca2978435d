//! Export-Csv: writes objects to a CSV file.

use std::sync::Arc;

use super::NEW_FILE;
use super::rows::delimiter;
use super::stage::ToText;
use crate::cmdlets::output::place;
use crate::command::{Args, Cmdlet, Effect, Example, Output, Param, Run, Stage, Verb};
use crate::diagnostic::Diagnostic;
use crate::format::{Format, Style, to_string};
use crate::tenant::Permission;
use crate::value::{Map, Value};

pub static DELIMITER: Param<Option<Arc<str>>> = Param::new(
    "Delimiter",
    "The character between cells; a comma without it.",
)
.position(1);
pub static RAW: Param<bool> = Param::new(
    "Raw",
    "Leaves cells as they are that a spreadsheet would run as formulas.",
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
                  one has an empty cell. The file is written whole or not at all. A cell that begins with =, +, - or @ \
                  gets a quote before it, so that a spreadsheet shows it instead of running it; Import-Csv takes it away \
                  again.",
    parameters: &[
        &NEW_FILE.declaration,
        &DELIMITER.declaration,
        &RAW.declaration,
        &NO_TYPE_INFORMATION.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Nothing,
    examples: &[Example {
        line: "Get-User -Unlicensed | Select-Object UserPrincipalName, City | Export-Csv unlicensed.csv",
        explanation: "A list for a colleague.",
    }],
    graph: "",
    run: Run::Stream(start),
};

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    let style = style(args)?;
    let write = move |rows| csv_text(rows, style);
    Ok(ToText::stage(
        Arc::new(write),
        Some(place(args, &NEW_FILE)?),
    ))
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
pub fn csv_text(mut rows: Vec<Value>, style: Style) -> String {
    // The format takes its header from the first row; it gets one that has every column.
    if let Some(first) = all_columns(&rows) {
        rows[0] = Value::map(first);
    }
    to_string(Format::Csv, style, &rows)
}

/// The first row with the columns that others have beside its own; none where it has all of them.
fn all_columns(rows: &[Value]) -> Option<Map> {
    let first = rows.first()?;
    let own = first.property_names();
    let mut more: Vec<&str> = Vec::new();
    for row in rows {
        if row.type_name() == first.type_name() && matches!(row, Value::Object(_)) {
            continue;
        }
        for name in row.property_names() {
            let known = |known: &&str| known.eq_ignore_ascii_case(name);
            if !own.iter().any(known) && !more.iter().any(known) {
                more.push(name);
            }
        }
    }
    if own.is_empty() || more.is_empty() {
        return None;
    }
    let names = own.iter().chain(&more);
    Some(
        names
            .map(|name| (*name, first.property(name).unwrap_or_default()))
            .collect(),
    )
}
