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

const TOOLS: &str = "/// Takes a product from somebody who leaves.\n\
                     /// -Sku: what to take away\n\
                     fn Remove_Leaver(user, sku) {\n  Remove-License $user -Sku $sku\n}\n\
                     fn Get_Answer() { 6 * helper() }\n\
                     fn Test_Pair(a) { `${a}` }\n\
                     fn Test_Pair(a, b) { `${a} ${b}` }\n\
                     fn Purge_It(u) { throw `no ${u}` }\n\
                     private fn Get_Secret() { 1 }\n\
                     fn helper() { 7 }\n";

#[test]
fn l19_functions_of_an_import_are_cmdlets() {
    for import in [
        "import \"tools\" as tools;\n",
        "import \"tools\"\n",
        "import 'tools' as t\n",
    ] {
        let (_dir, mut rig) = folder(&[("lib/tools.rhai", TOOLS)]);
        let ran = rig.script(&format!(
            "{import}remove-leaver -User anna@contoso.com -Sku ENTERPRISEPACK"
        ));
        assert_eq!(ran.column("Outcome"), ["Removed"], "{import} {ran:?}");
        assert_eq!(rig.texts("Get-Answer"), ["42"], "on a later line");
        assert_eq!(rig.texts("Test-Pair 1"), ["1"]);
        assert_eq!(rig.texts("['x', 'y'] | Test-Pair -B z"), ["x z", "y z"]);
        let page = rig.texts("Get-Help Remove-Leaver").concat();
        for part in [
            "somebody who leaves",
            "what to take away",
            "[-Sku]",
            "-WhatIf",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert_eq!(rig.error("Get-Secret").id, "UnknownCmdlet");
    }
}

#[test]
fn l19_imported_cmdlets_are_called_from_anywhere() {
    let (_dir, mut rig) = folder(&[
        ("lib/tools.rhai", TOOLS),
        (
            "team.rhai",
            "import \"tools\" as t\nfn Get_Twice() { 2 * (Get-Answer)[0] }\nexport const N = (Get-Answer)[0];",
        ),
    ]);
    for (text, shown) in [
        (
            "import \"tools\" as t; t::Get_Answer() + (Get-Answer)[0]",
            "84",
        ),
        (
            "import \"tools\" as t; fn f() { 1 + (Get-Answer)[0] }\n f()",
            "43",
        ),
        (
            "import \"tools\" as t; [1].map(|x| x + (Get-Answer)[0])[0]",
            "43",
        ),
        ("import \"team\" as m; `${m::N} ${m::Get_Twice()}`", "42 84"),
        ("import \"team\" as m; Get-Twice", "84"),
        (
            "fn Get_Answer() { 5 }\nimport \"tools\" as t; Get-Answer",
            "5",
        ),
    ] {
        assert_eq!(rig.texts(text), [shown], "{text}");
    }
    // What an import imports is its own.
    let (_dir, mut rig) = folder(&[
        ("tools.rhai", TOOLS),
        ("team.rhai", "import \"tools\" as t"),
    ]);
    assert_eq!(
        rig.error("import \"team\" as m; Get-Answer").id,
        "UnknownCmdlet"
    );
    // What the script has its imports don't see.
    let (_dir, mut rig) = folder(&[("team.rhai", "fn Get_It() { Get-Mine }")]);
    let fault = rig.error("fn Get_Mine() { 1 }\nimport \"team\" as m; m::Get_It()");
    assert_eq!(fault.id, "UnknownCmdlet");
}

#[test]
fn l19_an_import_is_run_once_where_it_stands() {
    let (dir, mut rig) = folder(&[("a.rhai", "print(\"run\");\nfn Get_It() { 1 }")]);
    let text = "print(\"first\")\nimport \"a\" as a\n1, 2, 3 | ForEach-Object { Get-It }\nGet-It";
    assert_eq!(rig.texts(text), ["first", "run", "1", "1", "1", "1"]);
    let (_dir, mut rig) = folder(&[("a.rhai", "print(\"run\");\nfn Get_It() { 1 }")]);
    let fault = rig.error("Get-It\nimport \"a\" as a");
    assert_eq!(fault.id, "ImportNotRun");
    assert_eq!(places(&fault), ["<line> 1 Get"]);
    drop(dir);
    // An edited file takes the place of what it was.
    let (dir, mut rig) = folder(&[("a.rhai", "fn Get_It() { 1 }")]);
    assert_eq!(rig.texts("import \"a\"\nGet-It"), ["1"]);
    let edited = "fn Get_It(x) { x }\nfn Get_More() { 3 }";
    fs::write(dir.path().join("scripts/a.rhai"), edited).unwrap();
    assert_eq!(rig.texts("import \"a\"\nGet-It 2"), ["2"]);
    assert_eq!(rig.texts("Get-It (Get-More)"), ["3"]);
}

#[test]
fn l19_of_two_imports_the_later_gives_the_cmdlet() {
    let (_dir, mut rig) = folder(&[
        ("a.rhai", "fn Get_It() { \"a\" }"),
        ("b.rhai", "fn Get_It() { \"b\" }"),
        ("c.rhai", "fn Get_User(x) { `mine ${x}` }"),
    ]);
    let ran = rig
        .script("import \"a\" as a\nimport \"b\" as b\nlet all = [a::Get_It(), b::Get_It()]\nGet-It\nWrite-Output $all");
    assert_eq!(ran.texts(), ["b", "a", "b"]);
    let warning = &ran.log.warnings[0];
    assert_eq!(warning.id, "ImportHidesFunction");
    assert_eq!(places(warning), ["<line> 2 \"b\""]);
    assert_eq!(
        warning.hint.as_deref(),
        Some("call that one as a::Get_It(…)")
    );
    // The text's own function comes before both; the same file twice is one.
    for text in [
        "import \"a\" as a\nimport \"b\" as b\nfn Get_It() { 1 }",
        "import \"a\" as a\nimport \"a.rhai\" as b",
    ] {
        assert!(rig.script(text).log.warnings.is_empty(), "{text}");
    }
    let ran = rig.script("import \"c\" as c\nGet-User 1");
    assert_eq!(ran.texts(), ["mine 1"]);
    assert_eq!(ran.log.warnings[0].id, "FunctionHidesCmdlet");
    assert_eq!(places(&ran.log.warnings[0]), ["c.rhai 1 Get_User"]);
}

#[test]
fn l19_faults_of_imported_cmdlets_are_placed() {
    let (_dir, mut rig) = folder(&[("tools.rhai", TOOLS)]);
    for (text, id, expected) in [
        (
            "import \"tools\" as t\nPurge-It anna",
            "Thrown",
            &["tools.rhai 9 throw", "<line> 2 Purge"][..],
        ),
        (
            "import \"tools\" as t\nfn f() {\n  Remove-Leaver nobody@contoso.com SPE_E5 -ErrorAction Stop\n}\nf()",
            "UserNotFound",
            &["tools.rhai 4 $user", "<line> 3 Remove", "<line> 5 f"],
        ),
        (
            "import \"tools\" as t\nRemove-Leaver -Skuu x",
            "NamedParameterNotFound",
            &["<line> 2 -Skuu"],
        ),
        (
            "import \"tools\" as t\nGet-Anwser",
            "UnknownCmdlet",
            &["<line> 2 Get-Anwser"],
        ),
    ] {
        let fault = rig.error(text);
        assert_eq!(fault.id, id, "{text}");
        assert_eq!(places(&fault), expected, "{text}");
        let shown = format!("{fault:?}");
        assert!(!shown.contains("_ps_"), "{shown}");
    }
    assert_eq!(
        rig.error("import \"tools\" as t\nGet-Anwser")
            .hint
            .as_deref(),
        Some("did you mean Get-Answer?")
    );
}

#[test]
fn l19_an_import_that_holds_for_less_makes_no_cmdlets() {
    let (_dir, mut rig) = folder(&[("tools.rhai", TOOLS), ("bad.rhai", "fn Get_It( {")]);
    for text in [
        "fn f() { import \"tools\" as t; Get-Answer }",
        "if true { import \"tools\" as t; Get-Answer }",
    ] {
        let fault = rig.error(text);
        assert_eq!(fault.id, "UnknownCmdlet");
        let hint = fault.hint.as_deref();
        let cure =
            "call it as t::Get_Answer(…), or import \"tools\" at the top level of the script";
        assert_eq!(hint, Some(cure), "{text}");
    }
    let fault = rig.error("import \"tols\" as t\nGet-Answer");
    assert_eq!(fault.notes[0].message, "there is no tols.rhai to import");
    assert_eq!(places(&fault), ["<line> 2 Get-Answer", "<line> 1 \"tols\""]);
    // Where it stands, as in any Rhai.
    let ran = rig.script("Write-Output first\nimport \"tols\" as t");
    assert_eq!(
        (ran.texts(), ran.faults[0].id),
        (vec!["first".to_owned()], "ImportRefused")
    );
    assert_eq!(rig.error("import \"bad\" as b").id, "UnexpectedToken");
    assert_eq!(rig.error("import \":0\" as b").id, "ImportNotRun");
}

#[test]
fn l7_what_an_import_is_called_is_no_variable() {
    let (_dir, mut rig) = folder(&[("tools.rhai", TOOLS)]);
    for (text, shown) in [
        ("import \"tools\" as Get\nGet-Answer", "42"),
        ("import \"tools\" as tools\nTest-Pair tools", "tools"),
        (
            "let tools = 5; import \"tools\" as tools\nTest-Pair $tools",
            "5",
        ),
    ] {
        assert_eq!(rig.texts(text), [shown], "{text}");
    }
}

#[test]
fn l20_a_name_that_nothing_is_imported_as() {
    let (_dir, mut rig) = folder(&[("tools.rhai", TOOLS)]);
    rig.line("import \"tools\" as t");
    let fault = rig.error("Get-Answer; t::Get_Answer()");
    assert_eq!(fault.id, "UnknownImport");
    assert_eq!(places(&fault), ["<line> 1 t"]);
}

#[test]
fn l19_what_an_imported_cmdlet_throws_can_be_caught() {
    let (_dir, mut rig) = folder(&[
        ("tools.rhai", TOOLS),
        ("deep.rhai", "fn Get_Deep(n) { Get-Deep ($n + 1) }"),
    ]);
    let text = "import \"tools\" as t\nlet said = \"\"; try { Purge-It anna } catch (e) { said = e }\nsaid";
    assert_eq!(rig.texts(text), ["no anna"]);
    let text = "import \"tools\" as t\nlet id = \"\"; try { Remove-Leaver nobody SPE_E5 -ErrorAction Stop } catch (e) { id = e.id }\nid";
    assert_eq!(rig.texts(text), ["UserNotFound"]);
    let fault = rig.error("import \"deep\"\nGet-Deep 1");
    assert_eq!(fault.id, "TooDeep");
    assert_eq!(places(&fault), ["<line> 2 Get"]);
    assert!(!format!("{fault:?}").contains("_ps_"), "{fault:?}");
}

#[test]
fn l19_what_if_on_an_imported_cmdlet_takes_all_of_it_back() {
    let (_dir, mut rig) = folder(&[("tools.rhai", TOOLS)]);
    let ran =
        rig.script("import \"tools\" as t\nRemove-Leaver anna@contoso.com ENTERPRISEPACK -WhatIf");
    assert_eq!(ran.column("Would"), ["Removed"]);
    assert!(*rig.session.borrow().tenant() == crate::support::sample());
}
