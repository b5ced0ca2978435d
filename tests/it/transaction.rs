//! Several commands as one change: all of it, or nothing.

use tenantsh::session::Policy;

use crate::support::{Rig, sample};

const LEAVER: &str = "Remove-License lukas@contoso.com -All\nBlock-User lukas@contoso.com";

#[test]
fn what_a_transaction_does_is_one_change() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::kept(dir.path());
    let ran = rig.line(&format!("transaction {{\n{LEAVER}\n}}"));
    assert!(ran.faults.is_empty(), "{:?}", ran.faults);
    assert_eq!(ran.column("Outcome"), ["Removed", "Blocked"]);
    assert_eq!(ran.column("Would"), ["", ""]);
    assert_eq!(ran.column("Change"), ["2", "2"]);
    assert_eq!(ran.log.notices.last().unwrap(), "committed as change 2");
    assert_eq!(rig.texts("(Get-Change).Change"), ["2"]);
    drop(rig);
    let mut rig = Rig::kept(dir.path());
    assert_eq!(rig.texts("(Get-User lukas@contoso.com).Enabled"), ["false"]);
    rig.texts("Undo-Change -Last 1");
    assert!(*rig.session.borrow().tenant() == sample());
}

#[test]
fn an_error_takes_all_of_it_back() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::kept(dir.path());
    for (last, id) in [
        ("throw \"no\"", "Thrown"),
        ("Remove-License nobody@contoso.com -All", "UserNotFound"),
        ("Add-License rita* -Sku SPE_E5", "UserNotFound"),
        ("$nothing.Name", "UndefinedVariable"),
        ("Get-User | ForEach-Object { $_.Nope }", "UnknownProperty"),
        ("transaction { throw \"inner\" }", "Thrown"),
    ] {
        let ran = rig.line(&format!("transaction {{\n{LEAVER}\n{last}\n}}"));
        assert_eq!(ran.faults[0].id, id, "{last}: {:?}", ran.faults);
        assert!(ran.values.is_empty(), "{last}: {:?}", ran.values);
        assert!(*rig.session.borrow().tenant() == sample(), "{last}");
    }
    // A record may fail where it is said so.
    let ran = rig.line(&format!(
        "transaction {{ {}; Remove-License nobody@contoso.com -All -ErrorAction Continue }}",
        LEAVER.replace('\n', ";")
    ));
    assert_eq!(ran.column("Outcome"), ["Removed", "Blocked", "Failed"]);
    assert_eq!(rig.texts("(Get-Change).Change"), ["2"]);
    // What is caught outside is taken back all the same.
    let caught =
        "try { transaction { Block-User anna@contoso.com; throw \"no\" } } catch (e) { print(e) }";
    rig.line(caught);
    assert_eq!(rig.texts("(Get-User anna@contoso.com).Enabled"), ["true"]);
}

#[test]
fn its_commands_see_each_other_and_rows_wait() {
    let mut rig = Rig::new();
    let ran = rig.line(
        "transaction {\n let rows = Remove-License anna@contoso.com -All\n rows[0].Outcome;\n (Get-User anna@contoso.com).Licenses.len()\n rows\n}",
    );
    assert!(ran.faults.is_empty(), "{:?}", ran.faults);
    let row = ran.values.last().unwrap();
    assert_eq!(row.member("Outcome").unwrap().to_text(), "Removed");
    let mut rig = Rig::new();
    let texts = rig.texts(
        "transaction { let rows = Remove-License anna@contoso.com -All; `${rows[0].Outcome} ${rows[0].Would} ${(Get-User anna@contoso.com).Licenses.len()}` }",
    );
    assert_eq!(texts, ["Pending Removed 0"]);
}

#[test]
fn a_rehearsal_of_one_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::kept(dir.path());
    let ran = rig.line(&format!("Invoke-Transaction {{\n{LEAVER}\n}} -WhatIf"));
    assert_eq!(ran.column("Outcome"), ["WhatIf", "WhatIf"]);
    assert!(*rig.session.borrow().tenant() == sample());
    assert!(rig.texts("Get-Change").is_empty());
    let policy = Policy {
        what_if: true,
        ..Policy::default()
    };
    drop(rig);
    let mut rig = Rig::kept_with(dir.path(), policy);
    let ran = rig.line(&format!("transaction {{\n{LEAVER}\n}}"));
    assert_eq!(ran.column("Would"), ["Removed", "Blocked"]);
}

#[test]
fn others_may_commit_meanwhile_but_not_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let mut one = Rig::kept(dir.path());
    let mut other = Rig::kept(dir.path());
    other.texts("Block-User anna@contoso.com");
    let ran = one.line(&format!("transaction {{\n{LEAVER}\n}}"));
    assert_eq!(ran.column("Outcome"), ["Removed", "Blocked"]);
    assert_eq!(one.texts("(Get-User anna@contoso.com).Enabled"), ["false"]);

    let mut late = Rig::kept(dir.path());
    one.texts("Remove-License bob@contoso.com -All");
    let before = one.texts("(Get-Change).Change");
    let ran = late
        .line("transaction { Block-User erik@contoso.com; Remove-License bob@contoso.com -All }");
    assert_eq!(ran.faults[0].id, "TransactionOvertaken");
    assert_eq!(one.texts("(Get-Change).Change"), before);
    assert_eq!(late.texts("(Get-User erik@contoso.com).Enabled"), ["true"]);
    let licenses = "(Get-User bob@contoso.com).Licenses";
    assert_eq!(late.texts(licenses), one.texts(licenses), "theirs is seen");
}

#[test]
fn nothing_reaches_the_disk_from_inside() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::kept(dir.path());
    rig.line("Set-User anna@contoso.com -City Oslo");
    let before = std::fs::read(dir.path().join("tenant.yaml")).unwrap();
    let ran = rig.script(
        "try { transaction { Block-User anna@contoso.com; Save-Tenant; print(\"saved\") } } catch (e) { print(e) }",
    );
    assert!(ran.faults.is_empty(), "{:?}", ran.faults);
    assert!(ran.texts()[0].contains("inside a transaction"), "{ran:?}");
    assert_eq!(
        std::fs::read(dir.path().join("tenant.yaml")).unwrap(),
        before
    );
    assert_eq!(
        rig.error("transaction { Block-User anna@contoso.com; Save-Tenant }")
            .id,
        "InTransaction"
    );
    // A rehearsal may say it, for it writes nothing.
    rig.session.borrow_mut().policy.what_if = true;
    assert_eq!(
        rig.line("transaction { Save-Tenant }").column("Outcome"),
        ["NothingDone"]
    );
    rig.session.borrow_mut().policy.what_if = false;
    assert_eq!(rig.texts("(Save-Tenant).Outcome"), ["Written"]);
    drop(rig);
    let mut rig = Rig::kept(dir.path());
    assert_eq!(rig.texts("(Get-User anna@contoso.com).Enabled"), ["true"]);
    assert_eq!(rig.texts("(Get-User anna@contoso.com).City"), ["Oslo"]);
}
