//! The front end of the command language: text in; plain Rhai, pipelines, a source map and diagnostics out.

mod syntax;

pub use syntax::{
    Argument, ArgumentKind, FunctionSignature, Lowered, Operand, PIPELINE_KEYWORD, Pipeline,
    SourceMap, Stage, Surroundings, runtime,
};
