//! Get-OfficeActivation: what installed Office apps say of themselves (R32, R35).

use crate::cmdlets::mailbox::{USERS, write_each};
use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Run, Verb};
use crate::objects;
use crate::tenant::Permission;

pub static GET_OFFICE_ACTIVATION: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "OfficeActivation",
    aliases: &[],
    synopsis: "Gets what installed Office apps say of themselves",
    description: "Apps of a user who holds no plan that includes them say Unlicensed Product and can only view and print. \
                  They do so too, with Reduced Functionality, when every subscription that pays for the plan is \
                  disabled. Who has no installed apps, or of whom no export told, has no row: the report on Microsoft 365 \
                  activations has them.",
    parameters: &[&USERS.declaration],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&objects::OFFICE_ACTIVATION),
    examples: &[Example {
        line: "Get-OfficeActivation | Where-Object State -ne Licensed",
        explanation: "Who will call the help desk.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let now = call.session().borrow().tenant_now();
    write_each(
        call,
        args,
        "no installed Office apps that an export told of",
        |tenant, user| objects::office_activation(tenant, user, now),
    )
}
