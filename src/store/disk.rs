//! The disk behind a small trait, so that tests can break it; the only place of the store that names `std::fs`.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

/// What tells one state of a file from another without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// The file system or volume it is on.
    pub device: u64,
    /// Its number there.
    pub inode: u64,
    pub len: u64,
    /// Time of the last change of content, in nanoseconds.
    pub modified: i128,
    /// Time of the last change of content or metadata, in nanoseconds.
    pub changed: i128,
}

impl Stat {
    /// Whether both are the same file, whatever its content.
    pub fn same_file(&self, other: &Stat) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }
}

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Read,
    /// Reading and writing; the file must be there.
    Write,
    /// Reading and writing; made (for its owner only) if it is missing. A symbolic link is refused.
    Create,
    /// Reading and writing; a new file (for its owner only). What had the name loses it; a link isn't followed.
    Replace,
}

/// The file operations the store is made of. Everything durable goes through here.
pub trait Disk: Send + Sync {
    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn DiskFile>>;
    /// Follows symbolic links.
    fn stat(&self, path: &Path) -> io::Result<Stat>;
    /// The path with every symbolic link resolved.
    fn resolve(&self, path: &Path) -> io::Result<PathBuf>;
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Gives a file a second name.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Swaps two names in one step; `Unsupported` where the file system can't.
    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()>;
    fn remove(&self, path: &Path) -> io::Result<()>;
    fn make_dir(&self, path: &Path) -> io::Result<()>;
    /// The names in a directory.
    fn list(&self, dir: &Path) -> io::Result<Vec<String>>;
    /// Whether others can read a file that is locked.
    fn can_lock_data(&self) -> bool {
        true
    }
    /// Makes creations, removals and renames in a directory durable.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
}

/// An open file. Offsets are explicit: there is no cursor to get wrong.
pub trait DiskFile: Send + Sync {
    fn stat(&self) -> io::Result<Stat>;
    /// Reads up to `buffer.len()` bytes; 0 at the end.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;
    /// Writes all of `bytes`, or fails having written any part of them.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;
    fn truncate(&self, len: u64) -> io::Result<()>;
    /// Content and length are on the disk when this returns.
    fn sync_data(&self) -> io::Result<()>;
    /// Gives this file the mode and, where permitted, the owner of another.
    fn copy_ownership(&self, other: &dyn DiskFile) -> io::Result<()>;
    /// Mode, user and group.
    fn dress(&self) -> io::Result<(u32, u32, u32)>;
    /// Takes the exclusive lock; false if another holds it. Given back when the file is closed.
    fn try_lock(&self) -> io::Result<bool>;
}

/// Everything from `offset` to the end of a file.
pub fn read_from(file: &dyn DiskFile, offset: u64) -> io::Result<Vec<u8>> {
    let len = file.stat()?.len.saturating_sub(offset);
    let mut bytes = vec![0; usize::try_from(len).map_err(io::Error::other)?];
    let mut filled = 0;
    while filled < bytes.len() {
        match file.read_at(&mut bytes[filled..], offset + filled as u64)? {
            0 => break,
            n => filled += n,
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

/// The disk of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

struct RealFile(File);

impl Disk for RealDisk {
    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn DiskFile>> {
        if access == Access::Replace {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        let mut options = system::options(access);
        options.read(true);
        match access {
            Access::Read => &mut options,
            Access::Write => options.write(true),
            Access::Create => options.write(true).create(true),
            Access::Replace => options.write(true).create_new(true),
        };
        let file = options.open(path).map_err(system::explain)?;
        // A pipe would be waited for, for ever.
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("it is no regular file"));
        }
        Ok(Box::new(RealFile(file)))
    }

    fn stat(&self, path: &Path) -> io::Result<Stat> {
        system::stat_path(path)
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        fs::canonicalize(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        system::rename(from, to)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::hard_link(from, to)
    }

    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        system::exchange(one, other)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn make_dir(&self, path: &Path) -> io::Result<()> {
        system::make_dir(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        fs::read_dir(dir)?
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect()
    }

    fn can_lock_data(&self) -> bool {
        system::CAN_LOCK_DATA
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        system::sync_dir(dir)
    }
}

impl DiskFile for RealFile {
    fn stat(&self) -> io::Result<Stat> {
        system::stat(&self.0)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        loop {
            match system::read_at(&self.0, buffer, offset) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        system::write_all_at(&self.0, bytes, offset)
    }

    fn truncate(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn copy_ownership(&self, other: &dyn DiskFile) -> io::Result<()> {
        system::take_ownership(&self.0, other.dress()?)
    }

    fn dress(&self) -> io::Result<(u32, u32, u32)> {
        system::dress(&self.0)
    }

    fn try_lock(&self) -> io::Result<bool> {
        match self.0.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}
