//! What becomes of statements: the rules in tables.

use crate::lang::testing::{becomes, is_command, lower_with, refused};
use crate::lang::{Environment, lower_line};

#[test]
fn l3_newlines_end_statements() {
    becomes(&[
        (
            "Get-User `\n  -Department Sales |\n  // note\n  Where-Object { $_.Enabled }\n\nGet-User b\n  | ? { $_.A } // c\nlet x = 5\nlet y = x\nGet-User c",
            "({let _ps_it1=();__ps _ps_it1(0\n\n\n,( _ps_it1.Enabled ))});\n\n({let _ps_it1=();__ps _ps_it1(1\n,( _ps_it1.A ))});// c\nlet x = 5;\nlet y = x;\n__ps _ps_it1(2)",
            &[
                "Get-User -Department <Sales> | Where-Object {0 native} [discard]",
                "Get-User <b> | ? {0 native} [discard]",
                "Get-User <c>",
            ],
        ),
        ("let x = 1\nfoo(x)\n[1]", "let x = 1;\nfoo(x)\n[1]", &[]),
        (
            "let x = 1\n(Get-User).len()\n\"a\" // b\n(x + 1)\nfoo(x)\n(x)",
            "let x = 1;\n_ps_show((__ps _ps_it1(0)).len());\n_ps_show(\"a\"); // b\n(x + 1);\nfoo(x);\n(x)",
            &["Get-User"],
        ),
        (
            "let y = x\n(1); let y = x.foo\n(1); let y = ((x))\n(1); let y = |a| a\n(1)",
            "let y = x\n(1); let y = x.foo\n(1); let y = ((x))\n(1); let y = |a| a\n(1)",
            &[],
        ),
        ("let x = $u\n(1)", "let x = u;\n(1)", &[]),
        ("let x = [1]\n#{ a: 1 }.a", "let x = [1];\n#{ a: 1 }.a", &[]),
        (
            "Get-User \"multi\nline\" -X 5\nGet-User b",
            "__ps _ps_it1(0\n);\n__ps _ps_it1(1)",
            &[
                "Get-User <multi\nline> -X <int:5> [discard]",
                "Get-User <b>",
            ],
        ),
        (
            "if u {\n1 }\nelse { 2 }\nu",
            "if u {\n1 }\nelse { 2 }\nu",
            &[],
        ),
    ]);
    // Rhai refuses it: a variable doesn't grow into another name.
    assert_eq!(lower_with("${u}x", &["u"]).text, "_ps_show(u) x");
    refused(&[
        ("1 }", "UnexpectedToken", "}", false),
        ("print$u", "SyntaxError", "", false),
        ("u $(5)", "SyntaxError", "", false),
        ("5@(1)", "SyntaxError", "", false),
        ("let x =", "Incomplete", "=", true),
    ]);
}

#[test]
fn l16_a_line_shows_each_plain_expression() {
    let around = Environment {
        is_command: &is_command,
        variables: &[],
        first_pipeline: 0,
    };
    for (text, line) in [
        ("1 + 1; 2", "_ps_show(1 + 1); 2"),
        ("let x = 1; x\n(x);", "let x = 1; _ps_show(x\n(x));"),
        ("x = 1; x += 2; x", "x = 1; x += 2; x"),
        (
            "if a { 1; 2 } fn f() { 1; 2 } f();",
            "if a { 1; 2 } fn f() { 1; 2 } _ps_show(f());",
        ),
        ("[1, 2] // c\n\"a\"", "_ps_show([1, 2]); // c\n\"a\""),
        (
            "Get-User a; 1; Get-User b",
            "__ps _ps_it1(0); _ps_show(1); __ps _ps_it1(1)",
        ),
    ] {
        let lowered = lower_line(text, &around);
        assert_eq!(lowered.text, line, "{text}: {:?}", lowered.errors);
    }
}

#[test]
fn l16_discarded_values() {
    becomes(&[
        (
            "Get-User a; Get-User b",
            "__ps _ps_it1(0); __ps _ps_it1(1)",
            &["Get-User <a> [discard]", "Get-User <b>"],
        ),
        (
            "switch 1 {\n  1 => Get-User a\n  2 => { Get-User b }\n}\nGet-User c",
            "switch 1 {\n  1 => __ps _ps_it1(0),\n  2 => { __ps _ps_it1(1)}\n}\n__ps _ps_it1(2)",
            &[
                "Get-User <a> [discard]",
                "Get-User <b> [discard]",
                "Get-User <c>",
            ],
        ),
        (
            "try { Get-User a } catch (e) { Get-User b }",
            "try { __ps _ps_it1(0)} catch (e) { __ps _ps_it1(1)}",
            &["Get-User <a> [discard]", "Get-User <b> [discard]"],
        ),
        (
            "fn f() { Get-User a\nGet-User b }",
            "fn f() { __ps _ps_it1(0);\n__ps _ps_it1(1)}",
            &["Get-User <a> [discard]", "Get-User <b>"],
        ),
    ]);
}

#[test]
fn what_powershell_writes_otherwise() {
    refused(&[(". ./tools.rhai", "NotRhai", ". ./tools.rhai", false)]);
}
