//! Scripts as something to call: functions that are cmdlets, parameters, scripts that run scripts, and `check`.

use std::fs;
use std::path::Path;

use tenantsh::diagnostic::Source;
use tenantsh::host::Findings;

use crate::support::{Rig, sample};

const LEAVER: &str = "/// Takes a product from somebody who leaves.\n\
                      /// It may be taken from many, behind a pipe.\n\
                      /// -Sku: what to take away\n\
                      fn Remove_Leaver(user, sku) { Remove-License $user -Sku $sku }\n";

#[test]
fn l19_a_function_is_a_cmdlet_in_its_script_and_on_later_lines() {
    let mut rig = Rig::new();
    let ran = rig.script(&format!(
        "{LEAVER}Remove-Leaver anna@contoso.com -Sku ENTERPRISEPACK"
    ));
    assert_eq!(ran.column("Outcome"), ["Removed"]);
    let ran = rig.line("remove-leaver -SKU ENTERPRISEPACK -User bob@contoso.com");
    assert_eq!(ran.column("Outcome"), ["Removed"]);
    assert_eq!(
        rig.texts("(Get-Command Remove-Leaver)[0].Synopsis"),
        ["Takes a product from somebody who leaves"]
    );
    let page = rig.texts("Get-Help Remove-Leaver").concat();
    for part in [
        "what to take away",
        "taken from many",
        "[-User] <object>",
        "-WhatIf",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[test]
fn l19_pipelines_bind_by_value_and_by_property() {
    let mut rig = Rig::new();
    rig.script(LEAVER);
    let ran = rig.line("Get-User -Sku ENTERPRISEPACK -Department Sales | Remove-Leaver -Sku ENTERPRISEPACK -WhatIf");
    assert!(ran.column("Would").iter().all(|would| would == "Removed"));
    assert!(ran.values.len() > 1, "{:?}", ran.values);
    rig.script("fn Test_Pair(user, sku) { user + \" \" + sku }");
    assert_eq!(
        rig.texts("[#{ User: \"a\", SKU: \"b\" }, #{ user: \"c\", Sku: \"d\" }] | Test-Pair"),
        ["a b", "c d"]
    );
    assert_eq!(rig.texts("['x', 'y'] | Test-Pair -Sku z"), ["x z", "y z"]);
}

#[test]
fn l19_names_overloads_and_what_comes_out() {
    let mut rig = Rig::new();
    rig.script(
        "fn Get_Age(max_age) { `at most ${max_age}` }\n\
         fn Get_Many() { Get-User -Department Legal\n 5 }\n\
         fn Get_Some(a) { `${a}` }\n fn Get_Some(a, b) { `${a} ${b}` }\n\
         fn helper(x) { x }",
    );
    assert_eq!(rig.texts("Get-Age -MaxAge 3"), ["at most 3"]);
    assert_eq!(rig.texts("Get-Age -max_age 3"), ["at most 3"]);
    assert_eq!(rig.texts("(Get-Many).len()"), ["5"]);
    assert_eq!(rig.texts("Get-Some 1"), ["1"]);
    assert_eq!(rig.texts("Get-Some 1 -B 2"), ["1 2"]);
    assert_eq!(rig.error("Get-Some").id, "MissingMandatoryParameter");
    assert_eq!(
        rig.error("Get-Some 1 2 3").id,
        "PositionalParameterNotFound"
    );
    let unknown = rig.error("Get-Age -MaxAgee 3");
    assert_eq!(unknown.id, "NamedParameterNotFound");
    assert_eq!(
        rig.error("Get-Agee 3").hint.as_deref(),
        Some("did you mean Get-Age?")
    );
}

#[test]
fn l19_what_if_on_a_function_rehearses_all_of_it() {
    let mut rig = Rig::new();
    let ran = rig.script(
        "fn Move_Seats(from, to) {\n\
           Remove-License $from -All\n\
           let left = (Get-User $from).Licenses.len()\n\
           Remove-User $to\n\
         }\n\
         Move-Seats anna@contoso.com bob@contoso.com -WhatIf",
    );
    assert!(ran.faults.is_empty(), "{:?}", ran.faults);
    assert!(*rig.session.borrow().tenant() == sample());
    assert!(!rig.session.borrow().policy.what_if);
    let after = rig.line("Move-Seats anna@contoso.com bob@contoso.com");
    assert_eq!(after.column("Outcome"), ["Removed", "Deleted"], "{after:?}");
    assert!(*rig.session.borrow().tenant() != sample());
    // A fault inside takes back what was rehearsed before it.
    let mut rig = Rig::new();
    let ran = rig.script(
        "fn Test_It(u) { Remove-License $u -All\n throw 1 }\nTest-It anna@contoso.com -WhatIf",
    );
    assert_eq!(ran.faults[0].id, "Thrown");
    assert!(*rig.session.borrow().tenant() == sample());
}

#[test]
fn l19_common_parameters_hold_for_all_that_a_function_does() {
    let removal =
        "fn Test_It() { ['nobody@contoso.com', 'anna@contoso.com'] | Remove-License -All }\n";
    let mut rig = Rig::new();
    let ran = rig.script(&format!("{removal}Test-It -ErrorAction Stop"));
    assert_eq!(ran.faults[0].id, "UserNotFound");
    assert!(*rig.session.borrow().tenant() == sample());
    let ran = rig.script("Test-It -ErrorAction SilentlyContinue");
    assert!(
        ran.faults.is_empty() && ran.log.errors.is_empty(),
        "{ran:?}"
    );
    assert_eq!(ran.column("Outcome"), ["Failed", "Removed"]);
    // What a cmdlet is given itself comes first.
    let mut rig = Rig::new();
    let own = removal.replace("-All", "-All -ErrorAction Continue");
    let ran = rig.script(&format!("{own}Test-It -ErrorAction Stop"));
    assert_eq!(ran.column("Outcome"), ["Failed", "Removed"]);
}

#[test]
fn what_was_changed_is_told_whatever_ends_the_line() {
    for line in [
        "let r = Get-User anna@contoso.com | ForEach-Object { Remove-License $_ -All; throw 1 }",
        "let r = ['anna@contoso.com', 'b'] | ForEach-Object { if $_ == 'b' { throw 1 } Remove-License $_ -All }",
        "fn Test_It() { Remove-License anna@contoso.com -All; throw 1 }; let r = Test-It",
    ] {
        let mut rig = Rig::new();
        let ran = rig.script(line);
        assert_eq!(ran.faults[0].id, "Thrown", "{line}");
        assert_eq!(ran.column("Outcome"), ["Removed"], "{line}");
    }
    // What changed nothing is nobody's loss.
    let ran = Rig::new().script("let r = 1..3 | ForEach-Object { if $_ == 2 { throw 1 } $_ }");
    assert!(ran.values.is_empty(), "{ran:?}");
}

#[test]
fn l19_faults_are_placed_in_the_function_and_at_the_call() {
    let mut rig = Rig::new();
    let fault = rig.error("fn Test_It(u) {\n  throw `no ${u}`\n}\n  Test-It 7");
    let place = |span: Option<tenantsh::diagnostic::Span>| {
        fault
            .source
            .as_ref()
            .unwrap()
            .line_column(span.unwrap().start)
    };
    assert_eq!(
        (fault.message.as_str(), place(fault.span)),
        ("no 7", (2, 3))
    );
    assert_eq!(place(fault.notes[0].span), (4, 3));
}

#[test]
fn l19_a_function_hides_a_cmdlet_with_a_warning() {
    let mut rig = Rig::new();
    let ran = rig.script("fn Get_User(x) { `mine ${x}` }\nGet-User 1");
    assert_eq!(ran.texts(), ["mine 1"]);
    assert_eq!(ran.log.warnings[0].id, "FunctionHidesCmdlet");
}

/// A folder of scripts, and a host that runs what lies in it.
fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, Rig) {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(dir.path().join(name), text).unwrap();
    }
    let mut rig = Rig::new();
    rig.host.set_folder(dir.path());
    (dir, rig)
}

