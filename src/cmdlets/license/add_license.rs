//! Add-License: gives products to users (R15-R22).

use crate::cmdlets::license::assignment_args::{RESET_PLANS, SKU, Wanted};
use crate::cmdlets::shared::{DISABLED_PLANS, USAGE_LOCATION, USER, find_user};
use crate::command::{Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Run, Verb};
use crate::diagnostic::Diagnostic;
use crate::objects::LICENSE_RESULT;
use crate::tenant::{Permission, Tenant};

pub static ADD_LICENSE: Cmdlet = Cmdlet {
    verb: Verb::Add,
    noun: "License",
    aliases: &[],
    synopsis: "Gives products to users",
    description: "All products of one user are given in one step, or none. A user needs a usage location and the \
                  product a free seat; plans that exclude each other or lack what they depend on are refused. A product \
                  already held keeps the plans that are switched off.",
    parameters: &[
        &USER.declaration,
        &SKU.declaration,
        &DISABLED_PLANS.declaration,
        &USAGE_LOCATION.declaration,
        &RESET_PLANS.declaration,
    ],
    requires: Permission::AssignLicense,
    effect: Effect::Changes(Impact::Low),
    output: Output::Records(&LICENSE_RESULT),
    examples: &[
        Example {
            line: "Add-License anna@contoso.com -Sku POWER_BI_PRO -WhatIf",
            explanation: "Shows whether it would be allowed, and changes nothing.",
        },
        Example {
            line: "Add-License jonas@contoso.com -Sku STANDARDPACK -DisabledPlans SWAY -UsageLocation SE",
            explanation: "A product without one of its plans, for a user who has no location yet.",
        },
    ],
    graph: "Set-MgUserLicense -AddLicenses",
    run: Run::Change {
        decide,
        shape: &LICENSE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let user = find_user(tenant, &args.get(&USER))?;
    let wanted = Wanted::of(tenant, args)?;
    Ok(tenant
        .add_licenses(user.id, wanted.addition(), moment.now)?
        .into())
}
