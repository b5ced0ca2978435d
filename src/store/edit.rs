//! A hand edit of tenant.yaml: what it does to the tenant, whether it looks like one, and how it is taken over.

use std::fmt::{self, Display};
use std::path::PathBuf;
use std::sync::Arc;

use super::create::write_new;
use super::disk::{Access, Disk, read_from};
use super::layout::Layout;
use super::previous::LastGood;
use super::record::Fingerprint;
use super::writer::Guard;
use super::{Store, checkpoint, error};
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::Tenant;

/// What a changed tenant.yaml makes of the tenant.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    users: Counts,
    groups: Counts,
    products: Counts,
    organisation: bool,
    /// The state before is not known.
    is_unknown: bool,
    /// What speaks against a hand.
    sign: Option<String>,
    is_confirmed: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    before: usize,
    gone: usize,
    new: usize,
    changed: usize,
}

impl Counts {
    fn of<T>(before: &[Arc<T>], after: &[Arc<T>], find: impl Fn(&T) -> (bool, bool)) -> Self {
        let mut counts = Self {
            before: before.len(),
            ..Self::default()
        };
        for thing in before {
            let (is_there, is_same) = find(thing);
            counts.gone += usize::from(!is_there);
            counts.changed += usize::from(is_there && !is_same);
        }
        counts.new = (after.len() + counts.gone).saturating_sub(before.len());
        counts
    }

    /// Whether so much goes at once that it is asked about.
    fn loses_many(self) -> bool {
        const MANY: usize = 10;
        self.gone >= MANY
            || (self.gone > 0 && self.gone == self.before)
            || (self.gone > 1 && self.gone * 10 > self.before)
    }

    fn tell(self, one: &str, out: &mut Vec<String>) {
        for (count, what) in [
            (self.gone, "gone"),
            (self.new, "new"),
            (self.changed, "changed"),
        ] {
            match count {
                0 => {}
                1 => out.push(format!("1 {one} is {what}")),
                _ => out.push(format!("{count} {one}s are {what}")),
            }
        }
    }
}

impl Edit {
    /// Looks at what a tenant.yaml of unknown origin changes. `last` is what the journal says of the last known one.
    pub(super) fn find(
        disk: &dyn Disk,
        layout: &Layout,
        tenant: &Tenant,
        own: Fingerprint,
        last: Option<Fingerprint>,
    ) -> Self {
        let Ok(good) = LastGood::load(disk, layout) else {
            let shrunk = last.filter(|last| own.size * 10 < last.size * 9);
            let sign =
                shrunk.map(|last| format!("it was {} bytes long and is {}", last.size, own.size));
            return Self {
                is_unknown: true,
                sign,
                ..Self::default()
            };
        };
        let was = &good.tenant;
        let mut edit = Self {
            users: Counts::of(was.users(), tenant.users(), |user| {
                let now = tenant.user(user.id);
                (now.is_some(), now.is_some_and(|now| now.is_same(user)))
            }),
            groups: Counts::of(was.groups(), tenant.groups(), |group| {
                let now = tenant.group(group.id);
                (now.is_some(), now.is_some_and(|now| now.is_same(group)))
            }),
            products: Counts::of(was.products(), tenant.products(), |product| {
                let now = tenant.product(&product.sku);
                (now.is_some(), now.is_some_and(|now| **now == *product))
            }),
            organisation: was.organisation() != tenant.organisation(),
            ..Self::default()
        };
        if edit.changes_something() {
            let text = disk
                .open(&layout.tenant, Access::Read)
                .and_then(|file| read_from(&*file, 0));
            if let (Ok(new), Some(old)) = (text, good.last_text(&layout.tenant)) {
                edit.sign = sign_of_damage(&old, &new);
            }
        }
        edit
    }

    fn all(&self) -> [Counts; 3] {
        [self.users, self.groups, self.products]
    }

    fn changes_something(&self) -> bool {
        let any = |counts: Counts| counts.gone + counts.new + counts.changed > 0;
        self.organisation || self.all().into_iter().any(any)
    }

    /// Whether something is gone that was there.
    pub fn takes_away(&self) -> bool {
        self.all().iter().any(|counts| counts.gone > 0)
    }

    /// Whether it is to be asked about before anything is built on it: much is gone, or the file looks damaged.
    pub fn is_doubtful(&self) -> bool {
        self.sign.is_some() || self.all().into_iter().any(Counts::loses_many)
    }

