//! The scripts that ship, and what admins do with mailboxes, clocks, exports and catalogues.

use std::fs;
use std::path::Path;

use crate::support::{Ran, Rig, sample};

/// Runs a script that ships, on a fresh sample.
fn run(rig: &mut Rig, name: &str, parameters: &str, rest: &str) -> Ran {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("scripts")
        .join(name);
    let parameters = match parameters {
        "" => String::new(),
        given => format!("-Parameters @{{ {given} }}"),
    };
    rig.line(&format!(
        "Invoke-Script '{}' {parameters} {rest}",
        path.display()
    ))
}

/// Runs it as a rehearsal, which must change nothing, then for real; with what is seen afterwards.
fn rehearse_and_run(name: &str, parameters: &str) -> (Rig, Ran) {
    let mut rig = Rig::new();
    let would = run(&mut rig, name, parameters, "-WhatIf");
    assert!(
        would.faults.is_empty(),
        "{name} -WhatIf: {:?}",
        would.faults
    );
    assert!(
        *rig.session.borrow().tenant() == sample(),
        "{name} -WhatIf changed something"
    );
    rig.session.borrow_mut().failed = 0;
    let ran = run(&mut rig, name, parameters, "");
    assert!(ran.faults.is_empty(), "{name}: {:?}", ran.faults);
    (rig, ran)
}

/// The UPNs of users without the domain.
fn names(rig: &mut Rig, line: &str) -> String {
    let users = rig.texts(line);
    let short = users.iter().map(|upn| upn.trim_end_matches("@contoso.com"));
    short.collect::<Vec<_>>().join(" ")
}

#[test]
fn every_script_that_ships_says_what_it_does_and_has_parameters() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    let mut count = 0;
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("// "), "{}", path.display());
        assert!(text.contains("param("), "{}", path.display());
        count += 1;
    }
    assert_eq!(count, 7);
}

#[test]
fn all_licenses_of_a_department_in_a_country() {
    let script = "remove-licenses-by-department.rhai";
    let (mut rig, _) = rehearse_and_run(script, "Department = 'HR'; UsageLocation = 'SE'");
    let left = names(&mut rig, "Get-User -Department HR -Unlicensed");
    assert_eq!(left, "karin");
    let (mut rig, _) = rehearse_and_run(
        script,
        "Department = 'M*'; Exclude = 'zoe@contoso.com', 'clara@contoso.com'",
    );
    let held = names(&mut rig, "Get-User -Department Marketing -Licensed");
    assert_eq!(held, "zoe clara");
    let mut rig = Rig::new();
    let none = run(&mut rig, script, "Department = 'Nowhere'", "");
    assert_eq!(none.texts(), ["Nobody there holds a license."]);
}

#[test]
fn one_product_of_a_list() {
    let dir = tempfile::tempdir().unwrap();
    let (text, csv, report) = (
        dir.path().join("leavers.txt"),
        dir.path().join("leavers.csv"),
        dir.path().join("report.csv"),
    );
    fs::write(&text, "noah@contoso.com\n\nanna@contoso.com\n").unwrap();
    fs::write(
        &csv,
        "Name;User principal name\r\nN;noah@contoso.com\r\nX;nobody@contoso.com\r\n",
    )
    .unwrap();
    let script = "remove-product-from-list.rhai";
    let given = |list: &Path| format!("Sku = 'ENTERPRISEPACK'; List = '{}'", list.display());
    let (mut rig, _) = rehearse_and_run(script, &given(&text));
    let held = names(&mut rig, "Get-User -Department Sales -Sku ENTERPRISEPACK");
    assert_eq!(held, "bob erik priya liam");
    let mut rig = Rig::new();
    let parameters = format!("{}; Report = '{}'", given(&csv), report.display());
    let ran = run(&mut rig, script, &parameters, "");
    assert_eq!(
        ran.log.errors.len(),
        1,
        "one name isn't there: {:?}",
        ran.log.errors
    );
    let summary = "In the list: 2; seats freed: 1".to_owned();
    assert!(ran.texts().contains(&summary), "{:?}", ran.texts());
    assert_eq!(fs::read_to_string(report).unwrap().lines().count(), 3);
}

