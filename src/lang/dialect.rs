//! Which of the two languages a statement is in: a `$` in it makes PowerShell's what both could mean.

use super::lower::Lowerer;
use super::mixed::{end_of_template, expands};
use super::scan::{self, Kind};

/// A statement with more tokens than anyone writes isn't looked through to its end.
const LONGEST: usize = 10_000;

impl Lowerer<'_> {
    /// Whether one of PowerShell's marks stands in the statement, or in the header, that begins at a place.
    pub fn takes_dollar(&self, from: usize) -> bool {
        if !self.mixed {
            return false;
        }
        let source = self.source;
        let (mut at, mut depth, mut range) = (from, 0_usize, false);
        for count in 0..LONGEST {
            let trivia = scan::trivia(source, at);
            let token = scan::token(source, trivia.end);
            let text = &source[token.start..token.end];
            if depth == 0 && trivia.newline && count > 0 && self.begins_statement(token) {
                return false;
            }
            at = token.end;
            match (token.kind, text) {
                (Kind::End, _) => return false,
                (Kind::Text, text) if expands(text) => return true,
                (Kind::Template, _) => at = end_of_template(source, token),
                (Kind::Symbol, "$" | "$(" | "@(" | "@{") => return true,
                (Kind::Symbol, "..") => range = true,
                (Kind::Symbol, "{") if depth == 0 => return false,
                (Kind::Symbol, "(" | "[" | "{" | "#{" | "?[") => depth += 1,
                (Kind::Symbol, ")" | "]" | "}") => match depth.checked_sub(1) {
                    Some(less) => depth = less,
                    None => return false,
                },
                (Kind::Symbol, ";") if depth == 0 => return false,
                // Only PowerShell puts a range into a pipe.
                (Kind::Symbol, "|") if range && self.pipe_follows(token.end) => return true,
                _ => {}
            }
        }
        false
    }
}
