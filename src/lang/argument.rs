//! Argument mode: what stands behind a command's name, lexed as PowerShell does.

use super::annotations::CursorContext;
use super::annotations::HighlightKind;
use super::lower::{Context, Lowerer};
use super::pipeline::Building;
use super::scan;
use super::{Argument, ArgumentKind, Operand, Stage};
use crate::diagnostic::{Diagnostic, Span};
use crate::value::Value;

/// Characters that end a bareword.
pub(super) fn ends_word(c: char, context: Context) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\0' | '&' | '(' | ')' | ',' | ';' | '{' | '}' | '|' | '<' | '>'
        )
        || (c == ']' && context.array)
}

/// The parameters whose value is the name of a variable that the command sets, with their aliases.
const FILLING: [&str; 7] = [
    "OutVariable",
    "ov",
    "ErrorVariable",
    "ev",
    "Variable",
    "CountVariable",
    "CV",
];

/// The commands whose values are names of variables and never what these hold.
const NAMING: [&str; 2] = ["Get-Variable", "gv"];

fn fills_variable(argument: &Argument) -> bool {
    match &argument.kind {
        ArgumentKind::Parameter { name, .. } => {
            FILLING.iter().any(|own| own.eq_ignore_ascii_case(name))
        }
        _ => false,
    }
}

