//! What happens by the clock alone, and to mailboxes and files without a license (R24, R27, R31, R32a, R32b, R35).

use tenantsh::tenant::{
    AppliesTo, Change, Consequence, Mailbox, MailboxState, OneDrive, OnedriveState,
    SubscriptionStatus, UserData,
};

use super::*;

fn told(decision: &Decision) -> String {
    let rows = decision.outcomes.iter().flat_map(|row| &row.consequences);
    let all = rows.chain(&decision.consequences);
    all.map(|one| format!("{one}; ")).collect()
}

fn with_mailbox(mailbox: Mailbox, licensed: bool) -> Tenant {
    tenant_with(|parts| {
        if !licensed {
            parts.users[0].licenses = [].into();
        }
        parts.users[0].data = Some(Box::new(UserData {
            mailbox: Some(mailbox),
            phone_number: Some("+46 8 1".into()),
            ..UserData::default()
        }));
    })
}

#[test]
fn r32a_a_mailbox_without_a_license_can_not_become_a_shared_one() {
    let lost = Mailbox {
        disconnected: Some(now()),
        ..Mailbox::default()
    };
    let tenant = with_mailbox(lost.clone(), false);
    let shared = Mailbox {
        shared: true,
        ..lost
    };
    let refusal = refused(
        tenant.set_mailbox(id(1), shared, now()),
        "MailboxNeedsLicense",
    );
    assert!(
        refusal
            .hint
            .clone()
            .unwrap()
            .contains("Add-License anna@contoso.com -Sku ENTERPRISEPACK")
    );
}

#[test]
fn r32a_a_shared_mailbox_that_becomes_a_users_own_needs_a_license_from_then_on() {
    let shared = Mailbox {
        shared: true,
        size_mb: 7,
        ..Mailbox::default()
    };
    let mut tenant = with_mailbox(shared.clone(), false);
    let own = Mailbox {
        shared: false,
        ..shared
    };
    let decision = tenant.set_mailbox(id(1), own, now()).unwrap();
    assert!(told(&decision).contains("disconnected and deleted after 2026-12-24"));
    commit(&mut tenant, &decision).unwrap();
    let state = |tenant: &Tenant, at| tenant.mailbox_state(tenant.user(id(1)).unwrap(), at);
    assert!(matches!(
        state(&tenant, now()),
        MailboxState::Disconnected { .. }
    ));
    assert_eq!(state(&tenant, days(31)), MailboxState::Deleted);
}

#[test]
fn r32a_r32b_what_a_deletion_takes_with_it_is_told() {
    let tenant = with_mailbox(
        Mailbox {
            shared: true,
            forwards_to: Some("bo@contoso.com".into()),
            ..Mailbox::default()
        },
        true,
    );
    let told = told(&tenant.remove_user(id(1), false, now()).unwrap());
    for part in [
        "the shared mailbox hangs on the account",
        "mail is no longer forwarded to bo@contoso.com",
        "the phone number +46 8 1 is released",
    ] {
        assert!(told.contains(part), "{told}");
    }
}

#[test]
fn r27_with_delicensing_resiliency_the_mailbox_works_on_and_is_told_so() {
    let mut tenant = with_mailbox(
        Mailbox {
            size_mb: 1,
            ..Mailbox::default()
        },
        true,
    );
    let mut settings = tenant.organisation().clone();
    settings.delicensing_resiliency = true;
    let decision = tenant.edit_organisation(settings).unwrap();
    // Microsoft offers it above a number of seats.
    assert_eq!(decision.warnings[0].id, "DelicensingResiliencyThreshold");
    commit(&mut tenant, &decision).unwrap();
    let told = told(&remove(&tenant, 1, &["ENTERPRISEPACK"]));
    assert!(
        told.contains("works and can be searched until 2026-12-24"),
        "{told}"
    );
    assert!(
        told.contains("disconnected and deleted after 2027-01-23"),
        "{told}"
    );
    assert!(!told.contains("eDiscovery"), "{told}");
}

