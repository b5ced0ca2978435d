//! What Microsoft's files look like after people, spreadsheets and broken downloads had them.

use jiff::Timestamp;
use std::fmt::Write as _;
use std::fs;

use tenantsh::files::Text;
use tenantsh::interop::{Import, import};
use tenantsh::tenant::catalogue::Catalogue;
use tenantsh::tenant::{Tenant, User};
use tenantsh::value::show_time;

use crate::support::Rig;

const E3: &str = "6fd2c87f-b296-42f0-b197-1e91e994b900";

fn text(name: &str, content: &str) -> Text {
    Text {
        path: name.into(),
        content: content.to_owned(),
    }
}

fn read(files: &[(&str, &str)]) -> Import {
    let texts: Vec<_> = files
        .iter()
        .map(|(name, content)| text(name, content))
        .collect();
    import(&texts, Catalogue::get()).unwrap()
}

fn unused(import: &Import) -> Vec<String> {
    import.unused.iter().map(ToString::to_string).collect()
}

fn noticed(import: &Import, part: &str) -> bool {
    import.notices.iter().any(|notice| notice.contains(part))
}

fn id(n: u32) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}

/// Graph's answer with users who hold E3 or not.
fn users(held: &[bool]) -> String {
    let users = held.iter().zip(1..).map(|(held, n)| {
        let licenses = if *held {
            format!(r#"[{{"skuId":"{E3}","disabledPlans":[]}}]"#)
        } else {
            "[]".to_owned()
        };
        format!(
            r#"{{"id":"{}","userPrincipalName":"u{n}@contoso.com","displayName":"U","accountEnabled":true,"assignedLicenses":{licenses}}}"#,
            id(n)
        )
    });
    format!(r#"{{"value":[{}]}}"#, users.collect::<Vec<_>>().join(",\n"))
}

fn skus(enabled: u32, consumed: u32) -> String {
    format!(
        r#"{{"value":[{{"skuId":"{E3}","skuPartNumber":"ENTERPRISEPACK","appliesTo":"User","capabilityStatus":"Enabled",
        "consumedUnits":{consumed},"prepaidUnits":{{"enabled":{enabled},"warning":0,"suspended":0,"lockedOut":0}},"servicePlans":[]}}]}}"#
    )
}

/// R16: whoever the users of the files don't account for stays counted; fewer than they hold is no seat given away.
#[test]
fn consumed_units_that_disagree_with_the_users() {
    for (reported, outside, consumed) in [(5, 3, 5), (2, 0, 2), (1, 0, 2)] {
        let read = read(&[
            ("u.json", &users(&[true, true, false])),
            ("s.json", &skus(10, reported)),
        ]);
        assert_eq!(read.parts.products[0].outside, outside);
        let said = noticed(&read, "ENTERPRISEPACK reports");
        assert_eq!(said, reported != 2, "{:?}", read.notices);
        let tenant = Tenant::new(read.parts).unwrap();
        let seats = tenant.seats(&tenant.products()[0].sku);
        assert_eq!((seats.consumed, seats.free), (consumed, 10 - consumed));
    }
}

#[test]
fn ten_thousand_users_and_one_invalid_row() {
    let mut csv =
        "User principal name,Object Id,Display name,Usage location,Licenses\r\n".to_owned();
    for n in 1..=10_000 {
        let id = if n == 7_777 { "7777".to_owned() } else { id(n) };
        write!(csv, "u{n}@contoso.com,{id},\"U, {n}\",SE,Office 365 E3\r\n").unwrap();
    }
    let read = read(&[("users.csv", &csv)]);
    assert_eq!((read.counts.users, read.counts.direct), (9_999, 9_999));
    assert_eq!(
        unused(&read),
        ["users.csv:7778: user u7777@contoso.com: its object id \"7777\" is no GUID"]
    );
}

fn created(user: &User) -> String {
    let time = user.created.map(Timestamp::from);
    time.map(show_time).unwrap_or_default()
}

