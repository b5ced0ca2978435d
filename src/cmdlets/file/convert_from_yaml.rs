//! ConvertFrom-Yaml: what a YAML text holds, as objects.

use std::sync::Arc;

use super::parse;
use super::stage::{FromText, INPUT};
use crate::command::{Args, Cmdlet, Effect, Example, Output, Run, Stage, Verb};
use crate::diagnostic::Diagnostic;
use crate::tenant::Permission;

pub static CONVERT_FROM_YAML: Cmdlet = Cmdlet {
    verb: Verb::ConvertFrom,
    noun: "Yaml",
    aliases: &[],
    synopsis: "Reads what a YAML text holds",
    description: "As Import-Yaml reads a file. Lines that come one by one are read together.",
    parameters: &[&INPUT.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Any,
    examples: &[Example {
        line: "['- Name: a', '  Seats: 5', '- Name: b'] | ConvertFrom-Yaml | Where-Object Seats -gt 1",
        explanation: "A list is written item by item, so that it can be filtered.",
    }],
    graph: "",
    run: Run::Stream(start),
};

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    FromText::stage(args, Arc::new(parse::yaml))
}
