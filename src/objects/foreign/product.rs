//! A product as `Get-MgSubscribedSku`, `Get-MsolAccountSku` and `Get-MgUserLicenseDetail` return it.

use super::{account_name, effective, map};
use crate::tenant::{AppliesTo, Plan, Product, SubscriptionStatus, Symbol, Tenant, User};
use crate::value::{Record, Shape, Value};

pub static SUBSCRIBED_SKU: Shape = Shape {
    name: "MicrosoftGraphSubscribedSku",
    properties: &[
        "SkuPartNumber",
        "SkuId",
        "ConsumedUnits",
        "PrepaidUnits",
        "CapabilityStatus",
        "AppliesTo",
        "ServicePlans",
    ],
    columns: &[
        "SkuPartNumber",
        "SkuId",
        "ConsumedUnits",
        "CapabilityStatus",
    ],
};

pub static ACCOUNT_SKU: Shape = Shape {
    name: "MsolAccountSku",
    properties: &[
        "AccountSkuId",
        "ActiveUnits",
        "WarningUnits",
        "ConsumedUnits",
        "SuspendedUnits",
        "SkuPartNumber",
        "SkuId",
        "AccountName",
    ],
    columns: &[
        "AccountSkuId",
        "ActiveUnits",
        "WarningUnits",
        "ConsumedUnits",
    ],
};

pub static LICENSE_DETAIL: Shape = Shape {
    name: "MicrosoftGraphLicenseDetails",
    properties: &["SkuPartNumber", "SkuId", "ServicePlans"],
    columns: &["SkuPartNumber", "SkuId"],
};

pub fn subscribed_sku(tenant: &Tenant, product: &Product) -> Record {
    let seats = tenant.seats(&product.sku);
    let plans = product
        .plans
        .iter()
        .map(|plan| service_plan(plan, "Success"));
    Record::new(
        &SUBSCRIBED_SKU,
        vec![
            product.part_number().shared().into(),
            product.sku_id.to_string().into(),
            seats.consumed.into(),
            map([
                ("Enabled", seats.enabled.into()),
                ("Warning", seats.warning.into()),
                ("Suspended", seats.suspended.into()),
                ("LockedOut", seats.locked_out.into()),
            ]),
            status(product).into(),
            applies_to(product.applies_to).into(),
            Value::list(plans.collect()),
        ],
    )
}

pub fn account_sku(tenant: &Tenant, product: &Product) -> Record {
    let seats = tenant.seats(&product.sku);
    let account = account_name(tenant);
    let part = product.part_number();
    Record::new(
        &ACCOUNT_SKU,
        vec![
            format!("{account}:{part}").into(),
            seats.enabled.into(),
            seats.warning.into(),
            seats.consumed.into(),
            seats.suspended.into(),
            part.shared().into(),
            product.sku_id.to_string().into(),
            account.into(),
        ],
    )
}

/// A row for each product that reaches a user, with the state of each of its plans.
pub fn license_details(tenant: &Tenant, user: &User) -> Vec<Record> {
    let held = effective(tenant, &user.licenses).into_iter();
    let detail = |(product, off): (&Product, Vec<Symbol>)| {
        let plans = product.plans.iter().map(|plan| {
            let status = match off.contains(&plan.name) {
                true => "Disabled",
                false => "Success",
            };
            service_plan(plan, status)
        });
        Record::new(
            &LICENSE_DETAIL,
            vec![
                product.part_number().shared().into(),
                product.sku_id.to_string().into(),
                Value::list(plans.collect()),
            ],
        )
    };
    held.map(detail).collect()
}

fn service_plan(plan: &Plan, status: &str) -> Value {
    map([
        ("ServicePlanName", plan.name.shared().into()),
        ("ServicePlanId", plan.id.to_string().into()),
        ("ProvisioningStatus", status.into()),
        ("AppliesTo", applies_to(plan.applies_to).into()),
    ])
}

fn applies_to(applies: AppliesTo) -> &'static str {
    match applies {
        AppliesTo::User => "User",
        AppliesTo::Company => "Company",
    }
}

/// The best state of the product's subscriptions: one that is enabled lets the product be used.
fn status(product: &Product) -> &'static str {
    let states = || product.subscriptions.iter().map(|own| own.status);
    [
        (SubscriptionStatus::Enabled, "Enabled"),
        (SubscriptionStatus::Warning, "Warning"),
        (SubscriptionStatus::Suspended, "Suspended"),
        (SubscriptionStatus::LockedOut, "LockedOut"),
    ]
    .into_iter()
    .find(|(state, _)| states().any(|own| own == *state))
    .map_or("Deleted", |(_, name)| name)
}
