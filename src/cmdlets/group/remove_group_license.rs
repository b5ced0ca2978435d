//! Remove-GroupLicense: takes products from groups, and from all who inherit them (R37).

use crate::cmdlets::group::{GROUP, SKU, in_turn};
use crate::cmdlets::shared::product_keys;
use crate::command::{Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Run, Verb};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Permission, Tenant};

pub static REMOVE_GROUP_LICENSE: Cmdlet = Cmdlet {
    verb: Verb::Remove,
    noun: "GroupLicense",
    aliases: &[],
    synopsis: "Takes products from groups, and from all who inherit them",
    description: "A row for the group, then one for each member with what is lost. Who holds the product directly too \
                  keeps it.",
    parameters: &[&GROUP.declaration, &SKU.declaration],
    requires: Permission::AssignGroupLicense,
    effect: Effect::Changes(Impact::High),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[Example {
        line: "Remove-GroupLicense Sales -Sku POWER_BI_PRO -WhatIf",
        explanation: "Who would lose it, and who keeps it.",
    }],
    graph: "Set-MgGroupLicense -RemoveLicenses",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let group = tenant.find_group(&args.get(&GROUP))?;
    let skus = product_keys(tenant, args.get(&SKU).iter().map(|name| &**name))?;
    in_turn(tenant, &skus, |tenant, sku| {
        let decision = tenant.remove_group_license(group.id, sku, moment.now)?;
        Ok(Decided::about_many(tenant, &group.name, decision))
    })
}
