//! A checkpoint: tenant.yaml written anew beside its place, noted, and swapped in.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::chunked_text::Pieces;
use super::disk::{Access, Stat, read_from};
use super::layout::Layout;
use super::record::{Content, Fingerprint};
use super::writer::Guard;
use super::{error, history, snapshot, splice, unwritable};
use crate::diagnostic::Diagnostic;
use crate::tenant::Tenant;

/// A checkpoint that is in place and durable.
#[derive(Clone, Debug)]
pub struct Saved {
    pub path: PathBuf,
    /// The number that the file bears: every change up to it is in the file.
    pub sequence: u64,
    /// The size of the file.
    pub bytes: u64,
    /// Versions of the file that an editor put there while it was being replaced: kept under these names.
    pub kept: Vec<PathBuf>,
}

impl Guard<'_> {
    /// Writes the tenant as the new snapshot. `tenant` must be the state after the last commit.
    ///
    /// # Errors
    /// tenant.yaml was changed by hand since it was read, or a file can't be written. Commits are untouched by that.
    pub fn checkpoint(&mut self, tenant: &Tenant, at: Timestamp) -> Result<Saved, Diagnostic> {
        self.write_snapshot(tenant, at, false)
    }

    /// The same in canonical layout, with the comments of the file.
    ///
    /// # Errors
    /// As for a checkpoint.
    pub fn format(&mut self, tenant: &Tenant, at: Timestamp) -> Result<Saved, Diagnostic> {
        self.write_snapshot(tenant, at, true)
    }

    /// What [`Guard::format`] would replace, and by what.
    ///
    /// # Errors
    /// As for a checkpoint.
    pub fn formatted(&mut self, tenant: &Tenant) -> Result<(String, String), Diagnostic> {
        self.is_caught_up()?;
        self.own_snapshot()?;
        let seq = self.store.mark.sequence;
        let own = self.read_snapshot()?;
        let (next, _) = self.next_snapshot(&own, tenant, seq, true)?;
        let next = next.to_text();
        let own = String::from_utf8_lossy(&own).into_owned();
        Ok((own, next))
    }

    fn write_snapshot(
        &mut self,
        tenant: &Tenant,
        at: Timestamp,
        anew: bool,
    ) -> Result<Saved, Diagnostic> {
        self.is_caught_up()?;
        self.own_snapshot()?;
        let mut kept = Vec::from_iter(self.put_aside(None)?);
        self.take_over_edit(at)?;
        let path = self.store.layout.tenant.clone();
        let seq = self.store.end.seq + 1;
        let own = self.read_snapshot()?;
        let (next, is_canonical) = self.next_snapshot(&own, tenant, seq, anew)?;
        let mark = next.mark(seq);
        let temporary = Layout::temporary(&path);
        let disk = Arc::clone(&self.store.disk);
        let written = disk.open(&temporary, Access::Replace).and_then(|file| {
            file.copy_ownership(&*disk.open(&path, Access::Read)?)?;
            next.write_to(&*file)?;
            file.sync_data()
        });
        drop(next);
        drop(own);
        if let Err(error) = written {
            let _ = disk.remove(&temporary);
            return Err(error::io(&temporary, "written", &error));
        }
        self.rotate()?;
        // Noted before it is done: else our own checkpoint would look like a hand edit.
        self.note(at, &Content::Checkpoint(mark))?;
        let replaced = self.swap_in(&temporary, &path)?;
        let store = &mut *self.store;
        store.mark = mark;
        store.begun = None;
        store.base = tenant.clone();
        store.is_canonical = is_canonical;
        store.based_on = mark;
        store.rebase = false;
        store.stat = disk.stat(&path).map_err(|e| error::io(&path, "read", &e))?;
        let dir = store.layout.tenant_dir();
        disk.sync_dir(dir)
            .map_err(|e| error::io(dir, "made durable", &e))?;
        kept.extend(self.put_aside(replaced)?);
        self.note(at, &Content::Installed(seq))?;
        self.store.tail = self.store.end.offset;
        Ok(Saved {
            path,
            sequence: seq,
            bytes: mark.size,
            kept,
        })
    }

    /// Puts the new file in its place, by exchange where the file system can: whatever an editor wrote since the last
    /// look is then in the temporary file's place and not lost. Gives what the file known to us was, if so.
    fn swap_in(&mut self, temporary: &Path, path: &Path) -> Result<Option<Stat>, Diagnostic> {
        let disk = Arc::clone(&self.store.disk);
        match disk.exchange(temporary, path) {
            Ok(()) => {
                self.store.swapped = vec![self.store.mark];
                Ok(Some(self.store.stat))
            }
            Err(error) if cannot(&error) => {
                // An edit between this look and the rename would be lost: a window of microseconds.
                self.own_snapshot()?;
                let previous = Layout::previous(path);
                let _ = disk.remove(&previous);
                let _ = disk.link(path, &previous);
                disk.rename(temporary, path)
                    .map_err(|e| error::io(path, "put in place", &e))?;
                Ok(None)
            }
            Err(error) => Err(error::io(path, "put in place", &error)),
        }
    }

    /// What an exchange left under the temporary name: removed if it was ours, else kept under a name of its own.
    fn put_aside(&mut self, replaced: Option<Stat>) -> Result<Option<PathBuf>, Diagnostic> {
        let store = &mut *self.store;
        if store.swapped.is_empty() {
            return Ok(None);
        }
        let disk = &store.disk;
        let path = &store.layout.tenant;
        let temporary = Layout::temporary(path);
        let unread = |e: io::Error| error::io(&temporary, "read", &e);
        let stat = match disk.stat(&temporary) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                store.swapped.clear();
                return Ok(None);
            }
            other => other.map_err(unread)?,
        };
        // Changing names changes the time of the metadata and nothing else.
        let same = |old: Stat| {
            stat == Stat {
                changed: stat.changed,
                ..old
            }
        };
        let ours = replaced.is_some_and(same) || {
            let file = disk.open(&temporary, Access::Read).map_err(unread)?;
            let bytes = read_from(&*file, 0).map_err(unread)?;
            let is = |known: &Fingerprint| snapshot::mark(known.sequence, &bytes) == *known;
            store.swapped.iter().any(is)
        };
        let mut kept = None;
        if ours {
            // The last good state, should anything happen to the new file.
            if disk.rename(&temporary, &Layout::previous(path)).is_err() {
                let _ = disk.remove(&temporary);
            }
        } else {
            let name = free_name(
                |name| disk.stat(name).is_ok(),
                |which| Layout::conflict(path, which),
                store.mark.sequence,
            );
            disk.rename(&temporary, &name)
                .map_err(|e| error::io(&name, "put in place", &e))?;
            let dir = store.layout.tenant_dir();
            disk.sync_dir(dir)
                .map_err(|e| error::io(dir, "made durable", &e))?;
            kept = Some(name);
        }
        store.swapped.clear();
        Ok(kept)
    }

    /// The bytes of tenant.yaml, which hold `store.base`.
    fn read_snapshot(&mut self) -> Result<Vec<u8>, Diagnostic> {
        let store = &mut *self.store;
        let path = &store.layout.tenant;
        let unread = |e| error::io(path, "read", &e);
        let file = store.disk.open(path, Access::Read).map_err(unread)?;
        if store.based_on != store.mark {
            // Another shell made a checkpoint.
            let loaded = snapshot::load(&*store.disk, path, &*file)?;
            store.base = loaded.tenant;
            store.is_canonical = loaded.is_canonical;
            store.based_on = loaded.mark;
        }
        let bytes = read_from(&*file, 0).map_err(unread)?;
        if snapshot::mark(store.mark.sequence, &bytes) != store.mark || store.based_on != store.mark
        {
            return Err(edited(path));
        }
        Ok(bytes)
    }

    /// These bytes made to hold `tenant`, and whether all of it is in canonical form.
    fn next_snapshot<'t>(
        &self,
        own: &'t [u8],
        tenant: &Tenant,
        seq: u64,
        anew: bool,
    ) -> Result<(Pieces<'t>, bool), Diagnostic> {
        let store = &*self.store;
        let path = &store.layout.tenant;
        let text = std::str::from_utf8(own)
            .map_err(|_| splice::not_read_back(&path.display().to_string()))?;
        if anew {
            return anew_text(path, text, tenant, seq);
        }
        next_text(path, text, (&store.base, store.is_canonical), tenant, seq)
    }

    /// Refuses unless tenant.yaml is what we last read or wrote.
    pub(super) fn own_snapshot(&mut self) -> Result<(), Diagnostic> {
        let store = &mut *self.store;
        let path = &store.layout.tenant;
        let stat = store
            .disk
            .stat(path)
            .map_err(|e| error::io(path, "read", &e))?;
        if stat == store.stat {
            return Ok(());
        }
        let bytes = store
            .disk
            .open(path, Access::Read)
            .and_then(|file| read_from(&*file, 0))
            .map_err(|e| error::io(path, "read", &e))?;
        let is = |known: &Fingerprint| snapshot::mark(known.sequence, &bytes) == *known;
        if is(&store.mark) {
            store.stat = stat;
            return Ok(());
        }
        if let Some(begun) = store.begun.filter(is) {
            // Whoever began it got as far as the exchange and no further.
            store.swapped.push(store.mark);
            store.mark = begun;
            store.stat = stat;
            return Ok(());
        }
        Err(edited(path))
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
        match history::rotate(
            &*store.disk,
            &store.layout,
            head.first,
            store.end,
            &mut self.lock,
        ) {
            Ok(Some((journal, end))) => {
                store.journal_stat = journal.stat().map_err(|e| error::io(path, "read", &e))?;
                store.journal = journal;
                store.end = end;
                Ok(())
            }
            // It can't be begun here: the old one grows on, and the next checkpoint tries again.
            Ok(None) => Ok(()),
            Err(error) => {
                // The name may stand for either file now: only opening again tells.
                let fault = error::io(path, "rotated", &error).hint("open the tenant again");
                store.read_only_reason = Some(fault.clone());
                Err(fault)
            }
        }
    }
}

