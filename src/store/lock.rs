//! The lock: one writer at a time, a short wait for the other, and its name if it does not end.

use std::io;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::disk::{Access, Disk, DiskFile, read_from};
use super::error;
use super::layout::Layout;
use crate::diagnostic::{Category, Diagnostic};

/// Who holds the lock, as the lock file says it to those who wait.
#[derive(Clone, Debug)]
pub struct Holder {
    pub name: String,
    pub pid: u32,
    /// When the holding process began.
    pub since: Timestamp,
}

impl Holder {
    /// This process, acting as `name`.
    pub fn new(name: impl Into<String>, since: Timestamp) -> Self {
        Self {
            name: name.into(),
            pid: std::process::id(),
            since,
        }
    }

    /// One who only reads and never takes the lock.
    pub fn reader() -> Self {
        Self::new("reader", Timestamp::UNIX_EPOCH)
    }

    fn render(&self) -> String {
        let name: String = self.name.chars().filter(|c| !c.is_control()).collect();
        format!(
            "{name}, process {}, running since {}\n",
            self.pid, self.since
        )
    }
}

const PAUSE: Duration = Duration::from_millis(20);
const NOTICE_AFTER: u32 = 50;
const GIVE_UP_AFTER: u32 = 500;

/// The writer's lock, held until it is dropped.
pub(super) struct Lock {
    /// Kept for their locks alone.
    held: Vec<Box<dyn DiskFile>>,
}

impl Lock {
    /// Holds the file that is about to be the journal, too.
    pub fn add(&mut self, disk: &dyn Disk, path: &Path) -> io::Result<()> {
        if disk.can_lock_data() {
            let file = disk.open(path, Access::Write)?;
            if !file.try_lock()? {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            self.held.push(file);
        }
        Ok(())
    }
}

/// Takes the lock, waiting up to ten seconds.
///
/// It is two: that of `.tenant.lock`, which says who holds it, and that of the journal itself, which can't be passed by
/// another name, by a link, or by removing the first.
pub(super) fn take(
    disk: &dyn Disk,
    layout: &Layout,
    holder: &Holder,
    with_journal: bool,
    notice: &mut dyn FnMut(&str),
) -> Result<Lock, Diagnostic> {
    let mut wait = Wait {
        layout,
        pauses: 0,
        notice,
    };
    let note = wait.lock(disk, &layout.lock, Access::Create)?;
    let own = holder.render();
    // The content only helps who waits: a failure to write it does no harm.
    if read_from(&*note, 0).unwrap_or_default() != own.as_bytes() {
        let _ = note
            .truncate(0)
            .and_then(|()| note.write_at(own.as_bytes(), 0));
    }
    let mut held = vec![note];
    if with_journal && disk.can_lock_data() {
        held.push(wait.lock(disk, &layout.journal, Access::Write)?);
    }
    Ok(Lock { held })
}

/// Whether a writer is at work. Holds the lock itself for a moment where none is.
pub(super) fn is_held(disk: &dyn Disk, layout: &Layout) -> bool {
    let file = disk.open(&layout.lock, Access::Read);
    file.is_ok_and(|file| file.try_lock().is_ok_and(|free| !free))
}

/// Pauses are counted, so that no clock is needed.
struct Wait<'w> {
    layout: &'w Layout,
    pauses: u32,
    notice: &'w mut dyn FnMut(&str),
}

impl Wait<'_> {
    /// Opens and locks the file of a name. One that lost its name before it was locked keeps nobody out.
    fn lock(
        &mut self,
        disk: &dyn Disk,
        path: &Path,
        access: Access,
    ) -> Result<Box<dyn DiskFile>, Diagnostic> {
        loop {
            let file = disk
                .open(path, access)
                .map_err(|e| error::io(path, "opened for writing", &e))?;
            while !file.try_lock().map_err(|e| error::io(path, "locked", &e))? {
                self.pause(disk)?;
            }
            let own = file.stat().map_err(|e| error::io(path, "read", &e))?;
            if disk.stat(path).is_ok_and(|named| named.same_file(&own)) {
                return Ok(file);
            }
            self.pause(disk)?;
        }
    }

    fn pause(&mut self, disk: &dyn Disk) -> Result<(), Diagnostic> {
        let other = || other(disk, &self.layout.lock);
        if self.pauses == NOTICE_AFTER {
            (self.notice)(&format!("waiting for another writer: {}", other()));
        }
        if self.pauses == GIVE_UP_AFTER {
            return Err(Diagnostic::new(
                "StoreLocked",
                Category::Io,
                format!("the tenant is locked by {}", other()),
            )
            .about(self.layout.dir.display().to_string())
            .hint("wait for it to finish, then try again; nothing was changed"));
        }
        self.pauses += 1;
        std::thread::sleep(PAUSE);
        Ok(())
    }
}

fn other(disk: &dyn Disk, path: &Path) -> String {
    let text = disk
        .open(path, Access::Read)
        .and_then(|file| read_from(&*file, 0))
        .unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    match text.trim() {
        "" => "another process".into(),
        name => name.into(),
    }
}
