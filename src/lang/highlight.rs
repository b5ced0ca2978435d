//! What each part of a typed line is, for colours.

use super::Surroundings;
use super::lower::{Lowerer, Purpose};
use super::scan::{self, Trivia};
use crate::diagnostic::Span;

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

/// Says what each part of a text is; blanks and brackets are left out.
pub fn highlight(text: &str, around: &Surroundings) -> Vec<Highlight> {
    let mut found = Lowerer::read(text, around, Purpose::Highlight)
        .highlights
        .unwrap_or_default();
    found.retain(|highlight| highlight.span.start < highlight.span.end);
    found.sort_by_key(|highlight| highlight.span.start);
    // A part inside another is the outer one's.
    let mut end = 0;
    found.retain(|highlight| {
        let keep = highlight.span.start >= end;
        if keep {
            end = highlight.span.end;
        }
        keep
    });
    found
}

impl Lowerer<'_> {
    /// Marks the comments among blanks that begin here.
    pub fn highlight_comments(&mut self, trivia: Trivia) {
        if self.highlights.is_none() {
            return;
        }
        let mut at = self.position;
        while let Some(i) = self.source[at..trivia.end].find('/') {
            let start = at + i;
            let end = if self.source[start..].starts_with("/*") {
                scan::comment_end(self.source, start).0
            } else {
                scan::line_end(self.source, start)
            };
            at = end.max(start + 1).min(trivia.end);
            self.mark(start, at, HighlightKind::Comment);
        }
    }
}
