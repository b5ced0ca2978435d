//! One cell of a table: its text, and what may be taken from it where there is too little room.

use std::borrow::Cow;

use super::super::width::{fit, measure};
use super::super::{Style, safe};
use crate::value::Value;

/// The items of a list that a cell shows; a list of thousands would push every other column off the page.
const ITEMS: usize = 16;
/// A day, and a minute of it.
pub const DAY: usize = "2026-12-24".len();
const MINUTE: usize = "2026-12-24 13:05".len();

#[derive(Debug)]
pub struct Cell {
    pub text: String,
    pub kind: CellKind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CellKind {
    Empty,
    Number,
    Flag,
    Time,
    List,
    Text,
}

impl Cell {
    /// On a terminal a time is shown to the minute, and midnight as the day.
    pub fn of(value: &Value, style: Style) -> Self {
        let text = safe::cell(&shown(value)).into_owned();
        let kind = match value {
            Value::Null => CellKind::Empty,
            _ if text.is_empty() => CellKind::Empty,
            Value::Int(_) | Value::Float(_) => CellKind::Number,
            Value::Bool(_) => CellKind::Flag,
            Value::Time(_) => CellKind::Time,
            Value::List(_) => CellKind::List,
            _ => CellKind::Text,
        };
        let text = match kind {
            CellKind::Time if style.width.is_some() => to_the_minute(&text),
            _ => text,
        };
        Self { text, kind }
    }

    pub fn width(&self) -> usize {
        measure(&self.text)
    }

    /// The width that is enough to read it by.
    pub fn least(&self) -> usize {
        /// Words of a text that still tell it from another.
        const WORDS: usize = 8;
        /// A name without blanks.
        const NAME: usize = 18;
        const MORE: usize = " +99".len();
        match self.kind {
            CellKind::Empty => 0,
            CellKind::Number | CellKind::Flag => self.width(),
            CellKind::Time => self.width().min(DAY),
            CellKind::List => match self.text.split_once(", ") {
                Some((first, _)) => (measure(first) + MORE).min(NAME + MORE),
                None => self.width().min(NAME),
            },
            CellKind::Text if self.text.contains(' ') => self.width().min(WORDS),
            CellKind::Text => self.width().min(NAME),
        }
    }

    /// The text in at most so many columns.
    pub fn fit(&self, width: usize) -> Cow<'_, str> {
        match self.kind {
            _ if self.width() <= width => Cow::Borrowed(&self.text),
            // A number without its end is another number.
            CellKind::Number => "…".into(),
            CellKind::Time if (DAY..MINUTE).contains(&width) => self.text[..DAY].into(),
            CellKind::List => items(&self.text, width),
            _ => fit(&self.text, width),
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

/// `2026-12-24T13:05:00Z` as `2026-12-24 13:05`, and midnight as the day alone.
fn to_the_minute(text: &str) -> String {
    let parts = text.split_once('T');
    match parts {
        Some((day, "00:00:00Z")) => day.to_owned(),
        Some((day, time)) if time.len() >= 5 && time.is_char_boundary(5) => {
            format!("{day} {}", &time[..5])
        }
        _ => text.to_owned(),
    }
}

/// The first items of a list that fit, and how many more there are: `SPE_E3, EMS +2`.
fn items(text: &str, width: usize) -> Cow<'_, str> {
    let all: Vec<&str> = text.split(", ").collect();
    for count in (1..all.len()).rev() {
        let short = format!("{} +{}", all[..count].join(", "), all.len() - count);
        if measure(&short) <= width {
            return Cow::Owned(short);
        }
    }
    fit(text, width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_can_still_be_read() {
        let list = Value::list(vec!["SPE_E3".into(), "EMS".into(), "VISIO".into()]);
        let terminal = Style {
            width: Some(80),
            ..Style::default()
        };
        let time = |text: &str| Value::Time(text.parse().unwrap());
        for (value, width, shown) in [
            (list.clone(), 20, "SPE_E3, EMS, VISIO"),
            (list.clone(), 15, "SPE_E3, EMS +1"),
            (list.clone(), 10, "SPE_E3 +2"),
            (list, 6, "SPE_E…"),
            (time("2026-12-24T13:05:09Z"), 20, "2026-12-24 13:05"),
            (time("2026-12-24T13:05:09Z"), 12, "2026-12-24"),
            (time("2026-12-24T00:00:00Z"), 20, "2026-12-24"),
            (123_456_i64.into(), 4, "…"),
            ("Sales and more".into(), 8, "Sales a…"),
        ] {
            assert_eq!(Cell::of(&value, terminal).fit(width), shown, "{width}");
        }
    }
}