fn invoke(dir: &Path, rest: &str) -> String {
    format!("Invoke-Script '{}'", dir.join("inner.rhai").display()) + rest
}

#[test]
fn a_script_runs_another_with_parameters() {
    let inner = "let department = param(\"Department\", \"Legal\")\nlet n = param(\"N\")\n\
                 fn Get_Own() { 1 }\n\
                 Get-User -Department $department | Select-Object -First $n\n\
                 if n > 8 { exit(3) }\n if n > 7 { throw \"boom\" }\n\
                 if n > 6 { Invoke-Script ./nowhere.rhai }";
    let (dir, mut rig) = folder(&[("inner.rhai", inner)]);
    let users = rig.texts(&invoke(dir.path(), " -Parameters @{ N = 2 }"));
    assert_eq!(users.len(), 2);
    assert_eq!(
        rig.error(&invoke(dir.path(), "")).id,
        "MissingMandatoryParameter"
    );
    assert_eq!(
        rig.error(&invoke(dir.path(), " @{ N = 'x' }")).id,
        "InvalidArgument"
    );
    assert_eq!(
        rig.error(&invoke(dir.path(), " @{ M = 1 }"))
            .hint
            .clone()
            .unwrap(),
        "-? shows its parameters"
    );
    assert_eq!(
        rig.error(&invoke(dir.path(), " @{ N = 7 }")).id,
        "FileNotFound"
    );
    let thrown = rig.error(&invoke(dir.path(), " @{ N = 8 }"));
    assert!(thrown.source.as_ref().unwrap().name.ends_with("inner.rhai"));
    // exit ends the inner script only, and its functions are its own.
    let ran = rig.texts(&(invoke(dir.path(), " @{ N = 9 }") + "; 5"));
    assert_eq!(ran.last().unwrap(), "5");
    assert_eq!(rig.error("Get-Own").id, "UnknownCmdlet");
}

