//! What becomes of arguments: the rules in tables.

use crate::lang::testing::{becomes, refused};

#[test]
fn l6_barewords() {
    becomes(&[
        (
            "[Get-User a]; Get-User a&&u",
            "_ps_show([__ps _ps_it1(0)]); _ps_show(_ps_b(__ps _ps_it1(1))&&u)",
            &["Get-User <a>", "Get-User <a> [condition]"],
        ),
        (
            "Get-User a//b // c",
            "__ps _ps_it1(0)// c",
            &["Get-User <a//b>"],
        ),
        (
            "Get-User C:\\a\\b {u} ..\\lib ./x.csv",
            "({let _ps_it1=();__ps _ps_it1(0,(u))})",
            &["Get-User <C:\\a\\b> {0} <..\\lib> <./x.csv>"],
        ),
        (
            "Get-User O'Brien https://x/y ~tilde a=b [ab]* a`,b",
            "__ps _ps_it1(0)",
            &["Get-User <O'Brien> <https://x/y> <~tilde> <a=b> <[ab]*> <a,b>"],
        ),
    ]);
}

#[test]
fn l9_parameters() {
    becomes(&[
        (
            "Get-User -- -foo -5",
            "__ps _ps_it1(0)",
            &["Get-User -- <-foo> <int:-5>"],
        ),
        (
            "Get-User @m -Confirm:$false",
            "__ps _ps_it1(0,m)",
            &["Get-User @0 -Confirm: <bool:false>"],
        ),
    ]);
    refused(&[
        (
            "Get-User -Foo:",
            "ParameterRequiresArgument",
            "-Foo:",
            false,
        ),
        ("Get-User -foo.bar", "BadParameter", ".", false),
    ]);
}

#[test]
fn l18_what_is_refused() {
    refused(&[
        ("Get-User > out.txt", "NoRedirection", ">", false),
        ("Get-User 2> x", "NoRedirection", "2>", false),
        ("Get-User --% x", "NoVerbatim", "--%", false),
        (
            "Get-User a\u{200E}b",
            "InvisibleCharacter",
            "\u{200E}",
            false,
        ),
    ]);
}

#[test]
fn b22_a_backtick_at_the_end_continues() {
    refused(&[("Get-User `", "Incomplete", "`", true)]);
}
