//! The rows of a CSV text as maps.

use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord};

use super::parse::Origin;
use crate::command::{Args, Param};
use crate::diagnostic::Diagnostic;
use crate::format::strip_csv;
use crate::value::{Map, Value};

pub static DELIMITER: Param<Option<Arc<str>>> = Param::new(
    "Delimiter",
    "The character between cells; without it the header tells whether it is a comma, a semicolon or a tab.",
)
.position(1);
pub static HEADER: Param<Option<Vec<Arc<str>>>> = Param::new(
    "Header",
    "The names of the columns, for a text whose first row is a row like the others.",
);

/// What stands between cells, where it is said.
///
/// # Errors
/// It is no single character.
pub fn delimiter(
    args: &Args,
    param: &'static Param<Option<Arc<str>>>,
) -> Result<Option<u8>, Diagnostic> {
    match args.get(param).as_deref() {
        None => Ok(None),
        Some("`t" | "\\t" | "\t") => Ok(Some(b'\t')),
        Some(one) if one.len() == 1 && one != "\"" => Ok(Some(one.as_bytes()[0])),
        Some(other) => {
            let fault = Diagnostic::usage(
                "InvalidArgument",
                format!("-Delimiter is one character, not '{other}'"),
            );
            Err(match args.span(param) {
                Some(span) => fault.at(span),
                None => fault,
            })
        }
    }
}

/// How rows are to be read.
pub struct Reading {
    delimiter: Option<u8>,
    header: Option<Vec<Arc<str>>>,
}

impl Reading {
    /// # Errors
    /// A delimiter of several characters, or two columns of one name.
    pub fn of(args: &Args) -> Result<Self, Diagnostic> {
        let delimiter = delimiter(args, &DELIMITER)?;
        let header = args.get(&HEADER);
        if let Some(names) = &header {
            check_header(names)
                .map_err(|what| Diagnostic::usage("InvalidArgument", format!("-Header: {what}")))?;
        }
        Ok(Self { delimiter, header })
    }

    /// All rows, none of which is broken.
    ///
    /// # Errors
    /// A row that has more or fewer cells than there are columns, columns without names of their own, a quote that
    /// isn't closed: told with its line.
    pub fn rows(&self, content: &str, origin: Origin) -> Result<Vec<Value>, Diagnostic> {
        let content = content.trim_start_matches('\u{feff}');
        let delimiter = self.delimiter.unwrap_or_else(|| guess_delimiter(content));
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(false)
            .from_reader(content.as_bytes());
        let fault = |start: usize, what: &str| {
            origin.fault("BrokenCsv", &line_at(content, start).to_string(), what)
        };
        let mut header = self.header.clone();
        let mut rows = Vec::new();
        let mut record = StringRecord::new();
        let mut last = 0;
        loop {
            let start = offset(&reader);
            // The text is UTF-8 and rows may be ragged: nothing is left that could fail.
            if !reader.read_record(&mut record).unwrap_or(false) {
                break;
            }
            last = start;
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let Some(header) = &header else {
                let names: Vec<Arc<str>> = record
                    .iter()
                    .map(|name| strip_csv(name.trim()).into())
                    .collect();
                check_header(&names).map_err(|what| fault(start, &what))?;
                header = Some(names);
                continue;
            };
            if record.len() != header.len() {
                let what = format!(
                    "this row has {} cells, the header {}",
                    record.len(),
                    header.len()
                );
                let hint = if is_unclosed(&content[start..offset(&reader)], delimiter) {
                    "a quote is opened in it that nothing closes"
                } else {
                    "a cell that holds the separator needs double quotes around it"
                };
                return Err(fault(start, &what).hint(hint));
            }
            let cells = record.iter().map(|cell| Value::from(strip_csv(cell)));
            rows.push(Value::map(
                header.iter().cloned().zip(cells).collect::<Map>(),
            ));
        }
        if is_unclosed(&content[last..], delimiter) {
            let what = "a quote is opened in this row that nothing closes";
            return Err(fault(last, what).hint("a quote within quotes is written twice"));
        }
        match header {
            Some(_) => Ok(rows),
            None => Err(origin
                .fault("NoContent", "", "there is nothing in it")
                .hint("the first row should name the columns")),
        }
    }
}

fn offset(reader: &csv::Reader<&[u8]>) -> usize {
    usize::try_from(reader.position().byte()).unwrap_or(usize::MAX)
}

/// The line on which a row begins that is read from an offset: blank lines before it are not its own.
fn line_at(content: &str, offset: usize) -> usize {
    let (before, rest) = content.split_at(offset.min(content.len()));
    let blank = rest.len() - rest.trim_start_matches(['\r', '\n']).len();
    let lines = |text: &str| text.bytes().filter(|byte| *byte == b'\n').count();
    1 + lines(before) + lines(&rest[..blank])
}

/// The separator that the header has most of.
fn guess_delimiter(content: &str) -> u8 {
    let header = content.trim_start().lines().next().unwrap_or_default();
    let count = |c: u8| header.bytes().filter(|b| *b == c).count();
    [b',', b';', b'\t']
        .into_iter()
        .rev()
        .max_by_key(|c| count(*c))
        .unwrap_or(b',')
}

fn check_header(names: &[Arc<str>]) -> Result<(), String> {
    for (index, name) in names.iter().enumerate() {
        if name.trim().is_empty() {
            return Err(format!("column {} has no name", index + 1));
        }
        if names[..index]
            .iter()
            .any(|own| own.eq_ignore_ascii_case(name))
        {
            return Err(format!("two columns are named '{name}'"));
        }
    }
    Ok(())
}

/// Whether a row ends within quotes; the reader takes all that follows for a part of the cell.
fn is_unclosed(row: &str, delimiter: u8) -> bool {
    let mut bytes = row.trim_start_matches(['\r', '\n']).bytes().peekable();
    while bytes.peek().is_some() {
        if bytes.peek() == Some(&b'"') {
            bytes.next();
            loop {
                match bytes.next() {
                    None => return true,
                    Some(b'"') if bytes.next_if_eq(&b'"').is_none() => break,
                    Some(_) => {}
                }
            }
        }
        if bytes
            .find(|byte| *byte == delimiter || *byte == b'\n')
            .is_none()
        {
            return false;
        }
    }
    false
}
