//! The tenant's things as pipeline objects: which properties they show, and how they answer for them.

mod audit;
mod data;
mod extra;
mod filter;
mod foreign;
mod records;
mod result;
mod user;

pub use audit::{CHANGE, CHECK, DIFFERENCE, SAVE};
pub use data::{
    MAILBOX, OFFICE_ACTIVATION, ONEDRIVE, mailbox, mailbox_state, office_activation, onedrive,
};
pub use filter::{Expected, Field, FilterDraft, UserFilter};
pub use foreign::{
    ACCOUNT_SKU, AZURE_AD_USER, GRAPH_GROUP, GRAPH_MEMBER, GRAPH_USER, LICENSE_DETAIL, MSOL_USER,
    SUBSCRIBED_SKU, account_name, account_sku, azure_ad_user, graph_group, graph_member,
    graph_user, has_word, license_details, msol_user, subscribed_sku,
};
pub use records::{
    GROUP, LICENSE, ROLE, SERVICE_PLAN, SESSION, SUBSCRIPTION, TENANT, USER_PLAN, deeds, errors_of,
    group, is_on, license, role, service_plan, subscription, tenant, user_plan,
};
pub use result::{
    CHANGE_RESULT, LICENSE_RESULT, PENDING, change_result, change_word, data_held_until, is_result,
    license_result, outcome, outcome_word, seats_freed, settle,
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
        &GRAPH_USER,
        &MSOL_USER,
        &AZURE_AD_USER,
        &SUBSCRIBED_SKU,
        &ACCOUNT_SKU,
        &LICENSE_DETAIL,
        &GRAPH_GROUP,
        &GRAPH_MEMBER,
    ];
    shapes
        .into_iter()
        .flat_map(|shape| shape.properties.iter().copied())
}
