//! The front end of the command language: text in; plain Rhai, pipelines, a source map and diagnostics out.

mod argument;
mod control;
mod cursor;
mod emit;
mod expand;
mod expression;
mod function;
mod highlight;
mod item;
mod lower;
mod operand;
mod operators;
mod parameter;
mod pipeline;
mod predicate;
mod scan;
mod scope;
mod statement;
mod syntax;
mod tree;
mod verb;

pub use cursor::{Cursor, CursorKind, Pipe, cursor};
pub use highlight::{Highlight, HighlightKind, highlight};
pub use lower::lower;
pub use syntax::{
    Argument, ArgumentKind, FunctionSignature, Lowered, Operand, PIPELINE_KEYWORD,
    ParameterSignature, Pipeline, SourceMap, Stage, Surroundings, runtime,
};
