//! What is read from the CSVs of the admin centre, of Entra and of Microsoft's catalogue.

use crate::files::Text;
use crate::interop::{Import, import, read_sku_catalogue, sample};
use crate::tenant::UserKind;
use crate::value::show_time;

const ID: &str = "11111111-0000-4000-8000-00000000000";

fn text(content: &str) -> Text {
    Text {
        path: "users.csv".into(),
        content: content.to_owned(),
    }
}

fn read(contents: &[&str]) -> Import {
    let files: Vec<Text> = contents.iter().map(|content| text(content)).collect();
    import(&files, &sample().unwrap().products).unwrap()
}

#[test]
fn both_layouts_of_the_admin_centre_are_read_by_column_names() {
    let newer = format!(
        "Display name,DirSyncEnabled,User principal name,Object Id,When created,Soft deletion time stamp,Title,CountryOrRegion,Usage location,Block credential,Licenses\r\n\
         Åsa Öberg,TRUE,asa@contoso.com,{ID}1,2019-05-06 08:00:00Z,,Engineer,Sweden,SE,TRUE,Office 365 E3+Enterprise Mobility + Security E3\r\n\
         Bo,,bo@contoso.com,{ID}2,,2026-11-10 08:00:00Z,,,,FALSE,Unlicensed\r\n"
    );
    let older = format!(
        "Block credential;Country/Region;DirSyncEnabled;Display name;Licenses;Object Id;Proxy addresses;Soft deletion time stamp;Title;Usage location;User principal name;When created\n\
         TRUE;Sweden;TRUE;Åsa Öberg;Enterprise Mobility + Security E3+Office 365 E3;{ID}1;smtp:x@contoso.com+SMTP:asa@contoso.com;;Engineer;SE;asa@contoso.com;2019-05-06 08:00:00Z\n\
         FALSE;;;Bo;Unlicensed;{ID}2;;2026-11-10 08:00:00Z;;;bo@contoso.com;\n"
    );
    for content in [&newer, &older] {
        let import = read(&[content]);
        assert!(import.unused.is_empty(), "{:?}", import.unused);
        let [asa, bo] = &import.parts.users[..] else {
            panic!("two users");
        };
        assert_eq!(
            (asa.enabled, asa.synced, asa.licenses.len()),
            (false, true, 2)
        );
        assert_eq!(asa.country.as_deref(), Some("Sweden"));
        assert_eq!(
            show_time(asa.created.unwrap().into()),
            "2019-05-06T08:00:00Z"
        );
        assert_eq!(
            (bo.enabled, bo.deleted.is_some(), bo.licenses.len()),
            (true, true, 0)
        );
        assert_eq!(import.parts.products[0].subscriptions[0].seats, 1);
        assert!(
            import
                .notices
                .iter()
                .any(|n| n.contains("a license of a CSV counts as direct"))
        );
    }
    let older = read(&[&older]);
    assert_eq!(
        older.parts.users[0].mail.as_deref(),
        Some("asa@contoso.com")
    );
}

#[test]
fn entra_s_users_have_no_licenses_and_american_dates() {
    let content = format!(
        "userPrincipalName,displayName,id,userType,accountEnabled,directorySynced,createdDateTime\n\
         g@contoso.com,Gus,{ID}1,Guest,False,True,8/19/2021 1:25:31 PM\n"
    );
    let import = read(&[&content]);
    let user = &import.parts.users[0];
    assert_eq!(
        (user.kind, user.enabled, user.synced),
        (UserKind::Guest, false, true)
    );
    assert_eq!(
        show_time(user.created.unwrap().into()),
        "2021-08-19T13:25:31Z"
    );
    assert!(
        import
            .notices
            .iter()
            .any(|n| n.contains("no Licenses column"))
    );
}

