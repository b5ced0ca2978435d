//! The cmdlets under the names of Microsoft's modules: bound as there, decided by our rules.

use crate::support::Rig;

const E3: &str = "6fd2c87f-b296-42f0-b197-1e91e994b900";

#[test]
fn the_usual_script_of_graph_powershell_runs() {
    let mut rig = Rig::new();
    rig.script(&format!(
        "Import-Module Microsoft.Graph.Users\n\
         Connect-MgGraph -Scopes 'User.ReadWrite.All', 'Organization.Read.All' -NoWelcome\n\
         $sku = Get-MgSubscribedSku -All | Where-Object {{ $_.SkuPartNumber -eq 'ENTERPRISEPACK' }}\n\
         Get-MgUser -Filter \"assignedLicenses/any(x:x/skuId eq {E3}) and department eq 'Sales'\" -All -Property Id \
         -ConsistencyLevel eventual -CountVariable n | \
         ForEach-Object {{ Set-MgUserLicense -UserId $_.Id -RemoveLicenses @($sku.SkuId) -AddLicenses @() }}\n\
         Disconnect-MgGraph"
    ));
    assert_eq!(rig.session.borrow().failed, 0, "{}", rig.screen.take());
    let left = rig.texts("(Get-User -Department Sales -Sku ENTERPRISEPACK | Where-Object { (Get-License $_.UserPrincipalName -Sku ENTERPRISEPACK -Direct) }).Count");
    assert_eq!(left, ["0"]);
}

#[test]
fn properties_are_graphs() {
    let mut rig = Rig::new();
    let texts = rig.texts(
        "let u = Get-MgUser -UserId bob@contoso.com; let a = Get-User bob@contoso.com; \
         u.Id == a.Id; u.AccountEnabled; u.AssignedLicenses[0].SkuId; \
         (Get-MgUserLicenseDetail -UserId bob@contoso.com | Select-Object -ExpandProperty SkuPartNumber)",
    );
    assert_eq!(texts[0], "true", "{texts:?}");
    assert_eq!(texts[1], "true", "{texts:?}");
    assert!(texts[2].len() == 36, "{texts:?}");
    assert!(
        texts.iter().any(|text| text.contains("ENTERPRISEPACK")),
        "{texts:?}"
    );
    let mut rig = Rig::new();
    let theirs = rig.texts(
        "Get-MgSubscribedSku | ForEach-Object { $_.SkuPartNumber + ' ' + $_.ConsumedUnits }",
    );
    let ours =
        rig.texts("Get-Subscription | ForEach-Object { $_.SkuPartNumber + ' ' + $_.Consumed }");
    assert_eq!(theirs, ours);
    let theirs = rig
        .texts("Get-MsolUser -All -UnlicensedUsersOnly | ForEach-Object { $_.UserPrincipalName }");
    let ours = rig.texts("Get-User -Unlicensed | ForEach-Object { $_.UserPrincipalName }");
    assert_eq!(theirs, ours);
}

/// A product held directly and through a group is one in `assignedLicenses` and two in `licenseAssignmentStates`.
#[test]
fn a_product_that_comes_twice_is_assigned_once() {
    let mut rig = Rig::new();
    let counts = rig.texts(
        "for u in Get-MgUser { let ids = u.AssignedLicenses.map(|l| l.SkuId); \
         for id in ids { if ids.filter(|x| x == id).len() != 1 { Write-Output u.Id } } }",
    );
    assert!(counts.is_empty(), "{counts:?}");
    let states = rig.texts(
        "(Get-MgUser | Where-Object { $_.LicenseAssignmentStates.Count -gt $_.AssignedLicenses.Count } | Measure-Object).Count",
    );
    assert_ne!(
        states,
        ["0"],
        "the sample has users with more states than products"
    );
}

#[test]
fn one_call_is_all_or_nothing() {
    let mut rig = Rig::new();
    let before = rig.session.borrow().tenant();
    let error = rig.script(&format!(
        "Set-MgUserLicense -UserId anna@contoso.com -RemoveLicenses @('{E3}', 'SPE_E5') -AddLicenses @()"
    ));
    drop(error);
    let printed = rig.screen.take();
    assert!(printed.contains("NotHeld"), "{printed}");
    assert!(*rig.session.borrow().tenant() == *before);
}

