//! Import-Csv: the rows of a CSV file as objects.

use std::path::Path;
use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord};

use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, PathName, Run, Verb,
};
use crate::diagnostic::{Category, Diagnostic};
use crate::files::Text;
use crate::format::strip_csv;
use crate::tenant::Permission;
use crate::value::{Map, Value};

static PATH: Param<PathName> = Param::new("Path", "The file.")
    .aliases(&["LiteralPath"])
    .position(0)
    .by_value();
static DELIMITER: Param<Option<Arc<str>>> = Param::new(
    "Delimiter",
    "The character between cells; without it the header tells whether it is a comma, a semicolon or a tab.",
)
.position(1);

pub static IMPORT_CSV: Cmdlet = Cmdlet {
    verb: Verb::Import,
    noun: "Csv",
    aliases: &[],
    synopsis: "Reads a CSV file, a row an object",
    description: "The first row names the columns. Every cell is text. A row with more or fewer cells than there are \
                  columns is an error that names its line; nothing is guessed. The quote that Export-Csv puts before a \
                  cell that a spreadsheet would run as a formula is taken away again.",
    parameters: &[&PATH.declaration, &DELIMITER.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Any,
    examples: &[Example {
        line: "Import-Csv leavers.csv | Remove-License -All -WhatIf",
        explanation: "A column named UserPrincipalName, UPN or Mail says which users.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let path = args.get(&PATH);
    let text = call.session().borrow().files.read_text(Path::new(&*path))?;
    let delimiter = match args.get(&DELIMITER).as_deref() {
        None => guess_delimiter(&text.content),
        Some("`t" | "\\t" | "\t") => b'\t',
        Some(one) if one.len() == 1 => one.as_bytes()[0],
        Some(other) => {
            return Err(Diagnostic::usage(
                "InvalidArgument",
                format!("-Delimiter is one character, not '{other}'"),
            )
            .into());
        }
    };
    for row in rows(&text, delimiter)? {
        call.write(Value::map(row))?;
    }
    Ok(())
}

/// The separator that the header has most of.
fn guess_delimiter(content: &str) -> u8 {
    let header = content.lines().next().unwrap_or_default();
    let count = |c: u8| header.bytes().filter(|b| *b == c).count();
    [b',', b';', b'\t']
        .into_iter()
        .rev()
        .max_by_key(|c| count(*c))
        .unwrap_or(b',')
}

fn rows(text: &Text, delimiter: u8) -> Result<Vec<Map>, Diagnostic> {
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.content.as_bytes());
    let fault = |line: u64, what: String| {
        Diagnostic::new(
            "BrokenCsv",
            Category::InvalidData,
            format!("{}:{line}: {what}", text.name()),
        )
        .about(text.name())
    };
    let mut header: Option<StringRecord> = None;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(1, csv::Position::line);
            fault(line, "this row can't be read".to_owned())
        })?;
        let line = record.position().map_or(1, csv::Position::line);
        let Some(header) = &header else {
            check_header(&record).map_err(|what| fault(line, what))?;
            header = Some(record);
            continue;
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if record.len() != header.len() {
            return Err(fault(
                line,
                format!(
                    "this row has {} cells, the header {}",
                    record.len(),
                    header.len()
                ),
            )
            .hint("a cell that holds the separator needs double quotes around it"));
        }
        rows.push(
            header
                .iter()
                .zip(record.iter())
                .map(|(name, cell)| (name.trim(), Value::from(strip_csv(cell))))
                .collect(),
        );
    }
    if header.is_none() {
        return Err(fault(
            1,
            "the file is empty; its first row should name the columns".to_owned(),
        ));
    }
    Ok(rows)
}

fn check_header(header: &StringRecord) -> Result<(), String> {
    for (index, name) in header.iter().enumerate() {
        let name = name.trim();
        if name.is_empty() {
            return Err(format!("column {} has no name", index + 1));
        }
        if header
            .iter()
            .take(index)
            .any(|own| own.trim().eq_ignore_ascii_case(name))
        {
            return Err(format!("two columns are named '{name}'"));
        }
    }
    Ok(())
}
