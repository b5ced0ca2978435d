//! Each rule of the tenant, by its number in docs/rules.md.

use tenantsh::diagnostic::{Category, Diagnostic};
use tenantsh::tenant::{
    Addition, Assignment, Change, Decision, Location, Mailbox, OutcomeKind, Parts, Removal,
    SubscriptionStatus, Symbol, Tenant, UserData,
};

use crate::tenants::*;

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

fn hold(parts: &mut Parts, user: usize, skus: &[&str]) {
    parts.users[user].licenses = skus.iter().map(|s| Assignment::direct(sku(s))).collect();
}

#[test]
fn r1_license_and_user_administrators_assign_and_others_do_not() {
    let tenant = tenant();
    let changes = remove(&tenant, 1, &["ENTERPRISEPACK"]).changes;
    for name in ["admin", "ADMIN", "licenses", "users", "dee@contoso.com"] {
        tenant
            .admit(&actor(&tenant, name), now(), &changes)
            .unwrap();
    }
    for name in ["billing", "reader", "groups"] {
        let refusal = refused(
            tenant.admit(&actor(&tenant, name), now(), &changes),
            "InsufficientPrivileges",
        );
        assert_eq!(refusal.category, Category::Denied);
        assert!(
            refusal
                .hint
                .as_ref()
                .unwrap()
                .contains("License Administrator")
        );
    }
}

#[test]
fn r5_nobody_reads_only_and_is_told_how_to_sign_in() {
    let tenant = tenant();
    let nobody = tenantsh::tenant::Actor::nobody();
    nobody.require(tenantsh::tenant::Permission::Read).unwrap();
    let changes = remove(&tenant, 1, &["ENTERPRISEPACK"]).changes;
    let refusal = refused(
        tenant.admit(&nobody, now(), &changes),
        "InsufficientPrivileges",
    );
    assert!(refusal.hint.as_ref().unwrap().contains("--as"));
    refused(tenant.actor(ANNA), "InsufficientPrivileges");
    refused(tenant.actor("adnim"), "UnknownActor");
}

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
        Some("take the user out of the group: Remove-GroupMember Sales -Member bo@contoso.com")
    );
    let forged = Change::LicenseRemoved {
        user: id(2),
        sku: sku("ENTERPRISEPACK"),
        group: Some(id(100)),
        was: Default::default(),
    };
    refused(admit(&tenant, &[forged]), "InheritedLicense");
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
        admit(&tenant, &remove(&tenant, 1, &["EXCHANGESTANDARD"]).changes),
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
    admit(&tenant, &both.changes).unwrap();
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
fn r15_a_license_needs_a_usage_location() {
    let mut tenant = tenant();
    let refusal = refused(
        admit(&tenant, &add(&tenant, 3, &["ENTERPRISEPACK"]).changes),
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
        admit(&tenant, &add(&tenant, 4, &["ENTERPRISEPACK"]).changes),
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
        admit(&tenant, &add(&tenant, 4, &["SPE_E5"]).changes),
        "NoSeatsAvailable",
    );
}

#[test]
fn r17_mutually_exclusive_plans_are_refused_and_the_same_plan_twice_is_not() {
    let tenant = tenant_with(|parts| hold(parts, 0, &["EXCHANGESTANDARD"]));
    let refusal = refused(
        admit(&tenant, &add(&tenant, 1, &["EXCHANGEDESKLESS"]).changes),
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
    admit(&tenant, &add(&tenant, 1, &["SPE_E5"]).changes).unwrap();
}

#[test]
fn r18_a_plan_without_what_it_depends_on_is_refused() {
    let tenant = tenant();
    let refusal = refused(
        admit(&tenant, &add(&tenant, 4, &["WORKPLACE_ANALYTICS"]).changes),
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
    let warnings = admit(&tenant, &add(&tenant, 4, &["MCOEV"]).changes).unwrap();
    assert_eq!(warnings[0].id, "DependencyViolation");
}

#[test]
fn r19_nothing_is_offered_in_a_prohibited_place() {
    let tenant = tenant_with(|parts| parts.users[3].usage_location = Location::new("KP"));
    refused(
        admit(&tenant, &add(&tenant, 4, &["SPE_E5"]).changes),
        "ProhibitedInUsageLocation",
    );
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
        admit(&tenant, &add(&tenant, 4, &["POWER_BI_PRO"]).changes),
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
        admit(&tenant, &add(&tenant, 4, &["POWER_BI_PRO"]).changes),
        "SubscriptionDisabled",
    );
    let warning = tenant_with(|parts| {
        parts.products[6].subscriptions[0].status = SubscriptionStatus::Warning;
    });
    admit(&warning, &add(&warning, 4, &["POWER_BI_PRO"]).changes).unwrap();
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
        Some("did you mean ENTERPRISEPACK?")
    );
    let refusal = refused(tenant.find_product("SPE_E3"), "UnknownSku");
    assert!(refusal.message.contains("doesn't own"), "{refusal}");
    assert_eq!(tenant.products_matching("EXCHANGE*").unwrap().len(), 2);
    refused(tenant.products_matching("X*"), "UnknownSku");
}

