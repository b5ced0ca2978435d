//! Every change can be taken back exactly, refuses a tenant that it doesn't fit, and keeps its written form.

use proptest::prelude::*;
use tenantsh::tenant::{
    Assignment, AssignmentError, Change, DataKind, LicenseImage, Role, Tenant, UserFields,
};

use crate::tenants::*;

/// Changes of which some fit the tenant and some don't.
fn change() -> impl Strategy<Value = Change> {
    let user = (1u128..7).prop_map(id);
    let group = (100u128..103).prop_map(id);
    let skus = ["ENTERPRISEPACK", "SPE_E5", "POWER_BI_PRO", "NOPE"];
    let sku = prop::sample::select(skus.to_vec()).prop_map(sku);
    let plans = prop::sample::subsequence(vec!["SWAY", "TEAMS1", "YAMMER_ENTERPRISE"], 0..3)
        .prop_map(|list| list.into_iter().map(crate::tenants::sku).collect());
    let error = prop::option::of(Just(AssignmentError::CountViolation));
    let role = prop::sample::select(Role::ALL.to_vec());
    (
        user,
        group,
        sku,
        plans,
        error,
        role,
        0usize..18,
        any::<bool>(),
    )
        .prop_map(
            |(user, group, sku, plans, error, role, which, flag): (
                _,
                _,
                _,
                std::sync::Arc<[_]>,
                _,
                _,
                _,
                _,
            )| {
                let through = flag.then_some(group);
                match which {
                    0 | 1 => Change::LicenseAssigned {
                        user,
                        sku,
                        group: through,
                        disabled: plans,
                        error,
                    },
                    2 | 3 => Change::LicenseRemoved {
                        user,
                        sku,
                        group: through,
                        was: LicenseImage {
                            disabled: plans,
                            error,
                        },
                    },
                    4 => Change::PlansSwitched {
                        user,
                        sku,
                        group: through,
                        was: [].into(),
                        now: plans,
                    },
                    5 => Change::UserDeleted { user, at: now() },
                    6 => Change::UserRestored { user, was: now() },
                    7 => Change::SignInBlocked { user },
                    8 => Change::SignInAllowed { user },
                    9 => Change::RoleAssigned { user, role },
                    10 => Change::RoleRemoved { user, role },
                    11 => Change::MemberAdded { group, user },
                    12 => Change::MemberRemoved { group, user },
                    13 => Change::DataClockStarted {
                        user,
                        at: now(),
                        data: [DataKind::Mailbox].into(),
                    },
                    14 => Change::DataClockStopped {
                        user,
                        was: now(),
                        data: [DataKind::Mailbox].into(),
                    },
                    15 => Change::SessionsRevoked {
                        user,
                        was: None,
                        now: Some(now()),
                    },
                    16 => Change::UserEdited {
                        user,
                        was: Box::default(),
                        now: Box::new(UserFields {
                            department: Some(sku),
                            ..UserFields::default()
                        }),
                    },
                    _ => Change::LicenseErrorChanged {
                        user,
                        sku,
                        group,
                        was: None,
                        now: error,
                    },
                }
            },
        )
}

proptest! {
    #[test]
    fn a_change_is_taken_back_exactly_or_refused_without_a_trace(
        changes in prop::collection::vec(change(), 1..40)
    ) {
        let mut tenant = tenant();
        let mut done: Vec<(Tenant, Change)> = Vec::new();
        for change in changes {
            let before = tenant.clone();
            match tenant.apply(&change) {
                Ok(()) => {
                    prop_assert_eq!(change.clone().inverse().inverse(), change.clone());
                    done.push((before, change));
                }
                Err(fault) => {
                    prop_assert_eq!(fault.id, "JournalMismatch");
                    prop_assert!(tenant == before);
                }
            }
            prop_assert!(Tenant::new(tenant.parts()).is_ok_and(|read| read == tenant));
        }
        for (before, change) in done.into_iter().rev() {
            prop_assert!(tenant.apply(&change.inverse()).is_ok());
            prop_assert!(tenant == before);
        }
    }

    #[test]
    fn a_written_change_reads_back_the_same(change in change()) {
        let text = serde_yaml::to_string(&change).unwrap();
        prop_assert_eq!(serde_yaml::from_str::<Change>(&text).unwrap(), change);
    }
}

#[test]
fn a_user_is_added_and_purged_exactly() {
    let mut tenant = tenant();
    let before = tenant.clone();
    let mut user = tenantsh::tenant::User::new(id(9), "new@contoso.com", "New");
    user.licenses = [Assignment::direct(sku("SPE_E5"))].into();
    let add = Change::UserAdded {
        now: Box::new(user),
    };
    tenant.apply(&add).unwrap();
    assert_eq!(tenant.consumed("SPE_E5"), 1);
    assert!(tenant.apply(&add).is_err());
    tenant.apply(&add.inverse()).unwrap();
    assert!(tenant == before);
    let anna = tenant.user(id(1)).unwrap();
    let purge = Change::UserPurged {
        was: Box::new((**anna).clone()),
    };
    tenant.apply(&purge).unwrap();
    assert_eq!(tenant.consumed("ENTERPRISEPACK"), 1);
    assert_eq!(
        &*tenant.find_user("eli@contoso.com").unwrap().display_name,
        "Eli Gran"
    );
    tenant.apply(&purge.inverse()).unwrap();
    assert!(tenant == before);
}

#[test]
fn the_written_forms_stay() {
    for text in [
        "{do: license_assigned, user: 00000000-0000-0000-0000-000000000001, sku: SPE_E5}",
        "{do: license_removed, user: 00000000-0000-0000-0000-000000000001, sku: SPE_E5, was: {}}",
        "{do: plans_switched, user: 00000000-0000-0000-0000-000000000001, sku: SPE_E5, was: [], now: [SWAY]}",
        "{do: user_edited, user: 00000000-0000-0000-0000-000000000001, was: {}, now: {department: IT}}",
        "{do: user_deleted, user: 00000000-0000-0000-0000-000000000001, at: 2026-11-24T09:00:00Z}",
        "{do: data_clock_started, user: 00000000-0000-0000-0000-000000000001, at: 2026-11-24T09:00:00Z, data: [mailbox, onedrive]}",
        "{do: subscription_changed, sku: SPE_E5, nth: 0, was: {seats: 5, status: Enabled}, now: {seats: 6, status: Enabled}}",
        "{do: clock_moved, was: 0, now: 86400}",
    ] {
        let change: Change = serde_yaml::from_str(text).unwrap();
        let written = serde_yaml::to_value(&change).unwrap();
        assert_eq!(
            written,
            serde_yaml::from_str::<serde_yaml::Value>(text).unwrap()
        );
    }
    assert!(
        serde_yaml::from_str::<Change>("{do: clock_moved, was: 0, now: 1, colour: red}").is_err()
    );
}