#[test]
fn e3_becomes_e5_and_plans_that_are_off_stay_off() {
    let script = "move-product.rhai";
    let mut rig = Rig::new();
    let few = run(&mut rig, script, "", "");
    assert!(
        few.faults[0]
            .message
            .contains("Set-Subscription SPE_E5 -Seats 21"),
        "{:?}",
        few.faults
    );
    assert!(*rig.session.borrow().tenant() == sample());
    let (mut rig, _) = rehearse_and_run(script, "Department = 'Marketing'; BuySeats = $true");
    assert_eq!(
        names(
            &mut rig,
            "Get-User -Department Marketing -Sku ENTERPRISEPACK"
        ),
        ""
    );
    assert_eq!(
        names(&mut rig, "Get-User -Department Marketing -Sku SPE_E5"),
        "zoe lukas mia clara"
    );
    let off = rig.texts("(Get-License lukas@contoso.com -Sku SPE_E5)[0].DisabledPlans");
    assert_eq!(off, ["SWAY", "YAMMER_ENTERPRISE"]);
    let kept = rig.texts("(Get-User mia@contoso.com).Licenses");
    assert_eq!(kept, ["POWER_BI_PRO", "SPE_E5"], "nothing else is lost");
}

#[test]
fn blocked_accounts_but_for_the_excluded() {
    let dir = tempfile::tempdir().unwrap();
    let list = dir.path().join("keep.txt");
    fs::write(&list, "viktor@contoso.com\n").unwrap();
    let (mut rig, _) = rehearse_and_run(
        "reclaim-licenses.rhai",
        &format!(
            "Exclude = 'nina@contoso.com'; ExcludeList = '{}'",
            list.display()
        ),
    );
    let held = names(&mut rig, "Get-User -Disabled -Licensed");
    assert_eq!(held, "noah viktor nina");
    assert_eq!(
        rig.texts("(Get-User noah@contoso.com).Licenses"),
        ["POWER_BI_PRO"]
    );
}

#[test]
fn what_is_held_twice_is_held_once() {
    let (mut rig, _) = rehearse_and_run("remove-redundant-licenses.rhai", "");
    let direct = "Get-License -Direct | Where-Object { $_.UserPrincipalName -in ('priya@contoso.com', 'clara@contoso.com', 'yuki@contoso.com') } | Select-Object -ExpandProperty Sku";
    assert_eq!(rig.texts(direct), ["ENTERPRISEPACK", "SPE_E3"]);
    let diego =
        rig.texts("Get-License diego@contoso.com -Direct | Select-Object -ExpandProperty Sku");
    assert_eq!(diego, ["ENTERPRISEPACK"], "one in error is no reason");
    // A plan that only the direct license gives is a reason to keep it.
    let mut rig = Rig::new();
    rig.texts("Add-License paul@contoso.com -Sku STANDARDPACK");
    let ran = run(
        &mut rig,
        "remove-redundant-licenses.rhai",
        "Sku = 'STANDARDPACK'",
        "",
    );
    assert!(
        ran.texts()[0].starts_with("paul@contoso.com keeps the direct STANDARDPACK"),
        "{:?}",
        ran.texts()
    );
    let ran = run(
        &mut rig,
        "remove-redundant-licenses.rhai",
        "Sku = 'STANDARDPACK'; Anyway = $true",
        "",
    );
    assert_eq!(ran.column("Outcome"), ["Removed", "SkippedInherited"]);
}

#[test]
fn inactive_people_and_those_who_never_signed_in_are_told_apart() {
    let (mut rig, ran) = rehearse_and_run("inactive-users.rhai", "Remove = $true");
    let texts = ran.texts();
    assert_eq!(texts[0], "6 people have not signed in for 90 days:");
    assert!(
        texts.contains(&"2 people have never signed in:".to_owned()),
        "{texts:?}"
    );
    let licensed = names(&mut rig, "Get-User -InactiveDays 90 -Licensed");
    assert_eq!(licensed, "noah viktor", "only through groups");
    assert_eq!(
        names(&mut rig, "Get-User -NeverSignedIn -Licensed"),
        "tom otto"
    );
    let mut rig = Rig::new();
    let listed = run(&mut rig, "inactive-users.rhai", "Days = 200", "");
    assert_eq!(
        listed.texts()[0],
        "3 people have not signed in for 200 days:"
    );
    assert!(*rig.session.borrow().tenant() == sample());
}

