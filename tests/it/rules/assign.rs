//! Giving licenses (R15-R22).

use tenantsh::tenant::{Addition, Assignment, Location, OutcomeKind, SubscriptionStatus, Tenant};

use super::*;

#[test]
fn r15_a_license_needs_a_usage_location() {
    let mut tenant = tenant();
    let refusal = refused(
        check_rules(&tenant, &add(&tenant, 3, &["ENTERPRISEPACK"]).changes),
        "UsageLocationMissing",
    );
    assert!(
        refusal
            .hint
            .as_ref()
            .unwrap()
            .contains("Set-User cai@contoso.com -UsageLocation SE")
    );
    let addition = Addition {
        skus: &[sku("ENTERPRISEPACK")],
        usage_location: Location::new("no"),
        ..Addition::default()
    };
    let decision = tenant.add_licenses(id(3), addition, now()).unwrap();
    commit(&mut tenant, &decision).unwrap();
    assert_eq!(
        tenant.user(id(3)).unwrap().usage_location,
        Location::new("NO")
    );
}

#[test]
fn r16_no_free_seat_is_refused_with_the_counts() {
    let mut tenant = tenant_with(|parts| parts.users[2].usage_location = Location::new("SE"));
    let decision = add(&tenant, 3, &["ENTERPRISEPACK"]);
    commit(&mut tenant, &decision).unwrap();
    let refusal = refused(
        check_rules(&tenant, &add(&tenant, 4, &["ENTERPRISEPACK"]).changes),
        "NoSeatsAvailable",
    );
    assert_eq!(
        refusal.message,
        "no free seat of Office 365 E3 (ENTERPRISEPACK): 3 bought, 3 in use"
    );
    assert_eq!(
        refusal.hint.as_deref(),
        Some("Set-Subscription ENTERPRISEPACK -Seats 4")
    );
    // R12: a direct license beside the inherited one takes no further seat.
    let decision = add(&tenant, 2, &["ENTERPRISEPACK"]);
    commit(&mut tenant, &decision).unwrap();
}

#[test]
fn r16_seats_outside_count_as_consumed() {
    let tenant = tenant_with(|parts| parts.products[1].outside = 2);
    assert_eq!(tenant.consumed("SPE_E5"), 2);
    refused(
        check_rules(&tenant, &add(&tenant, 4, &["SPE_E5"]).changes),
        "NoSeatsAvailable",
    );
}

#[test]
fn r17_mutually_exclusive_plans_are_refused_and_the_same_plan_twice_is_not() {
    let tenant = tenant_with(|parts| hold(parts, 0, &["EXCHANGESTANDARD"]));
    let refusal = refused(
        check_rules(&tenant, &add(&tenant, 1, &["EXCHANGEDESKLESS"]).changes),
        "MutuallyExclusive",
    );
    assert!(
        refusal.message.contains("(EXCHANGE_S_STANDARD)"),
        "{refusal}"
    );
    assert!(
        refusal.message.contains("(EXCHANGE_S_DESKLESS)"),
        "{refusal}"
    );
    let tenant = crate::tenants::tenant();
    check_rules(&tenant, &add(&tenant, 1, &["SPE_E5"]).changes).unwrap();
}

#[test]
fn r18_a_plan_without_what_it_depends_on_is_refused() {
    let tenant = tenant();
    let refusal = refused(
        check_rules(&tenant, &add(&tenant, 4, &["WORKPLACE_ANALYTICS"]).changes),
        "DependencyViolation",
    );
    assert!(
        refusal
            .hint
            .as_ref()
            .unwrap()
            .contains("Add-License dee@contoso.com -Sku")
    );
}

#[test]
fn r18_an_unconfirmed_dependency_only_warns() {
    let tenant = tenant_with(|parts| parts.products.push(product("MCOEV", 1)));
    let warnings = check_rules(&tenant, &add(&tenant, 4, &["MCOEV"]).changes).unwrap();
    assert_eq!(warnings[0].id, "DependencyViolation");
}

#[test]
fn r19_what_is_only_reported_to_be_prohibited_warns() {
    let tenant = tenant_with(|parts| parts.users[3].usage_location = Location::new("KP"));
    let warnings = check_rules(&tenant, &add(&tenant, 4, &["SPE_E5"]).changes).unwrap();
    assert_eq!(warnings[0].id, "ProhibitedInUsageLocation");
}

