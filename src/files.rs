//! The one door to files for cmdlets and imports: what is read is text, what is written is written whole.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Category, Diagnostic, Source, nearest};

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

    pub fn read_text(&self, path: &Path) -> Result<Text, Diagnostic> {
        read_text(path)
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
            .filter_map(|start| decode(start.to_vec()).ok())
            .next()?;
        if cut {
            text.truncate(text.rfind('\n')? + 1);
        }
        Some(text)
    }

    /// Writes the whole file or nothing, as the mode allows.
    pub fn write(&self, path: &Path, bytes: &[u8]) -> Result<Written, Diagnostic> {
        match self.mode {
            Mode::Normal => write_atomic(path, bytes).map(|()| Written::Done),
            Mode::ReadOnly => Err(read_only(path)),
            Mode::WhatIf => {
                let verb = if path.exists() { "overwrite" } else { "write" };
                let plural = if bytes.len() == 1 { "" } else { "s" };
                Ok(Written::WouldWrite(format!(
                    "would {verb} {} ({} byte{plural})",
                    path.display(),
                    bytes.len()
                )))
            }
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
        // A directory that can't be read has nothing to offer.
        let entries = fs::read_dir(place).into_iter().flatten().flatten();
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

/// The real place of a file that exists below a folder; `None` where there is none, or a link leads out of it.
pub fn inside(folder: &Path, path: &Path) -> Option<PathBuf> {
    let folder = fs::canonicalize(folder).ok()?;
    let real = fs::canonicalize(path).ok()?;
    (real.starts_with(folder) && real.is_file()).then_some(real)
}

/// Reads a file as text: UTF-8 with or without a byte order mark, or UTF-16 with one, as Windows PowerShell writes it.
pub fn read_text(path: &Path) -> Result<Text, Diagnostic> {
    let bytes = fs::read(path).map_err(|error| read_error(path, &error))?;
    Ok(Text {
        path: path.to_owned(),
        content: decode(bytes).map_err(|fault| fault.about(path))?,
    })
}

/// Whether a file could stand at a path, before there is anything to write: its directory exists, and it is none itself.
///
/// # Errors
/// What [`write_atomic`] would say.
pub fn check_place(path: &Path) -> Result<(), Diagnostic> {
    if path.is_dir() {
        return Err(write_error(path, &io::ErrorKind::IsADirectory.into()));
    }
    if !directory_of(path).is_dir() {
        return Err(write_error(path, &io::ErrorKind::NotFound.into()));
    }
    Ok(())
}

/// Writes a file so that a reader sees the old content or the new one, never a part.
///
/// The bytes go to a temporary file in the same directory, are synced, and take the file's name.
/// A link is followed; what is no regular file (`/dev/null`, a pipe) is written to directly.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    replace(path, bytes).map_err(|error| write_error(path, &error))
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let permissions = match fs::metadata(path) {
        Ok(old) if old.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(old) if !old.is_file() => return fs::write(path, bytes),
        // A rename asks only the directory; the file's own protection must hold too.
        Ok(old) if old.permissions().readonly() => {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        Ok(old) => Some(old.permissions()),
        Err(_) => None,
    };
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let temporary = path.with_file_name(format!(
        ".{}.{}.tmp",
        name.to_string_lossy(),
        std::process::id()
    ));
    let result = (|| {
        let mut file = fs::File::create(&temporary)?;
        file.write_all(bytes)?;
        if let Some(permissions) = permissions {
            file.set_permissions(permissions)?;
        }
        file.sync_all()?;
        fs::rename(&temporary, path)
    })();
    if result.is_err() {
        // The first error is the one to tell; a temporary file that can't be removed is harmless.
        let _ = fs::remove_file(&temporary);
    }
    result
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

/// Why bytes are no text, and the line on which that shows.
#[derive(Debug, PartialEq, Eq)]
struct NotText {
    what: String,
    line: usize,
}

impl NotText {
    /// `before` is what was read up to the fault.
    fn after(before: &[u8], what: String) -> Self {
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        Self { what, line }
    }

    fn about(self, path: &Path) -> Diagnostic {
        Diagnostic::new(
            "NotText",
            Category::InvalidData,
            format!("{}:{}: not text: {}", path.display(), self.line, self.what),
        )
        .about(path.display().to_string())
        .hint("save the file as UTF-8 (in PowerShell: -Encoding utf8)")
    }
}

fn decode(mut bytes: Vec<u8>) -> Result<String, NotText> {
    if bytes.starts_with(&[0xFF, 0xFE]) {
        return utf16(&bytes[2..], u16::from_le_bytes);
    }
    if bytes.starts_with(&[0xFE, 0xFF]) {
        return utf16(&bytes[2..], u16::from_be_bytes);
    }
    if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
        bytes.drain(..3);
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        let what = format!("byte {} is NUL", at + 1);
        return Err(NotText::after(&bytes[..at], what));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let byte = bytes.get(at).copied().unwrap_or_default();
        let what = format!("byte {} is 0x{byte:02X}, which is not UTF-8", at + 1);
        NotText::after(&bytes[..at], what)
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, NotText> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let mut text = String::with_capacity(bytes.len() / 2);
    for decoded in char::decode_utf16(units) {
        match decoded {
            Ok(c) => text.push(c),
            Err(error) => {
                let what = format!(
                    "0x{:04X} is half of a UTF-16 pair",
                    error.unpaired_surrogate()
                );
                return Err(NotText::after(text.as_bytes(), what));
            }
        }
    }
    if rest.is_empty() {
        Ok(text)
    } else {
        let what = "UTF-16 ends within a character".to_owned();
        Err(NotText::after(text.as_bytes(), what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String, NotText> {
        decode(bytes.to_vec())
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
    fn byte_order_marks_choose_the_encoding() {
        assert_eq!(read(b"\xEF\xBB\xBFa\xC3\xA5").unwrap(), "aå");
        assert_eq!(read(b"a\xC3\xA5").unwrap(), "aå");
        assert_eq!(read(b"\xFF\xFEa\0\xE5\0").unwrap(), "aå");
        assert_eq!(read(b"\xFE\xFF\0a\0\xE5").unwrap(), "aå");
        assert_eq!(read(b"").unwrap(), "");
        assert_eq!(read(b"\xFF\xFE").unwrap(), "");
    }

    #[test]
    fn what_is_no_text_is_placed() {
        for (bytes, what, line) in [
            (
                b"ok\n\xE5sa".as_slice(),
                "byte 4 is 0xE5, which is not UTF-8",
                2,
            ),
            (b"a\0b\0", "byte 2 is NUL", 1),
            (
                b"\xFF\xFEa\0\n\0\x00\xD8",
                "0xD800 is half of a UTF-16 pair",
                2,
            ),
            (b"\xFF\xFEa\0b", "UTF-16 ends within a character", 1),
        ] {
            let what = what.to_owned();
            assert_eq!(read(bytes), Err(NotText { what, line }));
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
    fn the_mode_decides_whether_anything_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.csv");
        let fault = Files::new(Mode::ReadOnly).write(&path, b"x").unwrap_err();
        assert_eq!(fault.category, Category::Denied);
        let would = Files::new(Mode::WhatIf).write(&path, b"x").unwrap();
        assert!(matches!(would, Written::WouldWrite(text) if text.contains("(1 byte)")));
        assert!(!path.exists());
        let done = Files::default().write(&path, b"x").unwrap();
        assert_eq!(done, Written::Done);
    }
}
