//! What the journal knows: its entries, played forward and taken back.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::disk::Access;
use super::record::{Content, Entry};
use super::{Opened, Store, error, history};
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::Tenant;

/// The journal as it is on the disk, what others wrote included.
#[derive(Clone, Debug)]
pub struct History {
    /// From the number asked for, in order.
    pub entries: Vec<Entry>,
    /// The first record that is still there; those before it are in files that are gone.
    pub first: u64,
    /// The last record, whatever it is.
    pub last: u64,
    /// All records read, the store's own notes included.
    pub records: usize,
    /// The record that took over the latest hand edit; 0 where there is none.
    pub rebased: u64,
    /// The checksum of the record that was asked for, where it is still there.
    pub sum: Option<u64>,
}

impl Store {
    /// The directory of the tenant.
    pub fn dir(&self) -> &Path {
        &self.layout.dir
    }

    /// Where tenant.yaml is, symbolic links resolved.
    pub fn path(&self) -> &Path {
        &self.layout.tenant
    }

    /// The files that only the store writes.
    pub fn own_files(&self) -> Vec<PathBuf> {
        let layout = &self.layout;
        vec![
            layout.tenant.clone(),
            layout.journal.clone(),
            layout.lock.clone(),
        ]
    }

    /// The journal's entries from number `from` on, whether or not the snapshot holds them.
    ///
    /// # Errors
    /// Where the journal can't be read, or is damaged.
    pub fn entries(&self, from: u64) -> Result<Vec<Entry>, Diagnostic> {
        Ok(self.history(from)?.entries)
    }

    /// The same, with what the journal is as a whole. The checksum chain of all that is read is verified.
    ///
    /// # Errors
    /// Where the journal can't be read, or is damaged.
    pub fn history(&self, from: u64) -> Result<History, Diagnostic> {
        let path = &self.layout.journal;
        // By its name: another shell may have begun a new file.
        let journal = self
            .disk
            .open(path, Access::Read)
            .map_err(|e| error::io(path, "opened", &e))?;
        // What is shown must not vanish.
        journal
            .sync_data()
            .map_err(|e| error::io(path, "made durable", &e))?;
        let mut history = History {
            entries: Vec::new(),
            first: 0,
            last: 0,
            records: 0,
            rebased: 0,
            sum: None,
        };
        let end = history::walk(&*self.disk, &self.layout, &*journal, from, &mut |met| {
            history.records += 1;
            if met.seq == from {
                history.sum = Some(met.sum);
            }
            match met.content {
                Some(Content::Entry(entry)) if entry.seq >= from => history.entries.push(entry),
                Some(Content::Rebase(_)) => history.rebased = met.seq,
                _ => {}
            }
        })?;
        if let Some(damage) = end.damage {
            return Err(damage);
        }
        history.first = end.begins;
        history.last = end.position.seq;
        Ok(history)
    }

    /// Opens the same directory anew, as it is on the disk now.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn reopen(&self) -> Result<Opened, Diagnostic> {
        Self::open(
            Arc::clone(&self.disk),
            &self.layout.dir,
            self.holder.clone(),
        )
    }

    /// The record up to which changes can be taken back: a hand edit has no inverse.
    pub fn floor(&self, history: &History) -> u64 {
        match self.rebase {
            true => self.mark.sequence.max(history.rebased),
            false => history.rebased,
        }
    }
}

impl Opened {
    /// The tenant as it was when `number` was the last record.
    ///
    /// # Errors
    /// `NoSuchChange` beyond the last record; where a hand edit or a missing file cuts the way back; where the
    /// tenant isn't what the journal says.
    pub fn past(&self, number: u64) -> Result<Tenant, Diagnostic> {
        let store = &self.store;
        if let Some(read_only_reason) = store.read_only_reason() {
            return Err(read_only_reason.clone());
        }
        let last = store.end_seq();
        if number > last {
            return Err(Diagnostic::new(
                "NoSuchChange",
                Category::NotFound,
                format!("there is no change {number}: the last record is {last}"),
            )
            .about(number.to_string())
            .hint("Get-Change lists the changes"));
        }
        let history = store.history(number + 1)?;
        let floor = store.floor(&history);
        if number < floor {
            return Err(error::refused(
                "HandEdited",
                format!(
                    "the tenant as of change {number} is not known: tenant.yaml was changed by hand at record {floor}"
                ),
            )
            .about(number.to_string())
            .hint("compare with a copy of the directory, such as one from git or a backup"));
        }
        if history.first > number + 1 {
            return Err(history::missing(&store.layout, number + 1, history.first));
        }
        let mut past = self.tenant.clone();
        let entries = history.entries.iter().filter(|entry| entry.seq <= last);
        take_back(&mut past, entries)?;
        Ok(past)
    }
}

/// Applies the inverses of entries, the latest first.
///
/// # Errors
/// The first that doesn't find what it says it made.
pub(super) fn take_back<'e>(
    tenant: &mut Tenant,
    entries: impl DoubleEndedIterator<Item = &'e Entry>,
) -> Result<(), Diagnostic> {
    for entry in entries.rev() {
        for change in entry.changes.iter().rev() {
            tenant.apply(&change.clone().inverse()).map_err(|misfit| {
                let about = misfit.target.clone().unwrap_or_default();
                error::refused(
                    "JournalMismatch",
                    format!("record {}: {}: {about}", entry.seq, misfit.message),
                )
            })?;
        }
    }
    Ok(())
}

/// Applies entries in order; what doesn't fit is listed.
pub(super) fn replay(tenant: &mut Tenant, entries: &[Entry]) -> Vec<String> {
    let mut conflicts = Vec::new();
    for entry in entries {
        for change in &entry.changes {
            if let Err(fault) = tenant.apply(change) {
                conflicts.push(format!("record {}: {}", entry.seq, fault.message));
            }
        }
    }
    conflicts
}
