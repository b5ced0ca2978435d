//! What stands at the cursor, for completion.

use super::lower::{Lowerer, Purpose};
use super::scan;
use super::{ArgumentKind, Stage, Surroundings};
use crate::diagnostic::Span;

/// What a name at the cursor would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CursorKind {
    /// A command; with `piped`, one that stands behind a pipe.
    Command {
        piped: bool,
    },
    /// The name of a parameter of the command; the word has its dash.
    Parameter {
        command: String,
    },
    /// A value: of the parameter in front of it, if one is, else by position.
    Value {
        command: String,
        parameter: Option<String>,
        /// How many values stand in front of it that belong to no parameter, as far as can be seen without a declaration.
        position: usize,
    },
    /// A property of `$_`, by the path in front of it.
    Property {
        path: Vec<String>,
    },
    /// A variable; the word has its dollar.
    Variable,
    None,
}

/// What stands at a place of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub kind: CursorKind,
    /// The word up to the cursor.
    pub span: Span,
    /// The commands of the pipeline in front of the one at the cursor.
    pub earlier: Vec<String>,
    /// The variables in scope, in alphabetical order.
    pub variables: Vec<String>,
}

/// What the reading of a text met last.
#[derive(Clone, Debug)]
pub(super) struct Trail {
    earlier: Vec<String>,
    kind: CursorKind,
    start: usize,
}

impl Trail {
    pub fn command(earlier: &[Stage], start: usize) -> Self {
        Self {
            earlier: names(earlier),
            kind: CursorKind::Command {
                piped: !earlier.is_empty(),
            },
            start,
        }
    }

    pub fn word(earlier: &[Stage], stage: &Stage, start: usize) -> Self {
        let parameter = match stage.arguments.last().map(|argument| &argument.kind) {
            Some(ArgumentKind::Parameter { name, .. }) => Some(name.clone()),
            _ => None,
        };
        let mut position = 0;
        let mut named = false;
        for argument in &stage.arguments {
            match &argument.kind {
                ArgumentKind::Parameter { .. } => named = true,
                ArgumentKind::Value(_) => {
                    position += usize::from(!named);
                    named = false;
                }
                _ => {}
            }
        }
        Self {
            earlier: names(earlier),
            kind: CursorKind::Value {
                command: stage.name.clone(),
                parameter,
                position,
            },
            start,
        }
    }
}

fn names(stages: &[Stage]) -> Vec<String> {
    stages.iter().map(|stage| stage.name.clone()).collect()
}

/// Says what stands at a byte offset of a text, going by what is in front of it.
pub fn cursor(text: &str, offset: usize, around: &Surroundings) -> Cursor {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let text = &text[..offset];
    let read = Lowerer::read(text, around, Purpose::Cursor);
    let mut variables: Vec<String> = read.scope.visible().map(str::to_owned).collect();
    variables.sort_unstable();
    let in_comment = read.highlights.iter().flatten().any(|highlight| {
        highlight.kind == super::HighlightKind::Comment && highlight.span.end == offset
    });
    let (kind, start, earlier) = if in_comment {
        (CursorKind::None, offset, Vec::new())
    } else {
        place(text, read.trail)
    };
    Cursor {
        kind,
        span: Span::new(start, offset),
        earlier,
        variables,
    }
}

fn place(text: &str, trail: Option<Trail>) -> (CursorKind, usize, Vec<String>) {
    let word = text
        .char_indices()
        .rev()
        .take_while(|(_, c)| scan::is_word_part(*c))
        .last()
        .map_or(text.len(), |(i, _)| i);
    let before = &text[..word];
    if let Some(path) = item_path(before) {
        return (CursorKind::Property { path }, word, Vec::new());
    }
    if before.ends_with('$') {
        let earlier = trail.map(|trail| trail.earlier).unwrap_or_default();
        return (CursorKind::Variable, word - 1, earlier);
    }
    match trail {
        Some(mut trail) => {
            let typed = &text[trail.start.min(text.len())..];
            if let CursorKind::Value { command, .. } = &trail.kind
                && typed.starts_with(scan::is_dash)
            {
                match typed.split_once(':') {
                    None => {
                        trail.kind = CursorKind::Parameter {
                            command: command.clone(),
                        };
                    }
                    Some((name, value)) => {
                        let name = name.trim_start_matches(scan::is_dash).to_owned();
                        let command = command.clone();
                        trail.start = text.len() - value.trim_start().len();
                        trail.kind = CursorKind::Value {
                            command,
                            parameter: Some(name),
                            position: 0,
                        };
                    }
                }
            } else if let Some(i) = typed.rfind(',') {
                // The last item of a list.
                let item = typed[i + 1..].trim_start();
                trail.start = text.len() - item.len();
            }
            (trail.kind, trail.start, trail.earlier)
        }
        None => {
            let start = text
                .char_indices()
                .rev()
                .take_while(|(_, c)| scan::is_word_part(*c) || scan::is_dash(*c))
                .last()
                .map_or(text.len(), |(i, _)| i);
            (command_place(&text[..start]), start, Vec::new())
        }
    }
}

