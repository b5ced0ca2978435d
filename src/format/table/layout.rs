//! How wide the columns of a table are: what may break breaks first, what may be cut is cut next, the key never is.

use super::super::view::{Align, ColumnLook};
use super::super::width::measure;
use super::cell::{Cell, CellKind, DAY};

pub const GAP: &str = "  ";
/// Digits by which a number may grow after the rows that its column was sized by.
const GROWTH: usize = 3;
/// Columns by which the first one is wider than the rows it was sized by, where there is room.
const KEY_GROWTH: usize = 8;
/// A text that is broken into lines gets no less than this beside the others, or has lines of its own below.
const PROSE: usize = 24;
/// A name of two words is whole in it, mostly.
const NAME: usize = 16;
/// Columns whose texts are sentences: they are broken into lines and never cut.
const SENTENCES: [&str; 5] = ["Action", "Reason", "Message", "Hint", "Synopsis"];
/// The first column, where nothing else can be narrower.
const KEY: usize = 16;

/// A column of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Sized {
    /// Its place among the cells of a row.
    pub index: usize,
    pub width: usize,
    pub right: bool,
    /// Its text goes on in a further line.
    pub wraps: bool,
}

/// How the rows are laid out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    pub columns: Vec<Sized>,
    /// The last column, on lines of its own below each row.
    pub below: Option<usize>,
    /// The columns that are empty in every row.
    pub empty: Vec<usize>,
    /// The columns that there is no room for.
    pub no_room: Vec<usize>,
}

/// What is known of a column before it has a width.
struct Measured {
    sized: Sized,
    /// As wide as its cells.
    cells: usize,
    /// As narrow as it may be.
    floor: usize,
    /// As narrow as it is still read with ease.
    comfortable: usize,
    /// Its text may be broken at blanks.
    prose: bool,
}

/// What a layout is made from.
pub struct Wanted<'a> {
    pub names: &'a [String],
    pub looks: &'a [ColumnLook],
    pub rows: &'a [Vec<Cell>],
    /// The columns of the terminal; none where nothing is shortened.
    pub width: Option<usize>,
    /// Rows will follow those that are known.
    pub more: bool,
    /// Columns without a value are shown all the same.
    pub keep_empty: &'a dyn Fn(usize) -> bool,
    /// Every text is broken into lines rather than cut.
    pub wrap: bool,
}

