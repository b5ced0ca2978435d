//! The end of a file that is added to, held against others meanwhile.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::encoding::{Encoding, decode};
use super::fault::{read_error, write_error};
use super::write::{Job, aside, pour};
use crate::diagnostic::Diagnostic;

/// A file that is about to be added to: what it holds, and its lock against other shells that add to it.
#[derive(Debug)]
pub struct End {
    pub(super) path: PathBuf,
    text: String,
    pub(super) encoding: Encoding,
    /// Held until the addition is in its place; none where nothing is replaced.
    file: Option<fs::File>,
    /// Its bytes when it was read.
    size: u64,
    /// There was no file before; so there is none again if nothing is added.
    fresh: bool,
}

impl End {
    /// What the file holds, without a byte order mark; nothing if it isn't there, or is no regular file.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A file with nothing in it has no encoding yet, and gets this one.
    #[must_use]
    pub fn encoded(mut self, encoding: Encoding) -> Self {
        if self.text.is_empty() && self.encoding == Encoding::Utf8 {
            self.encoding = encoding;
        }
        self
    }

    pub(super) fn unlocked(path: &Path) -> Result<Self, Diagnostic> {
        let mut end = Self {
            path: path.to_owned(),
            text: String::new(),
            encoding: Encoding::default(),
            file: None,
            size: 0,
            fresh: false,
        };
        if path.is_file() {
            let bytes = fs::read(path).map_err(|error| read_error(path, &error))?;
            (end.text, end.encoding) = decode(bytes).map_err(|fault| fault.about(path))?;
        }
        Ok(end)
    }

    pub(super) fn locked(path: &Path) -> Result<Self, Diagnostic> {
        let fresh = match fs::metadata(path) {
            Ok(old) if !old.is_file() => return Self::unlocked(path),
            Ok(old) if old.permissions().readonly() => {
                return Err(write_error(path, &io::ErrorKind::PermissionDenied.into()));
            }
            old => old.is_err(),
        };
        let opened = || -> io::Result<_> {
            loop {
                let mut options = fs::OpenOptions::new();
                let mut file = options.read(true).append(true).create(true).open(path)?;
                // Where a file system has no locks, whoever comes last wins.
                let _ = file.lock();
                // Whoever held the lock has put another file in this one's place.
                if is_at(&file, path) {
                    let mut bytes = Vec::new();
                    file.read_to_end(&mut bytes)?;
                    return Ok((file, bytes));
                }
            }
        };
        let (file, bytes) = opened().map_err(|error| write_error(path, &error))?;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let mut end = Self {
            path: path.to_owned(),
            text: String::new(),
            encoding: Encoding::default(),
            file: Some(file),
            size,
            fresh,
        };
        (end.text, end.encoding) = decode(bytes).map_err(|fault| fault.about(path))?;
        Ok(end)
    }

    pub(super) fn is_as_read(&self) -> bool {
        self.file.as_ref().is_none_or(|file| {
            let size = file.metadata().map(|found| found.len());
            is_at(file, &self.path) && size.is_ok_and(|size| size == self.size)
        })
    }

    pub(super) fn add<E>(
        mut self,
        more: String,
        run: impl FnOnce(Job) -> Result<io::Result<()>, E>,
    ) -> Result<io::Result<()>, E> {
        let Some(file) = &self.file else {
            // A device or a pipe.
            return run(pour(self.path.clone(), more.into_bytes()));
        };
        let found = fs::canonicalize(&self.path)
            .and_then(|path| Ok((path, file.metadata()?.permissions())));
        let (path, permissions) = match found {
            Ok(found) => found,
            Err(error) => return Ok(Err(error)),
        };
        // One mark is enough.
        let old = self.encoding.encode(std::mem::take(&mut self.text));
        let mut new = self.encoding.encode(more);
        new.drain(..self.encoding.mark().len());
        let done = aside(&path, vec![old, new], Some(permissions), false, run)?;
        self.fresh &= done.is_err();
        Ok(done)
    }
}

impl Drop for End {
    fn drop(&mut self) {
        if self.fresh && self.size == 0 {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether an open file is the one that a path leads to.
#[cfg(unix)]
fn is_at(file: &fs::File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |found: io::Result<fs::Metadata>| found.ok().map(|it| (it.dev(), it.ino()));
    id(file.metadata()) == id(fs::metadata(path))
}

#[cfg(not(unix))]
fn is_at(_: &fs::File, _: &Path) -> bool {
    true
}