#[test]
fn r20_a_license_already_held_keeps_its_plans_off() {
    let mut tenant = tenant_with(|parts| {
        let mut own = Assignment::direct(sku("ENTERPRISEPACK"));
        own.disabled = [sku("SWAY")].into();
        parts.users[0].licenses = [own].into();
    });
    assert_eq!(
        kinds(&add(&tenant, 1, &["ENTERPRISEPACK"])),
        [OutcomeKind::AlreadyHeld]
    );
    let addition = |reset_plans| Addition {
        skus: &[],
        disabled_plans: &[],
        usage_location: None,
        reset_plans,
    };
    let skus = [sku("ENTERPRISEPACK")];
    let plans = ["yammer_enterprise".to_string()];
    let more = Addition {
        skus: &skus,
        disabled_plans: &plans,
        ..addition(false)
    };
    let decision = tenant.add_licenses(id(1), more, now()).unwrap();
    assert_eq!(kinds(&decision), [OutcomeKind::PlansSwitched]);
    assert_eq!(
        names(&decision.outcomes[0].plans_lost),
        ["YAMMER_ENTERPRISE"]
    );
    commit(&mut tenant, &decision).unwrap();
    let off = |tenant: &Tenant| tenant.user(id(1)).unwrap().licenses[0].disabled.to_vec();
    assert_eq!(off(&tenant), [sku("SWAY"), sku("YAMMER_ENTERPRISE")]);
    let reset = Addition {
        skus: &skus,
        ..addition(true)
    };
    let decision = tenant.add_licenses(id(1), reset, now()).unwrap();
    commit(&mut tenant, &decision).unwrap();
    assert!(off(&tenant).is_empty());
}

#[test]
fn r21_a_company_sku_can_not_be_assigned_to_a_user() {
    let tenant = tenant_with(|parts| {
        parts.products[6].applies_to = tenantsh::tenant::AppliesTo::Company;
    });
    refused(
        check_rules(&tenant, &add(&tenant, 4, &["POWER_BI_PRO"]).changes),
        "CompanySku",
    );
}

#[test]
fn r22_nothing_is_assigned_from_a_disabled_subscription() {
    let tenant = tenant_with(|parts| {
        parts.products[6].subscriptions[0].status = SubscriptionStatus::Suspended;
    });
    assert_eq!(tenant.free("POWER_BI_PRO"), 0);
    refused(
        check_rules(&tenant, &add(&tenant, 4, &["POWER_BI_PRO"]).changes),
        "SubscriptionDisabled",
    );
    let warning = tenant_with(|parts| {
        parts.products[6].subscriptions[0].status = SubscriptionStatus::Warning;
    });
    check_rules(&warning, &add(&warning, 4, &["POWER_BI_PRO"]).changes).unwrap();
}

#[test]
fn r22a_a_product_answers_to_part_number_guid_and_name() {
    let tenant = tenant_with(|parts| {
        parts.products.push(product("SMB_BUSINESS", 1));
        parts.products.push(product("O365_BUSINESS", 1));
    });
    for text in [
        "enterprisepack",
        " ENTERPRISEPACK ",
        "office 365 e3",
        "6fd2c87f-b296-42f0-b197-1e91e994b900",
        "{6FD2C87F-B296-42F0-B197-1E91E994B900}",
    ] {
        assert_eq!(&*tenant.find_product(text).unwrap().sku, "ENTERPRISEPACK");
    }
    let refusal = refused(
        tenant.find_product("Microsoft 365 Apps for business"),
        "AmbiguousSku",
    );
    assert!(refusal.message.contains("SMB_BUSINESS") && refusal.message.contains("O365_BUSINESS"));
    let refusal = refused(tenant.find_product("ENTERPRISEPAK"), "UnknownSku");
    assert_eq!(
        refusal.hint.as_deref(),
        Some("did you mean ENTERPRISEPACK, Office 365 E3?")
    );
    let refusal = refused(tenant.find_product("SPE_E3"), "UnknownSku");
    assert!(refusal.message.contains("doesn't own"), "{refusal}");
    assert_eq!(tenant.products_matching("EXCHANGE*").unwrap().len(), 2);
    refused(tenant.products_matching("X*"), "UnknownSku");
}

#[test]
fn licenses_are_copied_with_their_plans_off() {
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
    let copy = tenant
        .copy_licenses(id(1), id(4), false, None, now())
        .unwrap();
    commit(&mut tenant, &copy).unwrap();
    let copied = &tenant.user(id(4)).unwrap().licenses[0];
    assert_eq!(names(&copied.disabled), ["SWAY"]);
    let inherited = tenant
        .copy_licenses(id(2), id(5), false, None, now())
        .unwrap();
    assert_eq!(kinds(&inherited), [OutcomeKind::SkippedInherited]);
}