#[test]
fn a_leaver_is_offboarded() {
    let script = "offboard.rhai";
    let (mut rig, _) = rehearse_and_run(script, "User = 'bob@contoso.com', 'clara@contoso.com'");
    assert_eq!(rig.session.borrow().failed, 0);
    assert_eq!(
        names(&mut rig, "Get-User -Deleted | Where-Object { !$_.Enabled }"),
        "bob clara"
    );
    let states = rig.texts(
        "Get-Mailbox bob@contoso.com, clara@contoso.com | Select-Object -ExpandProperty State",
    );
    assert_eq!(states, ["Inactive", "Inactive"]);
    assert_eq!(
        rig.texts("(Get-User bob@contoso.com -Deleted).Licenses.Count"),
        ["0"]
    );
    // Without a hold the mailbox goes with the user.
    let (mut rig, _) = rehearse_and_run(script, "User = 'bob@contoso.com'; NoHold = $true");
    let state = rig.texts("(Get-Mailbox bob@contoso.com).State");
    assert_eq!(state, ["SoftDeleted"]);
    let (mut rig, _) = rehearse_and_run(script, "User = 'bob@contoso.com'; KeepUser = $true");
    let user = rig.texts("(Get-User bob@contoso.com).Enabled");
    assert_eq!(user, ["false"]);
    // A mistyped name stops it before anything is done.
    let mut rig = Rig::new();
    let ran = run(
        &mut rig,
        script,
        "User = 'bob@contoso.com', 'clara@contoso.con'",
        "",
    );
    assert_eq!(ran.faults[0].id, "UserNotFound");
    assert!(*rig.session.borrow().tenant() == sample());
}

/// A tenant as the CSV of the admin center has it: nobody knows when anybody signed in.
fn without_sign_ins(known: &str) -> Rig {
    let mut data = tenantsh::interop::sample().unwrap();
    for user in &mut data.users {
        if &*user.upn != known {
            (user.last_sign_in, user.never_signed_in) = (None, false);
        }
    }
    Rig::on(tenantsh::tenant::Tenant::new(data).unwrap())
}

#[test]
fn nobody_is_inactive_of_whom_nothing_is_known() {
    let mut rig = without_sign_ins("nobody");
    for line in [
        "Get-User -InactiveDays 90",
        "Get-User -Licensed -NeverSignedIn",
    ] {
        let fault = rig.error(line);
        assert_eq!(fault.id, "SignInsUnknown", "{line}");
        assert!(
            fault.hint.as_ref().unwrap().contains("signInActivity"),
            "{line}"
        );
    }
    for test in [
        "$_.LastSignIn -lt '2030-01-01'",
        "$_.LastSignIn -gt '1990-01-01'",
        "$_.LastSignIn -eq $null",
        "$_.LastSignIn -ne $null",
        "$_.LastActivity -le '2030-01-01'",
    ] {
        let line = format!("(Get-User | Where-Object {{ {test} }}).Count");
        assert_eq!(rig.texts(&line), ["0"], "{test}");
    }
    assert_eq!(
        rig.texts("(Get-User anna@contoso.com).LastSignIn"),
        ["unknown"]
    );
    let before = rig.session.borrow().tenant().clone();
    let ran = run(&mut rig, "inactive-users.rhai", "Remove = $true", "");
    assert_eq!(ran.faults[0].id, "SignInsUnknown");
    assert!(*rig.session.borrow().tenant() == *before);

    // Where some are known, the others are left out and counted.
    let mut rig = without_sign_ins("noah@contoso.com");
    let ran = rig.line("Get-User -InactiveDays 0");
    assert_eq!(ran.log.warnings.len(), 1, "{:?}", ran.log.warnings);
    assert_eq!(ran.column("UserPrincipalName"), ["noah@contoso.com"]);
}
