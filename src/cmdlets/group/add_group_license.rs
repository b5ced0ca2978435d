//! Add-GroupLicense: gives groups products, which their members inherit (R37).

use crate::cmdlets::group::{GROUP, SKU, in_turn};
use crate::cmdlets::shared::{DISABLED_PLANS, product_keys, texts};
use crate::command::{Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Run, Verb};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Permission, Tenant};

pub static ADD_GROUP_LICENSE: Cmdlet = Cmdlet {
    verb: Verb::Add,
    noun: "GroupLicense",
    aliases: &[],
    synopsis: "Gives groups products, which their members inherit",
    description: "A row for the group, then one for each member. Members get it as long as there are free seats; those \
                  that don't are recorded with an error, and Update-License tries them again.",
    parameters: &[
        &GROUP.declaration,
        &SKU.declaration,
        &DISABLED_PLANS.declaration,
    ],
    requires: Permission::AssignGroupLicense,
    effect: Effect::Changes(Impact::Low),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[
        Example {
            line: "Add-GroupLicense 'Works council' -Sku POWER_BI_PRO",
            explanation: "All members get it.",
        },
        Example {
            line: "Add-GroupLicense Leadership -Sku EMS -DisabledPlans INTUNE_A -WhatIf",
            explanation: "Who would get it, without one of its plans.",
        },
    ],
    graph: "Set-MgGroupLicense -AddLicenses",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let group = tenant.find_group(&args.get(&GROUP))?;
    let skus = product_keys(tenant, args.get(&SKU).iter().map(|name| &**name))?;
    let plans = texts(args.get(&DISABLED_PLANS));
    in_turn(tenant, &skus, |tenant, sku| {
        let decision = tenant.add_group_license(group.id, sku, &plans, moment.now)?;
        Ok(Decided::about_many(tenant, &group.name, decision))
    })
}
