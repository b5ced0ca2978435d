//! Set-Subscription: changes how many seats of a product are bought (R34).

use crate::cmdlets::shared::seat_count;
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Param, Run, SkuName, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Permission, Tenant};

static SKU: Param<SkuName> = Param::new("Sku", "The product: part number, GUID or display name.")
    .aliases(&["SkuPartNumber", "SkuId"])
    .position(0)
    .by_value()
    .by_property();
static SEATS: Param<i64> = Param::new("Seats", "The new total of its seats.").position(1);

pub static SET_SUBSCRIPTION: Cmdlet = Cmdlet {
    verb: Verb::Set,
    noun: "Subscription",
    aliases: &[],
    synopsis: "Changes how many seats of a product are bought",
    description: "Seats is the new total over all subscriptions to the product; the newest gives and takes first. There \
                  can't be fewer than are in use: unassign first, and only then stop paying.",
    parameters: &[&SKU.declaration, &SEATS.declaration],
    requires: Permission::SetSeats,
    effect: Effect::Changes(Impact::High),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[
        Example {
            line: "Set-Subscription SPE_E3 -Seats 90",
            explanation: "Buys more seats.",
        },
        Example {
            line: "Set-Subscription STANDARDPACK -Seats 8",
            explanation: "Stops paying for what nobody uses.",
        },
    ],
    graph: "",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, _: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let product = tenant.find_product(&args.get(&SKU))?;
    let seats = seat_count(args.get(&SEATS))?;
    let decision = tenant.set_seats(&product.sku, seats)?;
    Ok(Decided::about(tenant, &product.sku, decision))
}
