//! Rhai's lexical structure: where each of its tokens, strings and comments ends.

/// What stands at a place of Rhai code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Number,
    /// `"…"` with Rhai's escapes.
    Text,
    /// `'x'`, which is a character to Rhai.
    Char,
    /// `'…'`, which Rhai refuses, and either kind of curly quotes: PowerShell's literal text.
    Quoted,
    /// `#"…"#`.
    Raw,
    /// The opening backtick of a template; its inside is scanned by whoever wants it.
    Template,
    Symbol,
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
    /// False for a string without its closing quote.
    pub closed: bool,
}

/// Blanks, newlines and comments before a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Trivia {
    pub end: usize,
    pub newline: bool,
    /// Where a block comment begins that isn't closed.
    pub unclosed: Option<usize>,
    /// Holds blanks that Rhai doesn't know (a no-break space out of a mail).
    pub foreign: bool,
}

pub(super) fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..).and_then(|rest| rest.chars().next())
}

pub(super) fn is_word_start(c: char) -> bool {
    c == '_' || c.is_ascii_alphabetic() || (!c.is_ascii() && c.is_alphabetic())
}

pub(super) fn is_word_part(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric() || (!c.is_ascii() && c.is_alphanumeric())
}

/// Hyphen, en dash, em dash and horizontal bar: admins paste from mails.
pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2013}' | '\u{2014}' | '\u{2015}')
}

pub(super) fn is_single_quote(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}'..='\u{201B}')
}

pub(super) fn is_double_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201C}'..='\u{201E}')
}

/// Marks that can't be seen and change what a name is: zero-width characters and writing directions.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\0')
}

pub(super) fn word_end(text: &str, at: usize) -> usize {
    text.get(at..).map_or(at, |rest| {
        at + rest.find(|c: char| !is_word_part(c)).unwrap_or(rest.len())
    })
}

/// Skips blanks and comments, and newlines too.
pub(super) fn trivia(text: &str, at: usize) -> Trivia {
    let bytes = text.as_bytes();
    let mut found = Trivia {
        end: at,
        ..Trivia::default()
    };
    while let Some(&byte) = bytes.get(found.end) {
        match byte {
            b'\n' => {
                found.newline = true;
                found.end += 1;
            }
            b' ' | b'\t' | b'\r' | b'\x0C' => found.end += 1,
            b'/' if bytes.get(found.end + 1) == Some(&b'/') => {
                found.end = line_end(text, found.end);
            }
            b'/' if bytes.get(found.end + 1) == Some(&b'*') => {
                let (end, closed) = comment_end(text, found.end);
                found.newline |= text[found.end..end].contains('\n');
                if !closed {
                    found.unclosed = Some(found.end);
                }
                found.end = end;
            }
            0..=0x7F => break,
            _ => match char_at(text, found.end) {
                Some(c) if c.is_whitespace() => {
                    found.foreign = true;
                    found.end += c.len_utf8();
                }
                _ => break,
            },
        }
    }
    found
}

/// The end of a `//` comment: Rhai lets a lone carriage return end it too.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find(['\n', '\r']).map_or(text.len(), |i| at + i)
}

/// The end of a `/* … */` comment, which may hold others; false if it isn't closed.
pub(super) fn comment_end(text: &str, at: usize) -> (usize, bool) {
    let bytes = text.as_bytes();
    let (mut i, mut depth) = (at, 0_usize);
    while i < bytes.len() {
        match (bytes[i], bytes.get(i + 1)) {
            (b'/', Some(b'*')) => {
                depth += 1;
                i += 2;
            }
            (b'*', Some(b'/')) => {
                depth -= 1;
                i += 2;
                if depth == 0 {
                    return (i, true);
                }
            }
            _ => i += 1,
        }
    }
    (text.len(), false)
}

/// Longest first: `**=` is no `**`.
const SYMBOLS: [&str; 35] = [
    "**=", "<<=", ">>=", "..=", "...", "#{", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.",
    "?[", "..", "::", "**", "<<", ">>", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "++", "--",
    "->", "@(", "@{", "$(",
];

/// The token at a place that is no blank and no comment.
pub(super) fn token(text: &str, at: usize) -> Token {
    let make = |kind, end| Token {
        kind,
        start: at,
        end,
        closed: true,
    };
    let Some(c) = char_at(text, at) else {
        return make(Kind::End, at);
    };
    if is_word_start(c) {
        return make(Kind::Word, word_end(text, at));
    }
    if c.is_ascii_digit() {
        return make(Kind::Number, number_end(text, at));
    }
    match c {
        '"' => {
            let (end, closed) = text_end(text, at);
            Token {
                closed,
                ..make(Kind::Text, end)
            }
        }
        '\'' => match char_end(text, at) {
            Some(end) => make(Kind::Char, end),
            None => quoted(text, at),
        },
        '`' => make(Kind::Template, at + 1),
        '#' => raw(text, at).unwrap_or_else(|| symbol(text, at, c)),
        c if is_single_quote(c) || is_double_quote(c) => quoted(text, at),
        c => symbol(text, at, c),
    }
}

