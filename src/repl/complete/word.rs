//! The word at the cursor: what begins like it, and how that is written.

use std::borrow::Cow;

use super::quotes::{Opened, Quotes};
use crate::format::safe;

/// As many as are worth looking through.
const MOST: usize = 200;

/// One offer as it will stand in the line, and what is shown beside it. Neither can steer a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub text: String,
    pub beside: Option<String>,
}

/// Something that could be meant.
pub struct Offer<'a> {
    text: Cow<'a, str>,
    /// What is said of it.
    beside: Option<Cow<'a, str>>,
    /// What else it is called, for when no other offer begins like the word.
    also: Option<Cow<'a, str>>,
    /// It stands back behind all others.
    last: bool,
}

impl<'a> Offer<'a> {
    pub fn of(text: impl Into<Cow<'a, str>>) -> Self {
        Self {
            text: text.into(),
            beside: None,
            also: None,
            last: false,
        }
    }

    /// Only for when no other offer begins like the word.
    pub fn last(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        Self {
            last: true,
            ..Self::of(text.clone()).also(text)
        }
    }

    pub fn beside(mut self, beside: impl Into<Cow<'a, str>>) -> Self {
        self.beside = Some(beside.into());
        self
    }

    pub fn also(mut self, also: impl Into<Cow<'a, str>>) -> Self {
        self.also = Some(also.into());
        self
    }

    fn candidate(self, write: impl Fn(&str) -> String) -> Candidate {
        Candidate {
            text: write(&self.text),
            beside: self.beside.map(|text| safe::cell(&text).into_owned()),
        }
    }

    /// With a title, by which it is found too.
    pub fn titled(self, title: &'a str) -> Self {
        self.beside(title).also(title)
    }
}

/// The word that the offers go by.
pub struct Word<'a> {
    /// Without its quotes.
    pub typed: String,
    quotes: Option<Quotes>,
    /// Its closing quote stands behind the cursor already.
    closed: bool,
    /// What stands in its list already.
    listed: &'a [String],
}

impl<'a> Word<'a> {
    /// A word as written up to the cursor, and the text behind that. In code a text stands in quotes.
    pub fn new(written: &str, behind: &str, listed: &'a [String], code: bool) -> Self {
        let quotes = Quotes::of(written, code);
        let opened = Opened::read(written, quotes);
        Self {
            typed: opened.map_or_else(|| written.to_owned(), |own| own.text),
            quotes: quotes.or(code.then_some(Quotes::Single)),
            closed: quotes.is_some_and(|own| behind.starts_with(own.mark())),
            listed,
        }
    }

    /// One that is typed as it is, quotes and all.
    pub fn plain(word: &str) -> Self {
        Self {
            typed: word.to_owned(),
            quotes: None,
            closed: false,
            listed: &[],
        }
    }

    /// Values in alphabetical order, each once.
    pub fn sorted<'o>(&self, offers: impl Iterator<Item = Offer<'o>>) -> Vec<Candidate> {
        self.sort(offers, |text| self.written(text))
    }

    /// The same of what is no value and never quoted.
    pub fn names<'o>(&self, offers: impl Iterator<Item = Offer<'o>>) -> Vec<Candidate> {
        self.sort(offers, str::to_owned)
    }

    /// Values in the order in which they come.
    pub fn ordered<'o>(&self, offers: impl Iterator<Item = Offer<'o>>) -> Vec<Candidate> {
        let found = self.sift(offers).into_iter();
        found
            .map(|offer| offer.candidate(|text| self.written(text)))
            .collect()
    }

    fn sort<'o>(
        &self,
        offers: impl Iterator<Item = Offer<'o>>,
        write: impl Fn(&str) -> String,
    ) -> Vec<Candidate> {
        let mut found = self.sift(offers);
        found.sort_by_cached_key(|offer| offer.text.to_lowercase());
        found.dedup_by(|a, b| a.text == b.text);
        let found = found.into_iter();
        found.map(|offer| offer.candidate(&write)).collect()
    }

    /// Those that begin like the word; if none does, those that are also called so.
    fn sift<'o>(&self, offers: impl Iterator<Item = Offer<'o>>) -> Vec<Offer<'o>> {
        let (mut found, mut called) = (Vec::new(), Vec::new());
        for offer in offers {
            if !offer.last && self.begins(&offer.text) {
                if self.is_offered(&offer.text) {
                    found.push(offer);
                }
            } else if found.is_empty()
                && called.len() < MOST
                && offer.also.as_ref().is_some_and(|also| self.begins(also))
                && self.is_offered(&offer.text)
            {
                called.push(offer);
            }
            if found.len() == MOST {
                break;
            }
        }
        if found.is_empty() { called } else { found }
    }

    pub fn begins(&self, text: &str) -> bool {
        // Nearly all texts are told apart by their first bytes; the rest is for letters beyond ASCII.
        let plain = self.typed.bytes().take_while(u8::is_ascii).count();
        let (typed, beyond) = self.typed.split_at(plain);
        let Some((start, rest)) = text.as_bytes().split_at_checked(plain) else {
            return false;
        };
        if !start.eq_ignore_ascii_case(typed.as_bytes()) {
            return false;
        }
        if beyond.is_empty() || rest.first().is_none_or(u8::is_ascii) {
            return beyond.is_empty();
        }
        let mut text = text.chars().skip(plain).flat_map(char::to_lowercase);
        let mut beyond = beyond.chars().flat_map(char::to_lowercase);
        beyond.all(|c| text.next() == Some(c))
    }

    /// A name that would steer the terminal is never offered: Tab writes it to the screen as it is.
    fn is_offered(&self, text: &str) -> bool {
        !text.chars().any(safe::steers)
            && !self.listed.iter().any(|own| own.eq_ignore_ascii_case(text))
    }

    /// As it must be written to be one argument. A directory is left open, so that its name can go on.
    fn written(&self, text: &str) -> String {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '@' | '-' | '/');
        let is_plain = !text.starts_with(['-', '@']) && text.chars().all(plain);
        if self.quotes.is_none() && is_plain {
            return text.to_owned();
        }
        let quotes = self.quotes.unwrap_or(Quotes::Single);
        let (mark, text) = (quotes.mark(), quotes.write(text));
        match self.closed || text.ends_with('/') {
            true => format!("{mark}{text}"),
            false => format!("{mark}{text}{mark}"),
        }
    }
}
