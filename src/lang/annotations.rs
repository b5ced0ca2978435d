//! What the reading of a text notes besides what it becomes: its parts, for colours, the way to a cursor at its end, and
//! names that are no variables.

use super::Stage;
use super::scan::{self, Trivia};
use crate::diagnostic::{Diagnostic, Span};

/// What a text is read for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum LoweringMode {
    Lower,
    /// As typed in a shell: each plain expression is shown.
    Line,
    Check,
    Highlight,
    Cursor,
}

/// A part of the text and what it is; parts don't overlap and come in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Highlight {
    pub span: Span,
    pub kind: HighlightKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HighlightKind {
    Command,
    UnknownCommand,
    Function,
    Parameter,
    Text,
    Number,
    Variable,
    Comment,
    Keyword,
    Operator,
    Bareword,
    /// A name that is none of the others.
    Plain,
}

/// What the reading of a text met last.
#[derive(Clone, Copy, Debug)]
pub(super) struct CursorContext {
    /// Where the name of the command stands.
    pub command: usize,
    /// Where the word begins.
    pub start: usize,
    pub piped: bool,
}

impl CursorContext {
    pub fn command(piped: bool, start: usize) -> Self {
        Self {
            command: start,
            start,
            piped,
        }
    }

    pub fn word(stage: &Stage, start: usize) -> Self {
        Self {
            command: stage.name_span.start,
            start,
            piped: false,
        }
    }

    pub fn is_command(self) -> bool {
        self.command == self.start
    }
}

/// Names that were read as variables and aren't any.
#[derive(Debug, Default)]
pub(super) struct Unknown {
    /// In functions that are still being read.
    pub open: Vec<Diagnostic>,
    pub settled: Vec<Diagnostic>,
}

impl Unknown {
    /// How many are in functions that are still being read.
    pub fn mark(&self) -> usize {
        self.open.len()
    }
}

/// The notes of one reading.
#[derive(Debug)]
pub(super) struct Annotations {
    /// None where nobody wants them.
    pub highlights: Option<Vec<Highlight>>,
    /// Whether what follows is wanted: noting it costs time on long lines.
    tracks: bool,
    /// Whether plain expressions are shown that nobody takes.
    pub shows: bool,
    /// What a cursor at the end of the text stands in.
    pub trail: Option<CursorContext>,
    /// The names that are no variables; none where nobody wants them.
    pub unknown: Option<Unknown>,
    /// The maps that are written out, with their keys.
    pub maps: Vec<(Span, Vec<String>)>,
}

impl Annotations {
    pub fn new(purpose: LoweringMode) -> Self {
        Self {
            highlights: matches!(purpose, LoweringMode::Highlight | LoweringMode::Cursor)
                .then(Vec::new),
            shows: purpose == LoweringMode::Line,
            tracks: purpose == LoweringMode::Cursor,
            trail: None,
            unknown: (purpose == LoweringMode::Check).then(Unknown::default),
            maps: Vec::new(),
        }
    }

    pub fn mark(&mut self, start: usize, end: usize, kind: HighlightKind) {
        if let Some(highlights) = &mut self.highlights {
            highlights.push(Highlight {
                span: Span::new(start, end),
                kind,
            });
        }
    }

    /// Marks the comments among blanks that begin at a place.
    pub fn comments(&mut self, source: &str, mut at: usize, trivia: Trivia) {
        if self.highlights.is_none() {
            return;
        }
        while let Some(i) = source[at..trivia.end].find('/') {
            let start = at + i;
            let end = if source[start..].starts_with("/*") {
                scan::comment_end(source, start).0
            } else {
                scan::line_end(source, start)
            };
            at = end.max(start + 1).min(trivia.end);
            self.mark(start, at, HighlightKind::Comment);
        }
    }

    /// How many unknown names there are in functions that are still being read.
    pub fn unknown_so_far(&self) -> usize {
        self.unknown.as_ref().map_or(0, Unknown::mark)
    }

    /// Notes what a cursor would stand in if the text ended here.
    pub fn track(&mut self, trail: impl FnOnce() -> CursorContext) {
        if self.tracks {
            self.trail = Some(trail());
        }
    }

    pub fn map(&mut self, span: Span, keys: Vec<String>) {
        if self.tracks {
            self.maps.push((span, keys));
        }
    }
}
