//! Values as CSV (RFC 4180, lines ended by `\n`), with cells that a spreadsheet would run made harmless.
//!
//! The first object gives the header. As with Export-Csv, a later object's other properties are left out (the printer
//! names them when it finishes) and missing ones are empty. A value without properties stands in the column `Value`,
//! or in the first one. A list is its items joined by `;`, a time is ISO 8601.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::Arc;

use super::view::chosen;
use super::{LineEnd, Shared, Sink, Style, View, safe};
use crate::value::Value;

const DANGEROUS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Whether a cell needs a quote: it begins like a formula, perhaps behind quotes that [`strip`] must not take for ours.
fn needs_quote(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(DANGEROUS)
}

/// A text cell that no spreadsheet runs: one that begins with `=`, `+`, `-`, `@`, tab or CR gets a leading `'`.
pub fn neutralise(cell: &str) -> Cow<'_, str> {
    if needs_quote(cell) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// What [`neutralise`] was given.
pub fn strip(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if needs_quote(rest) => rest,
        _ => cell,
    }
}

/// Objects as rows under columns that are given, which are written first if `headed`. A property without a column is left
/// out, and a column without a property is empty.
pub fn rows(items: &[Value], columns: Vec<String>, headed: bool, style: Style) -> String {
    let text = Shared::default();
    let mut rows = Rows::new(style, Box::new(text.clone()));
    // Writing to memory can't fail.
    if headed {
        let _ = rows.head(&columns);
    }
    rows.header = Some(columns);
    let _ = items.iter().try_for_each(|item| rows.value(item, None));
    let _ = rows.finish();
    text.into_string()
}

/// `-o csv`.
pub(super) struct Rows {
    out: csv::Writer<Box<dyn Write>>,
    raw: bool,
    /// A terminal shows it: what would steer one is escaped.
    shown: bool,
    header: Option<Vec<String>>,
    left_out: Vec<String>,
}

impl Rows {
    pub(super) fn new(style: Style, out: Box<dyn Write>) -> Self {
        Self {
            out: csv::WriterBuilder::new()
                .delimiter(style.csv_delimiter.unwrap_or(b','))
                .terminator(match style.csv_end {
                    LineEnd::Lf => csv::Terminator::Any(b'\n'),
                    LineEnd::CrLf => csv::Terminator::CRLF,
                    LineEnd::Cr => csv::Terminator::Any(b'\r'),
                })
                .from_writer(out),
            raw: style.raw_csv,
            shown: style.width.is_some(),
            header: None,
            left_out: Vec::new(),
        }
    }

    fn head(&mut self, columns: &[String]) -> io::Result<()> {
        for name in columns {
            let cell = self.text(&name.as_str().into()).into_owned();
            self.out.write_field(cell)?;
        }
        Ok(self.out.write_record(None::<&[u8]>)?)
    }

    fn text<'a>(&self, value: &'a Value) -> Cow<'a, str> {
        let text = match value {
            Value::List(items) => {
                let items: Vec<_> = items.iter().map(Value::to_text).collect();
                Cow::Owned(items.join(";"))
            }
            other => other.to_text(),
        };
        // A negative number is no formula.
        let harmless =
            self.raw || matches!(value, Value::Int(_) | Value::Float(_)) || !needs_quote(&text);
        let text = match harmless {
            true => text,
            false => Cow::Owned(format!("'{text}")),
        };
        match self.shown {
            true => Cow::Owned(safe::lines(&text).into_owned()),
            false => text,
        }
    }
}

