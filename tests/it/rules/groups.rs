//! Groups (R37, R38), and the tenant as a whole.

use tenantsh::tenant::{AssignmentError, OutcomeKind, Tenant};

use super::*;

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
