//! Remove-MgUser: deletes one user softly.

use super::parameters::USER_ID;
use crate::cmdlets::shared::find_user;
use crate::command::{Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Run, Verb};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Permission, Tenant};

pub static REMOVE_MG_USER: Cmdlet = Cmdlet {
    verb: Verb::Remove,
    noun: "MgUser",
    aliases: &[
        "Remove-MgBetaUser",
        "Remove-AzureADUser",
        "Remove-MsolUser",
        "Remove-EntraUser",
    ],
    synopsis: "Deletes a user as Microsoft Graph PowerShell does",
    description: "For 30 days Restore-User brings the user back. In this shell it is Remove-User.",
    parameters: &[&USER_ID.declaration],
    requires: Permission::DeleteUser,
    effect: Effect::Changes(Impact::High),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[Example {
        line: "Remove-MgUser -UserId nina@contoso.com -WhatIf",
        explanation: "What it would free, and until when data is kept.",
    }],
    graph: "Remove-MgUser",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let user = find_user(tenant, &args.get(&USER_ID))?;
    let decision = tenant.remove_user(user.id, false, moment.now)?;
    Ok(Decided::about(tenant, &user.upn, decision))
}
