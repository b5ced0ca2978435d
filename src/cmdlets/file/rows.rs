//! The rows of a CSV text as maps.

use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord};

use super::parse::Origin;
use crate::command::{self, Args, OutputColumns, Param, PartialCommand, PathName};
use crate::diagnostic::Diagnostic;
use crate::files::{Files, typed};
use crate::format::{LineEnd, csv_head, strip_csv};
use crate::value::{Map, Value};

pub static DELIMITER: Param<Option<Arc<str>>> = Param::new(
    "Delimiter",
    "The character between cells; without it the header tells whether it is a comma, a semicolon, a tab or a bar.",
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
    /// With a header in the first row, whatever stands between the cells.
    pub fn plain() -> Self {
        Self {
            delimiter: None,
            header: None,
        }
    }

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
        let mut rows = Vec::new();
        self.each(content, origin, &mut |row| {
            rows.push(row);
            true
        })?;
        Ok(rows)
    }

    /// The same, one by one, until `take` has enough; what is broken is told when it is met.
    ///
    /// # Errors
    /// As for [`Reading::rows`].
    pub fn each(
        &self,
        content: &str,
        origin: Origin,
        take: &mut dyn FnMut(Value) -> bool,
    ) -> Result<(), Diagnostic> {
        self.read(content, origin, |header, record| {
            let cells = record.iter().map(|cell| Value::from(strip_csv(cell)));
            let entries = header.iter().cloned().zip(cells);
            take(Value::map(Map::row(entries.collect())))
        })
    }

    /// Whether all rows can be read.
    ///
    /// # Errors
    /// As for [`Reading::rows`].
    pub fn check(&self, content: &str, origin: Origin) -> Result<(), Diagnostic> {
        self.read(content, origin, |_, _| true)
    }

    fn read(
        &self,
        content: &str,
        origin: Origin,
        mut take: impl FnMut(&[Arc<str>], &StringRecord) -> bool,
    ) -> Result<(), Diagnostic> {
        let mut records = Records::new(content, self.delimiter, origin);
        let header = match &self.header {
            Some(names) => Some(names.clone()),
            None => records.header()?,
        };
        let Some(header) = header else {
            records.check_end()?;
            return Err(origin
                .fault("NoContent", "", "there is nothing in it")
                .hint("the first row should name the columns"));
        };
        while records.read() {
            if records.record.len() != header.len() {
                return Err(records.ragged(header.len()));
            }
            if !take(&header, &records.record) {
                return Ok(());
            }
        }
        records.check_end()
    }
}

/// What the rows of a CSV file have, for a command that is being typed: as it says itself, or as the file's head does.
/// None where the command doesn't say which file; no names where that can't be read.
pub fn passing(draft: &PartialCommand, file: &Param<PathName>) -> OutputColumns {
    let known = |names: Vec<&str>| (!names.is_empty()).then(|| command::names(&names));
    if draft.has(&HEADER) {
        return known(draft.texts(&HEADER));
    }
    let path = draft.texts(file).into_iter().next()?;
    let head = Files::default().head(&typed(path));
    let delimiter = draft.texts(&DELIMITER).into_iter().next();
    let names = head.and_then(|head| header(&head, delimiter));
    let names = names.unwrap_or_default().into_iter();
    Some(names.map(|name| name.to_string()).collect())
}

/// The names of the columns at the head of a file, if they are whole.
fn header(head: &str, delimiter: Option<&str>) -> Option<Vec<Arc<str>>> {
    let delimiter = match delimiter {
        Some(text) => Some(separator(text)?),
        None => None,
    };
    let mut records = Records::new(head, delimiter, Origin(None));
    let names = records.header().ok()??;
    let row = &records.content[records.start..records.offset()];
    (!is_unclosed(row, records.delimiter)).then_some(names)
}

/// The records of a text that have something in them, one after the other.
struct Records<'a> {
    content: &'a str,
    origin: Origin<'a>,
    delimiter: u8,
    /// The lines before the content.
    skipped: usize,
    reader: csv::Reader<&'a [u8]>,
    record: StringRecord,
    /// Where the record begins, blank lines before it included.
    start: usize,
}

impl<'a> Records<'a> {
    fn new(content: &'a str, delimiter: Option<u8>, origin: Origin<'a>) -> Self {
        let whole = content.trim_start_matches('\u{feff}');
        let (said, content) = csv_head(whole);
        let delimiter = delimiter.unwrap_or(said);
        let reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(false)
            .from_reader(content.as_bytes());
        Self {
            content,
            origin,
            delimiter,
            skipped: ends(&whole[..whole.len() - content.len()]),
            reader,
            record: StringRecord::new(),
            start: 0,
        }
    }

