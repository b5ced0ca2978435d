//! The store: a tenant as YAML the admin owns, durable as a database.

mod checkpoint;
mod chunked_text;
mod disk;
mod error;
mod history;
mod history_queries;
mod journal;
mod layout;
mod lock;
mod outline;
mod recent_entries;
mod record;
mod snapshot;
mod splice;
mod verify;
mod writer;
pub mod yaml;

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use crate::diagnostic::Diagnostic;
use crate::tenant::Tenant;

pub use checkpoint::Saved;
pub use disk::{Access, Disk, DiskFile, RealDisk, Stat, read_from};
pub use history_queries::History;
pub use lock::Holder;
pub use record::Entry;
pub use verify::{Finding, Proof, Verdict, verify};
pub use writer::Guard;

use journal::{Head, Position};
use layout::Layout;
use record::{Content, Fingerprint, Header};

/// A tenant directory that was opened: its store, and the tenant as of the last record.
pub struct Opened {
    pub store: Store,
    pub tenant: Tenant,
    /// The entries since the snapshot, which are in the tenant.
    pub entries: Vec<Entry>,
    /// What the admin should know: a snapshot taken over, a checkpoint that had not ended.
    pub notices: Vec<String>,
}

/// The files of one tenant. Reading never locks; writing goes through [`Store::lock`].
pub struct Store {
    disk: Arc<dyn Disk>,
    layout: Layout,
    holder: Holder,
    journal: Box<dyn DiskFile>,
    /// The journal's identity when it was opened.
    journal_stat: Stat,
    end: Position,
    /// Where in the journal the records begin that the snapshot does not hold.
    tail: u64,
    /// The size at which a journal file is full.
    full: u64,
    /// What tenant.yaml was when it was last read or written by us.
    mark: Fingerprint,
    stat: Stat,
    /// The tenant as tenant.yaml holds it: what a checkpoint compares with. Shares all that did not change.
    base: Tenant,
    based_on: Fingerprint,
    /// A checkpoint, begun by anyone, that is not known to be in place.
    begun: Option<Fingerprint>,
    /// The snapshots that a checkpoint may have replaced which got no further: what stands under the temporary name is
    /// one of them, or an editor's.
    swapped: Vec<Fingerprint>,
    /// tenant.yaml was changed by hand and this is not yet in the journal.
    rebase: bool,
    /// The number of the last entry with changes.
    last_entry: u64,
    /// Why nothing may be written.
    read_only_reason: Option<Diagnostic>,
}

/// Makes a tenant directory. One that holds a tenant is left as it is.
pub fn create(
    disk: &Arc<dyn Disk>,
    dir: &Path,
    tenant: &Tenant,
    at: Timestamp,
    by: &str,
) -> Result<(), Diagnostic> {
    disk.make_dir(dir).map_err(|e| error::io(dir, "made", &e))?;
    let layout = Layout::of(&**disk, dir);
    let holder = Holder::new(by, at);
    let _lock = lock::take(&**disk, &layout, &holder, &mut |_| {})?;
    if disk.stat(&layout.tenant).is_ok() || holds_entries(&**disk, &layout)? {
        return Err(error::refused(
            "TenantExists",
            format!("{} already holds a tenant", dir.display()),
        )
        .about(dir.display().to_string())
        .hint("choose another directory; this one was left as it is"));
    }
    let text = snapshot::render(tenant, 1).map_err(|e| unwritable(&e))?;
    let mark = snapshot::mark(1, text.as_bytes());
    let head = Head {
        first: 1,
        after: mark.hash,
    };
    let mut first = head.render();
    let body =
        record::note_body(1, at, by, &Content::Checkpoint(mark)).map_err(|e| unwritable(&e))?;
    let body = &body[Header::ROOM.len()..];
    first.push_str(&Header::of(head.after, 1, body).render());
    first.push_str(body);

    // tenant.yaml comes last: where it is, everything is.
    if disk.stat(&layout.attributes).is_err() {
        write_new(&**disk, &layout.attributes, b"*.yaml text eol=lf\n")?;
    }
    write_new(&**disk, &layout.journal, first.as_bytes())?;
    write_new(&**disk, &layout.tenant, text.as_bytes())?;
    if let Some(parent) = layout.dir.parent() {
        // The directory itself may be new; a parent that can't be read can't be synced either.
        let _ = disk.sync_dir(parent);
    }
    Ok(())
}

/// Writes a file beside its place, makes it durable, and puts it there.
fn write_new(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    let temporary = Layout::temporary(path);
    let written = disk.open(&temporary, Access::Replace).and_then(|file| {
        file.write_at(bytes, 0)?;
        file.sync_data()
    });
    written.map_err(|e| error::io(&temporary, "written", &e))?;
    disk.rename(&temporary, path)
        .map_err(|e| error::io(path, "put in place", &e))?;
    let dir = path.parent().unwrap_or(path);
    disk.sync_dir(dir)
        .map_err(|e| error::io(dir, "made durable", &e))
}

