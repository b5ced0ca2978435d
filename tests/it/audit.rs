//! Save-Tenant, Test-Tenant, Get-Change and Compare-Tenant on files: damage, lost files, hand edits, several shells.

use std::fs;
use std::path::Path;

use tenantsh::session::Policy;

use crate::store::{commit, create, open, removal, tenant};
use crate::support::Rig;

/// `check: result` of every row.
fn checks(rig: &mut Rig, line: &str) -> Vec<String> {
    let ran = rig.line(line);
    assert!(ran.faults.is_empty(), "{:?}", ran.faults);
    let rows = ran.column("Check").into_iter().zip(ran.column("Result"));
    rows.map(|(check, result)| format!("{check}: {result}"))
        .collect()
}

fn verdicts(dir: &Path) -> Vec<String> {
    let mut rig = Rig::new();
    checks(&mut rig, &format!("Test-Tenant '{}'", dir.display()))
}

fn detail(dir: &Path, check: &str) -> String {
    let mut rig = Rig::new();
    let line = format!(
        "Test-Tenant '{}' | Where-Object Check -eq {check} | Select-Object -ExpandProperty Detail",
        dir.display()
    );
    rig.texts(&line).join("\n")
}

fn change(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// A tenant whose journal is in several files: three commits, each in a file of its own.
fn rotated(dir: &Path) {
    create(dir, &tenant(6));
    let mut one = open(dir);
    one.store.rotate_at(0);
    for n in [1, 2, 3] {
        commit(&mut one.store, n);
        one.tenant.apply(&removal(n)).unwrap();
        let mut guard = one.store.lock(&mut |_| {}).unwrap();
        guard.checkpoint(&one.tenant, crate::store::now()).unwrap();
    }
}

#[test]
fn a_sound_tenant_passes_across_its_files() {
    let dir = tempfile::tempdir().unwrap();
    rotated(dir.path());
    let found = verdicts(dir.path());
    assert_eq!(
        found[..4],
        [
            "Shape: Passed",
            "Snapshot: Passed",
            "Journal: Passed",
            "History: Passed"
        ]
    );
    assert!(detail(dir.path(), "History").starts_with("3 changes taken back to the beginning"));
    assert!(detail(dir.path(), "Journal").starts_with("10 records"));
}

#[test]
fn a_flipped_byte_in_an_old_file_is_found() {
    let dir = tempfile::tempdir().unwrap();
    rotated(dir.path());
    change(&dir.path().join("journal-1.yaml"), "by: admin", "by: nimda");
    let mut rig = Rig::new();
    let line = format!("Test-Tenant '{}'", dir.path().display());
    let found = checks(&mut rig, &line);
    assert_eq!(found[2..4], ["Journal: Failed", "History: Skipped"]);
    assert_eq!(
        rig.session.borrow().failed,
        1,
        "a script sees it in the exit code"
    );
    let said = detail(dir.path(), "Journal");
    assert!(
        said.contains("journal-1.yaml: record 1 is damaged"),
        "{said}"
    );
}

#[test]
fn a_lost_file_is_told_and_what_is_left_still_serves() {
    let dir = tempfile::tempdir().unwrap();
    rotated(dir.path());
    fs::remove_file(dir.path().join("journal-1.yaml")).unwrap();
    assert_eq!(
        verdicts(dir.path())[1..4],
        ["Snapshot: Passed", "Journal: Failed", "History: Passed"]
    );
    assert!(detail(dir.path(), "Journal").contains("the records 1 to 2 are missing"));
    let opened = open(dir.path());
    assert_eq!(opened.store.entries(0).unwrap().len(), 2);
    assert_eq!(opened.past(1).err().unwrap().id, "StoreDamaged");
    assert_eq!(opened.past(opened.store.end_seq()).unwrap(), opened.tenant);
    // One in the middle breaks the chain.
    let middle = tempfile::tempdir().unwrap();
    rotated(middle.path());
    fs::remove_file(middle.path().join("journal-3.yaml")).unwrap();
    assert_eq!(verdicts(middle.path())[2], "Journal: Failed");
}

#[test]
fn records_that_the_snapshot_needs_are_missed() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(6));
    let first = fs::read_to_string(dir.path().join("tenant.yaml")).unwrap();
    let mut one = open(dir.path());
    one.store.rotate_at(0);
    commit(&mut one.store, 1);
    one.tenant.apply(&removal(1)).unwrap();
    let mut guard = one.store.lock(&mut |_| {}).unwrap();
    guard.checkpoint(&one.tenant, crate::store::now()).unwrap();
    drop(guard);
    fs::write(
        dir.path().join("tenant.yaml"),
        first.replace("User 5", "Five"),
    )
    .unwrap();
    fs::remove_file(dir.path().join("journal-1.yaml")).unwrap();
    let opened = open(dir.path());
    let read_only_reason = opened.store.read_only_reason().unwrap();
    assert_eq!(read_only_reason.id, "StoreDamaged");
    assert!(
        read_only_reason.message.contains("missing"),
        "{}",
        read_only_reason.message
    );
}

