//! Revoke-MgUserSignInSession: signs one user out everywhere.

use super::parameters::USER_ID;
use crate::cmdlets::shared::find_user;
use crate::command::{Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Run, Verb};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Permission, Tenant};

pub static REVOKE_MG_USER_SIGN_IN_SESSION: Cmdlet = Cmdlet {
    verb: Verb::Revoke,
    noun: "MgUserSignInSession",
    aliases: &[
        "Revoke-MgBetaUserSignInSession",
        "Revoke-AzureADUserAllRefreshToken",
        "Invoke-MgInvalidateUserRefreshToken",
    ],
    synopsis: "Signs a user out everywhere as Microsoft Graph PowerShell does",
    description: "In this shell it is Revoke-UserSession.",
    parameters: &[&USER_ID.declaration],
    requires: Permission::BlockSignIn,
    effect: Effect::Changes(Impact::Low),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[Example {
        line: "Revoke-MgUserSignInSession -UserId anna@contoso.com",
        explanation: "Ends every open session.",
    }],
    graph: "Revoke-MgUserSignInSession",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let user = find_user(tenant, &args.get(&USER_ID))?;
    let decision = tenant.revoke_sessions(user.id, moment.now)?;
    Ok(Decided::about(tenant, &user.upn, decision))
}
