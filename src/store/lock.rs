//! The lock: one writer at a time, a short wait for the other, and its name if it does not end.

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

/// Takes the lock, waiting up to ten seconds; given back when the returned file is dropped.
pub(super) fn take(
    disk: &dyn Disk,
    layout: &Layout,
    holder: &Holder,
    notice: &mut dyn FnMut(&str),
) -> Result<Box<dyn DiskFile>, Diagnostic> {
    let path = &layout.lock;
    let file = disk
        .open(path, Access::Create)
        .map_err(|e| error::io(path, "opened for writing", &e))?;
    // Pauses are counted, so that no clock is needed.
    for pause in 0..=GIVE_UP_AFTER {
        if file.try_lock().map_err(|e| error::io(path, "locked", &e))? {
            let own = holder.render();
            // The content only helps who waits: a failure to write it does no harm.
            if read_from(&*file, 0).unwrap_or_default() != own.as_bytes() {
                let _ = file
                    .truncate(0)
                    .and_then(|()| file.write_at(own.as_bytes(), 0));
            }
            return Ok(file);
        }
        if pause == NOTICE_AFTER {
            notice(&format!("waiting for another writer: {}", other(&*file)));
        }
        std::thread::sleep(PAUSE);
    }
    Err(Diagnostic::new(
        "StoreLocked",
        Category::Io,
        format!("the tenant is locked by {}", other(&*file)),
    )
    .about(layout.dir.display().to_string())
    .hint("wait for it to finish, then try again; nothing was changed"))
}

fn other(file: &dyn DiskFile) -> String {
    let text = read_from(file, 0).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    match text.trim() {
        "" => "another process".into(),
        name => name.into(),
    }
}
