//! What Windows does its own way: no modes, a seek with each read and write, file indices, no durable directories.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::windows::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use super::{Access, Stat};

/// What is locked can't be read here, and readers take no lock.
pub(super) const CAN_LOCK_DATA: bool = false;

/// Opens a link itself and not what it leads to.
const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;

/// A new file inherits the permissions of its directory.
pub(super) fn options(access: Access) -> OpenOptions {
    let mut options = OpenOptions::new();
    if access == Access::Create {
        options.custom_flags(FILE_FLAG_OPEN_REPARSE_POINT);
    }
    options
}

/// A fault of opening, in words.
pub(super) fn explain(error: io::Error) -> io::Error {
    error
}

/// Makes a directory and those above it; they inherit their permissions.
pub(super) fn make_dir(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// The volume and index of an open file, and its times in units of 100 ns: only differences mean something.
pub(super) fn stat(file: &File) -> io::Result<Stat> {
    let handle = winapi_util::HandleRef::from_file(file);
    let known = winapi_util::file::information(&handle)?;
    let metadata = file.metadata()?;
    let modified = i128::from(metadata.last_write_time());
    Ok(Stat {
        device: known.volume_serial_number(),
        inode: known.file_index(),
        len: metadata.len(),
        modified,
        changed: modified,
    })
}

pub(super) fn stat_path(path: &Path) -> io::Result<Stat> {
    stat(&File::open(path)?)
}

pub(super) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    match file.seek_read(buffer, offset) {
        // Windows calls the end of a file an error where a read begins behind it.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
        other => other,
    }
}

pub(super) fn write_all_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match file.seek_write(bytes, offset) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => {
                bytes = &bytes[written..];
                offset += written as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Replaces what has the new name; the journal of the file system makes it one step.
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

pub(super) fn exchange(_one: &Path, _other: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// A directory can't be opened for that here: the file system's own journal orders what happens to names.
pub(super) fn sync_dir(_dir: &Path) -> io::Result<()> {
    Ok(())
}

/// There are no modes and no owners to hand on: both come from the directory.
pub(super) fn dress(_file: &File) -> io::Result<(u32, u32, u32)> {
    Ok((0, 0, 0))
}

pub(super) fn take_ownership(_file: &File, _dress: (u32, u32, u32)) -> io::Result<()> {
    Ok(())
}
