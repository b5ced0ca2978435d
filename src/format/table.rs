//! A table of text: columns sized to the width there is, a list where they can't be, keys never cut.

mod cell;
mod layout;

use std::io::{self, Write};

use anstyle::AnsiColor;

use super::view::TableLook;
use super::width::{fit, measure, wrap};
use super::{Style, safe};
use crate::value::drop_in_background;
pub(super) use cell::{Cell, CellKind};
use layout::{GAP, Layout, Wanted, header};

/// Rows that are held back to size the columns; what comes after them is written as it comes.
const SIZED_BY: usize = 1_000;
/// More rows than this are counted below the table.
const COUNTED: usize = 10;
/// What a text below its row is moved in by.
const INDENT: &str = "    ";
const COLON: &str = " : ";

/// One table, from its first row to its last.
#[derive(Debug)]
pub(super) struct Table {
    names: Vec<String>,
    style: Style,
    look: TableLook,
    /// The columns were asked for by name: an empty one says something too.
    asked: bool,
    /// Rows not yet written; none once the columns are sized.
    rows: Vec<Vec<Cell>>,
    layout: Option<Layout>,
    /// The columns that had a value in some row.
    used: Vec<bool>,
    /// Rows are lists, as there is no room for a table.
    as_list: bool,
    count: usize,
}

impl Table {
    pub(super) fn new(names: Vec<String>, style: Style, look: TableLook, asked: bool) -> Self {
        Self {
            used: vec![false; names.len()],
            names: names
                .iter()
                .map(|name| safe::cell(name).into_owned())
                .collect(),
            style,
            look,
            asked,
            rows: Vec::new(),
            layout: None,
            as_list: false,
            count: 0,
        }
    }

    pub(super) fn row(&mut self, row: Vec<Cell>, out: &mut dyn Write) -> io::Result<()> {
        self.count += 1;
        for (used, cell) in self.used.iter_mut().zip(&row) {
            *used |= cell.kind != CellKind::Empty;
        }
        if let Some(layout) = &self.layout {
            let appears =
                |index: &usize| row.get(*index).is_some_and(|c| c.kind != CellKind::Empty);
            if !layout.empty.iter().any(appears) {
                return self.write_row(&row, layout, out);
            }
            // A column that was empty until here begins another table.
            self.layout = None;
            writeln!(out)?;
        }
        self.rows.push(row);
        if self.rows.len() >= SIZED_BY && !self.look.auto_size {
            self.write_held(true, out)?;
        }
        Ok(())
    }

