//! What a stage's rows come to, in numbers and in a sentence.

use super::outcome::Row;

/// What the rows come to, counted as they come: a million are not looked at again for the summary.
#[derive(Default)]
pub(super) struct Tally {
    /// How often each word stands, and whether it stands for a change.
    pub words: Vec<(&'static str, usize, bool)>,
    seats: usize,
    held: usize,
}

impl Tally {
    pub fn add(&mut self, row: &Row) {
        match self.words.iter_mut().find(|(word, ..)| *word == row.word) {
            Some((_, count, _)) => *count += 1,
            None => self.words.push((row.word, 1, row.changes)),
        }
        self.seats += row.seats_freed;
        self.held += usize::from(row.data_held);
    }

    pub fn merge(&mut self, other: &Self) {
        for (word, count, changes) in &other.words {
            match self.words.iter_mut().find(|(own, ..)| own == word) {
                Some((_, own, _)) => *own += count,
                None => self.words.push((word, *count, *changes)),
            }
        }
        self.seats += other.seats;
        self.held += other.held;
    }

    /// `47 removed, 2 inherited, 1 failed`: what changes first.
    pub fn counts(&self) -> String {
        let mut counts = self.words.clone();
        counts.sort_by_key(|(_, _, changes)| !changes);
        let texts: Vec<_> = counts
            .iter()
            .map(|(word, count, _)| format!("{count} {word}"))
            .collect();
        texts.join(", ")
    }

    pub fn consequences(&self) -> String {
        let Self { seats, held, .. } = *self;
        let mut text = String::new();
        if seats > 0 {
            text.push_str(&format!(
                "; {seats} {} freed",
                plural(seats, "seat", "seats")
            ));
        }
        if held > 0 {
            text.push_str(&format!(
                "; {held} {} held for a time and then deleted",
                plural(held, "mailbox is", "mailboxes are")
            ));
        }
        text
    }
}

pub(super) fn plural<'a>(count: usize, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}
