//! What is thrown through the engine: a diagnostic, or the end of the script.

use rhai::{Dynamic, EvalAltResult, Position};

use crate::diagnostic::{Category, Diagnostic};

/// A diagnostic on its way through the engine; a script's `catch` sees it as an object.
#[derive(Clone, Debug)]
pub struct Fault(pub Diagnostic);

/// `exit(n)`.
#[derive(Clone, Copy, Debug)]
pub struct Exit(pub u8);

impl From<Diagnostic> for Fault {
    fn from(error: Diagnostic) -> Self {
        Self(error)
    }
}

/// The engine's error that carries a diagnostic.
pub fn raise(error: Diagnostic) -> Box<EvalAltResult> {
    let dynamic = Dynamic::from(Fault(error.clone()));
    if error.category == Category::Interrupted {
        // Can't be caught by a script.
        return EvalAltResult::ErrorTerminated(dynamic, Position::NONE).into();
    }
    EvalAltResult::ErrorRuntime(dynamic, Position::NONE).into()
}
