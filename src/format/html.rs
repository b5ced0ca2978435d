//! Values as one small HTML page: the default columns of each type, all keys of a map; no script, nothing fetched.

use std::io::{self, Write};
use std::sync::Arc;

use super::markdown::{TABLES, is_number};
use super::view::{Group, Layout};
use super::{Sink, View, safe};
use crate::value::Value;

const HEAD: &str = "<!DOCTYPE html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<title>tenantsh</title>
<style>
body { font: 14px/1.5 system-ui, sans-serif; margin: 2em; }
table { border-collapse: collapse; margin: 1em 0; }
th, td { padding: .3em .8em; text-align: left; border-bottom: 1px solid #ddd; vertical-align: top; }
th { border-bottom: 2px solid #888; }
.n { text-align: right; }
td, p { white-space: pre-line; }
</style>
</head>
<body>
";
const FOOT: &str = "</body>\n</html>\n";

/// `-o html`. A list view shows as a table of its properties.
pub(super) struct Page {
    out: Box<dyn Write>,
    begun: bool,
    group: Option<Group>,
}

impl Page {
    pub(super) fn new(out: Box<dyn Write>) -> Self {
        Self {
            out,
            begun: false,
            group: None,
        }
    }

    fn head(&mut self) -> io::Result<()> {
        if !self.begun {
            self.begun = true;
            self.out.write_all(HEAD.as_bytes())?;
        }
        Ok(())
    }

    fn begin(&mut self, item: &Value, view: Option<&Arc<View>>) -> io::Result<()> {
        self.head()?;
        self.close()?;
        let group = Group::of(item, view, &TABLES);
        if let Some((name, value)) = &group.heading {
            writeln!(self.out, "<h2>{}: {}</h2>", escape(name), escape(value))?;
        }
        if group.layout != Layout::Lines {
            self.out.write_all(b"<table>\n<tr>")?;
            for column in &group.columns {
                write!(self.out, "<th>{}</th>", escape(&column.name))?;
            }
            self.out.write_all(b"</tr>\n")?;
        }
        self.group = Some(group);
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        match self.group.take() {
            Some(group) if group.layout != Layout::Lines => self.out.write_all(b"</table>\n"),
            _ => Ok(()),
        }
    }
}

impl Sink for Page {
    fn value(&mut self, item: &Value, view: Option<&Arc<View>>) -> io::Result<()> {
        if item.is_null() {
            return Ok(());
        }
        let known = self.group.as_ref();
        if !known.is_some_and(|group| group.holds(item, view)) {
            self.begin(item, view)?;
        }
        let Some(group) = &self.group else {
            return Ok(());
        };
        if group.layout == Layout::Lines {
            return writeln!(self.out, "<p>{}</p>", escape(&item.to_text()));
        }
        self.out.write_all(b"<tr>")?;
        for column in &group.columns {
            let value = column.of(item);
            let class = if is_number(&value) {
                " class=\"n\""
            } else {
                ""
            };
            write!(self.out, "<td{class}>{}</td>", escape(&value.to_text()))?;
        }
        self.out.write_all(b"</tr>\n")
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.head()?;
        self.close()?;
        self.out.write_all(FOOT.as_bytes())?;
        self.out.flush()
    }
}

/// A text that HTML shows as it is.
pub fn escape(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in safe::lines(text).chars() {
        match c {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::super::samples::map;
    use super::super::{Format, Style, to_string};
    use super::*;

    #[test]
    fn a_whole_page_even_of_nothing() {
        let written = |values: &[Value]| to_string(Format::Html, Style::default(), values);
        assert_eq!(written(&[]), format!("{HEAD}{FOOT}"));
        assert_eq!(
            written(&[
                map([
                    ("Name", "<script>'&\u{202e}".into()),
                    ("Free", 3_i64.into())
                ]),
                map([("Name", "日本".into()), ("Free", Value::Null)]),
                "text".into(),
            ]),
            format!(
                "{HEAD}<table>\n<tr><th>Name</th><th>Free</th></tr>\n\
                 <tr><td>&lt;script&gt;&#39;&amp;\\u{{202e}}</td><td class=\"n\">3</td></tr>\n\
                 <tr><td>日本</td><td></td></tr>\n</table>\n<p>text</p>\n{FOOT}"
            )
        );
    }
}
