//! Comments of a text in any YAML style, found without reading its values, and carried over to new lines.

use super::super::outline::lines;

/// A comment with what it stands at.
pub(super) struct Comment<'t> {
    /// From its `#` to the end of the line.
    pub text: &'t str,
    pub offset: usize,
    /// Nothing stands before it on its line.
    pub is_alone: bool,
    /// The line it stands on or, alone, the next one that says something: without blanks, dashes and comments.
    pub near: &'t str,
}

/// What a line begins within.
#[derive(Clone, Copy, PartialEq)]
enum Within {
    Nothing,
    Quotes(u8),
    /// A block scalar whose lines are further in than this.
    Scalar(usize),
}

/// The comments of a text. A text that merely looks like one is taken for it at worst, which adds a comment and
/// changes no value.
pub(super) fn comments(text: &str) -> Vec<Comment<'_>> {
    let mut found: Vec<Comment> = Vec::new();
    let mut waiting = 0;
    let mut within = Within::Nothing;
    for line in lines(text, 0..text.len()) {
        let whole = text[line.clone()].trim_end_matches(['\r', '\n']);
        let content = whole.trim_start_matches([' ', '\t']);
        let indent = whole.len() - content.len();
        if let Within::Scalar(parent) = within {
            if content.is_empty() || indent > parent {
                continue;
            }
            within = Within::Nothing;
        }
        let (end, after) = scan(whole, within);
        within = after;
        let said = bare(&whole[..end]);
        if said.is_empty() {
            if end < whole.len() {
                found.push(Comment {
                    text: &whole[end..],
                    offset: line.start + end,
                    is_alone: true,
                    near: "",
                });
            }
            continue;
        }
        for comment in &mut found[waiting..] {
            comment.near = said;
        }
        if end < whole.len() {
            found.push(Comment {
                text: &whole[end..],
                offset: line.start + end,
                is_alone: false,
                near: said,
            });
        }
        waiting = found.len();
        if within == Within::Nothing && opens_scalar(said) {
            within = Within::Scalar(indent);
        }
    }
    found
}

/// Where the comment of a line begins, its length where there is none, and what the line ends within.
fn scan(line: &str, mut within: Within) -> (usize, Within) {
    let bytes = line.as_bytes();
    // A quote opens a text only where a value may begin.
    let mut begins = true;
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        match within {
            Within::Quotes(b'"') if byte == b'\\' => at += 1,
            Within::Quotes(open) => {
                if byte == open {
                    within = Within::Nothing;
                    begins = false;
                }
            }
            _ => match byte {
                b'#' if at == 0 || matches!(bytes[at - 1], b' ' | b'\t') => return (at, within),
                b'\'' | b'"' if begins => within = Within::Quotes(byte),
                b' ' | b'\t' => {}
                b':' | b'-' | b',' | b'[' | b'{' | b'?' => begins = true,
                _ => begins = false,
            },
        }
        at += 1;
    }
    (line.len(), within)
}

/// `key: |`, `- >-`, `key: |2+`
fn opens_scalar(said: &str) -> bool {
    let head = said.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'));
    let before = head.strip_suffix(['|', '>']);
    before.is_some_and(|before| before.is_empty() || before.ends_with([' ', '\t']))
}

/// A line without blanks around it and dashes before it.
pub(super) fn bare(line: &str) -> &str {
    match line.trim().trim_start_matches("- ").trim() {
        "-" => "",
        said => said,
    }
}

/// The key that a line begins with: plain or in quotes, with or without a blank before its colon.
pub(super) fn key_of(content: &str) -> Option<&str> {
    let (key, rest) = match content.as_bytes().first()? {
        quote @ (b'\'' | b'"') => content[1..].split_once(char::from(*quote))?,
        _ => content.split_at(content.find([':', ' ', '\t'])?),
    };
    let is_word = |key: &str| key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let after = rest.trim_start_matches([' ', '\t']).strip_prefix(':')?;
    let ends = after.is_empty() || after.starts_with([' ', '\t']);
    (ends && !key.is_empty() && is_word(key)).then_some(key)
}