fn symbol(text: &str, at: usize, c: char) -> Token {
    let rest = &text.as_bytes()[at..];
    let length = SYMBOLS
        .iter()
        .find(|symbol| symbol.as_bytes()[0] == rest[0] && rest.starts_with(symbol.as_bytes()))
        .map_or(c.len_utf8(), |symbol| symbol.len());
    Token {
        kind: Kind::Symbol,
        start: at,
        end: at + length,
        closed: true,
    }
}

fn number_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let byte = |i: usize| bytes.get(i).copied().unwrap_or(0);
    let mut i = at + 1;
    if byte(at) == b'0' && matches!(byte(i) | 0x20, b'x' | b'o' | b'b') {
        i += 1;
        while byte(i).is_ascii_hexdigit() || byte(i) == b'_' {
            i += 1;
        }
        return i;
    }
    let (mut period, mut exponent) = (false, false);
    loop {
        match byte(i) {
            b'0'..=b'9' | b'_' => i += 1,
            // `1..5` is a range and `1.len()` a call; `1.` before anything else is a float.
            b'.' if !period && !exponent => match char_at(text, i + 1) {
                Some('.' | '_') => return i,
                Some(c) if is_word_start(c) => return i,
                _ => {
                    period = true;
                    i += 1;
                }
            },
            b'e' | b'E' if !exponent => match byte(i + 1) {
                b'0'..=b'9' | b'+' | b'-' => {
                    exponent = true;
                    i += 2;
                }
                _ => return i,
            },
            _ => return i,
        }
    }
}

/// The end of a `"…"`: a backslash takes the next character, a doubled quote is one quote, a newline needs a backslash.
fn text_end(text: &str, at: usize) -> (usize, bool) {
    let bytes = text.as_bytes();
    let mut i = at + 1;
    while let Some(&byte) = bytes.get(i) {
        match byte {
            b'\\' if bytes.get(i + 1) == Some(&b'\r') && bytes.get(i + 2) == Some(&b'\n') => i += 3,
            b'\\' => i += 2,
            b'"' if bytes.get(i + 1) == Some(&b'"') => i += 2,
            b'"' => return (i + 1, true),
            b'\n' => return (i, false),
            _ => i += 1,
        }
    }
    (text.len(), false)
}

/// The end of a Rhai character, if it is one: `'x'`, `'\n'`, `'\x41'`, `'\u0041'`.
fn char_end(text: &str, at: usize) -> Option<usize> {
    let mut chars = text[at + 1..].char_indices();
    let (_, first) = chars.next()?;
    if matches!(first, '\'' | '\n' | '\r') {
        return None;
    }
    if first == '\\' {
        let (_, escape) = chars.next()?;
        let digits = match escape {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            'n' | 'r' | 't' | '\\' | '\'' => 0,
            _ => return None,
        };
        for _ in 0..digits {
            chars.next().filter(|(_, c)| c.is_ascii_hexdigit())?;
        }
    }
    let (i, _) = chars.next().filter(|(_, close)| *close == '\'')?;
    let end = at + 1 + i + 1;
    // `'\''` is a quote; `'a''b'` is text that holds one.
    (!text[end..].starts_with('\'')).then_some(end)
}

/// `'…'` where a doubled quote is one quote; or curly double quotes, taken literally.
fn quoted(text: &str, at: usize) -> Token {
    let (end, closed) = quoted_end(text, at);
    Token {
        kind: Kind::Quoted,
        start: at,
        end,
        closed,
    }
}

pub(super) fn quoted_end(text: &str, at: usize) -> (usize, bool) {
    let is_quote = if char_at(text, at).is_some_and(is_single_quote) {
        is_single_quote
    } else {
        is_double_quote
    };
    let mut chars = text[at..].char_indices().skip(1).peekable();
    while let Some((i, c)) = chars.next() {
        if is_quote(c) && chars.next_if(|(_, next)| is_quote(*next)).is_none() {
            return (at + i + c.len_utf8(), true);
        }
    }
    (text.len(), false)
}

/// What a quoted token says: its quotes taken away, doubled ones made one.
pub(super) fn unquote(token: &str) -> String {
    let mut chars = token.chars();
    let Some(open) = chars.next() else {
        return String::new();
    };
    let is_quote = if is_single_quote(open) {
        is_single_quote
    } else {
        is_double_quote
    };
    let mut text = String::new();
    while let Some(c) = chars.next() {
        if is_quote(c) && chars.next().is_none() {
            break;
        }
        text.push(c);
    }
    text
}

