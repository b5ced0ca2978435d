//! Files as text: decoded, and no further than is wanted.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::encoding::{decode, is_hopeless};
use super::fault::read_error;
use crate::diagnostic::{Diagnostic, Source};

/// A file that was read, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The path as the admin named it.
    pub path: PathBuf,
    /// The content without a byte order mark.
    pub content: String,
}

impl Text {
    /// The path as it appears in messages.
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The text as something a diagnostic can point into.
    pub fn source(&self) -> Arc<Source> {
        Source::new(self.name(), self.content.as_str())
    }
}

/// Reads a file as text: UTF-8 with or without a byte order mark, or UTF-16 with one, as Windows PowerShell writes it.
pub fn read_text(path: &Path) -> Result<Text, Diagnostic> {
    read_while(path, &|| true)
}

pub(super) fn read_while(path: &Path, wanted: &dyn Fn() -> bool) -> Result<Text, Diagnostic> {
    const STEP: u64 = 1 << 20;
    let read = || -> io::Result<Vec<u8>> {
        let file = fs::File::open(path)?;
        let size = usize::try_from(file.metadata()?.len()).unwrap_or_default();
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(size)?;
        while (&file).take(STEP).read_to_end(&mut bytes)? > 0 {
            if !wanted() {
                return Err(io::ErrorKind::Interrupted.into());
            }
            // Gigabytes of something else, or a device without an end, are not read for nothing.
            if bytes.len() as u64 <= STEP && is_hopeless(&bytes) {
                break;
            }
        }
        Ok(bytes)
    };
    let bytes = read().map_err(|error| read_error(path, &error))?;
    Ok(Text {
        path: path.to_owned(),
        content: decode(bytes).map_err(|fault| fault.about(path))?.0,
    })
}
