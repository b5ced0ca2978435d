//! Why a file can't be read or written, and what to do about it.

use std::fs;
use std::io;
use std::path::Path;

use crate::diagnostic::{Category, Diagnostic, nearest};

pub(super) fn exists(path: &Path) -> Diagnostic {
    Diagnostic::new(
        "FileExists",
        Category::Io,
        format!(
            "there is a file {} already, and -NoClobber keeps it",
            path.display()
        ),
    )
    .about(path.display().to_string())
    .hint("name another file, or leave -NoClobber out to replace this one")
}

pub(super) fn read_error(path: &Path, error: &io::Error) -> Diagnostic {
    let shown = path.display();
    let fault = |id, category, message| {
        Diagnostic::new(id, category, message).about(path.display().to_string())
    };
    if path.is_dir() {
        return fault(
            "NotAFile",
            Category::InvalidData,
            format!("{shown} is a directory"),
        )
        .hint("name a file in it");
    }
    match error.kind() {
        io::ErrorKind::NotFound => fault(
            "FileNotFound",
            Category::NotFound,
            format!("there is no file {shown}"),
        )
        .hint(missing_hint(path)),
        io::ErrorKind::PermissionDenied => fault(
            "FileDenied",
            Category::Io,
            format!("no permission to read {shown}"),
        )
        .hint("give the account that runs tenantsh read permission on the file and its directory"),
        _ => fault(
            "FileUnreadable",
            Category::Io,
            format!("{shown} can't be read: {error}"),
        ),
    }
}

/// The cure for a missing file: the directory that is missing, a name that is near, or where it was looked for.
fn missing_hint(path: &Path) -> String {
    let directory = directory_of(path);
    if path.to_string_lossy().contains(['*', '?']) {
        return "wildcards are not followed here: name one file".to_owned();
    }
    let Ok(entries) = fs::read_dir(directory) else {
        return format!("there is no directory {} either", directory.display());
    };
    let names: Vec<String> = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let wanted = path.file_name().unwrap_or_default().to_string_lossy();
    match nearest(&wanted, names.iter().map(String::as_str)) {
        Some(name) => format!("did you mean {}?", path.with_file_name(name).display()),
        None if path.is_absolute() => "check the path".to_owned(),
        None => match std::env::current_dir() {
            Ok(here) => format!("it was looked for in {}", here.join(directory).display()),
            Err(_) => "check the path".to_owned(),
        },
    }
}

/// A file that only the store writes.
pub(super) fn kept_apart(path: &Path) -> Diagnostic {
    Diagnostic::new(
        "TenantFile",
        Category::Denied,
        format!(
            "{} is one of the tenant's own files; nothing else is written to it",
            path.display()
        ),
    )
    .about(path.display().to_string())
    .hint("choose another name; Save-Tenant writes tenant.yaml")
}

pub(super) fn write_error(path: &Path, error: &io::Error) -> Diagnostic {
    let shown = path.display();
    let directory = directory_of(path);
    let fault = match error.kind() {
        _ if path.is_dir() => Diagnostic::new(
            "NotAFile",
            Category::Io,
            format!("{shown} is a directory and can't be written as a file"),
        )
        .hint("name a file in it"),
        io::ErrorKind::NotFound => Diagnostic::new(
            "DirectoryNotFound",
            Category::NotFound,
            format!(
                "{shown} can't be written: there is no directory {}",
                directory.display()
            ),
        )
        .hint("make the directory first, or name another"),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Diagnostic::new(
            "FileDenied",
            Category::Io,
            format!("no permission to write {shown}"),
        )
        .hint(format!(
            "make {} and the file writable for the account that runs tenantsh, or name another place",
            directory.display()
        )),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Diagnostic::new(
            "DiskFull",
            Category::Io,
            format!("{shown} can't be written: no space is left there"),
        )
        .hint("make room and run it again, or name a place on another disk; a file that was there is as it was"),
        _ => Diagnostic::new(
            "FileUnwritable",
            Category::Io,
            format!("{shown} can't be written: {error}"),
        ),
    };
    fault.about(shown.to_string())
}

pub(super) fn read_only(path: &Path) -> Diagnostic {
    Diagnostic::new(
        "ReadOnly",
        Category::Denied,
        format!("{} is not written: --read-only forbids it", path.display()),
    )
    .about(path.display().to_string())
    .hint("run without --read-only")
}

pub(super) fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
