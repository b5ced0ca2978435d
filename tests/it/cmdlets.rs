//! What the cmdlets do beyond what a transcript shows: stale objects, CSV rows, several products at once, impact.

use std::collections::BTreeSet;

use tenantsh::cmdlets::CATALOG;
use tenantsh::command::{Effect, Impact};
use tenantsh::tenant::Tenant;

use crate::support::Rig;

fn tenant(rig: &Rig) -> Tenant {
    Tenant::clone(&rig.session.borrow().tenant())
}

/// Runs lines of which none may fail.
fn run(rig: &mut Rig, lines: &[&str]) {
    for line in lines {
        if let Err(faults) = rig.try_run(line) {
            panic!("{line}: {faults:?}");
        }
        assert_eq!(rig.session.borrow().failed, 0, "{line}");
    }
}

#[test]
fn a_piped_user_is_edited_as_typed_and_not_as_it_was() {
    let mut rig = Rig::new();
    run(
        &mut rig,
        &[
            "let was = Get-User anna@contoso.com;",
            "Set-User anna@contoso.com -Department IT",
            "was | Set-User -City Malmö",
        ],
    );
    let tenant = tenant(&rig);
    let anna = tenant.find_user("anna@contoso.com").unwrap();
    assert_eq!(anna.department.as_deref(), Some("IT"));
    assert_eq!(anna.city.as_deref(), Some("Malmö"));
}

#[test]
fn the_columns_of_a_csv_make_and_edit_users_and_an_empty_cell_says_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("new.csv");
    std::fs::write(
        &path,
        "UserPrincipalName,DisplayName,Department,UsageLocation\nkim@contoso.com,Kim Ek,Sales,SE\nlo@contoso.com,,,\n",
    )
    .unwrap();
    let mut rig = Rig::new();
    run(
        &mut rig,
        &[&format!("Import-Csv '{}' | New-User", path.display())],
    );
    let made = tenant(&rig);
    let kim = made.find_user("kim@contoso.com").unwrap();
    assert_eq!(&*kim.display_name, "Kim Ek");
    assert_eq!(kim.department.as_deref(), Some("Sales"));
    assert_eq!(
        kim.usage_location.map(|l| l.to_string()).as_deref(),
        Some("SE")
    );
    let lo = made.find_user("lo@contoso.com").unwrap();
    assert_eq!(&*lo.display_name, "lo@contoso.com");
    assert_eq!((&lo.department, lo.usage_location), (&None, None));

    std::fs::write(
        &path,
        "UPN,Department,City\nkim@contoso.com,,Lund\nlo@contoso.com,Legal,\n",
    )
    .unwrap();
    run(
        &mut rig,
        &[&format!("Import-Csv '{}' | Set-User", path.display())],
    );
    let edited = tenant(&rig);
    let kim = edited.find_user("kim@contoso.com").unwrap();
    assert_eq!(kim.department.as_deref(), Some("Sales"));
    assert_eq!(kim.city.as_deref(), Some("Lund"));
    let lo = edited.find_user("lo@contoso.com").unwrap();
    assert_eq!(lo.department.as_deref(), Some("Legal"));
}

#[test]
fn several_products_of_a_group_are_what_they_are_one_after_the_other() {
    let lines = |lines: &[&str]| {
        let mut rig = Rig::new();
        run(&mut rig, lines);
        tenant(&rig)
    };
    let add = "Add-GroupLicense 'Works council' -Sku POWER_BI_PRO, EMS";
    let together = lines(&[add]);
    let in_turn = lines(&[
        "Add-GroupLicense 'Works council' -Sku POWER_BI_PRO",
        "Add-GroupLicense 'Works council' -Sku EMS",
    ]);
    assert!(together == in_turn);
    // A plan is switched off in the products that have it.
    let plans =
        lines(&["Add-GroupLicense 'Works council' -Sku EMS, POWER_BI_PRO -DisabledPlans INTUNE_A"]);
    let group = plans.find_group("Works council").unwrap();
    let off = |n: usize| group.licenses[n].disabled.len();
    assert_eq!((off(0), off(1)), (1, 0));
    let back = lines(&[
        add,
        "Remove-GroupLicense 'Works council' -Sku EMS, POWER_BI_PRO",
    ]);
    assert!(back == lines(&[]));
}

#[test]
fn what_takes_something_away_asks() {
    let high: BTreeSet<String> = CATALOG
        .iter()
        .filter(|cmdlet| cmdlet.effect == Effect::Changes(Impact::High))
        .map(|cmdlet| cmdlet.name())
        .collect();
    for name in [
        "Block-User",
        "Disable-ServicePlan",
        "Remove-Group",
        "Remove-GroupLicense",
        "Remove-GroupMember",
        "Remove-License",
        "Remove-User",
        "Set-License",
        "Set-Subscription",
    ] {
        assert!(high.contains(name), "{name} doesn't ask");
    }
}

#[test]
fn a_rehearsal_has_the_rows_of_the_run() {
    for line in [
        "Get-User -Disabled | Remove-User",
        "Get-User -Department Marketing | Set-License -Sku STANDARDPACK",
        "Get-User -Department Sales | Block-User",
        "Get-User | Remove-GroupMember Sales",
        "Remove-GroupLicense Sales -Sku POWER_BI_PRO",
        "Get-User -Disabled | Update-License",
    ] {
        let rows = |line: &str| {
            let mut rig = Rig::new();
            let _ = rig.try_run(line);
            let values = rig.values.borrow();
            let text = |value: &tenantsh::value::Value, name| {
                value
                    .property(name)
                    .unwrap_or_default()
                    .to_text()
                    .into_owned()
            };
            values
                .iter()
                .map(|row| {
                    let outcome = match text(row, "Would") {
                        would if would.is_empty() => text(row, "Outcome"),
                        would => would,
                    };
                    let name = format!("{}{}", text(row, "Target"), text(row, "UserPrincipalName"));
                    (
                        name,
                        outcome,
                        text(row, "Consequences"),
                        text(row, "DataHeldUntil"),
                    )
                })
                .collect::<Vec<_>>()
        };
        let run = rows(line);
        assert_eq!(rows(&format!("{line} -WhatIf")), run, "{line}");
    }
}
