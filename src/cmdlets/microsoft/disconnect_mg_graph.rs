//! Disconnect-MgGraph and its like: nothing to sign out of.

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Run, Verb};
use crate::tenant::Permission;

pub static DISCONNECT_MG_GRAPH: Cmdlet = Cmdlet {
    verb: Verb::Disconnect,
    noun: "MgGraph",
    aliases: &[
        "Disconnect-AzureAD",
        "Disconnect-Entra",
        "Disconnect-ExchangeOnline",
        "Disconnect-SPOService",
        "Disconnect-PnPOnline",
    ],
    synopsis: "Ends a script of another module",
    description: "Nothing was connected to, so nothing is ended. Disconnect-Tenant ends acting as somebody.",
    parameters: &[],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Nothing,
    examples: &[Example {
        line: "Disconnect-MgGraph",
        explanation: "Passes.",
    }],
    graph: "Disconnect-MgGraph",
    run: Run::Each(run),
};

fn run(_: &mut Call, _: &Args) -> Result<(), Flow> {
    Ok(())
}
