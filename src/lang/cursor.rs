//! What stands at the cursor, for completion.

mod text;

use super::annotations::{CursorContext, HighlightKind, LoweringMode};
use super::comments::blanked;
use super::lower::Lowerer;
use super::scan;
use super::{Argument, ArgumentKind, Environment, Operand, Pipeline, Stage};
use crate::diagnostic::Span;
use crate::value::Operator;
use text::{
    command_place, fills, items_in_front, last_item, open_quote, operator_place, quoted_property,
    word_start,
};

/// What a name at the cursor would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CursorKind {
    /// A command; with `piped`, one that stands behind a pipe.
    Command {
        piped: bool,
    },
    /// The name of a parameter of the command; the word has its dash.
    Parameter,
    /// A value for the command.
    Value,
    /// A property of what the pipe puts out, by the path in front of it.
    Property {
        path: Vec<String>,
    },
    /// A text that a property is compared with in code; with its quote, if it is typed.
    Compared {
        property: String,
    },
    /// An operator of code, one of these; the word has its dash.
    Operator {
        names: Vec<&'static str>,
    },
    /// A variable; the word has its dollar.
    Variable,
    None,
}

/// What stands at a place of the text.
#[derive(Clone, Debug)]
pub struct Cursor {
    pub kind: CursorKind,
    /// The word up to the cursor.
    pub span: Span,
    /// The items of its list in front of the word, without their quotes.
    pub listed: Vec<String>,
    /// What comes to the command at the cursor; for `$_.`, to the command that the block belongs to.
    pub pipe: Pipe,
    /// The command at the cursor, with the arguments on both sides of it.
    pub stage: Option<Stage>,
    /// How many of these arguments stand in front of the cursor.
    pub front: usize,
    /// The variables in scope, in alphabetical order.
    pub variables: Vec<String>,
}

/// The beginning of a pipeline.
#[derive(Clone, Debug, Default)]
pub struct Pipe {
    /// The expression that it begins with, as typed, without the dollar of a variable.
    pub head: Option<String>,
    pub stages: Vec<Stage>,
}

impl Pipe {
    /// Whether objects come out of it.
    pub fn brings_something(&self) -> bool {
        self.head.is_some() || !self.stages.is_empty()
    }
}

/// Says what stands at a byte offset of a text. What it is goes by what is in front of it; arguments behind it are known too.
pub fn cursor(text: &str, offset: usize, around: &Environment) -> Cursor {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let whole = text;
    let (blanked_whole, comments) = blanked(whole);
    let whole = &*blanked_whole;
    let in_blanked = comments
        .iter()
        .any(|span| span.start < offset && offset <= span.end);
    let text = &whole[..offset];
    let read = Lowerer::read(text, around, LoweringMode::Cursor);
    let mut variables: Vec<String> = read.scope.visible().map(str::to_owned).collect();
    variables.sort_unstable();
    let in_comment = in_blanked
        || read.notes.highlights.iter().flatten().any(|highlight| {
            highlight.kind == HighlightKind::Comment && highlight.span.end == offset
        });
    let mut cursor = Cursor {
        kind: CursorKind::None,
        span: Span::new(offset, offset),
        listed: Vec::new(),
        pipe: Pipe::default(),
        stage: None,
        front: 0,
        variables,
    };
    if in_comment {
        return cursor;
    }
    let pipes = Pipes {
        text,
        pipelines: &read.pipelines,
    };
    pipes.place(&mut cursor, read.notes.trail);
    if let Some(stage) = &mut cursor.stage
        && !whole[offset..].trim().is_empty()
    {
        let read = Lowerer::read(whole, around, LoweringMode::Lower);
        let mut stages = read.pipelines.into_iter().flat_map(|own| own.stages);
        if let Some(again) = stages.find(|own| own.name_span.start == stage.name_span.start) {
            let behind = again.arguments.into_iter();
            let behind = behind.filter(|argument| argument.span.start >= offset);
            stage.arguments.extend(behind);
        }
    }
    cursor
}

/// The text up to the cursor, read.
struct Pipes<'a> {
    text: &'a str,
    pipelines: &'a [Pipeline],
}

