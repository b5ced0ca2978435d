//! What a script block yields for each object, where that is plain to see, for completion.

use super::annotations::LoweringMode;
use super::lower::Lowerer;
use super::{Environment, Stage};
use crate::diagnostic::Span;

/// What a pipeline begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// Its first command.
    Nothing,
    /// The object that the block is given.
    Item,
    /// A map with these keys.
    Map(Vec<String>),
    /// An expression.
    Unknown,
}

/// The one thing that a block puts out: its last statement, if that is a pipeline, a map or `$_`, and nothing in front of it
/// puts out anything.
pub fn yielded(block: &str, around: &Environment) -> Option<(Start, Vec<Stage>)> {
    let block = block.trim_end_matches(|c: char| c.is_whitespace() || c == ';');
    let begins = |at: usize| {
        let before = block[..at].trim_end_matches([' ', '\t']);
        before.is_empty() || before.ends_with(['\n', ';', '}'])
    };
    let read = Lowerer::read(block, around, LoweringMode::Cursor);
    let is_last = |span: Span| span.end == block.len() && begins(span.start);
    let alone = |span: Span| {
        let mut in_front = read
            .pipelines
            .iter()
            .filter(|own| own.span.start < span.start);
        in_front.all(|own| !own.discard)
    };
    let mut pipelines = read.pipelines.iter();
    if let Some(own) = pipelines.find(|own| is_last(own.span)) {
        let head = own.head.and(own.stages.first()).map(|first| {
            let head = &block[own.span.start..first.name_span.start];
            head.trim_end().trim_end_matches('|').trim()
        });
        let start = match head {
            None => Start::Nothing,
            Some("$_") => Start::Item,
            Some(_) => Start::Unknown,
        };
        return alone(own.span).then(|| (start, own.stages.clone()));
    }
    let mut maps = read.notes.maps.iter();
    if let Some((span, keys)) = maps.find(|(span, _)| is_last(*span)) {
        return alone(*span).then(|| (Start::Map(keys.clone()), Vec::new()));
    }
    (block.trim() == "$_").then(|| (Start::Item, Vec::new()))
}
