//! The store: a tenant as YAML the admin owns, durable as a database.

mod checkpoint;
mod chunked_text;
mod create;
mod disk;
mod edit;
mod error;
mod history;
mod history_queries;
mod journal;
mod layout;
mod lock;
mod open;
mod outline;
mod previous;
mod recent_entries;
mod record;
mod salvage;
mod snapshot;
mod splice;
mod verify;
mod writer;
pub mod yaml;

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::tenant::Tenant;

pub use checkpoint::Saved;
pub use create::create;
pub use disk::{Access, Disk, DiskFile, RealDisk, Stat, read_from};
pub use edit::Edit;
pub use history_queries::History;
pub use lock::Holder;
pub use previous::has_last_good;
pub use record::Entry;
pub use salvage::{Salvaged, salvage};
pub use verify::{Finding, Proof, Verdict, verify};
pub use writer::Guard;

use journal::Position;
use layout::Layout;
use record::Fingerprint;

/// A tenant directory that was opened: its store, and the tenant as of the last record.
pub struct Opened {
    pub store: Store,
    pub tenant: Tenant,
    /// The entries since the snapshot, which are in the tenant.
    pub entries: Vec<Entry>,
    /// What the admin should know: a snapshot taken over, a checkpoint that had not ended.
    pub notices: Vec<String>,
    /// Another program at work may be the reason for that.
    is_doubtful: bool,
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
    /// What happened to the names in its directories is on the disk.
    is_dir_synced: bool,
    /// Where in the journal the records begin that the snapshot does not hold.
    tail: u64,
    /// The size at which a journal file is full.
    full: u64,
    /// What tenant.yaml was when it was last read or written by us.
    mark: Fingerprint,
    stat: Stat,
    /// The tenant as tenant.yaml holds it: what a checkpoint compares with. Shares all that did not change.
    base: Tenant,
    /// Every block of that file is in canonical form.
    is_canonical: bool,
    based_on: Fingerprint,
    /// A checkpoint, begun by anyone, that is not known to be in place.
    begun: Option<Fingerprint>,
    /// The snapshots that a checkpoint may have replaced which got no further: what stands under the temporary name is
    /// one of them, or an editor's.
    swapped: Vec<Fingerprint>,
    /// tenant.yaml was changed by hand and this is not yet in the journal.
    rebase: bool,
    /// What that does to the tenant.
    edit: Option<Edit>,
    /// The number of the last entry with changes.
    last_entry: u64,
    /// Why nothing may be written.
    read_only_reason: Option<Diagnostic>,
}

fn unwritable(error: &yaml::emit::Unwritable) -> Diagnostic {
    error::refused("Unwritable", error.to_string())
}

impl Store {
    /// Why nothing may be written, if so; the tenant can still be read.
    pub fn read_only_reason(&self) -> Option<&Diagnostic> {
        self.read_only_reason.as_ref()
    }

    /// Sets the size at which a journal file is full; a checkpoint then begins another.
    pub fn rotate_at(&mut self, bytes: u64) {
        self.full = bytes;
    }

    /// Says who acts: the store's own notes and the lock bear the name.
    pub fn act_as(&mut self, name: &str) {
        if !name.is_empty() && self.holder.name != name {
            self.holder.name = name.to_owned();
        }
    }

    /// The number of the last record.
    pub fn end_seq(&self) -> u64 {
        self.end.seq
    }

    /// The checksum of the last record, which hangs on all before it.
    pub fn end_sum(&self) -> u64 {
        self.end.sum
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
        self.check_edit()?;
        let lock = lock::take(&*self.disk, &self.layout, &self.holder, true, notice)?;
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
            lock,
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
