//! A CSV file by the names of its columns, however it was saved: comma, semicolon, tab or bar, any line ends.

use csv::{ReaderBuilder, StringRecord};

use super::parsed::{Found, Place};
use crate::files::Text;
use crate::format::csv_head;

pub(super) struct Table {
    /// As the file has them.
    pub headers: Vec<String>,
    rows: Vec<(Place, StringRecord)>,
}

/// A row that has as many cells as the table has columns.
pub(super) struct Row<'a> {
    pub place: Place,
    cells: &'a StringRecord,
}

impl Row<'_> {
    /// The cell without the blanks around it; nothing for an empty one or a column that isn't there.
    pub fn cell(&self, column: Option<usize>) -> Option<&str> {
        let cell = self.cells.get(column?)?.trim();
        (!cell.is_empty()).then_some(cell)
    }
}

impl Table {
    pub fn read(file: usize, text: &Text) -> Self {
        let (delimiter, content) = csv_head(&text.content);
        let skipped = text.content.len() - content.len();
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(content.as_bytes());
        let mut rows = Vec::new();
        // The text is UTF-8 and rows may be ragged: nothing is left that could fail.
        for record in reader.records().flatten() {
            let offset = record.position().map_or(0, |at| at.byte());
            let offset = usize::try_from(offset)
                .unwrap_or(usize::MAX)
                .min(content.len());
            // The reader counts a row from the end of the one before, line feed and blank lines included.
            let blank = |byte: &u8| matches!(byte, b'\r' | b'\n');
            let blanks = content.as_bytes()[offset..]
                .iter()
                .take_while(|b| blank(b))
                .count();
            let offset = skipped + offset + blanks;
            rows.push((Place { file, offset }, record));
        }
        let headers = if rows.is_empty() {
            Vec::new()
        } else {
            rows.remove(0)
                .1
                .iter()
                .map(|name| name.trim().to_owned())
                .collect()
        };
        Self { headers, rows }
    }

    /// The first of the named columns that is there; blanks, signs and letter case don't matter.
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        let headers: Vec<String> = self.headers.iter().map(|name| plain(name)).collect();
        let position = |name: &&str| headers.iter().position(|header| *header == plain(name));
        names.iter().find_map(position)
    }

    /// The rows; one with too many or too few cells is listed as unused, as its cells may have slipped.
    pub fn rows(&self, found: &mut Found) -> Vec<Row<'_>> {
        let mut rows = Vec::with_capacity(self.rows.len());
        for (place, cells) in &self.rows {
            if cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if cells.len() == self.headers.len() {
                rows.push(Row {
                    place: *place,
                    cells,
                });
                continue;
            }
            let first = cells
                .iter()
                .find(|cell| !cell.trim().is_empty())
                .unwrap_or_default();
            let lines = 1 + cells
                .iter()
                .flat_map(str::chars)
                .filter(|c| *c == '\n')
                .count();
            let mut reason = format!(
                "it has {} cells where the header has {}",
                cells.len(),
                self.headers.len()
            );
            if lines > 1 {
                reason += &format!("; it runs over {lines} lines, so a quote may be unclosed");
            }
            found.unused(*place, format!("the row of {first}"), reason);
        }
        rows
    }
}

/// A header's name without what layouts differ in: `User principal name`, `userPrincipalName`.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}
