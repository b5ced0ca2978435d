//! A tenant directory opened: the snapshot, the journal behind it, and whether they belong together.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::disk::{Access, Disk};
use super::layout::Layout;
use super::record::Content;
use super::{Edit, Holder, Opened, Store, error, history, history_queries, lock, snapshot};
use crate::diagnostic::Diagnostic;

/// How often the files are read again beside a shell that makes checkpoints one after the other.
const READ_AGAIN: u32 = 50;

/// As long as a write of the ordinary size takes.
const MOMENT: Duration = Duration::from_millis(20);

impl Store {
    /// Opens a tenant directory, and reads what others wrote. Nothing is written.
    ///
    /// No lock is taken. The snapshot is read first, so the journal holds every record that it was made of; where another
    /// shell put a newer one in place in between, both are read again.
    ///
    /// # Errors
    /// A file is missing, can't be read, or holds no tenant.
    pub fn open(disk: Arc<dyn Disk>, dir: &Path, holder: Holder) -> Result<Opened, Diagnostic> {
        for _ in 0..READ_AGAIN {
            let opened = Self::open_once(Arc::clone(&disk), dir, holder.clone())?;
            if opened.is_doubtful && opened.store.has_moved_on() {
                continue;
            }
            return Ok(opened);
        }
        Self::open_once(disk, dir, holder)
    }

    /// Whether another shell changed the files since they were read, or is about to: it then gets a moment.
    fn has_moved_on(&self) -> bool {
        let moved = || {
            let stat = self.disk.stat(&self.layout.tenant);
            let journal = self.disk.stat(&self.layout.journal);
            stat.is_ok_and(|stat| stat != self.stat)
                || journal.is_ok_and(|journal| journal != self.journal_stat)
        };
        if moved() {
            return true;
        }
        let at_work = lock::is_held(&*self.disk, &self.layout);
        if at_work {
            std::thread::sleep(MOMENT);
        }
        at_work || moved()
    }

