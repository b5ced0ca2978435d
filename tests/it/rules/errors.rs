//! A license in error is no license, wherever it is looked at (R37).

use tenantsh::tenant::{Assignment, AssignmentError, OutcomeKind, Removal, Tenant};

use super::*;
use crate::support::{Rig, sample};

/// Anna's E3 comes through Sales and did not arrive; bo's is there, though in error.
fn in_error() -> Tenant {
    tenant_with(|parts| {
        let through = |error: AssignmentError| Assignment {
            group: Some(id(100)),
            error: Some(error),
            ..Assignment::direct(sku("ENTERPRISEPACK"))
        };
        parts.users[0].groups = [id(100)].into();
        parts.users[0].licenses = [through(AssignmentError::CountViolation)].into();
        parts.users[1].licenses = [through(AssignmentError::Other.active())].into();
    })
}

#[test]
fn r37_what_did_not_arrive_is_held_nowhere_and_what_is_active_everywhere() {
    let mut rig = Rig::on(in_error());
    let held = ["bo@contoso.com"];
    for line in [
        "Get-User -Sku ENTERPRISEPACK",
        "Get-User -Licensed",
        "Get-User | Where-Object { $_.Licenses.Count -gt 0 }",
        "Get-User | Where-Object Licenses -Contains ENTERPRISEPACK",
        "Get-User -Filter 'assignedLicenses/$count ne 0'",
        "Get-User -Filter \"assignedLicenses/any(l: l/skuId eq 6fd2c87f-b296-42f0-b197-1e91e994b900)\"",
        "Get-ServicePlan -User anna@contoso.com, bo@contoso.com | Where-Object Enabled | Select-Object -ExpandProperty UserPrincipalName -Unique",
    ] {
        assert_eq!(rig.texts(line), held, "{line}");
    }
    let without = rig.texts("Get-User -Unlicensed");
    assert!(without.contains(&ANNA.to_owned()) && without.len() == 4);
    let filtered = rig.texts("Get-User -Filter 'assignedLicenses/$count eq 0'");
    assert_eq!(filtered, without);
    assert_eq!(rig.texts("(Get-Tenant).Licensed"), ["1"]);
    assert_eq!(
        rig.texts("(Get-Subscription ENTERPRISEPACK).Consumed"),
        ["1"]
    );
    // Where an error is, it is shown.
    assert_eq!(
        rig.texts("Get-License -HasError | ForEach-Object { $_.Error }"),
        ["CountViolation", "Other (active)"]
    );
    assert_eq!(rig.texts("(Get-Group Sales).Errors"), ["2"]);
    assert_eq!(rig.texts("Get-User -HasError"), [ANNA, "bo@contoso.com"]);
}

#[test]
fn r37_what_did_not_arrive_can_not_be_removed_copied_or_switched() {
    let tenant = in_error();
    let decision = remove(&tenant, 1, &["ENTERPRISEPACK"]);
    assert_eq!(kinds(&decision), [OutcomeKind::NotHeld]);
    let reason = decision.outcomes[0].reason.as_deref().unwrap();
    assert!(reason.contains("Sales did not arrive: CountViolation"));
    let all = tenant
        .remove_licenses(id(1), Removal::All, false, now())
        .unwrap();
    assert_eq!(kinds(&all), [OutcomeKind::NotHeld]);
    let skus = [sku("ENTERPRISEPACK")];
    refused(
        tenant.remove_licenses(id(1), Removal::Skus(&skus), true, now()),
        "NotHeld",
    );
    refused(
        tenant.remove_licenses(id(2), Removal::Skus(&skus), true, now()),
        "InheritedLicense",
    );
    let copied = tenant.copy_licenses(id(1), id(4), true, None, now());
    assert_eq!(kinds(&copied.unwrap()), [OutcomeKind::NotHeld]);
    let plans = ["SWAY".to_owned()];
    let switched = tenant.switch_plans(id(1), &skus[0], &plans, false, now());
    assert_eq!(kinds(&switched.unwrap()), [OutcomeKind::NotHeld]);
}

#[test]
fn r37_an_active_license_in_error_keeps_its_seat_when_it_is_worked_out_again() {
    let mut tenant = in_error();
    let decision = tenant.reprocess_user(id(2), now()).unwrap();
    commit(&mut tenant, &decision).unwrap();
    let bo = tenant.user(id(2)).unwrap();
    assert_eq!(bo.licenses[0].error, None);
    assert_eq!(tenant.seats("ENTERPRISEPACK").consumed, 1);
}

#[test]
fn r37_nobody_loses_a_product_for_one_that_is_only_in_error() {
    let mut rig = Rig::on(sample());
    let ran =
        rig.line("Get-User -Department HR -Sku STANDARDPACK | Set-License -Sku SPE_E3 -WhatIf");
    let touched = ran.column("UserPrincipalName");
    assert!(!touched.is_empty());
    for upn in touched {
        let held = rig.texts(&format!("(Get-User {upn}).Licenses"));
        assert!(held.contains(&"STANDARDPACK".to_owned()), "{upn}");
    }
    assert!(ran.column("Sku").iter().all(|sku| sku != "ENTERPRISEPACK"));
}

#[test]
fn an_error_is_written_with_its_state_and_read_as_it_was_always_written() {
    for (error, text) in [
        (AssignmentError::CountViolation, "CountViolation"),
        (AssignmentError::Other.active(), "Other (active)"),
    ] {
        assert_eq!(serde_yaml::to_string(&error).unwrap().trim(), text);
        assert_eq!(
            serde_yaml::from_str::<AssignmentError>(text).unwrap(),
            error
        );
    }
    serde_yaml::from_str::<AssignmentError>("Nonsense").unwrap_err();
}
