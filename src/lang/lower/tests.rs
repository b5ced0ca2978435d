//! What no text may say, and what must be closed: the rules in tables.

use crate::lang::testing::refused;

#[test]
fn names_of_the_lowered_text_are_reserved() {
    refused(&[
        ("__ps _ps_it1(0)", "ReservedName", "__ps", false),
        ("let _ps_x = 1;", "ReservedName", "_ps_x", false),
    ]);
}

#[test]
fn brackets_and_texts_must_be_closed() {
    refused(&[
        ("(1]", "UnexpectedToken", "]", false),
        ("let x = \"a\nb", "UnclosedText", "\"", false),
        ("let x = [1,", "UnclosedBracket", "[", true),
        ("/* a", "UnclosedComment", "/*", true),
        ("`a", "UnclosedText", "`", true),
    ]);
}
