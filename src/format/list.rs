//! A list: one line for each property, names aligned, long values continued under themselves.

use std::io::{self, Write};

use super::view::Column;
use super::width::{fit, measure, wrap};
use super::{Style, safe};
use crate::value::Value;

const COLON: &str = " : ";

/// Writes an item as a list of these properties.
pub(super) fn write(
    item: &Value,
    columns: &[Column],
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let limit = style.width.filter(|width| *width > 0);
    let longest = columns
        .iter()
        .map(|column| measure(&safe::cell(&column.name)));
    let mut name_width = longest.max().unwrap_or_default();
    // On a narrow terminal the names leave half of it to the values.
    if let Some(width) = limit {
        name_width = name_width.min(width.saturating_sub(COLON.len()) / 2);
    }
    let value_width = limit.map(|width| width.saturating_sub(name_width + COLON.len()));
    for column in columns {
        let name = safe::cell(&column.name);
        let name = fit(&name, name_width);
        let fill = " ".repeat(name_width - measure(&name).min(name_width));
        let text = column.of(item);
        let text = safe::cell(&text.to_text()).into_owned();
        let lines = match value_width {
            // Narrower than a colon and a letter: only the value, in what room there is.
            Some(0) => {
                for line in wrap(&text, limit.unwrap_or(1)) {
                    writeln!(out, "{line}")?;
                }
                continue;
            }
            Some(width) => wrap(&text, width),
            None => vec![text],
        };
        for (index, line) in lines.iter().enumerate() {
            let line = if index == 0 {
                format!("{}{fill}{COLON}{line}", style.head(&name))
            } else {
                format!("{}{line}", " ".repeat(name_width + COLON.len()))
            };
            writeln!(out, "{}", line.trim_end_matches(' '))?;
        }
    }
    Ok(())
}