impl Sink for Rows {
    fn value(&mut self, item: &Value, view: Option<&Arc<View>>) -> io::Result<()> {
        if item.is_null() {
            return Ok(());
        }
        let item = view.map_or_else(|| item.clone(), |view| chosen(item, view));
        let names = item.property_names();
        let header = match self.header.take() {
            Some(header) => header,
            None => {
                let header: Vec<String> = if names.is_empty() {
                    vec!["Value".to_owned()]
                } else {
                    names.iter().map(|name| (*name).to_owned()).collect()
                };
                self.head(&header)?;
                header
            }
        };
        for name in &names {
            let known = header.iter().any(|own| own.eq_ignore_ascii_case(name));
            if !known && !self.left_out.iter().any(|own| own == name) {
                self.left_out.push((*name).to_owned());
            }
        }
        let own = header.iter().position(|name| name == "Value");
        for (index, name) in header.iter().enumerate() {
            let value = match item.property(name) {
                _ if names.is_empty() && index == own.unwrap_or(0) => item.clone(),
                _ if names.is_empty() => Value::Null,
                found => found.unwrap_or_default(),
            };
            self.out.write_field(&*self.text(&value))?;
        }
        self.out.write_record(None::<&[u8]>)?;
        self.header = Some(header);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn left_out(&self) -> Vec<String> {
        self.left_out.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{map, user};
    use super::super::{Format, Printer, Style, to_string};
    use super::*;
    use proptest::prelude::*;

    fn written(values: &[Value]) -> String {
        to_string(Format::Csv, Style::default(), values)
    }

    #[test]
    fn all_properties_of_an_object() {
        assert_eq!(written(&[]), "");
        assert_eq!(
            written(&[user("anna@contoso.com", "Berg, \"Anna\"")]),
            "UserPrincipalName,DisplayName,City,Licenses,Logins,Manager\n\
             anna@contoso.com,\"Berg, \"\"Anna\"\"\",Sydney,SPE_E3;VISIO,3,\n"
        );
    }

    #[test]
    fn the_first_gives_the_header_and_what_has_no_column_is_named() {
        let mut printer = Printer::new(Format::Csv, Style::default(), Box::new(io::sink()));
        for value in [
            map([("A", 1_i64.into())]),
            map([("B", 2_i64.into()), ("a", 3_i64.into())]),
        ] {
            printer.value(&value).unwrap();
        }
        assert_eq!(printer.finish().unwrap(), ["B"]);
        assert_eq!(
            written(&[
                map([("A", 1_i64.into()), ("C", true.into())]),
                map([("B", 2_i64.into()), ("a", 3_i64.into())]),
                "x".into(),
            ]),
            "A,C\n1,true\n3,\nx,\n"
        );
        assert_eq!(written(&["x".into(), "".into()]), "Value\nx\n\"\"\n");
    }

    #[test]
    fn formulas_are_neutralised_and_numbers_are_not() {
        let values = [map([
            ("A", "=1+1".into()),
            ("B", Value::Int(-5)),
            ("C", "-5".into()),
            ("D", "'+x".into()),
            ("E", "'plain".into()),
            ("F", "@a\r\nb".into()),
        ])];
        assert_eq!(
            written(&values),
            "A,B,C,D,E,F\n'=1+1,-5,'-5,''+x,'plain,\"'@a\r\nb\"\n"
        );
        let raw = Style {
            raw_csv: true,
            ..Style::default()
        };
        assert_eq!(
            to_string(Format::Csv, raw, &values),
            "A,B,C,D,E,F\n=1+1,-5,-5,'+x,'plain,\"@a\r\nb\"\n"
        );
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            rows in proptest::collection::vec(proptest::collection::vec("['=+@\\-\t\r\n,\"a-cå]{0,5}", 3), 1..6)
        ) {
            let values: Vec<_> = rows
                .iter()
                .map(|row| {
                    let cell = |i: usize| Value::from(row[i].as_str());
                    map([("One", cell(0)), ("=Two", cell(1)), ("Three", cell(2))])
                })
                .collect();
            let text = written(&values);
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let header: Vec<_> = reader.headers().unwrap().iter().map(strip).collect();
            prop_assert_eq!(header, vec!["One", "=Two", "Three"]);
            let read: Vec<Vec<String>> = reader
                .records()
                .map(|record| record.unwrap().iter().map(|cell| strip(cell).to_owned()).collect())
                .collect();
            prop_assert_eq!(read, rows);
        }
    }
}
