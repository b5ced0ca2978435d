//! Where the files of a tenant directory are.

use std::io;
use std::path::{Path, PathBuf};

use super::disk::Disk;

/// The paths of one tenant directory, symbolic links resolved.
#[derive(Clone, Debug)]
pub struct Layout {
    pub dir: PathBuf,
    /// The snapshot: the tenant as of its `sequence`.
    pub tenant: PathBuf,
    /// The records, the current file of them.
    pub journal: PathBuf,
    /// Locked by who writes, beside the journal; never renamed, never deleted.
    pub lock: PathBuf,
    pub attributes: PathBuf,
    pub ignore: PathBuf,
}

impl Layout {
    /// Finds the files: a `tenant.yaml` that is a link stays one, and what it points to is replaced.
    pub fn of(disk: &dyn Disk, dir: &Path) -> Self {
        let resolve = |path: PathBuf| disk.resolve(&path).unwrap_or(path);
        let dir = resolve(dir.to_path_buf());
        let journal = resolve(dir.join("journal.yaml"));
        Self {
            tenant: resolve(dir.join("tenant.yaml")),
            lock: journal.parent().unwrap_or(&dir).join(".tenant.lock"),
            journal,
            ignore: dir.join(".gitignore"),
            attributes: dir.join(".gitattributes"),
            dir,
        }
    }

    /// The half-written neighbour of a file, renamed over it when it is whole and durable. Nobody else has such a name.
    pub fn temporary(path: &Path) -> PathBuf {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.with_file_name(format!(".{name}.tenantsh.tmp"))
    }

    /// The snapshot before the present one: with the journal behind it the last good state.
    pub fn previous(path: &Path) -> PathBuf {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.with_file_name(format!(".{name}.tenantsh.previous"))
    }

    /// The name under which the state before a hand edit is kept that takes something away.
    pub fn before(path: &Path, which: &str) -> PathBuf {
        with_suffix(path, &format!(".before-{which}"))
    }

    /// The name under which an editor's version of a file is kept that a checkpoint met.
    pub fn conflict(path: &Path, which: &str) -> PathBuf {
        with_suffix(path, &format!(".conflict-{which}"))
    }

    /// A name under which the end of a journal is kept that should have been record `seq`.
    pub fn remnant(&self, seq: u64, nth: u64) -> PathBuf {
        match nth {
            1 => with_suffix(&self.journal, &format!(".remnant-{seq}")),
            _ => with_suffix(&self.journal, &format!(".remnant-{seq}-{nth}")),
        }
    }

    /// The name of a full journal file whose first record is `first`.
    pub fn rotated(&self, first: u64) -> PathBuf {
        self.journal_dir().join(format!("journal-{first}.yaml"))
    }

    /// The first sequence numbers of the full journal files, newest first.
    pub fn rotated_firsts(&self, disk: &dyn Disk) -> io::Result<Vec<u64>> {
        let mut firsts: Vec<u64> = disk
            .list(self.journal_dir())?
            .iter()
            .filter_map(|name| name.strip_prefix("journal-")?.strip_suffix(".yaml"))
            .filter_map(|number| number.parse().ok())
            .collect();
        firsts.sort_unstable_by(|a, b| b.cmp(a));
        Ok(firsts)
    }

    pub fn journal_dir(&self) -> &Path {
        self.journal.parent().unwrap_or(&self.dir)
    }

    pub fn tenant_dir(&self) -> &Path {
        self.tenant.parent().unwrap_or(&self.dir)
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
