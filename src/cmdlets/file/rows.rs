//! The rows of a CSV text as maps.

use std::path::Path;
use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord};

use super::parse::Origin;
use crate::command::{self, Args, Draft, Param, Passing, PathName};
use crate::diagnostic::Diagnostic;
use crate::files::Files;
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
    let Some(text) = args.get(param) else {
        return Ok(None);
    };
    separator(&text).map(Some).ok_or_else(|| {
        let fault = Diagnostic::usage(
            "InvalidArgument",
            format!("-Delimiter is one character, not '{text}'"),
        );
        match args.span(param) {
            Some(span) => fault.at(span),
            None => fault,
        }
    })
}

fn separator(text: &str) -> Option<u8> {
    match text {
        "`t" | "\\t" | "\t" => Some(b'\t'),
        one if one.len() == 1 && one != "\"" => Some(one.as_bytes()[0]),
        _ => None,
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
        let mut reader = reader(content, delimiter);
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
            if is_blank(&record) {
                continue;
            }
            let Some(header) = &header else {
                header = Some(columns(&record).map_err(|what| fault(start, &what))?);
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

/// What the rows of a CSV file have, for a command that is being typed: as it says itself, or as the file's head does.
/// None where the command doesn't say which file; no names where that can't be read.
pub fn passing(draft: &Draft, file: &Param<PathName>) -> Passing {
    let known = |names: Vec<&str>| (!names.is_empty()).then(|| command::names(&names));
    if draft.has(&HEADER) {
        return known(draft.texts(&HEADER));
    }
    let path = draft.texts(file).into_iter().next()?;
    let head = Files::default().head(Path::new(path));
    let delimiter = draft.texts(&DELIMITER).into_iter().next();
    let names = head.and_then(|head| header(&head, delimiter));
    let names = names.unwrap_or_default().into_iter();
    Some(names.map(|name| name.to_string()).collect())
}

/// The names of the columns at the head of a file, if they are whole.
fn header(head: &str, delimiter: Option<&str>) -> Option<Vec<Arc<str>>> {
    let delimiter = delimiter.map_or_else(|| Some(guess_delimiter(head)), separator)?;
    let mut reader = reader(head, delimiter);
    let mut record = StringRecord::new();
    loop {
        let start = offset(&reader);
        if !reader.read_record(&mut record).ok()? {
            return None;
        }
        if !is_blank(&record) {
            let broken = is_unclosed(&head[start..offset(&reader)], delimiter);
            return columns(&record).ok().filter(|_| !broken);
        }
    }
}

fn reader(content: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(content.as_bytes())
}

fn is_blank(record: &StringRecord) -> bool {
    record.iter().all(|cell| cell.trim().is_empty())
}

/// The names of the columns in a first row.
fn columns(record: &StringRecord) -> Result<Vec<Arc<str>>, String> {
    let names = record.iter().map(|name| strip_csv(name.trim()).into());
    let names: Vec<Arc<str>> = names.collect();
    check_header(&names).map(|()| names)
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
