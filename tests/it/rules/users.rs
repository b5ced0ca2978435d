//! Users come, go and come back (R23-R26, R33).

use tenantsh::tenant::{Location, OutcomeKind, Removal, UserFields};

use super::*;

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
fn r33_blocking_sign_in_frees_no_license() {
    let mut tenant = tenant();
    let decision = tenant.set_sign_in(id(1), false).unwrap();
    commit(&mut tenant, &decision).unwrap();
    assert_eq!(tenant.consumed("ENTERPRISEPACK"), 2);
    assert!(tenant.set_sign_in(id(1), false).unwrap().changes.is_empty());
}
