//! Variables that are read and that nothing declares: what `check` can find and a run would trip over.

use super::Environment;
use super::annotations::LoweringMode;
use super::comments::blanked;
use super::lower::{Hoist, Lowerer};
use super::scan::Token;
use crate::diagnostic::{Diagnostic, Span};

/// Words that stand where a variable may, and are none.
const NO_VARIABLES: [&str; 20] = [
    "_", "this", "global", "let", "const", "fn", "private", "else", "in", "until", "try", "catch",
    "return", "throw", "break", "continue", "import", "export", "as", "Fn",
];

/// The plain names in a text that are no variable where they stand, one finding for each place. `$name` is not among
/// them: it is an error of [`super::lower`].
pub fn unknown_variables(text: &str, around: &Environment) -> Vec<Diagnostic> {
    let (text, _) = blanked(text);
    let lowerer = Lowerer::read(&text, around, LoweringMode::Check);
    let mut found = lowerer.notes.unknown.unwrap_or_default().settled;
    // A function's name alone is the function.
    found.retain(|unknown| {
        let name = unknown.target.as_deref().unwrap_or_default();
        lowerer.signatures.iter().all(|own| own.name != name)
    });
    found.sort_by_key(|unknown| unknown.span.map_or(0, |span| span.start));
    let told = found.into_iter().map(|unknown| {
        let name = unknown.target.as_deref().unwrap_or_default();
        if lowerer.scope.declared.contains(name) {
            return unknown.hint(
                "one of that name is declared elsewhere: it is known from there to the end of its block, and in no function",
            );
        }
        unknown
    });
    told.collect()
}

impl Lowerer<'_> {
    /// Notes a name that was read as an operand, if it is no variable here.
    pub fn note_unknown(&mut self, token: Token) {
        let name = self.slice(token);
        if self.notes.unknown.is_none() || self.scope.has(name) || NO_VARIABLES.contains(&name) {
            return;
        }
        let (_, next) = self.ahead();
        let called = match self.slice(next) {
            "(" | "::" => true,
            "!" => self.source[next.end..].starts_with('('),
            _ => false,
        };
        if called {
            return;
        }
        let unknown = Diagnostic::usage(
            "UnknownVariable",
            format!("there is no variable '{name}'"),
        )
        .about(name)
        .at(Span::new(token.start, token.end))
        .hint("text in code needs quotes; let declares a variable; a function sees only its own")
        .did_you_mean(name, self.scope.visible());
        if let Some(found) = &mut self.notes.unknown {
            found.open.push(unknown);
        }
    }

    /// At the end of a function or of the script: what it assigns as `$name` anywhere, it declares at its front.
    pub fn settle_unknown(&mut self, hoist: &Hoist) {
        let Some(unknown) = &mut self.notes.unknown else {
            return;
        };
        let own = unknown.open.split_off(hoist.unknown);
        let hoisted = |name: &str| hoist.names.iter().any(|own| own == name);
        let real = own.into_iter();
        let real = real.filter(|fault| !fault.target.as_deref().is_some_and(hoisted));
        unknown.settled.extend(real);
    }
}

#[cfg(test)]
mod tests;