    /// Goes to the next record; false at the end.
    fn read(&mut self) -> bool {
        loop {
            let start = self.offset();
            // The text is UTF-8 and rows may be ragged: nothing is left that could fail.
            if !self.reader.read_record(&mut self.record).unwrap_or(false) {
                return false;
            }
            self.start = start;
            if self.record.iter().any(|cell| !cell.trim().is_empty()) {
                return true;
            }
        }
    }

    /// The names of the columns, from the first record; none where there is none.
    ///
    /// # Errors
    /// A column has no name, or that of another.
    fn header(&mut self) -> Result<Option<Vec<Arc<str>>>, Diagnostic> {
        if !self.read() {
            return Ok(None);
        }
        let names: Vec<Arc<str>> = self
            .record
            .iter()
            .map(|name| strip_csv(name.trim()).into())
            .collect();
        if names
            .first()
            .is_some_and(|name| name.starts_with(['{', '[']))
        {
            let what = "this is JSON, and no row with the names of columns";
            return Err(self
                .fault(what)
                .hint("Import-Json and ConvertFrom-Json read it"));
        }
        check_header(&names).map_err(|what| {
            self.fault(&what).hint(
                "give each column a name of its own in the first row; a separator at its end makes a column too many",
            )
        })?;
        Ok(Some(names))
    }

    /// The first byte behind the record; a line feed behind a carriage return is not counted yet.
    fn offset(&self) -> usize {
        usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX)
    }

    fn fault(&self, what: &str) -> Diagnostic {
        let line = (self.skipped + line_at(self.content, self.start)).to_string();
        self.origin.fault("BrokenCsv", &line, what)
    }

    fn ragged(&self, columns: usize) -> Diagnostic {
        let cells = self.record.len();
        let fault = self.fault(&format!("this row has {cells} cells, the header {columns}"));
        let hint = if is_unclosed(&self.content[self.start..self.offset()], self.delimiter) {
            "a quote is opened in it that nothing closes"
        } else if cells < columns {
            "write what is missing as empty cells, with their separators; -Delimiter names another separator"
        } else if self.record.iter().skip(columns).all(str::is_empty) {
            "it ends with a separator too many"
        } else {
            "a cell that holds the separator needs double quotes around it"
        };
        fault.hint(hint)
    }

    /// # Errors
    /// The last record is a cell that was never closed.
    fn check_end(&self) -> Result<(), Diagnostic> {
        if !is_unclosed(&self.content[self.start..], self.delimiter) {
            return Ok(());
        }
        let what = "a quote is opened in this row that nothing closes";
        Err(self
            .fault(what)
            .hint("a quote within quotes is written twice"))
    }
}

/// A CSV text that rows are to follow.
pub struct Old {
    pub columns: Vec<String>,
    pub delimiter: u8,
    pub end: LineEnd,
    /// Its last row ends with its line.
    pub ended: bool,
}

impl Old {
    /// `None` where there is nothing in the text.
    ///
    /// # Errors
    /// Columns without names of their own, a quote that isn't closed: what follows would be a part of that cell.
    pub fn of(
        content: &str,
        delimiter: Option<u8>,
        origin: Origin,
    ) -> Result<Option<Self>, Diagnostic> {
        let mut records = Records::new(content, delimiter, origin);
        let Some(names) = records.header()? else {
            return Ok(None);
        };
        let head = records.offset();
        while records.read() {}
        records.check_end()?;
        Ok(Some(Self {
            columns: names.iter().map(ToString::to_string).collect(),
            delimiter: records.delimiter,
            end: LineEnd::of(&records.content[head.saturating_sub(1)..]),
            ended: content.ends_with(['\r', '\n']),
        }))
    }
}

/// The line on which a row begins that is read from an offset: blank lines before it are not its own.
fn line_at(content: &str, offset: usize) -> usize {
    let (before, rest) = content.split_at(offset.min(content.len()));
    let blank = rest.len() - rest.trim_start_matches(['\r', '\n']).len();
    1 + ends(before) + ends(&rest[..blank])
}

/// How many lines end in a text; old files end them with a carriage return alone.
fn ends(text: &str) -> usize {
    let pairs = text.matches("\r\n").count();
    text.matches(['\r', '\n']).count() - pairs
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
            .find(|byte| *byte == delimiter || matches!(byte, b'\r' | b'\n'))
            .is_none()
        {
            return false;
        }
    }
    false
}
