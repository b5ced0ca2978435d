//! What becomes of operands: the rules in tables.

use crate::lang::testing::{becomes, refused};

#[test]
fn l10_single_quotes_in_code() {
    becomes(&[(
        "let c = 'x'; let t = 'it''s'; f('', 'a\\n', \"b\")",
        "let c = 'x'; let t = \"it's\"; f(\"\", \"a\\\\n\", \"b\")",
        &[],
    )]);
}

#[test]
fn l17_variables() {
    becomes(&[
        (
            "$n = 5\n$n += 1\nfor i in 0..2 { $k = i; $n = $n + $k }",
            "let k=();let n = 5;\nn += 1;\nfor i in 0..2 { k = i; n = _ps_add(n , k) }",
            &[],
        ),
        (
            "$x = @('aa','bb'); $y = @(Get-User a); $z = @{ a = 1\n b = 'two' }",
            "let x = [\"aa\" ,\"bb\"]; let y = _ps_list(__ps _ps_it1(0)); let z = _ps_table(([ \"a\" , 1\n ,\"b\" , \"two\" ]))",
            &["Get-User <a>"],
        ),
        ("$Leavers.len()", "_ps_show(leavers.len())", &[]),
    ]);
    refused(&[("$_.Name", "NoItem", "$_", false)]);
}
