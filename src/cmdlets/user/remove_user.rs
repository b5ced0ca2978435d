//! Remove-User: deletes users softly (R23).

use crate::cmdlets::shared::{USER, find_user};
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Param, Run, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Permission, Tenant};

static REMOVE_LICENSES: Param<bool> = Param::new(
    "RemoveLicenses",
    "Takes the direct licenses first, as the admin centre does; they don't come back with the user.",
);

pub static REMOVE_USER: Cmdlet = Cmdlet {
    verb: Verb::Remove,
    noun: "User",
    aliases: &[],
    synopsis: "Deletes users",
    description: "For 30 days Restore-User brings the user back. The seats are free at once, and paid for until \
                  Set-Subscription lowers them. The mailbox goes with the user unless it is on hold, OneDrive is kept \
                  for a while longer; Consequences says until when. A synchronised user can only be deleted on-premises.",
    parameters: &[&USER.declaration, &REMOVE_LICENSES.declaration],
    requires: Permission::DeleteUser,
    effect: Effect::Changes(Impact::High),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[
        Example {
            line: "Remove-User nina@contoso.com -WhatIf | Format-List",
            explanation: "What it would free, and until when data is kept.",
        },
        Example {
            line: "Get-User -Disabled -Synced:$false | Remove-User",
            explanation: "Everybody who can't sign in any more.",
        },
    ],
    graph: "Remove-MgUser",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let user = find_user(tenant, &args.get(&USER))?;
    let decision = tenant.remove_user(user.id, args.get(&REMOVE_LICENSES), moment.now)?;
    Ok(Decided::about(tenant, &user.upn, decision))
}
