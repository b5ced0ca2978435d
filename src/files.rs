//! The one door to files for cmdlets and imports: what is read is text, what is written is written whole.

mod encoding;

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Category, Diagnostic, Source, nearest};

pub use encoding::Encoding;
use encoding::{decode, is_hopeless};

/// So many bytes are a file's head.
const HEAD: u64 = 4096;

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

/// What writing may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    Normal,
    /// `--read-only`: writing is refused.
    ReadOnly,
    /// `-WhatIf`, `--what-if`: says what would be written and writes nothing.
    WhatIf,
}

/// What became of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    Done,
    /// Nothing was written; the sentence says what would have been.
    WouldWrite(String),
}

/// The files of the machine, in one of the three [`Mode`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Files {
    pub mode: Mode,
}

impl Files {
    pub fn new(mode: Mode) -> Self {
        Self { mode }
    }

    /// Reads a file as [`read_text`] does, as long as it is wanted: a device has no end.
    pub fn read_text(&self, path: &Path, wanted: &dyn Fn() -> bool) -> Result<Text, Diagnostic> {
        read_while(path, wanted)
    }

    /// How a file begins, for who only wants a look: the lines of it that are whole within its first bytes, or the whole
    /// file if it has no more. None for what can't be read as text or is no regular file: a pipe would be waited for.
    pub fn head(&self, path: &Path) -> Option<String> {
        if !fs::metadata(path).ok()?.is_file() {
            return None;
        }
        let mut bytes = Vec::new();
        let file = fs::File::open(path).ok()?;
        file.take(HEAD + 1).read_to_end(&mut bytes).ok()?;
        let cut = bytes.len() as u64 > HEAD;
        // A cut goes through three bytes of a character at most.
        let most = if cut { 3 } else { 0 };
        let starts = (0..=most).filter_map(|less| bytes.get(..bytes.len().checked_sub(less)?));
        let mut text = starts
            .filter_map(|start| Some(decode(start.to_vec()).ok()?.0))
            .next()?;
        if cut {
            text.truncate(text.rfind('\n')? + 1);
        }
        Some(text)
    }

    /// Writes the whole file or nothing, as the mode allows: a reader sees the old content or the new one, never a part. One
    /// that is there already is replaced, or left alone if `keep`.
    ///
    /// The bytes go to a temporary file in the same directory, are synced, and take the file's name. A link is followed; what
    /// is no regular file (`/dev/null`, a pipe) is written to directly.
    ///
    /// # Errors
    /// It can't be written, or is to be kept.
    pub fn write(&self, path: &Path, bytes: &[u8], keep: bool) -> Result<Written, Diagnostic> {
        self.write_by(path, bytes.to_vec(), keep, |job| Ok(job(&|| true)))
    }

    /// The same; `run` does what takes long. Where it gives up, nothing is written.
    ///
    /// # Errors
    /// As for [`Files::write`], and those of `run`.
    pub fn write_by<E: From<Diagnostic>>(
        &self,
        path: &Path,
        bytes: Vec<u8>,
        keep: bool,
        run: impl FnOnce(Job) -> Result<io::Result<()>, E>,
    ) -> Result<Written, E> {
        match self.mode {
            _ if keep && path.exists() => return Err(exists(path).into()),
            Mode::Normal => {}
            Mode::ReadOnly => return Err(read_only(path).into()),
            Mode::WhatIf => {
                let verb = if path.exists() { "overwrite" } else { "write" };
                return Ok(would(verb, path, bytes.len()));
            }
        }
        match replace(path, bytes, keep, run)? {
            Ok(()) => Ok(Written::Done),
            Err(error) if keep && error.kind() == io::ErrorKind::AlreadyExists => {
                Err(exists(path).into())
            }
            Err(error) => Err(write_error(path, &error).into()),
        }
    }

    /// The end of a file, to add something to it. In the mode that writes nothing a file is only read.
    ///
    /// # Errors
    /// The file can't be read and written, or is no text.
    pub fn end_of(&self, path: &Path) -> Result<End, Diagnostic> {
        match self.mode {
            Mode::Normal => End::locked(path),
            Mode::ReadOnly => Err(read_only(path)),
            Mode::WhatIf => End::unlocked(path),
        }
    }

