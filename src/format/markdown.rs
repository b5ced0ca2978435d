//! Values as GitHub tables: the default columns of each type, all keys of a map.

use std::io::{self, Write};
use std::sync::Arc;

use super::view::{Group, Layout};
use super::{LineEnd, Sink, Style, View, safe};
use crate::value::Value;

/// Everything is a table, however many properties it has.
pub(super) const TABLES: Style = Style {
    width: None,
    color: false,
    raw_csv: false,
    csv_delimiter: None,
    csv_end: LineEnd::Lf,
    always_table: true,
};

/// `-o md`. A list view shows as a table of its properties.
pub(super) struct Tables {
    out: Box<dyn Write>,
    group: Option<Group>,
}

impl Tables {
    pub(super) fn new(out: Box<dyn Write>) -> Self {
        Self { out, group: None }
    }

    fn begin(&mut self, item: &Value, view: Option<&Arc<View>>) -> io::Result<()> {
        let group = Group::of(item, view, &TABLES);
        if self.group.is_some() {
            writeln!(self.out)?;
        }
        if let Some((name, value)) = &group.heading {
            writeln!(self.out, "**{}: {}**\n", escape(name), escape(value))?;
        }
        if group.layout != Layout::Lines {
            let names = group.columns.iter().map(|column| escape(&column.name));
            writeln!(self.out, "| {} |", names.collect::<Vec<_>>().join(" | "))?;
            let rules = group.columns.iter().map(|column| {
                if is_number(&column.of(item)) {
                    "---:"
                } else {
                    "---"
                }
            });
            writeln!(self.out, "| {} |", rules.collect::<Vec<_>>().join(" | "))?;
        }
        self.group = Some(group);
        Ok(())
    }
}

impl Sink for Tables {
    fn value(&mut self, item: &Value, view: Option<&Arc<View>>) -> io::Result<()> {
        if item.is_null() {
            return Ok(());
        }
        let known = self.group.as_ref();
        // Lines that follow each other would run into one paragraph.
        if !known.is_some_and(|group| group.layout != Layout::Lines && group.holds(item, view)) {
            self.begin(item, view)?;
        }
        let Some(group) = &self.group else {
            return Ok(());
        };
        if group.layout == Layout::Lines {
            return writeln!(self.out, "{}", paragraph(&item.to_text()));
        }
        let cells = group
            .columns
            .iter()
            .map(|column| escape(&column.of(item).to_text()));
        writeln!(self.out, "| {} |", cells.collect::<Vec<_>>().join(" | "))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

pub(super) fn is_number(value: &Value) -> bool {
    matches!(value, Value::Int(_) | Value::Float(_))
}

/// A text that begins no heading, list, quote or rule.
fn paragraph(text: &str) -> String {
    let shown = escape(text);
    let digits = shown.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = shown.split_at(digits);
    let numbered = digits > 0 && rest.starts_with(['.', ')']);
    if numbered || (digits == 0 && rest.starts_with(['#', '-', '+', '>', '='])) {
        format!("{number}\\{rest}")
    } else {
        shown
    }
}

/// A text that Markdown shows as it is, on one line.
fn escape(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' if rest.peek() == Some(&'\n') => {}
            '\n' => shown.push_str("<br>"),
            '\t' => shown.push(' '),
            '<' => shown.push_str("&lt;"),
            '&' => shown.push_str("&amp;"),
            '|' | '\\' | '`' | '*' | '[' | '~' => {
                shown.push('\\');
                shown.push(c);
            }
            // Between letters, as in SPE_E3, it is no emphasis.
            '_' if shown.ends_with(char::is_alphanumeric)
                && rest.peek().is_some_and(|c| c.is_alphanumeric()) =>
            {
                shown.push('_');
            }
            '_' => shown.push_str("\\_"),
            // The backslash of an escape that is shown is a text's too.
            c if safe::steers(c) => shown.push_str(&format!("\\\\u{{{:x}}}", u32::from(c))),
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::super::samples::{map, user};
    use super::super::{Format, to_string};
    use super::*;

    #[test]
    fn a_table_for_each_kind() {
        assert_eq!(to_string(Format::Md, Style::default(), &[]), "");
        assert_eq!(
            to_string(
                Format::Md,
                Style::default(),
                &[
                    user("anna_b@contoso.com", "A|B <i>\nC\x1b[31m _x_"),
                    user("bo@contoso.com", "日本"),
                    "plain *text*".into(),
                    "more".into(),
                    map([("Free", Value::Int(-1))]),
                ]
            ),
            "\
| UserPrincipalName | DisplayName | Logins | Licenses |
| --- | --- | ---: | --- |
| anna_b@contoso.com | A\\|B &lt;i><br>C\\\\u{1b}\\[31m \\_x\\_ | 3 | SPE_E3, VISIO |
| bo@contoso.com | 日本 | 3 | SPE_E3, VISIO |

plain \\*text\\*

more

| Free |
| ---: |
| -1 |
"
        );
    }
}
