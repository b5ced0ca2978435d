//! Every mistake is answered at the right word, in the admin's words, with the way there.

use std::sync::atomic::Ordering;

use tenantsh::diagnostic::Diagnostic;

use crate::support::Rig;

/// The word a fault points at.
fn word(fault: &Diagnostic) -> String {
    match (&fault.source, fault.span) {
        (Some(source), Some(span)) => source.text[span.start..span.end].to_owned(),
        _ => String::new(),
    }
}

/// The chain of calls: each note's last word with the number of its line.
fn calls(fault: &Diagnostic) -> Vec<String> {
    let notes = fault.notes.iter();
    notes
        .map(|note| {
            let name = note.message.rsplit(' ').next().unwrap_or_default();
            let (source, span) = (note.source.as_ref().unwrap(), note.span.unwrap());
            format!("{name}:{}", source.line_column(span.start).0)
        })
        .collect()
}

/// What must never be shown: names of the engine's and of the lowered text.
const INTERNAL: [&str; 9] = [
    "_ps_",
    "__ps",
    "Function not found",
    "anon$",
    "ImmutableString",
    "Dynamic",
    "rhai",
    "tenantsh::",
    "EvalAltResult",
];

pub fn check_words(fault: &Diagnostic, text: &str) {
    let notes = fault.notes.iter().map(|note| note.message.as_str());
    let own = [Some(fault.message.as_str()), fault.hint.as_deref()];
    for shown in own.into_iter().flatten().chain(notes) {
        // The name of a file says how scripts are called.
        let shown = shown.replace("tools.rhai", "tools");
        for name in INTERNAL {
            assert!(
                !shown.contains(name) || text.contains(name),
                "{text:?} says {shown:?}"
            );
        }
    }
}

#[test]
fn the_caret_is_under_the_right_word() {
    for (text, id, at, line, chain) in [
        // In a function of a function.
        (
            "fn inner(u) {\n  Get-User $u | % { $_.Nope }\n}\nfn outer(u) {\n  inner(u)\n}\nouter(\"anna@contoso.com\")",
            "UnknownProperty",
            "Nope",
            2,
            &["inner:5", "outer:7"][..],
        ),
        (
            "fn f(u) {\n  let x = u.lenght()\n  x\n}\nf(\"a\")",
            "UnknownFunction",
            "lenght",
            2,
            &["f:5"],
        ),
        (
            "fn f() { throw \"mine\" }\n[1].map(|x| f())",
            "Thrown",
            "throw",
            1,
            &["f:2", "closure:2"],
        ),
        // In a block, native or not, and in a block of a block.
        (
            "Get-User |\n  Where-Object { $_.Departmnt -eq 'Sales' }",
            "UnknownProperty",
            "Departmnt",
            2,
            &[],
        ),
        (
            "Get-User | Where-Object {\n  let x = 1\n  $_.Departmnt -eq 'Sales' }",
            "UnknownProperty",
            "Departmnt",
            3,
            &[],
        ),
        (
            "Get-User | % {\n  Get-User $_ | % {\n    $_.Nope\n  }\n}",
            "UnknownProperty",
            "Nope",
            3,
            &[],
        ),
        (
            "Get-User | Where-Object City -match '*a'",
            "BadPattern",
            "'*a'",
            1,
            &[],
        ),
        (
            "Get-User | Where-Object { $_.City -match '*a' }",
            "BadPattern",
            "*a",
            1,
            &[],
        ),
        (
            "Get-User | Sort-Object Ctiy",
            "UnknownProperty",
            "Ctiy",
            1,
            &[],
        ),
        // In a template, in an expanded text, in the arguments of a call.
        (
            "let x = 1\nlet y = `a ${x +\n  nope} b`",
            "UnknownVariable",
            "nope",
            3,
            &[],
        ),
        (
            "let y = `a ${Get-User nobody@contoso.com} b`",
            "UserNotFound",
            "nobody@contoso.com",
            1,
            &[],
        ),
        (
            "Get-User \"a $(1 + nope)\"",
            "UnknownVariable",
            "nope",
            1,
            &[],
        ),
        (
            "print(Get-User nobody@contoso.com)",
            "UserNotFound",
            "nobody@contoso.com",
            1,
            &[],
        ),
        // The binder, before anything runs and while it does.
        (
            "Get-User\nGet-User -Departmnt Sales",
            "NamedParameterNotFound",
            "-Departmnt",
            2,
            &[],
        ),
        (
            "let n = \"many\"\nGet-User -InactiveDays $n",
            "InvalidArgument",
            "$n",
            2,
            &[],
        ),
        (
            "let p = #{Departmnt: 1}\nGet-User @p",
            "NamedParameterNotFound",
            "@p",
            2,
            &[],
        ),
        (
            "fn f(n) {\n  Get-User -InactiveDays $n\n}\nf(\"many\")",
            "InvalidArgument",
            "$n",
            2,
            &["f:4"],
        ),
        (
            "Get-User | Remove-License -Sku NOPE",
            "UnknownSku",
            "NOPE",
            1,
            &[],
        ),
        // Plain code.
        ("let x = ;", "SyntaxError", ";", 1, &[]),
        ("let x = \"a\" - 1", "UnknownFunction", "-", 1, &[]),
        ("let x = 1 / 0", "ScriptError", "/", 1, &[]),
        (
            "// åäö \u{1F600}\nlet s = \"å\"\r\n\tlet b = \"\u{1F600}\" + s + nope",
            "UnknownVariable",
            "nope",
            3,
            &[],
        ),
        ("fn f(a) {\n  f(a)\n}\nf(1)", "TooDeep", "f", 4, &[]),
        (
            "let u = Get-User anna@contoso.com\nu.City = \"x\"",
            "ObjectIsASnapshot",
            "City",
            2,
            &[],
        ),
        (
            "Get-User anna@contoso.com | ForEach-Object { $_.city = \"x\" }",
            "ObjectIsASnapshot",
            "city",
            1,
            &[],
        ),
        (
            "for u in Get-User {\n u.Licenses.push(\"SPE_E5\") }",
            "ObjectIsASnapshot",
            "Licenses",
            2,
            &[],
        ),
    ] {
        let fault = Rig::new().error(text);
        let (found, span) = (fault.source.as_ref().unwrap(), fault.span.unwrap());
        assert_eq!(
            (fault.id, &*word(&fault), found.line_column(span.start).0),
            (id, at, line),
            "{text}: {fault:?}"
        );
        assert_eq!(calls(&fault), chain, "{text}");
        check_words(&fault, text);
    }
}

