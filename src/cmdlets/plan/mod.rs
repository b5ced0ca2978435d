//! Cmdlets about the service plans in products.

mod disable_service_plan;
mod enable_service_plan;
mod get_service_plan;

use crate::cmdlets::shared::{USER, find_user, texts};
use crate::command::{Args, Decided, Moment, Names, Param, PlanName, SkuName};
use crate::diagnostic::Diagnostic;
use crate::tenant::Tenant;

pub use disable_service_plan::DISABLE_SERVICE_PLAN;
pub use enable_service_plan::ENABLE_SERVICE_PLAN;
pub use get_service_plan::GET_SERVICE_PLAN;

static SKU: Param<SkuName> = Param::new(
    "Sku",
    "The product whose plans are meant: part number, GUID or display name.",
)
.aliases(&["SkuPartNumber", "SkuId", "License"])
.position(1)
.by_property()
.offering(Names::HeldSku);

type Plans = Param<Vec<PlanName>>;

/// The plans that are switched, of which Tab offers some.
const fn plans(offered: Names) -> Plans {
    Param::new("Plan", "The service plans: name, title or GUID.")
        .aliases(&["ServicePlan", "Plans"])
        .position(2)
        .by_property()
        .offering(offered)
}

/// Switches plans of one license of one user on, or off.
fn switch(
    tenant: &Tenant,
    moment: &Moment,
    args: &Args,
    plans: &'static Plans,
    on: bool,
) -> Result<Decided, Diagnostic> {
    let user = find_user(tenant, &args.get(&USER))?;
    let product = tenant.find_product(&args.get(&SKU))?;
    let plans = texts(Some(args.get(plans)));
    Ok(tenant
        .switch_plans(user.id, &product.sku, &plans, on, moment.now)?
        .into())
}
