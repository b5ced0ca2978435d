//! A real file system that is full, and one that is read-only: refused, told why, and whole when space is back.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::store::{commit, create, open, removal, tenant};

/// A file system of one MiB, for as long as this lives.
struct Small(PathBuf);

impl Small {
    /// `None`, with the reason on the screen, where this user may not mount.
    #[allow(clippy::print_stdout)]
    fn new() -> Option<Self> {
        let place = tempfile::tempdir().unwrap().keep();
        let own = Self(place);
        if own.mount(&["-t", "tmpfs", "-o", "size=1m", "tmpfs"]) {
            return Some(own);
        }
        println!("skipped: mounting a tmpfs takes root; the simulated disk covers the rest");
        None
    }

    fn mount(&self, options: &[&str]) -> bool {
        let done = Command::new("mount").args(options).arg(&self.0).output();
        done.is_ok_and(|output| output.status.success())
    }

    fn fill(&self) -> PathBuf {
        let filler = self.0.join("filler");
        // Ends with an error when nothing is left.
        let _ = fs::write(&filler, vec![0; 2 << 20]);
        filler
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).output();
        let _ = fs::remove_dir(&self.0);
    }
}

fn licensed(dir: &Path) -> usize {
    let users = open(dir).tenant;
    users
        .users()
        .iter()
        .filter(|user| !user.licenses.is_empty())
        .count()
}

#[test]
fn a_full_disk_refuses_and_loses_nothing() {
    let Some(small) = Small::new() else { return };
    let dir = small.0.join("tenant");
    create(&dir, &tenant(2_000));
    let mut opened = open(&dir);
    commit(&mut opened.store, 1);
    opened.tenant.apply(&removal(1)).unwrap();
    let filler = small.fill();
    // What fits into the last page still succeeds; then it is refused.
    let mut done = 1;
    let refused = loop {
        let mut guard = match opened.store.lock(&mut |_| {}) {
            Ok(guard) => guard,
            Err(fault) => break fault,
        };
        let entry =
            tenantsh::store::Entry::new(crate::store::now(), "admin", vec![removal(done + 1)]);
        match guard.commit(entry) {
            Ok(_) => done += 1,
            Err(fault) => break fault,
        }
        drop(guard);
        opened.tenant.apply(&removal(done)).unwrap();
        assert!(done < 1_000, "the disk is never full");
    };
    assert_eq!(refused.id, "StorePoisoned");
    assert!(refused.message.contains("no space is left"), "{refused}");
    assert_eq!(licensed(&dir), 2_000 - done as usize, "readers still read");
    let mut again = open(&dir);
    let saved = again.store.lock(&mut |_| {}).and_then(|mut guard| {
        let tenant = again.tenant.clone();
        guard.checkpoint(&tenant, crate::store::now())
    });
    assert!(saved.is_err(), "a checkpoint needs space");
    fs::remove_file(filler).unwrap();
    let mut again = open(&dir);
    commit(&mut again.store, done + 1);
    assert_eq!(licensed(&dir), 2_000 - done as usize - 1);
}

#[test]
fn a_read_only_disk_is_read_and_not_written() {
    let Some(small) = Small::new() else { return };
    let dir = small.0.join("tenant");
    create(&dir, &tenant(3));
    commit(&mut open(&dir).store, 1);
    if !small.mount(&["-o", "remount,ro"]) {
        return;
    }
    let mut opened = open(&dir);
    assert_eq!(licensed(&dir), 2);
    let refused = opened.store.lock(&mut |_| {}).err().unwrap();
    assert_eq!(refused.id, "StoreIo");
    assert!(refused.hint.is_some(), "{refused}");
    assert!(small.mount(&["-o", "remount,rw"]));
    commit(&mut opened.store, 2);
    assert_eq!(licensed(&dir), 1);
}

/// A report on a full disk: refused with a cure, the file as it was, nothing left beside it; what was changed is put out.
#[test]
fn a_file_on_a_full_disk_is_as_it_was() {
    let Some(small) = Small::new() else { return };
    let file = small.0.join("report.csv");
    let mut rig = crate::support::Rig::new();
    let line = |append: &str| format!("Get-User | Export-Csv '{}' {append}", file.display());
    rig.values(&line(""));
    let before = fs::read(&file).unwrap();
    let filler = small.fill();
    for append in ["", "-Append"] {
        let fault = rig.error(&line(append));
        assert_eq!(fault.id, "DiskFull");
        assert!(fault.hint.is_some(), "{fault}");
        assert_eq!(fs::read(&file).unwrap(), before);
        assert_eq!(fs::read_dir(&small.0).unwrap().count(), 2);
    }
    let report = file.with_file_name("removed.csv");
    let ran = rig.line(&format!(
        "Get-User -Disabled | Remove-License -All -Confirm:$false | Export-Csv '{}'",
        report.display()
    ));
    assert_eq!(ran.faults[0].id, "DiskFull");
    assert!(ran.column("Outcome").contains(&"Removed".to_owned()));
    fs::remove_file(filler).unwrap();
    rig.values(&line("-Append"));
    assert!(fs::read(&file).unwrap().len() > before.len());
}
