//! Get-ServicePlan: the service plans of users' licenses, or of products.

use crate::cmdlets::shared::{USER_NAMES, find_user, product_keys};
use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Names, Output, OutputColumns, Param, PartialCommand,
    Run, SkuName, UserName, Verb, names,
};
use crate::objects;
use crate::tenant::{Permission, Symbol, Tenant, User};
use crate::value::Value;

static USER: Param<Option<Vec<UserName>>> = Param::new(
    "User",
    "The plans in the licenses of these users, by UPN or id.",
)
.aliases(USER_NAMES)
.position(0)
.by_value()
.by_property();
static SKU: Param<Option<Vec<SkuName>>> =
    Param::new("Sku", "Only of these products; wildcards are allowed.")
        .aliases(&["SkuPartNumber", "SkuId", "License"])
        .position(1)
        .offering(Names::HeldSku);
static ENABLED: Param<Option<bool>> = Param::new(
    "Enabled",
    "Only what is on in a user's license; -Enabled:$false for what is off.",
);
static DISABLED: Param<bool> = Param::new("Disabled", "Only what is off in a user's license.");

pub static GET_SERVICE_PLAN: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "ServicePlan",
    aliases: &[],
    synopsis: "Gets service plans, of users or of products",
    description: "With users, a row for each plan of each of their licenses: whether it is on, and where the license \
                  comes from. Without, the plans that the products consist of.",
    parameters: &[
        &USER.declaration,
        &SKU.declaration,
        &ENABLED.declaration,
        &DISABLED.declaration,
    ],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Depends(output),
    examples: &[
        Example {
            line: "Get-ServicePlan lukas@contoso.com -Disabled",
            explanation: "What a user has been refused.",
        },
        Example {
            line: "Get-ServicePlan -Sku POWER_BI_PRO",
            explanation: "What a product consists of.",
        },
    ],
    graph: "Get-MgUserLicenseDetail",
    run: Run::Each(run),
};

fn output(draft: &PartialCommand, _: OutputColumns) -> OutputColumns {
    let of_users = draft.piped || draft.has(&USER);
    let shape = match of_users {
        true => &objects::USER_PLAN,
        false => &objects::SERVICE_PLAN,
    };
    Some(names(shape.properties))
}

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let tenant = call.tenant();
    let skus = match args.get(&SKU) {
        Some(names) => Some(product_keys(&tenant, names.iter().map(|name| &**name))?),
        None => None,
    };
    let is_meant = |sku: &Symbol| skus.as_ref().is_none_or(|skus| skus.contains(sku));
    let Some(names) = args.get(&USER) else {
        for product in tenant.products().iter().filter(|own| is_meant(&own.sku)) {
            for plan in &product.plans {
                call.write(Value::object(objects::service_plan(product, plan)))?;
            }
        }
        return Ok(());
    };
    let on = match args.get(&DISABLED) {
        true => Some(false),
        false => args.get(&ENABLED),
    };
    for name in &names {
        match find_user(&tenant, name) {
            Ok(user) => write(call, &tenant, user, &is_meant, on)?,
            Err(fault) if args.piped() || names.len() > 1 => call.fail(fault)?,
            Err(fault) => return Err(fault.into()),
        }
    }
    Ok(())
}

fn write(
    call: &mut Call,
    tenant: &Tenant,
    user: &User,
    is_meant: &dyn Fn(&Symbol) -> bool,
    on: Option<bool>,
) -> Result<(), Flow> {
    for license in user.licenses.iter().filter(|own| is_meant(&own.sku)) {
        let Some(product) = tenant.product(&license.sku) else {
            continue;
        };
        for plan in &product.plans {
            let record = objects::user_plan(tenant, user, license, product, plan);
            if on.is_none_or(|on| on == objects::is_on(license, plan)) {
                call.write(Value::object(record))?;
            }
        }
    }
    Ok(())
}
