//! Undo-Change: what is given back, what is not and why.

use std::fs;

use tenantsh::session::Answer;

use crate::support::{Ran, Rig, sample};

fn kept() -> (tempfile::TempDir, Rig) {
    let dir = tempfile::tempdir().unwrap();
    let rig = Rig::kept(dir.path());
    (dir, rig)
}

fn run(rig: &mut Rig, line: &str) -> Ran {
    let ran = rig.line(line);
    assert!(ran.faults.is_empty(), "{line}: {:?}", ran.faults);
    ran
}

/// The number of the latest change.
fn latest(rig: &mut Rig) -> String {
    rig.texts("(Get-Change -Last 1)[0].Change").pop().unwrap()
}

fn licenses(rig: &mut Rig, user: &str) -> Vec<String> {
    rig.texts(&format!("(Get-User {user}).Licenses"))
}

#[test]
fn a_bulk_removal_is_taken_back_and_done_again() {
    let (dir, mut rig) = kept();
    run(&mut rig, "Get-User -Disabled | Remove-License -All");
    let removal = latest(&mut rig);
    assert!(licenses(&mut rig, "nina@contoso.com").is_empty());
    let ran = run(&mut rig, "Undo-Change -Last 1");
    assert_eq!(ran.column("Outcome"), ["Undone"; 3]);
    assert_eq!(
        ran.column("Target"),
        ["noah@contoso.com", "viktor@contoso.com", "nina@contoso.com"],
        "in the order of the removal"
    );
    assert!(ran.log.notices[0].starts_with("3 undone; change "));
    assert!(*rig.session.borrow().tenant() == sample());
    let undo = latest(&mut rig);
    let row = run(&mut rig, "Get-Change -Last 1");
    assert_eq!(row.column("Undoes"), [removal.as_str()]);
    // Once more: it was taken back already.
    let ran = run(&mut rig, &format!("Undo-Change {removal}"));
    assert_eq!(ran.column("Outcome"), ["AlreadyUndone"; 3]);
    assert_eq!(
        ran.column("Reason")[0],
        format!("change {undo} took it back")
    );
    assert!(ran.log.errors.is_empty(), "{:?}", ran.log.errors);
    // To take back the taking back is to do it again.
    let ran = run(&mut rig, &format!("Undo-Change {undo}"));
    assert_eq!(
        ran.column("Action")[0],
        "remove Office 365 E3 (ENTERPRISEPACK) from nina@contoso.com"
    );
    let said = &ran.log.notices[0];
    assert!(
        said.starts_with(
            "3 undone; 3 seats freed; 3 mailboxes are held for a time and then deleted; change "
        ),
        "{said}"
    );
    assert!(licenses(&mut rig, "nina@contoso.com").is_empty());
    drop(rig);
    assert!(licenses(&mut Rig::kept(dir.path()), "nina@contoso.com").is_empty());
}

#[test]
fn one_user_of_many() {
    let (_dir, mut rig) = kept();
    run(&mut rig, "Get-User -Disabled | Remove-License -All");
    let number = latest(&mut rig);
    let ran = run(
        &mut rig,
        &format!("Get-Change {number} | Undo-Change -User nina@contoso.com"),
    );
    assert_eq!(ran.column("Target"), ["nina@contoso.com"]);
    assert_eq!(licenses(&mut rig, "nina@contoso.com"), ["ENTERPRISEPACK"]);
    assert_eq!(licenses(&mut rig, "viktor@contoso.com"), ["EMS"]);
    let ran = run(&mut rig, &format!("Undo-Change {number} anna@contoso.com"));
    assert_eq!(ran.column("Target"), ["anna@contoso.com"]);
    assert_eq!(ran.column("Outcome"), ["NothingToDo"]);
    // The rest, later; nina's row says that it is done.
    let ran = run(&mut rig, &format!("Undo-Change {number}"));
    assert_eq!(ran.column("Outcome"), ["Undone", "Undone", "AlreadyUndone"]);
    assert!(*rig.session.borrow().tenant() == sample());
}