#[test]
fn a_broken_edit_is_shown_in_its_place() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(3));
    change(
        &dir.path().join("tenant.yaml"),
        "display_name: User 2",
        "display_name:",
    );
    assert_eq!(verdicts(dir.path())[0], "Shape: Failed");
    assert!(detail(dir.path(), "Shape").contains("tenant.yaml:22:3: display_name has no value"));
}

#[test]
fn a_past_before_a_hand_edit_is_not_made_up() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(3));
    let mut one = open(dir.path());
    commit(&mut one.store, 1);
    one.tenant.apply(&removal(1)).unwrap();
    let mut guard = one.store.lock(&mut |_| {}).unwrap();
    guard.checkpoint(&one.tenant, crate::store::now()).unwrap();
    drop(guard);
    change(&dir.path().join("tenant.yaml"), "User 2", "Two");
    // Seen, not yet noted.
    let mut two = open(dir.path());
    assert_eq!(two.past(2).err().unwrap().id, "HandEdited");
    assert!(detail(dir.path(), "Snapshot").contains("changed by hand"));
    let before = two.tenant.clone();
    let number = commit(&mut two.store, 2);
    // Noted.
    let three = open(dir.path());
    assert_eq!(three.past(2).err().unwrap().id, "HandEdited");
    assert_eq!(three.past(number - 1).unwrap(), before);
    assert_eq!(three.past(99).err().unwrap().id, "NoSuchChange");
    assert!(
        detail(dir.path(), "History").contains("1 change taken back to the hand edit at record")
    );
}

#[test]
fn a_journal_that_lies_about_what_it_changed_is_found() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(3));
    let mut one = open(dir.path());
    commit(&mut one.store, 1);
    one.tenant.apply(&removal(1)).unwrap();
    // A snapshot that doesn't hold what the journal says, but is known to it: a fault of a program, not of a disk.
    let mut guard = one.store.lock(&mut |_| {}).unwrap();
    guard.checkpoint(&tenant(3), crate::store::now()).unwrap();
    drop(guard);
    assert_eq!(
        verdicts(dir.path())[2..4],
        ["Journal: Passed", "History: Failed"]
    );
    assert!(detail(dir.path(), "History").contains("record 2"));
}

#[test]
fn another_shells_changes_are_got_and_saved() {
    let dir = tempfile::tempdir().unwrap();
    let (mut one, mut two) = (Rig::kept(dir.path()), Rig::kept(dir.path()));
    one.values("Remove-License anna@contoso.com -All");
    assert_eq!(
        two.texts("Get-Change | Select-Object -ExpandProperty Change"),
        ["2"]
    );
    two.values("Remove-License sara@contoso.com -All");
    assert_eq!(
        two.texts("(Save-Tenant).Outcome"),
        ["Written"],
        "with what the other did"
    );
    let saved = fs::read_to_string(dir.path().join("tenant.yaml")).unwrap();
    let mut rig = Rig::kept(dir.path());
    assert!(
        rig.values("Get-License anna@contoso.com").is_empty(),
        "{saved}"
    );
    // The first shell compares what it has with what is on the disk.
    let rows = one.line(&format!("Compare-Tenant '{}'", dir.path().display()));
    assert_eq!(rows.column("Difference"), ["Altered", "Gained"]);
    assert_eq!(rows.column("Property"), ["Data", ""], "her mailbox");
    assert_eq!(rows.column("Name"), ["sara@contoso.com"; 2]);
}