impl Wanted<'_> {
    pub fn layout(&self) -> Layout {
        let mut layout = Layout::default();
        let mut measured = Vec::new();
        for index in 0..self.names.len() {
            let values = self.rows.iter().filter_map(|row| row.get(index));
            let empty = values.clone().all(|cell| cell.kind == CellKind::Empty);
            let keep = index == 0 || self.width.is_none() || (self.keep_empty)(index);
            match empty && !keep {
                true => layout.empty.push(index),
                false => measured.push(self.measure(index)),
            }
        }
        if let Some(width) = self.width {
            self.fit(&mut measured, width, &mut layout);
        }
        // Later keys may be longer: user1, user1000.
        if let Some(key) = measured.first().filter(|key| self.more && !key.sized.right) {
            let used = total(measured.iter().map(|column| column.sized.width));
            let room = self.width.map(|width| width.saturating_sub(used));
            let width = key.sized.width + room.unwrap_or(KEY_GROWTH).min(KEY_GROWTH);
            measured[0].sized.width = width;
        }
        layout.columns = measured.into_iter().map(|column| column.sized).collect();
        layout
    }

    fn measure(&self, index: usize) -> Measured {
        let cells = || self.rows.iter().filter_map(|row| row.get(index));
        let numbers = cells().any(|cell| cell.kind == CellKind::Number);
        let right =
            numbers && cells().all(|cell| matches!(cell.kind, CellKind::Number | CellKind::Empty));
        let growth = if right && self.more { GROWTH } else { 0 };
        let widest = cells().map(Cell::width).max().unwrap_or_default() + growth;
        let name = &self.names[index];
        let prose = cells().any(|cell| cell.kind == CellKind::Text && cell.text.contains(' '));
        let look = self.looks.get(index).copied().unwrap_or_default();
        let least = cells().map(Cell::least).max().unwrap_or_default();
        let hump = humps(name).map(measure).max().unwrap_or_default();
        let wanted = look.width.map(|width| (width, width, width));
        let (width, widest, floor) =
            wanted.unwrap_or((widest.max(measure(name)), widest, least.max(hump)));
        Measured {
            sized: Sized {
                index,
                width,
                right: look.align.map_or(right, |align| align == Align::Right),
                wraps: self.wrap || SENTENCES.contains(&name.as_str()),
            },
            cells: widest.max(hump),
            floor: floor.min(width),
            comfortable: match prose {
                true => widest.min(NAME),
                false => 0,
            },
            prose,
        }
    }

    /// Narrows columns until they fit: headers break first, then texts are cut or broken, then the widest keys get lines
    /// of their own, and last of all columns are left out.
    fn fit(&self, columns: &mut Vec<Measured>, width: usize, layout: &mut Layout) {
        let key_cells = columns.first().map_or(0, |key| key.cells);
        let fits =
            |columns: &[Measured]| total(columns.iter().map(|column| column.sized.width)) <= width;
        let narrowed = |columns: &mut [Measured], floor: &dyn Fn(usize, &Measured) -> usize| {
            let floors: Vec<usize> = columns
                .iter()
                .enumerate()
                .map(|(index, column)| floor(index, column).min(column.sized.width))
                .collect();
            let mut widths: Vec<usize> = columns.iter().map(|c| c.sized.width).collect();
            let room = width.saturating_sub(total(widths.iter().map(|_| 0)));
            narrow(&mut widths, &floors, room);
            for (column, width) in columns.iter_mut().zip(widths) {
                column.sized.width = width;
            }
        };
        let prose = columns.len() > 1 && columns.last().is_some_and(|last| last.prose);
        if fits(columns) {
            return;
        }
        narrowed(columns, &|_, column| column.cells);
        if fits(columns) {
            return;
        }
        // The last text goes on in further lines before anything is cut.
        if let Some(last) = columns.last_mut().filter(|_| prose) {
            last.floor = PROSE.min(last.cells);
            last.sized.wraps = true;
            let last = columns.len() - 1;
            narrowed(columns, &|index, column| match index == last {
                true => column.floor,
                false => column.cells,
            });
            if fits(columns) {
                return;
            }
        }
        let usual_key = columns.first().map_or(0, |key| {
            let hump = humps(&self.names[key.sized.index]).map(measure).max();
            self.usual_key(key.sized.index)
                .max(hump.unwrap_or_default())
        });
        // What was cut gets its room again.
        let restored = |columns: &mut [Measured], key: usize| {
            for (index, column) in columns.iter_mut().enumerate() {
                column.sized.width = if index == 0 { key } else { column.cells };
            }
        };
        let comfortable = |column: &Measured| column.comfortable.max(column.floor);
        // A few keys are much longer than the others: they get lines of their own.
        for key in [key_cells, usual_key].into_iter().filter(|_| !self.wrap) {
            restored(columns, key);
            narrowed(columns, &|index, column| match index {
                0 => key,
                _ => comfortable(column),
            });
            if fits(columns) {
                return;
            }
        }
        if prose && let Some(last) = columns.pop() {
            layout.below = Some(last.sized.index);
            for key in [key_cells, usual_key].into_iter().filter(|_| !self.wrap) {
                restored(columns, key);
                narrowed(columns, &|index, column| match index {
                    0 => key,
                    _ => comfortable(column),
                });
                if fits(columns) {
                    return;
                }
            }
        }
        if let Some(key) = columns.first_mut() {
            key.floor = usual_key;
        }
        narrowed(columns, &|_, column| column.floor);
        if fits(columns) {
            return;
        }
        if let Some(key) = columns.first_mut() {
            key.floor = key.floor.min(KEY);
        }
        while columns.len() > 1 && total(columns.iter().map(|column| column.floor)) > width {
            if let Some(last) = columns.pop() {
                layout.no_room.insert(0, last.sized.index);
            }
        }
        narrowed(columns, &|_, column| column.floor);
        if let [only] = columns.as_mut_slice() {
            only.sized.width = only.sized.width.min(width);
        }
    }

    /// A width that holds nine keys of ten.
    fn usual_key(&self, index: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(index));
        let mut widths: Vec<usize> = cells.map(Cell::width).collect();
        widths.sort_unstable();
        let at = widths.len().saturating_sub(1) * 9 / 10;
        widths.get(at).copied().unwrap_or_default().max(DAY)
    }
}

/// The words of a header: `DataHeldUntil` is three.
pub fn humps(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = name;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut before = None;
        let end = rest.char_indices().find(|(_, c)| {
            let begins = c.is_uppercase() && before.is_some_and(char::is_lowercase);
            let blank = before == Some(' ');
            before = Some(*c);
            begins || blank
        });
        let (word, after) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
        rest = after;
        Some(word)
    })
}

/// A header in lines of at most so many columns, broken between its words.
pub fn header(name: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in humps(name) {
        match lines.last_mut() {
            Some(line) if measure(line) + measure(word.trim_end()) <= width => line.push_str(word),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// What columns take side by side.
fn total(widths: impl ExactSizeIterator<Item = usize>) -> usize {
    let gaps = GAP.len() * widths.len().saturating_sub(1);
    widths.sum::<usize>() + gaps
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_break_between_their_words() {
        assert_eq!(header("DataHeldUntil", 10), ["DataHeld", "Until"]);
        assert_eq!(header("UserPrincipalName", 40), ["UserPrincipalName"]);
        assert_eq!(header("SizeMB", 4), ["Size", "MB"]);
        assert_eq!(header("", 4), Vec::<String>::new());
    }
}
