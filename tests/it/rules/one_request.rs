//! One user, one step: however the rows of a list name the user and the products (R7, R9).

use tenantsh::tenant::{Assignment, OutcomeKind};

use super::*;
use crate::support::Rig;

fn with_dependents() -> Tenant {
    tenant_with(|parts| hold(parts, 0, &["ENTERPRISEPACK", "WORKPLACE_ANALYTICS"]))
}

#[test]
fn r7_rows_of_one_user_are_judged_together_in_any_order_and_spelling() {
    for rows in [
        "@{ UPN = 'anna@contoso.com'; Sku = 'enterprisepack' }, @{ UPN = 'ANNA@contoso.com'; Sku = 'WORKPLACE_ANALYTICS' }",
        "@{ UPN = 'anna@contoso.com'; Sku = 'WORKPLACE_ANALYTICS' }, @{ UPN = 'anna@contoso.com'; Sku = 'Office 365 E3' }",
        "@{ UPN = 'anna@contoso.com'; Sku = '6fd2c87f-b296-42f0-b197-1e91e994b900' }, @{ UPN = '00000000-0000-0000-0000-000000000001'; Sku = 'WORKPLACE_ANALYTICS' }",
        "@{ UPN = 'anna@contoso.com'; Sku = 'ENTERPRISEPACK,WORKPLACE_ANALYTICS' }",
        "@{ UPN = 'anna@contoso.com'; Sku = 'ENTERPRISEPACK; WORKPLACE_ANALYTICS' }",
        "@{ UPN = 'anna@contoso.com'; Sku = 'Office 365 E3+WORKPLACE_ANALYTICS' }",
    ] {
        let mut rig = Rig::on(with_dependents());
        let ran = rig.line(&format!("{rows} | Remove-License"));
        assert!(ran.faults.is_empty(), "{rows}: {:?}", ran.faults);
        assert_eq!(ran.column("Outcome"), ["Removed", "Removed"], "{rows}");
    }
    // Set-License makes the set exactly what all rows of the user say.
    let mut rig = Rig::on(tenant());
    rig.line("@{ UPN = 'anna@contoso.com'; Sku = 'ENTERPRISEPACK' }, @{ UPN = 'anna@contoso.com'; Sku = 'POWER_BI_PRO' } | Set-License");
    assert_eq!(
        rig.texts("(Get-User anna@contoso.com).Licenses"),
        ["ENTERPRISEPACK", "POWER_BI_PRO"]
    );
}

#[test]
fn r6_rows_that_are_alike_stay_rows_and_one_that_fails_stops_no_other() {
    let mut rig = Rig::on(with_dependents());
    let ran = rig.line(
        "@{ UPN = 'anna@contoso.com'; Sku = 'WORKPLACE_ANALYTICS' }, @{ UPN = 'anna@contoso.com'; Sku = 'WORKPLACE_ANALYTICS' }, \
         @{ UPN = 'nobody@contoso.com'; Sku = 'ENTERPRISEPACK' } | Remove-License",
    );
    assert_eq!(ran.column("Outcome"), ["Removed", "Duplicate", "Failed"]);
}

fn switch(tenant: &Tenant, user: u128, buy: bool) -> Decision {
    let to = [sku("SPE_E5")];
    let addition = Addition {
        skus: &to,
        ..Addition::default()
    };
    let from = sku("ENTERPRISEPACK");
    let decided = tenant.switch_license(id(user), &from, addition, buy, now());
    decided.unwrap()
}

#[test]
fn r9_one_product_goes_for_another_and_the_rest_stays() {
    let mut tenant = tenant_with(|parts| {
        hold(parts, 0, &["POWER_BI_PRO"]);
        let mut e3 = Assignment::direct(sku("ENTERPRISEPACK"));
        e3.disabled = [sku("FLOW_O365_P2"), sku("SWAY")].into();
        let mut all = parts.users[0].licenses.to_vec();
        all.push(e3);
        parts.users[0].licenses = all.into();
    });
    let decision = switch(&tenant, 1, false);
    assert_eq!(
        kinds(&decision),
        [OutcomeKind::Replaced, OutcomeKind::Added]
    );
    commit(&mut tenant, &decision).unwrap();
    let anna = tenant.user(id(1)).unwrap();
    let held: Vec<&str> = anna.held().map(|own| &*own.sku).collect();
    assert_eq!(held, ["POWER_BI_PRO", "SPE_E5"]);
    // Off in the one is off in the other, in the edition that it has.
    assert_eq!(names(&anna.licenses[1].disabled), ["FLOW_O365_P3", "SWAY"]);
    // Who doesn't hold it directly is left alone.
    for (user, kind) in [
        (2, OutcomeKind::SkippedInherited),
        (4, OutcomeKind::NotHeld),
    ] {
        let decision = switch(&tenant, user, true);
        assert_eq!(kinds(&decision), [kind]);
        assert!(decision.changes.is_empty());
    }
}

#[test]
fn r13_what_a_higher_edition_gives_is_not_lost() {
    let tenant = tenant_with(|parts| hold(parts, 0, &["ENTERPRISEPACK", "SPE_E5"]));
    let decision = remove(&tenant, 1, &["ENTERPRISEPACK"]);
    let lost = names(&decision.outcomes[0].plans_lost);
    assert!(!lost.contains(&"FORMS_PLAN_E3"), "{lost:?}");
    let decision = remove(&tenant, 1, &["SPE_E5"]);
    let lost = names(&decision.outcomes[0].plans_lost);
    assert!(lost.contains(&"FORMS_PLAN_E5"), "{lost:?}");
}

#[test]
fn r16_seats_are_bought_for_those_who_are_not_refused() {
    let mut rig = Rig::on(tenant_with(|parts| {
        parts.products[1].subscriptions[0].seats = 0;
        for user in 0..5 {
            hold(parts, user, &["ENTERPRISEPACK"]);
        }
    }));
    let ran = rig.line("Get-User -Sku ENTERPRISEPACK | Switch-License -From ENTERPRISEPACK -To SPE_E5 -BuySeats -Confirm:$false");
    let failed = ran
        .column("Outcome")
        .iter()
        .filter(|own| **own == "Failed")
        .count();
    assert_eq!(
        failed,
        1,
        "cai has no location: {:?}",
        ran.column("Outcome")
    );
    assert_eq!(rig.texts("(Get-Subscription SPE_E5).Seats"), ["4"]);
    assert_eq!(rig.texts("(Get-Subscription SPE_E5).Consumed"), ["4"]);
}