    /// Writes what is held back, and at the end what isn't in the table.
    pub(super) fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.layout.is_none() {
            self.write_held(false, out)?;
        }
        let (Some(width), Some(layout)) = (self.width(), &self.layout) else {
            return Ok(());
        };
        let names = |places: &[usize]| {
            let names = places.iter().map(|place| self.names[*place].as_str());
            names.collect::<Vec<_>>().join(", ")
        };
        let mut notes = Vec::new();
        if self.count > COUNTED {
            notes.push(format!("{} rows", self.count));
        }
        if !layout.no_room.is_empty() && !self.as_list {
            notes.push(format!(
                "no room for {}; Format-List shows all",
                names(&layout.no_room)
            ));
        }
        if notes.is_empty() {
            return Ok(());
        }
        for line in wrap(&format!("({})", notes.join("; ")), width) {
            writeln!(out, "{}", self.style.dim(&line))?;
        }
        Ok(())
    }

    fn width(&self) -> Option<usize> {
        self.style.width.filter(|width| *width > 0)
    }

    fn write_held(&mut self, more: bool, out: &mut dyn Write) -> io::Result<()> {
        let rows = std::mem::take(&mut self.rows);
        let wanted = Wanted {
            names: &self.names,
            looks: &self.look.columns,
            rows: &rows,
            width: self.width(),
            more,
            keep_empty: &|index| self.asked || (more && self.used[index]),
            wrap: self.look.wrap,
        };
        let layout = wanted.layout();
        self.as_list = self.look.may_be_list && !layout.no_room.is_empty();
        let written = match self.as_list || self.look.hide_headers {
            true => Ok(()),
            false => self.write_header(&layout, out),
        };
        let written = written.and_then(|()| {
            let mut rows = rows.iter().enumerate();
            rows.try_for_each(|(index, row)| {
                if self.as_list && index > 0 {
                    writeln!(out)?;
                }
                self.write_one(row, &layout, out)
            })
        });
        let count = rows.len();
        drop_in_background(rows, count);
        self.layout = Some(layout);
        written
    }

    fn write_header(&self, layout: &Layout, out: &mut dyn Write) -> io::Result<()> {
        let columns = &layout.columns;
        let headers: Vec<Vec<String>> = columns
            .iter()
            .map(|column| match &self.names[column.index] {
                name if measure(name) > column.width => header(name, column.width),
                name => vec![name.clone()],
            })
            .collect();
        let height = headers.iter().map(Vec::len).max().unwrap_or(1);
        for row in 0..height {
            let parts = headers.iter().zip(columns).map(|(lines, column)| {
                // They stand on the line below them.
                let line = (row + lines.len()).checked_sub(height);
                let line = line.and_then(|at| lines.get(at)).cloned();
                fit(&line.unwrap_or_default(), column.width).into_owned()
            });
            let parts: Vec<String> = parts.collect();
            // Each name is painted alone, so that padding stays plain.
            let line = self.line(&parts, layout, |_, name| self.style.head(name));
            writeln!(out, "{line}")?;
        }
        let rules: Vec<String> = columns
            .iter()
            .map(|column| "─".repeat(column.width))
            .collect();
        writeln!(out, "{}", self.style.dim(&rules.join(GAP)))
    }

    fn write_row(&self, row: &[Cell], layout: &Layout, out: &mut dyn Write) -> io::Result<()> {
        if self.as_list {
            writeln!(out)?;
        }
        self.write_one(row, layout, out)
    }

    fn write_one(&self, row: &[Cell], layout: &Layout, out: &mut dyn Write) -> io::Result<()> {
        let Some(width) = self.width() else {
            let texts: Vec<String> = row.iter().map(|cell| cell.text.clone()).collect();
            return writeln!(
                out,
                "{}",
                self.line(&texts, layout, |_, text| text.to_owned())
            );
        };
        if self.as_list {
            return self.write_list(row, layout, width, out);
        }
        let mut lines: Vec<Vec<String>> = Vec::new();
        for (place, column) in layout.columns.iter().enumerate() {
            let Some(cell) = row.get(column.index) else {
                continue;
            };
            let wide = cell.width() > column.width;
            lines.push(match wide {
                // Several keys must not look like one.
                true if place == 0 && !column.wraps && !column.right => {
                    for line in wrap(&cell.text, width) {
                        writeln!(out, "{line}")?;
                    }
                    Vec::new()
                }
                true if column.wraps => wrap(&cell.text, column.width),
                _ => vec![cell.fit(column.width).into_owned()],
            });
        }
        let height = lines.iter().map(Vec::len).max().unwrap_or(0);
        for at in 0..height {
            let parts: Vec<String> = lines
                .iter()
                .map(|lines| lines.get(at).cloned().unwrap_or_default())
                .collect();
            let line = self.line(&parts, layout, |index, text| self.painted(index, text));
            if !line.is_empty() || height > 1 || layout.columns.len() == 1 {
                writeln!(out, "{line}")?;
            }
        }
        let below = layout
            .below
            .and_then(|index| Some((index, row.get(index)?)));
        if let Some((index, cell)) = below.filter(|(_, cell)| cell.kind != CellKind::Empty) {
            let text = format!("{}: {}", self.names[index], cell.text);
            for line in wrap(&text, width.saturating_sub(INDENT.len())) {
                let indent = INDENT.get(..INDENT.len().min(width.saturating_sub(measure(&line))));
                writeln!(out, "{}{line}", indent.unwrap_or_default())?;
            }
        }
        Ok(())
    }

    /// A row as a list of what it has.
    fn write_list(
        &self,
        row: &[Cell],
        layout: &Layout,
        width: usize,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let used = (0..row.len()).filter(|index| !layout.empty.contains(index));
        let longest = used.clone().map(|index| measure(&self.names[index])).max();
        let names = longest
            .unwrap_or_default()
            .min(width.saturating_sub(COLON.len()) / 2);
        let room = width.saturating_sub(names + COLON.len());
        for index in used {
            let cell = &row[index];
            if cell.kind == CellKind::Empty && index > 0 {
                continue;
            }
            let name = fit(&self.names[index], names);
            let fill = " ".repeat(names.saturating_sub(measure(&name)));
            for (at, line) in wrap(&cell.text, room).iter().enumerate() {
                let line = self.painted(index, line);
                let line = match at {
                    _ if room == 0 => cell.fit(width).into_owned(),
                    0 => format!("{}{fill}{COLON}{line}", self.style.head(&name)),
                    _ => format!("{}{line}", " ".repeat(names + COLON.len())),
                };
                writeln!(out, "{}", line.trim_end_matches(' '))?;
            }
        }
        Ok(())
    }

    /// A cell with the colour of what it says; the word says it too.
    fn painted(&self, index: usize, text: &str) -> String {
        if !matches!(self.names[index].as_str(), "Outcome" | "Would") {
            return text.to_owned();
        }
        let color = match text {
            "" => return String::new(),
            "Failed" => AnsiColor::Red,
            "WhatIf" | "Pending" => AnsiColor::Cyan,
            "NotHeld" | "AlreadyHeld" | "SkippedInherited" | "Unchanged" | "Declined" => {
                AnsiColor::Yellow
            }
            _ => AnsiColor::Green,
        };
        self.style.paint(text, color.on_default())
    }

    /// One line of cells, without spaces at its end.
    fn line(
        &self,
        texts: &[String],
        layout: &Layout,
        paint: impl Fn(usize, &str) -> String,
    ) -> String {
        let mut line = String::new();
        for (at, (text, column)) in texts.iter().zip(&layout.columns).enumerate() {
            if at > 0 {
                line.push_str(GAP);
            }
            let fill = " ".repeat(column.width.saturating_sub(measure(text)));
            let (before, after) = match column.right {
                true => (&*fill, ""),
                false => ("", &*fill),
            };
            line.push_str(before);
            line.push_str(&paint(column.index, text));
            line.push_str(after);
        }
        line.truncate(line.trim_end_matches(' ').len());
        line
    }
}
