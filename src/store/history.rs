//! The journal as a whole: the current file and the full ones before it, one chain.

use std::io;
use std::path::Path;

use super::disk::{Access, Disk, DiskFile, read_from};
use super::error;
use super::journal::{self, Fault, Head, Position, Scan};
use super::layout::Layout;
use super::lock::Lock;
use super::record::{self, Content};
use crate::diagnostic::Diagnostic;

/// A journal file grows to this size; the next checkpoint then begins another.
pub(super) const FULL: u64 = 64 << 20;

/// A record that was met on the way.
pub(super) struct Met {
    pub seq: u64,
    /// Its checksum.
    pub sum: u64,
    /// Where its body is in the current file; none in an older one.
    pub offset: Option<u64>,
    /// None for an entry older than was asked for.
    pub content: Option<Content>,
}

/// Where the journal ends, and why it can't be written on, if so.
pub(super) struct End {
    pub position: Position,
    /// The number of the first record of the oldest file that was read.
    pub begins: u64,
    pub damage: Option<Diagnostic>,
    /// Bytes behind the last record that are none.
    pub torn: u64,
}

/// Walks the chain: all of the current file, and older files as far back as record `from`.
///
/// # Errors
/// Where a file can't be read, or an older one is damaged: those were synced long ago.
pub(super) fn walk(
    disk: &dyn Disk,
    layout: &Layout,
    current: &dyn DiskFile,
    from: u64,
    visit: &mut dyn FnMut(Met),
) -> Result<End, Diagnostic> {
    let path = &layout.journal;
    let bytes = read_from(current, 0).map_err(|e| error::io(path, "read", &e))?;
    let (head, start, scan) = scan(path, &bytes)?;
    let mut next = head;
    let mut older = Vec::new();
    if from < head.first && head.first > 1 {
        let firsts = layout
            .rotated_firsts(disk)
            .map_err(|e| error::io(layout.journal_dir(), "listed", &e))?;
        for first in firsts.into_iter().filter(|first| *first < head.first) {
            if next.first <= from {
                break;
            }
            let path = layout.rotated(first);
            let bytes = disk
                .open(&path, Access::Read)
                .and_then(|file| read_from(&*file, 0))
                .map_err(|e| error::io(&path, "read", &e))?;
            let (head, start, scan) = self::scan(&path, &bytes)?;
            let joined = (scan.end.seq + 1, scan.end.sum) == (next.first, next.after);
            if scan.fault.is_some() || !joined {
                let message = format!(
                    "{}: record {} is damaged or missing",
                    path.display(),
                    scan.end.seq + 1
                );
                return Err(error::damage(&path, message));
            }
            next = head;
            older.push((path, bytes, start, scan));
        }
    }
    for (path, bytes, start, scan) in older.iter().rev() {
        meet(path, &bytes[*start..], scan, from, |_| None, visit)?;
    }
    let offset = |at: usize| Some((start + at) as u64);
    meet(path, &bytes[start..], &scan, from, offset, visit)?;
    let damage = match scan.fault {
        Some(Fault::Damage { next }) => Some(damaged(path, &bytes, scan.end, next)),
        _ => None,
    };
    let torn = match scan.fault {
        Some(Fault::Torn) => bytes.len() as u64 - scan.end.offset,
        _ => 0,
    };
    Ok(End {
        position: scan.end,
        begins: next.first,
        damage,
        torn,
    })
}

/// The head of a journal file, where its records begin, and what they are.
fn scan(path: &Path, bytes: &[u8]) -> Result<(Head, usize, Scan), Diagnostic> {
    let (head, start) = journal::read_head(bytes).ok_or_else(|| {
        error::damage(
            path,
            format!("{}:1: not the first line of a journal", path.display()),
        )
    })?;
    let from = Position {
        offset: start as u64,
        seq: head.first - 1,
        sum: head.after,
        len: 0,
    };
    Ok((head, start, journal::scan(&bytes[start..], from)))
}

