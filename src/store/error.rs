//! What the store says when something is wrong: each fault with its place and the next thing to do.

use std::io;
use std::path::Path;

use crate::diagnostic::{Category, Diagnostic};

/// A file operation failed.
pub(super) fn io(path: &Path, doing: &str, error: &io::Error) -> Diagnostic {
    let fault = Diagnostic::new(
        "StoreIo",
        Category::Io,
        format!("{} can't be {doing}: {}", path.display(), reason(error)),
    )
    .about(path.display().to_string());
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            fault.hint("check the permissions of the tenant directory")
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            fault.hint("free some space, then try again")
        }
        _ => fault,
    }
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        io::ErrorKind::StorageFull => "no space is left on the disk".into(),
        _ => error.to_string(),
    }
}

/// Bytes that were acknowledged are not what they were.
pub(super) fn damage(path: &Path, message: impl std::fmt::Display) -> Diagnostic {
    Diagnostic::new("StoreDamaged", Category::InvalidData, message.to_string())
        .about(path.display().to_string())
        .hint("restore the file from a backup or from git; nothing is written until then")
}

/// The state of the files forbids writing.
pub(super) fn refused(id: &'static str, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(id, Category::Io, message)
}