#[test]
fn what_was_changed_since_stays_and_the_rest_goes_on() {
    let (_dir, mut rig) = kept();
    run(&mut rig, "Get-User -Disabled | Remove-License -All");
    let number = latest(&mut rig);
    run(&mut rig, "Add-License nina@contoso.com -Sku ENTERPRISEPACK");
    let later = latest(&mut rig);
    let before = rig.session.borrow().failed;
    let ran = run(&mut rig, &format!("Undo-Change {number}"));
    assert_eq!(ran.column("Outcome"), ["Undone", "Undone", "Failed"]);
    assert_eq!(rig.session.borrow().failed, before + 1);
    let reason = format!("changed again since change {number}, by change {later}");
    assert_eq!(ran.column("Reason")[2], reason);
    assert_eq!(
        ran.log.errors[0].target.as_deref(),
        Some("nina@contoso.com")
    );
    // Or not at all, if that is what is wanted.
    let undone = latest(&mut rig);
    run(&mut rig, &format!("Undo-Change {undone}"));
    let ran = rig.line(&format!("Undo-Change {number} -ErrorAction Stop"));
    assert_eq!(ran.faults[0].id, "ChangedSince");
    assert!(
        licenses(&mut rig, "viktor@contoso.com")
            .iter()
            .all(|sku| sku == "EMS")
    );
    // Nothing stands in the way of other things of the same user.
    run(&mut rig, "Set-User viktor@contoso.com -City Visby");
    let ran = run(
        &mut rig,
        &format!("Undo-Change {number} -User viktor@contoso.com"),
    );
    assert_eq!(ran.column("Outcome"), ["Undone"]);
}

#[test]
fn several_at_once_the_latest_first() {
    let (dir, mut rig) = kept();
    run(&mut rig, "Remove-License anna@contoso.com -All");
    run(&mut rig, "Add-License anna@contoso.com -Sku SPE_E3");
    run(&mut rig, "Remove-License anna@contoso.com -Sku SPE_E3");
    let numbers = rig.texts("Get-Change | Select-Object -ExpandProperty Change");
    let ran = run(&mut rig, "Undo-Change -Last 3 -WhatIf");
    assert_eq!(ran.column("Would"), ["Undone"; 3]);
    assert!(licenses(&mut rig, "anna@contoso.com").is_empty());
    let ran = run(&mut rig, &format!("Undo-Change {}", numbers.join(",")));
    assert_eq!(ran.column("Outcome"), ["Undone"; 3]);
    assert!(*rig.session.borrow().tenant() == sample());
    drop(rig);
    let journal = fs::read_to_string(dir.path().join("journal.yaml")).unwrap();
    let listed: Vec<&str> = numbers.iter().rev().map(String::as_str).collect();
    assert!(
        journal.contains("undoes:") && listed.iter().all(|own| journal.contains(own)),
        "{journal}"
    );
    let mut rig = Rig::kept(dir.path());
    assert!(*rig.session.borrow().tenant() == sample());
    assert_eq!(rig.texts("(Get-Change -Last 1)[0].Undoes"), listed);
}

#[test]
fn a_license_comes_back_only_where_a_seat_is_free() {
    let (_dir, mut rig) = kept();
    run(
        &mut rig,
        "Remove-License anna@contoso.com -Sku ENTERPRISEPACK",
    );
    let number = latest(&mut rig);
    let used = rig
        .texts("(Get-Subscription ENTERPRISEPACK).Consumed")
        .pop()
        .unwrap();
    run(
        &mut rig,
        &format!("Set-Subscription ENTERPRISEPACK -Seats {used} -Force"),
    );
    let ran = run(&mut rig, &format!("Undo-Change {number}"));
    assert_eq!(ran.column("Outcome"), ["Failed"]);
    assert_eq!(ran.log.errors[0].id, "NoSeatsAvailable");
}

#[test]
fn what_a_group_did_is_taken_back_as_a_whole() {
    let (_dir, mut rig) = kept();
    run(&mut rig, "Remove-GroupLicense Sales -Sku POWER_BI_PRO");
    let number = latest(&mut rig);
    let ran = run(
        &mut rig,
        &format!("Undo-Change {number} -User noah@contoso.com"),
    );
    assert_eq!(ran.column("Outcome"), ["Failed"]);
    assert_eq!(ran.log.errors[0].id, "Inseparable");
    let ran = run(&mut rig, &format!("Undo-Change {number}"));
    assert_eq!(ran.column("Target"), ["Sales"]);
    assert!(*rig.session.borrow().tenant() == sample());
}

