//! A long tenant.yaml read in windows: its users by two threads, while the next window comes from the disk.

use std::collections::VecDeque;
use std::hash::Hasher;
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use memchr::{memchr, memmem};
use twox_hash::XxHash3_64;

use super::super::disk::DiskFile;
use super::super::outline::is_gap;
use super::super::record::Fingerprint;
use super::{List, Written, by_section};
use crate::tenant::User;

const WINDOW: usize = 1 << 20;
/// Neither what stands before the users nor one user is longer than this where a file is read in windows.
const LONGEST: usize = 16 << 20;
const READERS: usize = 2;
/// Parts that are being read or wait for it.
const AHEAD: usize = READERS + 2;

/// Reads a file whose last section is `users`, a list of blocks; `None` for a short one or another, and where anything
/// is wrong, which reading the file whole then tells.
///
/// Invariant: what is read here is what reading the file whole gives.
pub(super) fn read(path: &Path, file: &dyn DiskFile) -> io::Result<Option<(Written, Fingerprint)>> {
    match file.stat()?.len < 2 * WINDOW as u64 {
        true => Ok(None),
        false => read_by(path, file, WINDOW),
    }
}

fn read_by(
    path: &Path,
    file: &dyn DiskFile,
    window: usize,
) -> io::Result<Option<(Written, Fingerprint)>> {
    let mut windows = ChunkedReader {
        file,
        window,
        offset: 0,
        hash: XxHash3_64::default(),
        held: Vec::new(),
        ended: false,
    };
    let head = windows.part(Vec::new(), up_to_users)?.unwrap_or_default();
    let Some(mut written) = read_head(path, &head) else {
        return Ok(None);
    };
    let Some((users, is_canonical)) = read_users(path, &mut windows)? else {
        return Ok(None);
    };
    written.users = users;
    written.is_canonical &= is_canonical;
    let mark = Fingerprint {
        sequence: written.sequence,
        size: windows.offset,
        hash: windows.hash.finish(),
    };
    Ok(Some((written, mark)))
}

/// A file that is read from its beginning to its end, and hashed on the way.
struct ChunkedReader<'f> {
    file: &'f dyn DiskFile,
    /// Bytes that are read at a time.
    window: usize,
    offset: u64,
    hash: XxHash3_64,
    /// What was read and not yet given out.
    held: Vec<u8>,
    ended: bool,
}

impl ChunkedReader<'_> {
    /// The next part, up to where `cut` says that one may end; `None` at the end of the file. The part is not cut
    /// rightly where it grew too long. `memory` is used again.
    fn part(
        &mut self,
        mut memory: Vec<u8>,
        cut: impl Fn(&[u8]) -> Option<usize>,
    ) -> io::Result<Option<Vec<u8>>> {
        memory.clear();
        memory.append(&mut self.held);
        while !self.ended && memory.len() < LONGEST {
            self.read_window(&mut memory)?;
            if let Some(end) = cut(&memory) {
                self.held.extend_from_slice(&memory[end..]);
                memory.truncate(end);
                break;
            }
        }
        Ok((!memory.is_empty()).then_some(memory))
    }

    fn read_window(&mut self, memory: &mut Vec<u8>) -> io::Result<()> {
        let start = memory.len();
        memory.resize(start + self.window, 0);
        let mut end = start;
        while end < memory.len() && !self.ended {
            let count = self.file.read_at(&mut memory[end..], self.offset)?;
            self.hash.write(&memory[end..end + count]);
            self.offset += count as u64;
            end += count;
            self.ended = count == 0;
        }
        memory.truncate(end);
        Ok(())
    }
}

/// Up to and with the line `users:`.
fn up_to_users(bytes: &[u8]) -> Option<usize> {
    let key = memmem::find(bytes, b"\nusers:")? + 1;
    let line = memchr(b'\n', &bytes[key..])?;
    Some(key + line + 1)
}

/// Up to the last item of the list that `bytes` begins with; nothing where that is the first.
fn up_to_last_item(bytes: &[u8]) -> Option<usize> {
    let text = bytes.split_inclusive(|byte| *byte == b'\n');
    let gap = |line: &&[u8]| std::str::from_utf8(line).is_ok_and(is_gap);
    let before: usize = text.take_while(gap).map(<[u8]>::len).sum();
    let first = &bytes[before..];
    let indent = first.iter().take_while(|byte| **byte == b' ').count();
    let item = [b"\n", &first[..indent], b"- "].concat();
    memmem::rfind(first, &item).map(|end| before + end + 1)
}

fn read_head(path: &Path, head: &[u8]) -> Option<Written> {
    let text = std::str::from_utf8(head).ok()?;
    // A list that begins on the key's line, or none at all, is not read in windows.
    let last = text.lines().next_back()?;
    if last != "users:" || !text.ends_with('\n') {
        return None;
    }
    by_section(path, text.strip_prefix('\u{feff}').unwrap_or(text))?.ok()
}

/// The users, and whether each is in canonical form.
fn read_users(
    path: &Path,
    windows: &mut ChunkedReader,
) -> io::Result<Option<(Vec<Arc<User>>, bool)>> {
    let (parts, queue) = channel();
    // Dropped with the last reader: what waits for a result is then told.
    let queue = Arc::new(Mutex::new(queue));
    thread::scope(move |scope| {
        for queue in [(); READERS].map(|()| Arc::clone(&queue)) {
            scope.spawn(move || work(path, &queue));
        }
        drop(queue);
        let mut users = Vec::new();
        let mut is_canonical = true;
        let mut spare = Vec::new();
        let mut pending: VecDeque<Receiver<Option<Read>>> = VecDeque::new();
        loop {
            if pending.len() < AHEAD {
                let (memory, users) = spare.pop().unwrap_or_default();
                if let Some(text) = windows.part(memory, up_to_last_item)? {
                    let (done, result) = channel();
                    pending.push_back(result);
                    // In vain only where every reader is gone, which the result then tells.
                    let _ = parts.send(Unread { text, users, done });
                    continue;
                }
            }
            let Some(first) = pending.pop_front() else {
                return Ok(Some((users, is_canonical)));
            };
            let Ok(Some(Read {
                memory,
                users: mut read,
                is_canonical: canonical,
            })) = first.recv()
            else {
                return Ok(None);
            };
            is_canonical &= canonical;
            // Here and not by the readers, so that users who follow each other lie beside each other.
            users.extend(read.drain(..).map(Arc::new));
            spare.push((memory, read));
        }
    })
}

/// A part of the file, with memory for its users.
struct Unread {
    text: Vec<u8>,
    users: Vec<User>,
    done: Sender<Option<Read>>,
}

/// A part's users, with the memory of its text.
struct Read {
    memory: Vec<u8>,
    users: Vec<User>,
    is_canonical: bool,
}

fn work(path: &Path, queue: &Mutex<Receiver<Unread>>) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Unread {
            text,
            mut users,
            done,
        }) = next
        else {
            return;
        };
        let read = read_part(path, &text, &mut users);
        // Nobody waits any more where an earlier part could not be read.
        let _ = done.send(read.map(|is_canonical| Read {
            memory: text,
            users,
            is_canonical,
        }));
    }
}

fn read_part(path: &Path, part: &[u8], users: &mut Vec<User>) -> Option<bool> {
    let list = List {
        path,
        text: std::str::from_utf8(part).ok()?,
        name: "users",
        body: 0..part.len(),
    };
    list.read::<User, _>(users).ok()
}

#[cfg(test)]
mod tests;
