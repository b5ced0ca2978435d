//! What the changing cmdlets answer: a row for each license, or one for a request about something else.

use jiff::Timestamp;

use super::symbols;
use crate::tenant::{Change, Consequence, Decision, LicenseOutcome, OutcomeKind, Symbol, Tenant};
use crate::value::{Record, Shape, Value};

/// What became of one license: every cmdlet that changes licenses.
pub static LICENSE_RESULT: Shape = Shape {
    name: "LicenseResult",
    properties: &[
        "UserPrincipalName",
        "Sku",
        "Product",
        "Outcome",
        "Would",
        "Reason",
        "PlansLost",
        "SeatFreed",
        "DataHeldUntil",
        "Consequences",
        "Change",
    ],
    columns: &[
        "UserPrincipalName",
        "Sku",
        "Outcome",
        "SeatFreed",
        "DataHeldUntil",
        "Reason",
    ],
};

/// What became of one request that isn't about single licenses: users, groups, roles, seats, settings.
pub static CHANGE_RESULT: Shape = Shape {
    name: "ChangeResult",
    properties: &[
        "Target",
        "Action",
        "Outcome",
        "Would",
        "Reason",
        "SeatsFreed",
        "DataHeldUntil",
        "Consequences",
        "Change",
    ],
    columns: &[
        "Target",
        "Action",
        "Outcome",
        "SeatsFreed",
        "DataHeldUntil",
        "Reason",
    ],
};

/// Whether a value says what became of a change.
pub fn is_result(value: &Value) -> bool {
    let Value::Object(object) = value else {
        return false;
    };
    let record = object.as_any().downcast_ref::<Record>();
    record.is_some_and(|record| {
        [&LICENSE_RESULT, &CHANGE_RESULT]
            .iter()
            .any(|shape| std::ptr::eq(*shape, record.shape()))
    })
}

/// The outcome of a row whose change waits for the end of a transaction.
pub const PENDING: &str = "Pending";

/// Writes into rows that waited what became of them: what they said that they would, under the number of a change.
pub fn settle(value: Value, number: Option<u64>) -> Value {
    let object = match &value {
        Value::List(items) => {
            let settled = items.iter().map(|item| settle(item.clone(), number));
            return Value::list(settled.collect());
        }
        Value::Object(object) if is_result(&value) => object,
        _ => return value,
    };
    let outcome = object.property("Outcome").unwrap_or_default();
    match object.as_any().downcast_ref::<Record>() {
        Some(record) if *outcome.to_text() == *PENDING => {
            let mut record = record.clone();
            record.set("Outcome", object.property("Would").unwrap_or_default());
            record.set("Would", Value::Null);
            record.set("Change", number.and_then(|n| i64::try_from(n).ok()));
            Value::object(record)
        }
        _ => value,
    }
}

/// The row of a license outcome, as if it had been done.
pub fn license_result(outcome: &LicenseOutcome) -> Record {
    let consequences = outcome.consequences.iter();
    Record::new(
        &LICENSE_RESULT,
        vec![
            Value::from(&*outcome.user),
            outcome.sku.as_ref().map(Symbol::shared).into(),
            outcome.product.as_ref().map(Symbol::shared).into(),
            outcome.kind.to_string().into(),
            Value::Null,
            outcome.reason.clone().into(),
            symbols(&outcome.plans_lost),
            outcome.seat_freed.into(),
            outcome.data_held_until.into(),
            Value::list(consequences.map(|c| c.to_string().into()).collect()),
            Value::Null,
        ],
    )
}

/// What a summary calls an outcome: `removed`, `inherited`.
pub fn outcome_word(kind: OutcomeKind) -> &'static str {
    match kind {
        OutcomeKind::Removed => "removed",
        OutcomeKind::Added => "added",
        OutcomeKind::Replaced => "replaced",
        OutcomeKind::PlansSwitched | OutcomeKind::ErrorChanged | OutcomeKind::LocationChanged => {
            "changed"
        }
        OutcomeKind::SkippedInherited => "inherited",
        OutcomeKind::NotHeld => "not held",
        OutcomeKind::AlreadyHeld => "already held",
    }
}