impl Pipes<'_> {
    fn place(&self, cursor: &mut Cursor, trail: Option<CursorContext>) {
        let text = self.text;
        let word = word_start(text, false);
        let before = &text[..word];
        for start in [Some(word), quoted_property(text)].into_iter().flatten() {
            if let Some((pipe, path)) = self.owner(&text[..start], &cursor.variables) {
                cursor.kind = CursorKind::Property { path };
                cursor.span.start = start;
                cursor.pipe = pipe;
                return;
            }
        }
        let found = trail.and_then(|trail| self.command(trail.command));
        let trail = trail.map(|trail| match found {
            Some((pipeline, index)) => self.behind_comma(trail, &pipeline.stages[index]),
            None => trail,
        });
        let items = trail.map(|trail| (trail, last_item(&text[trail.start.min(text.len())..])));
        let in_single_quotes = match items {
            Some((trail, Some((item, _)))) => text[trail.start + item..].starts_with('\''),
            _ => false,
        };
        if before.ends_with('$') && !before.ends_with("`$") && !in_single_quotes {
            cursor.kind = CursorKind::Variable;
            cursor.span.start = word - 1;
            return;
        }
        let Some((trail, Some((item, listed)))) = items else {
            // No command, or an open bracket of one: code.
            if let Some(compared) = self.compared(&cursor.variables) {
                *cursor = Cursor {
                    variables: std::mem::take(&mut cursor.variables),
                    ..compared
                };
                return;
            }
            cursor.span.start = word_start(text, true);
            let before = &text[..cursor.span.start];
            cursor.kind = match text[cursor.span.start..].starts_with(scan::is_dash) {
                true => operator_place(before),
                false => command_place(before),
            };
            return;
        };
        let typed = &text[trail.start..];
        cursor.span.start = trail.start + item;
        if let Some((pipeline, index)) = found {
            cursor.pipe = self.pipe(pipeline, index);
            cursor.stage = pipeline.stages.get(index).cloned();
        }
        if let Some(stage) = &mut cursor.stage {
            let in_front = |argument: &Argument| argument.span.start < trail.start;
            stage.arguments.retain(in_front);
        }
        cursor.kind = if trail.is_command() {
            CursorKind::Command { piped: trail.piped }
        } else if !typed.starts_with(scan::is_dash) {
            cursor.listed = listed;
            CursorKind::Value
        } else if let Some((name, value)) = typed.split_once(':') {
            let kind = ArgumentKind::Parameter {
                name: name.trim_start_matches(scan::is_dash).to_owned(),
                colon: true,
            };
            let start = text.len() - value.trim_start().len();
            cursor.span.start = cursor.span.start.max(start);
            cursor.listed = listed;
            if let Some(stage) = &mut cursor.stage {
                let span = Span::new(trail.start, start);
                stage.arguments.push(Argument { span, kind });
            }
            CursorKind::Value
        } else {
            CursorKind::Parameter
        };
        cursor.front = cursor.stage.as_ref().map_or(0, |own| own.arguments.len());
    }

    /// The command whose name stands at a place.
    fn command(&self, at: usize) -> Option<(&Pipeline, usize)> {
        self.pipelines.iter().find_map(|pipeline| {
            let mut stages = pipeline.stages.iter();
            let index = stages.position(|stage| stage.name_span.start == at)?;
            Some((pipeline, index))
        })
    }

    /// A word behind a comma belongs to the argument in front of it.
    fn behind_comma(&self, mut trail: CursorContext, stage: &Stage) -> CursorContext {
        let before = self.text[..trail.start.min(self.text.len())].trim_end();
        let mut arguments = stage.arguments.iter().rev();
        let argument = arguments.find(|argument| argument.span.start < trail.start);
        if let Some(argument) = argument.filter(|_| before.ends_with(',')) {
            trail.start = argument.span.start;
        }
        trail
    }

    /// What `$_.`, `name.` or `(…).` at the end of a text is a property of, and the path behind it.
    fn owner(&self, before: &str, variables: &[String]) -> Option<(Pipe, Vec<String>)> {
        let chain = before.strip_suffix('.')?;
        let root = chain
            .char_indices()
            .rev()
            .take_while(|(_, c)| scan::is_word_part(*c) || *c == '.')
            .last()
            .map_or(chain.len(), |(i, _)| i);
        let mut parts = chain[root..].split('.').map(str::to_owned);
        let first = parts.next()?;
        let path: Vec<String> = parts.collect();
        if path.iter().any(String::is_empty) {
            return None;
        }
        let pipe = match first.as_str() {
            "_" if chain[..root].ends_with('$') => self.enclosing(root),
            "" => {
                let mut owner = &chain[..root];
                if owner.ends_with(']') {
                    owner = &owner[..owner.rfind('[')?];
                }
                match owner.strip_suffix(')') {
                    Some(inside) => {
                        let end = inside.trim_end().len();
                        let mut pipelines = self.pipelines.iter();
                        let pipeline = pipelines.find(|pipeline| pipeline.span.end == end)?;
                        self.pipe(pipeline, pipeline.stages.len())
                    }
                    None => {
                        let name = &owner[word_start(owner, false)..];
                        self.held(variables.iter().find(|own| *own == name)?, root)
                    }
                }
            }
            name => self.held(variables.iter().find(|own| *own == name)?, root),
        };
        Some((pipe, path))
    }

    /// What stands behind `$_.City -` or `$_.City -eq `: an operator, or a text of a list of them.
    fn compared(&self, variables: &[String]) -> Option<Cursor> {
        let text = self.text;
        let property = |before: &str| {
            let before = before.trim_end();
            let start = word_start(before, false);
            let (pipe, _) = self.owner(&before[..start], variables)?;
            Some((pipe, before[start..].to_owned()))
        };
        let cursor = |kind, start, listed, pipe| Cursor {
            kind,
            span: Span::new(start, text.len()),
            listed,
            pipe,
            stage: None,
            front: 0,
            variables: Vec::new(),
        };
        let start = word_start(text, true);
        if text[start..].starts_with(scan::is_dash) && text[..start].ends_with(char::is_whitespace)
        {
            let (pipe, _) = property(&text[..start])?;
            let names = Operator::names().collect();
            return Some(cursor(
                CursorKind::Operator { names },
                start,
                Vec::new(),
                pipe,
            ));
        }
        let start = open_quote(text).unwrap_or(start);
        let (before, listed) = items_in_front(&text[..start])?;
        let (before, operator) = before.trim_end().rsplit_once(char::is_whitespace)?;
        let compares = match operator.strip_prefix(scan::is_dash) {
            Some(name) => Operator::named(name).is_some(),
            None => matches!(operator, "==" | "!="),
        };
        let (pipe, property) = property(before).filter(|_| compares)?;
        Some(cursor(
            CursorKind::Compared { property },
            start,
            listed,
            pipe,
        ))
    }

    /// What comes to the command whose block is around a place.
    fn enclosing(&self, at: usize) -> Pipe {
        let around = |argument: &Argument| {
            let closed = self.text[..argument.span.end].ends_with('}');
            let ends = argument.span.end + usize::from(!closed);
            has_block(argument) && argument.span.start < at && at < ends
        };
        let stages = self.pipelines.iter().flat_map(|pipeline| {
            let stages = pipeline.stages.iter().enumerate();
            stages.map(move |(index, stage)| (pipeline, index, stage))
        });
        let mut blocks = Vec::new();
        for (pipeline, index, stage) in stages {
            let arguments = stage.arguments.iter().filter(|own| around(own));
            blocks.extend(arguments.map(|own| (own.span.start, pipeline, index)));
        }
        let innermost = blocks.into_iter().max_by_key(|(start, ..)| *start);
        innermost.map_or_else(Pipe::default, |(_, pipeline, index)| {
            self.pipe(pipeline, index)
        })
    }

    /// What a variable holds at a place: what a pipeline put into it last, if the text says so.
    fn held(&self, name: &str, at: usize) -> Pipe {
        let earlier = self.pipelines.iter().filter(|own| own.span.end <= at);
        let filling = earlier.filter(|own| fills(&self.text[..own.span.start], name));
        match filling.max_by_key(|own| own.span.end) {
            Some(pipeline) => self.pipe(pipeline, pipeline.stages.len()),
            None => Pipe {
                head: Some(name.to_owned()),
                stages: Vec::new(),
            },
        }
    }

    /// A pipeline up to one of its commands; what begins with `$_` goes on from what is around it.
    fn pipe(&self, pipeline: &Pipeline, commands: usize) -> Pipe {
        let stages = &pipeline.stages[..commands];
        let head = pipeline.head.and(pipeline.stages.first()).map(|first| {
            let head = &self.text[pipeline.span.start..first.name_span.start];
            head.trim_end().trim_end_matches('|').trim()
        });
        let mut pipe = match head {
            Some("$_") => self.enclosing(pipeline.span.start),
            Some(head) => self.held(head.trim_start_matches('$'), pipeline.span.start),
            None => Pipe::default(),
        };
        pipe.stages.extend_from_slice(stages);
        pipe
    }
}

fn has_block(argument: &Argument) -> bool {
    fn block_in(operand: &Operand) -> bool {
        match operand {
            Operand::Block { .. } => true,
            Operand::List(items) => items.iter().any(block_in),
            Operand::Map(entries) => entries.iter().any(|(_, operand)| block_in(operand)),
            Operand::Literal { .. } | Operand::Slot(_) => false,
        }
    }
    matches!(&argument.kind, ArgumentKind::Value(operand) if block_in(operand))
}

#[cfg(test)]
mod tests;
