//! What a filter in Graph's words goes on with: its words, and what users have in the property that it asks for.

use std::collections::HashSet;

use super::word::{Candidate, Offer, Word};
use super::{Line, Offers};
use crate::objects::{UserFilter, Wanted};

impl Line<'_> {
    /// How far into the value the word begins that goes on, and with what; the value is as written, up to the cursor.
    pub(super) fn filter(&self, written: &str) -> (usize, Vec<Candidate>) {
        let Some(value) = Value::read(written) else {
            return (0, Vec::new());
        };
        let draft = UserFilter::draft(&value.text, self.tenant);
        if value.quote.is_none() && draft.start > 0 {
            // It needs quotes from its beginning.
            return (0, Vec::new());
        }
        let typed = &value.text[draft.start..];
        // A text or a parenthesis ends without a blank, where the next word needs one.
        let closed = value.text[..draft.start].ends_with(['\'', ')']);
        let offers = draft
            .wanted
            .iter()
            .flat_map(|wanted| self.wanted(wanted, typed));
        let found = Word::plain(typed).names(offers).into_iter();
        let found = found.map(|found| {
            let blank = match closed && found.text.starts_with(char::is_alphabetic) {
                true => " ",
                false => "",
            };
            Candidate {
                text: value.write(&format!("{blank}{}", found.text)),
                ..found
            }
        });
        let start = value.places.get(draft.start).copied();
        (start.unwrap_or_default(), found.collect())
    }

    fn wanted<'a>(&'a self, wanted: &'a Wanted, typed: &str) -> Offers<'a> {
        match wanted {
            Wanted::Word(word) => Box::new(std::iter::once(Offer::of(&**word))),
            Wanted::Product => {
                let products = self.tenant.products().iter();
                Box::new(products.map(|own| {
                    let id = own.sku_id.to_string();
                    Offer::of(id).titled(&own.sku)
                }))
            }
            Wanted::Text(field) => {
                let Some(typed) = typed.strip_prefix('\'').or(typed.is_empty().then_some(""))
                else {
                    return Box::new(std::iter::empty());
                };
                let word = Word::plain(&typed.replace("''", "'"));
                let deleted = self.draft.as_ref().is_some_and(|own| own.is_on("Deleted"));
                let users = self.tenant.users().iter();
                let users = users.filter(move |user| user.deleted.is_some() == deleted);
                let texts = users.filter_map(|user| field.text(user));
                let mut seen = HashSet::new();
                let texts = texts.filter(move |text| word.begins(text) && seen.insert(*text));
                Box::new(texts.map(|text| Offer::of(format!("'{}'", text.replace('\'', "''")))))
            }
        }
    }
}

/// A half-typed value without its quotes.
struct Value {
    /// The quote that it opens with, if it does.
    quote: Option<char>,
    text: String,
    /// For each byte of the text where it is written, and where the text ends.
    places: Vec<usize>,
}

impl Value {
    /// None for one that is closed already.
    fn read(written: &str) -> Option<Self> {
        let quote = written.chars().next().filter(|c| matches!(c, '\'' | '"'));
        let mut value = Self {
            quote,
            text: String::new(),
            places: Vec::new(),
        };
        let mut chars = written.char_indices().peekable();
        chars.next_if(|_| quote.is_some());
        while let Some((at, c)) = chars.next() {
            let plain = match c {
                _ if quote == Some(c) => chars.next_if(|(_, next)| *next == c).map(|_| c)?,
                '`' if quote != Some('\'') => chars.next().map_or(c, |(_, next)| next),
                c => c,
            };
            value.text.push(plain);
            value.places.resize(value.text.len(), at);
        }
        value.places.push(written.len());
        Some(value)
    }

    /// A text as it goes on within the value.
    fn write(&self, text: &str) -> String {
        let mut written = String::new();
        match self.quote {
            Some('\'') => return text.replace('\'', "''"),
            Some(_) => {}
            None => written.push('"'),
        }
        for c in text.chars() {
            if matches!(c, '"' | '$' | '`') {
                written.push('`');
            }
            written.push(c);
        }
        written
    }
}
