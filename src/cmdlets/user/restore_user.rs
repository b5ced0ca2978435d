//! Restore-User: brings deleted users back (R24, R26).

use std::sync::Arc;

use crate::cmdlets::shared::user;
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Names, Output, Param, Run, UserName,
    Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Permission, Tenant};

static USER: Param<UserName> = user("User", 0).offering(Names::DeletedUser);
static NEW_UPN: Param<Option<Arc<str>>> = Param::new(
    "NewUserPrincipalName",
    "Another name to sign in with, where the old one is taken.",
);
static WITHOUT_LICENSES: Param<bool> = Param::new(
    "WithoutLicenses",
    "Leaves out the direct licenses that were held at deletion.",
);

pub static RESTORE_USER: Cmdlet = Cmdlet {
    verb: Verb::Restore,
    noun: "User",
    aliases: &[],
    synopsis: "Brings deleted users back",
    description: "A user can be restored for 30 days after the deletion. The licenses held then come back, even beyond \
                  the seats: a warning tells where a product is over-assigned.",
    parameters: &[
        &USER.declaration,
        &NEW_UPN.declaration,
        &WITHOUT_LICENSES.declaration,
    ],
    requires: Permission::DeleteUser,
    effect: Effect::Changes(Impact::Low),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[
        Example {
            line: "Get-User -Deleted | Restore-User -WhatIf",
            explanation: "Who can still be had back.",
        },
        Example {
            line: "Get-User -Deleted | Restore-User -WithoutLicenses -WhatIf",
            explanation: "The same without taking a seat.",
        },
    ],
    graph: "Restore-MgDirectoryDeletedItem",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let name = args.get(&USER);
    let user = match name.id.and_then(|id| tenant.user(id)) {
        Some(user) => user,
        // One who isn't deleted is told so, rather than not found.
        None => tenant
            .find_deleted_user(&name.text)
            .or_else(|missing| tenant.find_user(&name.text).map_err(|_| missing))?,
    };
    let decision = tenant.restore_user(
        user.id,
        args.get(&NEW_UPN).as_deref(),
        args.get(&WITHOUT_LICENSES),
        moment.now,
    )?;
    Ok(Decided::about(tenant, &user.upn, decision))
}
