//! Write-Verbose: says something to those who ask for it.

use std::sync::Arc;

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, Run, Verb};
use crate::tenant::Permission;

static MESSAGE: Param<Arc<str>> = Param::new("Message", "What is said.")
    .aliases(&["Msg"])
    .position(0)
    .by_value();

pub static WRITE_VERBOSE: Cmdlet = Cmdlet {
    verb: Verb::Write,
    noun: "Verbose",
    aliases: &[],
    synopsis: "Says something to those who ask for it",
    description: "Shown on standard error with -Verbose, or when the program was started with -v.",
    parameters: &[&MESSAGE.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Nothing,
    examples: &[Example {
        line: "Write-Verbose 'beginning with the disabled ones' -Verbose",
        explanation: "Said because it is asked for.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    call.verbose(&args.get(&MESSAGE));
    Ok(())
}
