//! What becomes of files that are read, written, added to.

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
