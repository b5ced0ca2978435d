//! What Add-License and Set-License are asked to give, declared and read alike.

use crate::cmdlets::shared::{DISABLED_PLANS, USAGE_LOCATION, product_keys, texts};
use crate::command::{Args, Param, SkuName};
use crate::diagnostic::Diagnostic;
use crate::tenant::{Addition, Location, Symbol, Tenant};

pub static SKU: Param<Vec<SkuName>> =
    Param::new("Sku", "The products: part number, GUID or display name.")
        .aliases(&["SkuPartNumber", "SkuId", "License"])
        .position(1)
        .by_property();
pub static RESET_PLANS: Param<bool> = Param::new(
    "ResetPlans",
    "Makes the plans of these products those asked for, instead of keeping what is switched off.",
);

/// The arguments, with their names found in the tenant.
pub struct Wanted {
    skus: Vec<Symbol>,
    disabled_plans: Vec<String>,
    usage_location: Option<Location>,
    reset_plans: bool,
}

impl Wanted {
    pub fn of(tenant: &Tenant, args: &Args) -> Result<Self, Diagnostic> {
        Ok(Self {
            skus: product_keys(tenant, args.get(&SKU).iter().map(|name| &**name))?,
            disabled_plans: texts(args.get(&DISABLED_PLANS)),
            usage_location: args
                .get(&USAGE_LOCATION)
                .and_then(|name| Location::new(&name)),
            reset_plans: args.get(&RESET_PLANS),
        })
    }

    pub fn addition(&self) -> Addition<'_> {
        Addition {
            skus: &self.skus,
            disabled_plans: &self.disabled_plans,
            usage_location: self.usage_location,
            reset_plans: self.reset_plans,
        }
    }
}
