//! Files that are added to: what they keep, what is refused, and what a kill or another shell can do to them.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tenantsh::session::Policy;

use crate::objects::Dir;
use crate::support::Rig;

/// Adds rows to a file of these bytes, and gives what it holds then.
fn added(before: &[u8], rows: &str) -> Vec<u8> {
    let (dir, mut rig) = (Dir::new(), Rig::new());
    dir.write("a.csv", before);
    rig.values(&dir.line(&format!("{rows} | Export-Csv 'DIR/a.csv' -Append")));
    fs::read(dir.path("a.csv")).unwrap()
}

fn utf16(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    [0xFF, 0xFE].into_iter().chain(units).collect()
}

#[test]
fn rows_follow_in_the_way_of_the_file() {
    let rows = "[#{ B: 'x;y', A: 1 }, #{ A: 'å' }]";
    for (before, after) in [
        ("A,B\n0,z\n", "A,B\n0,z\n1,x;y\nå,\n"),
        ("a,b\n0,z", "a,b\n0,z\n1,x;y\nå,\n"),
        ("B;A\r\n", "B;A\r\n\"x;y\";1\r\n;å\r\n"),
        ("\u{feff}A\tB\r\n", "\u{feff}A\tB\r\n1\tx;y\r\nå\t\r\n"),
        ("A,B\r0,z\r", "A,B\r0,z\r1,x;y\rå,\r"),
        ("A,\"B\"", "A,\"B\"\n1,x;y\nå,\n"),
        ("", "A,B\n1,x;y\nå,\n"),
        ("\n", "\nA,B\n1,x;y\nå,\n"),
        ("\u{feff}", "\u{feff}A,B\n1,x;y\nå,\n"),
    ] {
        let got = added(before.as_bytes(), rows);
        assert_eq!(String::from_utf8(got).unwrap(), after, "{before:?}");
    }
    let got = added(&utf16("A\tB\r\n0\tz"), rows);
    assert_eq!(got, utf16("A\tB\r\n0\tz\r\n1\tx;y\r\nå\t\r\n"));
    assert_eq!(added(b"A,B\n", "[]"), b"A,B\n");
}

#[test]
fn a_file_that_is_not_there_gets_a_header_once() {
    let (dir, mut rig) = (Dir::new(), Rig::new());
    for _ in 0..2 {
        rig.values(
            &dir.line("Get-User -City Sydney | Select-Object UserPrincipalName, City -First 2 | Export-Csv 'DIR/a.csv' -Append"),
        );
    }
    let text = dir.read("a.csv");
    assert_eq!(text.lines().count(), 5, "{text}");
    assert_eq!(text.matches("UserPrincipalName").count(), 1, "{text}");
    let read = rig.texts(&dir.line("Import-Csv 'DIR/a.csv' | Select-Object -ExpandProperty City"));
    assert_eq!(read, ["Sydney"; 4]);
}

#[test]
fn columns_that_do_not_match_are_named_unless_forced() {
    let (dir, mut rig) = (Dir::new(), Rig::new());
    dir.write("a.csv", "A,B,C\n0,0,0\n");
    for (rows, message) in [
        ("#{ A: 1 }", "its column 'B', 'C' is in no object"),
        ("#{ A: 1, B: 2, C: 3, D: 4 }", "it has no column for 'D'"),
        (
            "#{ A: 1, B: 2, D: 4 }",
            "its column 'C' is in no object, and it has no column for 'D'",
        ),
    ] {
        let fault = rig.error(&dir.line(&format!("{rows} | Export-Csv 'DIR/a.csv' -Append")));
        assert_eq!(fault.id, "ColumnsDiffer");
        assert!(fault.message.ends_with(message), "{fault}");
        let hint = fault.hint.as_deref().unwrap();
        assert!(
            hint.contains("A, B, C") && hint.contains("-Force"),
            "{hint}"
        );
        assert_eq!(dir.read("a.csv"), "A,B,C\n0,0,0\n");
    }
    rig.values(&dir.line("#{ A: 1, D: 4 } | Export-Csv 'DIR/a.csv' -Append -Force"));
    assert_eq!(dir.read("a.csv"), "A,B,C\n0,0,0\n1,,\n");
}