#[test]
fn a_csv_that_a_spreadsheet_saved() {
    let csv = format!(
        "\u{feff}Display name;User principal name;Object Id;Block credential;Postal code;Usage location;When created;Licenses\r\n\
         Anna;a@contoso.com;{};FALSCH;1234;SE;19.08.2021 13:25;Office 365 E3+Enterprise Mobility + Security E3\r\n\
         \"Bob; the second\";b@contoso.com;{};WAHR;;DE;03.04.2021;Unlicensed\r\n\
         Cara;c@contoso.com;{};vielleicht;;;gestern;Office 365 E3\r\n\
         ;;;;;;;\r\n",
        id(1),
        id(2),
        id(3)
    );
    let import = read(&[("saved.csv", &csv)]);
    let users = &import.parts.users;
    assert_eq!(users.len(), 3);
    assert_eq!(
        (users[0].enabled, users[1].enabled, users[2].enabled),
        (true, false, true)
    );
    assert_eq!(&*users[1].display_name, "Bob; the second");
    assert_eq!(created(&users[0]), "2021-08-19T13:25:00Z");
    assert_eq!(created(&users[1]), "2021-04-03");
    assert_eq!(users[0].licenses.len(), 2, "a plus within a name");
    assert_eq!(
        unused(&import),
        [
            "saved.csv:4: block credential of user c@contoso.com: \"vielleicht\" can't be read as one",
            "saved.csv:4: creation time of user c@contoso.com: \"gestern\" can't be read as one",
        ]
    );
    // A postal code that lost its zero can't be told from another: it is kept as it is.
    let code = users[0]
        .extra
        .get("postalCode")
        .and_then(|code| code.text());
    assert_eq!(code, Some("1234"));
}

#[test]
fn dates_with_slashes_are_month_first_unless_one_says_otherwise() {
    let csv = |first: &str, second: &str| {
        format!(
            "User principal name,Object Id,Licenses,Block credential,When created\na@contoso.com,{},,FALSE,{first}\nb@contoso.com,{},,FALSE,{second}\n",
            id(1),
            id(2)
        )
    };
    for (first, second, expected, faults, said) in [
        (
            "3/4/2021",
            "8/19/2021 1:25:31 PM",
            ["2021-03-04", "2021-08-19T13:25:31Z"],
            0,
            false,
        ),
        (
            "3/4/2021",
            "19/8/2021 13:25",
            ["2021-04-03", "2021-08-19T13:25:00Z"],
            0,
            true,
        ),
        // They contradict each other: what Entra would not have written is listed, not guessed.
        ("8/19/2021", "19/8/2021", ["2021-08-19", ""], 1, false),
    ] {
        let import = read(&[("u.csv", &csv(first, second))]);
        let users = &import.parts.users;
        assert_eq!(
            [created(&users[0]), created(&users[1])],
            expected,
            "{first} {second}"
        );
        assert_eq!(import.unused.len(), faults, "{first} {second}");
        assert_eq!(noticed(&import, "day first"), said, "{first} {second}");
    }
}

#[test]
fn the_same_user_twice() {
    let csv = format!(
        "User principal name,Object Id,Licenses\na@contoso.com,{0},Office 365 E3\nb@contoso.com,{0},\nA@Contoso.com,{1},\n",
        id(1),
        id(2)
    );
    let import = read(&[("u.csv", &csv)]);
    assert_eq!(import.counts.users, 1);
    assert_eq!(
        import.parts.users[0].licenses.len(),
        1,
        "the first one counts"
    );
    assert_eq!(
        unused(&import),
        [
            "u.csv:3: user b@contoso.com: a user of the same id is listed before, who counts",
            "u.csv:4: user A@Contoso.com: a user of the same userPrincipalName is listed before, who counts",
        ]
    );
    // On two pages of one answer too.
    let again = read(&[
        ("1.json", &users(&[true])),
        ("2.json", &users(&[true, false])),
    ]);
    assert_eq!(
        unused(&again),
        ["2.json:1: user u1@contoso.com: a user of the same id is listed before, who counts"]
    );
}

