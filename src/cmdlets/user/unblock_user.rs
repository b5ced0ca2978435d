//! Unblock-User: lets users sign in again (R3).

use crate::cmdlets::shared::{USER, find_user};
use crate::command::{Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Run, Verb};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Permission, Tenant};

pub static UNBLOCK_USER: Cmdlet = Cmdlet {
    verb: Verb::Unblock,
    noun: "User",
    aliases: &[],
    synopsis: "Lets users sign in again",
    description: "It gives back nothing that was taken since: licenses and groups are as they are.",
    parameters: &[&USER.declaration],
    requires: Permission::BlockSignIn,
    effect: Effect::Changes(Impact::Low),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[Example {
        line: "Unblock-User noah@contoso.com",
        explanation: "Somebody comes back from leave.",
    }],
    graph: "Update-MgUser -AccountEnabled",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, _: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let user = find_user(tenant, &args.get(&USER))?;
    let decision = tenant.set_sign_in(user.id, true)?;
    Ok(Decided::about(tenant, &user.upn, decision))
}