    /// Adds to the end of a file, so that a reader sees it without the addition or with all of it, whatever happens. The
    /// file keeps its encoding.
    ///
    /// # Errors
    /// It can't be written, or another program, which knows nothing of the lock, wrote to it since it was read; and those of
    /// `run`, which does what takes long.
    pub fn add_by<E: From<Diagnostic>>(
        &self,
        end: End,
        more: String,
        run: impl FnOnce(Job) -> Result<io::Result<()>, E>,
    ) -> Result<Written, E> {
        let path = end.path.clone();
        if self.mode != Mode::Normal {
            let size = end.encoding.encode(more).len();
            return Ok(would("add to", &path, size));
        }
        if !end.is_as_read() {
            return Err(Diagnostic::new(
                "FileChanged",
                Category::Io,
                format!(
                    "nothing is added to {}: another program wrote to it meanwhile",
                    path.display()
                ),
            )
            .about(path.display().to_string())
            .hint("run it again when the other program is done")
            .into());
        }
        match end.add(more, run)? {
            Ok(()) => Ok(Written::Done),
            Err(error) => Err(write_error(&path, &error).into()),
        }
    }

    /// The same files, of which nothing is written if `rehearse`.
    pub fn rehearsing(self, rehearse: bool) -> Self {
        match self.mode {
            Mode::Normal if rehearse => Self::new(Mode::WhatIf),
            _ => self,
        }
    }

    /// What is in the directory that a half-typed path leads to, as the path would go on; a directory ends with `/`.
    /// Hidden files only where a dot is typed.
    pub fn completions(&self, typed: &str) -> Vec<String> {
        let (folder, name) = typed.split_at(typed.rfind('/').map_or(0, |slash| slash + 1));
        let place = if folder.is_empty() { "." } else { folder };
        let directory = self::typed(place);
        // A directory that can't be read has nothing to offer.
        let entries = fs::read_dir(directory).into_iter().flatten().flatten();
        let mut found: Vec<String> = entries
            .filter_map(|entry| {
                let own = entry.file_name().into_string().ok()?;
                let hidden = own.starts_with('.') && !name.starts_with('.');
                let end = if entry.path().is_dir() { "/" } else { "" };
                (!hidden).then(|| format!("{folder}{own}{end}"))
            })
            .collect();
        found.sort_unstable();
        found
    }

    /// Whether a directory has nothing in it; one that isn't there hasn't.
    pub fn is_empty_dir(&self, path: &Path) -> Result<bool, Diagnostic> {
        match fs::read_dir(path) {
            Ok(mut entries) => Ok(entries.next().is_none()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => Err(Diagnostic::new(
                "NotADirectory",
                Category::InvalidData,
                format!("{} is a file, not a directory", path.display()),
            )
            .about(path.display().to_string())
            .hint("name a directory")),
            Err(error) => Err(read_error(path, &error)),
        }
    }

    /// Opens a file at its end, to add to it as things come; none where the mode writes nothing.
    pub fn log(&self, path: &Path) -> Result<Option<Box<dyn io::Write>>, Diagnostic> {
        match self.mode {
            Mode::Normal => {
                let file = fs::OpenOptions::new().create(true).append(true).open(path);
                let file = file.map_err(|error| write_error(path, &error))?;
                Ok(Some(Box::new(file)))
            }
            Mode::ReadOnly => Err(read_only(path)),
            Mode::WhatIf => Ok(None),
        }
    }

    /// Makes a directory and the ones above it; one that is there already is fine.
    pub fn create_dir(&self, path: &Path) -> Result<Written, Diagnostic> {
        match self.mode {
            _ if path.is_dir() => Ok(Written::Done),
            Mode::Normal => fs::create_dir_all(path)
                .map(|()| Written::Done)
                .map_err(|error| write_error(path, &error)),
            Mode::ReadOnly => Err(read_only(path)),
            Mode::WhatIf => Ok(Written::WouldWrite(format!(
                "would make the directory {}",
                path.display()
            ))),
        }
    }
}

/// A path as typed: a `~` in front of it is the home directory.
pub fn typed(path: &str) -> PathBuf {
    let rest = match path.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with(std::path::is_separator) => rest,
        _ => return PathBuf::from(path),
    };
    match std::env::home_dir() {
        Some(home) => home.join(rest.trim_start_matches(std::path::is_separator)),
        None => PathBuf::from(path),
    }
}