#[test]
fn every_kind_of_difference_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::kept(dir.path());
    for line in [
        "New-User kim@contoso.com -DisplayName 'Kim Ek' -UsageLocation SE",
        "Remove-User sara@contoso.com -Confirm:$false",
        "Set-User anna@contoso.com -Department IT",
        "Block-User anna@contoso.com",
        "New-Group Lab",
        "Add-GroupMember Lab kim@contoso.com",
        "Add-GroupLicense Lab -Sku POWER_BI_PRO",
        "Disable-ServicePlan anna@contoso.com -Sku ENTERPRISEPACK -Plan YAMMER_ENTERPRISE",
        "Set-Subscription POWER_BI_PRO -Seats 20",
        "Set-Tenant -Cloud germany",
    ] {
        let ran = rig.line(line);
        assert!(
            ran.faults.is_empty() && ran.log.errors.is_empty(),
            "{line}: {ran:?}"
        );
    }
    let rows = rig.line("Compare-Tenant -Change 1");
    let mut told = Vec::new();
    for row in &rows.values {
        let text = |name| row.member(name).unwrap().to_text().into_owned();
        let parts = [
            "Kind",
            "Name",
            "Difference",
            "Sku",
            "Property",
            "Was",
            "Now",
        ]
        .map(text);
        told.push(
            parts
                .join(" ")
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" "),
        );
    }
    for expected in [
        "Organisation Contoso Altered Cloud worldwide germany",
        "Product POWER_BI_PRO Altered POWER_BI_PRO Seats 15 20",
        "Group Lab Added",
        "Group Lab Gained POWER_BI_PRO",
        "User anna@contoso.com Altered Department Sales IT",
        "User anna@contoso.com Altered Enabled true false",
        "User anna@contoso.com Altered ENTERPRISEPACK DisabledPlans YAMMER_ENTERPRISE",
        "User sara@contoso.com Deleted",
        "User kim@contoso.com Added",
        "User kim@contoso.com Gained POWER_BI_PRO Lab",
    ] {
        assert!(
            told.iter().any(|own| own == expected),
            "{expected}: {told:#?}"
        );
    }
    // And there is nothing to tell of a state and itself.
    let last = rig
        .texts("Get-Change -Last 1 | Select-Object -ExpandProperty Change")
        .join("");
    assert!(
        rig.values(&format!("Compare-Tenant -Change {last}"))
            .is_empty()
    );
}

#[test]
fn what_is_rehearsed_or_kept_in_memory_is_not_saved() {
    let dir = tempfile::tempdir().unwrap();
    drop(Rig::kept(dir.path()));
    let before = fs::read(dir.path().join("tenant.yaml")).unwrap();
    let what_if = Policy {
        what_if: true,
        ..Policy::default()
    };
    let mut rig = Rig::kept_with(dir.path(), what_if);
    rig.values("Remove-License anna@contoso.com -All");
    assert_eq!(rig.texts("(Save-Tenant).Outcome"), ["NothingDone"]);
    // The rehearsal shows as a difference from what is kept.
    assert_eq!(
        rig.line("Compare-Tenant -Change 1").column("Difference"),
        ["Altered", "Lost"]
    );
    let read_only = Policy {
        read_only: true,
        ..Policy::default()
    };
    assert_eq!(
        Rig::kept_with(dir.path(), read_only)
            .error("Save-Tenant")
            .id,
        "ReadOnly"
    );
    assert_eq!(fs::read(dir.path().join("tenant.yaml")).unwrap(), before);
    let mut memory = Rig::new();
    for line in ["Save-Tenant", "Get-Change", "Compare-Tenant -Change 1"] {
        assert_eq!(memory.error(line).id, "InMemory", "{line}");
    }
    assert_eq!(checks(&mut memory, "Test-Tenant"), ["Rules: Passed"]);
}

#[test]
fn a_save_over_a_hand_edit_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::kept(dir.path());
    rig.values("Remove-License anna@contoso.com -All");
    change(&dir.path().join("tenant.yaml"), "Anna", "Hanna");
    let refused = rig.error("Save-Tenant");
    assert_eq!(refused.id, "TenantEdited");
    let text = fs::read_to_string(dir.path().join("tenant.yaml")).unwrap();
    assert!(text.contains("Hanna"));
}

#[test]
fn the_journal_knows_who_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::kept(dir.path());
    rig.values("New-User kim@contoso.com -DisplayName Kim");
    rig.values("Set-User kim@contoso.com -NewUserPrincipalName kim.ek@contoso.com");
    rig.values("Remove-User kim.ek@contoso.com -Confirm:$false");
    for name in ["kim@contoso.com", "kim.ek@contoso.com", "kim*"] {
        let found = rig.texts(&format!(
            "Get-Change -User {name} | Select-Object -ExpandProperty Change"
        ));
        assert_eq!(found, ["2", "3", "4"], "{name}");
    }
    let none = rig.values("Get-Change -User kim* -Before 2026-01-01");
    assert!(none.is_empty());
}