#[test]
fn a_held_product_gets_the_plans_asked_for() {
    let mut rig = Rig::new();
    rig.script(&format!(
        "Set-MgUserLicense -UserId anna@contoso.com -AddLicenses @{{ SkuId = '{E3}'; DisabledPlans = @('SWAY') }} -RemoveLicenses @()"
    ));
    let off = rig.texts("Get-License anna@contoso.com -Sku ENTERPRISEPACK -Direct | Select-Object -ExpandProperty DisabledPlans");
    assert_eq!(off, ["SWAY"], "{}", rig.screen.take());
    rig.script(&format!(
        "Set-MgUserLicense -UserId anna@contoso.com -BodyParameter @{{ addLicenses = @{{ skuId = '{E3}' }}; removeLicenses = @() }}"
    ));
    let off = rig.texts("Get-License anna@contoso.com -Sku ENTERPRISEPACK -Direct | Select-Object -ExpandProperty DisabledPlans");
    assert!(off.is_empty(), "{off:?} {}", rig.screen.take());
}

#[test]
fn msonline_names_products_with_the_tenant_in_front() {
    let mut rig = Rig::new();
    rig.script(
        "$options = New-MsolLicenseOptions -AccountSkuId contoso:ENTERPRISEPACK -DisabledPlans SWAY\n\
         Set-MsolUserLicense -UserPrincipalName anna@contoso.com -LicenseOptions $options\n\
         Set-MsolUser -UserPrincipalName anna@contoso.com -BlockCredential $true -Department Legal\n",
    );
    let texts = rig.texts("let u = Get-MsolUser -UserPrincipalName anna@contoso.com; u.BlockCredential; u.Department; u.IsLicensed; u.Licenses[0].AccountSkuId");
    assert_eq!(
        texts,
        ["true", "Legal", "true", "contoso:ENTERPRISEPACK"],
        "{}",
        rig.screen.take()
    );
}

#[test]
fn what_is_empty_or_unknown_is_refused_with_a_cure() {
    for (line, id, cure) in [
        (
            "Set-MgUserLicense -UserId anna@contoso.com -AddLicenses @() -RemoveLicenses @()",
            "NothingAsked",
            "-RemoveLicenses",
        ),
        (
            "Set-MgUserLicense -UserId anna@contoso.com -AddLicenses @{ Sku = 'x' } -RemoveLicenses @()",
            "InvalidArgument",
            "SkuId",
        ),
        (
            "Set-MgUserLicense -UserId anna@contoso.com -RemoveLicenses @('')",
            "EmptyArgument",
            "Get-MgSubscribedSku",
        ),
        (
            "Get-MgUser -Search 'anna'",
            "InvalidArgument",
            "displayName",
        ),
        ("Get-MgUser -Sort city", "InvalidArgument", "Sort-Object"),
        (
            "Get-MgGroup -Filter \"mail eq 'x'\"",
            "InvalidFilter",
            "displayName",
        ),
        (
            "Update-MgUser -UserId anna@contoso.com",
            "NothingAsked",
            "AccountEnabled",
        ),
        (
            "Update-MgUser -UserId anna@contoso.com -BodyParameter @{ skills = 'x' }",
            "InvalidArgument",
            "AccountEnabled",
        ),
        ("Import-Module tools", "ModuleNotFound", "tools.rhai"),
    ] {
        let mut rig = Rig::new();
        let printed = rig.show(line);
        assert!(
            printed.contains(id) && printed.contains(cure),
            "{line}: {printed}"
        );
    }
}

#[test]
fn they_are_found_but_not_listed() {
    let mut rig = Rig::new();
    let all = rig.texts("Get-Command | ForEach-Object { $_.Name }");
    assert!(!all.iter().any(|name| name.contains("-Mg")), "{all:?}");
    let asked = rig.texts("Get-Command *-Mg* | ForEach-Object { $_.Name }");
    assert!(
        asked.iter().any(|name| name == "Set-MgUserLicense"),
        "{asked:?}"
    );
    let page = rig.texts("Get-Help Set-MgUserLicense");
    assert!(
        page[0].contains("Remove-License"),
        "the page names ours: {}",
        page[0]
    );
}