#[test]
fn a_function_of_an_earlier_line_is_pointed_into() {
    let mut rig = Rig::new();
    rig.texts("fn f(u) {\n  u.lenght()\n}");
    let fault = rig.error("let x = 1; f(x)");
    assert_eq!(
        (&*word(&fault), calls(&fault)),
        ("lenght", vec!["f:1".to_owned()])
    );
    assert_eq!(fault.source.as_ref().unwrap().text.lines().count(), 3);
}

#[test]
fn cures_are_offered() {
    for (text, cure) in [
        ("let total = 1; totl + 1", "did you mean total?"),
        ("fn Find_It(a) { a }\nFind_Ti(1)", "did you mean Find_It?"),
        ("fn f(a, b) { a }\nf(1)", "the script's own is f(a, b)"),
        ("Get-Uesr", "did you mean Get-User?"),
        ("Get-User -Departmnt x", "did you mean -Department?"),
        ("Get-User | % { $_.Departmnt }", "did you mean Department?"),
        (
            "Get-User | % { $_.City.Lenght }",
            "text has no property 'Lenght'",
        ),
        ("let x = [1]; x.lenght()", "a list"),
        ("\"a\".sub_string(\"b\")", "text and text"),
        ("Get-User | % { -$_ }", "an object"),
        ("let ålder = 1", "a to z"),
    ] {
        let fault = Rig::new().error(text);
        check_words(&fault, text);
        let hint = fault.hint.as_deref().unwrap_or_default();
        assert!(
            hint.contains(cure) || fault.message.contains(cure),
            "{text}: {} ({hint})",
            fault.message
        );
    }
}

/// What scripts are made of, and what spoils them; no loops, so that every text ends.
const PARTS: [&str; 66] = [
    "Get-User",
    "Get-User anna@contoso.com",
    "Get-Uesr",
    "Get-License",
    "Get-Subscription",
    "Where-Object",
    "ForEach-Object",
    "Select-Object",
    "Sort-Object",
    "Measure-Object",
    "Remove-License -WhatIf",
    " | ",
    " | ",
    " | ",
    "\n",
    "\n",
    "; ",
    ", ",
    " ",
    " ",
    " ",
    "{ ",
    "}",
    "(",
    ")",
    "[",
    "]",
    "#{",
    "@{",
    "@(",
    "$(",
    "`a ${",
    "`",
    "\"a $x\"",
    "'it''s'",
    "\"text\"",
    "'c'",
    "$_",
    "$_.City",
    "$_.Nope",
    "x",
    "$x",
    "x.y",
    ".len()",
    ".nope()",
    "5",
    "-5",
    " + ",
    " - ",
    " -eq ",
    " -and ",
    " -match ",
    " -join ",
    "-Sku",
    "-Department ",
    "-First 2",
    "-All",
    "let x = ",
    "fn f(a) { ",
    "f(1)",
    "if ",
    " else ",
    "switch x { 1 => ",
    "return ",
    "throw ",
    "try { ",
];

#[test]
fn no_text_panics_or_shows_the_works() {
    let mut state = 7_u64;
    let mut below = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % limit as u64).unwrap()
    };
    let (mut ran, mut failed) = (0, 0);
    let mut rig = Rig::new();
    for round in 0..6000 {
        if round % 100 == 0 {
            rig = Rig::new();
            rig.texts("let x = 1");
        }
        let text: String = (0..=below(9)).map(|_| PARTS[below(PARTS.len())]).collect();
        rig.stop.store(false, Ordering::Relaxed);
        let result = rig.line(&text);
        for fault in result
            .faults
            .iter()
            .chain(&result.log.errors)
            .chain(&result.log.warnings)
        {
            check_words(fault, &text);
            assert_ne!(fault.id, "InternalError", "{text}");
            let source = fault.source.as_ref().map_or("", |source| &source.text);
            let span = fault.span.unwrap_or_default();
            assert!(
                source.get(span.start..span.end).is_some(),
                "{text:?}: {fault:?}"
            );
            failed += 1;
        }
        ran += usize::from(result.faults.is_empty());
    }
    assert!(ran > 200 && failed > 1000, "{ran} ran, {failed} faults");
}
