//! Whether a text is mixed: whether it holds a command, or a mark that only PowerShell has.

use std::collections::HashSet;

use super::Environment;
use super::scan::{self, Kind, Token};

/// Whether a text holds a command, or one of PowerShell's marks outside of texts.
pub(super) fn is_mixed(source: &str, functions: &HashSet<String>, around: &Environment) -> bool {
    code(source, 0, 0, &|name: &str, piped| {
        let function = name.to_ascii_lowercase().replace('-', "_");
        let hyphen = name.contains('-');
        if hyphen && functions.contains(&function) {
            return true;
        }
        let known = hyphen || piped || name == "transaction";
        known
            && match name {
                "transaction" => (around.is_command)("Invoke-Transaction"),
                name => (around.is_command)(name),
            }
    })
    .1
}

/// Templates in templates, deeper than anyone writes them.
const DEEPEST: usize = 50;

/// Reads code up to its end, or inside a template up to the closing brace: where that is, and whether it is mixed.
fn code(
    source: &str,
    from: usize,
    level: usize,
    is_command: &dyn Fn(&str, bool) -> bool,
) -> (usize, bool) {
    let (mut at, mut depth) = (from, 0_usize);
    let mut previous = "";
    loop {
        let token = scan::token(source, scan::trivia(source, at).end);
        let text = &source[token.start..token.end];
        at = token.end;
        match token.kind {
            Kind::End => return (at, false),
            Kind::Symbol if matches!(text, "$" | "$(" | "@(" | "@{") => return (at, true),
            Kind::Symbol if text == "@" && source[token.end..].starts_with(['"', '\'']) => {
                return (at, true);
            }
            Kind::Symbol if level > 0 && matches!(text, "{" | "#{") => depth += 1,
            Kind::Symbol if level > 0 && text == "}" => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return (at, false),
            },
            Kind::Template => {
                let (end, mixed) = template(source, at, level, is_command);
                if mixed {
                    return (end, true);
                }
                at = end;
            }
            Kind::Word => {
                let end = name_end(source, token.end);
                let name: String = source[token.start..end]
                    .chars()
                    .map(|c| if scan::is_dash(c) { '-' } else { c })
                    .collect();
                let declares = text.eq_ignore_ascii_case("function")
                    && scan::token(source, scan::trivia(source, at).end).kind == Kind::Word;
                if declares || is_command(&name, previous == "|") {
                    return (at, true);
                }
            }
            _ => {}
        }
        previous = text;
    }
}

/// The end of the template whose inside begins here, and whether code in it is mixed.
fn template(
    source: &str,
    from: usize,
    level: usize,
    is_command: &dyn Fn(&str, bool) -> bool,
) -> (usize, bool) {
    let mut at = from;
    while let Some(i) = source[at..].find(['`', '$', '\\']) {
        at += i;
        let rest = &source[at..];
        if rest.starts_with("``") {
            at += 2;
        } else if rest.starts_with('`') {
            return (at + 1, false);
        } else if rest.starts_with("\\${") {
            at += 3;
        } else if rest.starts_with("${") && level < DEEPEST {
            let (end, mixed) = code(source, at + 2, level + 1, is_command);
            if mixed {
                return (end, true);
            }
            at = end;
        } else {
            at += 1;
        }
    }
    (source.len(), false)
}

/// The end of `-Noun` behind a word.
fn name_end(source: &str, mut end: usize) -> usize {
    while let Some(dash) = scan::char_at(source, end).filter(|c| scan::is_dash(*c)) {
        let next = end + dash.len_utf8();
        if !scan::char_at(source, next).is_some_and(char::is_alphabetic) {
            break;
        }
        end = scan::word_end(source, next);
    }
    end
}

/// Where a template ends whose opening quote is given.
pub(super) fn end_of_template(source: &str, open: Token) -> usize {
    template(source, open.end, 0, &|_, _| false).0
}

/// Whether a `"…"` has something in it that PowerShell expands.
pub(super) fn expands(text: &str) -> bool {
    text.match_indices('$').any(|(i, _)| {
        let mut behind = text[i + 1..].chars();
        match behind.next() {
            Some('(' | '{') => true,
            Some(c) => scan::is_word_start(c),
            None => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::testing::is_command;

    #[test]
    fn a_command_or_a_dollar_makes_a_text_mixed() {
        let around = Environment {
            is_command: &is_command,
            variables: &[],
            first_pipeline: 0,
        };
        for (text, mixed) in [
            ("let a = 1; a - b", false),
            ("print(\"$x and Get-User\"); `${Get}` // Get-User $x", false),
            ("Get-User", true),
            ("x | where a", true),
            ("let x = $y", true),
            ("@(1)", true),
            ("get–user a", true),
        ] {
            assert_eq!(is_mixed(text, &HashSet::new(), &around), mixed, "{text}");
        }
    }
}
