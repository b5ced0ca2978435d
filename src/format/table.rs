//! A table of text: columns sized to the width there is, the first one never lost.

use std::borrow::Cow;
use std::io::{self, Write};

use super::width::{fit, measure, wrap};
use super::{Style, safe};
use crate::value::{Value, drop_in_background};

/// Rows that are held back to size the columns; what comes after them is written as it comes.
const SIZED_BY: usize = 1_000;
/// Digits by which a number may grow after the rows that its column was sized by.
const GROWTH: usize = 3;
/// Columns by which the first one is wider than the rows it was sized by, where there is room.
const KEY_GROWTH: usize = 8;
const GAP: &str = "  ";
/// The items of a list that a cell shows; a list of thousands would push every other column off the page.
const ITEMS: usize = 16;
/// A text column isn't made narrower than this, nor the first than `KEY`, before a column is left out.
const NARROWEST: usize = 8;
const KEY: usize = 16;
/// The first column keeps its width while others are wider than this.
const COMFORTABLE: usize = 12;

#[derive(Debug)]
pub(super) struct Cell {
    text: String,
    kind: CellKind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum CellKind {
    Empty,
    Number,
    Text,
}

impl Cell {
    pub(super) fn of(value: &Value) -> Self {
        Self {
            text: safe::cell(&shown(value)).into_owned(),
            kind: match value {
                Value::Null => CellKind::Empty,
                Value::Int(_) | Value::Float(_) => CellKind::Number,
                _ => CellKind::Text,
            },
        }
    }
}

/// The text of a cell. Of a long list the first items, and how many more there are.
fn shown(value: &Value) -> Cow<'_, str> {
    match value {
        Value::List(items) if items.len() > ITEMS => {
            let first: Vec<_> = items[..ITEMS].iter().map(Value::to_text).collect();
            let more = items.len() - ITEMS;
            Cow::Owned(format!("{}, … ({more} more)", first.join(", ")))
        }
        other => other.to_text(),
    }
}

/// One table, from its first row to its last.
#[derive(Debug)]
pub(super) struct Table {
    names: Vec<String>,
    style: Style,
    auto_size: bool,
    wrap: bool,
    /// Rows not yet written; none once the columns are sized.
    rows: Vec<Vec<Cell>>,
    sized: Option<Vec<Sized>>,
}

/// How a column that is shown is laid out.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Sized {
    width: usize,
    right: bool,
}

impl Table {
    pub(super) fn new(names: Vec<String>, style: Style, auto_size: bool, wrap: bool) -> Self {
        Self {
            names: names
                .iter()
                .map(|name| safe::cell(name).into_owned())
                .collect(),
            style,
            auto_size,
            wrap,
            rows: Vec::new(),
            sized: None,
        }
    }

    pub(super) fn row(&mut self, row: Vec<Cell>, out: &mut dyn Write) -> io::Result<()> {
        if let Some(sized) = &self.sized {
            return self.write_row(&row, sized, out);
        }
        self.rows.push(row);
        if self.rows.len() >= SIZED_BY && !self.auto_size {
            self.write_held(true, out)?;
        }
        Ok(())
    }

