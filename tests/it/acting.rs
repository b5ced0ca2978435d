//! Who acts is asked again at every change, and the journal bears the name of who did it.

use crate::support::Rig;

/// Runs a line of which nothing may fail.
fn run(rig: &mut Rig, line: &str) {
    let ran = rig.line(line);
    assert!(ran.faults.is_empty(), "{line}: {:?}", ran.faults);
    assert!(ran.log.errors.is_empty(), "{line}: {:?}", ran.log.errors);
}

fn fault(rig: &mut Rig, line: &str) -> &'static str {
    let ran = rig.line(line);
    ran.faults.first().map_or("", |fault| fault.id)
}

#[test]
fn a_role_that_another_shell_takes_ends_what_it_allowed() {
    for take in [
        "Remove-RoleMember 'User Administrator' lukas@contoso.com",
        "Block-User lukas@contoso.com",
        "Remove-User lukas@contoso.com",
    ] {
        let dir = tempfile::tempdir().unwrap();
        let (mut one, mut two) = (Rig::kept(dir.path()), Rig::kept(dir.path()));
        run(
            &mut two,
            "Add-RoleMember 'User Administrator' lukas@contoso.com",
        );
        one.session.borrow_mut().refresh().unwrap();
        run(&mut one, "Connect-Tenant -As lukas@contoso.com");
        run(&mut one, "Set-User anna@contoso.com -City Lund");
        run(&mut two, take);
        // A script that was under way meets it at its next change.
        let id = fault(&mut one, "Set-User anna@contoso.com -City Oslo");
        assert!(!id.is_empty(), "{take}");
        assert_eq!(
            one.texts("(Get-User anna@contoso.com).City"),
            ["Lund"],
            "{take}"
        );
        assert!(!fault(&mut one, "Set-User anna@contoso.com -City Oslo").is_empty());
    }
}

#[test]
fn who_takes_their_own_role_is_signed_out() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::kept(dir.path());
    run(
        &mut rig,
        "Add-RoleMember 'Global Administrator' erik@contoso.com",
    );
    run(&mut rig, "Connect-Tenant -As erik@contoso.com");
    let ran = rig.line("Remove-RoleMember 'Global Administrator' erik@contoso.com -Force");
    assert!(ran.faults.is_empty(), "{:?}", ran.faults);
    assert!(
        ran.log.warnings.iter().any(|told| told.id == "SignedOut"),
        "{:?}",
        ran.log
    );
    assert_eq!(
        fault(&mut rig, "Set-User anna@contoso.com -City Oslo"),
        "InsufficientPrivileges"
    );
    assert_eq!(rig.texts("(Get-Change -Last 1).By"), ["erik@contoso.com"]);
}

#[test]
fn a_new_name_is_no_other_admin() {
    let mut rig = Rig::new();
    run(
        &mut rig,
        "Add-RoleMember 'Global Administrator' lukas@contoso.com",
    );
    run(&mut rig, "Connect-Tenant -As lukas@contoso.com");
    run(
        &mut rig,
        "Set-User lukas@contoso.com -NewUserPrincipalName lukas.n@contoso.com",
    );
    run(&mut rig, "Set-User anna@contoso.com -City Oslo");
}

#[test]
fn another_admin_cannot_commit_what_waits_in_a_transaction() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::kept(dir.path());
    run(&mut rig, "Add-RoleMember 'Reports Reader' erik@contoso.com");
    let line =
        "transaction { Set-User anna@contoso.com -City Oslo; Connect-Tenant -As erik@contoso.com }";
    assert_eq!(fault(&mut rig, line), "InTransaction");
    let first = "transaction { Connect-Tenant -As erik@contoso.com }";
    run(&mut rig, first);
    // A role that is given up in a transaction comes back with it.
    run(&mut rig, "Connect-Tenant -As admin");
    run(
        &mut rig,
        "Add-RoleMember 'Global Administrator' erik@contoso.com",
    );
    run(&mut rig, "Connect-Tenant -As erik@contoso.com");
    let line = "transaction { Block-User erik@contoso.com -Force; throw \"no\" }";
    assert_eq!(fault(&mut rig, line), "Thrown");
    run(&mut rig, "Set-User anna@contoso.com -City Oslo");
    run(
        &mut rig,
        "transaction { Set-User anna@contoso.com -City Lund; Remove-RoleMember 'Global Administrator' erik@contoso.com -Force }",
    );
    assert_eq!(rig.texts("(Get-Change -Last 1).By"), ["erik@contoso.com"]);
}

#[test]
fn the_stores_own_notes_name_the_acting_admin() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::kept(dir.path());
    run(
        &mut rig,
        "Add-RoleMember 'Global Administrator' erik@contoso.com",
    );
    run(&mut rig, "Connect-Tenant -As erik@contoso.com");
    run(&mut rig, "Set-User anna@contoso.com -City Oslo");
    run(&mut rig, "Save-Tenant");
    let journal = std::fs::read_to_string(dir.path().join("journal.yaml")).unwrap();
    let notes: Vec<_> = journal
        .split("--- # ")
        .filter(|record| record.contains("\ncheckpoint:") || record.contains("\ninstalled:"))
        .skip(1)
        .collect();
    assert_eq!(notes.len(), 2, "{journal}");
    assert!(
        notes
            .iter()
            .all(|note| note.contains("\nby: erik@contoso.com\n")),
        "{notes:?}"
    );
}
