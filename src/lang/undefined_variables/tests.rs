//! Which names count as unknown, in tables.

use super::*;
use crate::lang::testing::is_command;

/// Each unknown name with its line, and the variable that was meant where one is near.
fn unknown(text: &str, variables: &[&str]) -> Vec<String> {
    let variables: Vec<String> = variables.iter().map(|name| (*name).to_owned()).collect();
    let around = Environment {
        is_command: &is_command,
        variables: &variables,
        first_pipeline: 0,
    };
    let found = unknown_variables(text, &around).into_iter();
    found
        .map(|fault| {
            let span = fault.span.unwrap();
            let line = text[..span.start].matches('\n').count() + 1;
            let word = &text[span.start..span.end];
            assert_eq!(Some(word), fault.target.as_deref());
            let meant = fault.hint.clone().unwrap_or_default();
            match meant.strip_prefix("did you mean ") {
                Some(meant) => format!("{line} {word} -> {meant}"),
                None => format!("{line} {word}"),
            }
        })
        .collect()
}

#[test]
fn all_of_them_are_found() {
    let table: [(&str, &[&str]); 22] = [
        ("a + b\nlet c = d", &["1 a", "1 b", "2 d"]),
        (
            "let leavers = [];\nprint(leaver.len())",
            &["2 leaver -> leavers?"],
        ),
        (
            "fn f(user) { Get-User | Where-Object { $_.City == usr } }",
            &["1 usr -> user?"],
        ),
        ("fn f(a) { a + x }\nfn g(b) { b + x }", &["1 x", "2 x"]),
        ("let x = 1;\nfn f() { x }", &["2 x"]),
        (
            "fn f() { seen }\nif args { $seen = 1 }",
            &["1 seen", "2 args"],
        ),
        ("const N = 1; fn f() { global::N + N }", &["1 N"]),
        ("if true { let y = 1; }\ny", &["2 y"]),
        ("for u in list { u }\nu", &["1 list", "2 u"]),
        ("for (u, i) in us { u + i + j }", &["1 us", "1 j"]),
        ("try { a } catch (e) { e + f }", &["1 a", "1 f"]),
        ("[1].map(|x| x + y)", &["1 y"]),
        ("let f = |x| |y| x + y + z;", &["1 z"]),
        (
            "switch v { 1 => a, 2..5 if b > 2 => 7, _ => { c } }",
            &["1 v", "1 a", "1 b", "1 c"],
        ),
        ("`${a} ${`${b}`}`", &["1 a", "1 b"]),
        ("#{ a: b, c: d }", &["1 b", "1 d"]),
        ("@{ a = b; c = 'd' }", &["1 b"]),
        ("a.b.c = d[e].f(g)", &["1 a", "1 d", "1 e", "1 g"]),
        ("x = 5", &["1 x"]),
        ("print(late)\nlet late = 1", &["1 late"]),
        (
            "people | Remove-License -Sku SPE_E5 -User (who)",
            &["1 people", "1 who"],
        ),
        (
            "Get-User | ForEach-Object { let n = $_.City; n }\nn",
            &["2 n"],
        ),
    ];
    for (text, wanted) in table {
        assert_eq!(unknown(text, &[]), wanted, "{text}");
    }
}

#[test]
fn what_exists_is_not_among_them() {
    for text in [
        "args.len()",
        "$x = 1\nx",
        "for u in [1] { $last = u }\nlast",
        "loop { if done { break; } $done = true }",
        "fn f() { while more { $more = false } }",
        "[1].each(|x| { $seen = x }); seen",
        "Get-User -OutVariable found\nfound.len()",
        "Get-User | ForEach-Object { $n = $_.City }\nn",
        "Get-User | Where-Object { $_.City == $_.Department }",
        "import \"tools\" as t; t::f(1) + t::N",
        "fn f() { t::f() }\nimport \"tools\" as t",
        "fn add(n) { this += n; }\nlet x = 1; x.add(2)",
        "fn f() { 1 }\nlet g = f; g.call() + Fn(\"f\").call()",
        "export let a = 1; a",
        "let a = 1; export a as b;",
        "let a = 1; f!(a)",
        "let x = 1; x?.y?.z ?? x?[0]",
        "do { let a = 1; a } while false",
        "switch 1 { 1 | 2 => 3, 4..=5 => 6, _ => 7 }",
        "let x = if args { 1 } else { 2 }; x",
        "let a = 5; let b = |c| a + c; b.call(1)",
        "Get-User -Department Sales -City args",
        "let m = #{ if_true: 1 }; m.if_true + m[\"x\"]",
        "try { throw 1 } catch { }",
        "'anna', 'bob' | ForEach-Object { $_ }",
        "let t = 0; for (v, i) in args { t += v * i; } t",
        "/* a */ 1 // b",
    ] {
        assert_eq!(unknown(text, &["args"]), [""; 0], "{text}");
    }
}

#[test]
fn a_name_that_is_declared_elsewhere_is_told_so() {
    let around = Environment {
        is_command: &is_command,
        variables: &[],
        first_pipeline: 0,
    };
    let found = unknown_variables("let leavers = [];\nfn f() { leavers }", &around);
    let hint = found[0].hint.as_deref().unwrap();
    assert!(hint.contains("in no function"), "{hint}");
}