fn meet(
    path: &Path,
    bytes: &[u8],
    scan: &Scan,
    from: u64,
    offset: impl Fn(usize) -> Option<u64>,
    visit: &mut dyn FnMut(Met),
) -> Result<(), Diagnostic> {
    const ENTRY: &[u8] = b"\nchanges:";
    for found in &scan.records {
        let body = &bytes[found.body.clone()];
        // Old entries are the bulk of a journal and nobody asked for them.
        let skipped = found.seq < from && body.windows(ENTRY.len()).any(|part| part == ENTRY);
        let content = match skipped {
            true => None,
            false => Some(read(path, found.seq, body)?),
        };
        visit(Met {
            seq: found.seq,
            sum: found.sum,
            offset: offset(found.body.start),
            content,
        });
    }
    Ok(())
}

/// Reads a record's body.
pub(super) fn read(path: &Path, seq: u64, body: &[u8]) -> Result<Content, Diagnostic> {
    let read = std::str::from_utf8(body)
        .map_err(|e| e.to_string())
        .and_then(|text| record::read_body(text).map_err(|e| e.to_string()));
    read.map_err(|e| {
        error::damage(
            path,
            format!("{}: record {seq} can't be read: {e}", path.display()),
        )
    })
}

/// Names the line and byte of a record that changed after it was acknowledged.
pub(super) fn damaged(path: &Path, before: &[u8], end: Position, next: u64) -> Diagnostic {
    let before = &before[..before
        .len()
        .min(usize::try_from(end.offset).unwrap_or(usize::MAX))];
    let line = before.iter().filter(|b| **b == b'\n').count() + 1;
    error::damage(
        path,
        format!(
            "{}:{line}: record {} (byte {}) is damaged, and record {next} follows it",
            path.display(),
            end.seq + 1,
            end.offset
        ),
    )
}

/// What is behind the last whole record: from here a write that was never acknowledged looks like a damaged one.
pub(super) fn torn(path: &Path, seq: u64, bytes: u64) -> String {
    format!(
        "{}: the last {bytes} bytes, behind record {seq}, are no whole record: a write that was never acknowledged, or damage",
        path.display()
    )
}

/// Older journal files are gone, and with them records that are needed.
pub(super) fn missing(layout: &Layout, from: u64, begins: u64) -> Diagnostic {
    error::damage(
        &layout.journal,
        format!(
            "{}: the records {from} to {} are missing, with the older journal file that held them",
            layout.journal_dir().display(),
            begins - 1
        ),
    )
}

/// Begins a new journal file behind a full one; what was `journal.yaml` gets its own name first.
///
/// `None` where that is not possible here and nothing has changed.
///
/// # Errors
/// Where it is not known which file `journal.yaml` is now.
pub(super) fn rotate(
    disk: &dyn Disk,
    layout: &Layout,
    first: u64,
    end: Position,
    lock: &mut Lock,
) -> io::Result<Option<(Box<dyn DiskFile>, Position)>> {
    let path = &layout.journal;
    let head = Head {
        first: end.seq + 1,
        after: end.sum,
    }
    .render();
    let temporary = Layout::temporary(path);
    let prepared = prepare(disk, layout, first, head.as_bytes());
    let Ok(file) = prepared.and_then(|file| lock.add(disk, &temporary).map(|()| file)) else {
        let _ = disk.remove(&temporary);
        return Ok(None);
    };
    disk.rename(&temporary, path)?;
    disk.sync_dir(layout.journal_dir())?;
    Ok(Some((
        file,
        Position {
            offset: head.len() as u64,
            len: 0,
            ..end
        },
    )))
}

/// The new file under its temporary name, and the old one under both of its names.
fn prepare(
    disk: &dyn Disk,
    layout: &Layout,
    first: u64,
    head: &[u8],
) -> io::Result<Box<dyn DiskFile>> {
    let path = &layout.journal;
    let file = disk.open(&Layout::temporary(path), Access::Replace)?;
    file.copy_ownership(&*disk.open(path, Access::Read)?)?;
    file.write_at(head, 0)?;
    file.sync_data()?;
    let rotated = layout.rotated(first);
    match disk.stat(&rotated) {
        // Left by a rotation that a crash cut short.
        Ok(left) if left.same_file(&disk.stat(path)?) => {}
        Ok(_) => return Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => disk.link(path, &rotated)?,
    }
    disk.sync_dir(layout.journal_dir())?;
    Ok(file)
}

/// The number of the first record in an open journal file.
pub(super) fn first_of(file: &dyn DiskFile) -> Option<Head> {
    let mut line = [0; 128];
    let len = file.read_at(&mut line, 0).ok()?;
    journal::read_head(&line[..len]).map(|(head, _)| head)
}
