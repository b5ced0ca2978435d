//! What is read from Graph's JSON, and what is said of the rest.

use std::path::PathBuf;

use crate::diagnostic::Category;
use crate::files::Text;
use crate::interop::{Import, import, sample};
use crate::tenant::{AppliesTo, AssignmentError, SignIn, SubscriptionStatus, User, UserKind};
use crate::value::show_time;

const USERS: &str = include_str!("../../../tests/data/graph-users.json");
const SKUS: &str = include_str!("../../../tests/data/graph-subscribedSkus.json");
const POWERSHELL: &str = include_str!("../../../tests/data/get-mguser.json");

fn text(name: &str, content: &str) -> Text {
    Text {
        path: PathBuf::from(name),
        content: content.to_owned(),
    }
}

fn read(contents: &[&str]) -> Import {
    let files = contents
        .iter()
        .zip(1..)
        .map(|(content, n)| text(&format!("{n}.json"), content));
    import(&files.collect::<Vec<_>>(), &sample().unwrap().products).unwrap()
}

fn unused(import: &Import) -> Vec<String> {
    import.unused.iter().map(ToString::to_string).collect()
}

fn user<'a>(import: &'a Import, upn: &str) -> &'a User {
    import
        .parts
        .users
        .iter()
        .find(|user| &*user.upn == upn)
        .unwrap()
}

fn noticed(import: &Import, part: &str) -> bool {
    import.notices.iter().any(|notice| notice.contains(part))
}

#[test]
fn users_are_read_with_their_licenses_and_groups() {
    // The order of the files does not matter.
    for files in [[USERS, SKUS], [SKUS, USERS]] {
        let import = read(&files);
        let asa = user(&import, "asa@contoso.com");
        assert_eq!(&*asa.display_name, "Åsa Lind");
        assert_eq!(asa.usage_location.unwrap().as_str(), "SE");
        assert!(asa.synced && asa.enabled);
        assert_eq!(
            show_time(asa.last_sign_in.unwrap().into()),
            "2026-11-01T07:30:00Z"
        );
        let [direct, inherited] = &asa.licenses[..] else {
            panic!("{:?}", asa.licenses);
        };
        assert_eq!((&*direct.sku, direct.group), ("ENTERPRISEPACK", None));
        assert_eq!(
            direct.disabled.iter().map(|s| &**s).collect::<Vec<_>>(),
            ["TEAMS1"]
        );
        assert_eq!(inherited.group, Some(asa.groups[0]));
        let bo = user(&import, "bo@contoso.com");
        assert_eq!(bo.licenses[0].error, Some(AssignmentError::CountViolation));
        assert_eq!(&*bo.licenses[1].sku, "POWER_BI_STANDARD");
        assert_eq!(
            (bo.enabled, bo.last_sign_in, bo.created),
            (false, None, None)
        );
        let cy = user(&import, "11111111000040008000000000000003cy@contoso.com");
        assert_eq!((cy.kind, cy.deleted.is_some()), (UserKind::Guest, true));
        let group = &import.parts.groups[0];
        assert_eq!(&*group.name, "Group cd613e30");
        assert_eq!(&*group.licenses[0].sku, "ENTERPRISEPACK");
        let counts = import.counts;
        assert_eq!((counts.users, counts.deleted, counts.groups), (3, 1, 1));
        assert_eq!((counts.direct, counts.inherited), (3, 2));
        assert_eq!(import.parts.organisation.name, "contoso.com");
        assert_eq!(import.parts.organisation.operators[0].name, "admin");
    }
}

#[test]
fn what_could_not_be_used_is_listed_with_its_line() {
    let import = read(&[USERS, SKUS]);
    let found = unused(&import);
    let expected = [
        "1.json:24: disabled plan deadbeef-0000-4000-8000-000000000000 of user asa@contoso.com: ENTERPRISEPACK has no such plan",
        "1.json:45: usageLocation of user bo@contoso.com: no two-letter country code: \"Sweden\"",
        "1.json:46: createdDateTime of user bo@contoso.com: no time: \"last week\"",
        "1.json:70: user other@contoso.com: a user of the same id is listed before, who counts",
        "1.json:71: user ASA@contoso.com: a user of the same userPrincipalName is listed before, who counts",
        "1.json:72: user without a name: it has no userPrincipalName",
        "1.json:73: user idless@contoso.com: it has no id",
        "1.json:74: user bad@contoso.com: its id \"not-a-guid\" is no GUID",
        "1.json:75: \"a stray text\": neither a user nor a subscribed SKU nor a group",
    ];
    assert_eq!(found, expected);
    assert!(noticed(&import, "@odata.nextLink"));
    assert!(noticed(
        &import,
        "missing in licenseAssignmentStates and counts as direct (user bo@contoso.com)"
    ));
    assert!(!noticed(&import, "left out"), "{:?}", import.notices);
    let kept = import.parts.users.iter().flat_map(|user| user.extra.iter());
    let kept: Vec<_> = kept.map(|(name, _)| &**name).collect();
    assert!(kept.contains(&"businessPhones"), "{kept:?}");
}

