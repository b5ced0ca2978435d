//! What becomes of commands and pipelines: the rules in tables.

use crate::lang::testing::{becomes, refused};

#[test]
fn l1_a_command_may_start() {
    becomes(&[
        (
            "throw Get-User a",
            "throw __ps _ps_it1(0)",
            &["Get-User <a>"],
        ),
        (
            "x = Get-User a; u += Get-User b",
            "x = __ps _ps_it1(0); u += __ps _ps_it1(1)",
            &["Get-User <a>", "Get-User <b>"],
        ),
        (
            "let y = if u { Get-User a } else { 1 }",
            "let y = if u { __ps _ps_it1(0)} else { 1 }",
            &["Get-User <a>"],
        ),
        (
            "switch Get-User a { _ => Get-User b }",
            "switch __ps _ps_it1(0){ _ => __ps _ps_it1(1)}",
            &["Get-User <a>", "Get-User <b>"],
        ),
        (
            "`a ${ `b ${Get-User c}` }`",
            "_ps_show(`a ${ `b ${__ps _ps_it1(0)}` }`)",
            &["Get-User <c>"],
        ),
        (
            "m.Get-User; u.x - Get-User",
            "m.Get-User; u.x - Get-User",
            &[],
        ),
        (
            "\"Get-User\" + `Get-User` // Get-User\n/* Get-User */",
            "\"Get-User\" + `Get-User` // Get-User\n/* Get-User */",
            &[],
        ),
        (
            "f(Get-User a, 2); [Get-User a, Get-User b]; #{k: Get-User a, j: 2}",
            "_ps_show(f(__ps _ps_it1(0), 2)); _ps_show([__ps _ps_it1(1), __ps _ps_it1(2)]); _ps_show(#{k: __ps _ps_it1(3), j: 2})",
            &[
                "Get-User <a>",
                "Get-User <a>",
                "Get-User <b>",
                "Get-User <a>",
            ],
        ),
        (
            "let f = |x| Get-User $x\n[1].map(|x| Get-User x)",
            "let f = |x| __ps _ps_it1(0,x);\n_ps_show([1].map(|x| __ps _ps_it1(1)))",
            &["Get-User $0", "Get-User <x>"],
        ),
        (
            "`n = ${Get-User a}`",
            "_ps_show(`n = ${__ps _ps_it1(0)}`)",
            &["Get-User <a>"],
        ),
        (
            "return Get-User a",
            "return __ps _ps_it1(0)",
            &["Get-User <a>"],
        ),
        (
            "transaction {\n  Get-User a\n  Remove-License u -All\n}",
            "({let _ps_it1=();__ps _ps_it1(0, {\n  __ps _ps_it2(1);\n  __ps _ps_it2(2)\n})})",
            &[
                "Invoke-Transaction {0}",
                "Get-User <a> [discard]",
                "Remove-License <u> -All",
            ],
        ),
    ]);
}

#[test]
fn l2_commands_and_subtractions() {
    becomes(&[
        (
            "let Get = 10; let User = 3; Get-User",
            "let Get = 10; let User = 3; Get-User",
            &[],
        ),
        ("Frob-User", "Frob-User", &[]),
        ("Get - User", "Get - User", &[]),
        ("u-u", "u-u", &[]),
    ]);
    refused(&[
        ("Get-Usr anna", "UnknownCmdlet", "Get-Usr", false),
        (
            "leavers | Remove-Licence -Sku X",
            "UnknownCmdlet",
            "Remove-Licence",
            false,
        ),
        (
            "Get-User | Wher-Object { $_.A }",
            "UnknownCmdlet",
            "Wher-Object",
            false,
        ),
    ]);
}

#[test]
fn l4_pipes() {
    becomes(&[
        (
            "u | m | where A",
            "__ps _ps_it1(0,(u | m))",
            &["head | where <A>"],
        ),
        (
            "u + 1 | where A",
            "__ps _ps_it1(0,(u + 1))",
            &["head | where <A>"],
        ),
        (
            "Get-User a | Get-User b || m",
            "_ps_show(_ps_b(__ps _ps_it1(0))|| m)",
            &["Get-User <a> | Get-User <b> [condition]"],
        ),
        (
            "leavers | Remove-License -Sku X",
            "__ps _ps_it1(0,(leavers))",
            &["head | Remove-License -Sku <X>"],
        ),
        ("u | m", "u | m", &[]),
        (
            "leavers | where A",
            "__ps _ps_it1(0,(leavers))",
            &["head | where <A>"],
        ),
    ]);
    refused(&[("Get-User |", "Incomplete", "", true)]);
}

#[test]
fn l12_blocks() {
    becomes(&[
        (
            "Get-User | ForEach-Object { Get-User $_.Manager | Where-Object { $_.A -eq 1 } }",
            "({let _ps_it1=();__ps _ps_it1(0,( ({let _ps_it2=();__ps _ps_it2(1,_ps_it1.Manager,( _ps_eq(_ps_it2.A , 1) ))})))})",
            &[
                "Get-User | ForEach-Object {0}",
                "Get-User $0 | Where-Object {1 native}",
            ],
        ),
        (
            "Get-User | Select-Object A, @{Name='x'; Expression={ $_.A + 1 }} -First 5",
            "({let _ps_it1=();__ps _ps_it1(0  ,( _ps_add(_ps_it1.A , 1) ))})",
            &["Get-User | Select-Object (<A>,@[Name=<x>,Expression={0}]) -First <int:5>"],
        ),
        (
            "Get-User | Where-Object {$_.A -eq 'x'}|Remove-License",
            "({let _ps_it1=();__ps _ps_it1(0,(_ps_eq(_ps_it1.A , \"x\")))})",
            &["Get-User | Where-Object {0 native} | Remove-License"],
        ),
        (
            "Get-User | Where-Object { if $_.A { $true } else { $_.B } }",
            "({let _ps_it1=();__ps _ps_it1(0,{ if _ps_b(_ps_it1.A) { true } else { _ps_it1.B } })})",
            &["Get-User | Where-Object {0}"],
        ),
    ]);
    refused(&[("Get-User | Where-Object {", "UnclosedBracket", "{", true)]);
}
