//! Values in argument mode: words, numbers, texts, variables, brackets and lists of them.

use super::annotations::HighlightKind;
use super::argument::ends_word;
use super::emit::string_literal;
use super::lower::{Context, Lowerer};
use super::pipeline::Building;
use super::predicate::Shape;
use super::scan::variable_name;
use super::scan::{self, Kind};
use super::{ArgumentKind, Operand};
use crate::diagnostic::{Diagnostic, Span};
use crate::value::{self, Value};

impl Lowerer<'_> {
    /// One value, or several between commas.
    pub fn value(&mut self, context: Context, building: &mut Building) -> ArgumentKind {
        let first = self.item(context, building);
        let mut items = Vec::new();
        while context.list && !self.stopped {
            let rest = self.rest();
            let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            if !rest[blanks..].starts_with(',') {
                break;
            }
            let comma = self.position + blanks;
            let after = self.continued(comma + 1);
            self.skip_code_to(after);
            if items.is_empty() {
                items.push(None);
            }
            match self.peek() {
                None | Some(',' | ';' | ')' | '}' | '|' | '&' | '<' | '>' | '\0') => {
                    self.missing_behind(comma);
                    break;
                }
                Some(_) => {
                    let item = self.item(context, building);
                    items.push(Some(item));
                }
            }
        }
        if items.is_empty() {
            return ArgumentKind::Value(first);
        }
        let rest = items.into_iter().flatten();
        let list = std::iter::once(first).chain(rest).collect();
        ArgumentKind::Value(Operand::List(list))
    }

    fn missing_behind(&mut self, comma: usize) {
        let message = "a value is missing after the comma";
        let span = Span::new(comma, comma + 1);
        if self.at_end() {
            self.incomplete("Incomplete", message, span, "type the next value");
        } else {
            let error = Diagnostic::usage("MissingArgument", message);
            self.error(error.at(span).hint("delete the comma"));
        }
    }

    /// One value.
    fn item(&mut self, context: Context, building: &mut Building) -> Operand {
        let rest = self.rest();
        let token = scan::token(self.source, self.position);
        let text = self.slice(token);
        let brackets = context.bracket(true);
        match (token.kind, text) {
            (_, "{") => return self.block_argument(context, building, true),
            (_, "(") => {
                return self.code(building, |this| {
                    let shape = this.group(token, brackets);
                    this.postfix(brackets);
                    shape
                });
            }
            (_, "$(") => {
                return self.code(building, |this| {
                    this.substatements(token, brackets);
                    this.postfix(brackets);
                    Shape::Other
                });
            }
            (_, "@") if self.is_here_string(self.position) => {
                return self.code(building, |this| this.here_string(brackets));
            }
            (_, "@(") => {
                let trail = self.notes.trail;
                let list = self.code(building, |this| {
                    let shape = this.list(token, brackets);
                    this.postfix(brackets);
                    shape
                });
                // What isn't a command in it is a value of the one around it.
                self.notes.trail = self.notes.trail.or(trail);
                return list;
            }
            (_, "@{") if !self.has_member(token.end - 1) => {
                return self.hashtable_argument(token, brackets, building);
            }
            (_, "@{") => {
                return self.code(building, |this| {
                    this.hashtable(token, brackets);
                    this.postfix(brackets);
                    Shape::Other
                });
            }
            (_, "#{") => {
                return self.code(building, |this| {
                    this.map(token, brackets.bracket(false));
                    this.postfix(brackets);
                    Shape::Other
                });
            }
            (Kind::Raw, _) => {
                return self.code(building, |this| {
                    this.mark(token.start, token.end, HighlightKind::Text);
                    this.copy_token(token);
                    Shape::Other
                });
            }
            (Kind::Template, _) => {
                // Only a partner on the line makes a template; else the backtick escapes one character.
                let next = rest[1..].find(['`', '\n']);
                if next.is_some_and(|i| rest[1 + i..].starts_with('`')) {
                    return self.code(building, |this| {
                        this.template(token, brackets);
                        Shape::Other
                    });
                }
            }
            (_, "$") => {
                if let Some(operand) = self.variable_value(context, building) {
                    return operand;
                }
            }
            _ => {}
        }
        self.text_value(context, building)
    }

    /// Whether the bracket that opens at a place has a member taken of it: `@{ … }.Name`.
    fn has_member(&self, open: usize) -> bool {
        scan::matching_bracket(self.source, open)
            .is_some_and(|close| self.source[close + 1..].starts_with(['.', '[', '?']))
    }

    /// Code as a value: one slot.
    pub fn code(
        &mut self,
        building: &mut Building,
        write: impl FnOnce(&mut Self) -> Shape,
    ) -> Operand {
        self.notes.trail = None;
        self.write(",");
        write(self);
        let slot = building.slots;
        building.slots += 1;
        Operand::Slot(slot)
    }

    /// `$name` with its properties; nothing if it is only the beginning of a bareword such as `$dir\leavers.csv`.
    fn variable_value(&mut self, context: Context, building: &mut Building) -> Option<Operand> {
        let start = self.position;
        let (name, end) = variable_name(self.source, start)?;
        let name = name.to_owned();
        let next = scan::char_at(self.source, end);
        let count_and_check_interrupt = next.is_some_and(|c| match c {
            '.' => !scan::char_at(self.source, end + 1).is_some_and(scan::is_word_start),
            '[' | '?' => false,
            c => !ends_word(c, context),
        });
        if count_and_check_interrupt {
            return None;
        }
        let plain = next.is_none_or(|c| ends_word(c, context) && c != '(');
        let (text, shape) = self.variable(&name, start, end, context);
        if let (Shape::Literal(value), true) = (&shape, plain) {
            self.position = end;
            let raw = match value {
                Value::Null => String::new(),
                _ => text,
            };
            return Some(Operand::Literal {
                value: value.clone(),
                raw,
            });
        }
        Some(self.code(building, |this| {
            this.replace_to(end, text);
            this.postfix(context.bracket(true));
            Shape::Other
        }))
    }

    /// `.Name`, `.method(…)`, `[…]` directly behind a value.
    fn postfix(&mut self, context: Context) {
        while !self.stopped {
            let token = scan::token(self.source, self.position);
            match self.slice(token) {
                "." | "?." => {
                    let name = scan::token(self.source, token.end);
                    if name.kind != Kind::Word {
                        return;
                    }
                    self.copy_to(token.end);
                    let text = self.slice(name).to_owned();
                    let called = self.source[name.end..].starts_with('(');
                    self.enumerated(&text, called);
                    match super::types::method(&text).filter(|own| called && *own != text) {
                        Some(own) => self.replace_to(name.end, own),
                        None => self.copy_token(name),
                    }
                    let open = scan::token(self.source, self.position);
                    if self.slice(open) == "(" {
                        self.sequence(open, ")", context.bracket(false));
                    }
                }
                "[" | "?[" => {
                    let context = Context {
                        array: true,
                        ..context.bracket(false)
                    };
                    self.sequence(token, "]", context);
                }
                _ => return,
            }
        }
    }

    /// A word without quotes, known before anything runs: number, boolean or text.
    pub fn bareword(&mut self, raw: String, start: usize, end: usize) -> Operand {
        let value = match raw.to_ascii_lowercase().as_str() {
            "true" if raw == "true" => Value::Bool(true),
            "false" if raw == "false" => Value::Bool(false),
            _ => value::number(&raw).unwrap_or_else(|| Value::from(raw.as_str())),
        };
        let kind = match value {
            Value::Text(_) => HighlightKind::Bareword,
            _ => HighlightKind::Number,
        };
        self.mark(start, end, kind);
        if let Some((first, rest)) = raw.split_once('.')
            && self.scope.has(first)
            && rest.starts_with(scan::is_word_start)
        {
            let warning = Diagnostic::usage(
                "DottedText",
                format!("{raw} is taken as text, though {first} is a variable"),
            );
            self.warn(warning.at(start..end).about(raw.clone()).hint(format!(
                "for the property write ${raw}, for the text '{raw}'"
            )));
        }
        Operand::Literal { value, raw }
    }

    pub fn write_literal(&mut self, text: &str, at: usize) {
        self.out
            .push(super::emit::Piece::text(string_literal(text), at));
    }
}

