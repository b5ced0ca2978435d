//! What a cmdlet is and how it is run: declaration, parameters, binding, the pipeline, the gate.

mod args;
mod bind;
mod call;
mod check;
mod cmdlet;
pub mod common;
mod confirm;
mod convert;
mod decide;
pub mod foreign_names;
mod function;
mod gate;
mod input;
mod merge;
mod names;
mod outcome;
mod parameter;
mod partial;
mod pipeline;
mod resolve;
mod script;
mod suggestions;
mod tally;
mod transaction;

pub use args::Args;
pub use bind::{Prepared, prepare};
pub use call::{Call, Flow, Host, RehearsedChanges, Stage};
pub use check::unknown_names;
pub use cmdlet::{Catalog, Cmdlet, Effect, Example, Impact, Output, Run, Verb};
pub use function::of_functions;
pub use names::Names;
pub use outcome::{Decided, Moment, Row};
pub use parameter::{
    Column, CommandName, FromArg, GroupName, Kind, LocationName, Param, Parameter, PathName,
    PlanName, PropertyName, SkuName, Truth, UserName,
};
pub use partial::{OutputColumns, PartialCommand, names, passing};
pub use pipeline::{PipelineOutput, Place, dispatch};
pub use resolve::{ResolvedCommand, resolve_commands};
pub use script::{Called, of_script, read_map, read_words};

impl ResolvedCommand {
    /// The cmdlet it calls.
    pub fn cmdlet(&self) -> &'static Cmdlet {
        self.cmdlet
    }

    /// Whether `-?` was typed: its help is asked for instead.
    pub fn asks_for_help(&self) -> bool {
        self.help
    }
}
