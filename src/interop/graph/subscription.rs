//! A subscription of Graph's `/directory/subscriptions`: what a subscribed SKU is the sum of, with its date.

use jiff::{SignedDuration, Timestamp};

use super::record::Record;
use crate::interop::json;
use crate::interop::parsed::FoundSubscription;
use crate::tenant::catalogue::Clock;
use crate::tenant::{Subscription, SubscriptionStatus, Symbol};

/// When it ends or ended (R35): the next step of one that expired is a fixed time behind that.
fn end(status: SubscriptionStatus, next: Timestamp) -> Timestamp {
    next.checked_sub(later(status)).unwrap_or(next)
}

/// How far behind the end of a subscription the step lies that comes next for one of this status.
pub(in crate::interop) fn later(status: SubscriptionStatus) -> SignedDuration {
    let zero = Timestamp::UNIX_EPOCH;
    let next = match status {
        SubscriptionStatus::Enabled | SubscriptionStatus::Deleted => zero,
        SubscriptionStatus::Warning => Clock::SubscriptionExpired.from(zero),
        SubscriptionStatus::Suspended | SubscriptionStatus::LockedOut => {
            Clock::SubscriptionDisabled.from(Clock::SubscriptionExpired.from(zero))
        }
    };
    next.duration_since(zero)
}

pub(super) fn read(mut record: Record) {
    let part_number = record.symbol("skuPartNumber");
    record.name = format!(
        "subscription of {}",
        part_number.as_deref().unwrap_or("an unnamed SKU")
    );
    let Some(sku) = record.id("skuId") else {
        return;
    };
    let status = record
        .word("status", "no status of a subscription")
        .unwrap_or(SubscriptionStatus::Enabled);
    let next = record.time("nextLifecycleDateTime");
    let found = FoundSubscription {
        sku,
        part_number: part_number.unwrap_or_else(|| Symbol::new(&sku.to_string())),
        subscription: Subscription {
            seats: record
                .field("totalLicenses", "no count", json::count)
                .unwrap_or_default(),
            status,
            renews: next.map(|next| end(status, next)),
        },
        place: record.place(),
    };
    record.used.extend([
        "id",
        "commerceSubscriptionId",
        "createdDateTime",
        "isTrial",
        "ownerId",
        "ownerTenantId",
        "ownerType",
        "serviceStatus",
    ]);
    record.found.subscriptions.push(found);
    record.leave_out_the_rest();
}
