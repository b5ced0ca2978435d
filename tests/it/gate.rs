//! The gate: what is asked, what a yes and a no do, what a failure takes back.

use std::sync::atomic::Ordering;

use tenantsh::session::{Answer, Policy};
use tenantsh::tenant::{AppliesTo, Assignment, Product, Symbol, Tenant, User};
use tenantsh::value::Value;
use uuid::Uuid;

use crate::support::{Rig, sample};

/// A tenant of so many users who all hold one product.
fn many(count: u128) -> Tenant {
    let mut parts = sample().parts();
    let product = Product {
        sku: Symbol::new("BULK"),
        sku_id: Uuid::from_u128(1),
        part_number: None,
        name: Symbol::new("Bulk"),
        applies_to: AppliesTo::User,
        subscriptions: parts.products[0].subscriptions.clone(),
        outside: 0,
        plans: Vec::new(),
    };
    parts.users = (0..count)
        .map(|i| {
            let mut user = User::new(Uuid::from_u128(1000 + i), &format!("u{i}@contoso.com"), "U");
            user.licenses = vec![Assignment::direct(product.sku.clone())].into();
            user
        })
        .collect();
    parts.groups.clear();
    parts.products = vec![product];
    Tenant::new(parts).unwrap()
}

fn direct(rig: &Rig) -> usize {
    let tenant = rig.session.borrow().tenant();
    let live = tenant.users().iter().filter(|user| user.deleted.is_none());
    live.map(|user| user.direct().count()).sum()
}

const ALL: &str = "Get-User | Remove-License -All";

#[test]
fn what_if_goes_through_everything_and_changes_nothing() {
    let mut rig = Rig::new();
    let rows = rig.values(&format!("{ALL} -WhatIf"));
    assert!(
        rows.iter()
            .any(|row| row.property("Outcome").unwrap().to_text() == "WhatIf")
    );
    assert!(*rig.session.borrow().tenant() == sample());
}

#[test]
fn a_whole_run_of_what_if_sees_its_own_effects() {
    let mut rig = Rig::with_policy(Policy {
        what_if: true,
        ..Policy::default()
    });
    rig.values(ALL);
    assert_eq!(direct(&rig), 0, "later lines see it");
}

#[test]
fn the_shell_asks_once_with_the_totals() {
    let mut rig = Rig::interactive();
    let before = direct(&rig);
    let said = rig.show("Get-User -Department Sales | Remove-License -Sku ENTERPRISEPACK");
    assert!(
        said.contains("6 objects would change: 6 removed, 3 not held; 6 seats freed"),
        "{said}"
    );
    assert!(said.contains("nothing was changed"), "{said}");
    assert_eq!(direct(&rig), before, "no is the default");

    rig.answers.borrow_mut().push(Answer::Yes);
    let said = rig.show("Get-User -Department Sales | Remove-License -Sku ENTERPRISEPACK");
    assert!(said.contains("Removed"), "{said}");
    assert_eq!(direct(&rig), before - 6);
}

#[test]
fn nothing_is_asked_where_nothing_is_taken() {
    let mut rig = Rig::interactive();
    let said = rig.show("Add-License anna@contoso.com -Sku EMS");
    assert!(said.contains("1 added"), "{said}");
    let said = rig.show("Remove-License anna@contoso.com -Sku SPE_E5");
    assert!(said.contains("nothing changed"), "{said}");
}

#[test]
fn confirm_asks_for_each_record() {
    let mut rig = Rig::interactive();
    // The last one is answered first.
    *rig.answers.borrow_mut() = vec![Answer::YesToAll, Answer::No, Answer::Yes];
    let before = direct(&rig);
    let said = rig.show("Get-User -Department Sales | Remove-License -Sku ENTERPRISEPACK -Confirm");
    assert!(said.contains("remove Office 365 E3"), "{said}");
    assert_eq!(
        direct(&rig),
        before - 5,
        "all but the one that was answered with no"
    );
}

