//! Reports to hand on: what is wasted and what there is, as a page, Markdown or JSON.

mod inventory;
mod page;
mod savings;
mod text;

use jiff::Timestamp;

pub use inventory::inventory;
pub use page::html;
pub use savings::{Prices, savings};
pub use text::{json, markdown};

/// A report, before it has a format.
#[derive(Debug)]
pub struct Report {
    pub title: String,
    pub as_of: Timestamp,
    /// What a reader in a hurry reads.
    pub facts: Vec<(String, Cell)>,
    pub sections: Vec<Section>,
}

/// A part of a report: a sentence, bars, a table, lines to run.
#[derive(Debug, Default)]
pub struct Section {
    pub title: String,
    pub note: String,
    pub bars: Vec<Bar>,
    pub columns: Vec<&'static str>,
    pub rows: Vec<Vec<Cell>>,
    pub lines: Vec<String>,
}

#[derive(Debug)]
pub struct Bar {
    pub label: String,
    pub value: i64,
    pub shown: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    Count(i64),
    /// Hundredths, with their currency.
    Money(i64, String),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        Cell::Text(text.into())
    }

    pub fn count(count: usize) -> Self {
        Cell::Count(i64::try_from(count).unwrap_or(i64::MAX))
    }

    pub fn is_number(&self) -> bool {
        matches!(self, Cell::Count(_) | Cell::Money(..))
    }

    /// As it is read: thousands apart.
    pub fn shown(&self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Count(count) => grouped(*count),
            Cell::Money(hundredths, currency) => {
                let amount = format!(
                    "{}.{:02}",
                    grouped(hundredths / 100),
                    (hundredths % 100).abs()
                );
                format!("{amount} {currency}").trim_end().to_owned()
            }
        }
    }
}

/// `1234567` as `1,234,567`.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_with_ease() {
        assert_eq!(Cell::Count(1_234_567).shown(), "1,234,567");
        assert_eq!(Cell::Count(-999).shown(), "-999");
        assert_eq!(Cell::Money(123_450, "EUR".into()).shown(), "1,234.50 EUR");
        assert_eq!(Cell::Money(5, String::new()).shown(), "0.05");
    }
}
