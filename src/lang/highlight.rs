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

#[cfg(test)]
mod tests {
    use crate::lang::Surroundings;
    use crate::lang::testing::is_command;

    #[test]
    fn colours_follow_the_grammar() {
        use super::HighlightKind::{
            Bareword, Command, Comment, Operator, Parameter, Text, UnknownCommand, Variable,
        };
        let around = Surroundings {
            is_command: &is_command,
            variables: &[],
            first_pipeline: 0,
        };
        let parts = |text: &str| -> Vec<_> {
            super::highlight(text, &around)
                .iter()
                .map(|part| (text[part.span.start..part.span.end].to_owned(), part.kind))
                .collect()
        };
        let own = |text: &str, kind| (text.to_owned(), kind);
        assert_eq!(
            parts("Get-User a -City 'x' | Where-Object { $_.A -eq 'xy' } // c"),
            [
                own("Get-User", Command),
                own("a", Bareword),
                own("-City", Parameter),
                own("'x'", Text),
                own("|", Operator),
                own("Where-Object", Command),
                own("$_", Variable),
                own("-eq", Operator),
                own("'xy'", Text),
                own("// c", Comment),
            ]
        );
        assert_eq!(parts("Get-Usr")[0].1, UnknownCommand);
    }
}
