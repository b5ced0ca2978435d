//! A filter while it is typed: what the parser asks for where it ends.

use super::UserFilter;
use super::expected::Expected;
use super::field::{Cell, Field, Kind, find};
use super::lexer::{Word, words};
use super::parse::Parser;
use crate::tenant::{Tenant, User};

/// The end of a filter that is being typed.
#[derive(Debug)]
pub struct FilterDraft {
    /// The byte at which the word begins that may go on, or come.
    pub start: usize,
    /// What that word could be; nothing behind what is at fault.
    pub wanted: Vec<Expected>,
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
            wanted.retain(
                |own| !matches!(own, Expected::Word(word) if word == "and" || word == "or"),
            );
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
        match self.of(user) {
            Cell::Text(text) => text,
            _ => None,
        }
    }
}
