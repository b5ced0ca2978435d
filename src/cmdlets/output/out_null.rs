//! Out-Null: lets everything vanish.

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Run, Stage, Verb};
use crate::diagnostic::Diagnostic;
use crate::tenant::Permission;
use crate::value::Value;

pub static OUT_NULL: Cmdlet = Cmdlet {
    verb: Verb::Out,
    noun: "Null",
    aliases: &[],
    synopsis: "Lets everything vanish that comes down the pipe",
    description: "For commands that are run for what they do. Errors and summaries are shown all the same.",
    parameters: &[],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Nothing,
    examples: &[Example {
        line: "Get-User -Disabled | Remove-License -All -WhatIf | Out-Null",
        explanation: "Only the summary.",
    }],
    graph: "",
    run: Run::Stream(start),
};

fn start(_args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    Ok(Box::new(Nowhere))
}

struct Nowhere;

impl Stage for Nowhere {
    fn record(&mut self, _call: &mut Call, _value: Value) -> Result<(), Flow> {
        Ok(())
    }
}
