//! Set-License: makes the direct licenses of users exactly those named (R9).

use crate::cmdlets::license::assignment_args::{RESET_PLANS, SKU, Wanted};
use crate::cmdlets::shared::{DISABLED_PLANS, USAGE_LOCATION, USER, find_user};
use crate::command::{Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Run, Verb};
use crate::diagnostic::Diagnostic;
use crate::objects::LICENSE_RESULT;
use crate::tenant::{Permission, Tenant};

pub static SET_LICENSE: Cmdlet = Cmdlet {
    verb: Verb::Set,
    noun: "License",
    aliases: &[],
    synopsis: "Makes the direct licenses of users exactly those named",
    description: "What is missing comes and what is too much goes, in one step: there is no moment without a license. \
                  Plans that are switched off in a product that goes are off in one that comes, where it has them. \
                  Licenses that come through a group stay.",
    parameters: &[
        &USER.declaration,
        &SKU.declaration,
        &DISABLED_PLANS.declaration,
        &USAGE_LOCATION.declaration,
        &RESET_PLANS.declaration,
    ],
    requires: Permission::AssignLicense,
    effect: Effect::Changes(Impact::High),
    output: Output::Records(&LICENSE_RESULT),
    examples: &[
        Example {
            line: "Set-License lukas@contoso.com -Sku SPE_E5",
            explanation: "From Office 365 E3 to Microsoft 365 E5; the plans that are off stay off.",
        },
        Example {
            line: "Get-User -Department Marketing -Sku STANDARDPACK | Set-License -Sku SPE_E3 -WhatIf",
            explanation: "What it would be to replace a product of many users.",
        },
    ],
    graph: "Set-MgUserLicense -AddLicenses -RemoveLicenses",
    run: Run::Change {
        decide,
        shape: &LICENSE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let user = find_user(tenant, &args.get(&USER))?;
    let wanted = Wanted::of(tenant, args)?;
    Ok(tenant
        .set_licenses(user.id, wanted.addition(), moment.now)?
        .into())
}
