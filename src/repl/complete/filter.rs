//! What a filter in Graph's words goes on with: its words, and what users have in the property that it asks for.

use hashbrown::HashSet;

use super::quotes::{Opened, Quotes};
use super::word::{Candidate, Offer, Word};
use super::{Line, Offers};
use crate::objects::{Expected, Field, UserFilter};

impl Line<'_> {
    /// How far into the value the word begins that goes on, and with what; the value is as written, up to the cursor,
    /// and the text behind that.
    pub(super) fn filter(&self, written: &str, behind: &str) -> (usize, Vec<Candidate>) {
        let quotes = Quotes::of(written, false);
        let Some(value) = Opened::read(written, quotes) else {
            return (0, Vec::new());
        };
        let draft = UserFilter::draft(&value.text, self.tenant);
        if quotes.is_none() && draft.start > 0 {
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
            let text = format!("{blank}{}", found.text);
            let mut text = match quotes {
                Some(quotes) => quotes.write(&text),
                None => format!("\"{}", Quotes::Double.write(&text)),
            };
            let close = quotes.unwrap_or(Quotes::Double).write("'");
            if typed.starts_with('\'') && behind.starts_with(&close) && text.ends_with(&close) {
                text.truncate(text.len() - close.len());
            }
            Candidate { text, ..found }
        });
        (value.place(draft.start), found.collect())
    }

    fn wanted<'a>(&'a self, wanted: &'a Expected, typed: &str) -> Offers<'a> {
        match wanted {
            Expected::Word(word) => Box::new(std::iter::once(Offer::of(&**word))),
            Expected::Product => {
                let products = self.tenant.products().iter();
                Box::new(products.map(|own| {
                    let id = own.sku_id.to_string();
                    Offer::of(id).titled(&own.sku)
                }))
            }
            Expected::Text(field) => {
                let Some(typed) = typed.strip_prefix('\'').or(typed.is_empty().then_some(""))
                else {
                    return Box::new(std::iter::empty());
                };
                let texts = self.texts_in(field, Word::plain(&typed.replace("''", "'")));
                Box::new(texts.map(|text| Offer::of(format!("'{}'", text.replace('\'', "''")))))
            }
        }
    }

    /// What the users that the command is about have in a property, each text once, as far as it begins like a word.
    pub(super) fn texts_in<'a>(
        &'a self,
        field: &'static Field,
        word: Word<'a>,
    ) -> impl Iterator<Item = &'a str> + 'a {
        let deleted = self.draft.as_ref().is_some_and(|own| own.is_on("Deleted"));
        let users = self.tenant.users().iter();
        let users = users.filter(move |user| user.deleted.is_some() == deleted);
        let texts = users.filter_map(|user| field.text(user));
        let mut seen = HashSet::new();
        texts.filter(move |text| word.begins(text) && seen.insert(*text))
    }
}