#[test]
fn a_truncated_page_imports_nothing() {
    let whole = users(&[true, false, true]);
    for end in [1, whole.len() / 2, whole.len() - 1] {
        let texts = [
            text("s.json", &skus(5, 2)),
            text("page.json", &whole[..end]),
        ];
        let fault = import(&texts, Catalogue::get()).unwrap_err();
        assert!(fault.message.contains("page.json"), "{fault}");
        assert!(fault.hint.is_some(), "{fault}");
    }
}

#[test]
fn a_catalogue_with_blanks_and_double_names() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("catalogue.csv");
    let twins = [
        "11111111-0000-4000-8000-000000000000",
        "22222222-0000-4000-8000-000000000000",
    ];
    let header = "Product_Display_Name,String_Id,GUID,Service_Plan_Name,Service_Plan_Id,Service_Plans_Included_Friendly_Names";
    let content = format!(
        "\u{feff}{header}\r\n\
         Twin,TWIN, {0} ,PLAN_A,{p},Plan A\r\n\
         Twin,TWIN,{1},PLAN_A,\"{p} \",Plan A\r\n\
         Broken,BROKEN,not a guid,PLAN_A,{p},Plan A\r\n",
        twins[0],
        twins[1],
        p = id(9)
    );
    fs::write(&path, content).unwrap();
    let mut rig = Rig::new();
    let line = format!("Import-SkuCatalog '{}' -Add Twin", path.display());
    let ran = rig.line(&line);
    assert_eq!(
        ran.column("Target"),
        ["TWIN", twins[1]],
        "two products of one part number: the GUID is the key"
    );
    assert_eq!(ran.log.warnings.len(), 1);
    assert!(
        ran.log.warnings[0].message.contains("catalogue.csv:4:"),
        "{:?}",
        ran.log.warnings
    );
    let seats = rig.error("New-Subscription Twin -Seats 2 -ErrorAction Stop");
    assert_eq!(seats.id, "AmbiguousSku");
    assert_eq!(
        rig.texts(&format!(
            "New-Subscription {} -Seats 2 | Select-Object -ExpandProperty Outcome",
            twins[0]
        )),
        ["Created"]
    );
    // Once more there is nothing new.
    assert!(rig.line(&line).values.is_empty());
    // Something else than a catalogue.
    fs::write(&path, "GUID,Name\n").unwrap();
    assert_eq!(
        rig.error(&format!("{line} -ErrorAction Stop")).id,
        "NotACatalogue"
    );
}

/// A plan that somebody has switched off isn't taken away by a catalogue that lacks it; the others are renewed.
#[test]
fn a_catalogue_takes_no_plan_away_that_is_switched_off() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("catalogue.csv");
    let header = "Product_Display_Name,String_Id,GUID,Service_Plan_Name,Service_Plan_Id,Service_Plans_Included_Friendly_Names";
    let e1 = "18181a46-0d4e-45cd-891e-60aabd171b4e";
    let power_bi = "f8a1db68-be16-40ed-86d5-cb42ce701560";
    let content = format!(
        "{header}\nOffice 365 E3 anew,ENTERPRISEPACK,{E3},PLAN_A,{0},Plan A\n\
         Office 365 E1 anew,STANDARDPACK,{e1},PLAN_A,{0},Plan A\n\
         Power BI anew,POWER_BI_PRO,{power_bi},PLAN_B,{1},Plan B\n",
        id(8),
        id(9)
    );
    fs::write(&path, content).unwrap();
    let mut rig = Rig::new();
    let ran = rig.line(&format!("Import-SkuCatalog '{}'", path.display()));
    assert_eq!(ran.column("Target"), ["POWER_BI_PRO"]);
    let ids: Vec<_> = ran.log.warnings.iter().map(|warning| warning.id).collect();
    assert_eq!(ids, ["PlanInUse", "PlanInUse"]);
    assert_eq!(
        rig.texts("(Get-Subscription POWER_BI_PRO).Product"),
        ["Power BI anew"]
    );
}

