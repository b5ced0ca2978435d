//! Taking licenses (R6-R14).

use tenantsh::tenant::{Addition, Assignment, Change, OutcomeKind, Removal, Tenant};

use super::*;

#[test]
fn r7_the_order_of_the_skus_does_not_matter() {
    let tenant = tenant_with(|parts| hold(parts, 0, &["ENTERPRISEPACK", "PROJECTPREMIUM"]));
    for skus in [
        ["ENTERPRISEPACK", "PROJECTPREMIUM"],
        ["PROJECTPREMIUM", "ENTERPRISEPACK"],
    ] {
        let decision = remove(&tenant, 1, &skus);
        commit(&mut tenant.clone(), &decision).unwrap();
    }
}

#[test]
fn r8_all_removes_every_direct_license_and_skips_what_is_inherited() {
    let mut tenant = tenant_with(|parts| {
        let inherited = parts.users[1].licenses[0].clone();
        parts.users[0].groups = [id(100)].into();
        parts.users[0].licenses = [
            Assignment::direct(sku("ENTERPRISEPACK")),
            Assignment::direct(sku("POWER_BI_PRO")),
            inherited,
        ]
        .into();
    });
    let all = |tenant: &Tenant, user| {
        tenant
            .remove_licenses(id(user), Removal::All, false, now())
            .unwrap()
    };
    let decision = all(&tenant, 1);
    use OutcomeKind::*;
    assert_eq!(kinds(&decision), [Removed, Removed, SkippedInherited]);
    // R10
    let reason = decision.outcomes[2].reason.as_deref();
    assert_eq!(reason, Some("inherited from the group Sales"));
    // R12
    assert!(!decision.outcomes[0].seat_freed && decision.outcomes[1].seat_freed);
    assert!(decision.outcomes[0].plans_lost.is_empty());
    assert_eq!(tenant.consumed("ENTERPRISEPACK"), 2);
    commit(&mut tenant, &decision).unwrap();
    assert_eq!(tenant.consumed("ENTERPRISEPACK"), 2);
    assert_eq!(tenant.free("POWER_BI_PRO"), 2);
    assert!(all(&tenant, 1).changes.is_empty());
    let none = all(&tenant, 3);
    assert_eq!(kinds(&none), [NotHeld]);
    assert_eq!(none.outcomes[0].sku, None);
}

#[test]
fn r10_an_inherited_license_can_not_be_taken_from_the_member() {
    let tenant = tenant();
    let decision = remove(&tenant, 2, &["ENTERPRISEPACK"]);
    assert_eq!(kinds(&decision), [OutcomeKind::SkippedInherited]);
    assert!(decision.changes.is_empty());
    let strict =
        tenant.remove_licenses(id(2), Removal::Skus(&[sku("ENTERPRISEPACK")]), true, now());
    let refusal = refused(strict, "InheritedLicense");
    assert_eq!(
        refusal.hint.as_deref(),
        Some(
            "take the user out of the group: Remove-GroupMember Sales -Member bo@contoso.com (a Groups, User or Global \
             Administrator can)"
        )
    );
    let forged = Change::LicenseRemoved {
        user: id(2),
        sku: sku("ENTERPRISEPACK"),
        group: Some(id(100)),
        was: Default::default(),
    };
    refused(check_rules(&tenant, &[forged]), "InheritedLicense");
}

#[test]
fn r11_what_is_not_held_is_a_row_or_with_strict_an_error() {
    let tenant = tenant();
    let decision = remove(&tenant, 1, &["SPE_E5", "ENTERPRISEPACK"]);
    assert_eq!(
        kinds(&decision),
        [OutcomeKind::NotHeld, OutcomeKind::Removed]
    );
    let skus = [sku("ENTERPRISEPACK"), sku("SPE_E5")];
    refused(
        tenant.remove_licenses(id(1), Removal::Skus(&skus), true, now()),
        "NotHeld",
    );
}

#[test]
fn r13_plans_that_another_license_gives_are_not_lost() {
    let tenant = tenant_with(|parts| hold(parts, 0, &["SPE_E5", "POWER_BI_PRO"]));
    let row = &remove(&tenant, 1, &["POWER_BI_PRO"]).outcomes[0];
    assert_eq!(names(&row.plans_lost), ["EXCHANGE_S_FOUNDATION"]);
    let row = &remove(&tenant, 1, &["SPE_E5"]).outcomes[0];
    assert!(!names(&row.plans_lost).contains(&"BI_AZURE_P2"));
    assert!(names(&row.plans_lost).contains(&"TEAMS1"));
}