/// Whether a journal without a tenant.yaml holds more than what an interrupted `create` leaves.
fn holds_entries(disk: &dyn Disk, layout: &Layout) -> Result<bool, Diagnostic> {
    let Ok(file) = disk.open(&layout.journal, Access::Read) else {
        return Ok(false);
    };
    let bytes = read_from(&*file, 0).map_err(|e| error::io(&layout.journal, "read", &e))?;
    let records = bytes
        .windows(Header::START.len())
        .filter(|w| *w == Header::START.as_bytes())
        .count();
    Ok(records > 1)
}

fn unwritable(error: &yaml::emit::Unwritable) -> Diagnostic {
    error::refused("Unwritable", error.to_string())
}

impl Store {
    /// Opens a tenant directory, and reads what others wrote. Nothing is written.
    pub fn open(disk: Arc<dyn Disk>, dir: &Path, holder: Holder) -> Result<Opened, Diagnostic> {
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
        let (base, mark) = snapshot::load(&*disk, &layout.tenant, &*file)?;

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
                read_only_reason = Some(error::refused("OldSnapshot", format!(
                    "{name} is the snapshot of record {seq}, older than that of record {installed}"
                )).hint(format!("put the newer file back; or, to go back to this older state, set its `sequence` to {}", end.position.seq)));
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
        let conflicts = match &read_only_reason {
            None => history_queries::replay(&mut tenant, &entries),
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
        } else if rebase {
            notices.push(format!(
                "{name} was changed by hand; the changes are taken over"
            ));
        }
        read_only_reason = end.damage.or(read_only_reason);
        // Only where the last checkpoint is in place can its predecessor, or an edit, be under the temporary name.
        let swapped = match begun == Some(mark) {
            true => marks.iter().map(|(_, known)| *known).collect(),
            false => Vec::new(),
        };
        notices.extend(read_only_reason.iter().map(ToString::to_string));
        let store = Self {
            disk,
            layout,
            holder,
            journal,
            journal_stat,
            end: end.position,
            tail,
            full: history::FULL,
            mark,
            stat,
            based_on: mark,
            base,
            begun: begun.filter(|begun| *begun != mark),
            swapped,
            rebase,
            last_entry,
            read_only_reason,
        };
        Ok(Opened {
            store,
            tenant,
            entries,
            notices,
        })
    }

    /// Why nothing may be written, if so; the tenant can still be read.
    pub fn read_only_reason(&self) -> Option<&Diagnostic> {
        self.read_only_reason.as_ref()
    }

    /// Sets the size at which a journal file is full; a checkpoint then begins another.
    pub fn rotate_at(&mut self, bytes: u64) {
        self.full = bytes;
    }

    /// The number of the last record.
    pub fn end_seq(&self) -> u64 {
        self.end.seq
    }

    /// Whether something is not yet in tenant.yaml.
    pub fn is_pending(&self) -> bool {
        self.last_entry > self.mark.sequence || self.rebase
    }

    /// Whether a checkpoint is due: the journal has grown long, or a small tenant is left with changes pending.
    pub fn wants_checkpoint(&self, at_exit: bool) -> bool {
        const LONG: u64 = 8 << 20;
        let tail = self.end.offset.saturating_sub(self.tail);
        let due = tail > LONG || (at_exit && self.mark.size < LONG);
        self.read_only_reason.is_none() && self.is_pending() && due
    }

    /// Takes the writer's lock; `notice` hears of a wait, of a torn tail that was cut off.
    pub fn lock(&mut self, notice: &mut dyn FnMut(&str)) -> Result<Guard<'_>, Diagnostic> {
        if let Some(read_only_reason) = &self.read_only_reason {
            return Err(read_only_reason.clone());
        }
        let lock = lock::take(&*self.disk, &self.layout, &self.holder, notice)?;
        let path = &self.layout.journal;
        let journal = self
            .disk
            .open(path, Access::Write)
            .map_err(|e| error::io(path, "opened for writing", &e))?;
        let stat = journal.stat().map_err(|e| error::io(path, "read", &e))?;
        let newer = if stat.same_file(&self.journal_stat) {
            self.journal = journal;
            None
        } else {
            Some((journal, stat))
        };
        let mut guard = Guard {
            store: self,
            _lock: lock,
            news: Vec::new(),
        };
        guard.read_news(notice)?;
        if let Some((journal, stat)) = newer {
            guard.follow(journal, stat)?;
            guard.read_news(notice)?;
        }
        Ok(guard)
    }
}
