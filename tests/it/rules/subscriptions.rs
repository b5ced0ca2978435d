//! Seats and their lifecycle (R34-R36), and the tenant's settings.

use tenantsh::tenant::{SubscriptionStatus, Tenant};

use super::*;

#[test]
fn r34_seats_never_go_below_what_is_assigned() {
    let mut tenant = tenant();
    let decision = tenant.set_seats(&sku("ENTERPRISEPACK"), 1).unwrap();
    let refusal = refused(check_rules(&tenant, &decision.changes), "SeatsAssigned");
    assert_eq!(
        refusal.message,
        "2 seats of Office 365 E3 (ENTERPRISEPACK) are in use: unassign 1 before there can be only 1"
    );
    let decision = tenant.set_seats(&sku("ENTERPRISEPACK"), 2).unwrap();
    commit(&mut tenant, &decision).unwrap();
    assert_eq!(tenant.free("ENTERPRISEPACK"), 0);
}

#[test]
fn r35_a_subscription_goes_through_its_lifecycle() {
    let mut tenant = tenant_with(|parts| {
        parts.products[0].subscriptions[0].renews = Some(days(0));
    });
    let status = |tenant: &Tenant| tenant.products()[0].subscriptions[0].status;
    for (day, expected) in [
        (1, SubscriptionStatus::Warning),
        (31, SubscriptionStatus::Suspended),
        (121, SubscriptionStatus::Deleted),
    ] {
        let due = tenant.retention(days(day));
        commit_at(&mut tenant, &due, days(day)).unwrap();
        assert_eq!(status(&tenant), expected);
    }
    assert_eq!(tenant.free("ENTERPRISEPACK"), 0);
}

#[test]
fn r36_the_seats_of_several_subscriptions_are_their_sum() {
    let mut tenant = tenant();
    let bought = tenant.new_subscription("office 365 e3", 5, None).unwrap();
    commit(&mut tenant, &bought).unwrap();
    assert_eq!(tenant.seats("ENTERPRISEPACK").enabled, 8);
    let decision = tenant.set_seats(&sku("ENTERPRISEPACK"), 2).unwrap();
    commit(&mut tenant, &decision).unwrap();
    assert_eq!(tenant.seats("ENTERPRISEPACK").enabled, 2);
    let bought = tenant.new_subscription("SPE_E3", 1, None).unwrap();
    commit(&mut tenant, &bought).unwrap();
    assert_eq!(tenant.free("SPE_E3"), 1);
    refused(tenant.new_subscription("NOPE_PACK", 1, None), "UnknownSku");
}

#[test]
fn a_product_learns_new_names_but_loses_no_plan_that_someone_has_switched_off() {
    let mut tenant = tenant();
    let off = tenant
        .switch_plans(
            id(1),
            &sku("ENTERPRISEPACK"),
            &["SWAY".into()],
            false,
            now(),
        )
        .unwrap();
    commit(&mut tenant, &off).unwrap();
    let mut product = (**tenant.find_product("ENTERPRISEPACK").unwrap()).clone();
    product.name = sku("Office 365 Enterprise E3");
    product.plans.retain(|plan| &*plan.name != "TEAMS1");
    let decision = tenant.edit_product(product.clone()).unwrap();
    commit(&mut tenant, &decision).unwrap();
    product.plans.retain(|plan| &*plan.name != "SWAY");
    refused(tenant.edit_product(product), "PlanInUse");
}

#[test]
fn the_clock_only_moves_forward_and_settings_are_kept_apart_from_it() {
    let mut tenant = tenant();
    let decision = tenant.move_clock(31 * 86_400).unwrap();
    commit(&mut tenant, &decision).unwrap();
    refused(tenant.move_clock(-1), "ClockBackwards");
    refused(tenant.move_clock(i64::MAX), "ClockBackwards");
    let mut settings = tenant.organisation().clone();
    settings.default_admin = Some("nobody".into());
    refused(tenant.edit_organisation(settings.clone()), "UnknownActor");
    settings.default_admin = Some("dee@contoso.com".into());
    settings.clock_offset = 0;
    let decision = tenant.edit_organisation(settings).unwrap();
    commit(&mut tenant, &decision).unwrap();
    assert_eq!(tenant.organisation().clock_offset, 31 * 86_400);
}