#[test]
fn what_can_not_be_added_to_is_told_before_anything_runs() {
    let (dir, mut rig) = (Dir::new(), Rig::new());
    let licensed =
        |rig: &mut Rig| rig.texts("(Get-User -Disabled -Licensed | Measure-Object).Count");
    let before = licensed(&mut rig);
    let line = dir.line(
        "Get-User -Disabled | Remove-License -All -Confirm:$false | Export-Csv 'DIR/a.csv' -Append",
    );
    for (content, id, part) in [
        ("A,B\n1,\"x\n".as_bytes(), "BrokenCsv", "a.csv:2: a quote"),
        (b"A,A\n", "BrokenCsv", "two columns are named 'A'"),
        (b"A,\xE5\n", "NotText", "a.csv:1: not text"),
    ] {
        dir.write("a.csv", content);
        let fault = rig.error(&line);
        assert_eq!(fault.id, id);
        assert!(fault.message.contains(part), "{fault}");
        assert!(fault.span.is_some(), "{fault}");
        assert_eq!(fs::read(dir.path("a.csv")).unwrap(), content);
    }
    assert_eq!(licensed(&mut rig), before);
}

/// Only the objects tell whether the columns match, and then the licenses are gone: that is put out all the same.
#[test]
fn a_report_that_can_not_be_written_is_put_out() {
    let (dir, mut rig) = (Dir::new(), Rig::new());
    dir.write("a.csv", "A,B\n");
    let ran = rig.line(&dir.line(
        "Get-User -Disabled | Remove-License -All -Confirm:$false | Export-Csv 'DIR/a.csv' -Append",
    ));
    assert!(ran.column("Outcome").contains(&"Removed".to_owned()));
}

#[test]
fn no_clobber_keeps_a_file() {
    let (dir, mut rig) = (Dir::new(), Rig::new());
    for (line, file) in [
        ("Export-Csv", "a.csv"),
        ("Export-Json", "a.json"),
        ("Export-Yaml", "a.yaml"),
        ("Out-File", "a.txt"),
    ] {
        let line = dir.line(&format!("#{{ A: 1 }} | {line} 'DIR/{file}' -NoClobber"));
        rig.values(&line);
        dir.write(file, "kept");
        let fault = rig.error(&line);
        assert_eq!(fault.id, "FileExists");
        assert!(fault.span.is_some() && fault.hint.is_some(), "{fault}");
        assert_eq!(dir.read(file), "kept");
    }
    // Nothing is replaced by what is added.
    rig.values(&dir.line("'more' | Out-File 'DIR/a.txt' -Append -NoClobber"));
    assert_eq!(dir.read("a.txt"), "kept\nmore\n");
    assert_eq!(fs::read_dir(dir.path("")).unwrap().count(), 4);
}

#[test]
fn text_keeps_the_encoding_and_the_ends_of_its_lines() {
    let (dir, mut rig) = (Dir::new(), Rig::new());
    dir.write("a.txt", utf16("one\r\ntwo"));
    rig.values(&dir.line("['å', 'four'] | Out-File 'DIR/a.txt' -Append"));
    rig.values(&dir.line("'five' | Tee-Object 'DIR/a.txt' -Append"));
    let expected = utf16("one\r\ntwo\r\nå\r\nfour\r\nfive\r\n");
    assert_eq!(fs::read(dir.path("a.txt")).unwrap(), expected);
}

