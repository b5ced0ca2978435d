//! What each part of a typed line is, for colours.

use super::Environment;
use super::annotations::{Highlight, HighlightKind, LoweringMode};
use super::comments::blanked;
use super::lower::Lowerer;

/// Says what each part of a text is; blanks and brackets are left out.
pub fn highlight(text: &str, around: &Environment) -> Vec<Highlight> {
    let (text, comments) = blanked(text);
    let mut found = Lowerer::read(&text, around, LoweringMode::Highlight)
        .notes
        .highlights
        .unwrap_or_default();
    found.extend(comments.into_iter().map(|span| Highlight {
        span,
        kind: HighlightKind::Comment,
    }));
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

#[cfg(test)]
mod tests {
    use crate::lang::Environment;
    use crate::lang::testing::is_command;

    #[test]
    fn colours_follow_the_grammar() {
        use crate::lang::HighlightKind::{
            Bareword, Command, Comment, Operator, Parameter, Text, UnknownCommand, Variable,
        };
        let around = Environment {
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
