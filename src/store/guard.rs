//! The writer's lock, held: catch up with others, commit, checkpoint.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::disk::{Access, DiskFile, Stat, read_from};
use super::journal::{self, Fault, Position};
use super::layout::Layout;
use super::record::{self, Content, Entry, Header, Mark};
use super::{Store, fault, history, snapshot, splice, unwritable};
use crate::diagnostic::Diagnostic;
use crate::tenant::Tenant;

/// The writer's lock, held. Given back when dropped.
pub struct Guard<'a> {
    pub(super) store: &'a mut Store,
    pub(super) _lock: Box<dyn DiskFile>,
    pub(super) news: Vec<Entry>,
}

/// A checkpoint that is in place and durable.
#[derive(Clone, Debug)]
pub struct Saved {
    pub path: PathBuf,
    /// The number that the file bears: every change up to it is in the file.
    pub sequence: u64,
    /// The size of the file.
    pub bytes: u64,
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
            return Err(fault::refused(
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

    /// Begins another journal file where the current one is full.
    fn rotate(&mut self) -> Result<(), Diagnostic> {
        let store = &mut *self.store;
        let path = &store.layout.journal;
        let Some(head) =
            history::first_of(&*store.journal).filter(|_| store.end.offset > store.full)
        else {
            return Ok(());
        };
        match history::rotate(&*store.disk, &store.layout, head.first, store.end) {
            Ok(Some((journal, end))) => {
                store.journal_stat = journal.stat().map_err(|e| fault::io(path, "read", &e))?;
                store.journal = journal;
                store.end = end;
                Ok(())
            }
            // It can't be begun here: the old one grows on, and the next checkpoint tries again.
            Ok(None) => Ok(()),
            Err(error) => {
                // The name may stand for either file now: only opening again tells.
                let fault = fault::io(path, "rotated", &error).hint("open the tenant again");
                store.barred = Some(fault.clone());
                Err(fault)
            }
        }
    }

    pub(super) fn read_news(&mut self, notice: &mut dyn FnMut(&str)) -> Result<(), Diagnostic> {
        let store = &mut *self.store;
        let path = &store.layout.journal;
        let bytes = read_from(&*store.journal, store.end.offset)
            .map_err(|e| fault::io(path, "read", &e))?;
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
                }
                // The same edit that this store found.
                Content::Rebase(mark) if mark == store.mark => store.rebase = false,
                Content::Rebase(_) => {
                    let fault = fault::refused(
                        "TenantEdited",
                        "another shell took over a hand edit of tenant.yaml",
                    )
                    .hint("open the tenant again");
                    store.barred = Some(fault.clone());
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
                    .map_err(|e| fault::io(path, "cut to its last whole record", &e))?;
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
        if !self.news.is_empty() {
            return Err(fault::refused(
                "NotCaughtUp",
                "others' changes were not yet taken in",
            ));
        }
        self.take_over_edit(entry.at)?;
        entry.seq = self.store.end.seq + 1;
        let body = record::entry_body(&entry).map_err(|e| unwritable(&e))?;
        self.append(entry.seq, body)?;
        self.store.last_entry = entry.seq;
        Ok(entry.seq)
    }

    /// Writes the tenant as the new snapshot. `tenant` must be the state after the last commit.
    pub fn checkpoint(&mut self, tenant: &Tenant, at: Timestamp) -> Result<Saved, Diagnostic> {
        if !self.news.is_empty() {
            return Err(fault::refused(
                "NotCaughtUp",
                "others' changes were not yet taken in",
            ));
        }
        self.own_snapshot()?;
        self.take_over_edit(at)?;
        let path = self.store.layout.tenant.clone();
        let seq = self.store.end.seq + 1;
        let text = self.next_snapshot(tenant, seq)?;
        let mark = snapshot::mark(seq, text.as_bytes());
        let temporary = Layout::temporary(&path);
        let disk = Arc::clone(&self.store.disk);
        let written = disk.open(&temporary, Access::Replace).and_then(|file| {
            file.dress_as(&*disk.open(&path, Access::Read)?)?;
            file.write_at(text.as_bytes(), 0)?;
            file.sync_data()
        });
        if let Err(error) = written {
            let _ = disk.remove(&temporary);
            return Err(fault::io(&temporary, "written", &error));
        }
        self.rotate()?;
        // Noted before it is done: else our own checkpoint would look like a hand edit.
        self.note(at, &Content::Checkpoint(mark))?;
        self.own_snapshot()?;
        disk.rename(&temporary, &path)
            .map_err(|e| fault::io(&path, "put in place", &e))?;
        self.store.mark = mark;
        self.store.begun = None;
        self.store.base = tenant.clone();
        self.store.based_on = mark;
        self.store.rebase = false;
        self.store.stat = disk.stat(&path).map_err(|e| fault::io(&path, "read", &e))?;
        let dir = self.store.layout.tenant_dir();
        disk.sync_dir(dir)
            .map_err(|e| fault::io(dir, "made durable", &e))?;
        self.note(at, &Content::Installed(seq))?;
        self.store.tail = self.store.end.offset;
        Ok(Saved {
            path,
            sequence: seq,
            bytes: mark.size,
        })
    }

    /// Notes a hand edit before anything is built on it: other shells then know that theirs is another tenant.
    fn take_over_edit(&mut self, at: Timestamp) -> Result<(), Diagnostic> {
        if self.store.rebase {
            let mark = self.store.mark;
            self.note(at, &Content::Rebase(mark))?;
            self.store.rebase = false;
        }
        Ok(())
    }

    /// tenant.yaml as it is, made to hold `tenant`.
    fn next_snapshot(&mut self, tenant: &Tenant, seq: u64) -> Result<String, Diagnostic> {
        let store = &mut *self.store;
        let path = &store.layout.tenant;
        let bytes = store
            .disk
            .open(path, Access::Read)
            .and_then(|file| read_from(&*file, 0))
            .map_err(|e| fault::io(path, "read", &e))?;
        if snapshot::mark(store.mark.sequence, &bytes) != store.mark {
            return Err(edited(path));
        }
        if store.based_on != store.mark {
            // Another shell made a checkpoint.
            store.base = snapshot::load(&*store.disk, path, bytes.clone())?.0;
            store.based_on = store.mark;
        }
        let spliced = match std::str::from_utf8(&bytes) {
            Ok(text) => splice::splice(text, &store.base, tenant, seq),
            Err(_) => Ok(None),
        };
        match spliced.map_err(|e| unwritable(&e))? {
            Some(text) => Ok(text),
            None => snapshot::render(tenant, seq).map_err(|e| unwritable(&e)),
        }
    }

    /// Refuses unless tenant.yaml is what we last read or wrote.
    fn own_snapshot(&mut self) -> Result<(), Diagnostic> {
        let store = &mut *self.store;
        let path = &store.layout.tenant;
        let stat = store
            .disk
            .stat(path)
            .map_err(|e| fault::io(path, "read", &e))?;
        if stat == store.stat {
            return Ok(());
        }
        let bytes = store
            .disk
            .open(path, Access::Read)
            .and_then(|file| read_from(&*file, 0))
            .map_err(|e| fault::io(path, "read", &e))?;
        let is = |known: &Mark| snapshot::mark(known.sequence, &bytes) == *known;
        if is(&store.mark) {
            store.stat = stat;
            return Ok(());
        }
        if let Some(begun) = store.begun.filter(is) {
            store.mark = begun;
            store.stat = stat;
            return Ok(());
        }
        Err(edited(path))
    }

    fn note(&mut self, at: Timestamp, content: &Content) -> Result<(), Diagnostic> {
        let seq = self.store.end.seq + 1;
        let body = record::note_body(seq, at, &self.store.holder.name, content)
            .map_err(|e| unwritable(&e))?;
        self.append(seq, body)
    }

    /// One write, one sync. A failure bars the store: whether the record will be there is not known.
    fn append(&mut self, seq: u64, body: String) -> Result<(), Diagnostic> {
        let store = &mut *self.store;
        if let Some(barred) = &store.barred {
            return Err(barred.clone());
        }
        let header = Header::of(store.end.sum, seq, &body);
        let mut record = body;
        record.insert_str(0, &header.render());
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
            let fault = fault::io(&store.layout.journal, "written", &error);
            store.barred = Some(
                fault::refused("StorePoisoned", format!("{}; {outcome}", fault.message))
                    .hint("nothing more is written; open the tenant again to see where it stands"),
            );
            return Err(store.barred.clone().unwrap_or(fault));
        }
        store.end = Position {
            offset: store.end.offset + record.len() as u64,
            seq,
            sum: header.sum,
        };
        Ok(())
    }
}

fn edited(path: &Path) -> Diagnostic {
    fault::refused(
        "TenantEdited",
        format!(
            "{} was changed by hand; it is not overwritten",
            path.display()
        ),
    )
    .about(path.display().to_string())
    .hint("open the tenant again to take the change over")
}