/// `#"…"#` with any number of hashes.
fn raw(text: &str, at: usize) -> Option<Token> {
    let hashes = text[at..].bytes().take_while(|b| *b == b'#').count();
    if !text[at + hashes..].starts_with('"') {
        return None;
    }
    let body = at + hashes + 1;
    let close = format!("\"{}", &text[at..at + hashes]);
    let end = text[body..].find(&close).map(|i| body + i + close.len());
    Some(Token {
        kind: Kind::Raw,
        start: at,
        end: end.unwrap_or(text.len()),
        closed: end.is_some(),
    })
}

/// What a `"…"` of Rhai says, if it uses no rare escape.
pub(super) fn rhai_text(token: &str) -> Option<String> {
    let inner = token.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.push(match chars.next()? {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                '\\' => '\\',
                '"' => '"',
                _ => return None,
            }),
            '"' => {
                chars.next();
                text.push('"');
            }
            c => text.push(c),
        }
    }
    Some(text)
}

/// Where the bracket that opens here is closed, going by Rhai's tokens alone.
pub(super) fn matching_bracket(text: &str, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = open;
    // A template's inside is skipped whole, holes included.
    loop {
        at = trivia(text, at).end;
        let token = token(text, at);
        match (token.kind, &text[token.start..token.end]) {
            (Kind::End, _) => return None,
            (Kind::Template, _) => at = text[token.end..].find('`').map(|i| token.end + i + 1)?,
            (Kind::Symbol, "{" | "(" | "[" | "#{" | "@{" | "@(" | "$(" | "?[") => {
                depth += 1;
                at = token.end;
            }
            (Kind::Symbol, "}" | ")" | "]") => {
                depth = depth.checked_sub(1)?;
                at = token.end;
                if depth == 0 {
                    return Some(token.start);
                }
            }
            _ => at = token.end,
        }
    }
}

/// The name behind a `$` and where it ends.
pub(super) fn variable_name(source: &str, dollar: usize) -> Option<(&str, usize)> {
    let start = dollar + 1;
    if source[start..].starts_with('{') {
        let end = word_end(source, start + 1);
        let closed = source[end..].starts_with('}') && end > start + 1;
        return closed.then(|| (&source[start + 1..end], end + 1));
    }
    let end = word_end(source, start);
    let first = source[start..end].chars().next()?;
    is_word_start(first).then(|| (&source[start..end], end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> (Kind, &str) {
        let token = token(text, 0);
        (token.kind, &text[token.start..token.end])
    }

    #[test]
    fn tokens_end_where_rhai_ends_them() {
        for (text, kind, expected) in [
            ("1..5", Kind::Number, "1"),
            ("1.5e-3x", Kind::Number, "1.5e-3"),
            ("1.len()", Kind::Number, "1"),
            ("1.)", Kind::Number, "1."),
            ("0xFF_0)", Kind::Number, "0xFF_0"),
            ("\"a\\\"b\" c", Kind::Text, "\"a\\\"b\""),
            ("\"a\"\"b\" c", Kind::Text, "\"a\"\"b\""),
            ("'x' y", Kind::Char, "'x'"),
            ("'\\n'", Kind::Char, "'\\n'"),
            ("'\\u0041'", Kind::Char, "'\\u0041'"),
            ("'ab' c", Kind::Quoted, "'ab'"),
            ("'a''b' c", Kind::Quoted, "'a''b'"),
            ("'' c", Kind::Quoted, "''"),
            ("'\\'", Kind::Quoted, "'\\'"),
            ("\u{2018}x\u{2019} y", Kind::Quoted, "\u{2018}x\u{2019}"),
            ("##\"a\"#\"## b", Kind::Raw, "##\"a\"#\"##"),
            ("#{a: 1}", Kind::Symbol, "#{"),
            ("**= 2", Kind::Symbol, "**="),
            ("été.x", Kind::Word, "été"),
            ("", Kind::End, ""),
        ] {
            assert_eq!(first(text), (kind, expected), "{text}");
        }
    }

    #[test]
    fn trivia_skips_nested_comments() {
        let text = " /* a /* b */ c */ // d\n\t x";
        let found = trivia(text, 0);
        assert_eq!(&text[found.end..], "x");
        assert!(found.newline);
        assert_eq!(trivia("/* a", 0).unclosed, Some(0));
    }

    #[test]
    fn quotes_are_taken_away() {
        assert_eq!(unquote("'a''b'"), "a'b");
        assert_eq!(unquote("''"), "");
        assert_eq!(unquote("'a"), "a");
        assert_eq!(rhai_text(r#""a\n\"b""#).as_deref(), Some("a\n\"b"));
    }

    #[test]
    fn a_bracket_finds_its_partner() {
        let text = "{ a(\"}\") + `}` /* } */ [1] } x";
        assert_eq!(matching_bracket(text, 0), Some(text.len() - 3));
        assert_eq!(matching_bracket("{ (", 0), None);
    }
}