    /// That it was not confirmed.
    pub(super) fn unconfirmed(&self, layout: &Layout) -> Diagnostic {
        let message = format!(
            "{} was changed by something else than this program: {self}; this is not taken over unasked",
            layout.tenant.display()
        );
        Diagnostic::new("EditNotConfirmed", Category::Denied, message)
            .about(layout.tenant.display().to_string())
            .hint("if that is meant, open the tenant once with --yes; if not, look at the last good state with --read-only, and take it out with: tenantsh salvage DIR --to NEW")
    }
}

impl Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::from_iter(self.sign.clone());
        self.users.tell("user", &mut parts);
        self.groups.tell("group", &mut parts);
        self.products.tell("product", &mut parts);
        if self.organisation {
            parts.push("the organisation is changed".to_owned());
        }
        if self.is_unknown {
            parts.push("what it was before is not known".to_owned());
        } else if parts.is_empty() {
            parts.push("only its layout".to_owned());
        }
        f.write_str(&parts.join(", "))
    }
}

/// What a failing disk or a cut copy does to a file, and hardly a hand.
fn sign_of_damage(old: &[u8], new: &[u8]) -> Option<String> {
    if new.len() < old.len() && old.starts_with(new) {
        let (had, has) = (old.len(), new.len());
        return Some(format!("it is cut off: {has} of {had} bytes"));
    }
    if new.len() != old.len() {
        return None;
    }
    let mut other = old.iter().zip(new).enumerate().filter(|(_, (a, b))| a != b);
    let (at, (a, b)) = other.next()?;
    let one_bit = (a ^ b).count_ones() == 1 && other.next().is_none();
    one_bit.then(|| format!("one bit of it is another (byte {at})"))
}

impl Store {
    /// What a tenant.yaml that was changed by hand does, as long as the journal doesn't know of it.
    pub fn edit(&self) -> Option<&Edit> {
        self.edit.as_ref().filter(|_| self.rebase)
    }

    /// The admin means it: what is doubtful may be taken over.
    pub fn confirm_edit(&mut self) {
        if let Some(edit) = &mut self.edit {
            edit.is_confirmed = true;
        }
    }

    /// Refuses as long as a doubtful edit is not confirmed; its fault for who only wants to look.
    ///
    /// # Errors
    /// `EditNotConfirmed`
    pub fn check_edit(&self) -> Result<(), Diagnostic> {
        match self.edit() {
            Some(edit) if edit.is_doubtful() && !edit.is_confirmed => {
                Err(edit.unconfirmed(&self.layout))
            }
            _ => Ok(()),
        }
    }
}

impl Guard<'_> {
    /// Makes the edited file durable, which its editor may not have done, before the journal builds on it.
    pub(super) fn sync_edit(&mut self) -> Result<(), Diagnostic> {
        self.own_snapshot()?;
        let store = &*self.store;
        let path = &store.layout.tenant;
        let synced = store.disk.open(path, Access::Read).and_then(|file| {
            file.sync_data()?;
            file.stat()
        });
        let stat = synced.map_err(|e| error::io(path, "made durable", &e))?;
        if stat != store.stat {
            return Err(checkpoint::edited(path));
        }
        let dir = store.layout.tenant_dir();
        store
            .disk
            .sync_dir(dir)
            .map_err(|e| error::io(dir, "made durable", &e))
    }

    /// Keeps the state before an edit that takes something away, as a file that can be put back in the place of the other.
    pub(super) fn keep_before_edit(&self) -> Result<Option<PathBuf>, Diagnostic> {
        let store = &*self.store;
        if !store.edit().is_some_and(Edit::takes_away) {
            return Ok(None);
        }
        let seq = store.end.seq + 1;
        let path = &store.layout.tenant;
        let good = LastGood::load(&*store.disk, &store.layout)?;
        let Some(text) = good.to_text(path, seq) else {
            return Ok(None);
        };
        let name = checkpoint::free_name(
            |name| store.disk.stat(name).is_ok(),
            |which| Layout::before(path, which),
            seq,
        );
        write_new(&*store.disk, &name, &text)?;
        Ok(Some(name))
    }

    /// Keeps the edited file as the one that the last good state is counted from.
    pub(super) fn keep_edited(&self) {
        let store = &*self.store;
        let path = &store.layout.tenant;
        let bytes = store
            .disk
            .open(path, Access::Read)
            .and_then(|file| read_from(&*file, 0));
        // Without it nothing but the last good state is missing.
        if let Ok(bytes) = bytes
            && super::snapshot::mark(store.mark.sequence, &bytes) == store.mark
        {
            let _ = write_new(&*store.disk, &Layout::previous(path), &bytes);
        }
    }
}
