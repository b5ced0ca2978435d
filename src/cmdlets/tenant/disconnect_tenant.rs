//! Disconnect-Tenant: nobody acts from here on, so that the tenant can only be read (R5).

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Run, Verb};
use crate::tenant::{Actor, Permission};

pub static DISCONNECT_TENANT: Cmdlet = Cmdlet {
    verb: Verb::Disconnect,
    noun: "Tenant",
    aliases: &[],
    synopsis: "Lets nobody act from here on",
    description: "The tenant can still be read. Connect-Tenant -As NAME says who acts again.",
    parameters: &[],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Nothing,
    examples: &[Example {
        line: "Disconnect-Tenant",
        explanation: "Look around without being able to change anything.",
    }],
    graph: "Disconnect-MgGraph",
    run: Run::Each(run),
};

fn run(call: &mut Call, _: &Args) -> Result<(), Flow> {
    call.session().borrow_mut().act_as(Actor::nobody())?;
    Ok(())
}