#[test]
fn without_anybody_to_ask_fifty_is_the_limit() {
    let mut rig = Rig::on(many(51));
    assert_eq!(rig.error(ALL).id, "ConfirmationNeeded");
    assert_eq!(direct(&rig), 51);
    rig.values(&format!("{ALL} -Confirm:$false"));
    assert_eq!(direct(&rig), 0);
    let mut rig = Rig::on(many(50));
    rig.values(ALL);
    assert_eq!(direct(&rig), 0);
}

#[test]
fn r6_a_failed_record_leaves_the_others_unless_it_is_to_stop() {
    let line = "[\"anna@contoso.com\", \"nobody@contoso.com\"] | Remove-License -All";
    let mut rig = Rig::new();
    let before = direct(&rig);
    assert_eq!(
        rig.error(&format!("{line} -ErrorAction Stop")).id,
        "UserNotFound"
    );
    assert_eq!(direct(&rig), before, "all of it is taken back");

    let rows = rig.values(line);
    let outcomes: Vec<_> = rows
        .iter()
        .map(|row| row.property("Outcome").unwrap())
        .collect();
    let texts: Vec<_> = outcomes.iter().map(Value::to_text).collect();
    assert_eq!(texts, ["Removed", "Failed"]);
    assert_eq!(rig.session.borrow().failed, 1);
    assert_eq!(direct(&rig), before - 1);
}

#[test]
fn waves_are_passed_one_by_one() {
    let mut rig = Rig::on(many(45));
    let said = rig.show(&format!("{ALL} -BatchSize 20"));
    assert!(
        said.contains("45 removed; 45 seats freed; 45 objects: 45 changed"),
        "{said}"
    );
    assert_eq!(said.matches(" changed").count(), 1, "one total: {said}");
    let mut rig = Rig::on(many(45));
    assert_eq!(
        rig.error(&format!("{ALL} -BatchSize 0")).id,
        "InvalidArgument"
    );
}

#[test]
fn an_interrupt_before_the_commit_changes_nothing() {
    let mut rig = Rig::on(many(40));
    rig.stop.store(true, Ordering::Relaxed);
    let error = rig.error(ALL);
    assert_eq!(error.id, "Interrupted");
    assert_eq!(direct(&rig), 40);
    rig.stop.store(false, Ordering::Relaxed);
    rig.values(ALL);
    assert_eq!(direct(&rig), 0, "the session goes on");
}

#[test]
fn who_has_enough_stops_the_producers_but_not_a_commit() {
    let mut rig = Rig::new();
    let seen = rig.texts(
        "let n = 0; Get-User | ForEach-Object { n += 1; $_ } | Select-Object -First 2 | ForEach-Object UserPrincipalName; n",
    );
    assert_eq!(seen.len(), 3);
    assert_eq!(seen[2], "2", "the third user was never asked for");

    let mut rig = Rig::on(many(10));
    rig.values(&format!("{ALL} | Select-Object -First 1"));
    assert_eq!(direct(&rig), 0, "what was confirmed is done whole");
}

#[test]
fn b38_what_is_missing_is_asked_for_in_the_shell_and_refused_elsewhere() {
    let mut rig = Rig::new();
    assert_eq!(rig.error("Add-License").id, "MissingMandatoryParameter");

    let mut rig = Rig::interactive();
    *rig.typed.borrow_mut() = vec![
        "EMS, POWER_BI_PRO".to_owned(),
        "anna@contoso.com".to_owned(),
    ];
    let said = rig.show("Add-License");
    assert!(said.contains("User <user>: anna@contoso.com"), "{said}");
    assert!(said.contains("Sku <sku[]>: EMS, POWER_BI_PRO"), "{said}");
    assert!(said.contains("2 added"), "{said}");

    // No answer, a wrong one: told as elsewhere, and nothing runs.
    assert_eq!(rig.error("Add-License").id, "MissingMandatoryParameter");
    *rig.typed.borrow_mut() = vec!["NOPE".to_owned(), "anna@contoso.com".to_owned()];
    assert_eq!(rig.error("Add-License").id, "UnknownSku");
}

