//! Who may do what (R1-R5).

use tenantsh::diagnostic::Category;

use super::*;

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
