//! The lowered text as it grows: copied stretches of the source and inserted words, each with the place it comes from.

use std::borrow::Cow;

use super::SourceMap;

/// The call of [`super::runtime::SHOW`], as far as its argument.
const SHOW: &str = "_ps_show(";

/// A stretch of lowered text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    /// The source from one byte to another.
    Copy { start: usize, end: usize },
    /// Other text that stands for what is at `at` in the source.
    Text { text: Cow<'static, str>, at: usize },
    /// Where an expression begins or ends that is shown if nobody takes its value.
    Shown { id: usize, open: bool, at: usize },
}

impl Piece {
    pub fn text(text: impl Into<Cow<'static, str>>, at: usize) -> Self {
        Piece::Text {
            text: text.into(),
            at,
        }
    }
}

/// Joins the pieces and maps every character of the result to its place in the source.
///
/// `shown` says of each marked expression whether nobody takes its value.
pub(super) fn assemble(source: &str, pieces: &[Piece], shown: &[bool]) -> (String, SourceMap) {
    let mut text = String::with_capacity(source.len() + source.len() / 4);
    let mut map = SourceMap {
        offsets: Vec::with_capacity(source.len() + source.len() / 4),
        lines: vec![0],
    };
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    for piece in pieces {
        match piece {
            Piece::Copy { start, end } => {
                let part = &source[*start..*end];
                text.push_str(part);
                for (i, c) in part.char_indices() {
                    map.offsets.push(offset(start + i));
                    if c == '\n' {
                        map.lines.push(offset(map.offsets.len()));
                    }
                }
            }
            Piece::Text { .. } | Piece::Shown { .. } => {
                let (part, at): (&str, &usize) = match piece {
                    Piece::Text { text, at } => (text, at),
                    Piece::Shown { id, open, at } => match (shown.get(*id), open) {
                        (Some(true), true) => (SHOW, at),
                        (Some(true), false) => (")", at),
                        _ => continue,
                    },
                    Piece::Copy { .. } => continue,
                };
                // A call doesn't grow together with a name in front of it.
                if (part.starts_with("_ps_") || part.starts_with("__ps"))
                    && text.ends_with(|c: char| c.is_alphanumeric() || c == '_')
                {
                    text.push(' ');
                    map.offsets.push(offset(*at));
                }
                text.push_str(part);
                for c in part.chars() {
                    map.offsets.push(offset(*at));
                    if c == '\n' {
                        map.lines.push(offset(map.offsets.len()));
                    }
                }
            }
        }
    }
    // One past the end: Rhai points there when it misses something.
    map.offsets.push(offset(source.len()));
    (text, map)
}

/// A text as a Rhai string literal on one line.
pub(super) fn string_literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for c in text.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            c if c.is_control() => literal.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_lead_back_to_the_source() {
        let source = "å $x\nb";
        let pieces = [
            Piece::Copy { start: 0, end: 3 },
            Piece::text("long", 3),
            Piece::Copy { start: 5, end: 7 },
        ];
        let (text, map) = assemble(source, &pieces, &[]);
        assert_eq!(text, "å long\nb");
        assert_eq!(map.offset(1, 1), Some(0));
        assert_eq!(map.offset(1, 5), Some(3));
        assert_eq!(map.offset(2, 1), Some(6));
        assert_eq!(map.offset(9, 1), None);
    }

    #[test]
    fn literals_are_escaped() {
        assert_eq!(
            string_literal("C:\\a \"b\"\n\0"),
            r#""C:\\a \"b\"\n\u0000""#
        );
    }
}
