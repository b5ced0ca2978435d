//! Lines that end with an operator and can't go on: the shell answers them instead of waiting for more.

use super::Host;
use crate::command::foreign_names;
use crate::diagnostic::{Diagnostic, Span};
use crate::lang;

/// What a line that isn't whole may end with.
const OPERATORS: [char; 12] = ['*', '/', '%', '+', '-', '<', '>', '=', '!', '&', '|', '^'];

impl Host {
    /// Why a line that ends with an operator can't go on: in front of it is a name of nothing, or it is one of another
    /// language. Nothing that is typed behind `ls *` makes a statement of it.
    pub(super) fn dead_end(&self, text: &str) -> Vec<Diagnostic> {
        let line = text.trim();
        if line.contains('\n') || !line.ends_with(OPERATORS) {
            return Vec::new();
        }
        let variables = self.variables();
        let around = self.world.surroundings(&variables, 0);
        let mut found = lang::unknown_variables(text, &around);
        for unknown in &mut found {
            let name = unknown.target.clone().unwrap_or_default();
            if let Some(cure) = foreign_names::word(&name) {
                unknown.hint = Some(cure);
            }
        }
        let count = [("++", "+="), ("--", "-=")];
        for (operator, instead) in count.into_iter().filter(|(own, _)| line.ends_with(own)) {
            let end = text.trim_end().len();
            found.push(
                Diagnostic::usage(
                    "ForeignOperator",
                    format!("there is no operator {operator}"),
                )
                .at(Span::new(end - operator.len(), end))
                .hint(format!("to count, write: x {instead} 1")),
            );
        }
        if line.starts_with("!!") || line.starts_with("<#") {
            found.push(
                Diagnostic::usage("ForeignSyntax", "this can't begin a line")
                    .at(Span::new(0, 2))
                    .hint("Get-History lists earlier lines, Invoke-History runs one again; a note stands behind //"),
            );
        }
        found
    }
}
