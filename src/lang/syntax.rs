//! What the front end hands upward: lowered text, its pipelines, its source map, its findings.

use crate::diagnostic::{Diagnostic, Span};
use crate::value::{Predicate, Value};

/// A script or a typed line after lowering: plain Rhai, line for line, plus what Rhai can't carry.
#[derive(Debug, Default)]
pub struct Lowered {
    /// Plain Rhai. Has the same lines as the source.
    pub text: String,
    pub map: SourceMap,
    /// The pipelines in the order of their ids; the first has the id that lowering was asked to start from.
    pub pipelines: Vec<Pipeline>,
    /// Findings that stop the text from running. One with `incomplete` set and nothing else asks for more input.
    pub errors: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
    /// The text's own functions, which can be called as commands when named `Verb_Noun`.
    pub functions: Vec<FunctionSignature>,
    /// The parameters that the text declares as a script.
    pub parameters: Vec<ParameterSignature>,
    /// What the text imports, where the path is written out.
    pub imports: Vec<Import>,
    /// The positions in `pipelines` of those whose value is the whole text's.
    pub tail: Vec<usize>,
    /// The properties that it takes of anything: a list has them of each of its objects.
    pub properties: Vec<String>,
}

impl Lowered {
    /// A comment's blanks may lie inside a character of the source: its beginning is the place.
    pub(super) fn at_characters(mut self, source: &str) -> Self {
        for offset in &mut self.map.offsets {
            while !source.is_char_boundary(*offset as usize) {
                *offset -= 1;
            }
        }
        self
    }
}

/// `/// doc` + `fn Remove_Leaver(user, sku)`, as far as a command's declaration needs it.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionSignature {
    pub name: String,
    pub parameters: Vec<String>,
    /// Which of them may be left out, where that is declared of each.
    pub optional: Vec<bool>,
    /// Which of them are switches, where that is declared of each.
    pub switches: Vec<bool>,
    /// The doc comment, without its `///`, its lines joined by newlines.
    pub doc: String,
    /// `private fn`: who imports the text doesn't see it.
    pub private: bool,
    pub span: Span,
}

/// `import "lib/tools" as tools`.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    pub path: String,
    /// Where the path stands.
    pub span: Span,
    /// What the text calls it, if it does.
    pub name: Option<String>,
    /// Stands in no block and no function, so that it holds for the whole text.
    pub direct: bool,
}

/// `let department = param("Department", "Sales")`, directly in a script.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterSignature {
    pub name: String,
    /// The default as it is written; without one the parameter must be given.
    pub default: Option<String>,
    /// The comment above it.
    pub help: String,
    pub span: Span,
}

/// From lowered text back to the admin's own: a source byte offset for each lowered character.
#[derive(Debug, Default)]
pub struct SourceMap {
    pub(super) offsets: Vec<u32>,
    /// For each lowered line, the index in `offsets` of its first character.
    pub(super) lines: Vec<u32>,
}

impl SourceMap {
    /// The source byte offset of a position as Rhai gives it: line and character column, both from 1.
    /// `None` for a position outside the text.
    pub fn offset(&self, line: usize, column: usize) -> Option<usize> {
        let first = *self.lines.get(line.checked_sub(1)?)? as usize;
        let index = first + column.saturating_sub(1);
        self.offsets
            .get(index)
            .or(self.offsets.last())
            .map(|offset| *offset as usize)
    }
}

/// `[ expr | ] command { | command }`, as typed; nothing in it is resolved yet.
#[derive(Clone, Debug)]
pub struct Pipeline {
    pub span: Span,
    /// The slot of the expression that begins the pipeline, where one does.
    pub head: Option<usize>,
    pub stages: Vec<Stage>,
    /// A whole statement whose value nobody takes: what it yields goes to the output.
    pub discard: bool,
    /// The whole condition of an `if` or `while`: a missing identity is false, not an error.
    pub condition: bool,
}

/// One command of a pipeline.
#[derive(Clone, Debug)]
pub struct Stage {
    pub span: Span,
    /// The name as typed, with a plain hyphen: `Get-User`, `get-user`, `where`, `?`.
    pub name: String,
    pub name_span: Span,
    pub arguments: Vec<Argument>,
}

#[derive(Clone, Debug)]
pub struct Argument {
    pub span: Span,
    pub kind: ArgumentKind,
}

#[derive(Clone, Debug)]
pub enum ArgumentKind {
    /// `-Name`. With `colon` the next argument is its value, whatever its type (`-Enabled:$false`).
    Parameter {
        name: String,
        colon: bool,
    },
    Value(Operand),
    /// `@map`: the slot's map holds parameters.
    Splat(usize),
    /// `--`: what follows is all values.
    EndOfParameters,
}

/// A value in argument mode.
#[derive(Clone, Debug)]
pub enum Operand {
    /// Known without running. `raw` is the spelling, for text parameters (`0123` stays `0123`);
    /// quoted text has its quotes and escapes already taken away in both.
    Literal { value: Value, raw: String },
    /// Computed by Rhai: the slot's expression.
    Slot(usize),
    Block {
        slot: usize,
        /// The block as typed, without its braces.
        text: String,
        /// The block as a native predicate, where it is nothing but comparisons with literals.
        predicate: Option<Predicate>,
    },
    /// `a, b`: items are never lists of this kind themselves.
    List(Vec<Operand>),
    /// `@{ key = value }`: its values are operands, so that a block in it stays one.
    Map(Vec<(String, Operand)>),
}

/// What lowering needs to know of the world around the text.
pub struct Environment<'a> {
    /// Whether a command of this name (`Get-User`, `where`; any letter case) is registered.
    pub is_command: &'a dyn Fn(&str) -> bool,
    /// The variables that are in scope before the text begins (a REPL's session scope, `args`).
    pub variables: &'a [String],
    /// The id of the text's first pipeline.
    pub first_pipeline: usize,
}

/// The internal keyword that pipelines become: `__ps <block variable>(<id>, <slot 0>, <slot 1>, …)`.
pub const PIPELINE_KEYWORD: &str = "__ps";

/// In place of a pipeline's id: all values of the block that is the only slot, as one.
pub const COLLECT: i64 = i64::MAX;

/// The native helpers that lowered text calls; the host registers them.
pub mod runtime {
    /// `_ps_show(value)`: puts out what nobody takes in a shell's line.
    pub const SHOW: &str = "_ps_show";
    /// `_ps_b(value)`: truthiness.
    pub const TRUTHY: &str = "_ps_b";
    /// `_ps_<name>(left, right)` for every comparison operator (`_ps_eq`, `_ps_clike`), and for `-replace`, `-split`,
    /// `-join`, `-is`, `-isnot`, `-as`, `-xor`.
    pub const PREFIX: &str = "_ps_";
    /// `_ps_text(value, …)`: the parts of an expanded string, joined; a list's items by a blank.
    pub const TEXT: &str = "_ps_text";
    /// `_ps_list(value)`: `@( … )` around one value; a list stays as it is, null is the empty list, anything else a list of one.
    pub const LIST: &str = "_ps_list";
    /// `_ps_table([key, value, …])`: `@{ … }`.
    pub const TABLE: &str = "_ps_table";
    /// `_ps_prefer(name, value)`: `$WhatIfPreference = …` and its like.
    pub const PREFER: &str = "_ps_prefer";
    /// `_ps_preference(name)`: its value.
    pub const PREFERENCE: &str = "_ps_preference";
    /// `_ps_errors()`: the value of `$Error`.
    pub const ERRORS: &str = "_ps_errors";
}
