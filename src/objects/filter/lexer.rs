//! A filter as words, each with its place.

use super::errors::bad;
use crate::diagnostic::{Diagnostic, Span};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word {
    /// A name, an operator, a number, a GUID, a time: told apart by what is expected.
    Plain(String),
    Quoted(String),
    Sign(char),
}

/// Reads a filter's words up to its end, or to what can't be read.
pub(super) fn words(text: &str, words: &mut Vec<(Word, Span)>) -> Result<(), Diagnostic> {
    let mut rest = text.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        match c {
            _ if c.is_whitespace() => {}
            '(' | ')' | ',' => words.push((Word::Sign(c), Span::new(start, start + 1))),
            '\'' => {
                let mut own = String::new();
                let end = loop {
                    match rest.next() {
                        // Two quotes are one of the text.
                        Some((_, '\'')) if rest.next_if(|(_, c)| *c == '\'').is_some() => {
                            own.push('\'');
                        }
                        Some((at, '\'')) => break at + 1,
                        Some((_, c)) => own.push(c),
                        None => {
                            return Err(bad(
                                "this text isn't closed",
                                Span::new(start, text.len()),
                            )
                            .hint("close it with '; a quote within it is written twice"));
                        }
                    }
                };
                words.push((Word::Quoted(own), Span::new(start, end)));
            }
            '"' => {
                return Err(bad("Graph takes texts in single quotes", Span::new(start, start + 1))
                    .hint("write 'text'; within a quoted -Filter write ''text'', or quote the filter with \""));
            }
            _ => {
                let mut end = start + c.len_utf8();
                // A colon belongs to a time, and parts a variable from what is asked of it.
                let time = c.is_ascii_digit();
                while let Some((at, c)) = rest.next_if(|(_, c)| {
                    !c.is_whitespace() && !"(),'\"".contains(*c) && (*c != ':' || time)
                }) {
                    end = at + c.len_utf8();
                }
                if c == ':' {
                    words.push((Word::Sign(':'), Span::new(start, start + 1)));
                    if end > start + 1 {
                        words.push((
                            Word::Plain(text[start + 1..end].to_owned()),
                            Span::new(start + 1, end),
                        ));
                    }
                } else {
                    words.push((
                        Word::Plain(text[start..end].to_owned()),
                        Span::new(start, end),
                    ));
                }
            }
        }
    }
    Ok(())
}
