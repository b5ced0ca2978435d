//! A subscribed SKU of Graph's JSON: a product, its plans and its seats.

use super::record::{Record, word};
use crate::interop::json;
use crate::interop::parsed::FoundProduct;
use crate::tenant::{Plan, Product, Subscription, SubscriptionStatus, Symbol};

pub(super) fn read(mut record: Record) {
    let part_number = record.symbol("skuPartNumber");
    record.name = format!(
        "subscribed SKU {}",
        part_number.as_deref().unwrap_or("without a name")
    );
    let Some(sku_id) = record.id("skuId") else {
        return;
    };
    let part_number = part_number.unwrap_or_else(|| {
        record.tally("a subscribed SKU without a skuPartNumber goes by its GUID");
        Symbol::new(&sku_id.to_string())
    });
    let product = Product {
        sku: part_number.clone(),
        sku_id,
        part_number: None,
        name: part_number,
        applies_to: record
            .word("appliesTo", "neither User nor Company")
            .unwrap_or_default(),
        subscriptions: subscriptions(&mut record),
        outside: 0,
        plans: plans(&mut record),
    };
    let reported = record.field("consumedUnits", "no count", json::count);
    if let Some(account) = record.text::<String>("accountId") {
        record.found.accounts.insert(account.to_lowercase());
    }
    // `id` is made of the tenant's id and skuId: nothing is lost.
    record
        .used
        .extend(["id", "accountId", "accountName", "subscriptionIds"]);
    record.found.products.push(FoundProduct {
        place: record.place(),
        product,
        reported,
    });
    record.leave_out_the_rest();
}

fn subscriptions(record: &mut Record) -> Vec<Subscription> {
    let status = record.word("capabilityStatus", "no status of a subscription");
    let Some(units) = record.raw_field("prepaidUnits") else {
        record.tally("a subscribed SKU has no prepaidUnits: it counts as without seats");
        return Vec::new();
    };
    let Some(object) = json::object(units) else {
        record.fault(
            "prepaidUnits",
            units,
            "not an object; with ConvertTo-Json give -Depth 5",
        );
        return Vec::new();
    };
    let mut subscriptions = Vec::new();
    for (name, status) in UNITS {
        let Some(raw) = object.get(name) else {
            continue;
        };
        match json::count(raw) {
            Some(0) => {}
            Some(seats) => subscriptions.push(Subscription {
                seats,
                status,
                renews: None,
            }),
            None => record.fault(name, raw, "no count"),
        }
    }
    if let (true, Some(status)) = (subscriptions.is_empty(), status) {
        subscriptions.push(Subscription {
            seats: 0,
            status,
            renews: None,
        });
    }
    subscriptions
}

fn plans(record: &mut Record) -> Vec<Plan> {
    let mut plans = Vec::new();
    for item in record.items("servicePlans") {
        let object = json::object(item);
        let get = |name| object.as_ref().and_then(|object| object.get(name));
        let name = get("servicePlanName").and_then(json::text);
        let (Some(name), Some(id)) = (name, get("servicePlanId").and_then(json::guid)) else {
            record.fault(
                "servicePlans",
                item,
                "no plan with servicePlanId and servicePlanName",
            );
            continue;
        };
        plans.push(Plan {
            name: Symbol::new(&name),
            id,
            title: None,
            applies_to: get("appliesTo").and_then(word).unwrap_or_default(),
        });
    }
    plans
}

const UNITS: [(&str, SubscriptionStatus); 4] = [
    ("enabled", SubscriptionStatus::Enabled),
    ("warning", SubscriptionStatus::Warning),
    ("suspended", SubscriptionStatus::Suspended),
    ("lockedOut", SubscriptionStatus::LockedOut),
];
