//! Who may do what (R1-R5).

use tenantsh::diagnostic::{Category, Diagnostic};
use tenantsh::tenant::{Change, Decision, Role};

use super::*;
use crate::support::Rig;

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

/// One row for each who acts: whom they may delete and block, and whose sessions they may revoke.
#[test]
fn r2_r3_upon_whom_an_admin_may_act() {
    use Role::*;
    let unknown = Role::of_directory(Some("SharePoint Administrator"), None).unwrap();
    let targets = [
        vec![],
        vec![DirectoryReaders],
        vec![UserExperienceSuccessManager],
        vec![PasswordAdministrator],
        vec![HelpdeskAdministrator],
        vec![GroupsAdministrator],
        vec![UserAdministrator],
        vec![AuthenticationAdministrator],
        vec![LicenseAdministrator],
        vec![unknown],
        vec![DirectoryReaders, unknown],
        vec![PrivilegedAuthenticationAdministrator],
        vec![GlobalAdministrator],
    ];
    for (by, deletes, revokes) in [
        (GlobalAdministrator, "yyyyyyyyyyyyy", "yyyyyyyyyyyyy"),
        (
            PrivilegedAuthenticationAdministrator,
            "yyyyyyyyyyyyy",
            "yyyyyyyyyyyyy",
        ),
        (UserAdministrator, "yyyyyyy------", "yyyyyyy------"),
        (
            AuthenticationAdministrator,
            "yyyy---y-----",
            "yyyy---y-----",
        ),
        (HelpdeskAdministrator, "-------------", "yyyyy--------"),
        (PasswordAdministrator, "-------------", "yy-y---------"),
        (LicenseAdministrator, "-------------", "-------------"),
        (unknown, "-------------", "-------------"),
    ] {
        let tenant = tenant_with(|parts| {
            parts.organisation.operators[0].roles = vec![by];
            for (n, roles) in targets.iter().enumerate() {
                let mut user = parts.users[0].clone();
                user.id = id(1_000 + n as u128);
                user.upn = format!("t{n}@contoso.com").into();
                user.licenses = [].into();
                user.roles = roles.as_slice().into();
                parts.users.push(user);
            }
        });
        let by = actor(&tenant, "admin");
        let may = |changes: &[Change]| match tenant.check_rules(&by, now(), changes) {
            Ok(_) => 'y',
            Err(refusal) => {
                assert_eq!(refusal.id, "InsufficientPrivileges", "{refusal}");
                '-'
            }
        };
        let of = |decide: &dyn Fn(uuid::Uuid) -> Decision| -> String {
            let ids = (0..targets.len()).map(|n| id(1_000 + n as u128));
            ids.map(|id| may(&decide(id).changes)).collect()
        };
        let deleted = of(&|id| tenant.remove_user(id, false, now()).unwrap());
        let blocked = of(&|id| tenant.set_sign_in(id, false).unwrap());
        let revoked = of(&|id| tenant.revoke_sessions(id, now()).unwrap());
        assert_eq!(
            (&*deleted, &*blocked, &*revoked),
            (deletes, deletes, revokes),
            "{by:?}"
        );
    }
}

#[test]
fn r2_a_user_administrator_renames_nobody_above() {
    let tenant = tenant();
    let users = actor(&tenant, "users");
    let renamed = edit(&tenant, 4, |fields| {
        fields.upn = Some("other@contoso.com".into())
    });
    let refusal = refused(
        tenant.check_rules(&users, now(), &renamed.changes),
        "InsufficientPrivileges",
    );
    assert!(refusal.message.contains("change the UPN"), "{refusal}");
    let moved = edit(&tenant, 4, |fields| fields.city = Some("Visby".into()));
    tenant.check_rules(&users, now(), &moved.changes).unwrap();
}

#[test]
fn r1_taking_oneself_out_warns_and_asks() {
    for line in [
        "Remove-User dee@contoso.com",
        "Block-User dee@contoso.com",
        "Remove-RoleMember 'Global Administrator' dee@contoso.com",
    ] {
        let mut rig = Rig::on(tenant());
        rig.line("Connect-Tenant -As dee@contoso.com");
        let refusal = rig.error(line);
        assert_eq!(refusal.id, "ConfirmationNeeded", "{line}");
        assert!(
            refusal.message.contains("dee@contoso.com is who acts here"),
            "{refusal}"
        );
        let ran = rig.line(&format!("{line} -Confirm:$false"));
        assert!(ran.faults.is_empty(), "{:?}", ran.faults);
        let warned = |own: &Diagnostic| own.id == "TakesOwnRole";
        assert!(ran.log.warnings.iter().any(warned), "{line}");
        // Somebody else may be deleted unasked.
        let mut rig = Rig::on(tenant());
        assert!(rig.line(line).log.warnings.is_empty());
    }
}
