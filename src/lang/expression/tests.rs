//! What becomes of expressions: the rules in tables.

use crate::lang::testing::{becomes, compile, lower_with, refused};

#[test]
fn l4_a_list_begins_a_pipeline() {
    becomes(&[
        (
            "'a','b' | Remove-License -Sku X",
            "__ps _ps_it1(0,(['a','b']))",
            &["head | Remove-License -Sku <X>"],
        ),
        (
            "'anna@contoso.com', u.Name,\n  m[0] // the last\n  | Remove-License -Sku X\nu",
            "__ps _ps_it1(0,([\"anna@contoso.com\", u.Name,\n  m[0]])\n);\nu",
            &["head | Remove-License -Sku <X> [discard]"],
        ),
        (
            "let n = 1, 2 | Measure-Object; n += 1 + 2, -3 | Measure-Object",
            "let n = __ps _ps_it1(0,([1, 2])); n += __ps _ps_it1(1,(1 + [2, -3]))",
            &["head | Measure-Object", "head | Measure-Object"],
        ),
        (
            "$n = 'a','b' | Measure-Object; let s = ('a','b' | Measure-Object).Count",
            "let n = __ps _ps_it1(0,([\"a\",\"b\"])); let s = (__ps _ps_it1(1,(['a','b']))).Count",
            &["head | Measure-Object", "head | Measure-Object"],
        ),
        (
            "for x in 'a','b' | Get-User { print(x) }",
            "for x in __ps _ps_it1(0,(['a','b'])){ print(x) }",
            &["head | Get-User"],
        ),
        (
            "return 'a','b' | Get-User",
            "return __ps _ps_it1(0,(['a','b']))",
            &["head | Get-User"],
        ),
        (
            "Get-User | ForEach-Object { $_.Name, 'x' | Get-User }",
            "({let _ps_it1=();__ps _ps_it1(0,( __ps _ps_it2(1,([_ps_it1.Name, \"x\"]))))})",
            &["Get-User | ForEach-Object {0}", "head | Get-User"],
        ),
        ("$n = 'aa', 2", "let n = [\"aa\", 2]", &[]),
        // Where a comma is Rhai's it ends the pipeline's head, and where no pipe follows it stays for Rhai to refuse.
        (
            "f(u, m | Get-User); [u, m | Get-User]; #{a: u, b: m | Get-User}; switch u { 1 => u, 2 => m | Get-User }",
            "_ps_show(f(u, __ps _ps_it1(0,(m)))); _ps_show([u, __ps _ps_it1(1,(m))]); _ps_show(#{a: u, b: __ps _ps_it1(2,(m))}); switch u { 1 => u, 2 => __ps _ps_it1(3,(m))}",
            &[
                "head | Get-User",
                "head | Get-User",
                "head | Get-User",
                "head | Get-User",
            ],
        ),
        (
            "[1].map(|a, b| a | Get-User)",
            "_ps_show([1].map(|a, b| __ps _ps_it1(0,(a))))",
            &["head | Get-User"],
        ),
    ]);
    for text in ["let a = 1, b = 2", "1, 2", "u, m | 2", "(u, m)"] {
        let lowered = lower_with(text, &["u", "m"]);
        assert!(lowered.errors.is_empty(), "{text}: {:?}", lowered.errors);
        assert_eq!(lowered.text, text);
        assert!(compile(text).is_err(), "{text}");
    }
}

#[test]
fn l5_closures() {
    becomes(&[
        (
            "let f = |x| x | 2; f.call(1)",
            "let f = |x| x | 2; f.call(1)",
            &[],
        ),
        (
            "[u].map(|x| x | where A)",
            "_ps_show([u].map(|x| __ps _ps_it1(0,(x))))",
            &["head | where <A>"],
        ),
        (
            "let f = || Get-User a | where B; u",
            "let f = || __ps _ps_it1(0); u",
            &["Get-User <a> | where <B>"],
        ),
        ("[1].map(|x| x | 2)", "[1].map(|x| x | 2)", &[]),
    ]);
    refused(&[("1 +", "Incomplete", "+", true)]);
}
