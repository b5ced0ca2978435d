//! Invoke-Transaction: several commands whose changes are made together, or not at all.

use std::sync::Arc;

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, Run, Verb};
use crate::tenant::Permission;
use crate::value::Block;

static BLOCK: Param<Option<Arc<Block>>> = Param::new("ScriptBlock", "The commands.")
    .position(0)
    .required();

pub static INVOKE_TRANSACTION: Cmdlet = Cmdlet {
    verb: Verb::Invoke,
    noun: "Transaction",
    aliases: &[],
    synopsis: "Makes the changes of several commands together, or none of them",
    description: "Written transaction { … } for short. Each command in it sees what those before it changed, but nothing is \
                  durable until the end: then all of it is one change, which Undo-Change takes back as one. The first \
                  error ends it, a record that a rule refuses included (-ErrorAction Continue on a command lets the others \
                  go on), and what was changed so far is taken back. Until the end its rows are Pending for whoever looks \
                  at them in the block. If another shell changed the same things meanwhile, nothing is changed and the \
                  error says so.",
    parameters: &[&BLOCK.declaration],
    requires: Permission::None,
    effect: Effect::Scripted,
    output: Output::Any,
    examples: &[
        Example {
            line: "transaction { Remove-License lukas@contoso.com -All; Block-User lukas@contoso.com }",
            explanation: "A leaver loses licenses and sign-in at once, or keeps both.",
        },
        Example {
            line: "Invoke-Transaction { Get-User -Disabled | Remove-License -All } -WhatIf",
            explanation: "Rehearses it as a whole.",
        },
    ],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    match args.get(&BLOCK) {
        Some(block) => call.run_transaction(&block),
        None => Ok(()),
    }
}