#[test]
fn what_is_printed_and_what_is_put_out_keep_their_order() {
    let mut rig = Rig::new();
    let text = "fn Test_It() { print(\"one\")\n Write-Output two\n print(\"three\") }\nTest-It\nprint(\"four\")";
    rig.screen.take();
    rig.script(text);
    let words: Vec<String> = rig
        .screen
        .take()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    assert_eq!(words, ["one", "two", "three", "four"]);
}

#[test]
fn a_script_that_runs_itself_ends() {
    let (dir, mut rig) = folder(&[]);
    let path = dir.path().join("inner.rhai");
    fs::write(&path, invoke(dir.path(), "")).unwrap();
    assert_eq!(rig.error(&invoke(dir.path(), "")).id, "TooDeep");
}

fn check(files: &[(&str, &str)]) -> Findings {
    let (dir, mut rig) = folder(files);
    let path = dir.path().join(files[0].0);
    rig.host
        .check(&Source::new(path.display().to_string(), files[0].1))
}

/// Each finding as its id, its line and the word it marks.
fn findings(text: &str) -> Vec<String> {
    let found = check(&[("script.rhai", text)]).errors.into_iter();
    found
        .map(|fault| {
            let source = fault.source.as_ref().unwrap();
            let span = fault.span.unwrap();
            let line = source.line_column(span.start).0;
            format!("{} {line} {}", fault.id, &source.text[span.start..span.end])
        })
        .collect()
}