#[test]
fn fifty_are_counted_over_the_whole_run() {
    let each = "Remove-License $u -All";
    for line in [
        format!("for u in Get-User {{ {each} }}"),
        "Get-User | ForEach-Object { Remove-License $_ -All }".to_owned(),
        format!("fn take(u) {{ {each} }} for u in Get-User {{ take(u) }}"),
        format!("transaction {{ for u in Get-User {{ {each} }} }}"),
        "Get-User | Select-Object -First 30 | Remove-License -All; Get-User -Licensed | Remove-License -All".to_owned(),
        format!("{ALL} -BatchSize 10"),
    ] {
        let mut rig = Rig::on(many(60));
        let fault = rig.error(&line);
        assert_eq!(fault.id, "ConfirmationNeeded", "{line}: {fault}");
        assert_eq!(fault.category.exit_code(), 5);
        assert!(direct(&rig) >= 10, "{line}: {} left", direct(&rig));
    }
    // What one line did is not counted against the next.
    let mut rig = Rig::on(many(60));
    rig.values("Get-User | Select-Object -First 40 | Remove-License -All");
    rig.values("Get-User -Licensed | Remove-License -All");
    assert_eq!(direct(&rig), 0);
}

#[test]
fn a_loop_asks_for_the_number_once_where_it_passes_fifty() {
    let mut rig = Rig::asked_on(many(60));
    *rig.answers.borrow_mut() = vec![Answer::Yes; 51];
    let said = rig.show("for u in Get-User { Remove-License $u -All }");
    assert!(
        said.contains("this run changed 50 before, 51 with these"),
        "{said}"
    );
    assert_eq!(
        rig.answers.borrow().len(),
        0,
        "one question is asked for each up to there"
    );
    assert_eq!(direct(&rig), 0, "{said}");
}

#[test]
fn lifting_holds_and_taking_roles_is_asked_about() {
    let mut rig = Rig::interactive();
    rig.values("Set-Mailbox anna@contoso.com -LitigationHold");
    for line in [
        "Set-Mailbox anna@contoso.com -LitigationHold:$false",
        "Remove-RoleMember 'License Administrator' -Member megan@contoso.com",
    ] {
        let said = rig.show(line);
        assert!(
            said.contains("the answer was no; nothing was changed"),
            "{line}: {said}"
        );
    }
}

fn outcomes(rows: &[Value]) -> Vec<String> {
    let outcome = |row: &Value| row.property("Outcome").unwrap().to_text().into_owned();
    rows.iter().map(outcome).collect()
}

#[test]
fn a_rehearsal_of_waves_sees_through_all_of_them() {
    let line = "'anna@contoso.com','ANNA@contoso.com' | Remove-License -All -BatchSize 1";
    let mut rig = Rig::new();
    let rehearsed = rig.line(&format!("{line} -WhatIf"));
    let real = rig.line(line);
    assert_eq!(outcomes(&rehearsed.values), ["WhatIf", "Duplicate"]);
    assert_eq!(outcomes(&real.values), ["Removed", "Duplicate"]);
    assert!(
        real.log.notices[0].contains("2 lines: 1 changed, 1 twice"),
        "{:?}",
        real.log.notices
    );
}

#[test]
fn every_line_has_one_fate_and_their_sum_is_the_input() {
    let mut rig = Rig::new();
    let ran = rig.line(
        "'UserPrincipalName,Sku\nanna@contoso.com,ENTERPRISEPACK\nghost@contoso.com,ENTERPRISEPACK\n,ENTERPRISEPACK\n\
         ANNA@contoso.com,enterprisepack\nanna@contoso.com,EMS' | ConvertFrom-Csv | Remove-License",
    );
    assert_eq!(
        outcomes(&ran.values),
        ["Removed", "Failed", "Failed", "Duplicate", "NotHeld"]
    );
    let said = &ran.log.notices[0];
    assert!(
        said.contains("5 lines: 1 changed, 1 already so, 1 unknown, 1 twice, 1 failed"),
        "{said}"
    );
}

#[test]
fn what_is_typed_chooses_the_parameter_set() {
    let mut rig = Rig::new();
    let ran = rig.line("Get-License -Sku EMS | Select-Object -First 2 | Remove-License -All");
    assert!(ran.values.len() >= 2 && ran.faults.is_empty(), "{ran:?}");
    assert!(outcomes(&ran.values).contains(&"Removed".to_owned()));
}

