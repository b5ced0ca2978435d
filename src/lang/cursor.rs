//! What stands at the cursor, for completion.

use super::lower::Lowerer;
use super::notes::{HighlightKind, Purpose, Trail};
use super::scan;
use super::{Argument, ArgumentKind, Operand, Pipeline, Stage, Surroundings};
use crate::diagnostic::Span;

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
pub fn cursor(text: &str, offset: usize, around: &Surroundings) -> Cursor {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let (whole, text) = (text, &text[..offset]);
    let read = Lowerer::read(text, around, Purpose::Cursor);
    let mut variables: Vec<String> = read.scope.visible().map(str::to_owned).collect();
    variables.sort_unstable();
    let in_comment =
        read.notes.highlights.iter().flatten().any(|highlight| {
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
        let read = Lowerer::read(whole, around, Purpose::Lower);
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
    fn place(&self, cursor: &mut Cursor, trail: Option<Trail>) {
        let text = self.text;
        let word = word_start(text, false);
        let before = &text[..word];
        if let Some((pipe, path)) = self.owner(before, &cursor.variables) {
            cursor.kind = CursorKind::Property { path };
            cursor.span.start = word;
            cursor.pipe = pipe;
            return;
        }
        if before.ends_with('$') {
            cursor.kind = CursorKind::Variable;
            cursor.span.start = word - 1;
            return;
        }
        let found = trail.and_then(|trail| self.command(trail.command));
        let trail = trail.map(|trail| match found {
            Some((pipeline, index)) => self.behind_comma(trail, &pipeline.stages[index]),
            None => trail,
        });
        let items = trail.map(|trail| (trail, last_item(&text[trail.start.min(text.len())..])));
        let Some((trail, Some((item, listed)))) = items else {
            // No command, or an open bracket of one: code.
            cursor.span.start = word_start(text, true);
            cursor.kind = command_place(&text[..cursor.span.start]);
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
    fn behind_comma(&self, mut trail: Trail, stage: &Stage) -> Trail {
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
            "" if chain[..root].ends_with(']') => {
                let list = &chain[..chain[..root].rfind('[')?];
                let name = &list[word_start(list, false)..];
                self.held(variables.iter().find(|own| *own == name)?, root)
            }
            "" => {
                let inside = chain[..root].strip_suffix(')')?.trim_end();
                let mut pipelines = self.pipelines.iter();
                let pipeline = pipelines.find(|pipeline| pipeline.span.end == inside.len())?;
                self.pipe(pipeline, pipeline.stages.len())
            }
            name => self.held(variables.iter().find(|own| *own == name)?, root),
        };
        Some((pipe, path))
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

/// Whether a text ends with `name =` or `for name in`.
fn fills(before: &str, name: &str) -> bool {
    let before = before.trim_end();
    let target = before
        .strip_suffix('=')
        .or_else(|| before.strip_suffix("in"));
    let target = target.unwrap_or_default().trim_end();
    target[word_start(target, false)..] == *name
}

/// Where the word at the end of a text begins.
fn word_start(text: &str, dashes: bool) -> usize {
    text.char_indices()
        .rev()
        .take_while(|(_, c)| scan::is_word_part(*c) || (dashes && scan::is_dash(*c)))
        .last()
        .map_or(text.len(), |(i, _)| i)
}

/// Where the last item of an argument begins, and the items in front of it; none inside an open bracket.
fn last_item(typed: &str) -> Option<(usize, Vec<String>)> {
    let (mut depth, mut quote, mut start) = (0usize, None, 0);
    let mut listed = Vec::new();
    for (i, c) in typed.char_indices() {
        match (quote, c) {
            (Some(open), _) => quote = Some(open).filter(|open| c != *open),
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
    let start = typed.len() - typed[start..].trim_start().len();
    (depth == 0).then_some((start, listed))
}

fn unquoted(item: &str) -> String {
    match item.starts_with(['\'', '"']) {
        true => scan::unquote(item),
        false => item.to_owned(),
    }
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
mod tests;
