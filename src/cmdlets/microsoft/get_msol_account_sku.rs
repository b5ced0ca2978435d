//! Get-MsolAccountSku: products with their seats as the retired MSOnline module returned them.

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Run, Verb};
use crate::objects::{ACCOUNT_SKU, account_sku};
use crate::tenant::Permission;
use crate::value::Value;

pub static GET_MSOL_ACCOUNT_SKU: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "MsolAccountSku",
    aliases: &[],
    synopsis: "Gets products with their seats as the retired MSOnline module did",
    description: "AccountSkuId is the name of the tenant and the part number: contoso:ENTERPRISEPACK. In this shell it is Get-Subscription.",
    parameters: &[],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&ACCOUNT_SKU),
    examples: &[Example {
        line: "Get-MsolAccountSku | Select-Object AccountSkuId, ActiveUnits, ConsumedUnits",
        explanation: "What is paid for, and what of it is used.",
    }],
    graph: "Get-MgSubscribedSku",
    run: Run::Each(run),
};

fn run(call: &mut Call, _: &Args) -> Result<(), Flow> {
    let tenant = call.tenant();
    for product in tenant.products() {
        call.write(Value::object(account_sku(&tenant, product)))?;
    }
    Ok(())
}
