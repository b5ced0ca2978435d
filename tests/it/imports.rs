//! Scripts that import scripts: from where, how often, and where their faults are.

use std::fs;
use std::path::Path;

use tenantsh::diagnostic::Diagnostic;

use crate::support::Rig;

/// A folder with a `lib`, and a shell whose script lies in it.
fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, Rig) {
    let outer = tempfile::tempdir().unwrap();
    let dir = outer.path().join("scripts");
    fs::create_dir_all(dir.join("lib")).unwrap();
    for (name, text) in files {
        fs::write(dir.join(name), text).unwrap();
    }
    let mut rig = Rig::new();
    rig.host.set_folder(&dir);
    (outer, rig)
}

/// File, line and word of a fault and of each of its notes.
fn places(fault: &Diagnostic) -> Vec<String> {
    let notes = fault.notes.iter().map(|note| (&note.source, note.span));
    std::iter::once((&fault.source, fault.span))
        .chain(notes)
        .map(|(source, span)| {
            let (source, span) = (source.as_ref().unwrap(), span.unwrap());
            let file = Path::new(&source.name).file_name().unwrap();
            let line = source.line_column(span.start).0;
            let word = &source.text[span.start..span.end];
            format!("{} {line} {word}", file.display())
        })
        .collect()
}

const TEAM: &str = "// Who is in a department.\nfn members(name) {\n  Get-User -Department $name\n}\n\
                    fn broken(u) {\n  u.nope()\n}\nfn asks() {\n  Get-User nobody@contoso.com\n}\n";

#[test]
fn scripts_are_imported_by_name() {
    let (_dir, mut rig) = folder(&[
        ("team.rhai", TEAM),
        (
            "lib/more.rhai",
            "import \"team\" as t;\nexport const N = 5;\nfn few() { import \"team\" as t; t::members(\"Legal\").len() }",
        ),
    ]);
    for (text, shown) in [
        ("import \"team\" as t; t::members(\"Legal\").len()", "4"),
        (
            "import \"team.rhai\" as t\nt::members(\"Legal\").len()",
            "4",
        ),
        ("import \"lib/more\" as m; m::few()", "4"),
        ("import \"more\" as m; m::N", "5"),
    ] {
        assert_eq!(rig.texts(text), [shown], "{text}");
    }
}

#[test]
fn an_edited_script_is_read_anew() {
    let (dir, mut rig) = folder(&[("a.rhai", "export const N = 1;")]);
    let line = "import \"a\" as a; a::N";
    assert_eq!(rig.texts(line), ["1"]);
    fs::write(dir.path().join("scripts/a.rhai"), "export const N = 2;").unwrap();
    assert_eq!(rig.texts(line), ["2"]);
}

#[test]
fn nothing_is_imported_from_elsewhere() {
    let (dir, mut rig) = folder(&[("team.rhai", TEAM)]);
    let outside = dir.path().join("outside.rhai");
    fs::write(&outside, "export const N = 1;").unwrap();
    let absolute = outside.display().to_string();
    for name in [
        "../outside",
        "lib/../../outside",
        &absolute,
        "",
        ".",
        "lib/",
        "sub/x",
        "a\\\\b",
    ] {
        let fault = rig.error(&format!("import \"{name}\" as x;"));
        assert_eq!(fault.id, "ImportRefused", "{name}");
    }
    let fault = rig.error("let x = 1;\nimport \"nope\" as x;");
    assert_eq!(fault.id, "ImportRefused");
    assert_eq!(places(&fault), ["<line> 2 \"nope\""]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&outside, dir.path().join("scripts/link.rhai")).unwrap();
        assert_eq!(rig.error("import \"link\" as x;").id, "ImportRefused");
    }
}

#[test]
fn a_circle_is_noticed() {
    let (_dir, mut rig) = folder(&[
        ("a.rhai", "import \"b\" as b;"),
        ("b.rhai", "\nimport \"a\" as a;"),
    ]);
    let fault = rig.error("import \"a\" as a;");
    assert_eq!(fault.id, "ImportCircle");
    assert_eq!(
        places(&fault),
        ["b.rhai 2 \"a\"", "a.rhai 1 \"b\"", "<line> 1 \"a\""]
    );
    assert_eq!(rig.error("import \"a\" as a;").id, "ImportCircle", "again");
}

#[test]
fn faults_point_into_the_imported_script() {
    let (_dir, mut rig) = folder(&[
        ("team.rhai", TEAM),
        ("bad.rhai", "let x = 1\nGet-User -Departmnt x\nGet-Uesr"),
        ("worse.rhai", "\nlet x = ;"),
        ("fails.rhai", "fn f() { throw \"mine\" }\n\nf()"),
    ]);
    for (text, expected) in [
        (
            "import \"team\" as t;\nt::broken(1)",
            &["team.rhai 6 nope", "<line> 2 broken"][..],
        ),
        (
            "import \"team\" as t;\nfn g() { import \"team\" as t; t::asks() }\ng()",
            &[
                "team.rhai 9 nobody@contoso.com",
                "<line> 2 asks",
                "<line> 3 g",
            ],
        ),
        (
            "let a = 1;\nimport \"bad\" as b;",
            &[
                "bad.rhai 2 -Departmnt",
                "bad.rhai 3 Get-Uesr",
                "<line> 2 \"bad\"",
            ],
        ),
        (
            "import \"worse\" as w;",
            &["worse.rhai 2 ;", "<line> 1 \"worse\""],
        ),
        (
            "import \"fails\" as f;",
            &["fails.rhai 1 throw", "fails.rhai 3 f", "<line> 1 \"fails\""],
        ),
    ] {
        assert_eq!(places(&rig.error(text)), expected, "{text}");
    }
}
