//! Commands: where one begins, its stages, and the one expression that a pipeline becomes.

use super::annotations::CursorContext;
use super::annotations::HighlightKind;
use super::emit::Piece;
use super::lower::{Context, Lowerer};
use super::scan::{self, Kind, Token};
use super::statement::Body;
use super::verb::is_verb;
use super::{Argument, ArgumentKind, Operand, PIPELINE_KEYWORD, Pipeline, Stage};
use crate::diagnostic::{Diagnostic, Span};

/// A command's name where it is typed.
pub(super) struct CommandName<'a> {
    /// With plain hyphens.
    pub name: String,
    pub first: &'a str,
    pub end: usize,
    pub known: bool,
}

/// A pipeline while it is read.
pub(super) struct Building {
    /// How many slots are written.
    pub slots: usize,
    /// It has script blocks, so it needs the block variable.
    pub blocks: bool,
}

impl<'a> Lowerer<'a> {
    /// The command that begins at a place where one may: a registered name, or an unknown one with an approved verb.
    /// Names without a hyphen are commands only behind a pipe.
    pub fn command_at(&self, at: usize, piped: bool) -> Option<CommandName<'a>> {
        let source = self.source;
        let c = scan::char_at(source, at)?;
        if matches!(c, '?' | '%') {
            let next = scan::char_at(source, at + 1);
            let ends = next.is_none_or(|c| c.is_whitespace() || c == '{');
            let name = c.to_string();
            return (piped && ends && self.is_command(&name)).then(|| CommandName {
                name,
                first: &source[at..=at],
                end: at + 1,
                known: true,
            });
        }
        if !c.is_alphabetic() {
            return None;
        }
        let first_end = scan::word_end(source, at);
        let mut end = first_end;
        while let Some(dash) = scan::char_at(source, end).filter(|c| scan::is_dash(*c)) {
            let next = end + dash.len_utf8();
            if !scan::char_at(source, next).is_some_and(char::is_alphabetic) {
                break;
            }
            end = scan::word_end(source, next);
        }
        let first = &source[at..first_end];
        let hyphen = end > first_end;
        if !hyphen && !piped {
            return None;
        }
        let follows = scan::char_at(source, end).is_none_or(|c| {
            c.is_whitespace()
                || matches!(c, '|' | ';' | ')' | ']' | '}' | ',' | '{')
                || (c == '(' && hyphen)
        });
        if !follows || self.is_declared(first) {
            return None;
        }
        let name: String = source[at..end]
            .chars()
            .map(|c| if scan::is_dash(c) { '-' } else { c })
            .collect();
        let known = self.is_command(&name);
        (known || (hyphen && is_verb(first))).then_some(CommandName {
            name,
            first,
            end,
            known,
        })
    }

    /// Whether the bar that ends at a place is a pipe: a command stands behind it.
    pub fn pipe_follows(&self, bar_end: usize) -> bool {
        self.command_at(self.continued(bar_end), true).is_some()
    }

    /// Where the text goes on behind blanks, comments, and backticks at the ends of lines.
    pub fn continued(&self, from: usize) -> usize {
        let mut at = scan::trivia(self.source, from).end;
        while let Some(rest) = self.source[at..].strip_prefix('`') {
            let blank = rest.trim_start_matches([' ', '\t', '\r']);
            if !blank.starts_with('\n') {
                break;
            }
            at = scan::trivia(self.source, self.source.len() - blank.len()).end;
        }
        at
    }

    /// Reads a pipeline, from its first command or, with a head (its first piece and where it begins in the source),
    /// from the first bar. Returns its place among the pipelines.
    pub fn pipeline(&mut self, context: Context, head: Option<(usize, usize)>) -> usize {
        let index = self.pipelines.len();
        self.pipelines.push(Pipeline {
            span: Span::default(),
            head: None,
            stages: Vec::new(),
            discard: false,
            condition: false,
        });
        let start = head.map_or(self.position, |(_, origin)| origin);
        let mut building = Building {
            slots: 0,
            blocks: false,
        };
        let opening = head.map_or(self.out.len(), |(piece, _)| piece);
        let head_pieces = self.out.split_off(opening);
        self.out.push(Piece::text("", start));
        if head.is_some() {
            self.out.push(Piece::text(",(", start));
            self.out.extend(head_pieces);
            self.write(")");
            building.slots = 1;
        }
        let mut stages = Vec::new();
        self.nested(|this| {
            if head.is_some() {
                this.bar();
            }
            loop {
                let (stage, piped) = this.stage(context, &mut building, &stages, head.is_some());
                stages.push(stage);
                if this.stopped || !piped {
                    break;
                }
            }
        });
        let variable = format!("_ps_it{}", context.block + 1);
        let id = self.around.first_pipeline + index;
        let (open, close) = if building.blocks {
            (
                format!("({{let {variable}=();{PIPELINE_KEYWORD} {variable}({id}"),
                ")})",
            )
        } else {
            (format!("{PIPELINE_KEYWORD} {variable}({id}"), ")")
        };
        if let Some(Piece::Text { text, .. }) = self.out.get_mut(opening) {
            *text = open.into();
        }
        let end = stages
            .last()
            .map_or(self.position, |stage: &Stage| stage.span.end);
        let last = self.source[..end].char_indices().next_back();
        self.out
            .push(Piece::text(close, last.map_or(start, |(i, _)| i)));
        if let Some(pipeline) = self.pipelines.get_mut(index) {
            pipeline.span = Span::new(start, end.max(start));
            pipeline.head = head.is_some().then_some(0);
            pipeline.stages = stages;
        }
        index
    }

    /// `transaction { … }`: the command Invoke-Transaction under the name admins say.
    pub fn transaction(&mut self, token: Token, context: Context) -> usize {
        let start = self.position;
        let index = self.pipelines.len();
        self.pipelines.push(Pipeline {
            span: Span::default(),
            head: None,
            stages: Vec::new(),
            discard: false,
            condition: false,
        });
        let variable = format!("_ps_it{}", context.block + 1);
        let id = self.around.first_pipeline + index;
        self.mark(token.start, token.end, HighlightKind::Command);
        self.replace_to(
            token.end,
            format!("({{let {variable}=();{PIPELINE_KEYWORD} {variable}({id},"),
        );
        let mut building = Building {
            slots: 0,
            blocks: false,
        };
        let (trivia, _) = self.ahead();
        self.copy_trivia(trivia);
        let from = self.position;
        let block = self.block_argument(context, &mut building, false);
        let span = Span::new(start, self.position);
        self.write(")})");
        if let Some(pipeline) = self.pipelines.get_mut(index) {
            pipeline.span = span;
            pipeline.stages = vec![Stage {
                span,
                name: "Invoke-Transaction".to_owned(),
                name_span: Span::new(token.start, token.end),
                arguments: vec![Argument {
                    span: Span::new(from, span.end),
                    kind: ArgumentKind::Value(block),
                }],
            }];
        }
        index
    }

    /// Skips a bar and what stands before and behind it, up to the next command.
    fn bar(&mut self) {
        let (_, bar) = self.ahead();
        self.mark(bar.start, bar.end, HighlightKind::Operator);
        self.skip_code_to(bar.start);
        self.position = bar.end;
        let after = self.continued(self.position);
        self.skip_code_to(after);
    }

    /// Leaves out blanks and comments in a pipeline; the newlines stay.
    pub fn skip_code_to(&mut self, end: usize) {
        let trivia = scan::Trivia {
            end,
            ..scan::Trivia::default()
        };
        self.notes.comments(self.source, self.position, trivia);
        self.skip_to(end);
    }

    /// Reads one command and its arguments; also whether another command follows behind a bar.
    fn stage(
        &mut self,
        context: Context,
        building: &mut Building,
        earlier: &[Stage],
        has_head: bool,
    ) -> (Stage, bool) {
        let start = self.position;
        let piped = has_head || !earlier.is_empty();
        self.notes.trail = None;
        let (name, end) = match self.command_at(start, piped) {
            Some(command) => {
                self.assume_undeclared(command.first);
                self.mark(
                    start,
                    command.end,
                    if command.known {
                        HighlightKind::Command
                    } else {
                        HighlightKind::UnknownCommand
                    },
                );
                if !command.known {
                    self.unknown_command(&command.name, start, command.end);
                }
                (command.name, command.end)
            }
            None => self.no_command(start, piped),
        };
        self.position = end;
        if self.at_end() {
            self.notes.track(|| CursorContext::command(piped, start));
        }
        let mut stage = Stage {
            span: Span::new(start, end),
            name,
            name_span: Span::new(start, end),
            arguments: Vec::new(),
        };
        self.arguments(context, building, &mut stage);
        let last = stage
            .arguments
            .last()
            .map_or(end, |argument| argument.span.end);
        stage.span.end = last.max(end);
        // The pipe stands here or, behind newlines and comments, begins a line.
        let (_, bar) = self.ahead();
        let is_bar = bar.kind == Kind::Symbol && self.slice(bar) == "|";
        let same_line = !self.source[self.position..bar.start].contains('\n');
        if !self.stopped && is_bar && (same_line || self.pipe_follows(bar.end)) {
            self.notes.trail = None;
            self.bar();
            return (stage, true);
        }
        (stage, false)
    }

    /// No command stands where one must: says so, and gives what stands there for its name.
    fn no_command(&mut self, start: usize, piped: bool) -> (String, usize) {
        let end = self.source[start..]
            .find(|c: char| {
                c.is_whitespace() || matches!(c, '|' | ';' | ')' | ']' | '}' | '{' | '(' | ',')
            })
            .map_or(self.source.len(), |i| start + i);
        let name = self.source[start..end].to_owned();
        self.mark(start, end, HighlightKind::UnknownCommand);
        self.notes.track(|| CursorContext::command(piped, start));
        if start == self.source.len() {
            self.incomplete(
                "Incomplete",
                "a command is missing after |",
                Span::new(start, start),
                "type the next command",
            );
        } else if name.is_empty() {
            let error = Diagnostic::usage("EmptyPipeElement", "a command is missing after |");
            self.error(
                error
                    .at(start..start)
                    .hint("write a command, or delete the |"),
            );
        } else {
            self.unknown_command(&name, start, end);
        }
        (name, end)
    }

    pub fn unknown_command(&mut self, name: &str, start: usize, end: usize) {
        let error = Diagnostic::usage(
            "UnknownCmdlet",
            format!("'{name}' is not the name of a cmdlet or function"),
        );
        self.error(error.at(start..end).about(name));
    }

    /// `{ … }` as an argument: evaluated by the command, item by item.
    pub fn block_argument(
        &mut self,
        context: Context,
        building: &mut Building,
        comma: bool,
    ) -> Operand {
        if comma {
            self.write(",");
        }
        let slot = building.slots;
        building.slots += 1;
        building.blocks = true;
        let start = self.position;
        let inner = Context {
            shell: true,
            block: context.block + 1,
            caught: 0,
            ..context
        };
        let opening = self.out.len();
        let body = self.block(inner, &[]);
        if body.expression {
            self.parenthesise(opening, start);
        }
        self.block_operand(slot, start, body)
    }

    /// The block that was read from `start` up to here.
    fn block_operand(&self, slot: usize, start: usize, body: Body) -> Operand {
        let inside = &self.source[start..self.position];
        let inside = inside.strip_prefix('{').unwrap_or(inside);
        let text = inside.strip_suffix('}').unwrap_or(inside).to_owned();
        Operand::Block {
            slot,
            text,
            predicate: body.shape.test(),
        }
    }

    /// Writes a block that ends here with parentheses for its braces: one expression is evaluated faster without a block
    /// around it, and it is evaluated for each object.
    fn parenthesise(&mut self, opening: usize, start: usize) {
        let brace = |at| Piece::Copy {
            start: at,
            end: at + 1,
        };
        let last = self.out.len().saturating_sub(1);
        let end = self.position.saturating_sub(1);
        let is_block = self.out.get(opening) == Some(&brace(start))
            && self.out.get(last) == Some(&brace(end))
            && self.source[end..].starts_with('}');
        if is_block {
            self.out[opening] = Piece::text("(", start);
            self.out[last] = Piece::text(")", end);
        }
    }
}

#[cfg(test)]
mod tests;