#[test]
fn users_are_found_by_upn_in_any_case_and_by_id() {
    let tenant = tenant();
    for text in [
        " ANNA@Contoso.com ",
        "{00000000-0000-0000-0000-000000000001}",
    ] {
        assert_eq!(&*tenant.find_user(text).unwrap().upn, ANNA);
    }
    let refusal = refused(tenant.find_user("ana@contoso.com"), "UserNotFound");
    assert_eq!(
        refusal.hint.as_deref(),
        Some("did you mean anna@contoso.com?")
    );
}

#[test]
fn r27_losing_the_last_exchange_plan_says_how_long_the_mailbox_is_held() {
    let mut tenant = tenant();
    let decision = remove(&tenant, 1, &["ENTERPRISEPACK"]);
    assert_eq!(decision.outcomes[0].data_held_until, Some(days(30)));
    commit(&mut tenant, &decision).unwrap();
    let disconnected = |tenant: &Tenant| {
        let data = tenant.user(id(1)).unwrap().data.clone();
        data.and_then(|data| data.mailbox.and_then(|mailbox| mailbox.disconnected))
    };
    assert_eq!(disconnected(&tenant), Some(now()));
    let addition = Addition {
        skus: &[sku("ENTERPRISEPACK")],
        ..Addition::default()
    };
    let again = tenant.add_licenses(id(1), addition, days(29)).unwrap();
    commit_at(&mut tenant.clone(), &again, days(29)).unwrap();
    let mut whole = tenant.clone();
    commit(&mut whole, &again).unwrap();
    assert_eq!(disconnected(&whole), None);
}

#[test]
fn r32b_forwarding_and_a_phone_number_end_with_the_license() {
    let mut tenant = tenant_with(|parts| {
        parts.products.push(product("MCOPSTN1", 1));
        hold(parts, 0, &["ENTERPRISEPACK", "MCOPSTN1"]);
        parts.users[0].data = Some(Box::new(UserData {
            mailbox: Some(Mailbox {
                forwards_to: Some("boss@contoso.com".into()),
                ..Mailbox::default()
            }),
            phone_number: Some("+4681234567".into()),
            office_devices: 2,
            ..UserData::default()
        }));
    });
    let decision = remove(&tenant, 1, &["ENTERPRISEPACK", "MCOPSTN1"]);
    let all: Vec<_> = decision
        .outcomes
        .iter()
        .flat_map(|row| row.consequences.iter().map(ToString::to_string))
        .collect();
    for part in [
        "forwarded to boss@contoso.com",
        "+4681234567 is released",
        "Office on 2 devices",
    ] {
        assert!(
            all.iter().any(|text| text.contains(part)),
            "{part} in {all:?}"
        );
    }
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
fn faults_of_a_tenant_are_all_told_with_their_place() {
    let mut parts = parts();
    parts.users[1].upn = "ANNA@contoso.com".into();
    parts.users[2].groups = [id(999)].into();
    hold(&mut parts, 3, &["NOPE", "ENTERPRISEPACK", "ENTERPRISEPACK"]);
    let faults = Tenant::new(parts).unwrap_err();
    let places: Vec<_> = faults
        .iter()
        .map(|fault| fault.target.as_deref().unwrap())
        .collect();
    assert_eq!(
        places,
        [
            "users[1].upn",
            "users[2].groups[0]",
            "users[3].licenses[0].sku",
            "users[3].licenses[2].sku"
        ]
    );
}
