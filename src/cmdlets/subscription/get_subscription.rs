//! Get-Subscription: products with their seats.

use crate::cmdlets::shared::product_keys;
use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, Run, SkuName, Verb,
};
use crate::objects;
use crate::tenant::Permission;
use crate::value::Value;
use crate::wildcard::is_pattern;

static SKU: Param<Option<Vec<SkuName>>> =
    Param::new("Sku", "Only these products; wildcards are allowed.")
        .aliases(&["SkuPartNumber", "SkuId"])
        .position(0)
        .by_value()
        .by_property();

pub static GET_SUBSCRIPTION: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "Subscription",
    aliases: &[],
    synopsis: "Gets products with their seats",
    description: "Seats are those that can be used, Warning the part of them whose subscription has expired and is in \
                  its grace time. Free is what is left of Seats after Consumed.",
    parameters: &[&SKU.declaration],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&objects::SUBSCRIPTION),
    examples: &[
        Example {
            line: "Get-Subscription",
            explanation: "What is paid for, and what of it is used.",
        },
        Example {
            line: "Get-Subscription | Where-Object Free -lt 5 | Select-Object SkuPartNumber, Free",
            explanation: "Products that run out.",
        },
    ],
    graph: "Get-MgSubscribedSku",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let tenant = call.tenant();
    let now = call.session().borrow().tenant_now();
    let names = args.get(&SKU);
    if let Some([name]) = names.as_deref()
        && !is_pattern(name)
        && !args.piped()
    {
        call.is_exact();
    }
    let keys = match &names {
        None => None,
        Some(names) => Some(product_keys(&tenant, names.iter().map(|name| &**name))?),
    };
    for product in tenant.products() {
        if keys.as_ref().is_none_or(|keys| keys.contains(&product.sku)) {
            call.write(Value::object(objects::subscription(&tenant, product, now)))?;
        }
    }
    Ok(())
}
