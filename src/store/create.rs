//! A tenant directory made: tenant.yaml comes last, so where it is, everything is.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::disk::{Access, Disk, read_from};
use super::journal::{self, Head};
use super::layout::Layout;
use super::lock::{self, Holder};
use super::record::{self, Content, Header};
use super::{error, snapshot, unwritable};
use crate::diagnostic::Diagnostic;
use crate::tenant::Tenant;

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
    let _lock = lock::take(&**disk, &layout, &holder, false, &mut |_| {})?;
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
    if disk.stat(&layout.ignore).is_err() {
        // A lock that git takes away under a shell keeps nobody out.
        write_new(&**disk, &layout.ignore, b".tenant.lock\n*.tenantsh.*\n")?;
    }
    write_new(&**disk, &layout.journal, first.as_bytes())?;
    write_new(&**disk, &Layout::previous(&layout.tenant), text.as_bytes())?;
    write_new(&**disk, &layout.tenant, text.as_bytes())?;
    if let Some(parent) = layout.dir.parent() {
        // The directory itself may be new; a parent that can't be read can't be synced either.
        let _ = disk.sync_dir(parent);
    }
    Ok(())
}

/// Writes a file beside its place, makes it durable, and puts it there.
pub(super) fn write_new(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
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
    if !bytes.is_empty() && journal::read_head(&bytes).is_none() {
        // Somebody's own file of that name.
        return Ok(true);
    }
    let records = bytes
        .windows(Header::START.len())
        .filter(|w| *w == Header::START.as_bytes())
        .count();
    Ok(records > 1)
}
