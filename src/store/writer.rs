//! The writer's lock, held: catch up with others, commit.

use jiff::Timestamp;

use super::disk::{DiskFile, Stat, read_from};
use super::journal::{self, Fault, Position};
use super::record::{self, Content, Entry, Header};
use super::{Store, error, history, unwritable};
use crate::diagnostic::Diagnostic;

/// The writer's lock, held. Given back when dropped.
pub struct Guard<'a> {
    pub(super) store: &'a mut Store,
    pub(super) _lock: Box<dyn DiskFile>,
    pub(super) news: Vec<Entry>,
}

impl Guard<'_> {
    /// What others committed since this store last looked; to be applied before deciding anything.
    pub fn catch_up(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.news)
    }

    /// Goes on in the file that another shell began when the old one was full.
    pub(super) fn follow(
        &mut self,
        journal: Box<dyn DiskFile>,
        stat: Stat,
    ) -> Result<(), Diagnostic> {
        let store = &mut *self.store;
        let head = history::first_of(&*journal)
            .filter(|head| (head.first, head.after) == (store.end.seq + 1, store.end.sum));
        let Some(head) = head else {
            return Err(error::refused(
                "JournalReplaced",
                format!(
                    "{} is another journal than it was",
                    store.layout.journal.display()
                ),
            )
            .hint("open the tenant again"));
        };
        store.end.offset = head.render().len() as u64;
        store.tail = store.end.offset;
        store.journal = journal;
        store.journal_stat = stat;
        Ok(())
    }

    pub(super) fn read_news(&mut self, notice: &mut dyn FnMut(&str)) -> Result<(), Diagnostic> {
        let store = &mut *self.store;
        let path = &store.layout.journal;
        let bytes = read_from(&*store.journal, store.end.offset)
            .map_err(|e| error::io(path, "read", &e))?;
        let scan = journal::scan(&bytes, store.end);
        let mut entries = Vec::new();
        for found in &scan.records {
            match history::read(path, found.seq, &bytes[found.body.clone()])? {
                Content::Entry(entry) => entries.push(entry),
                Content::Checkpoint(mark) => store.begun = Some(mark),
                Content::Installed(_) => {
                    if let Some(mark) = store.begun.take() {
                        store.mark = mark;
                    }
                    store.swapped.clear();
                }
                // The same edit that this store found.
                Content::Rebase(mark) if mark == store.mark => store.rebase = false,
                Content::Rebase(_) => {
                    let fault = error::refused(
                        "TenantEdited",
                        "another shell took over a hand edit of tenant.yaml",
                    )
                    .hint("open the tenant again");
                    store.read_only_reason = Some(fault.clone());
                    return Err(fault);
                }
            }
        }
        match scan.fault {
            None => {}
            Some(Fault::Damage { next }) => {
                let before = read_from(&*store.journal, 0).unwrap_or_default();
                return Err(history::damaged(path, &before, scan.end, next));
            }
            Some(Fault::Torn) => {
                store
                    .journal
                    .truncate(scan.end.offset)
                    .and_then(|()| store.journal.sync_data())
                    .map_err(|e| error::io(path, "cut to its last whole record", &e))?;
                notice(&format!(
                    "{}: the end of a write that was never acknowledged was cut off after record {}",
                    path.display(),
                    scan.end.seq
                ));
            }
        }
        store.end = scan.end;
        if let Some(last) = entries.last() {
            store.last_entry = last.seq;
        }
        self.news.append(&mut entries);
        Ok(())
    }

    /// Commits an entry: when this returns its number, it is on the disk.
    pub fn commit(&mut self, mut entry: Entry) -> Result<u64, Diagnostic> {
        self.is_caught_up()?;
        self.take_over_edit(entry.at)?;
        entry.seq = self.store.end.seq + 1;
        let body = record::entry_body(&entry).map_err(|e| unwritable(&e))?;
        self.append(entry.seq, body)?;
        self.store.last_entry = entry.seq;
        Ok(entry.seq)
    }

    pub(super) fn is_caught_up(&self) -> Result<(), Diagnostic> {
        match self.news.is_empty() {
            true => Ok(()),
            false => Err(error::refused(
                "NotCaughtUp",
                "others' changes were not yet taken in",
            )),
        }
    }

    /// Notes a hand edit before anything is built on it: other shells then know that theirs is another tenant.
    pub(super) fn take_over_edit(&mut self, at: Timestamp) -> Result<(), Diagnostic> {
        if self.store.rebase {
            let mark = self.store.mark;
            self.note(at, &Content::Rebase(mark))?;
            self.store.rebase = false;
        }
        Ok(())
    }

    pub(super) fn note(&mut self, at: Timestamp, content: &Content) -> Result<(), Diagnostic> {
        let seq = self.store.end.seq + 1;
        let body = record::note_body(seq, at, &self.store.holder.name, content)
            .map_err(|e| unwritable(&e))?;
        self.append(seq, body)
    }

    /// One write, one sync. A failure bars the store: whether the record will be there is not known.
    fn append(&mut self, seq: u64, mut record: String) -> Result<(), Diagnostic> {
        let store = &mut *self.store;
        if let Some(read_only_reason) = &store.read_only_reason {
            return Err(read_only_reason.clone());
        }
        let header = Header::of(store.end.sum, seq, &record[Header::ROOM.len()..]);
        let line = header.render();
        // In front of the body, without moving it: it may be many megabytes.
        let start = Header::ROOM.len() - line.len();
        record.replace_range(start..Header::ROOM.len(), &line);
        let record = &record[start..];
        let written = store
            .journal
            .write_at(record.as_bytes(), store.end.offset)
            .and_then(|()| store.journal.sync_data());
        if let Err(error) = written {
            // Asking again would lie: after a failed sync the next one may succeed without the data.
            let cut = store
                .journal
                .truncate(store.end.offset)
                .and_then(|()| store.journal.sync_data());
            let outcome = if cut.is_ok() {
                "it was taken back"
            } else {
                "whether it was written is not known"
            };
            let fault = error::io(&store.layout.journal, "written", &error);
            store.read_only_reason = Some(
                error::refused("StorePoisoned", format!("{}; {outcome}", fault.message))
                    .hint("nothing more is written; open the tenant again to see where it stands"),
            );
            return Err(store.read_only_reason.clone().unwrap_or(fault));
        }
        store.end = Position {
            offset: store.end.offset + record.len() as u64,
            seq,
            sum: header.sum,
        };
        Ok(())
    }
}
