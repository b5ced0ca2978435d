//! Write-Warning: warns.

use std::sync::Arc;

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, Run, Verb};
use crate::diagnostic::Diagnostic;
use crate::tenant::Permission;

static MESSAGE: Param<Arc<str>> = Param::new("Message", "What is said.")
    .aliases(&["Msg"])
    .position(0)
    .by_value();

pub static WRITE_WARNING: Cmdlet = Cmdlet {
    verb: Verb::Write,
    noun: "Warning",
    aliases: &[],
    synopsis: "Warns",
    description: "The warning goes to standard error. -WarningAction SilentlyContinue leaves it out, Stop ends the \
                  command with it.",
    parameters: &[&MESSAGE.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Nothing,
    examples: &[Example {
        line: "if (Get-User -Unlicensed | Measure-Object).Count > 0 { Write-Warning 'some users have no license' }",
        explanation: "A script's own warning.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    call.warn_unplaced(Diagnostic::usage("Warning", &*args.get(&MESSAGE)))
}