/// New lines with the comments of those that they replace.
pub(super) struct Carried {
    /// Lines of comments that belong in front.
    pub before: String,
    pub lines: String,
}

impl Carried {
    pub fn into_text(self) -> String {
        let Self { mut before, lines } = self;
        before.push_str(&lines);
        before
    }
}

/// Puts the comments of the old lines to the new ones: each at the line that says the same, else at the one with the
/// same key, else in front.
pub(super) fn carry(old: &str, new: &str, indent: usize) -> Carried {
    let comments = comments(old);
    if comments.is_empty() {
        return Carried {
            before: String::new(),
            lines: new.to_owned(),
        };
    }
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let mut above = vec![String::new(); new.len()];
    let mut beside: Vec<Option<&str>> = vec![None; new.len()];
    let mut before = String::new();
    for comment in &comments {
        let same = new.iter().position(|line| bare(line) == comment.near);
        let place = same.or_else(|| {
            let key = key_of(comment.near)?;
            new.iter().position(|line| key_of(bare(line)) == Some(key))
        });
        match place {
            Some(place) if !comment.is_alone && beside[place].is_none() => {
                beside[place] = Some(comment.text);
            }
            Some(place) if place > 0 => {
                let own = new[place].len() - new[place].trim_start_matches(' ').len();
                push_comment(&mut above[place], own, comment.text);
            }
            _ => push_comment(&mut before, indent, comment.text),
        }
    }
    let mut lines = String::new();
    for ((line, above), beside) in new.iter().zip(&above).zip(beside) {
        lines.push_str(above);
        match beside {
            None => lines.push_str(line),
            Some(comment) => {
                lines.push_str(line.trim_end_matches(['\r', '\n']));
                lines.push(' ');
                lines.push_str(comment);
                lines.push('\n');
            }
        }
    }
    Carried { before, lines }
}

/// Appends a comment as a line.
pub(super) fn push_comment(out: &mut String, indent: usize, comment: &str) {
    out.push_str(&" ".repeat(indent));
    out.push_str(comment);
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_found_in_every_style() {
        let text = "# top\n- id: 1 # beside\n  name: 'a # no'\n  note: it's # yes\n  long: |\n    # no\n    text\n  \
                    two: \"one\n    # no\" # end\n  url: a#b\n  # last\n";
        let found: Vec<_> = comments(text)
            .into_iter()
            .map(|c| (c.text, c.is_alone, c.near))
            .collect();
        assert_eq!(
            found,
            [
                ("# top", true, "id: 1"),
                ("# beside", false, "id: 1"),
                ("# yes", false, "note: it's"),
                ("# end", false, "# no\""),
                ("# last", true, ""),
            ]
        );
    }

    #[test]
    fn keys_in_every_spelling() {
        for (line, key) in [
            ("a: 1", Some("a")),
            ("a:", Some("a")),
            ("a : 1", Some("a")),
            ("\"a\": 1", Some("a")),
            ("'a' :", Some("a")),
            ("a:\t1", Some("a")),
            ("a:b", None),
            ("? a", None),
            ("{a: 1}", None),
            ("", None),
        ] {
            assert_eq!(key_of(line), key, "{line}");
        }
    }

    #[test]
    fn comments_are_carried_to_the_line_that_says_the_same() {
        let carried = carry(
            "- # why\n  licenses:\n  # trial\n  - sku: A # until June\n  - sku: B\n  enabled: true # vip\n",
            "- id: 1\n  licenses:\n  - sku: A\n  enabled: false\n",
            0,
        );
        assert_eq!(
            carried.lines,
            "- id: 1\n  # why\n  licenses:\n  # trial\n  - sku: A # until June\n  enabled: false # vip\n"
        );
        assert_eq!(carried.before, "");
    }
}
