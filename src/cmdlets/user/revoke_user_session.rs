//! Revoke-UserSession: signs users out everywhere (R3).

use crate::cmdlets::shared::{USER, find_user};
use crate::command::{Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Run, Verb};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Permission, Tenant};

pub static REVOKE_USER_SESSION: Cmdlet = Cmdlet {
    verb: Verb::Revoke,
    noun: "UserSession",
    aliases: &[],
    synopsis: "Signs users out everywhere",
    description: "Every open session must sign in again. Who must not come back is blocked first, with Block-User.",
    parameters: &[&USER.declaration],
    requires: Permission::RevokeSessions,
    effect: Effect::Changes(Impact::Low),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[Example {
        line: "Get-User -Disabled | Revoke-UserSession",
        explanation: "Nobody who is blocked goes on working in an old session.",
    }],
    graph: "Revoke-MgUserSignInSession",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let user = find_user(tenant, &args.get(&USER))?;
    let decision = tenant.revoke_sessions(user.id, moment.now)?;
    Ok(Decided::about(tenant, &user.upn, decision))
}