/// The text of the next snapshot made from that of one, which holds `base` and is in canonical form or not; and whether the
/// new one is.
///
/// Invariant: what is given reads back as the tenant. Where each block of a file is canonical, it means the same
/// wherever it is, and the blocks that were written anew are all that need reading; else the whole is read.
///
/// # Errors
/// `NotReadBack`, and nothing is to be written.
pub(super) fn next_text<'t>(
    path: &Path,
    text: &'t str,
    (base, is_canonical): (&Tenant, bool),
    tenant: &Tenant,
    seq: u64,
) -> Result<(Pieces<'t>, bool), Diagnostic> {
    let next = match splice::splice(text, base, tenant, seq)? {
        Some(spliced) if is_canonical && spliced.is_canonical => {
            return Ok((spliced.text, true));
        }
        Some(spliced) => spliced.text,
        None => return anew_text(path, text, tenant, seq),
    };
    let is_canonical = snapshot::check(path, &next.to_text(), tenant)?;
    Ok((next, is_canonical))
}

/// The same in canonical layout, with the comments of the text.
fn anew_text(
    path: &Path,
    text: &str,
    tenant: &Tenant,
    seq: u64,
) -> Result<(Pieces<'static>, bool), Diagnostic> {
    let whole = splice::render_with_comments(text, tenant, seq).map_err(|e| unwritable(&e))?;
    let is_canonical = snapshot::check(path, &whole, tenant)?;
    let mut next = Pieces::default();
    next.new_text(&whole);
    Ok((next, is_canonical))
}

fn cannot(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput
    )
}

/// `tenant.yaml.conflict-1042`, or one with a further number.
pub(super) fn free_name(
    is_taken: impl Fn(&Path) -> bool,
    name: impl Fn(&str) -> PathBuf,
    sequence: u64,
) -> PathBuf {
    let first = name(&sequence.to_string());
    let mut names = (2..).map(|n: u64| name(&format!("{sequence}-{n}")));
    match is_taken(&first) {
        false => first,
        true => names.find(|name| !is_taken(name)).unwrap_or(first),
    }
}

pub(super) fn edited(path: &Path) -> Diagnostic {
    error::refused(
        "TenantEdited",
        format!(
            "{} was changed by hand; it is not overwritten",
            path.display()
        ),
    )
    .about(path.display().to_string())
    .hint("open the tenant again to take the change over")
}
