//! Exports as real tenants have them: fields that the model has no use for, kept, shown, asked for and written back.

use std::path::PathBuf;

use tenantsh::files::Text;
use tenantsh::interop::{Export, Import, import};
use tenantsh::tenant::Tenant;
use tenantsh::tenant::catalogue::Catalogue;

use crate::support::Rig;

pub fn read(files: &[(&str, &str)]) -> Import {
    let texts: Vec<Text> = files
        .iter()
        .map(|(name, content)| Text {
            path: PathBuf::from(name),
            content: (*content).to_owned(),
        })
        .collect();
    import(&texts, Catalogue::get()).unwrap()
}

/// What Graph answers to /users, with the admin who acts in tests.
pub fn page(users: &str) -> String {
    format!(
        "{{\"@odata.context\": \"https://graph.microsoft.com/v1.0/$metadata#users\", \"value\": [{users}]}}"
    )
}

pub fn rig(users: &str) -> Rig {
    Rig::on(Tenant::new(read(&[("users.json", &page(users))]).parts).unwrap())
}

const PEOPLE: &str = r##"
  {"id": "11111111-0000-4000-8000-000000000001", "userPrincipalName": "rita@fabrikam.com", "displayName": "Rita Moss",
   "mail": "rita.moss@fabrikam.com", "employeeId": "1042", "companyName": "Fabrikam Nordics", "employeeHireDate": "2019-03-01T00:00:00Z",
   "proxyAddresses": ["SMTP:rita.moss@fabrikam.com", "smtp:rita@old.fabrikam.com"], "onPremisesSamAccountName": "rmoss",
   "onPremisesDistinguishedName": "CN=Rita Moss,OU=Sales,DC=fabrikam,DC=com",
   "onPremisesExtensionAttributes": {"extensionAttribute1": null, "extensionAttribute7": "R&D"},
   "employeeOrgData": {"division": "North", "costCenter": "K-7"}, "businessPhones": ["+47 22"],
   "extension_0a1b_badge": "B-9", "assignedPlans": [{"service": "exchange"}], "licenses": "three", "number": 7.5, "flag": true,
   "manager": {"@odata.type": "#microsoft.graph.user", "id": "11111111-0000-4000-8000-000000000002", "userPrincipalName": "bo@fabrikam.com"}},
  {"id": "11111111-0000-4000-8000-000000000002", "userPrincipalName": "bo@fabrikam.com", "displayName": "Bo Ek",
   "employeeId": "0007", "companyName": null, "businessPhones": []}"##;

#[test]
fn what_the_model_has_no_use_for_is_a_property() {
    let mut rig = rig(PEOPLE);
    for (line, shown) in [
        ("(Get-User rita@fabrikam.com).EmployeeId", "1042"),
        ("(Get-User rita@fabrikam.com).ExtensionAttribute7", "R&D"),
        ("(Get-User rita@fabrikam.com).Manager", "bo@fabrikam.com"),
        (
            "(Get-User rita@fabrikam.com).OnPremisesDistinguishedName",
            "CN=Rita Moss,OU=Sales,DC=fabrikam,DC=com",
        ),
        (
            "(Get-User rita@fabrikam.com).EmployeeOrgData.CostCenter",
            "K-7",
        ),
        ("(Get-User rita@fabrikam.com).BusinessPhones", "+47 22"),
        ("(Get-User rita@fabrikam.com).Number", "7.5"),
        ("(Get-User rita@fabrikam.com).ExtraLicenses", "three"),
        ("(Get-User rita@fabrikam.com).Licenses.Count", "0"),
        ("(Get-User bo@fabrikam.com).EmployeeId", "0007"),
        (
            "Get-User | Where-Object CompanyName -like 'fab*'",
            "rita@fabrikam.com",
        ),
        (
            "Get-User | Where-Object { $_.EmployeeId -eq '0007' }",
            "bo@fabrikam.com",
        ),
        (
            "Get-User | Where-Object { !$_.CompanyName }",
            "bo@fabrikam.com",
        ),
        (
            "Get-User | Group-Object CompanyName | Select-Object -ExpandProperty Count",
            "1",
        ),
        (
            "Get-User -Filter \"employeeId eq '1042'\"",
            "rita@fabrikam.com",
        ),
        (
            "Get-User -Filter \"startsWith(companyName,'FAB')\"",
            "rita@fabrikam.com",
        ),
        (
            "Get-User -Filter \"employeeHireDate le 2020-01-01T00:00:00Z\"",
            "rita@fabrikam.com",
        ),
        (
            "Get-User -Filter \"onPremisesExtensionAttributes/extensionAttribute7 eq 'r&d'\"",
            "rita@fabrikam.com",
        ),
        (
            "Get-User -Filter \"employeeOrgData/costCenter eq 'K-7'\"",
            "rita@fabrikam.com",
        ),
        (
            "Get-User -Filter \"extension_0a1b_badge eq 'B-9'\"",
            "rita@fabrikam.com",
        ),
        (
            "Get-User -Filter \"companyName eq null\"",
            "bo@fabrikam.com",
        ),
    ] {
        assert_eq!(rig.texts(line)[0], shown, "{line}");
    }
    let row = rig.texts("Get-User | ConvertTo-Csv")[0].clone();
    assert!(
        row.contains("EmployeeId") && row.contains("ExtensionAttribute7"),
        "{row}"
    );
    // Known to Graph, but not to this export; and not known to Graph.
    let fault = rig.error("Get-User -Filter \"faxNumber eq '1'\"");
    assert!(
        fault
            .message
            .contains("no export of this tenant has faxNumber"),
        "{fault}"
    );
    let fault = rig.error("Get-User -Filter \"onPremisesDistinguishedName eq '1'\"");
    assert!(fault.message.contains("Graph doesn't filter"), "{fault}");
}

