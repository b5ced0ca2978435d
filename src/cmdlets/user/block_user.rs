//! Block-User: keeps users from signing in (R3, R33).

use crate::cmdlets::shared::{USER, find_user};
use crate::command::{Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Run, Verb};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Permission, Tenant};

pub static BLOCK_USER: Cmdlet = Cmdlet {
    verb: Verb::Block,
    noun: "User",
    aliases: &[],
    synopsis: "Keeps users from signing in",
    description: "Blocking frees no license: Remove-License does. Sessions that are open go on until \
                  Revoke-UserSession ends them.",
    parameters: &[&USER.declaration],
    requires: Permission::BlockSignIn,
    effect: Effect::Changes(Impact::High),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[Example {
        line: "Block-User anna@contoso.com",
        explanation: "The first step when somebody leaves.",
    }],
    graph: "Update-MgUser -AccountEnabled:$false",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, _: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let user = find_user(tenant, &args.get(&USER))?;
    let decision = tenant.set_sign_in(user.id, false)?;
    Ok(Decided::about(tenant, &user.upn, decision))
}
