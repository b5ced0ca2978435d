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

const MAILBOXES: &str = "#TYPE Deserialized.Microsoft.Exchange.Data.Directory.Management.Mailbox\r\n\
\"UserPrincipalName\",\"ExternalDirectoryObjectId\",\"RecipientTypeDetails\",\"LitigationHoldEnabled\",\"LitigationHoldDate\",\"ForwardingSmtpAddress\",\"ForwardingAddress\",\"ArchiveStatus\",\"TotalItemSize\",\"InPlaceHolds\"\r\n\
\"rita@fabrikam.com\",\"11111111-0000-4000-8000-000000000001\",\"UserMailbox\",\"True\",\"3/4/2024 10:00:00 AM\",\"smtp:ext@x.com\",\"\",\"Active\",\"45 GB (48,318,382,080 bytes)\",\"\"\r\n\
\"bo@fabrikam.com\",\"11111111-0000-4000-8000-000000000002\",\"SharedMailbox\",\"False\",\"\",\"\",\"\",\"None\",\"1 MB (1,048,576 bytes)\",\"mbx123\"\r\n\
\"gone@fabrikam.com\",\"11111111-0000-4000-8000-0000000000ee\",\"UserMailbox\",\"False\",\"\",\"\",\"\",\"None\",\"\",\"\"\r\n";

const ONEDRIVE: &str = "Report Refresh Date,Site Id,Site URL,Owner Display Name,Is Deleted,Last Activity Date,File Count,Active File Count,Storage Used (Byte),Storage Allocated (Byte),Owner Principal Name,Report Period\n\
2026-11-22,x,https://x,Rita,False,2026-11-20,5,1,10485760,1099511627776,rita@fabrikam.com,30\n";

const ACTIVATIONS: &str = "sep=;\nReport Refresh Date;User Principal Name;Display Name;Product Type;Last Activated Date;Windows;Mac;Windows 10 Mobile;iOS;Android;Activated On Shared Computer\n\
2026-11-22;rita@fabrikam.com;Rita;MICROSOFT 365 APPS FOR ENTERPRISE;2026-01-01;2;0;0;1;0;False\n\
2026-11-22;rita@fabrikam.com;Rita;PROJECT;2026-01-01;1;0;0;0;0;False\n";

#[test]
fn mailboxes_and_usage_reports_tell_of_data() {
    let users = page(PEOPLE);
    let import = read(&[
        ("m.csv", MAILBOXES),
        ("u.json", &users),
        ("o.csv", ONEDRIVE),
        ("a.csv", ACTIVATIONS),
    ]);
    assert!(import.unused.is_empty(), "{:?}", import.unused);
    let [rita, bo] = &import.parts.users[..] else {
        panic!("{:?}", import.parts.users)
    };
    let data = rita.data.as_ref().unwrap();
    let mailbox = data.mailbox.as_ref().unwrap();
    assert_eq!(
        (mailbox.size_mb, mailbox.archive, mailbox.shared),
        (46_080, true, false)
    );
    assert_eq!(
        mailbox.litigation_hold.unwrap().to_string(),
        "2024-03-04T10:00:00Z"
    );
    assert_eq!(mailbox.forwards_to.as_deref(), Some("ext@x.com"));
    assert_eq!(data.onedrive.as_ref().unwrap().size_mb, 10);
    assert_eq!(data.office_devices, 4);
    assert_eq!(rita.last_used(), "2026-11-20T00:00:00Z".parse().ok());
    let mailbox = bo.data.as_ref().unwrap().mailbox.as_ref().unwrap();
    assert!(mailbox.shared && mailbox.litigation_hold.is_none());
    for told in [
        "one who is not among the users",
        "hold of a retention policy",
    ] {
        assert!(
            import.notices.iter().any(|own| own.contains(told)),
            "{:?}",
            import.notices
        );
    }
    let mut rig = Rig::on(Tenant::new(import.parts).unwrap());
    assert_eq!(rig.texts("(Get-Mailbox bo@fabrikam.com).Type"), ["Shared"]);
    assert_eq!(
        rig.texts("(Get-OfficeActivation rita@fabrikam.com).Devices"),
        ["4"]
    );
    let ran = rig.line("Get-OfficeActivation bo@fabrikam.com");
    let errors = ran.faults.iter().chain(&ran.log.errors);
    let texts: Vec<_> = errors.map(|fault| fault.message.clone()).collect();
    assert!(texts[0].contains("that an export told of"), "{texts:?}");
}

#[test]
fn concealed_names_of_reports_are_recognised() {
    let concealed = ONEDRIVE.replace("rita@fabrikam.com", "9E3C1F0A5B7D4C2E8F6A1B3D5C7E9F01");
    let import = read(&[("u.json", &page(PEOPLE)), ("o.csv", &concealed)]);
    assert!(
        import
            .notices
            .iter()
            .any(|own| own.contains("1 of 1 rows of o.csv have concealed names")),
        "{:?}",
        import.notices
    );
    assert!(import.parts.users.iter().all(|user| user.data.is_none()));
}

#[test]
fn columns_of_the_admin_center_are_kept() {
    for head in ["", "sep=|\r\n", "\u{feff}#TYPE X\r\n"] {
        let csv = format!(
            "{head}User principal name|Object Id|Display name|Licenses|Fax|Preferred data location|Cost center|Proxy addresses|License assignment details\r\n\
             rita@x.com|11111111-0000-4000-8000-000000000001|Rita|Unlicensed|+47|EUR|K-7|SMTP:rita@x.com+smtp:r@x.com|x\r\n"
        );
        let import = read(&[("u.csv", &csv)]);
        let mut rig = Rig::on(Tenant::new(import.parts).unwrap());
        for (line, shown) in [
            ("(Get-User r@x.com).FaxNumber", "+47"),
            ("(Get-User r@x.com).PreferredDataLocation", "EUR"),
            ("(Get-User r@x.com).CostCenter", "K-7"),
        ] {
            assert_eq!(rig.texts(line), [shown], "{head}{line}");
        }
        assert_eq!(rig.error("Get-User -NeverSignedIn").id, "SignInsUnknown");
        assert!(
            import
                .notices
                .iter()
                .any(|own| own.contains("License assignment details"))
        );
    }
}

#[test]
fn bad_exports_are_answered_by_what_is_wrong_with_them() {
    // The same user in two files with different data.
    let first = page(PEOPLE);
    let other = page(&PEOPLE.replace("Rita Moss", "Rita Other"));
    let import = read(&[("a.json", &first), ("b.json", &other)]);
    assert_eq!(&*import.parts.users[0].display_name, "Rita Moss");
    assert!(
        import.unused[0]
            .to_string()
            .starts_with("b.json:2: user rita@fabrikam.com: "),
        "{:?}",
        import.unused
    );
    // Cut at a page.
    let cut = first.replacen(
        "\"value\"",
        "\"@odata.nextLink\": \"https://graph.microsoft.com/v1.0/users?$skiptoken=x\", \"value\"",
        1,
    );
    let import = read(&[("a.json", &cut)]);
    assert!(
        import
            .notices
            .iter()
            .any(|own| own.contains("@odata.nextLink"))
    );
    // A localized header is no list of users of ours.
    let text = Text {
        path: "u.csv".into(),
        content: "Benutzerprinzipalname;Anzeigename\nx@y.de;X\n".into(),
    };
    let fault = import_of(text);
    assert_eq!(fault.id, "NotAnExport");
}

fn import_of(text: Text) -> tenantsh::diagnostic::Diagnostic {
    import(&[text], Catalogue::get()).unwrap_err()
}
