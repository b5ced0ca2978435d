//! The cmdlets about objects and files, where a transcript can't show it: files, bad input, sizes.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::support::Rig;

/// A directory, and how a line names a file in it.
struct Dir(TempDir);

impl Dir {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    /// The line with `DIR` in it as the directory.
    fn line(&self, line: &str) -> String {
        line.replace("DIR", &self.0.path().display().to_string())
    }
}

#[test]
fn out_file_writes_what_the_screen_would_show() {
    let (dir, mut rig) = (Dir::new(), Rig::new());
    rig.values(
        &dir.line("Get-User -City Sydney | Select-Object DisplayName, City | Out-File 'DIR/a.txt'"),
    );
    let written = dir.read("a.txt");
    assert!(written.starts_with("DisplayName"), "{written}");
    assert!(written.lines().count() > 3, "{written}");
    rig.values(&dir.line("[\"x\u{1b}[1m\", \"two\\nlines\"] | Out-File 'DIR/b.txt'"));
    assert_eq!(dir.read("b.txt"), "x\u{1b}[1m\ntwo\nlines\n");
    rig.values(&dir.line("\"more\" | Out-File 'DIR/b.txt' -Append"));
    rig.values(&dir.line("\"new\" | Out-File 'DIR/c.txt' -Append"));
    assert!(dir.read("b.txt").ends_with("lines\nmore\n"));
    assert_eq!(dir.read("c.txt"), "new\n");
    let passed =
        rig.texts(&dir.line("[\"a\", \"b\"] | Tee-Object 'DIR/d.txt' | Select-Object -First 1"));
    assert_eq!(passed, ["a"]);
    assert_eq!(dir.read("d.txt"), "a\n");
}
