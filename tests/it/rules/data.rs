//! What becomes of data (R27-R32b).

use tenantsh::tenant::{
    Addition, Consequence, Mailbox, MailboxState, OfficeState, OnedriveState, SubscriptionStatus,
    Tenant, TenantData, UserData,
};

use super::*;

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
    let until = days(93 + 93);
    assert_eq!(
        state(&tenant, days(93)),
        OnedriveState::RecycleBin { until }
    );
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
    let office = |tenant: &Tenant| tenant.office_state(tenant.user(id(1)).unwrap(), now());
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
