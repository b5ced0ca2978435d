//! Data from the tenant made harmless to a terminal: what would steer it is shown as an escape instead.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character steers a terminal or reorders what is read: controls, bidi overrides, line separators.
pub fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A text for one cell of one line: a line break shows as `⏎`, a tab as `⇥`, other steering characters as `\u{1b}`.
pub fn cell(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' if rest.peek() == Some(&'\n') => {}
            '\n' => shown.push('⏎'),
            '\t' => shown.push('⇥'),
            c => push(&mut shown, c),
        }
    }
    Cow::Owned(shown)
}

/// A text that may have several lines: line breaks and tabs stay, other steering characters show as `\u{1b}`.
pub fn lines(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| steers(c) && c != '\n' && c != '\t') {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' if rest.peek() == Some(&'\n') => {}
            '\n' | '\t' => shown.push(c),
            c => push(&mut shown, c),
        }
    }
    Cow::Owned(shown)
}

/// Appends one character, escaped if it steers.
pub(super) fn push(shown: &mut String, c: char) {
    if steers(c) {
        // Writing to a String can't fail.
        let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
    } else {
        shown.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_is_shown() {
        for (text, in_cell, in_lines) in [
            (
                "plain Ünïcode 日本",
                "plain Ünïcode 日本",
                "plain Ünïcode 日本",
            ),
            ("\x1b[31mred", "\\u{1b}[31mred", "\\u{1b}[31mred"),
            ("a\nb\r\nc", "a⏎b⏎c", "a\nb\nc"),
            ("a\rb\tc", "a\\u{d}b⇥c", "a\\u{d}b\tc"),
            ("\u{85}\u{9b}31m", "\\u{85}\\u{9b}31m", "\\u{85}\\u{9b}31m"),
            ("x\u{202E}gpj", "x\\u{202e}gpj", "x\\u{202e}gpj"),
            (
                "\u{2028}\u{2066}",
                "\\u{2028}\\u{2066}",
                "\\u{2028}\\u{2066}",
            ),
            ("\0\x07\x7f", "\\u{0}\\u{7}\\u{7f}", "\\u{0}\\u{7}\\u{7f}"),
            (
                "👩\u{200D}💻 e\u{301}",
                "👩\u{200D}💻 e\u{301}",
                "👩\u{200D}💻 e\u{301}",
            ),
        ] {
            assert_eq!(cell(text), in_cell);
            assert_eq!(lines(text), in_lines);
        }
    }
}