#[test]
fn rows_and_cells_that_can_not_be_used_are_listed_with_their_line() {
    let content = format!(
        "User principal name,Object Id,Usage location,When created,Licenses\r\n\
         a@contoso.com,{ID}1,Sweden,yesterday,Office 365 E3+Nobody + Knows\r\n\
         b@contoso.com,{ID}2,SE\r\n\
         ,{ID}3,SE,,\r\n\
         \r\n\
         c@contoso.com,7,SE,,\r\n\
         \"d@contoso.com\",{ID}4,SE,,Twin\r\n"
    );
    let mut catalogue = sample().unwrap().products;
    for n in 1..3 {
        let mut twin = catalogue[0].clone();
        twin.name = "Twin".into();
        twin.sku_id = uuid::Uuid::from_u128(n);
        catalogue.push(twin);
    }
    let import = import(&[text(&content)], &catalogue).unwrap();
    let listed: Vec<_> = import
        .unused
        .iter()
        .map(|u| (u.line, u.what.as_str()))
        .collect();
    assert_eq!(
        listed,
        [
            (2, "usage location of user a@contoso.com"),
            (2, "creation time of user a@contoso.com"),
            (2, "license \"Nobody + Knows\" of user a@contoso.com"),
            (3, "the row of b@contoso.com"),
            (4, "user without a name"),
            (6, "user c@contoso.com"),
            (7, "license \"Twin\" of user d@contoso.com"),
        ]
    );
    assert_eq!((import.counts.users, import.counts.direct), (2, 1));
}

#[test]
fn an_unclosed_quote_hides_no_row_silently() {
    let content = format!(
        "User principal name,Object Id,Licenses\na@contoso.com,{ID}1,\n\"b@contoso.com,{ID}2,\nc@contoso.com,{ID}3,\n"
    );
    let import = read(&[&content]);
    assert_eq!((import.counts.users, import.unused[0].line), (1, 3));
    assert!(
        import.unused[0].reason.contains("over 3 lines"),
        "{}",
        import.unused[0]
    );
}

#[test]
fn a_catalogue_is_read_with_its_blanks_and_doubles() {
    let e9 = "99999999-0000-4000-8000-000000000000";
    let content = format!(
        "Product_Display_Name,String_Id,GUID,Service_Plan_Name,Service_Plan_Id,Service_Plans_Included_Friendly_Names\r\n\
         Office 365 E9,E9PACK, {e9} ,PLAN_A,{ID}1,Plan A\r\n\
         Office 365 E9,E9PACK,{e9},PLAN_A,{ID}1,Plan A\r\n\
         Office 365 E9,E9PACK,{e9},PLAN_B,\"{ID}2 \",\"Plan B, the second\"\r\n\
         Office 365 E9,E9PACK,{e9},PLAN_C,x,Plan C\r\n\
         Nothing,,,,,\r\n"
    );
    let read_catalogue = read_sku_catalogue(&text(&content)).unwrap();
    let [e9pack] = &read_catalogue.products[..] else {
        panic!("one product");
    };
    assert_eq!((&*e9pack.sku, e9pack.plans.len()), ("E9PACK", 2));
    assert_eq!(e9pack.plans[1].title.as_deref(), Some("Plan B, the second"));
    let lines: Vec<_> = read_catalogue
        .unused
        .iter()
        .map(|unused| unused.line)
        .collect();
    assert_eq!(lines, [5, 6]);
    let users =
        format!("User principal name,Object Id,Licenses\na@contoso.com,{ID}1,office 365 e9\n");
    assert_eq!(&*read(&[&users, &content]).parts.products[0].sku, "E9PACK");
    let fault = read_sku_catalogue(&text("GUID,Name\n")).unwrap_err();
    assert!(fault.message.contains("Product_Display_Name"), "{fault}");
}

#[test]
fn a_csv_without_the_columns_it_takes_imports_nothing() {
    for (content, part) in [
        ("Name,Mail\nA,a@contoso.com\n", "holds neither users"),
        (
            "UserPrincipalName,Reason\na@contoso.com,left\n",
            "no Object Id column",
        ),
        ("a@contoso.com\nb@contoso.com\n", "holds neither users"),
    ] {
        let fault = import(&[text(content)], &Vec::new()).unwrap_err();
        assert!(fault.message.contains(part), "{fault}");
    }
}