#[test]
fn it_takes_the_role_that_the_change_would_take() {
    let (_dir, mut rig) = kept();
    run(
        &mut rig,
        "Remove-License anna@contoso.com -Sku ENTERPRISEPACK",
    );
    run(&mut rig, "Remove-User nina@contoso.com");
    run(
        &mut rig,
        "Add-RoleMember 'License Administrator' erik@contoso.com",
    );
    run(&mut rig, "Connect-Tenant -As erik@contoso.com");
    let numbers = rig.texts("Get-Change | Select-Object -ExpandProperty Change");
    let ran = run(&mut rig, &format!("Undo-Change {}", numbers[1]));
    assert_eq!(ran.column("Outcome"), ["Failed"]);
    assert_eq!(ran.log.errors[0].id, "InsufficientPrivileges");
    let ran = run(&mut rig, &format!("Undo-Change {}", numbers[0]));
    assert_eq!(ran.column("Outcome"), ["Undone"]);
}

#[test]
fn what_there_is_not_is_said() {
    let (dir, mut rig) = kept();
    for (line, id) in [
        ("Undo-Change", "MissingParameter"),
        ("Undo-Change -Last 1", "NoSuchChange"),
        ("Undo-Change -Last 0", "InvalidArgument"),
        ("Undo-Change 1 -Last 1", "AmbiguousParameterSet"),
        ("Undo-Change 99", "NoSuchChange"),
        ("Undo-Change -5", "InvalidArgument"),
    ] {
        let ran = rig.line(line);
        let fault = ran.faults.iter().chain(&ran.log.errors).next();
        assert_eq!(fault.unwrap().id, id, "{line}");
    }
    assert_eq!(
        run(&mut Rig::new(), "Undo-Change 1").log.errors[0].id,
        "InMemory"
    );
    run(&mut rig, "Set-User anna@contoso.com -City Visby");
    let number = latest(&mut rig);
    run(&mut rig, "Save-Tenant");
    drop(rig);
    let path = dir.path().join("tenant.yaml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("bob@contoso.com", "bobby@contoso.com")).unwrap();
    let mut rig = Rig::kept(dir.path());
    let ran = rig.line(&format!("Undo-Change {number}"));
    let fault = ran.faults.iter().chain(&ran.log.errors).next();
    assert_eq!(fault.unwrap().id, "HandEdited", "{ran:?}");
}

#[test]
fn the_shell_asks_first_and_a_rehearsal_changes_nothing() {
    let (dir, mut rig) = kept();
    run(&mut rig, "Remove-License anna@contoso.com -All");
    let ran = run(&mut rig, "Undo-Change -Last 1 -WhatIf");
    assert_eq!(ran.log.notices, ["what if: 1 undone; nothing was changed"]);
    drop(rig);
    let mut rig = Rig::interactive_on(dir.path());
    rig.answers.borrow_mut().push(Answer::No);
    let ran = rig.line("Undo-Change -Last 1");
    assert_eq!(ran.faults[0].id, "NotConfirmed");
    assert!(licenses(&mut rig, "anna@contoso.com").is_empty());
    rig.answers.borrow_mut().push(Answer::Yes);
    let ran = run(&mut rig, "Undo-Change -Last 1");
    assert_eq!(
        ran.log.questions[0].what,
        "Undo-Change: 1 object would change: 1 undone"
    );
    assert!(*rig.session.borrow().tenant() == sample());
}

#[test]
fn what_was_rehearsed_or_taken_back_leaves_the_file_as_it_was() {
    let (dir, mut rig) = kept();
    let read = || fs::read_to_string(dir.path().join("tenant.yaml")).unwrap();
    let before = read();
    run(&mut rig, "Get-User | Remove-License -All -WhatIf");
    run(
        &mut rig,
        "Remove-GroupLicense Sales -Sku POWER_BI_PRO -WhatIf",
    );
    run(&mut rig, "Get-User -Department Sales | Remove-License -All");
    run(&mut rig, "Undo-Change -Last 1");
    run(&mut rig, "Remove-GroupLicense 'Security baseline' -Sku EMS");
    run(&mut rig, "Undo-Change -Last 1");
    run(&mut rig, "Save-Tenant");
    let after = read();
    let lines = before.lines().zip(after.lines());
    let changed: Vec<_> = lines.filter(|(was, now)| was != now).collect();
    assert_eq!(before.lines().count(), after.lines().count());
    assert!(
        matches!(changed.as_slice(), [(was, now)] if was.starts_with("sequence:") && now.starts_with("sequence:")),
        "{changed:#?}"
    );
}
