//! Groups as Microsoft has them: dynamic, synchronised, with several products, and with what depends on them (R37).

use tenantsh::tenant::{Assignment, AssignmentError, OutcomeKind, Tenant};

use super::*;

fn errors(tenant: &Tenant, user: u128) -> Vec<(String, Option<AssignmentError>)> {
    let user = tenant.user(id(user)).unwrap();
    let of = |own: &Assignment| (own.sku.to_string(), own.error);
    user.licenses.iter().map(of).collect()
}

#[test]
fn members_of_dynamic_and_synchronised_groups_are_not_changed_here() {
    for (rule, synced, refusal_id) in [
        (Some("user.department -eq \"Sales\""), false, "DynamicGroup"),
        (None, true, "SyncedGroup"),
    ] {
        let tenant = tenant_with(|parts| {
            parts.groups[0].membership_rule = rule.map(Into::into);
            parts.groups[0].synced = synced;
        });
        let added = tenant.add_member(id(100), id(1), now()).unwrap();
        refused(check_rules(&tenant, &added.changes), refusal_id);
        let removed = tenant.remove_member(id(100), id(2), now()).unwrap();
        refused(check_rules(&tenant, &removed.changes), refusal_id);
        // Its licenses can be changed, and that is the cure for what comes through it.
        let skus = [sku("ENTERPRISEPACK")];
        let strict = tenant.remove_licenses(id(2), Removal::Skus(&skus), true, now());
        let hint = refused(strict, "InheritedLicense").hint.clone().unwrap();
        assert!(
            hint.contains("Remove-GroupLicense Sales -Sku ENTERPRISEPACK"),
            "{hint}"
        );
        assert!(!hint.contains("Remove-GroupMember"), "{hint}");
        let gone = tenant
            .remove_group_license(id(100), &skus[0], now())
            .unwrap();
        check_rules(&tenant, &gone.changes).unwrap();
    }
}

#[test]
fn r37_a_group_gives_a_member_all_its_products_or_none() {
    let mut tenant = tenant_with(|parts| {
        parts.groups[0]
            .licenses
            .push(tenantsh::tenant::GroupLicense {
                sku: sku("POWER_BI_PRO"),
                disabled: Vec::new(),
            });
        parts.products[6].subscriptions[0].seats = 0;
        parts.users[0].licenses = [].into();
    });
    let decision = tenant.add_member(id(100), id(1), now()).unwrap();
    commit(&mut tenant, &decision).unwrap();
    assert_eq!(
        errors(&tenant, 1),
        [
            ("ENTERPRISEPACK".to_owned(), Some(AssignmentError::Other)),
            (
                "POWER_BI_PRO".to_owned(),
                Some(AssignmentError::CountViolation)
            ),
        ]
    );
    assert_eq!(tenant.seats("ENTERPRISEPACK").consumed, 1, "only bo's");
    // With seats for both, both come.
    let bought = tenant.set_seats(&sku("POWER_BI_PRO"), 2);
    assert!(bought.is_ok());
    commit(&mut tenant, &bought.unwrap()).unwrap();
    let decision = tenant.reprocess_user(id(1), now()).unwrap();
    commit(&mut tenant, &decision).unwrap();
    assert!(errors(&tenant, 1).iter().all(|(_, error)| error.is_none()));
}

#[test]
fn r37_an_add_on_and_what_it_needs_are_in_one_group() {
    let tenant = tenant();
    let alone = tenant
        .add_group_license(id(101), &sku("WORKPLACE_ANALYTICS"), &[], now())
        .unwrap();
    let refusal = refused(check_rules(&tenant, &alone.changes), "DependencyViolation");
    let hint = refusal.hint.clone().unwrap();
    assert!(
        hint.contains("Add-GroupLicense 'All staff' -Sku ENTERPRISEPACK, WORKPLACE_ANALYTICS"),
        "{hint}"
    );
    // Beside it, it may come; and what it needs may then not go alone.
    let mut tenant = tenant;
    let beside = tenant
        .add_group_license(id(100), &sku("WORKPLACE_ANALYTICS"), &[], now())
        .unwrap();
    commit(&mut tenant, &beside).unwrap();
    let gone = tenant
        .remove_group_license(id(100), &sku("ENTERPRISEPACK"), now())
        .unwrap();
    let refusal = refused(check_rules(&tenant, &gone.changes), "DependencyViolation");
    assert!(
        refusal
            .hint
            .clone()
            .unwrap()
            .contains("Remove-GroupLicense Sales -Sku WORKPLACE_ANALYTICS, ENTERPRISEPACK")
    );
}

#[test]
fn r37_what_others_depend_on_stays_with_the_member_and_says_so() {
    let build = || {
        tenant_with(|parts| {
            let mut licenses = parts.users[1].licenses.to_vec();
            licenses.push(Assignment::direct(sku("WORKPLACE_ANALYTICS")));
            parts.users[1].licenses = licenses.into();
        })
    };
    let stays = Some(AssignmentError::DependencyViolation.active());
    let mut tenant = build();
    let decision = tenant
        .remove_group_license(id(100), &sku("ENTERPRISEPACK"), now())
        .unwrap();
    assert_eq!(kinds(&decision), [OutcomeKind::ErrorChanged]);
    commit(&mut tenant, &decision).unwrap();
    assert_eq!(errors(&tenant, 2)[0], ("ENTERPRISEPACK".to_owned(), stays));
    assert_eq!(tenant.seats("ENTERPRISEPACK").consumed, 2);
    assert!(
        tenant.breaches(now()).is_empty(),
        "{:?}",
        tenant.breaches(now())
    );
    // The group deleted, the license is the user's own.
    let mut deleted = tenant.clone();
    let decision = deleted.remove_group(id(100)).unwrap();
    commit(&mut deleted, &decision).unwrap();
    let bo = deleted.user(id(2)).unwrap();
    assert!(
        bo.direct()
            .any(|own| *own.sku == *"ENTERPRISEPACK" && own.error.is_none())
    );
    // The dependent one gone, working it out again takes the rest.
    let decision = remove(&tenant, 2, &["WORKPLACE_ANALYTICS"]);
    commit(&mut tenant, &decision).unwrap();
    let decision = tenant.reprocess_user(id(2), now()).unwrap();
    commit(&mut tenant, &decision).unwrap();
    assert!(errors(&tenant, 2).is_empty());
    // The same for who leaves the group, and comes back.
    let mut tenant = build();
    let decision = tenant.remove_member(id(100), id(2), now()).unwrap();
    commit(&mut tenant, &decision).unwrap();
    assert_eq!(errors(&tenant, 2)[0].1, stays);
    let decision = tenant.add_member(id(100), id(2), now()).unwrap();
    commit(&mut tenant, &decision).unwrap();
    assert_eq!(errors(&tenant, 2)[0].1, None);
}