#[test]
fn a_new_file_has_the_encoding_that_is_asked_for() {
    let (dir, mut rig) = (Dir::new(), Rig::new());
    let bom = |text: &str| format!("\u{feff}{text}").into_bytes();
    for (name, after) in [
        ("utf8", b"A\n1\n".to_vec()),
        ("UTF8BOM", bom("A\n1\n")),
        ("utf8NoBOM", b"A\n1\n".to_vec()),
        ("Unicode", utf16("A\n1\n")),
    ] {
        for append in ["", "-Append"] {
            let line =
                format!("#{{ A: 1 }} | Export-Csv 'DIR/{name}{append}' -Encoding {name} {append}");
            rig.values(&dir.line(&line));
            assert_eq!(
                fs::read(dir.path(&format!("{name}{append}"))).unwrap(),
                after
            );
        }
    }
    // What is there already has its own.
    rig.values(&dir.line("#{ A: 2 } | Export-Csv 'DIR/utf8' -Append -Encoding unicode"));
    assert_eq!(dir.read("utf8"), "A\n1\n2\n");
    rig.values(&dir.line("'å' | Out-File 'DIR/text' -Encoding utf8BOM"));
    assert_eq!(fs::read(dir.path("text")).unwrap(), bom("å\n"));
    let read = rig.texts(
        &dir.line("Import-Csv 'DIR/Unicode' -Encoding UTF8 | Select-Object -ExpandProperty A"),
    );
    assert_eq!(read, ["1"]);
}

#[test]
fn a_rehearsal_adds_nothing_and_leaves_nothing_behind() {
    let dir = Dir::new();
    let mut rig = Rig::with_policy(Policy {
        what_if: true,
        ..Policy::default()
    });
    dir.write("a.csv", "A\n");
    for (file, size) in [("a.csv", 2), ("b.csv", 4)] {
        let line = format!("#{{ A: 1 }} | Export-Csv 'DIR/{file}' -Append");
        let ran = rig.line(&dir.line(&line));
        let text = format!("{ran:?}");
        assert!(text.contains("would add to") && text.contains(&format!("({size} bytes)")));
    }
    assert_eq!(dir.read("a.csv"), "A\n");
    assert!(!dir.path("b.csv").exists());
    let mut rig = Rig::new();
    rig.error(&dir.line("#{ B: 1 } | Export-Csv 'DIR/a.csv' -Append"));
    assert_eq!(fs::read_dir(dir.path("")).unwrap().count(), 1);
}

fn append(file: &Path) -> Child {
    let line = format!(
        "Get-User | Select-Object UserPrincipalName, DisplayName, City | Export-Csv '{}' -Append",
        file.display()
    );
    Command::new(env!("CARGO_BIN_EXE_tenantsh"))
        .args(["--sample", "--no-profile", "-c", &line])
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Killed wherever it is: a reader finds the rows of a run all or not at all, and the next run goes on from there.
#[test]
fn a_killed_run_leaves_whole_rows() {
    let dir = Dir::new();
    let file = dir.path("a.csv");
    append(&file).wait().unwrap();
    let once = dir.read("a.csv").lines().count() - 1;
    let kills: u64 = std::env::var("KILLS").map_or(20, |text| text.parse().unwrap());
    let mut random = 7_u64;
    for _ in 0..kills {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let mut child = append(&file);
        std::thread::sleep(Duration::from_micros((random >> 33) % 120_000));
        let _ = child.kill();
        child.wait().unwrap();
        let text = dir.read("a.csv");
        assert!(text.ends_with('\n'));
        let lines = text.lines().count() - 1;
        assert_eq!(lines % once, 0, "{lines} rows are not runs of {once}");
        assert!(text.lines().all(|line| line.matches(',').count() == 2));
    }
}

#[test]
fn several_at_once_lose_nothing() {
    let dir = Dir::new();
    let file = dir.path("a.csv");
    let children: Vec<Child> = (0..6).map(|_| append(&file)).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let text = dir.read("a.csv");
    assert_eq!(text.matches("UserPrincipalName").count(), 1);
    let rows = text.lines().count() - 1;
    let anna = text.matches("anna@contoso.com").count();
    assert_eq!((rows % 6, anna), (0, 6));
    assert_eq!(fs::read_dir(dir.path("")).unwrap().count(), 1);
}
