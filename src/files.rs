//! The one door to files for cmdlets and imports: what is read is text, what is written is written whole.

mod append_target;
mod encoding;
mod fault;
mod read;
mod scratch;
mod write;

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Category, Diagnostic};

pub use append_target::End;
pub use encoding::Encoding;
pub use read::{Text, read_text};
pub use scratch::Scratch;
pub use write::{Job, check_place};

use encoding::decode;
use fault::{exists, kept_apart, read_error, read_only, write_error};
use read::read_while;
use write::{is_same, own_options, replace};

/// So many bytes are a file's head.
const HEAD: u64 = 4096;

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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    pub mode: Mode,
    /// Files that have another writer: the tenant's own.
    kept: Arc<[PathBuf]>,
}

impl Files {
    pub fn new(mode: Mode) -> Self {
        Self {
            mode,
            kept: Arc::default(),
        }
    }

    /// The same files, of which these are never written, by whatever name.
    #[must_use]
    pub fn keeping(self, kept: Arc<[PathBuf]>) -> Self {
        Self { kept, ..self }
    }

    /// Refuses what has another writer.
    fn check_kept(&self, path: &Path) -> Result<(), Diagnostic> {
        match self.kept.iter().any(|kept| is_same(kept, path)) {
            true => Err(kept_apart(path)),
            false => Ok(()),
        }
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
        self.check_kept(path)?;
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
        self.check_kept(path)?;
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
            Mode::Normal if rehearse => Self {
                mode: Mode::WhatIf,
                ..self
            },
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
        self.check_kept(path)?;
        match self.mode {
            Mode::Normal => {
                let file = own_options().create(true).append(true).open(path);
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

/// The bytes of a regular file; none of one that can't be read.
pub fn bytes(path: &Path) -> Option<Vec<u8>> {
    let is_file = fs::metadata(path).is_ok_and(|found| found.is_file());
    is_file.then(|| fs::read(path).ok()).flatten()
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

fn would(verb: &str, path: &Path, count: usize) -> Written {
    let plural = if count == 1 { "" } else { "s" };
    let shown = path.display();
    Written::WouldWrite(format!("would {verb} {shown} ({count} byte{plural})"))
}

#[cfg(test)]
mod tests;
