//! Plans on the disk: written whole, read back before anybody relies on them.

use std::path::Path;

use super::{Document, read, write};
use crate::diagnostic::{Category, Diagnostic};
use crate::files::{self, Files, Written};

/// Writes a plan and reads it back; its hash, or what would be written where nothing may be.
///
/// # Errors
/// It can't be written, another file is in its place, or what is on the disk isn't what was written.
pub fn save(
    files: Files,
    path: &Path,
    document: &Document,
) -> Result<Result<String, String>, Diagnostic> {
    let name = path.display().to_string();
    if let Some(bytes) = files::bytes(path)
        && !bytes.is_empty()
        && !String::from_utf8_lossy(&bytes)
            .lines()
            .take(20)
            .any(|line| line.starts_with("plan: "))
    {
        return Err(Diagnostic::new(
            "NotAPlan",
            Category::Denied,
            format!("{name} is there already and is no plan: it isn't replaced"),
        )
        .about(name)
        .hint("name another file"));
    }
    let (text, hash) = write(document)?;
    match files.write(path, text.as_bytes(), false)? {
        Written::WouldWrite(sentence) => Ok(Err(sentence)),
        Written::Done => {
            let (on_disk, read_hash) = open(path)?;
            if read_hash != hash || on_disk != *document {
                return Err(Diagnostic::new(
                    "PlanUnreadable",
                    Category::Io,
                    format!("{name} doesn't read back as it was written; don't use it"),
                )
                .about(name));
            }
            Ok(Ok(hash))
        }
    }
}

/// Reads a plan from a file, and its hash.
///
/// # Errors
/// As for [`read`], and the file can't be read.
pub fn open(path: &Path) -> Result<(Document, String), Diagnostic> {
    let text = files::read_text(path)?;
    read(&text.name(), &text.content)
}
