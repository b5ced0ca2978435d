//! Each rule of the tenant, by its number.

use tenantsh::diagnostic::Diagnostic;
use tenantsh::tenant::{
    Addition, Assignment, Decision, OutcomeKind, Removal, Symbol, Tenant, TenantData, UserFields,
};

pub use crate::tenants::*;

mod assign;
mod data;
mod errors;
mod groups;
mod groups_of_a_real_tenant;
mod lifecycle;
mod one_request;
mod roles;
mod subscriptions;
mod unassign;
mod users;

fn remove(tenant: &Tenant, user: u128, skus: &[&str]) -> Decision {
    let skus: Vec<Symbol> = skus.iter().map(|text| sku(text)).collect();
    tenant
        .remove_licenses(id(user), Removal::Skus(&skus), false, now())
        .unwrap()
}

fn add(tenant: &Tenant, user: u128, skus: &[&str]) -> Decision {
    let skus: Vec<Symbol> = skus.iter().map(|text| sku(text)).collect();
    let addition = Addition {
        skus: &skus,
        ..Addition::default()
    };
    tenant.add_licenses(id(user), addition, now()).unwrap()
}

fn kinds(decision: &Decision) -> Vec<OutcomeKind> {
    decision.outcomes.iter().map(|row| row.kind).collect()
}

fn names(list: &[Symbol]) -> Vec<&str> {
    list.iter().map(|name| &**name).collect()
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Diagnostic>, id: &str) -> Diagnostic {
    let refusal = result.unwrap_err();
    assert_eq!(refusal.id, id, "{refusal}");
    assert!(refusal.hint.is_some(), "{id} has no cure: {refusal}");
    refusal
}

fn hold(parts: &mut TenantData, user: usize, skus: &[&str]) {
    parts.users[user].licenses = skus.iter().map(|s| Assignment::direct(sku(s))).collect();
}

fn edit(tenant: &Tenant, user: u128, change: impl FnOnce(&mut UserFields)) -> Decision {
    let mut profile = UserFields::of(tenant.user(id(user)).unwrap());
    change(&mut profile);
    tenant.edit_user(id(user), profile).unwrap()
}
