//! New-MsolLicenseOptions: which plans of a product are off, for Set-MsolUserLicense.

use std::sync::Arc;

use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, PlanName, Run, Verb,
};
use crate::tenant::Permission;
use crate::value::{Map, Value};

static SKU: Param<Arc<str>> =
    Param::new("AccountSkuId", "The product: contoso:ENTERPRISEPACK.").position(0);
static PLANS: Param<Option<Vec<PlanName>>> =
    Param::new("DisabledPlans", "The plans that are off.").position(1);

pub static NEW_MSOL_LICENSE_OPTIONS: Cmdlet = Cmdlet {
    verb: Verb::New,
    noun: "MsolLicenseOptions",
    aliases: &[],
    synopsis: "Makes the license options of the retired MSOnline module",
    description: "In this shell it is Add-License -DisabledPlans, or Disable-ServicePlan for a product that is held.",
    parameters: &[&SKU.declaration, &PLANS.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Any,
    examples: &[Example {
        line: "$options = New-MsolLicenseOptions -AccountSkuId contoso:ENTERPRISEPACK -DisabledPlans SWAY; Set-MsolUserLicense -UserPrincipalName anna@contoso.com -LicenseOptions $options -WhatIf",
        explanation: "Office 365 E3 without one of its plans.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let plans = args.get(&PLANS).unwrap_or_default();
    let plans = plans.iter().map(|plan| Value::from(&**plan)).collect();
    let options: Map = [
        ("AccountSkuId", Value::from(args.get(&SKU))),
        ("DisabledPlans", Value::list(plans)),
    ]
    .into_iter()
    .collect();
    call.is_exact();
    call.write(Value::map(options))
}
