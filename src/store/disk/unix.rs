//! What a Unix does its own way: modes and owners, positioned reads and writes, inodes, durable directories.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{
    DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown,
};
use std::path::Path;

use rustix::fs::OFlags;

use super::{Access, Stat};

/// Locks are between those who ask for them.
pub(super) const CAN_LOCK_DATA: bool = true;

/// What is made is its owner's only. Opening doesn't wait for the other end of a pipe.
pub(super) fn options(access: Access) -> OpenOptions {
    let mut flags = OFlags::NONBLOCK;
    if access == Access::Create {
        flags |= OFlags::NOFOLLOW;
    }
    let mut options = OpenOptions::new();
    // The bits are the system's own, of whatever sign.
    options.mode(0o600).custom_flags(flags.bits().cast_signed());
    options
}

/// A fault of opening, in words.
pub(super) fn explain(error: io::Error) -> io::Error {
    match error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) {
        true => io::Error::other("it is a symbolic link"),
        false => error,
    }
}

/// Makes a directory and those above it, for their owner only.
pub(super) fn make_dir(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

pub(super) fn stat(file: &File) -> io::Result<Stat> {
    Ok(of(&file.metadata()?))
}

pub(super) fn stat_path(path: &Path) -> io::Result<Stat> {
    Ok(of(&fs::metadata(path)?))
}

fn of(metadata: &fs::Metadata) -> Stat {
    let nanoseconds = |s: i64, ns: i64| i128::from(s) * 1_000_000_000 + i128::from(ns);
    Stat {
        device: metadata.dev(),
        inode: metadata.ino(),
        len: metadata.len(),
        modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
        changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
    }
}

pub(super) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.read_at(buffer, offset)
}

pub(super) fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    file.write_all_at(bytes, offset)
}

/// Durable once the directory is synced.
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

#[cfg(target_os = "linux")]
pub(super) fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn exchange(_one: &Path, _other: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(super) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Mode, user and group.
pub(super) fn dress(file: &File) -> io::Result<(u32, u32, u32)> {
    let own = file.metadata()?;
    Ok((own.mode() & 0o7777, own.uid(), own.gid()))
}

pub(super) fn take_ownership(file: &File, (mode, user, group): (u32, u32, u32)) -> io::Result<()> {
    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (user, group) {
        // Only root may give files away; the content matters more than the owner.
        let _ = fchown(file, Some(user), Some(group));
    }
    if own.mode() & 0o7777 != mode {
        file.set_permissions(fs::Permissions::from_mode(mode))?;
    }
    Ok(())
}
