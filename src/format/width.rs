//! Text measured in terminal columns: how wide it is, and how it is shortened, padded and wrapped.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

const ELLIPSIS: char = '…';

/// The columns a text takes on a terminal.
pub fn measure(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.width()
    }
}

/// The most columns a character can add to the text before it. A character alone may be measured wider than in a
/// sequence (a joined emoji), never narrower, except that U+FE0F widens the symbol before it by one.
fn at_most(c: char) -> usize {
    match c {
        '\u{FE0F}' => 1,
        c => c.width().unwrap_or(1),
    }
}

/// The text in at most `width` columns: an address loses its middle, anything else its end.
pub fn fit(text: &str, width: usize) -> Cow<'_, str> {
    if measure(text) <= width {
        return Cow::Borrowed(text);
    }
    if width == 0 {
        return Cow::Borrowed("");
    }
    let room = width - 1;
    let address = text.contains('@') && !text.contains(' ');
    let tail = if address { room / 2 } else { 0 };
    let mut short = String::from(head_of(text, room - tail));
    short.push(ELLIPSIS);
    short.push_str(tail_of(text, tail));
    Cow::Owned(short)
}

/// The longest beginning of a text within `width` columns.
fn head_of(text: &str, width: usize) -> &str {
    let mut used = 0;
    let end = text
        .char_indices()
        .find(|(_, c)| {
            used += at_most(*c);
            used > width
        })
        .map_or(text.len(), |(at, _)| at);
    // A joiner without what it joins would swallow what follows.
    text[..end].trim_end_matches('\u{200D}')
}

/// The longest end of a text within `width` columns that doesn't begin with a mark torn from its letter.
fn tail_of(text: &str, width: usize) -> &str {
    let mut used = 0;
    let start = text
        .char_indices()
        .rev()
        .take_while(|(_, c)| {
            used += at_most(*c);
            used <= width
        })
        .last()
        .map_or(text.len(), |(at, _)| at);
    text[start..].trim_start_matches(|c: char| c == '\u{FE0F}' || c.width() == Some(0))
}

/// The text in lines of at most `width` columns, broken at spaces, or within a word that is longer than a line.
/// At least one line; a character wider than a line becomes `…`.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    if measure(text) <= width {
        return vec![text.to_owned()];
    }
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    // Where the line could be broken: after its last space.
    let mut space = None;
    for c in text.chars() {
        let (c, columns) = match at_most(c) {
            columns if columns > width => (ELLIPSIS, 1),
            columns => (c, columns),
        };
        if used + columns > width && c == ' ' {
            lines.push(std::mem::take(&mut line));
            (used, space) = (0, None);
            continue;
        }
        while used + columns > width {
            let rest = space.map_or_else(String::new, |at| line.split_off(at));
            line.truncate(line.trim_end_matches(' ').len());
            lines.push(std::mem::replace(&mut line, rest));
            used = line.chars().map(at_most).sum();
            space = None;
        }
        line.push(c);
        used += columns;
        if c == ' ' {
            space = Some(line.len());
        }
    }
    lines.push(line);
    lines
}

/// A line as [`wrap`] breaks it, its further lines as far from the left as the first.
pub fn wrap_hanging(line: &str, width: usize) -> Vec<String> {
    let text = line.trim_start_matches(' ');
    let indent = line.len() - text.len();
    if measure(line) <= width || indent + indent > width {
        return wrap(line, width);
    }
    let lines = wrap(text, width - indent).into_iter();
    lines
        .map(|part| format!("{}{part}", &line[..indent]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::samples::hard_text;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shortened_only_when_it_must() {
        for (text, width, short) in [
            ("Sales", 5, "Sales"),
            ("Sales and Marketing", 9, "Sales an…"),
            ("anna.long@contoso.com", 11, "anna.…o.com"),
            ("anna long @home", 8, "anna lo…"),
            ("日本語テキスト", 6, "日本…"),
            ("日本語", 6, "日本語"),
            ("e\u{301}e\u{301}e\u{301}e\u{301}", 3, "e\u{301}e\u{301}…"),
            ("ab", 1, "…"),
            ("ab", 0, ""),
        ] {
            assert_eq!(fit(text, width), short, "{text} in {width}");
        }
    }

    #[test]
    fn wrapped_at_spaces_or_within_a_long_word() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("日本語", 4), ["日本", "語"]);
        assert_eq!(wrap("日", 1), ["…"]);
        assert_eq!(wrap("", 5), [""]);
    }

    proptest! {
        #[test]
        fn never_wider_than_asked(text in hard_text(), width in 0usize..20) {
            prop_assert!(measure(&fit(&text, width)) <= width);
            for line in wrap(&text, width) {
                prop_assert!(measure(&line) <= width.max(1), "{line:?}");
            }
        }
    }
}