#[test]
fn r14_removal_that_breaks_a_dependency_is_refused() {
    let tenant = tenant_with(|parts| {
        hold(parts, 0, &["EXCHANGESTANDARD", "WORKPLACE_ANALYTICS"]);
    });
    let refusal = refused(
        check_rules(&tenant, &remove(&tenant, 1, &["EXCHANGESTANDARD"]).changes),
        "DependencyViolation",
    );
    assert!(
        refusal.message.contains("(WORKPLACE_ANALYTICS)"),
        "{refusal}"
    );
    assert!(
        refusal.message.contains("(EXCHANGE_S_STANDARD)"),
        "{refusal}"
    );
    assert_eq!(
        refusal.hint.as_deref(),
        Some(
            "remove both in one call: Remove-License anna@contoso.com -Sku EXCHANGESTANDARD, WORKPLACE_ANALYTICS; \
             or switch the plan off: Disable-ServicePlan anna@contoso.com -Sku WORKPLACE_ANALYTICS -Plan WORKPLACE_ANALYTICS"
        )
    );
    let both = remove(&tenant, 1, &["WORKPLACE_ANALYTICS", "EXCHANGESTANDARD"]);
    check_rules(&tenant, &both.changes).unwrap();
}

#[test]
fn r14_what_was_broken_before_refuses_nothing() {
    let mut tenant = tenant_with(|parts| {
        hold(parts, 0, &["WORKPLACE_ANALYTICS", "POWER_BI_PRO"]);
    });
    let decision = remove(&tenant, 1, &["POWER_BI_PRO"]);
    commit(&mut tenant, &decision).unwrap();
}

#[test]
fn r9_set_makes_the_direct_set_exact_and_keeps_plans_off() {
    let mut tenant = tenant_with(|parts| {
        let mut own = Assignment::direct(sku("ENTERPRISEPACK"));
        own.disabled = [sku("SWAY"), sku("OFFICESUBSCRIPTION")].into();
        parts.users[0].licenses = [own, Assignment::direct(sku("POWER_BI_PRO"))].into();
    });
    let addition = Addition {
        skus: &[sku("SPE_E5")],
        ..Addition::default()
    };
    let decision = tenant.set_licenses(id(1), addition, now()).unwrap();
    use OutcomeKind::*;
    assert_eq!(kinds(&decision), [Replaced, Replaced, Added]);
    assert_eq!(decision.outcomes[0].data_held_until, None);
    commit(&mut tenant, &decision).unwrap();
    let user = tenant.user(id(1)).unwrap();
    assert_eq!(user.licenses.len(), 1);
    assert_eq!(
        names(&user.licenses[0].disabled),
        ["OFFICESUBSCRIPTION", "SWAY"]
    );
    let again = tenant.set_licenses(id(1), addition, now()).unwrap();
    assert_eq!(kinds(&again), [AlreadyHeld]);
}

#[test]
fn r12_a_removal_frees_one_seat_unless_the_product_is_inherited_too() {
    let tenant = tenant();
    let alone = remove(&tenant, 1, &["ENTERPRISEPACK"]);
    assert!(alone.outcomes[0].seat_freed);

    let mut parts = tenant.parts();
    let user = parts
        .users
        .iter_mut()
        .find(|user| user.id == id(2))
        .unwrap();
    let mut both = user.licenses.to_vec();
    both.push(Assignment::direct(sku("ENTERPRISEPACK")));
    user.licenses = both.into();
    let mut both = Tenant::new(parts).unwrap();
    let consumed = both.consumed("ENTERPRISEPACK");
    assert_eq!(consumed, tenant.consumed("ENTERPRISEPACK"), "one seat");
    let decision = remove(&both, 2, &["ENTERPRISEPACK"]);
    let removed = decision
        .outcomes
        .iter()
        .find(|row| row.kind == OutcomeKind::Removed)
        .unwrap();
    assert!(!removed.seat_freed);
    for change in &decision.changes {
        both.apply(change).unwrap();
    }
    assert_eq!(both.consumed("ENTERPRISEPACK"), consumed);
}
