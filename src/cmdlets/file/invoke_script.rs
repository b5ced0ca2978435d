//! Invoke-Script: runs a saved script from a line or from another script.

use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, PathName, Run, Verb,
};
use crate::tenant::Permission;
use crate::value::Value;

static PATH: Param<PathName> = Param::new("Path", "The script's file.").position(0);
static PARAMETERS: Param<Option<Value>> = Param::new(
    "Parameters",
    "What it is called with: a map of the parameters that it declares.",
)
.position(1);

pub static INVOKE_SCRIPT: Cmdlet = Cmdlet {
    verb: Verb::Invoke,
    noun: "Script",
    aliases: &[],
    synopsis: "Runs a saved script",
    description: "The script has variables of its own, and its functions are known only in it. What it puts out goes on \
                  down the pipeline. -WhatIf rehearses all of it: its later commands see the effect of the earlier ones, \
                  and at its end everything is taken back.",
    parameters: &[&PATH.declaration, &PARAMETERS.declaration],
    requires: Permission::None,
    effect: Effect::Scripted,
    output: Output::Any,
    examples: &[Example {
        line: "Invoke-Script blocked.rhai -Parameters @{ Department = 'Sales' } -WhatIf",
        explanation: "Rehearses a script that declares -Department.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let path = args.get(&PATH);
    let parameters = args.get(&PARAMETERS).unwrap_or_default();
    call.run_scripted(|host, streams| host.run_script(&path, parameters, streams))
}
