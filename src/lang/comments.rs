//! PowerShell's comments, `# …` and `<# … #>`, which nothing of Rhai's begins with: blanks take their place.

use std::borrow::Cow;

use super::mixed::end_of_template;
use super::scan::{self, Kind};
use crate::diagnostic::Span;

/// The text with blanks for PowerShell's comments, so that every other character stays where it is; and where they were.
pub(super) fn blanked(source: &str) -> (Cow<'_, str>, Vec<Span>) {
    let mut found = Vec::new();
    if !source.contains('#') {
        return (Cow::Borrowed(source), found);
    }
    let mut at = 0;
    let mut operand = false;
    loop {
        let token = scan::token(source, scan::trivia(source, at).end);
        let text = &source[token.start..token.end];
        at = token.end;
        match token.kind {
            Kind::End => break,
            Kind::Template if operand && continues(source, token.end) => continue,
            Kind::Template => at = end_of_template(source, token),
            Kind::Symbol if text == "#" => {
                if let Some(end) = end_of_line_comment(source, token.start) {
                    found.push(Span::new(token.start, end));
                    at = end;
                    continue;
                }
            }
            Kind::Symbol if text.starts_with('<') && source[token.start..].starts_with("<#") => {
                let inside = &source[token.start + 2..];
                if !inside.starts_with('{')
                    && let Some(end) = inside.find("#>")
                {
                    let end = token.start + 2 + end + 2;
                    found.push(Span::new(token.start, end));
                    at = end;
                    continue;
                }
            }
            _ => {}
        }
        operand = match token.kind {
            Kind::Word => !matches!(text, "return" | "in" | "throw" | "if" | "while" | "switch"),
            Kind::Symbol => matches!(text, ")" | "]" | "}" | "|"),
            _ => true,
        };
    }
    if found.is_empty() {
        return (Cow::Borrowed(source), found);
    }
    let mut text = String::with_capacity(source.len());
    let mut from = 0;
    for span in &found {
        text.push_str(&source[from..span.start]);
        for byte in source[span.start..span.end].bytes() {
            text.push(if byte == b'\n' { '\n' } else { ' ' });
        }
        from = span.end;
    }
    text.push_str(&source[from..]);
    (Cow::Owned(text), found)
}

/// A backtick at the end of its line.
fn continues(source: &str, behind: usize) -> bool {
    let rest = source[behind..].trim_start_matches([' ', '\t', '\r']);
    rest.starts_with('\n')
}

/// Where a comment ends that begins with this `#`; none if it is Rhai's: a map, a raw text, the first line of a program.
fn end_of_line_comment(source: &str, at: usize) -> Option<usize> {
    let before = source[..at].chars().next_back();
    let begins =
        before.is_none_or(|c| c.is_whitespace() || matches!(c, ';' | '{' | '}' | '(' | ')' | '|'));
    let hashes = source[at..]
        .bytes()
        .take_while(|byte| *byte == b'#')
        .count();
    let next = source[at + hashes..].chars().next();
    let rhai = match next {
        Some('{') => hashes == 1,
        Some('"') => true,
        Some('!') => at == 0,
        _ => false,
    };
    (begins && !rhai).then(|| scan::line_end(source, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_become_blanks_and_nothing_else_does() {
        for (text, wanted) in [
            ("# don't\nx # y", "       \nx    "),
            ("a <# b\nc #> d", "a     \n     d"),
            ("#{a: 1} + #\"r # s\"#", "#{a: 1} + #\"r # s\"#"),
            ("\"a # b\"; 'c # d'; `e # f`", "\"a # b\"; 'c # d'; `e # f`"),
            ("let t = `\n# title\n`;", "let t = `\n# title\n`;"),
            ("x // a # b", "x // a # b"),
            ("Get-User `\n -A # é", "Get-User `\n -A     "),
            ("C#sharp", "C#sharp"),
            ("#!/bin/x\n#### y", "#!/bin/x\n      "),
        ] {
            assert_eq!(blanked(text).0, wanted, "{text}");
        }
    }
}