#[test]
fn a_filter_that_graph_would_refuse_is_refused_within_its_text() {
    let mut rig = Rig::new();
    let fault = rig.error("Get-User -Filter 'contains(displayName,''nn'')'");
    assert_eq!(fault.id, "BadFilter");
    let source = fault.source.clone().unwrap();
    assert_eq!(
        (source.name.as_str(), fault.span.unwrap().start),
        ("-Filter", 0)
    );
    let both = "Get-User -Department HR -Filter 'startsWith(displayName,''P'')'";
    assert_eq!(rig.texts(both), ["paul@contoso.com"]);
}

#[test]
fn a_clock_moved_backwards_is_refused_but_to_real_time() {
    let mut rig = Rig::new();
    for line in [
        "Set-TenantClock -1d",
        "Set-TenantClock 2020-01-01",
        "Set-TenantClock +0.5d",
    ] {
        let fault = rig.error(&format!("{line} -ErrorAction Stop"));
        assert!(
            ["ClockBackwards", "InvalidArgument"].contains(&fault.id),
            "{fault}"
        );
    }
    rig.values("Set-TenantClock +31d");
    assert_eq!(rig.texts("(Get-Tenant).Time"), ["2026-12-25T10:00:00Z"]);
    let back = rig.line("Set-TenantClock real");
    assert_eq!(back.log.warnings[0].id, "ClockBackwards");
    assert_eq!(rig.texts("(Get-Tenant).Time"), ["2026-11-24T10:00:00Z"]);
}

#[test]
fn a_hold_placed_after_the_deletion_is_refused() {
    let mut rig = Rig::new();
    let fault = rig.error("Set-Mailbox agnes@contoso.com -LitigationHold -ErrorAction Stop");
    assert_eq!(fault.id, "HoldTooLate");
    assert!(
        fault.hint.as_ref().unwrap().contains("Restore-User"),
        "{fault}"
    );
}

#[test]
fn an_export_goes_into_an_empty_directory_and_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("new/exported");
    let line = format!("Export-Tenant '{}'", target.display());
    let mut rig = Rig::new();
    assert!(rig.values(&format!("{line} -WhatIf")).is_empty());
    assert!(!target.exists());
    let written = rig.texts(&line);
    assert_eq!(written.len(), 5);
    let texts: Vec<_> = written
        .iter()
        .map(|path| text(path, &fs::read_to_string(path).unwrap()))
        .collect();
    let back = import(&texts, Catalogue::get()).unwrap();
    assert!(back.unused.is_empty(), "{:?}", back.unused);
    assert_eq!(
        (
            back.counts.users,
            back.counts.direct + back.counts.inherited
        ),
        (40, 58)
    );
    let refused = rig.error(&line);
    assert_eq!(refused.id, "DirectoryNotEmpty");
    assert_eq!(rig.texts(&format!("{line} -Force")).len(), 5);
}

/// R27: a large tenant may opt in to a mailbox that goes on working for a while without its license.
#[test]
fn r27_a_mailbox_goes_on_working_where_the_tenant_opted_in() {
    let mut rig = Rig::new();
    rig.values("Set-Tenant -DelicensingResiliency");
    rig.values("Remove-License otto@contoso.com -All");
    let state = "Get-Mailbox otto@contoso.com | ForEach-Object { `${$_.State} ${$_.Searchable} ${$_.KeptUntil}` }";
    let mut states = Vec::new();
    for _ in 0..3 {
        states.extend(rig.texts(state));
        rig.values("Set-TenantClock +30d");
    }
    assert_eq!(
        states,
        [
            "Active true 2027-01-23T10:00:00Z",
            "Disconnected false 2027-01-23T10:00:00Z",
            "Deleted false ",
        ]
    );
}

/// One request about many things is asked about by their number.
#[test]
fn what_is_due_is_asked_about_with_its_number() {
    let mut rig = Rig::interactive();
    rig.values("Set-TenantClock +31d");
    let before = rig.session.borrow().tenant();
    let ran = rig.line("Invoke-Retention");
    assert_eq!(ran.faults[0].id, "NotConfirmed");
    let asked = &ran.log.questions[0].what;
    assert_eq!(
        asked,
        "Invoke-Retention: 2 objects would change: 1 deleted, 1 changed"
    );
    assert!(*rig.session.borrow().tenant() == *before);
}
