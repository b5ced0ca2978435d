//! The tenant's things as pipeline objects: which properties they show, and how they answer for them.

mod audit;
mod data;
mod filter;
mod records;
mod result;
mod user;

pub use audit::{CHANGE, CHECK, DIFFERENCE, SAVE};
pub use data::{
    MAILBOX, OFFICE_ACTIVATION, ONEDRIVE, mailbox, mailbox_state, office_activation, onedrive,
};
pub use filter::{Expected, Field, FilterDraft, UserFilter};
pub use records::{
    GROUP, LICENSE, ROLE, SERVICE_PLAN, SESSION, SUBSCRIPTION, TENANT, USER_PLAN, deeds, errors_of,
    group, is_on, license, role, service_plan, subscription, tenant, user_plan,
};
pub use result::{
    CHANGE_RESULT, LICENSE_RESULT, PENDING, change_result, change_word, data_held_until, is_result,
    license_result, outcome_word, seats_freed, settle,
};

pub use user::USER;

use crate::tenant::Symbol;
use crate::value::Value;

fn symbols(list: &[Symbol]) -> Value {
    Value::list(list.iter().map(|symbol| symbol.shared().into()).collect())
}

/// Every property name that an object of the tenant can have: what a host makes quick getters for.
pub fn property_names() -> impl Iterator<Item = &'static str> {
    let shapes = [
        &USER,
        &LICENSE,
        &SUBSCRIPTION,
        &SERVICE_PLAN,
        &USER_PLAN,
        &GROUP,
        &ROLE,
        &TENANT,
        &SESSION,
        &LICENSE_RESULT,
        &CHANGE_RESULT,
        &CHANGE,
        &SAVE,
        &CHECK,
        &DIFFERENCE,
        &MAILBOX,
        &ONEDRIVE,
        &OFFICE_ACTIVATION,
    ];
    shapes
        .into_iter()
        .flat_map(|shape| shape.properties.iter().copied())
}