#[test]
fn a_no_after_the_first_leaves_the_rest() {
    let mut rig = Rig::asked_on(many(30));
    *rig.answers.borrow_mut() = vec![Answer::No, Answer::Yes];
    let said = rig.show(&format!("{ALL} -First 10"));
    assert!(
        said.contains("the first 10 are done: 10 objects: 10 changed"),
        "{said}"
    );
    assert!(
        said.contains(
            "30 objects: 10 changed, 20 not reached; the same command again does the rest"
        ),
        "{said}"
    );
    assert!(said.contains("NotReached"), "{said}");
    assert_eq!(direct(&rig), 20);

    // Nobody can be asked: the first are done, the rest isn't.
    let mut rig = Rig::on(many(30));
    let fault = rig.error(&format!("{ALL} -First 10"));
    assert_eq!((fault.id, fault.category.exit_code()), ("NotConfirmed", 5));
    assert_eq!(direct(&rig), 20);
    rig.values("Get-User -Licensed | Remove-License -All -First 10 -Force");
    assert_eq!(direct(&rig), 0);
}

#[test]
fn too_many_failures_keep_all_from_changing() {
    let list = "'anna@contoso.com','ghost1','ghost2','bob@contoso.com' | Remove-License -All";
    let mut rig = Rig::new();
    let before = direct(&rig);
    for most in ["1", "49%"] {
        let fault = rig.error(&format!("{list} -MaxFailures {most}"));
        assert_eq!(fault.id, "TooManyFailures", "{fault}");
        assert!(fault.message.contains("2 of 4 lines fail"), "{fault}");
        assert_eq!(direct(&rig), before);
    }
    assert_eq!(
        rig.error(&format!("{list} -MaxFailures some")).id,
        "InvalidArgument"
    );
    rig.line(&format!("{list} -MaxFailures 50%"));
    assert!(direct(&rig) < before);
}

#[test]
fn stop_after_leaves_the_rest_for_the_same_command() {
    let mut rig = Rig::on(many(30));
    let ran = rig.line(&format!("{ALL} -StopAfter 12 -BatchSize 5"));
    assert_eq!(direct(&rig), 18);
    assert!(
        ran.log.notices[0].contains("30 objects: 12 changed, 18 not reached"),
        "{:?}",
        ran.log.notices
    );
    rig.line("Get-User -Licensed | Remove-License -All -StopAfter 12");
    assert_eq!(direct(&rig), 6);
}

#[test]
fn failed_lines_come_back_with_the_same_command() {
    let dir = tempfile::tempdir().unwrap();
    let (input, failed) = (dir.path().join("in.csv"), dir.path().join("failed.csv"));
    std::fs::write(
        &input,
        "Ticket,UserPrincipalName\nT1,anna@contoso.com\nT2,ghost@contoso.com\nT3,\n",
    )
    .unwrap();
    let mut rig = Rig::new();
    let line = |from: &std::path::Path| {
        format!(
            "Import-Csv '{}' | Remove-License -All -FailedTo '{}'",
            from.display(),
            failed.display()
        )
    };
    rig.line(&line(&input));
    let text = std::fs::read_to_string(&failed).unwrap();
    assert!(
        text.starts_with("Ticket,UserPrincipalName,Outcome,Why\n"),
        "{text}"
    );
    assert!(
        text.contains("T2,ghost@contoso.com,Unknown,") && text.contains("T3,,Failed,"),
        "{text}"
    );
    assert!(!text.contains("T1"), "{text}");
    let again = rig.line(&line(&failed));
    assert_eq!(outcomes(&again.values), ["Failed", "Failed"]);
    assert_eq!(std::fs::read_to_string(&failed).unwrap().lines().count(), 3);
}

#[test]
fn stop_with_waves_changes_nothing_where_one_line_fails() {
    let mut rig = Rig::new();
    let before = direct(&rig);
    let line = "'anna@contoso.com','ghost' | Remove-License -All -BatchSize 1 -ErrorAction Stop";
    assert_eq!(rig.error(line).id, "UserNotFound");
    assert_eq!(direct(&rig), before);
}
