//! A filter while it is typed: what the parser asks for where it ends.

use super::UserFilter;
use super::field::{Cell, Field, Kind, SYNCED, find};
use super::parse::Parser;
use super::words::{Word, words};
use crate::tenant::{Tenant, User};

/// Something that could stand at the end of a filter.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// A property, an operator, a function with its parenthesis, or a sign.
    Word(String),
    /// A text in single quotes, such as this property holds.
    Text(&'static Field),
    /// The GUID of a product.
    Product,
}

impl Wanted {
    pub(super) fn word(word: impl ToString) -> Self {
        Self::Word(word.to_string())
    }
}

/// The end of a filter that is being typed.
#[derive(Debug)]
pub struct FilterDraft {
    /// The byte at which the word begins that may go on, or come.
    pub start: usize,
    /// What that word could be; nothing behind what is at fault.
    pub wanted: Vec<Wanted>,
}

impl UserFilter {
    /// Reads a filter that need not be whole.
    pub fn draft(text: &str, tenant: &Tenant) -> FilterDraft {
        let mut read = Vec::new();
        let whole = words(text, &mut read).is_ok();
        if whole {
            // A word may go on; what is closed may not.
            read.pop_if(|(word, span)| matches!(word, Word::Plain(_)) && span.end == text.len());
        }
        let end = read.last().map_or(0, |(_, span)| span.end);
        let start = text.len() - text[end..].trim_start().len();
        let mut parser = Parser::new(text, read, tenant);
        // Its fault is that it isn't whole.
        let _ = parser.either();
        let mut wanted = std::mem::take(&mut parser.wanted);
        if parser.alone.is_some() {
            wanted
                .retain(|own| !matches!(own, Wanted::Word(word) if word == "and" || word == "or"));
        }
        FilterDraft { start, wanted }
    }
}

impl Field {
    /// The one of texts that is called so, in any letter case.
    pub fn of_texts(name: &str) -> Option<&'static Self> {
        find(name).filter(|field| field.kind == Kind::Text)
    }

    /// The text that a user has in it.
    pub fn text<'a>(&self, user: &'a User) -> Option<&'a str> {
        match (self.cell)(user) {
            Cell::Text(text) => text,
            _ => None,
        }
    }
}

/// What a field can be compared with.
pub(super) fn literals(field: &'static Field) -> impl Iterator<Item = Wanted> {
    let words: &[&str] = match field.kind {
        Kind::Bool if field.name == SYNCED => &["true", "null"],
        Kind::Bool => &["true", "false", "null"],
        Kind::Text | Kind::Time | Kind::Id => &["null"],
    };
    let text = (field.kind == Kind::Text).then_some(Wanted::Text(field));
    words.iter().map(Wanted::word).chain(text)
}
