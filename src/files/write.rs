//! Files put in place whole, or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::fault::{directory_of, exists, write_error};
use crate::diagnostic::Diagnostic;

/// Whether a file could be written at a path, before there is anything to write: its directory exists, it is none itself,
/// and the account may. One that is there already is refused if it is to be kept.
///
/// # Errors
/// What [`Files::write`] would say.
pub fn check_place(path: &Path, keep: bool) -> Result<(), Diagnostic> {
    let refused = |kind: io::ErrorKind| Err(write_error(path, &kind.into()));
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let directory = directory_of(&real);
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => refused(io::ErrorKind::IsADirectory),
        Ok(_) if keep => Err(exists(path)),
        // It is replaced by a file beside it.
        Ok(found) if found.is_file() && [path, directory].into_iter().any(denied) => {
            refused(io::ErrorKind::PermissionDenied)
        }
        Ok(found) if found.is_file() && found.permissions().readonly() => {
            refused(io::ErrorKind::PermissionDenied)
        }
        _ if !directory.is_dir() => refused(io::ErrorKind::NotFound),
        Err(_) if denied(directory) => refused(io::ErrorKind::PermissionDenied),
        _ => Ok(()),
    }
}

/// Whether this account may not write at a place; where that can't be asked, it shows when something is written.
#[cfg(unix)]
fn denied(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_err()
}

#[cfg(not(unix))]
fn denied(_: &Path) -> bool {
    false
}

/// Whether two names are of one file; the second need not be there.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    match (real(one), real(other)) {
        (Some(one), Some(other)) => one == other || is_linked(&one, &other),
        (None, None) => {
            let place =
                |path: &Path| Some((real(directory_of(path))?, path.file_name()?.to_owned()));
            place(one).is_some_and(|one| place(other) == Some(one))
        }
        _ => false,
    }
}

/// Whether a file has both names.
#[cfg(unix)]
fn is_linked(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |path: &Path| fs::metadata(path).ok().map(|it| (it.dev(), it.ino()));
    id(one).is_some_and(|one| id(other) == Some(one))
}

#[cfg(not(unix))]
fn is_linked(_: &Path, _: &Path) -> bool {
    false
}

/// A file that is made is its owner's only.
#[cfg(unix)]
pub(super) fn own_options() -> fs::OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = fs::OpenOptions::new();
    options.mode(0o600);
    options
}

#[cfg(not(unix))]
pub(super) fn own_options() -> fs::OpenOptions {
    fs::OpenOptions::new()
}

/// The part of writing a file that takes long. It is told whether the file is still wanted.
pub type Job = Box<dyn FnOnce(&dyn Fn() -> bool) -> io::Result<()> + Send>;

/// Writes to what is no regular file. A pipe is opened when somebody reads it, and by then nobody may want it written.
pub(super) fn pour(path: PathBuf, bytes: Vec<u8>) -> Job {
    Box::new(move |wanted| {
        let mut file = fs::OpenOptions::new().append(true).open(path)?;
        match wanted() {
            true => file.write_all(&bytes),
            false => Err(io::ErrorKind::Interrupted.into()),
        }
    })
}

pub(super) fn replace<E>(
    path: &Path,
    bytes: Vec<u8>,
    keep: bool,
    run: impl FnOnce(Job) -> Result<io::Result<()>, E>,
) -> Result<io::Result<()>, E> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let permissions = match fs::metadata(&path) {
        Ok(old) if old.is_dir() => return Ok(Err(io::ErrorKind::IsADirectory.into())),
        Ok(old) if !old.is_file() => return run(pour(path, bytes)),
        // A rename asks only the directory; the file's own protection must hold too.
        Ok(old) if old.permissions().readonly() => {
            return Ok(Err(io::ErrorKind::PermissionDenied.into()));
        }
        Ok(old) => Some(old.permissions()),
        Err(_) => None,
    };
    aside(&path, vec![bytes], permissions, keep, run)
}

/// Writes a temporary file in the same directory and syncs it; then it is put in its place, or removed. With `keep` it is put
/// only where there is none, even if that came up meanwhile.
pub(super) fn aside<E>(
    path: &Path,
    parts: Vec<Vec<u8>>,
    permissions: Option<fs::Permissions>,
    keep: bool,
    run: impl FnOnce(Job) -> Result<io::Result<()>, E>,
) -> Result<io::Result<()>, E> {
    let Some(name) = path.file_name() else {
        return Ok(Err(io::ErrorKind::InvalidFilename.into()));
    };
    let temporary = path.with_file_name(format!(
        ".{}.{}.tmp",
        name.to_string_lossy(),
        std::process::id()
    ));
    // What has that name loses it: a link isn't followed.
    let _ = fs::remove_file(&temporary);
    let made = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&temporary);
    let mut file = match made {
        Ok(file) => file,
        Err(error) => return Ok(Err(error)),
    };
    let result = run(Box::new(move |_| {
        for part in parts {
            file.write_all(&part)?;
        }
        if let Some(permissions) = permissions {
            file.set_permissions(permissions)?;
        }
        file.sync_all()
    }));
    let result = result.map(|written| written.and_then(|()| put(&temporary, path, keep)));
    if !matches!(result, Ok(Ok(()))) {
        // The first error is the one to tell; a temporary file that can't be removed is harmless.
        let _ = fs::remove_file(&temporary);
    }
    result
}

fn put(temporary: &Path, path: &Path, keep: bool) -> io::Result<()> {
    if !keep {
        return fs::rename(temporary, path);
    }
    match fs::hard_link(temporary, path) {
        Ok(()) => {
            let _ = fs::remove_file(temporary);
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // A file system without links.
        Err(_) => fs::rename(temporary, path),
    }
}