    fn open_once(disk: Arc<dyn Disk>, dir: &Path, holder: Holder) -> Result<Opened, Diagnostic> {
        let layout = Layout::of(&*disk, dir);
        let mut notices = Vec::new();
        // The snapshot first: the journal, read later, then holds the record of it.
        let file = disk.open(&layout.tenant, Access::Read).map_err(|e| {
            let fault = error::io(&layout.tenant, "opened", &e);
            match e.kind() {
                std::io::ErrorKind::NotFound => fault.hint(format!(
                    "make a tenant there with: tenantsh init {}",
                    dir.display()
                )),
                _ => fault,
            }
        })?;
        let stat = file
            .stat()
            .map_err(|e| error::io(&layout.tenant, "read", &e))?;
        let snapshot::Loaded {
            tenant: base,
            mark,
            is_canonical,
        } = snapshot::load(&*disk, &layout.tenant, &*file)?;

        let path = &layout.journal;
        let journal = disk.open(path, Access::Read).map_err(|e| {
            error::io(path, "opened", &e)
                .hint("a tenant is both its files: put the journal back from a backup or from git")
        })?;
        // What is shown must not vanish: a record that a crashed writer left may not be on the disk yet.
        journal
            .sync_data()
            .map_err(|e| error::io(path, "made durable", &e))?;
        let journal_stat = journal.stat().map_err(|e| error::io(path, "read", &e))?;
        let mut marks = Vec::new();
        let mut installed = 0;
        let mut rebased = 0;
        let mut begun = None;
        let mut entries = Vec::new();
        let mut last_entry = 0;
        let mut tail = None;
        let from = mark.sequence;
        let end = history::walk(
            &*disk,
            &layout,
            &*journal,
            from,
            &mut |met| match met.content {
                Some(Content::Checkpoint(mark)) => {
                    marks.push((met.seq, mark));
                    begun = Some(mark);
                }
                Some(Content::Installed(number)) => {
                    installed = number;
                    begun = None;
                }
                Some(Content::Rebase(mark)) => {
                    marks.push((met.seq, mark));
                    installed = met.seq;
                    rebased = met.seq;
                }
                Some(Content::Entry(entry)) if entry.seq > from => {
                    last_entry = entry.seq;
                    tail = tail.or(met.offset);
                    entries.push(entry);
                }
                Some(Content::Entry(_)) | None => last_entry = met.seq,
            },
        )?;
        let tail = tail.unwrap_or(end.position.offset);

        let mut read_only_reason = None;
        let mut rebase = false;
        let name = layout.tenant.display();
        let known = marks
            .iter()
            .rev()
            .find(|(_, known)| *known == mark)
            .map(|(seq, _)| *seq);
        match known {
            Some(seq) if seq < installed => {
                let fault = error::refused(
                    "OldSnapshot",
                    format!(
                        "{name} is the snapshot of record {seq}, older than that of record {installed}"
                    ),
                );
                read_only_reason = Some(match rebased > seq {
                    true => fault.hint("put the newer file back"),
                    // The changes since are all in the journal.
                    false => fault.hint("put the newer file back; what you see holds every change of the journal. Undo-Change takes changes back"),
                });
            }
            Some(seq) => {
                if marks.last().is_some_and(|(last, _)| *last > seq) {
                    notices.push(format!(
                        "a checkpoint of {name} had not ended; the journal was replayed instead"
                    ));
                }
            }
            None if mark.sequence > end.position.seq => {
                read_only_reason = Some(
                    error::refused(
                        "JournalLost",
                        format!(
                            "{name} is at record {}, but the journal ends at record {}",
                            mark.sequence, end.position.seq
                        ),
                    )
                    .hint("put the journal back from a backup"),
                );
            }
            None => rebase = true,
        }
        if end.begins > from + 1 {
            read_only_reason = Some(history::missing(&layout, from + 1, end.begins));
        }
        let mut tenant = base.clone();
        let is_known = known.is_some_and(|seq| rebased <= seq);
        let conflicts = match &read_only_reason {
            None => history_queries::replay(&mut tenant, &entries),
            Some(fault) if fault.id == "OldSnapshot" && is_known => {
                history_queries::replay(&mut tenant, &entries)
            }
            Some(_) => Vec::new(),
        };
        if let Some(first) = conflicts.first() {
            let fault = if rebase {
                error::refused(
                    "EditConflict",
                    format!(
                        "{name} was changed by hand, and {} of the changes that the journal holds after record {} no longer fit it: {first}",
                        conflicts.len(),
                        mark.sequence
                    ),
                )
                .hint("put the file back, open and save the tenant, then make the edit again")
            } else {
                error::damage(path, format!("the journal doesn't fit {name}: {first}"))
            };
            read_only_reason = Some(
                conflicts
                    .iter()
                    .skip(1)
                    .take(20)
                    .fold(fault, |fault, conflict| {
                        fault.note(conflict.clone(), None, None)
                    }),
            );
            tenant = base.clone();
            rebase = false;
        }
        let mut edit = None;
        if rebase {
            let last = marks.last().map(|(_, last)| *last);
            let found = Edit::find(&*disk, &layout, &tenant, mark, last);
            if !found.is_doubtful() {
                let kept = match found.takes_away() {
                    true => format!("; what was before is kept as {name}.before-…"),
                    false => String::new(),
                };
                notices.push(format!(
                    "{name} was changed by hand; the changes are taken over: {found}{kept}"
                ));
            }
            edit = Some(found);
        }
        read_only_reason = end.damage.or(read_only_reason);
        // Only where the last checkpoint is in place can its predecessor, or an edit, be under the temporary name.
        let swapped = match begun == Some(mark) {
            true => marks.iter().map(|(_, known)| *known).collect(),
            false => Vec::new(),
        };
        if end.torn > 0 {
            notices.push(history::torn(path, end.position.seq, end.torn));
        }
        notices.extend(read_only_reason.iter().map(ToString::to_string));
        let store = Self {
            disk,
            layout,
            holder,
            journal,
            journal_stat,
            end: end.position,
            is_dir_synced: false,
            tail,
            full: history::FULL,
            mark,
            stat,
            based_on: mark,
            base,
            is_canonical,
            begun: begun.filter(|begun| *begun != mark),
            swapped,
            rebase,
            edit,
            last_entry,
            read_only_reason,
        };
        Ok(Opened {
            is_doubtful: store.read_only_reason.is_some() || store.begun.is_some() || end.torn > 0,
            store,
            tenant,
            entries,
            notices,
        })
    }
}