#[test]
fn r16_seats_and_what_others_consume() {
    let import = read(&[USERS, SKUS]);
    let [e3, bi] = &import.parts.products[..] else {
        panic!("two products");
    };
    assert_eq!((&*e3.sku, &*e3.name), ("ENTERPRISEPACK", "Office 365 E3"));
    let seats: Vec<_> = e3
        .subscriptions
        .iter()
        .map(|s| (s.seats, s.status))
        .collect();
    assert_eq!(
        seats,
        [
            (10, SubscriptionStatus::Enabled),
            (2, SubscriptionStatus::Warning)
        ]
    );
    // Of four reported one is Åsa's; Bo's did not arrive and Cy is deleted.
    assert_eq!(e3.outside, 3);
    assert_eq!(e3.plans[0].title.as_deref(), Some("Microsoft Teams"));
    assert_eq!(e3.plans[1].applies_to, AppliesTo::Company);
    assert_eq!(
        (&*bi.name, bi.outside),
        ("POWER_BI_STANDARD", 0),
        "unknown to the catalogue"
    );
    assert_eq!(bi.subscriptions[0].status, SubscriptionStatus::Suspended);
    assert!(noticed(
        &import,
        "POWER_BI_STANDARD reports 0 consumed units, but its users hold 1"
    ));
}

#[test]
fn without_subscribed_skus_the_seats_are_those_in_use() {
    let import = read(&[USERS]);
    let e3 = &import.parts.products[0];
    assert_eq!(
        (&*e3.sku, e3.subscriptions[0].seats, e3.outside),
        ("ENTERPRISEPACK", 1, 0)
    );
    let unknown = &import.parts.products[1];
    assert_eq!(&*unknown.sku, "a403ebcc-fae0-4ca2-8c8c-7a907fd6c235");
    assert!(noticed(&import, "no subscribed SKUs are among the files"));
    assert!(noticed(
        &import,
        "known neither to the files nor to the catalogue"
    ));
}

#[test]
fn what_powershell_writes_is_read() {
    let import = read(&[POWERSHELL]);
    let dee = user(&import, "dee@fabrikam.com");
    assert_eq!(
        show_time(dee.created.unwrap().into()),
        "2021-02-18T08:00:00Z"
    );
    assert_eq!(dee.licenses[0].disabled.len(), 2);
    assert!(noticed(
        &import,
        "without licenseAssignmentStates a license counts as direct"
    ));
    let [cut] = &import.unused[..] else {
        panic!("{:?}", import.unused);
    };
    assert!(cut.line == 10 && cut.reason.contains("-Depth"), "{cut}");
    // One user, as ConvertTo-Json writes it without a list.
    let single = POWERSHELL.trim().trim_matches(['[', ']']);
    assert_eq!(read(&[single]).counts.users, 1);
}

#[test]
fn several_pages_are_one_tenant() {
    let page = |n: u8| {
        format!(
            r#"{{"value": [{{"id": "11111111-0000-4000-8000-00000000000{n}", "userPrincipalName": "u{n}@contoso.com"}}]}}"#
        )
    };
    assert_eq!(read(&[&page(1), &page(2)]).counts.users, 2);
    let both = format!("{}\n{}", page(1), page(2));
    assert_eq!(read(&[&both]).counts.users, 2);
    assert_eq!(read(&[r#"{"value": []}"#]).counts.users, 0);
}

#[test]
fn groups_name_themselves_and_their_licenses() {
    let groups = r##"{"@odata.context": "x#groups", "value": [
        {"id": "cd613e30-d8f1-4adf-91b7-584a2265b1f5", "displayName": "Sales", "securityEnabled": true,
         "assignedLicenses": [{"skuId": "a403ebcc-fae0-4ca2-8c8c-7a907fd6c235", "disabledPlans": []}]},
        {"id": "cd613e30-d8f1-4adf-91b7-584a2265b1f6"}]}"##;
    let members = r##"{"value": [{"id": "11111111-0000-4000-8000-000000000009", "userPrincipalName": "x@contoso.com", "memberOf": [
        {"@odata.type": "#microsoft.graph.group", "id": "cd613e30-d8f1-4adf-91b7-584a2265b1f6", "displayName": "Staff"},
        {"@odata.type": "#microsoft.graph.directoryRole", "id": "cd613e30-0000-4adf-91b7-584a2265b1f6",
         "displayName": "License Administrator", "roleTemplateId": "4d6ac14f-3453-41d0-bef9-a3e0c569773a"}]}]}"##;
    let import = read(&[groups, USERS, SKUS, members]);
    let groups = &import.parts.groups;
    assert_eq!((&*groups[0].name, &*groups[1].name), ("Sales", "Staff"));
    assert_eq!(
        groups[0].licenses.len(),
        1,
        "the group's own list holds, not the members'"
    );
    let x = user(&import, "x@contoso.com");
    assert_eq!((x.groups[0], x.roles.len()), (groups[1].id, 1));
}