#[test]
fn r31_an_unlicensed_onedrive_ends_unless_it_is_paid_for_or_held() {
    let build = |archive: bool, hold: bool| {
        tenant_with(|parts| {
            parts.organisation.onedrive_archive = archive;
            parts.users[0].licenses = [].into();
            parts.users[0].data = Some(Box::new(UserData {
                onedrive: Some(OneDrive {
                    size_mb: 9,
                    unlicensed: Some(now()),
                    deleted: None,
                }),
                mailbox: hold.then(|| Mailbox {
                    litigation_hold: Some(now()),
                    ..Mailbox::default()
                }),
                ..UserData::default()
            }));
        })
    };
    let state = |tenant: &Tenant, at| tenant.onedrive_state(tenant.user(id(1)).unwrap(), at);
    for (archive, hold, at, expected) in [
        (false, false, 59, "Unlicensed"),
        (false, false, 61, "ReadOnly"),
        (false, false, 94, "RecycleBin"),
        (false, false, 187, "Deleted"),
        (true, false, 800, "Archived"),
        (false, true, 800, "Archived"),
    ] {
        let is = format!("{:?}", state(&build(archive, hold), days(at)));
        assert!(is.starts_with(expected), "day {at}: {is}");
    }
    // What was deleted stays deleted.
    let mut tenant = build(false, false);
    let decision = tenant
        .add_licenses(
            id(1),
            Addition {
                skus: &[sku("ENTERPRISEPACK")],
                ..Addition::default()
            },
            days(200),
        )
        .unwrap();
    assert!(
        decision
            .changes
            .iter()
            .any(|change| matches!(change, Change::OnedriveChanged { .. }))
    );
    commit_at(&mut tenant, &decision, days(200)).unwrap();
    assert_eq!(state(&tenant, days(200)), OnedriveState::Active);
    let told = told(&remove(
        &with_mailbox(Mailbox::default(), true),
        1,
        &["ENTERPRISEPACK"],
    ));
    assert!(
        told.contains("goes to the recycle bin on 2027-02-25"),
        "{told}"
    );
}

#[test]
fn r35_a_subscription_ends_by_the_clock_alone() {
    let tenant = tenant_with(|parts| {
        parts.products[1].subscriptions[0].renews = Some(days(10));
        parts.users[0].licenses = [].into();
    });
    let changes = add(&tenant, 1, &["SPE_E5"]).changes;
    let at = |day| tenant.check_rules(&actor(&tenant, "admin"), days(day), &changes);
    let free = |day| tenant.seats_at("SPE_E5", days(day)).free;
    at(9).unwrap();
    at(39).unwrap();
    refused(at(41), "SubscriptionDisabled");
    refused(at(200), "SubscriptionDisabled");
    assert_eq!([free(9), free(39), free(41), free(200)], [2, 2, 0, 0]);
    let status = |day| tenant.products()[1].subscriptions[0].status_at(days(day));
    assert_eq!(
        [status(9), status(11), status(41), status(131)],
        [
            SubscriptionStatus::Enabled,
            SubscriptionStatus::Warning,
            SubscriptionStatus::Suspended,
            SubscriptionStatus::Deleted
        ]
    );
}

#[test]
fn r21_r22_what_nobody_can_be_given_no_group_can_give() {
    let tenant = tenant_with(|parts| {
        parts.products[6].applies_to = AppliesTo::Company;
        parts.products[1].subscriptions[0].status = SubscriptionStatus::Suspended;
    });
    for (product, id_of) in [
        ("POWER_BI_PRO", "CompanySku"),
        ("SPE_E5", "SubscriptionDisabled"),
    ] {
        let decision = tenant
            .add_group_license(id(101), &sku(product), &[], now())
            .unwrap();
        refused(check_rules(&tenant, &decision.changes), id_of);
    }
}

#[test]
fn r24_a_restored_user_has_the_upn_from_before_the_deletion() {
    let mangled = format!("{}anna@contoso.com", id(1).simple());
    let mut tenant = tenant_with(|parts| {
        parts.users[0].upn = mangled.as_str().into();
        parts.users[0].deleted = Some(now().into());
    });
    assert_eq!(tenant.find_deleted_user(ANNA).unwrap().id, id(1));
    let decision = tenant.restore_user(id(1), None, false, now()).unwrap();
    commit(&mut tenant, &decision).unwrap();
    assert_eq!(tenant.user(id(1)).unwrap().upn, ANNA);
}

#[test]
fn r24_restoring_without_licenses_frees_no_seat() {
    let tenant = tenant_with(|parts| parts.users[0].deleted = Some(now().into()));
    let decision = tenant.restore_user(id(1), None, true, now()).unwrap();
    assert!(decision.outcomes.iter().all(|row| !row.seat_freed));
    assert!(
        !decision
            .consequences
            .iter()
            .any(|own| matches!(own, Consequence::SeatsTaken { .. }))
    );
}
