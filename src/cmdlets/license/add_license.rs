//! Add-License: gives products to users (R15-R22).

use std::sync::Arc;

use crate::cmdlets::shared::{USER, find_user, product_keys};
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, LocationName, Moment, Names, Output, Param,
    Run, SkuName, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::LICENSE_RESULT;
use crate::tenant::{Addition, Location, Permission, Tenant};

static SKU: Param<Vec<SkuName>> =
    Param::new("Sku", "The products: part number, GUID or display name.")
        .aliases(&["SkuPartNumber", "SkuId", "License"])
        .position(1)
        .by_property();
static DISABLED_PLANS: Param<Option<Vec<Arc<str>>>> =
    Param::new("DisabledPlans", "Service plans to switch off in them.").naming(Names::Plan);
static USAGE_LOCATION: Param<Option<LocationName>> = Param::new(
    "UsageLocation",
    "Sets the user's location in the same step; without one nothing can be assigned.",
);
static RESET_PLANS: Param<bool> = Param::new(
    "ResetPlans",
    "Where a product is already held, makes its plans those asked for instead of keeping what is switched off.",
);

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
    examples: &[Example {
        line: "Add-License anna@contoso.com -Sku POWER_BI_PRO -WhatIf",
        explanation: "Shows whether it would be allowed, and changes nothing.",
    }],
    graph: "Set-MgUserLicense -AddLicenses",
    run: Run::Change {
        decide,
        shape: &LICENSE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let user = find_user(tenant, &args.get(&USER))?;
    let skus = product_keys(tenant, args.get(&SKU).iter().map(|name| &**name))?;
    let plans: Vec<String> = args
        .get(&DISABLED_PLANS)
        .unwrap_or_default()
        .iter()
        .map(|plan| plan.to_string())
        .collect();
    let addition = Addition {
        skus: &skus,
        disabled_plans: &plans,
        usage_location: args
            .get(&USAGE_LOCATION)
            .and_then(|name| Location::new(&name)),
        reset_plans: args.get(&RESET_PLANS),
    };
    Ok(tenant.add_licenses(user.id, addition, moment.now)?.into())
}
