//! Each rule of the tenant, by its number.

use tenantsh::diagnostic::{Category, Diagnostic};
use tenantsh::tenant::{
    Addition, Assignment, AssignmentError, Change, Consequence, Decision, Location, Mailbox,
    MailboxState, OfficeState, OnedriveState, OutcomeKind, Removal, SubscriptionStatus, Symbol,
    Tenant, TenantData, UserData, UserFields,
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

fn hold(parts: &mut TenantData, user: usize, skus: &[&str]) {
    parts.users[user].licenses = skus.iter().map(|s| Assignment::direct(sku(s))).collect();
}

#[test]
fn r1_license_and_user_administrators_assign_and_others_do_not() {
    let tenant = tenant();
    let changes = remove(&tenant, 1, &["ENTERPRISEPACK"]).changes;
    for name in ["admin", "ADMIN", "licenses", "users", "dee@contoso.com"] {
        tenant
            .check_rules(&actor(&tenant, name), now(), &changes)
            .unwrap();
    }
    for name in ["billing", "reader", "groups"] {
        let refusal = refused(
            tenant.check_rules(&actor(&tenant, name), now(), &changes),
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
        tenant.check_rules(&nobody, now(), &changes),
        "InsufficientPrivileges",
    );
    assert!(refusal.hint.as_ref().unwrap().contains("--as"));
    refused(tenant.actor(ANNA), "InsufficientPrivileges");
    refused(tenant.actor("adnim"), "UnknownActor");
    let blocked = tenant_with(|parts| parts.users[3].enabled = false);
    refused(blocked.actor("dee@contoso.com"), "InsufficientPrivileges");
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
fn r19_nothing_is_offered_in_a_prohibited_place() {
    let tenant = tenant_with(|parts| parts.users[3].usage_location = Location::new("KP"));
    refused(
        check_rules(&tenant, &add(&tenant, 4, &["SPE_E5"]).changes),
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

fn edit(tenant: &Tenant, user: u128, change: impl FnOnce(&mut UserFields)) -> Decision {
    let mut profile = UserFields::of(tenant.user(id(user)).unwrap());
    change(&mut profile);
    tenant.edit_user(id(user), profile).unwrap()
}

#[test]
fn r2_a_user_administrator_may_not_delete_or_block_a_global_administrator() {
    let tenant = tenant();
    let users = actor(&tenant, "users");
    let deletion = |user| tenant.remove_user(id(user), false, now()).unwrap().changes;
    tenant.check_rules(&users, now(), &deletion(1)).unwrap();
    let refusal = refused(
        tenant.check_rules(&users, now(), &deletion(4)),
        "InsufficientPrivileges",
    );
    assert!(refusal.message.contains("dee@contoso.com"), "{refusal}");
    let licenses = actor(&tenant, "licenses");
    refused(
        tenant.check_rules(&licenses, now(), &deletion(1)),
        "InsufficientPrivileges",
    );
}

#[test]
fn r3_blocking_takes_the_same_roles_as_deleting() {
    let tenant = tenant();
    let users = actor(&tenant, "users");
    let block = |user| tenant.set_sign_in(id(user), false).unwrap().changes;
    tenant.check_rules(&users, now(), &block(1)).unwrap();
    refused(
        tenant.check_rules(&users, now(), &block(4)),
        "InsufficientPrivileges",
    );
    check_rules(&tenant, &block(4)).unwrap();
    let revoke = tenant.revoke_sessions(id(4), now()).unwrap().changes;
    refused(
        tenant.check_rules(&users, now(), &revoke),
        "InsufficientPrivileges",
    );
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

#[test]
fn r4_seats_are_for_global_and_billing_administrators() {
    let tenant = tenant();
    let changes = tenant.set_seats(&sku("SPE_E5"), 9).unwrap().changes;
    for name in ["admin", "billing"] {
        tenant
            .check_rules(&actor(&tenant, name), now(), &changes)
            .unwrap();
    }
    refused(
        tenant.check_rules(&actor(&tenant, "users"), now(), &changes),
        "InsufficientPrivileges",
    );
}

#[test]
fn r23_deleting_frees_the_seats_and_the_upn() {
    let mut tenant = tenant();
    let decision = tenant.remove_user(id(1), false, now()).unwrap();
    commit(&mut tenant, &decision).unwrap();
    assert_eq!(tenant.consumed("ENTERPRISEPACK"), 1);
    assert_eq!(tenant.seats("ENTERPRISEPACK").enabled, 3);
    let refusal = refused(tenant.find_user(ANNA), "UserNotFound");
    assert!(refusal.hint.as_ref().unwrap().contains("Restore-User"));
    assert_eq!(
        tenant.find_deleted_user("Anna@contoso.com").unwrap().id,
        id(1)
    );
    let all = tenant.remove_licenses(id(1), Removal::All, false, now());
    refused(all, "UserNotFound");
}

#[test]
fn r24_restore_brings_licenses_back_even_beyond_the_seats() {
    let mut tenant = tenant_with(|parts| parts.users[2].usage_location = Location::new("SE"));
    let deletion = tenant.remove_user(id(1), false, now()).unwrap();
    commit(&mut tenant, &deletion).unwrap();
    for user in [3, 4] {
        let decision = add(&tenant, user, &["ENTERPRISEPACK"]);
        commit(&mut tenant, &decision).unwrap();
    }
    let mut bare = tenant.clone();
    let restore = tenant.restore_user(id(1), None, false, now()).unwrap();
    let warnings = commit(&mut tenant, &restore).unwrap();
    assert_eq!(warnings[0].id, "OverAssigned");
    assert_eq!(tenant.consumed("ENTERPRISEPACK"), 4);
    let restore = bare.restore_user(id(1), None, true, now()).unwrap();
    assert!(commit(&mut bare, &restore).unwrap().is_empty());
    assert!(bare.find_user(ANNA).unwrap().licenses.is_empty());
}

#[test]
fn r24_restore_is_refused_where_the_upn_is_taken() {
    let mut tenant = tenant();
    let deletion = tenant.remove_user(id(1), true, now()).unwrap();
    assert_eq!(kinds(&deletion), [OutcomeKind::Removed]);
    commit(&mut tenant, &deletion).unwrap();
    let profile = UserFields {
        upn: Some("ANNA@contoso.com".into()),
        ..UserFields::default()
    };
    let newcomer = tenant.new_user(id(9), profile, now()).unwrap();
    commit(&mut tenant, &newcomer).unwrap();
    let restore = tenant.restore_user(id(1), None, false, now()).unwrap();
    let refusal = refused(
        check_rules(&tenant, &restore.changes),
        "UserPrincipalNameTaken",
    );
    assert!(
        refusal
            .hint
            .as_ref()
            .unwrap()
            .contains("-NewUserPrincipalName")
    );
    let cured = tenant
        .restore_user(id(1), Some("anna2@contoso.com"), false, now())
        .unwrap();
    commit(&mut tenant, &cured).unwrap();
    assert_eq!(tenant.find_user("anna2@contoso.com").unwrap().id, id(1));
}

#[test]
fn r25_a_synced_user_keeps_its_profile_but_not_its_licenses() {
    let mut tenant = tenant_with(|parts| hold(parts, 4, &["POWER_BI_PRO"]));
    let deletion = tenant.remove_user(id(5), false, now()).unwrap();
    refused(check_rules(&tenant, &deletion.changes), "SyncedUser");
    let renamed = edit(&tenant, 5, |profile| profile.department = Some(sku("IT")));
    refused(check_rules(&tenant, &renamed.changes), "SyncedUser");
    let moved = edit(&tenant, 5, |profile| {
        profile.usage_location = Location::new("DE");
    });
    commit(&mut tenant, &moved).unwrap();
    let decision = remove(&tenant, 5, &["POWER_BI_PRO"]);
    commit(&mut tenant, &decision).unwrap();
    let decision = tenant.set_sign_in(id(5), false).unwrap();
    commit(&mut tenant, &decision).unwrap();
    let decision = tenant.revoke_sessions(id(5), now()).unwrap();
    commit(&mut tenant, &decision).unwrap();
}

#[test]
fn r26_after_thirty_days_a_user_can_not_be_restored_and_is_purged() {
    let mut tenant = tenant();
    let deletion = tenant.remove_user(id(1), false, now()).unwrap();
    commit(&mut tenant, &deletion).unwrap();
    assert!(tenant.retention(days(30)).changes.is_empty());
    let restore = tenant.restore_user(id(1), None, false, days(31)).unwrap();
    let admin = actor(&tenant, "admin");
    tenant
        .check_rules(&admin, days(30), &restore.changes)
        .unwrap();
    refused(
        tenant.check_rules(&admin, days(31), &restore.changes),
        "RestoreExpired",
    );
    let due = tenant.retention(days(31));
    commit_at(&mut tenant, &due, days(31)).unwrap();
    assert!(tenant.user(id(1)).is_none());
}

#[test]
fn r27_the_mailbox_is_deleted_after_its_time_and_a_later_license_gives_an_empty_one() {
    let mut tenant = tenant();
    let decision = remove(&tenant, 1, &["ENTERPRISEPACK"]);
    commit(&mut tenant, &decision).unwrap();
    let state = |tenant: &Tenant, at| tenant.mailbox_state(tenant.user(id(1)).unwrap(), at);
    let until = Some(days(30));
    assert_eq!(
        state(&tenant, days(29)),
        MailboxState::Disconnected { until }
    );
    assert_eq!(state(&tenant, days(30)), MailboxState::Deleted);
    let due = tenant.retention(days(31));
    assert_eq!(due.changes.len(), 1);
    commit_at(&mut tenant, &due, days(31)).unwrap();
    assert!(tenant.retention(days(400)).changes.is_empty());
    let addition = Addition {
        skus: &[sku("ENTERPRISEPACK")],
        ..Addition::default()
    };
    let again = tenant.add_licenses(id(1), addition, days(32)).unwrap();
    let licenses = actor(&tenant, "licenses");
    tenant
        .check_rules(&licenses, days(32), &again.changes)
        .unwrap();
    commit_at(&mut tenant, &again, days(32)).unwrap();
    assert_eq!(state(&tenant, days(32)), MailboxState::Active);
}

#[test]
fn r27_delicensing_resiliency_doubles_the_time() {
    let tenant = tenant_with(|parts| parts.organisation.delicensing_resiliency = true);
    let decision = remove(&tenant, 1, &["ENTERPRISEPACK"]);
    assert_eq!(decision.outcomes[0].data_held_until, Some(days(60)));
}

#[test]
fn r28_r29_a_hold_placed_in_time_keeps_the_mailbox_and_one_too_late_is_refused() {
    let mut tenant = tenant();
    let held = Mailbox {
        litigation_hold: Some(now()),
        ..Mailbox::default()
    };
    let mut late = tenant.clone();
    let decision = remove(&late, 1, &["ENTERPRISEPACK"]);
    commit(&mut late, &decision).unwrap();
    let anna = late.user(id(1)).unwrap();
    let data = anna.data.as_ref().unwrap();
    assert!(
        !late
            .mailbox_state(anna, now())
            .is_searchable(data.mailbox.as_ref())
    );
    refused(late.set_mailbox(id(1), held.clone(), now()), "HoldTooLate");

    let decision = tenant.set_mailbox(id(1), held, now()).unwrap();
    commit(&mut tenant, &decision).unwrap();
    let deletion = tenant.remove_user(id(1), true, now()).unwrap();
    assert_eq!(deletion.outcomes[0].data_held_until, None);
    commit(&mut tenant, &deletion).unwrap();
    assert!(tenant.retention(days(400)).changes.is_empty());
    let anna = tenant.user(id(1)).unwrap();
    assert_eq!(
        tenant.mailbox_state(anna, days(400)),
        MailboxState::Inactive
    );
}

#[test]
fn r30_r31_onedrive_outlives_the_license_and_the_user_for_a_while() {
    let mut tenant = tenant();
    let decision = remove(&tenant, 1, &["ENTERPRISEPACK"]);
    commit(&mut tenant, &decision).unwrap();
    let state = |tenant: &Tenant, at| tenant.onedrive_state(tenant.user(id(1)).unwrap(), at);
    let archived = days(93);
    assert_eq!(
        state(&tenant, days(60)),
        OnedriveState::ReadOnly { archived }
    );
    assert_eq!(state(&tenant, days(93)), OnedriveState::Archived);
    let deletion = tenant.remove_user(id(1), false, now()).unwrap();
    commit(&mut tenant, &deletion).unwrap();
    let until = days(123);
    assert_eq!(
        state(&tenant, days(30)),
        OnedriveState::RecycleBin { until }
    );
}

#[test]
fn r32_r35_office_says_what_it_may_without_a_license() {
    let office = |tenant: &Tenant| tenant.office_state(tenant.user(id(1)).unwrap());
    let installed = |parts: &mut TenantData| {
        parts.users[0].data = Some(Box::new(UserData {
            office_devices: 1,
            ..UserData::default()
        }));
    };
    let mut tenant = tenant_with(installed);
    assert_eq!(office(&tenant), OfficeState::Licensed);
    let decision = remove(&tenant, 1, &["ENTERPRISEPACK"]);
    commit(&mut tenant, &decision).unwrap();
    assert_eq!(office(&tenant), OfficeState::UnlicensedProduct);
    let disabled = tenant_with(|parts| {
        installed(parts);
        parts.products[0].subscriptions[0].status = SubscriptionStatus::Suspended;
    });
    assert_eq!(office(&disabled), OfficeState::ReducedFunctionality);
}

#[test]
fn r32a_a_shared_mailbox_lives_without_a_license_up_to_its_size() {
    let with = |size_mb| {
        tenant_with(|parts| {
            parts.users[0].data = Some(Box::new(UserData {
                mailbox: Some(Mailbox {
                    shared: true,
                    size_mb,
                    ..Mailbox::default()
                }),
                ..UserData::default()
            }));
        })
    };
    let warned = |tenant: &Tenant| {
        remove(tenant, 1, &["ENTERPRISEPACK"]).outcomes[0]
            .consequences
            .contains(&Consequence::SharedMailboxNeedsLicense)
    };
    assert!(!warned(&with(51_200)));
    assert!(warned(&with(51_201)));
    check_rules(
        &with(51_201),
        &remove(&with(51_201), 1, &["ENTERPRISEPACK"]).changes,
    )
    .unwrap();
}

#[test]
fn r33_blocking_sign_in_frees_no_license() {
    let mut tenant = tenant();
    let decision = tenant.set_sign_in(id(1), false).unwrap();
    commit(&mut tenant, &decision).unwrap();
    assert_eq!(tenant.consumed("ENTERPRISEPACK"), 2);
    assert!(tenant.set_sign_in(id(1), false).unwrap().changes.is_empty());
}

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
fn r37_members_inherit_and_lose_with_their_membership() {
    let mut tenant = tenant();
    let joined = tenant.add_member(id(100), id(4), now()).unwrap();
    assert_eq!(kinds(&joined), [OutcomeKind::Added]);
    let groups = actor(&tenant, "groups");
    tenant.check_rules(&groups, now(), &joined.changes).unwrap();
    commit(&mut tenant, &joined).unwrap();
    assert_eq!(tenant.consumed("ENTERPRISEPACK"), 3);
    // No seat is left: the license is recorded in error.
    let joined = tenant.add_member(id(100), id(5), now()).unwrap();
    commit(&mut tenant, &joined).unwrap();
    let error = |tenant: &Tenant| tenant.user(id(5)).unwrap().licenses[0].error;
    assert_eq!(error(&tenant), Some(AssignmentError::CountViolation));
    assert_eq!(tenant.consumed("ENTERPRISEPACK"), 3);
    let left = tenant.remove_member(id(100), id(4), now()).unwrap();
    commit(&mut tenant, &left).unwrap();
    assert!(tenant.user(id(4)).unwrap().licenses.is_empty());
    let again = tenant.reprocess_group(id(100), now()).unwrap();
    commit(&mut tenant, &again).unwrap();
    assert_eq!(error(&tenant), None);
    assert!(
        tenant
            .reprocess_group(id(100), now())
            .unwrap()
            .changes
            .is_empty()
    );
}

#[test]
fn r37_the_first_members_get_the_seats_and_the_rest_an_error() {
    let mut tenant = tenant();
    for user in 1..=4 {
        let joined = tenant.add_member(id(101), id(user), now()).unwrap();
        commit(&mut tenant, &joined).unwrap();
    }
    let decision = tenant
        .add_group_license(id(101), &sku("SPE_E5"), &["sway".into()], now())
        .unwrap();
    commit(&mut tenant, &decision).unwrap();
    assert_eq!(tenant.consumed("SPE_E5"), 2);
    let failed = |user: &&std::sync::Arc<tenantsh::tenant::User>| {
        user.licenses.iter().any(|own| own.error.is_some())
    };
    assert_eq!(tenant.members(id(101)).filter(failed).count(), 2);
    let decision = tenant
        .remove_group_license(id(101), &sku("SPE_E5"), now())
        .unwrap();
    commit(&mut tenant, &decision).unwrap();
    assert_eq!(tenant.consumed("SPE_E5"), 0);
}

#[test]
fn r38_a_licensed_group_can_not_be_deleted() {
    let mut tenant = tenant();
    let sales = tenant.remove_group(id(100)).unwrap();
    refused(check_rules(&tenant, &sales.changes), "GroupLicensed");
    let joined = tenant.add_member(id(101), id(1), now()).unwrap();
    commit(&mut tenant, &joined).unwrap();
    let staff = tenant.remove_group(id(101)).unwrap();
    commit(&mut tenant, &staff).unwrap();
    refused(tenant.find_group("All staff"), "GroupNotFound");
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

#[test]
fn a_change_is_one_sentence_with_names() {
    let tenant = tenant();
    let changes = remove(&tenant, 1, &["ENTERPRISEPACK"]).changes;
    assert_eq!(
        tenant.describe(&changes[0]),
        "remove Office 365 E3 (ENTERPRISEPACK) from anna@contoso.com"
    );
    assert_eq!(
        changes[0].to_string(),
        "remove ENTERPRISEPACK from user 00000000-0000-0000-0000-000000000001"
    );
    assert_eq!(
        tenant.describe(&changes[1]),
        "disconnect the mailbox, OneDrive of anna@contoso.com"
    );
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
