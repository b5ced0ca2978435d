//! Get-MgSubscribedSku: products with their seats as Graph returns them.

use std::sync::Arc;

use super::assignment;
use super::parameters::{ALL, PROPERTY};
use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, Run, Verb};
use crate::objects::{SUBSCRIBED_SKU, subscribed_sku};
use crate::tenant::Permission;
use crate::value::Value;

static SKU: Param<Option<Arc<str>>> = Param::new("SubscribedSkuId", "One product.")
    .aliases(&["ObjectId"])
    .position(0);

pub static GET_MG_SUBSCRIBED_SKU: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "MgSubscribedSku",
    aliases: &[
        "Get-MgBetaSubscribedSku",
        "Get-AzureADSubscribedSku",
        "Get-EntraSubscribedSku",
    ],
    synopsis: "Gets products with their seats as Microsoft Graph PowerShell does",
    description: "PrepaidUnits holds Enabled, Warning, Suspended and LockedOut. In this shell it is Get-Subscription, which shows Seats, Consumed and Free.",
    parameters: &[&SKU.declaration, &ALL.declaration, &PROPERTY.declaration],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&SUBSCRIBED_SKU),
    examples: &[Example {
        line: "Get-MgSubscribedSku -All | Select-Object SkuPartNumber, ConsumedUnits, @{ n = 'Bought'; e = { $_.PrepaidUnits.Enabled } }",
        explanation: "What is paid for, and what of it is used.",
    }],
    graph: "Get-MgSubscribedSku",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let tenant = call.tenant();
    // Graph's id of a subscribed SKU is the tenant's id and the SKU's, with a line between them.
    let wanted = match args.get(&SKU) {
        None => None,
        Some(id) => {
            let own = id.rsplit_once('_').map_or(&*id, |(_, sku)| sku);
            call.is_exact();
            Some(assignment::product(&tenant, &own.into())?)
        }
    };
    for product in tenant.products() {
        if wanted.as_ref().is_none_or(|sku| *sku == product.sku) {
            call.write(Value::object(subscribed_sku(&tenant, product)))?;
        }
    }
    Ok(())
}
