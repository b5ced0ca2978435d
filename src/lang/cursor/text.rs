//! What the end of a text says by itself: where a word, a quote, an item begins, and what could stand there.

use super::CursorKind;
use crate::lang::precedence::JOINS;
use crate::lang::scan;

/// Whether a text ends with `name =` or `for name in`.
pub fn fills(before: &str, name: &str) -> bool {
    let before = before.trim_end();
    let target = before
        .strip_suffix('=')
        .or_else(|| before.strip_suffix("in"));
    let target = target.unwrap_or_default().trim_end();
    target[word_start(target, false)..] == *name
}

/// Where the word at the end of a text begins.
pub fn word_start(text: &str, dashes: bool) -> usize {
    text.char_indices()
        .rev()
        .take_while(|(_, c)| scan::is_word_part(*c) || (dashes && scan::is_dash(*c)))
        .last()
        .map_or(text.len(), |(i, _)| i)
}

/// Where the quote stands that a text ends within, if it opens right behind a dot: `$_.'Last d`.
pub fn quoted_property(text: &str) -> Option<usize> {
    let opened = |quote: char| {
        let at = text.rfind(&format!(".{quote}"))? + 1;
        // Two of them are one of the name.
        let typed = text[at + 1..].replace(&format!("{quote}{quote}"), "");
        (!typed.contains(quote)).then_some(at)
    };
    opened('\'').or_else(|| opened('"'))
}

/// Where the quote stands that a text of code ends within.
pub fn open_quote(text: &str) -> Option<usize> {
    let opened = |quote: char| {
        let mut end = text.len();
        loop {
            let at = text[..end].rfind(quote)?;
            // Two of them are one of the text.
            if !text[..at].ends_with(quote) {
                let opens = text[..at].ends_with([' ', '\t', '\n', ',', '(', '[']);
                return opens.then_some(at);
            }
            end = at - 1;
        }
    };
    opened('\'').or_else(|| opened('"'))
}

/// What stands in front of a list of texts in code, and these; nothing behind the operator but blanks is an empty list.
pub fn items_in_front(text: &str) -> Option<(&str, Vec<String>)> {
    let mut rest = text;
    let mut items = Vec::new();
    while let Some(list) = rest.trim_end().strip_suffix(',') {
        let list = list.trim_end();
        let open = open_quote(list.strip_suffix(['\'', '"'])?)?;
        items.push(unquoted(&list[open..]));
        rest = &list[..open];
    }
    let open = rest.trim_end_matches(['(', '[', '@']);
    open.ends_with(char::is_whitespace).then_some((open, items))
}

/// Where the last item of an argument begins, and the items in front of it; none inside an open bracket, but for a text
/// in the list of an `@(`.
pub fn last_item(typed: &str) -> Option<(usize, Vec<String>)> {
    let (mut depth, mut quote, mut start) = (0usize, None, 0);
    let mut listed = Vec::new();
    let mut chars = typed.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        match (quote, c) {
            (Some('"'), '`') => {
                chars.next();
            }
            // Two of them are one of the text.
            (Some(open), _) if c == open => {
                quote = chars.next_if(|(_, next)| *next == c).map(|_| c);
            }
            (Some(_), _) => {}
            (None, '"') => quote = Some(c),
            // Within a word it is an apostrophe.
            (None, '\'') if typed[start..i].trim().is_empty() || depth > 0 => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                listed.push(unquoted(typed[start..i].trim()));
                start = i + 1;
            }
            _ => {}
        }
    }
    let last = typed[start..].trim_start();
    if depth == 0 {
        return Some((typed.len() - last.len(), listed));
    }
    let inner = last.strip_prefix("@(")?;
    let (start, items) = last_item(inner)?;
    listed.extend(items);
    let is_text = inner[start..].starts_with(['\'', '"']);
    is_text.then_some((typed.len() - inner.len() + start, listed))
}

fn unquoted(item: &str) -> String {
    match item.starts_with(['\'', '"']) {
        true => scan::unquote(item),
        false => item.to_owned(),
    }
}

/// What `-` begins behind a stretch of code: what joins tests, if something stands there that it could join.
pub fn operator_place(before: &str) -> CursorKind {
    let operand = before.trim_end();
    let ends = operand.len() < before.len()
        && operand.ends_with(|c: char| scan::is_word_part(c) || "'\")]}`".contains(c));
    match ends {
        true => CursorKind::Operator {
            names: JOINS.map(|(name, _)| name).to_vec(),
        },
        false => CursorKind::None,
    }
}

/// Whether a command may stand behind a stretch of Rhai code.
pub fn command_place(before: &str) -> CursorKind {
    let trimmed = before.trim_end_matches([' ', '\t', '\r']);
    let last = trimmed.chars().next_back();
    let word = trimmed
        .rsplit(|c: char| !scan::is_word_part(c))
        .next()
        .unwrap_or_default();
    let map = trimmed.ends_with("@{") || trimmed.ends_with("#{");
    let opens =
        !map && last.is_none_or(|c| {
            matches!(
                c,
                '\n' | ';' | '{' | '}' | '(' | '[' | '=' | ',' | ':' | '|'
            )
        }) && !trimmed.ends_with("==");
    let keyword = matches!(
        word,
        "if" | "while" | "in" | "return" | "throw" | "switch" | "else"
    );
    if opens || (keyword && trimmed.len() < before.len()) {
        CursorKind::Command {
            piped: last == Some('|'),
        }
    } else {
        CursorKind::None
    }
}