/// The real place of a file that exists below a folder; `None` where there is none, or a link leads out of it.
pub fn inside(folder: &Path, path: &Path) -> Option<PathBuf> {
    let folder = fs::canonicalize(folder).ok()?;
    let real = fs::canonicalize(path).ok()?;
    (real.starts_with(folder) && real.is_file()).then_some(real)
}

/// Reads a file as text: UTF-8 with or without a byte order mark, or UTF-16 with one, as Windows PowerShell writes it.
pub fn read_text(path: &Path) -> Result<Text, Diagnostic> {
    read_while(path, &|| true)
}

fn read_while(path: &Path, wanted: &dyn Fn() -> bool) -> Result<Text, Diagnostic> {
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

/// The part of writing a file that takes long. It is told whether the file is still wanted.
pub type Job = Box<dyn FnOnce(&dyn Fn() -> bool) -> io::Result<()> + Send>;

/// Writes to what is no regular file. A pipe is opened when somebody reads it, and by then nobody may want it written.
fn pour(path: PathBuf, bytes: Vec<u8>) -> Job {
    Box::new(move |wanted| {
        let mut file = fs::OpenOptions::new().append(true).open(path)?;
        match wanted() {
            true => file.write_all(&bytes),
            false => Err(io::ErrorKind::Interrupted.into()),
        }
    })
}

fn replace<E>(
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
fn aside<E>(
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
    let mut file = match fs::File::create(&temporary) {
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

/// A file that is about to be added to: what it holds, and its lock against other shells that add to it.
#[derive(Debug)]
pub struct End {
    path: PathBuf,
    text: String,
    encoding: Encoding,
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

    fn unlocked(path: &Path) -> Result<Self, Diagnostic> {
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

    fn locked(path: &Path) -> Result<Self, Diagnostic> {
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

    fn is_as_read(&self) -> bool {
        self.file.as_ref().is_none_or(|file| {
            let size = file.metadata().map(|found| found.len());
            is_at(file, &self.path) && size.is_ok_and(|size| size == self.size)
        })
    }

    fn add<E>(
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

fn would(verb: &str, path: &Path, count: usize) -> Written {
    let plural = if count == 1 { "" } else { "s" };
    let shown = path.display();
    Written::WouldWrite(format!("would {verb} {shown} ({count} byte{plural})"))
}

fn exists(path: &Path) -> Diagnostic {
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

fn read_error(path: &Path, error: &io::Error) -> Diagnostic {
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

fn write_error(path: &Path, error: &io::Error) -> Diagnostic {
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

fn read_only(path: &Path) -> Diagnostic {
    Diagnostic::new(
        "ReadOnly",
        Category::Denied,
        format!("{} is not written: --read-only forbids it", path.display()),
    )
    .about(path.display().to_string())
    .hint("run without --read-only")
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
        Files::default().write(path, bytes, false).map(drop)
    }

    #[test]
    fn a_half_typed_path_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| format!("{}/{name}", dir.path().display());
        for name in ["leavers.csv", ".hidden"] {
            fs::write(at(name), "").unwrap();
        }
        fs::create_dir(at("lists")).unwrap();
        let files = Files::default();
        assert_eq!(
            files.completions(&at("l")),
            [at("leavers.csv"), at("lists/")]
        );
        assert!(files.completions(&at(".")).contains(&at(".hidden")));
        assert!(files.completions(&at("nowhere/x")).is_empty());
    }

    #[test]
    fn a_look_at_a_file_reads_its_first_lines() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.csv");
        let head = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            Files::default().head(&path)
        };
        assert_eq!(head(b"a,b").as_deref(), Some("a,b"));
        assert_eq!(head(b"").as_deref(), Some(""));
        assert_eq!(head(b"a\xFF"), None);
        for odd in ["", "x", "xx", "xxx"] {
            let long = format!("{odd}å\n{}", "😀".repeat(5000));
            assert_eq!(head(long.as_bytes()).unwrap(), format!("{odd}å\n"));
            let wide: Vec<u8> = long.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let wide = [&[0xFF, 0xFE], wide.as_slice()].concat();
            assert_eq!(head(&wide).unwrap(), format!("{odd}å\n"));
        }
        assert_eq!(head("x".repeat(5000).as_bytes()), None);
        assert_eq!(Files::default().head(dir.path()), None);
        assert_eq!(Files::default().head(Path::new("/dev/zero")), None);
        assert_eq!(Files::default().head(Path::new("no/x")), None);
    }

    #[test]
    fn the_home_directory_is_meant_by_a_tilde_in_front_only() {
        let home = std::env::home_dir().unwrap();
        assert_eq!(typed("~/a b.csv"), home.join("a b.csv"));
        assert_eq!(typed("~"), home);
        for path in ["~anna/x", "a~/x", "./~/x", ""] {
            assert_eq!(typed(path), PathBuf::from(path));
        }
    }

    #[test]
    fn a_file_that_can_not_be_read_is_told_with_path_and_cure() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("graph-users.json"), "[]").unwrap();
        let fault = read_text(&dir.path().join("graph-user.json")).unwrap_err();
        assert_eq!(
            (fault.id, fault.category),
            ("FileNotFound", Category::NotFound)
        );
        assert!(fault.to_string().contains("graph-users.json?"), "{fault}");
        let fault = read_text(&dir.path().join("no/x.csv")).unwrap_err();
        assert!(fault.to_string().contains("no directory"), "{fault}");
        let fault = read_text(dir.path()).unwrap_err();
        assert_eq!(fault.id, "NotAFile");
        fs::write(dir.path().join("bad.txt"), b"a\nb\xFF").unwrap();
        let fault = read_text(&dir.path().join("bad.txt")).unwrap_err();
        assert!(fault.message.contains("bad.txt:2: not text"), "{fault}");
    }

    #[test]
    fn writing_replaces_the_file_whole_and_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.csv");
        write_atomic(&path, b"one").unwrap();
        write_atomic(&path, b"two").unwrap();
        assert_eq!(read_text(&path).unwrap().content, "two");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        let fault = write_atomic(&dir.path().join("no/x"), b"").unwrap_err();
        assert_eq!(fault.id, "DirectoryNotFound");
        assert_eq!(write_atomic(dir.path(), b"").unwrap_err().id, "NotAFile");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_devices_written_and_protection_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let dir = tempfile::tempdir().unwrap();
        let (file, link) = (dir.path().join("file"), dir.path().join("link"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        symlink(&file, &link).unwrap();
        write_atomic(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"new");
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        write_atomic(Path::new("/dev/null"), b"x").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).unwrap();
        assert_eq!(write_atomic(&file, b"x").unwrap_err().id, "FileDenied");
    }

    #[test]
    fn what_another_program_writes_meanwhile_is_not_lost() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.csv");
        let files = Files::default();
        for change in ["A\n2\n", "A\n"] {
            fs::write(&path, "A\n1\n").unwrap();
            let end = files.end_of(&path).unwrap();
            // In place the first time, with a new file the second.
            match change.len() {
                2 => write_atomic(&path, change.as_bytes()).unwrap(),
                _ => fs::write(&path, format!("{change}3\n")).unwrap(),
            }
            assert_eq!(
                files
                    .add_by(end, "4\n".to_owned(), |job| Ok::<_, Diagnostic>(job(
                        &|| true
                    )))
                    .unwrap_err()
                    .id,
                "FileChanged"
            );
            assert!(!read_text(&path).unwrap().content.contains('4'));
        }
        let end = files.end_of(&path).unwrap();
        files
            .add_by(end, "4\n".to_owned(), |job| {
                Ok::<_, Diagnostic>(job(&|| true))
            })
            .unwrap();
        assert_eq!(read_text(&path).unwrap().content, "A\n4\n");
    }

    #[test]
    fn the_mode_decides_whether_anything_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.csv");
        let fault = Files::new(Mode::ReadOnly)
            .write(&path, b"x", false)
            .unwrap_err();
        assert_eq!(fault.category, Category::Denied);
        let would = Files::new(Mode::WhatIf).write(&path, b"x", false).unwrap();
        assert!(matches!(would, Written::WouldWrite(text) if text.contains("(1 byte)")));
        assert!(!path.exists());
        let done = Files::default().write(&path, b"x", false).unwrap();
        assert_eq!(done, Written::Done);
    }
}