#[test]
fn memberships_of_roles_and_of_what_is_no_group() {
    let users = r##"{"value": [{"id": "11111111-0000-4000-8000-000000000009", "userPrincipalName": "x@contoso.com", "memberOf": [
        {"@odata.type": "#microsoft.graph.administrativeUnit", "id": "cd613e30-0000-4adf-91b7-584a2265b1f5", "displayName": "Nordics AU"},
        {"@odata.type": "#microsoft.graph.directoryRole", "id": "cd613e30-0001-4adf-91b7-584a2265b1f6",
         "displayName": "Application Administrator", "roleTemplateId": "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"},
        {"@odata.type": "#microsoft.graph.directoryRole", "id": "cd613e30-0002-4adf-91b7-584a2265b1f6",
         "displayName": "Company Administrator", "roleTemplateId": "62e90394-69f5-4237-9190-012177145e10"},
        {"@odata.type": "#microsoft.graph.directoryRole", "id": "cd613e30-0003-4adf-91b7-584a2265b1f6", "displayName": "Own role"},
        {"Id": "cd613e30-0004-4adf-91b7-584a2265b1f6", "DeletedDateTime": null,
         "AdditionalProperties": {"@odata.type": "#microsoft.graph.group", "displayName": "Staff"}},
        {"@odata.type": "#microsoft.graph.servicePrincipal", "id": "cd613e30-0005-4adf-91b7-584a2265b1f6"}]}]}"##;
    let import = read(&[users]);
    let x = user(&import, "x@contoso.com");
    let roles: Vec<_> = x.roles.iter().map(|role| role.name()).collect();
    assert_eq!(
        roles,
        [
            "Application Administrator",
            "Global Administrator",
            "Own role"
        ]
    );
    assert!(x.roles[0].template_id().is_some());
    let [group] = &import.parts.groups[..] else {
        panic!("{:?}", import.parts.groups)
    };
    assert_eq!((&*group.name, &x.groups[..]), ("Staff", &[group.id][..]));
    assert!(noticed(&import, "administrative unit"));
    assert!(noticed(&import, "first Application Administrator"));
}

/// Users n of contoso.com, with what stands behind their names.
fn page(context: &str, users: &[(&str, &str)]) -> String {
    let users = users.iter().enumerate().map(|(n, (name, more))| {
        format!(
            r#"{{"id": "11111111-0000-4000-8000-0000000001{n:02}", "userPrincipalName": "{name}@contoso.com"{more}}}"#
        )
    });
    let users: Vec<_> = users.collect();
    format!(
        r#"{{"@odata.context": "{context}", "value": [{}]}}"#,
        users.join(",\n")
    )
}

