//! The last good state: the snapshot before the present one, kept under a name of its own, and the journal after it.

use std::path::Path;
use std::sync::Arc;

use super::disk::{Access, Disk, DiskFile, Stat, read_from};
use super::journal::Position;
use super::layout::Layout;
use super::record::{Content, Entry, Fingerprint};
use super::{Holder, Opened, Store, checkpoint, error, history, history_queries, snapshot};
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::Tenant;

/// What the tenant was at the journal's end, whatever happened to tenant.yaml since.
pub(super) struct LastGood {
    pub tenant: Tenant,
    /// The entries since the snapshot that is kept.
    pub entries: Vec<Entry>,
    pub end: Position,
    journal: Box<dyn DiskFile>,
    journal_stat: Stat,
    /// The text of that snapshot, and what it holds.
    text: Vec<u8>,
    base: Tenant,
    mark: Fingerprint,
    is_canonical: bool,
    /// The snapshot that was put in place last.
    last: Fingerprint,
}

impl LastGood {
    /// Reads the snapshot that is kept and the journal after it. Nothing is written.
    ///
    /// # Errors
    /// There is none, it is not one that the journal knows, or a hand edit that was taken over since isn't in it.
    pub fn load(disk: &dyn Disk, layout: &Layout) -> Result<Self, Diagnostic> {
        let path = Layout::previous(&layout.tenant);
        let unread = |e| error::io(&path, "read", &e);
        let text = disk
            .open(&path, Access::Read)
            .and_then(|file| read_from(&*file, 0))
            .map_err(unread)?;
        let parts = snapshot::read(&path, &text)?;
        let (mark, is_canonical) = (parts.mark, parts.is_canonical);
        let base = Tenant::new(parts.data)
            .map_err(|_| error::damage(&path, format!("{} is damaged", path.display())))?;
        let journal = disk
            .open(&layout.journal, Access::Read)
            .map_err(|e| error::io(&layout.journal, "opened", &e))?;
        let journal_stat = journal
            .stat()
            .map_err(|e| error::io(&layout.journal, "read", &e))?;
        let (mut is_known, mut is_crossed) = (false, false);
        let (mut begun, mut last) = (mark, mark);
        let mut entries = Vec::new();
        let end = history::walk(
            disk,
            layout,
            &*journal,
            mark.sequence,
            &mut |met| match met.content {
                Some(Content::Checkpoint(noted)) => {
                    is_known |= noted == mark;
                    begun = noted;
                }
                Some(Content::Installed(_)) => last = begun,
                Some(Content::Rebase(noted)) => {
                    is_crossed |= is_known && noted != mark;
                    is_known |= noted == mark;
                    last = noted;
                }
                Some(Content::Entry(entry)) if entry.seq > mark.sequence => entries.push(entry),
                Some(Content::Entry(_)) | None => {}
            },
        )?;
        let useless = |why: &str| {
            let message = format!("{} {why}", path.display());
            Err(Diagnostic::new("NoLastState", Category::NotFound, message))
        };
        if !is_known || end.begins > mark.sequence + 1 {
            return useless("is not a snapshot that the journal knows");
        }
        if is_crossed {
            return useless("is older than a hand edit that was taken over");
        }
        let mut tenant = base.clone();
        if let Some(conflict) = history_queries::replay(&mut tenant, &entries).first() {
            return useless(&format!("doesn't fit the journal: {conflict}"));
        }
        Ok(Self {
            tenant,
            entries,
            end: end.position,
            journal,
            journal_stat,
            text,
            base,
            mark,
            is_canonical,
            last,
        })
    }

    /// The text of the snapshot that was put in place last, byte for byte; none where it can't be made again.
    pub fn last_text(&self, path: &Path) -> Option<Vec<u8>> {
        if self.last == self.mark {
            return Some(self.text.clone());
        }
        let mut then = self.base.clone();
        let before = self.entries.iter().filter(|e| e.seq <= self.last.sequence);
        let entries: Vec<Entry> = before.cloned().collect();
        history_queries::replay(&mut then, &entries);
        let text = self.text_of(path, &then, self.last.sequence)?;
        (snapshot::mark(self.last.sequence, &text) == self.last).then_some(text)
    }

    /// The last good state as a tenant.yaml with the layout that it had.
    pub fn to_text(&self, path: &Path, sequence: u64) -> Option<Vec<u8>> {
        self.text_of(path, &self.tenant, sequence)
    }

    fn text_of(&self, path: &Path, tenant: &Tenant, sequence: u64) -> Option<Vec<u8>> {
        let text = std::str::from_utf8(&self.text).ok()?;
        let next = checkpoint::next_text(
            path,
            text,
            (&self.base, self.is_canonical),
            tenant,
            sequence,
        );
        next.ok().map(|(text, _)| text.to_text().into_bytes())
    }
}

/// Whether a tenant directory still has its last good state.
pub fn has_last_good(disk: &dyn Disk, dir: &Path) -> bool {
    LastGood::load(disk, &Layout::of(disk, dir)).is_ok()
}

impl Store {
    /// Opens the last good state of a tenant whose tenant.yaml can't be used for the reason that is given: to look at.
    ///
    /// # Errors
    /// That reason, where no good state is left.
    pub fn open_last_good(
        disk: Arc<dyn Disk>,
        dir: &Path,
        holder: Holder,
        reason: Diagnostic,
    ) -> Result<Opened, Diagnostic> {
        let layout = Layout::of(&*disk, dir);
        let good = match LastGood::load(&*disk, &layout) {
            Ok(good) => good,
            Err(why) => {
                let none = format!("nor is there a last good state to be shown: {why}");
                return Err(reason.note(none, None, None));
            }
        };
        let shown = format!(
            "what is shown is the state of record {}, from before that",
            good.end.seq
        );
        let last_entry = good.entries.last().map_or(0, |entry| entry.seq);
        let store = Self {
            stat: good.journal_stat,
            journal: good.journal,
            journal_stat: good.journal_stat,
            tail: good.end.offset,
            end: good.end,
            is_dir_synced: false,
            full: history::FULL,
            mark: good.mark,
            based_on: good.mark,
            base: good.base,
            is_canonical: good.is_canonical,
            begun: None,
            swapped: Vec::new(),
            rebase: false,
            edit: None,
            last_entry,
            read_only_reason: Some(reason.clone()),
            disk,
            layout,
            holder,
        };
        Ok(Opened {
            store,
            tenant: good.tenant,
            entries: good.entries,
            notices: vec![reason.to_string(), shown],
            is_doubtful: false,
        })
    }
}