/// The row of a whole request, as if it had been done.
pub fn change_result(tenant: &Tenant, target: &str, decision: &Decision) -> Record {
    let main = main_change(decision);
    let missed = decision.outcomes.iter().find_map(|row| {
        let reason = row.reason.as_ref()?;
        (row.kind == OutcomeKind::NotHeld)
            .then(|| format!("{}: {reason}", row.sku.as_deref().unwrap_or_default()))
    });
    let reason = match main {
        None => Some("it is so already".to_owned()),
        Some(_) => missed.or_else(|| seats_now(decision)),
    };
    let licenses = decision.outcomes.iter().flat_map(|row| {
        let sku = row.sku.as_deref().unwrap_or_default();
        let reason = row.reason.as_ref().map(|reason| format!(": {reason}"));
        let word = outcome_word(row.kind);
        std::iter::once(format!("{sku} {word}{}", reason.unwrap_or_default()))
            .chain(row.consequences.iter().map(ToString::to_string))
    });
    let others = decision.consequences.iter().map(ToString::to_string);
    Record::new(
        &CHANGE_RESULT,
        vec![
            target.into(),
            main.map(|change| tenant.describe(change)).into(),
            main.map_or("NothingToDo", |change| outcome(change).0)
                .into(),
            Value::Null,
            reason.into(),
            Some(seats_freed(decision))
                .filter(|seats| *seats > 0)
                .into(),
            data_held_until(decision).into(),
            Value::list(licenses.chain(others).map(Value::from).collect()),
            Value::Null,
        ],
    )
}

/// What a change of seats comes to (R34).
fn seats_now(decision: &Decision) -> Option<String> {
    let is_seats = |own: &&Consequence| matches!(own, Consequence::Seats { .. });
    let seats = decision.consequences.iter().find(is_seats);
    seats.map(ToString::to_string)
}

/// What a summary calls a whole request: `deleted`, `blocked`.
pub fn change_word(decision: &Decision) -> &'static str {
    main_change(decision).map_or("unchanged", |change| outcome(change).1)
}

pub fn seats_freed(decision: &Decision) -> usize {
    let licenses = decision.outcomes.iter().filter(|row| row.seat_freed);
    let others = decision.consequences.iter().map(|consequence| {
        let Consequence::SeatsFreed { skus } = consequence else {
            return 0;
        };
        skus.len()
    });
    licenses.count() + others.sum::<usize>()
}

/// The first time at which something is deleted for good.
pub fn data_held_until(decision: &Decision) -> Option<Timestamp> {
    let licenses = decision.outcomes.iter().map(|row| row.data_held_until);
    let others = decision
        .consequences
        .iter()
        .map(|consequence| match consequence {
            Consequence::MailboxSoftDeleted { until } => Some(*until),
            Consequence::MailboxDisconnected { held_until, .. } => *held_until,
            _ => None,
        });
    licenses.chain(others).flatten().min()
}

/// The change that a request is named after: the last that doesn't merely follow from another.
fn main_change(decision: &Decision) -> Option<&Change> {
    let follows = |change: &Change| {
        let of_license = matches!(
            change,
            Change::LicenseAssigned { .. }
                | Change::LicenseRemoved { .. }
                | Change::PlansSwitched { .. }
        );
        of_license || change.follows()
    };
    let changes = &decision.changes;
    let main = changes.iter().rfind(|change| !follows(change));
    main.or(changes.last())
}

/// What a change is called when it is done: as an outcome, and in a summary.
pub fn outcome(change: &Change) -> (&'static str, &'static str) {
    use Change::*;
    match change {
        UserAdded { .. }
        | GroupAdded { .. }
        | ProductAdded { .. }
        | SubscriptionChanged { was: None, .. } => ("Created", "created"),
        UserDeleted { .. } | UserPurged { .. } | GroupRemoved { .. } | ProductRemoved { .. } => {
            ("Deleted", "deleted")
        }
        // Its content, when its time is over.
        MailboxChanged { was, now, .. } if was.deleted.is_none() && now.deleted.is_some() => {
            ("Deleted", "deleted")
        }
        UserRestored { .. } => ("Restored", "restored"),
        SignInBlocked { .. } => ("Blocked", "blocked"),
        SignInAllowed { .. } => ("Unblocked", "unblocked"),
        SessionsRevoked { .. } => ("Revoked", "revoked"),
        LicenseAssigned { .. }
        | RoleAssigned { .. }
        | MemberAdded { .. }
        | GroupLicenseAssigned { .. } => ("Added", "added"),
        LicenseRemoved { .. }
        | RoleRemoved { .. }
        | MemberRemoved { .. }
        | GroupLicenseRemoved { .. } => ("Removed", "removed"),
        _ => ("Changed", "changed"),
    }
}