#[test]
fn check_finds_what_can_be_known() {
    let table: [(&str, &[&str]); 20] = [
        ("Get-User -Department Sales", &[]),
        (
            "fn f(u) {\n  Get-User | Where-Object { $_.City == citty } | ForEach-Object { print(u + x) }\n  y\n}\nz",
            &[
                "UnknownVariable 2 citty",
                "UnknownVariable 2 x",
                "UnknownVariable 3 y",
                "UnknownVariable 5 z",
            ],
        ),
        (
            "Get-Usr\nlet n = $lst\nprint(m)",
            &[
                "UnknownCmdlet 1 Get-Usr",
                "UndefinedVariable 2 $lst",
                "UnknownVariable 3 m",
            ],
        ),
        ("print(m)\nlet x = null", &["SyntaxError 2 null"]),
        (
            "Get-User | Group-Object City | Select-Object Name, @{ Name = 'N'; Expression = { $_.Count + more } }",
            &["UnknownVariable 1 more"],
        ),
        (
            "let people = param(\"People\", [])\nfor p in people { $seen = p }\nprint(seen)\nprint(args)",
            &["UnknownVariable 4 args"],
        ),
        (
            "let a = @(for u in Get-User { Set-User $u -City town } ); Get-User \"x$(towns)\"",
            &["UnknownVariable 1 towns"],
        ),
        (
            "Remove-License anna@contoso.com -Skuu E3",
            &["NamedParameterNotFound 1 -Skuu"],
        ),
        ("let a = 1\nGet-Usr", &["UnknownCmdlet 2 Get-Usr"]),
        (
            "Set-License anna@contoso.com",
            &["MissingMandatoryParameter 1 Set-License"],
        ),
        (
            "Get-User -Sku ENTERPRISE_PREMIUM",
            &["UnknownSku 1 ENTERPRISE_PREMIUM"],
        ),
        (
            "Get-User -Sku ENTERPRISEPACK, NOPE",
            &["UnknownSku 1 ENTERPRISEPACK, NOPE"],
        ),
        (
            "Block-User nobody@contoso.com",
            &["UserNotFound 1 nobody@contoso.com"],
        ),
        ("Block-User nobody*", &[]),
        (
            "Add-GroupMember Nowhere anna@contoso.com",
            &["GroupNotFound 1 Nowhere"],
        ),
        (
            "Disable-ServicePlan anna@contoso.com -Sku ENTERPRISEPACK -Plan NOPE",
            &["UnknownPlan 1 NOPE"],
        ),
        (
            "New-User new@contoso.com -DisplayName New -UsageLocation SE\nAdd-License new@contoso.com -Sku SPE_E3",
            &[],
        ),
        ("fn f(a) { a + b }", &["UnknownVariable 1 b"]),
        ("let x = (1", &["UnclosedBracket 1 ("]),
        (
            "Get-User -OutVariable found\nprint(found.len())\n$q = 5\nfor u in found { print(u.UserPrincipalName + q) }",
            &[],
        ),
    ];
    for (text, wanted) in table {
        assert_eq!(findings(text), wanted, "{text}");
    }
}

#[test]
fn check_changes_and_says_nothing() {
    let (_dir, mut rig) = folder(&[]);
    let source = Source::new("s", "Get-User | Remove-License -All\nprint(1)\nexit(4)");
    assert!(rig.host.check(&source).errors.is_empty());
    assert_eq!(rig.host.check(&source).commands, 2);
    assert!(*rig.session.borrow().tenant() == sample());
    assert_eq!(rig.screen.take(), "");
}

#[test]
fn check_follows_imports() {
    let found = check(&[
        (
            "script.rhai",
            "import \"a\" as a\nimport \"b\" as b\nimport \"nowhere\" as n",
        ),
        ("a.rhai", "import \"b\" as b;\nfn f() { Get-Usr }"),
        ("b.rhai", "fn g() { Block-User nobody@contoso.com }"),
    ]);
    let ids: Vec<_> = found.errors.iter().map(|fault| fault.id).collect();
    assert_eq!(ids, ["ImportRefused", "UnknownCmdlet", "UserNotFound"]);
    let found = check(&[("script.rhai", "import \"script\" as s")]);
    assert_eq!(found.errors[0].id, "ImportCircle");
}

#[test]
fn the_sku_that_was_meant_is_named() {
    let found = check(&[("s.rhai", "Get-User -Sku ENTERPRISE_PREMIUM")]);
    assert_eq!(
        found.errors[0].hint.as_deref(),
        Some("did you mean ENTERPRISEPREMIUM, Office 365 E5?")
    );
}

#[test]
fn the_scripts_that_ship_are_sound_and_explain_themselves() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let source = Source::new(path.display().to_string(), text.as_str());
        let mut rig = Rig::new();
        rig.host.set_folder(&folder);
        let found = rig.host.check(&source);
        assert!(found.errors.is_empty(), "{:#?}", found.errors);
        let cmdlet = rig.host.script(&source);
        assert!(!cmdlet.parameters.is_empty(), "{}", path.display());
        for parameter in cmdlet.parameters {
            let undocumented = parameter.help.starts_with("A parameter of the script");
            assert!(!undocumented, "{} -{}", path.display(), parameter.name);
        }
    }
}

