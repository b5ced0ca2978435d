//! A long tenant.yaml read in windows: its users by two threads, while the next window comes from the disk.

use std::hash::Hasher;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use memchr::{memchr, memmem};
use twox_hash::XxHash3_64;

use super::super::disk::DiskFile;
use super::super::outline::is_gap;
use super::super::record::Mark;
use super::{List, Written, by_section};
use crate::tenant::User;

const WINDOW: usize = 1 << 20;
/// Neither what stands before the users nor one user is longer than this where a file is read in windows.
const LONGEST: usize = 16 << 20;
/// Parts that wait for a reader.
const WAITING: usize = 2;
const READERS: usize = 2;

/// Reads a file whose last section is `users`, a list of blocks; `None` for a short one or another, and where anything
/// is wrong, which reading the file whole then tells.
///
/// Invariant: what is read here is what reading the file whole gives.
pub(super) fn read(path: &Path, file: &dyn DiskFile) -> io::Result<Option<(Written, Mark)>> {
    if file.stat()?.len < 2 * WINDOW as u64 {
        return Ok(None);
    }
    let mut windows = Windows {
        file,
        offset: 0,
        hash: XxHash3_64::default(),
        held: Vec::new(),
        ended: false,
    };
    let head = windows.part(Vec::new(), up_to_users)?.unwrap_or_default();
    let Some(mut written) = read_head(path, &head) else {
        return Ok(None);
    };
    let Some(users) = read_users(path, &mut windows)? else {
        return Ok(None);
    };
    written.users = users;
    let mark = Mark {
        sequence: written.sequence,
        size: windows.offset,
        hash: windows.hash.finish(),
    };
    Ok(Some((written, mark)))
}

/// A file that is read from its beginning to its end, and hashed on the way.
struct Windows<'f> {
    file: &'f dyn DiskFile,
    offset: u64,
    hash: XxHash3_64,
    /// What was read and not yet given out.
    held: Vec<u8>,
    ended: bool,
}

impl Windows<'_> {
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
        memory.resize(start + WINDOW, 0);
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
    by_section(path, text.strip_prefix('\u{feff}').unwrap_or(text))?.ok()
}

fn read_users(path: &Path, windows: &mut Windows) -> io::Result<Option<Vec<Arc<User>>>> {
    let (parts, queue) = sync_channel(WAITING);
    let (used, memory) = channel();
    let job = Job {
        path,
        // Dropped with the last reader: a part is then sent in vain, not for ever.
        queue: Arc::new(Mutex::new(queue)),
        used,
        failed: &AtomicBool::new(false),
    };
    thread::scope(|scope| {
        let readers = [(); READERS].map(|()| {
            let job = job.clone();
            scope.spawn(move || job.work())
        });
        let failed = job.failed;
        drop(job);
        let mut number = 0;
        while !failed.load(Relaxed)
            && let Some(part) =
                windows.part(memory.try_recv().unwrap_or_default(), up_to_last_item)?
            && parts.send((number, part)).is_ok()
        {
            number += 1;
        }
        drop(parts);
        let mut read: Vec<(usize, Vec<Arc<User>>)> = Vec::with_capacity(number);
        for reader in readers {
            match reader.join() {
                Ok(own) => read.extend(own),
                Err(_) => return Ok(None),
            }
        }
        if failed.load(Relaxed) || read.len() < number {
            return Ok(None);
        }
        read.sort_unstable_by_key(|(number, _)| *number);
        let mut users = Vec::with_capacity(read.iter().map(|(_, users)| users.len()).sum());
        read.into_iter().for_each(|(_, part)| users.extend(part));
        Ok(Some(users))
    })
}

/// What a reader of users is given.
#[derive(Clone)]
struct Job<'j> {
    path: &'j Path,
    queue: Arc<Mutex<Receiver<(usize, Vec<u8>)>>>,
    /// Takes the memory of parts that were read.
    used: Sender<Vec<u8>>,
    failed: &'j AtomicBool,
}

impl Job<'_> {
    fn work(self) -> Vec<(usize, Vec<Arc<User>>)> {
        let mut read = Vec::new();
        loop {
            let next = self
                .queue
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .recv();
            let Ok((number, part)) = next else {
                return read;
            };
            match read_part(self.path, &part) {
                Some(users) => read.push((number, users)),
                None => {
                    self.failed.store(true, Relaxed);
                    return read;
                }
            }
            // Nobody needs the memory once the last window was read.
            let _ = self.used.send(part);
        }
    }
}

fn read_part(path: &Path, part: &[u8]) -> Option<Vec<Arc<User>>> {
    let list = List {
        path,
        text: std::str::from_utf8(part).ok()?,
        name: "users",
        body: 0..part.len(),
    };
    list.read::<User, _>().ok()
}