impl Lowerer<'_> {
    /// Reads arguments up to the end of the command, which is left to the caller.
    pub fn arguments(&mut self, context: Context, building: &mut Building, stage: &mut Stage) {
        let mut all_values = false;
        let values = Context {
            shell: true,
            direct: false,
            ..context
        };
        while !self.stopped {
            self.skip_blanks();
            let start = self.position;
            let Some(c) = self.peek() else {
                // Behind a blank a new word begins; directly behind the last one, or in its open quotes, it goes on.
                let last = stage.arguments.last();
                let count_and_check_interrupt = last.is_some_and(|own| own.span.end == start);
                if !count_and_check_interrupt && self.source[..start].ends_with(char::is_whitespace)
                {
                    self.notes.track(|| CursorContext::word(stage, start));
                }
                return;
            };
            if self.ends_command(c, context) {
                self.notes.trail = None;
                return;
            }
            self.notes.track(|| CursorContext::word(stage, start));
            if self.refused(c, stage) {
                continue;
            }
            let fills = stage.arguments.last().is_some_and(fills_variable);
            let kind = if fills && let Some(kind) = self.variable_to_fill() {
                kind
            } else if scan::is_dash(c) && !all_values {
                match self.parameter() {
                    Some(kind) => {
                        all_values |= matches!(kind, ArgumentKind::EndOfParameters);
                        kind
                    }
                    None => self.value(values, building),
                }
            } else if c == '@' && self.splat().is_some() {
                let name = self.splat().unwrap_or_default().to_owned();
                self.splatted(&name, values, building)
            } else if NAMING
                .iter()
                .any(|own| own.eq_ignore_ascii_case(&stage.name))
                && let Some(kind) = self.variable_by_name()
            {
                kind
            } else {
                self.value(values, building)
            };
            if self.position == start {
                // Nothing that argument mode knows: said before, or said here.
                let error = Diagnostic::usage("UnexpectedToken", format!("'{c}' can't stand here"));
                self.error(
                    error
                        .at(start..start + c.len_utf8())
                        .hint("put it in single quotes if it is part of a value"),
                );
                self.position += c.len_utf8();
                continue;
            }
            stage.arguments.push(Argument {
                span: Span::new(start, self.position),
                kind,
            });
        }
    }

    /// Blanks, `/* … */` and backticks before a newline: none of them ends a command.
    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest
                .find(|c: char| c == '\n' || !c.is_whitespace())
                .unwrap_or(rest.len());
            self.position += blank;
            let rest = &rest[blank..];
            if let Some(after) = rest.strip_prefix('`') {
                let trimmed = after.trim_start_matches([' ', '\t', '\r']);
                if trimmed.is_empty() {
                    let at = self.position;
                    self.incomplete(
                        "Incomplete",
                        "the command goes on after the backtick",
                        Span::new(at, at + 1),
                        "type the rest of the command",
                    );
                    self.skip_to(self.source.len());
                    return;
                }
                if trimmed.starts_with('\n') {
                    let end = self.source.len() - trimmed.len() + 1;
                    self.skip_to(end);
                    continue;
                }
            }
            if rest.starts_with("/*") {
                let (end, closed) = scan::comment_end(self.source, self.position);
                if !closed {
                    let at = self.position;
                    self.incomplete(
                        "UnclosedComment",
                        "the comment that begins here isn't closed",
                        Span::new(at, at + 2),
                        "close it with */",
                    );
                }
                self.mark(self.position, end, HighlightKind::Comment);
                self.skip_to(end);
                continue;
            }
            return;
        }
    }

    fn ends_command(&self, c: char, context: Context) -> bool {
        let rest = self.rest();
        match c {
            '\n' | ';' | ')' | '}' | '|' => true,
            ']' => context.array,
            ',' => !context.list,
            '&' => rest.starts_with("&&"),
            '/' => rest.starts_with("//"),
            '{' => context.header && !self.block_is_argument(),
            _ => false,
        }
    }

    /// In a header `{` opens the body, unless something follows its `}` on the line that goes on with the command.
    fn block_is_argument(&self) -> bool {
        let Some(close) = scan::matching_bracket(self.source, self.position) else {
            return false;
        };
        let rest = self.source[close + 1..].trim_start_matches([' ', '\t']);
        let mut chars = rest.chars();
        match chars.next() {
            Some('{') => true,
            Some('|') => chars.next() != Some('|'),
            Some(c) if scan::is_dash(c) => chars.next().is_some_and(char::is_alphabetic),
            _ => false,
        }
    }

    /// Things of PowerShell that have no meaning here; skips them and says so.
    fn refused(&mut self, c: char, stage: &Stage) -> bool {
        let rest = self.rest();
        let start = self.position;
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '*')
            .unwrap_or(rest.len());
        let (length, error) = if c == '<' || (digits <= 1 && rest[digits..].starts_with('>')) {
            let length = rest
                .find(|c: char| !matches!(c, '<' | '>' | '&' | '*') && !c.is_ascii_digit())
                .unwrap_or(rest.len());
            let error = Diagnostic::usage("NoRedirection", "redirection isn't supported").hint(
                "pipe into Out-File or Export-Csv; to compare, put the command in parentheses",
            );
            (length, error)
        } else if rest.starts_with("--%") {
            let error = Diagnostic::usage(
                "NoVerbatim",
                "--% isn't supported: no foreign programs run here",
            )
            .hint("delete it and put special characters in single quotes");
            (3, error)
        } else if c == '&' {
            let error = Diagnostic::usage("NoBackground", "commands can't run in the background")
                .hint("delete the &, or put it in single quotes");
            (1, error)
        } else if c == ',' {
            let what = if stage.arguments.is_empty() {
                "a value is missing before the comma"
            } else {
                "a value is missing between the commas"
            };
            (
                1,
                Diagnostic::usage("MissingArgument", what).hint("delete the comma"),
            )
        } else if c == '#' && rest[1..].starts_with(char::is_whitespace) {
            let length = scan::line_end(rest, 0);
            let error = Diagnostic::usage("NotRhai", "comments begin with // here")
                .hint("write // instead of #");
            (length, error)
        } else if scan::is_invisible(c) {
            self.invisible(c, start);
            self.position += c.len_utf8();
            return true;
        } else {
            return false;
        };
        self.error(error.at(start..start + length));
        self.skip_to(start + length);
        true
    }

    /// `-Name`, `-Name:`, `--`; nothing if the dash begins a value.
    fn parameter(&mut self) -> Option<ArgumentKind> {
        let start = self.position;
        let dash = self.peek()?.len_utf8();
        let rest = &self.source[start + dash..];
        let first = rest.chars().next()?;
        if scan::is_dash(first) {
            let after = rest[first.len_utf8()..].chars().next();
            if after.is_none_or(|c| c.is_whitespace() || matches!(c, ';' | '|' | ')' | '}')) {
                self.position = start + dash + first.len_utf8();
                self.mark(start, self.position, HighlightKind::Operator);
                return Some(ArgumentKind::EndOfParameters);
            }
            return None;
        }
        if !(first.is_alphabetic() || first == '_' || first == '?') {
            return None;
        }
        let end = rest
            .find(|c: char| !(scan::is_word_part(c) || c == '?' || scan::is_dash(c)))
            .map_or(self.source.len(), |i| start + dash + i);
        let name = self.source[start + dash..end].to_owned();
        self.position = end;
        self.mark(start, end, HighlightKind::Parameter);
        let mut colon = false;
        match self.peek() {
            Some(':') => {
                colon = true;
                self.position += 1;
                let blanks = self.rest().find(|c| c != ' ' && c != '\t');
                let next = self.rest().trim_start_matches([' ', '\t']).chars().next();
                if next.is_none_or(|c| matches!(c, '\n' | '\r' | ';' | '|' | ')' | '}' | ',')) {
                    let error = Diagnostic::usage(
                        "ParameterRequiresArgument",
                        format!("-{name}: wants a value"),
                    );
                    self.error(
                        error
                            .at(start..self.position)
                            .about(name.clone())
                            .hint(format!(
                                "write the value behind the colon, or -{name} alone"
                            )),
                    );
                } else {
                    self.position += blanks.unwrap_or(0);
                }
            }
            Some(c @ ('.' | '[' | '"' | '\'' | '=')) => {
                let error = Diagnostic::usage(
                    "BadParameter",
                    format!("'{c}' can't stand in the name of a parameter"),
                );
                let at = self.position;
                self.error(error.at(at..at + 1).hint(format!(
                    "leave a blank behind -{name}, or put the whole in single quotes if it is a value"
                )));
                let end = self.source[at..]
                    .find(char::is_whitespace)
                    .map_or(self.source.len(), |i| at + i);
                self.skip_to(end);
            }
            _ => {}
        }
        Some(ArgumentKind::Parameter { name, colon })
    }

    /// The name behind `-OutVariable` and its like: never its value, and known to what follows.
    fn variable_to_fill(&mut self) -> Option<ArgumentKind> {
        let start = self.position;
        let plus = if self.peek() == Some('+') { "+" } else { "" };
        let end = scan::word_end(self.source, start + plus.len());
        let name = &self.source[start + plus.len()..end];
        let begins = name.starts_with(scan::is_word_start);
        let next = scan::char_at(self.source, end);
        if !begins || !next.is_none_or(|c| c.is_whitespace() || matches!(c, ';' | '|' | ')' | '}'))
        {
            return None;
        }
        self.refuse_reserved(name, start + plus.len());
        self.mark(start, end, HighlightKind::Variable);
        self.position = end;
        let own = self.scope.resolve(name).unwrap_or_else(|| {
            self.declare_hoisted(name);
            name.to_owned()
        });
        let raw = format!("{plus}{own}");
        Some(ArgumentKind::Value(Operand::Literal {
            value: Value::from(raw.as_str()),
            raw,
        }))
    }

    /// The name of a variable, as text.
    fn variable_by_name(&mut self) -> Option<ArgumentKind> {
        let start = self.position;
        let end = scan::word_end(self.source, start);
        let name = &self.source[start..end];
        let known = self.scope.has(name);
        let next = scan::char_at(self.source, end);
        let ends = next.is_none_or(|c| c.is_whitespace() || matches!(c, ';' | '|' | ')' | '}'));
        if !known || !ends {
            return None;
        }
        self.mark(start, end, HighlightKind::Variable);
        self.position = end;
        Some(ArgumentKind::Value(Operand::Literal {
            value: Value::from(name),
            raw: name.to_owned(),
        }))
    }

    /// The name of `@name`, where it is nothing longer.
    fn splat(&self) -> Option<&str> {
        let rest = self.rest().strip_prefix('@')?;
        let name = &rest[..scan::word_end(rest, 0)];
        let first = name.chars().next()?;
        let ends = rest[name.len()..]
            .chars()
            .next()
            .is_none_or(|c| c.is_whitespace() || matches!(c, ';' | '|' | ')' | '}' | ']'));
        (scan::is_word_start(first) && ends).then_some(name)
    }

    fn splatted(&mut self, name: &str, context: Context, building: &mut Building) -> ArgumentKind {
        let (start, end) = (self.position, self.position + 1 + name.len());
        let (text, _) = self.variable(name, start, end, context);
        self.write(",");
        self.replace_to(end, text);
        let slot = building.slots;
        building.slots += 1;
        ArgumentKind::Splat(slot)
    }
}

#[cfg(test)]
mod tests;
