//! The latest entries at a glance: who did what, when, without the changes that came of it.

use super::disk::{Access, DiskFile, read_from};
use super::journal::record_at;
use super::record::{self, Content, Entry, Header};
use super::{Store, journal};

/// So much of the journal's end is looked at first, and four times as much each time that it was too little.
const WINDOW: u64 = 1 << 20;

impl Store {
    /// The latest entries of the current journal file, newest first, at most so many and without their changes.
    ///
    /// They are there to choose from: nothing is proved of them, and a journal that can't be read has none.
    pub fn latest(&self, most: usize) -> Vec<Entry> {
        let file = self.disk.open(&self.layout.journal, Access::Read);
        file.map_or_else(|_| Vec::new(), |file| latest(&*file, most, WINDOW))
    }
}

fn latest(file: &dyn DiskFile, most: usize, window: u64) -> Vec<Entry> {
    let len = file.stat().map_or(0, |stat| stat.len);
    let from = len.saturating_sub(window);
    let bytes = read_from(file, from).unwrap_or_default();
    let begins = match from {
        0 => journal::read_head(&bytes).map(|(_, start)| start),
        _ => first_record(&bytes),
    };
    let mut bodies = Vec::new();
    let mut at = begins.unwrap_or(bytes.len());
    while let Some((_, body)) = record_at(&bytes, at) {
        at = body.end;
        bodies.push(body);
    }
    let entries = bodies
        .into_iter()
        .rev()
        .filter_map(|body| head(&bytes[body]));
    let entries: Vec<Entry> = entries.take(most).collect();
    match entries.len() == most || from == 0 {
        true => entries,
        false => latest(file, most, window.saturating_mul(4)),
    }
}

/// Where the first whole record begins in a piece of a journal: no body holds what looks like a header.
fn first_record(bytes: &[u8]) -> Option<usize> {
    let start = Header::START.as_bytes();
    let mut line = 0;
    loop {
        line += bytes[line..].iter().position(|byte| *byte == b'\n')? + 1;
        if bytes[line..].starts_with(start) && record_at(bytes, line).is_some() {
            return Some(line);
        }
    }
}

/// What a record says of itself, if it is an entry.
fn head(body: &[u8]) -> Option<Entry> {
    const CHANGES: &[u8] = b"\nchanges:";
    let mut parts = body.windows(CHANGES.len());
    let end = parts.position(|part| part == CHANGES)?;
    let head = std::str::from_utf8(&body[..=end]).ok()?;
    match record::read_body(head) {
        Ok(Content::Entry(entry)) => Some(entry),
        _ => None,
    }
}