/// The path of `$_.A.B.` in front of the cursor.
fn item_path(before: &str) -> Option<Vec<String>> {
    let chain = before.strip_suffix('.')?;
    let start = chain.rfind("$_")?;
    let path = &chain[start + 2..];
    if path.is_empty() {
        return Some(Vec::new());
    }
    let path = path.strip_prefix('.')?;
    let plain = path
        .split('.')
        .all(|part| !part.is_empty() && part.chars().all(scan::is_word_part));
    plain.then(|| path.split('.').map(str::to_owned).collect())
}

/// Whether a command may stand behind a stretch of Rhai code.
fn command_place(before: &str) -> CursorKind {
    let trimmed = before.trim_end_matches([' ', '\t', '\r']);
    let last = trimmed.chars().next_back();
    let word = trimmed
        .rsplit(|c: char| !scan::is_word_part(c))
        .next()
        .unwrap_or_default();
    let opens = last.is_none_or(|c| {
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

#[cfg(test)]
mod tests {
    use crate::lang::Surroundings;
    use crate::lang::testing::is_command;

    #[test]
    fn the_cursor_knows_where_it_stands() {
        use super::CursorKind::{Command, None, Parameter, Property, Value, Variable};
        let value = |parameter: Option<&str>, position| Value {
            command: "Get-User".to_owned(),
            parameter: parameter.map(str::to_owned),
            position,
        };
        let variables = ["leavers".to_owned()];
        let around = Surroundings {
            is_command: &is_command,
            variables: &variables,
            first_pipeline: 0,
        };
        for (text, kind, word) in [
            ("", Command { piped: false }, ""),
            ("Get-Us", Command { piped: false }, "Get-Us"),
            ("let x = Get-", Command { piped: false }, "Get-"),
            ("Get-User | Whe", Command { piped: true }, "Whe"),
            ("leavers | Rem", Command { piped: true }, "Rem"),
            (
                "Get-User -Dep",
                Parameter {
                    command: "Get-User".to_owned(),
                },
                "-Dep",
            ),
            ("Get-User an", value(Option::None, 0), "an"),
            ("Get-User anna ", value(Option::None, 1), ""),
            ("Get-User -Department ", value(Some("Department"), 0), ""),
            (
                "Get-User -Department Sa",
                value(Some("Department"), 0),
                "Sa",
            ),
            (
                "Get-User -Department Sales,I",
                value(Some("Department"), 0),
                "I",
            ),
            ("Get-User -Enabled:$f", Variable, "$f"),
            ("Get-User -Name:an", value(Some("Name"), 0), "an"),
            ("Get-User 'Ann", value(Option::None, 0), "'Ann"),
            (
                "Get-User | Where-Object { $_.Dep",
                Property { path: vec![] },
                "Dep",
            ),
            (
                "Get-User | Where-Object { $_.Licenses.",
                Property {
                    path: vec!["Licenses".to_owned()],
                },
                "",
            ),
            ("$lea", Variable, "$lea"),
            ("Get-User a // comm", None, ""),
        ] {
            let cursor = super::cursor(text, text.len(), &around);
            assert_eq!(cursor.kind, kind, "{text}");
            assert_eq!(&text[cursor.span.start..cursor.span.end], word, "{text}");
        }
        let cursor = super::cursor("Get-User | Sort-Object | Sel", 28, &around);
        assert_eq!(cursor.earlier, ["Get-User", "Sort-Object"]);
    }
}
