//! New-Subscription: buys seats of a product, owned already or not.

use std::sync::Arc;

use jiff::Timestamp;

use crate::cmdlets::shared::seat_count;
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Names, Output, Param, Run, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Change, Permission, Symbol, Tenant};

// Text, and not the name of a product: what the tenant doesn't own can be bought too.
static SKU: Param<Arc<str>> = Param::new("Sku", "The product: part number, GUID or display name.")
    .aliases(&["SkuPartNumber", "SkuId"])
    .position(0)
    .offering(Names::CatalogSku)
    .by_value()
    .by_property();
static SEATS: Param<i64> = Param::new("Seats", "How many seats it has.").position(1);
static RENEWS: Param<Option<Timestamp>> =
    Param::new("Renews", "When it renews; it expires then if nobody pays.");

pub static NEW_SUBSCRIPTION: Cmdlet = Cmdlet {
    verb: Verb::New,
    noun: "Subscription",
    aliases: &[],
    synopsis: "Buys seats of a product in a new subscription",
    description: "The product is one of the tenant, or one that the built-in catalogue knows. A product may have several \
                  subscriptions: its seats are their sum.",
    parameters: &[&SKU.declaration, &SEATS.declaration, &RENEWS.declaration],
    requires: Permission::SetSeats,
    effect: Effect::Changes(Impact::Low),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[Example {
        line: "New-Subscription VISIOCLIENT -Seats 5 -Renews 2027-12-31",
        explanation: "A product that the tenant didn't have.",
    }],
    graph: "",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, _: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let name = args.get(&SKU);
    let seats = seat_count(args.get(&SEATS))?;
    let decision = tenant.new_subscription(&name, seats, args.get(&RENEWS))?;
    let product = match decision.changes.first() {
        Some(Change::ProductAdded { now }) => now.part_number().clone(),
        Some(Change::SubscriptionChanged { sku, .. }) => sku.clone(),
        _ => Symbol::new(name.trim()),
    };
    Ok(Decided::about(tenant, &product, decision))
}
