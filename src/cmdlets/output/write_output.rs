//! Write-Output: puts objects into the pipe.

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, Run, Verb};
use crate::tenant::Permission;
use crate::value::Value;

static INPUT: Param<Option<Vec<Value>>> = Param::new("InputObject", "What is put into the pipe.")
    .position(0)
    .by_value();

pub static WRITE_OUTPUT: Cmdlet = Cmdlet {
    verb: Verb::Write,
    noun: "Output",
    aliases: &["echo", "write"],
    synopsis: "Puts objects into the pipe",
    description: "What a command puts out goes into the pipe anyway; this says it in the open, for a value.",
    parameters: &[&INPUT.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Input,
    examples: &[Example {
        line: "Write-Output anna@contoso.com, bob@contoso.com | Get-User",
        explanation: "Two texts that begin a pipeline.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let items = args.get(&INPUT).unwrap_or_default();
    items.into_iter().try_for_each(|item| call.write(item))
}