    /// Writes what is held back, and at the end which columns there was no room for.
    pub(super) fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.sized.is_none() {
            self.write_held(false, out)?;
        }
        let shown = self.sized.as_ref().map_or(0, Vec::len);
        let Some(width) = self.width().filter(|_| shown < self.names.len()) else {
            return Ok(());
        };
        let note = format!(
            "(no room for {}; Format-List shows all)",
            self.names[shown..].join(", ")
        );
        for line in wrap(&note, width) {
            writeln!(out, "{}", self.style.dim(&line))?;
        }
        Ok(())
    }

    fn width(&self) -> Option<usize> {
        self.style.width.filter(|width| *width > 0)
    }

    fn write_held(&mut self, more: bool, out: &mut dyn Write) -> io::Result<()> {
        let rows = std::mem::take(&mut self.rows);
        let sized = self.size(&rows, more);
        let written = self.write_header(&sized, out).and_then(|()| {
            rows.iter()
                .try_for_each(|row| self.write_row(row, &sized, out))
        });
        let count = rows.len();
        drop_in_background(rows, count);
        self.sized = Some(sized);
        written
    }

    fn size(&self, rows: &[Vec<Cell>], more: bool) -> Vec<Sized> {
        let mut columns: Vec<Sized> = self
            .names
            .iter()
            .enumerate()
            .map(|(index, name)| {
                let cells = || rows.iter().filter_map(|row| row.get(index));
                let numbers = cells().any(|cell| cell.kind == CellKind::Number);
                let right = numbers && cells().all(|cell| cell.kind != CellKind::Text);
                let growth = if right && more { GROWTH } else { 0 };
                let widest = cells().map(|cell| measure(&cell.text) + growth).max();
                Sized {
                    width: widest.unwrap_or_default().max(measure(name)),
                    right,
                }
            })
            .collect();
        if let Some(width) = self.width() {
            fit_columns(&mut columns, width);
        }
        // Later keys may be longer: user1, user1000.
        if let Some(key) = columns.first().filter(|key| more && !key.right) {
            let used = total(columns.iter().map(|column| column.width));
            let room = self.width().map(|width| width.saturating_sub(used));
            columns[0].width = key.width + room.unwrap_or(KEY_GROWTH).min(KEY_GROWTH);
        }
        columns
    }

    fn write_header(&self, sized: &[Sized], out: &mut dyn Write) -> io::Result<()> {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        // Each name is painted alone, so that padding stays plain.
        let line = self.line(&names, sized, |name| self.style.head(name));
        writeln!(out, "{line}")?;
        let rules: Vec<String> = sized
            .iter()
            .map(|column| "─".repeat(column.width))
            .collect();
        writeln!(out, "{}", self.style.dim(&rules.join(GAP)))
    }

    fn write_row(&self, row: &[Cell], sized: &[Sized], out: &mut dyn Write) -> io::Result<()> {
        let texts: Vec<&str> = row.iter().map(|cell| cell.text.as_str()).collect();
        if !self.wrap || self.width().is_none() {
            return writeln!(out, "{}", self.line(&texts, sized, str::to_owned));
        }
        let wrapped: Vec<Vec<String>> = texts
            .iter()
            .zip(sized)
            .map(|(text, column)| wrap(text, column.width))
            .collect();
        let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
        for index in 0..height {
            let part = |lines: &'_ Vec<String>| lines.get(index).cloned().unwrap_or_default();
            let parts: Vec<String> = wrapped.iter().map(part).collect();
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            writeln!(out, "{}", self.line(&parts, sized, str::to_owned))?;
        }
        Ok(())
    }

    /// One line of cells, without spaces at its end.
    fn line(&self, texts: &[&str], sized: &[Sized], paint: impl Fn(&str) -> String) -> String {
        let mut line = String::new();
        for (index, (text, column)) in texts.iter().zip(sized).enumerate() {
            if index > 0 {
                line.push_str(GAP);
            }
            let text = match self.width() {
                // A number without its end is another number.
                Some(_) if column.right && measure(text) > column.width => "…".into(),
                Some(_) => fit(text, column.width),
                None => (*text).into(),
            };
            let fill = " ".repeat(column.width.saturating_sub(measure(&text)));
            let (before, after) = if column.right {
                (&*fill, "")
            } else {
                ("", &*fill)
            };
            line.push_str(before);
            line.push_str(&paint(&text));
            line.push_str(after);
        }
        line.truncate(line.trim_end_matches(' ').len());
        line
    }
}

/// What columns take side by side.
fn total(widths: impl ExactSizeIterator<Item = usize>) -> usize {
    let gaps = GAP.len() * widths.len().saturating_sub(1);
    widths.sum::<usize>() + gaps
}

/// Narrows columns until they fit: first the widest other than the key, then the key too; leaves out the last ones
/// only if all are as narrow as they may be.
fn fit_columns(columns: &mut Vec<Sized>, width: usize) {
    let narrowest = |index: usize, column: &Sized| match (index, column.right) {
        (0, _) => column.width.min(KEY),
        (_, true) => column.width,
        _ => column.width.min(NARROWEST),
    };
    let mut floors: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(index, column)| narrowest(index, column))
        .collect();
    while floors.len() > 1 && total(floors.iter().copied()) > width {
        floors.pop();
    }
    columns.truncate(floors.len());
    let mut widths: Vec<usize> = columns.iter().map(|column| column.width).collect();
    let key = widths.first().copied().unwrap_or_default();
    let room = width.saturating_sub(total(widths.iter().map(|_| 0)));
    // Each round may narrow further than the one before.
    for (key_floor, others) in [(key, COMFORTABLE), (KEY, COMFORTABLE), (KEY, 0)] {
        let floors: Vec<usize> = columns
            .iter()
            .zip(&floors)
            .enumerate()
            .map(|(index, (column, floor))| match index {
                0 => column.width.min(key_floor),
                _ => column.width.min(others).max(*floor),
            })
            .collect();
        narrow(&mut widths, &floors, room);
    }
    // A terminal narrower than a key of its own.
    if let [only] = widths.as_mut_slice() {
        *only = (*only).min(width);
    }
    for (column, width) in columns.iter_mut().zip(widths) {
        column.width = width;
    }
}

/// Lowers the widest columns to a common width, none below its floor, until all fit into the room.
fn narrow(widths: &mut [usize], floors: &[usize], room: usize) {
    let capped = |cap: usize| -> Vec<usize> {
        let pairs = widths.iter().zip(floors);
        pairs
            .map(|(width, floor)| (*width).min(cap.max(*floor)))
            .collect()
    };
    let fits = |cap: usize| capped(cap).iter().sum::<usize>() <= room;
    // The highest cap that fits, found by halving.
    let (mut low, mut high) = (0, widths.iter().copied().max().unwrap_or_default());
    if fits(high) {
        return;
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if fits(middle) {
            low = middle
        } else {
            high = middle
        }
    }
    let mut new = capped(low);
    // What rounding left over goes to the columns that were cut, from the left.
    let mut spare = room.saturating_sub(new.iter().sum());
    for (new, own) in new.iter_mut().zip(widths.iter()) {
        if spare > 0 && *new < *own {
            *new += 1;
            spare -= 1;
        }
    }
    widths.copy_from_slice(&new);
}
