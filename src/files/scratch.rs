//! A directory of one run, readable by its owner only and gone at the end of the run.

use std::fs;
use std::path::{Path, PathBuf};

use super::fault::write_error;
use crate::diagnostic::Diagnostic;

/// A directory among the system's temporary ones, until it is dropped.
pub struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// Makes one; `id` tells it apart from those of other runs.
    ///
    /// # Errors
    /// It is there already, or can't be made.
    pub fn new(id: &str) -> Result<Self, Diagnostic> {
        let path = std::env::temp_dir().join(format!("tenantsh-{id}"));
        make(&path).map_err(|error| write_error(&path, &error))?;
        Ok(Self { path })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file into it.
    ///
    /// # Errors
    /// The disk is full.
    pub fn write(&self, name: &str, text: &str) -> Result<PathBuf, Diagnostic> {
        let path = self.path.join(name);
        fs::write(&path, text).map_err(|error| write_error(&path, &error))?;
        Ok(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What can't be deleted is left to the system, which clears its temporary files.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Fails where something of the name is there, be it a link.
#[cfg(unix)]
fn make(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().mode(0o700).create(path)
}

#[cfg(not(unix))]
fn make(path: &Path) -> std::io::Result<()> {
    fs::create_dir(path)
}