#[test]
fn a_further_field_is_set_shown_and_taken_back() {
    let mut rig = rig(PEOPLE);
    let before = rig.session.borrow().tenant().clone();
    rig.texts("Set-User bo@fabrikam.com -Extra @{ EmployeeID = '0008'; CostCode = 'X' }");
    assert_eq!(rig.texts("(Get-User bo@fabrikam.com).EmployeeId"), ["0008"]);
    assert_eq!(
        rig.texts(
            "Get-User -Filter \"employeeId eq '0008'\" | Select-Object -ExpandProperty CostCode"
        ),
        ["X"]
    );
    assert_eq!(
        rig.texts("(Get-User | Where-Object { $_.CostCode -eq $null }).UserPrincipalName"),
        ["rita@fabrikam.com"]
    );
    rig.texts("Set-User bo@fabrikam.com -Extra @{ CostCode = $null }");
    assert_eq!(
        rig.texts("(Get-User bo@fabrikam.com).CostCode -eq $null"),
        ["true"]
    );
    let ran = rig.line("Set-User bo@fabrikam.com -Extra @{ Department = 'X' }");
    let fault = &ran.log.errors[0];
    assert_eq!(fault.id, "InvalidArgument");
    rig.texts("Set-User bo@fabrikam.com -Extra @{ EmployeeId = '0007' }");
    assert!(*rig.session.borrow().tenant() == *before);
}

#[test]
fn fields_survive_yaml_and_export() {
    let first = read(&[("users.json", &page(PEOPLE))]);
    let yaml = tempfile::tempdir().unwrap();
    let tenant = Tenant::new(first.parts.clone()).unwrap();
    let disk: std::sync::Arc<dyn tenantsh::store::Disk> =
        std::sync::Arc::new(tenantsh::store::RealDisk);
    let now = crate::support::NOW.parse().unwrap();
    tenantsh::store::create(&disk, yaml.path(), &tenant, now, "admin").unwrap();
    let text = std::fs::read_to_string(yaml.path().join("tenant.yaml")).unwrap();
    assert!(
        text.contains("  extra:\n    employeeId: '1042'\n"),
        "{text}"
    );
    let rig = Rig::kept(yaml.path());
    assert!(*rig.session.borrow().tenant() == tenant);

    let files = Export::from(&tenant).files().unwrap();
    let files: Vec<(&str, &str)> = files
        .iter()
        .filter(|(name, _)| name.ends_with(".json"))
        .map(|(name, text)| (*name, &**text))
        .collect();
    assert!(
        files[0]
            .1
            .contains("\"onPremisesExtensionAttributes\":{\"extensionAttribute7\":\"R&D\"}")
    );
    let second = read(&files);
    assert!(Tenant::new(second.parts).unwrap() == tenant);
}

#[test]
fn people_are_found_by_whatever_a_list_calls_them() {
    let mut rig = rig(PEOPLE);
    for name in [
        "rita.moss@fabrikam.com",
        "Rita@OLD.fabrikam.com",
        "1042",
        "rmoss",
        "FABRIKAM\\rmoss",
    ] {
        assert_eq!(
            rig.texts(&format!("Get-User '{name}'")),
            ["rita@fabrikam.com"],
            "{name}"
        );
    }
    for column in [
        "Mail,rita.moss@fabrikam.com",
        "EmployeeId,1042",
        "SamAccountName,rmoss",
    ] {
        let (column, name) = column.split_once(',').unwrap();
        let line = format!("'{column}', '{name}' | ConvertFrom-Csv | Get-User");
        assert_eq!(rig.texts(&line), ["rita@fabrikam.com"], "{column}");
    }
    assert_eq!(rig.error("Get-User 1043").id, "UserNotFound");
    rig.texts("Set-User bo@fabrikam.com -Extra @{ EmployeeId = '1042' }");
    let fault = rig.error("Get-User 1042");
    assert_eq!(fault.id, "AmbiguousUser");
    assert!(
        fault
            .message
            .ends_with("rita@fabrikam.com, bo@fabrikam.com"),
        "{fault}"
    );
    rig.texts("Remove-User bo@fabrikam.com -Confirm:$false");
    assert_eq!(rig.texts("Get-User 1042"), ["rita@fabrikam.com"]);
}

