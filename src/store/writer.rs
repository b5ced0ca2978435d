//! The writer's lock, held: catch up with others, commit.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::disk::{Access, Disk, DiskFile, Stat, read_from};
use super::journal::{self, Fault, Position};
use super::layout::Layout;
use super::lock::Lock;
use super::record::{self, Content, Entry, Header};
use super::{Store, error, history, unwritable};
use crate::diagnostic::Diagnostic;

/// The writer's lock, held. Given back when dropped.
pub struct Guard<'a> {
    pub(super) store: &'a mut Store,
    pub(super) lock: Lock,
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
        store.end.len = 0;
        store.tail = store.end.offset;
        store.journal = journal;
        store.journal_stat = stat;
        Ok(())
    }

    pub(super) fn read_news(&mut self, notice: &mut dyn FnMut(&str)) -> Result<(), Diagnostic> {
        let store = &mut *self.store;
        let path = &store.layout.journal;
        let is_whole = store.end.is_in(&*store.journal);
        if !is_whole.map_err(|e| error::io(path, "read", &e))? {
            return Err(replaced(path, store.end.seq));
        }
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
                let start = usize::try_from(scan.end.offset - store.end.offset);
                let remnant = bytes.get(start.unwrap_or(0)..).unwrap_or_default();
                let kept = keep(&*store.disk, &store.layout, scan.end.seq + 1, remnant)
                    .map_err(|e| error::io(path, "copied at its end", &e))?;
                store
                    .journal
                    .truncate(scan.end.offset)
                    .and_then(|()| store.journal.sync_data())
                    .map_err(|e| error::io(path, "cut to its last whole record", &e))?;
                let kept = kept.map(|name| format!(" and are kept as {}", name.display()));
                notice(&format!(
                    "{}; they were cut off{}",
                    history::torn(path, scan.end.seq, remnant.len() as u64),
                    kept.unwrap_or_default()
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
            self.sync_edit()?;
            self.keep_before_edit()?;
            let mark = self.store.mark;
            self.note(at, &Content::Rebase(mark))?;
            self.store.rebase = false;
            self.keep_edited();
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
        store.sync_dirs()?;
        let end = store.end.offset + record.len() as u64;
        if !store.ends_at(store.end.offset) || !store.end.is_in(&*store.journal).unwrap_or(false) {
            return Err(replaced(&store.layout.journal, store.end.seq));
        }
        let written = store
            .journal
            .write_at(record.as_bytes(), store.end.offset)
            .and_then(|()| store.journal.sync_data());
        if written.is_ok() && !store.ends_at(end) {
            // Another program changed the file in the middle of the write.
            store.read_only_reason = Some(replaced(&store.layout.journal, store.end.seq));
        }
        if let (Ok(()), Some(read_only_reason)) = (&written, &store.read_only_reason) {
            return Err(read_only_reason.clone());
        }
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
            offset: end,
            seq,
            sum: header.sum,
            len: header.len,
        };
        Ok(())
    }
}

impl Store {
    /// Whether the file that bears the journal's name is ours and has this many bytes.
    fn ends_at(&self, len: u64) -> bool {
        self.disk
            .stat(&self.layout.journal)
            .is_ok_and(|stat| stat.same_file(&self.journal_stat) && stat.len == len)
    }

    /// A rotation that a crash cut short may have left a journal whose name isn't on the disk: nothing is built on it.
    fn sync_dirs(&mut self) -> Result<(), Diagnostic> {
        if self.is_dir_synced {
            return Ok(());
        }
        let (journal, tenant) = (self.layout.journal_dir(), self.layout.tenant_dir());
        for dir in [Some(journal), Some(tenant).filter(|dir| *dir != journal)] {
            let Some(dir) = dir else { continue };
            self.disk
                .sync_dir(dir)
                .map_err(|e| error::io(dir, "made durable", &e))?;
        }
        self.is_dir_synced = true;
        Ok(())
    }
}

/// The journal isn't the one that this shell knows.
fn replaced(path: &Path, seq: u64) -> Diagnostic {
    error::refused(
        "JournalReplaced",
        format!(
            "{} was replaced or cut by another program: it no longer ends with record {seq}; nothing is written to it",
            path.display()
        ),
    )
    .about(path.display().to_string())
    .hint("put the journal back as it was and try again; or open the tenant again to go on from what is there now")
}

/// Keeps the bytes that are about to be cut off in a file of their own, unless they are nothing but zeros.
fn keep(disk: &dyn Disk, layout: &Layout, seq: u64, bytes: &[u8]) -> io::Result<Option<PathBuf>> {
    if bytes.iter().all(|byte| *byte == 0) {
        return Ok(None);
    }
    let mut names = (1..).map(|nth| layout.remnant(seq, nth));
    let Some(name) = names.find(|name| disk.stat(name).is_err()) else {
        return Ok(None);
    };
    let file = disk.open(&name, Access::Replace)?;
    file.write_at(bytes, 0)?;
    file.sync_data()?;
    disk.sync_dir(layout.journal_dir())?;
    Ok(Some(name))
}