#[cfg(test)]
mod tests {
    use crate::lang::testing::{becomes, lower as lowered_of, lower_with, refused, show};

    #[test]
    fn l7_a_dotted_bareword_is_text_and_says_so() {
        let lowered = lower_with("Import-Csv leavers.csv", &["leavers"]);
        assert_eq!(show(&lowered), ["Import-Csv <leavers.csv>"]);
        assert_eq!(lowered.warnings[0].id, "DottedText");
        assert!(lowered_of("Import-Csv leavers.csv").warnings.is_empty());
    }

    #[test]
    fn l8_numbers_and_l10_single_quotes() {
        becomes(&[
            (
                "get-user –Department Sales, 'It''s', \"a $u b\" -Id 00123 -N -5 -X 64kb -Y -90d -Z 0x1F",
                "__ps _ps_it1(0,_ps_text(\"a \",u,\" b\"))",
                &[
                    "get-user -Department (<Sales>,<It's>,$0) -Id <int:00123> -N <int:-5> -X <int:64kb> -Y <-90d> -Z <int:0x1F>",
                ],
            ),
            (
                "Get-User 10 1.5 0123 1e5 12a 64kb0 true True '10' 'a'''",
                "__ps _ps_it1(0)",
                &[
                    "Get-User <int:10> <float:1.5> <int:0123> <1e5> <12a> <64kb0> <bool:true> <True> <10> <a'>",
                ],
            ),
        ]);
    }

    #[test]
    fn l15a_commas() {
        becomes(&[
            (
                "Get-User a,'b' , c,\n  d -X 1,2",
                "__ps _ps_it1(0\n)",
                &["Get-User (<a>,<b>,<c>,<d>) -X (<int:1>,<int:2>)"],
            ),
            (
                "f(Get-User a, u); [Get-User a,b]; #{k: Get-User a, j: Get-User (u, m)}",
                "_ps_show(f(__ps _ps_it1(0), u)); _ps_show([__ps _ps_it1(1),b]); _ps_show(#{k: __ps _ps_it1(2), j: __ps _ps_it1(3,([u, m]))})",
                &[
                    "Get-User <a>",
                    "Get-User <a>",
                    "Get-User <a>",
                    "Get-User $0",
                ],
            ),
        ]);
        refused(&[
            ("Get-User ,a", "MissingArgument", ",", false),
            ("Get-User a,,b", "MissingArgument", ",", false),
            ("Get-User a,", "Incomplete", ",", true),
        ]);
    }

    #[test]
    fn an_open_value_asks_for_more() {
        refused(&[
            ("Get-User (", "UnclosedBracket", "(", true),
            ("Get-User 'a", "UnclosedText", "'", true),
        ]);
    }
}