const SKUS: &str = r##"{"value": [
  {"skuId": "6fd2c87f-b296-42f0-b197-1e91e994b900", "skuPartNumber": "ENTERPRISEPACK", "capabilityStatus": "Enabled", "consumedUnits": 0,
   "prepaidUnits": {"enabled": 10, "warning": 3, "suspended": 0, "lockedOut": 0}}]}"##;

const SUBSCRIPTIONS: &str = r##"{"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#directory/subscriptions", "value": [
  {"id": "a", "skuId": "6fd2c87f-b296-42f0-b197-1e91e994b900", "skuPartNumber": "ENTERPRISEPACK", "status": "Enabled", "totalLicenses": 8,
   "nextLifecycleDateTime": "2027-03-01T00:00:00Z", "isTrial": false, "ownerType": "User"},
  {"id": "b", "skuId": "6fd2c87f-b296-42f0-b197-1e91e994b900", "skuPartNumber": "ENTERPRISEPACK", "status": "Enabled", "totalLicenses": 2,
   "nextLifecycleDateTime": "2027-06-01T00:00:00Z"},
  {"id": "c", "skuId": "6fd2c87f-b296-42f0-b197-1e91e994b900", "skuPartNumber": "ENTERPRISEPACK", "status": "Warning", "totalLicenses": 3,
   "nextLifecycleDateTime": "2026-12-10T00:00:00Z"}]}"##;

#[test]
fn seats_are_of_subscribed_skus_and_dates_of_subscriptions() {
    for files in [
        [("skus.json", SKUS), ("subs.json", SUBSCRIPTIONS)],
        [("subs.json", SUBSCRIPTIONS), ("skus.json", SKUS)],
    ] {
        let import = read(&files);
        assert!(import.unused.is_empty(), "{:?}", import.unused);
        let seats: Vec<_> = import.parts.products[0]
            .subscriptions
            .iter()
            .map(|own| (own.seats, own.renews.unwrap().to_string()))
            .collect();
        assert_eq!(
            seats,
            [
                (8, "2027-03-01T00:00:00Z".to_owned()),
                (2, "2027-06-01T00:00:00Z".to_owned()),
                // It ended thirty days before it is to be disabled.
                (3, "2026-11-10T00:00:00Z".to_owned()),
            ]
        );
    }
    let other = SUBSCRIPTIONS.replace("\"totalLicenses\": 8", "\"totalLicenses\": 80");
    let import = read(&[("skus.json", SKUS), ("subs.json", &other)]);
    let seats: u32 = import.parts.products[0]
        .subscriptions
        .iter()
        .map(|own| own.seats)
        .sum();
    assert_eq!(seats, 13);
    assert!(
        import
            .notices
            .iter()
            .any(|own| own.contains("not those of the subscribed SKU"))
    );
}

#[test]
fn groups_and_roles_list_their_members() {
    let groups = r##"{"value": [{"id": "cd613e30-d8f1-4adf-91b7-584a2265b1f5", "displayName": "Sales", "securityEnabled": true, "members": [
        {"@odata.type": "#microsoft.graph.user", "id": "11111111-0000-4000-8000-000000000001"},
        {"@odata.type": "#microsoft.graph.device", "id": "11111111-0000-4000-8000-00000000000d"},
        {"@odata.type": "#microsoft.graph.user", "id": "11111111-0000-4000-8000-0000000000ff"}]}]}"##;
    let roles = r##"{"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#directoryRoles", "value": [
        {"id": "cd613e30-d8f1-4adf-91b7-584a2265b1aa", "displayName": "User Administrator",
         "roleTemplateId": "fe930be7-5e62-47db-91af-98c3a49a38b1", "description": "x", "members": [
        {"@odata.type": "#microsoft.graph.user", "id": "11111111-0000-4000-8000-000000000002"}]},
        {"id": "cd613e30-d8f1-4adf-91b7-584a2265b1ab", "displayName": "Fabric Administrator",
         "roleTemplateId": "a9ea8996-122f-4c74-9520-8edcd192826c", "members": [
        {"@odata.type": "#microsoft.graph.user", "id": "11111111-0000-4000-8000-000000000002"}]}]}"##;
    let import = read(&[
        ("g.json", groups),
        ("u.json", &page(PEOPLE)),
        ("r.json", roles),
    ]);
    let [rita, bo] = &import.parts.users[..] else {
        panic!("{:?}", import.parts.users)
    };
    assert_eq!(rita.groups.len(), 1);
    let roles: Vec<_> = bo.roles.iter().map(|role| role.name()).collect();
    assert_eq!(roles, ["User Administrator", "Fabric Administrator"]);
    assert!(import.unused.is_empty(), "{:?}", import.unused);
}