#[test]
fn the_last_sign_in_is_the_last_that_succeeded() {
    let file = page(
        "x#users",
        &[
            (
                "interactive",
                r#", "signInActivity": {"lastSignInDateTime": "2026-01-02T00:00:00Z"}"#,
            ),
            (
                "outlook",
                r#", "signInActivity": {"lastSignInDateTime": "2026-01-02T00:00:00Z", "lastNonInteractiveSignInDateTime": "2026-11-20T00:00:00Z"}"#,
            ),
            (
                "failed",
                r#", "signInActivity": {"lastSignInDateTime": "2026-11-02T00:00:00Z", "lastSuccessfulSignInDateTime": "2026-01-20T00:00:00Z"}"#,
            ),
            (
                "client",
                r#", "signInActivity": {"LastNonInteractiveSignInDateTime": "2026-11-20T00:00:00Z"}"#,
            ),
            (
                "old",
                r#", "signInActivity": {"lastSignInDateTime": "0001-01-01T00:00:00Z"}"#,
            ),
            ("never", ""),
            ("null", r#", "signInActivity": null"#),
        ],
    );
    let import = read(&[&file]);
    let last = |name: &str| user(&import, &format!("{name}@contoso.com")).signed_in();
    let at = |time: &str| SignIn::At(time.parse().unwrap());
    assert_eq!(last("interactive"), at("2026-01-02T00:00:00Z"));
    assert_eq!(last("outlook"), at("2026-11-20T00:00:00Z"));
    assert_eq!(last("failed"), at("2026-01-20T00:00:00Z"));
    assert_eq!(last("client"), at("2026-11-20T00:00:00Z"));
    for never in ["old", "never", "null"] {
        assert_eq!(last(never), SignIn::Never, "{never}");
    }
    assert!(!noticed(&import, "signed in"));
    let failed = user(&import, "failed@contoso.com");
    assert_eq!(failed.last_sign_in, "2026-11-02T00:00:00Z".parse().ok());
}

#[test]
fn never_signed_in_is_said_by_files_that_have_the_column() {
    let file = page(
        "x#users",
        &[
            ("a", ""),
            ("b", r#", "signInActivity": {"lastSignInDateTime": null}"#),
        ],
    );
    let import = read(&[&file]);
    assert!(
        import
            .parts
            .users
            .iter()
            .all(|u| u.signed_in() == SignIn::Unknown)
    );
    assert!(noticed(
        &import,
        "it isn't known of any user when they signed in"
    ));
    let file = page("x#users(id,userPrincipalName,signInActivity)", &[("a", "")]);
    assert_eq!(read(&[&file]).parts.users[0].signed_in(), SignIn::Never);
}

#[test]
fn a_license_that_is_active_with_an_error_is_active() {
    let users = r#"{"value": [{"id": "11111111-0000-4000-8000-000000000009", "userPrincipalName": "x@contoso.com", "licenseAssignmentStates": [
        {"skuId": "6fd2c87f-b296-42f0-b197-1e91e994b900", "disabledPlans": [], "assignedByGroup": null, "state": "ActiveWithError", "error": "Other"}]}]}"#;
    let import = read(&[users]);
    assert!(user(&import, "x@contoso.com").licenses[0].is_effective());
    assert!(noticed(&import, "ActiveWithError"));
}

#[test]
fn products_that_share_a_part_number_go_by_their_guid() {
    let sku = |id: &str| {
        format!(r#"{{"skuId": "{id}", "skuPartNumber": "SAME", "prepaidUnits": {{"enabled": 1}}}}"#)
    };
    let a = "aaaaaaaa-0000-4000-8000-000000000000";
    let page = format!(
        "[{}, {}, {}]",
        sku(a),
        sku("bbbbbbbb-0000-4000-8000-000000000000"),
        sku(a)
    );
    let import = read(&[&page]);
    let first = &import.parts.products[0];
    assert_eq!(
        (&*first.sku, first.part_number.as_deref()),
        (a, Some("SAME"))
    );
    assert_eq!(
        unused(&import),
        ["1.json:1: subscribed SKU SAME: the same SKU is listed before"]
    );
}

#[test]
fn a_file_that_is_damaged_or_something_else_imports_nothing() {
    let fault = |content: &str| {
        let catalogue = Vec::new();
        import(&[text("x.json", content)], &catalogue).unwrap_err()
    };
    let cut = fault(&USERS[..USERS.len() / 2]);
    assert_eq!(
        (cut.id, cut.category),
        ("BrokenJson", Category::InvalidData)
    );
    assert!(
        cut.message.contains("x.json:") && cut.message.contains("cut off"),
        "{cut}"
    );
    let broken = fault("{\n  \"value\": [,]\n}");
    assert!(
        broken
            .message
            .starts_with("x.json:2:13: the JSON is broken"),
        "{broken}"
    );
    for other in [
        r#"{"error": {"code": "Unauthorized"}}"#,
        "[1, 2]",
        r#"[{"a": 1}]"#,
        "",
        "\n",
        "hello",
        "[]",
    ] {
        assert_eq!(fault(other).id, "NotAnExport", "{other}");
    }
}

#[test]
fn no_truncation_or_mutilation_panics() {
    let catalogue = sample().unwrap().products;
    for source in [USERS, SKUS, POWERSHELL] {
        for end in (0..source.len())
            .step_by(7)
            .filter(|end| source.is_char_boundary(*end))
        {
            let _ = import(&[text("cut", &source[..end])], &catalogue);
        }
        for (from, to) in [
            ("[", "{"),
            ("{", "["),
            (":", ","),
            ("\"", ""),
            ("null", "{}"),
            ("true", "[]"),
            ("[", "[[]"),
            ("0", "99999999999999999999"),
        ] {
            let _ = import(&[text("bent", &source.replace(from, to))], &catalogue);
        }
        for value in ["null", "[]", "{}", "\"\"", "7", "[[[]]]", "{\"value\":{}}"] {
            let bent: String = source
                .lines()
                .map(|line| match line.split_once(": ") {
                    Some((name, _)) if line.ends_with(',') => format!("{name}: {value},\n"),
                    _ => format!("{line}\n"),
                })
                .collect();
            let _ = import(&[text("bent", &bent)], &catalogue);
        }
    }
}