#[test]
fn check_knows_the_cmdlets_of_imports() {
    let tools = "fn Remove_Leaver(user, sku) { Remove-License $user -Sku $sku }\n\
                 fn Purge_It(u) { u }\nprivate fn Get_Secret() { 1 }";
    let found = check(&[
        (
            "script.rhai",
            "import \"tools\" as t\nRemove-Leaver anna@contoso.com ENTERPRISEPACK\nRemove-Leaver -Skuu x\n\
             Get-Secret\nPurge-It 5 | ForEach-Object { $_ + nothing }",
        ),
        ("tools.rhai", tools),
    ]);
    let ids: Vec<_> = found.errors.iter().map(|fault| fault.id).collect();
    let wanted = ["NamedParameterNotFound", "UnknownCmdlet", "UnknownVariable"];
    assert_eq!(ids, wanted, "{:#?}", found.errors);
}

#[test]
fn a_script_that_is_run_by_another_imports_from_its_own_folder() {
    let (dir, mut rig) = folder(&[("tools.rhai", "fn Get_It() { \"outer\" }")]);
    let sub = dir.path().join("sub");
    fs::create_dir(&sub).unwrap();
    fs::write(sub.join("tools.rhai"), "fn Get_It() { \"inner\" }").unwrap();
    fs::write(
        sub.join("inner.rhai"),
        "let x = param(\"X\", 1)\nimport \"tools\" as t\nGet-It\nWrite-Output $x",
    )
    .unwrap();
    let line = invoke(&sub, " -Parameters @{ X = 5 }");
    assert_eq!(
        rig.texts(&format!("import \"tools\"\nGet-It\n{line}\nGet-It")),
        ["outer", "inner", "5", "outer"]
    );
}

#[test]
fn a_script_that_holds_too_much_ends_in_an_error() {
    for text in [
        "let a = [1]; loop { a += a }",
        "let a = [1]; loop { a = [a, a] }",
        "let s = \"x\"; loop { s += s }",
        "let m = #{}; let i = 0; loop { m[`k${i}`] = \"some text\"; i += 1 }",
        "let a = []; try { loop { a.push(\"abc\" + a.len()) } } catch { }",
    ] {
        let mut rig = Rig::new();
        rig.host.limit_memory(64 << 20);
        let ran = rig.script(text);
        assert_eq!(
            ran.faults[0].id, "TooMuchMemory",
            "{text}: {:?}",
            ran.faults
        );
        // The next line begins afresh.
        assert!(rig.line("1 + 1").faults.is_empty());
    }
    for text in [
        "let a = []; a.pad(1000000000000, 1)",
        "let s = \"\"; s.pad(1000000000000, 'x')",
        "let s = \"\"; s.pad(1000000000000, \"xy\")",
        "blob(1000000000000)",
        "blob(1000000000000, 7)",
    ] {
        let ran = Rig::new().script(text);
        assert_eq!(ran.faults[0].id, "TooLarge", "{text}: {:?}", ran.faults);
    }
    let made = "let a = [1]; a.pad(3, 2); let s = \"a\"; s.pad(4, \"bc\"); let t = \"ä\"; t.pad(3, '-'); \
                print(`${a} ${s} ${t} ${blob(2, 258).len()}`)";
    assert_eq!(Rig::new().texts(made), ["[1, 2, 2] abcbc ä-- 2"]);
}

/// Each call of a list's method once walked all of it.
#[test]
fn loops_over_lists_take_time_by_their_length() {
    let time = |count: usize| {
        let mut rig = Rig::new();
        let text = format!(
            "let a = []; for i in 0..{count} {{ a.push(#{{n: i, t: \"some text\"}}) }} \
             let i = 0; let sum = 0; while i < a.len() {{ sum += a[i].n; i += 1 }}"
        );
        let begun = std::time::Instant::now();
        let ran = rig.script(&text);
        assert!(ran.faults.is_empty(), "{:?}", ran.faults);
        begun.elapsed()
    };
    time(1_000);
    let (few, many) = (time(4_000), time(40_000));
    assert!(
        many < few * 40 + std::time::Duration::from_millis(300),
        "{few:?} {many:?}"
    );
}
