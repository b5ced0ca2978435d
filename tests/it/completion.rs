//! What Tab offers, on the sample; the cursor is at the bar.

use std::fs;

use tenantsh::repl::complete::{Candidate, offers};
use tenantsh::value::Operator;

use crate::support::Rig;

/// The offers, and the text in front of the word whose place they take.
fn tab(rig: &Rig, text: &str) -> (String, Vec<Candidate>) {
    let position = text.find('¦').unwrap();
    let line = text.replace('¦', "");
    let (start, found) = offers(&rig.host, &rig.session.borrow(), &line, position);
    (line[..start].to_owned(), found)
}

fn texts(rig: &Rig, text: &str) -> Vec<String> {
    let (_, found) = tab(rig, text);
    found.into_iter().map(|found| found.text).collect()
}

/// A table of lines and what they are offered, all of it.
#[track_caller]
fn check(rig: &Rig, table: &[(&str, &[&str])]) {
    for (text, expected) in table {
        assert_eq!(texts(rig, text), *expected, "{text}");
    }
}

#[test]
fn commands_are_found_by_name_and_by_alias() {
    let mut rig = Rig::new();
    check(
        &rig,
        &[
            ("get-us¦", &["Get-User"]),
            ("Get-User | ft¦", &["Format-Table"]),
            ("Get-User | grou¦", &["Group-Object"]),
            ("gcm¦", &["Get-Command"]),
            (
                "ex¦",
                &[
                    "Export-Csv",
                    "Export-Json",
                    "Export-Plan",
                    "Export-Report",
                    "Export-Tenant",
                    "Export-Yaml",
                ],
            ),
            ("exi¦", &["exit"]),
            (
                "let x = 1; Get-User | ForEach-Object { Block-¦",
                &["Block-User"],
            ),
        ],
    );
    rig.line("let leavers = 1; fn Remove_Leaver(user, sku) { user }");
    check(
        &rig,
        &[
            ("leav¦", &["leavers"]),
            ("$l¦", &["$leavers"]),
            ("$_.Enabled -eq $t¦", &["$true"]),
            ("Remove-Le¦", &["Remove-Leaver"]),
            ("Remove-Leaver -Sku POW¦", &["POWER_BI_PRO"]),
        ],
    );
}

#[test]
fn parameters_are_offered_that_can_still_be_given() {
    let rig = Rig::new();
    check(
        &rig,
        &[
            ("Get-User -Depa¦", &["-Department"]),
            ("Get-User -Department Sales -D¦", &["-Deleted", "-Disabled"]),
            ("Get-User -UPN¦", &["-User"]),
            (
                "Set-Mailbox anna@contoso.com -F¦",
                &["-FailedTo", "-First", "-Force", "-ForwardTo"],
            ),
            (
                "Remove-License anna@contoso.com -All -S¦",
                &["-StopAfter", "-Strict"],
            ),
            ("Get-License -Dir¦ -Inherited", &[]),
            ("Get-Help Get-License -Parameter H¦", &["HasError"]),
            ("Get-Mailbox -State dis¦", &["Disconnected"]),
        ],
    );
}

#[test]
fn plans_are_those_that_can_be_switched() {
    let rig = Rig::new();
    let on = texts(
        &rig,
        "Disable-ServicePlan lukas@contoso.com ENTERPRISEPACK ¦",
    );
    assert!(on.len() > 20 && !on.contains(&"SWAY".to_owned()), "{on:?}");
    check(
        &rig,
        &[
            (
                "Enable-ServicePlan lukas@contoso.com -Sku ENTERPRISEPACK -Plan ¦",
                &["SWAY", "YAMMER_ENTERPRISE"],
            ),
            (
                "Enable-ServicePlan -Plan ¦ -User lukas@contoso.com -Sku 'Office 365 E3'",
                &["SWAY", "YAMMER_ENTERPRISE"],
            ),
            (
                "Enable-ServicePlan -Sku ENTERPRISEPACK -Plan S¦ -User lukas@contoso.com",
                &["SWAY"],
            ),
            (
                "Enable-ServicePlan lukas@contoso.com ENTERPRISEPACK SWAY, ¦",
                &["YAMMER_ENTERPRISE"],
            ),
            (
                "Enable-ServicePlan anna@contoso.com -Sku ENTERPRISEPACK -Plan ¦",
                &[],
            ),
            (
                "Get-User lukas@contoso.com | Enable-ServicePlan -Plan ¦",
                &["SWAY", "YAMMER_ENTERPRISE"],
            ),
            (
                "Enable-ServicePlan -Sku POWER_BI_PRO -Plan ¦",
                &["BI_AZURE_P2", "EXCHANGE_S_FOUNDATION"],
            ),
            (
                "Add-License anna@contoso.com -Sku POWER_BI_PRO -DisabledPlans BI¦",
                &["BI_AZURE_P2"],
            ),
            (
                "Disable-ServicePlan -Plan AAD_¦",
                &["AAD_PREMIUM", "AAD_PREMIUM_P2"],
            ),
            (
                "Remove-License lukas@contoso.com -Sku ¦",
                &["ENTERPRISEPACK"],
            ),
        ],
    );
    let (_, found) = tab(&rig, "Enable-ServicePlan lukas@contoso.com -Plan YA¦");
    let title = found[0].beside.as_deref();
    assert!(
        title.is_some_and(|title| title.contains("Yammer") || title.contains("Viva")),
        "{title:?}"
    );
}

#[test]
fn properties_are_those_of_what_flows() {
    let mut rig = Rig::new();
    check(
        &rig,
        &[
            ("Get-User | Select-Object Dep¦", &["Department"]),
            (
                "Get-User | Select-Object UserPrincipalName, D¦",
                &["Deleted", "Department", "DisplayName"],
            ),
            (
                "Get-User | Select-Object Deleted, D¦",
                &["Department", "DisplayName"],
            ),
            (
                "Get-License | Where-Object D¦",
                &["DisabledPlans", "DisplayName"],
            ),
            ("Get-User | Where-Object { $_.Dep¦", &["Department"]),
            (
                "Get-User | ? { $_.City -eq 'Bern' -and $_.Co¦ }",
                &["Country"],
            ),
            ("Get-User | Group-Object Dep¦", &["Department"]),
            (
                "Get-User | Sort-Object City -Descending | Format-Table -Property Job¦",
                &["JobTitle"],
            ),
            (
                "Get-User | Select-Object City, @{ N = 'Held'; E = { $_.Licenses } } | Sort-Object ¦",
                &["City", "Held"],
            ),
            (
                "Get-User | Select-Object *Name | Where-Object { $_.¦",
                &["DisplayName", "GivenName", "Surname", "UserPrincipalName"],
            ),
            (
                "Get-User | Select-Object City, Id -ExcludeProperty I* | Sort-Object ¦",
                &["City"],
            ),
            (
                "Get-User | Select-Object -First 3 | Sort-Object Jo¦",
                &["JobTitle"],
            ),
            ("Get-User | Select-Object { $_.Job¦", &["JobTitle"]),
            (
                "Get-User | Group-Object City | Sort-Object ¦",
                &["Count", "Group", "Name"],
            ),
            (
                "Get-User | Group-Object City -NoElement | ForEach-Object { $_.¦",
                &["Count", "Name"],
            ),
            ("Get-User | Measure-Object | Select-Object ¦", &["Count"]),
            (
                "Get-Subscription | Measure-Object Free -Sum | Select-Object M¦",
                &["Maximum", "Minimum"],
            ),
            (
                "Get-ServicePlan anna@contoso.com | Where-Object En¦",
                &["Enabled"],
            ),
            ("Get-ServicePlan -Sku EMS | Where-Object En¦", &[]),
            (
                "Get-User | ForEach-Object { Get-License $_.Use¦",
                &["UserPrincipalName", "UserType"],
            ),
            (
                "Get-User | ForEach-Object { Get-License $_ | Where-Object As¦",
                &["AssignedBy"],
            ),
            (
                "Remove-License anna@contoso.com -All -WhatIf | Select-Object Sea¦",
                &["SeatFreed"],
            ),
            (
                "Get-User | ForEach-Object { $_ } | Sort-Object Ci¦",
                &["City"],
            ),
            (
                "Get-User | % { @{ User = $_.Id; 'Last day' = @{ X = 1 } } } | Sort-Object ¦",
                &["'Last day'", "User"],
            ),
            (
                "Get-User | % { #{ A: [1, 2], \"b c\": #{ X: 1 } } } | Sort-Object ¦",
                &["A", "'b c'"],
            ),
            (
                "Get-User | % {\n  let n = Get-License $_\n  @{ N = n.Count }\n} | Sort-Object ¦",
                &["N"],
            ),
            (
                "Get-User | % { $_ | Select-Object City, Id } | Sort-Object ¦",
                &["City", "Id"],
            ),
            (
                "Get-User | % { Get-License $_ | Select-Object Sku; } | Sort-Object ¦",
                &["Sku"],
            ),
            (
                "Get-User | % { Get-License $_ | % { @{ A = 1 } } } | Sort-Object ¦",
                &["A"],
            ),
            (
                "Get-User | Select-Object City | % { $_ } | ? { $_.¦",
                &["City"],
            ),
            ("(Get-User anna@contoso.com).Ci¦", &["City"]),
            ("(Get-User)[0].Ci¦", &["City"]),
            ("Get-User | Where-Object { $_.Licenses.¦", &["Count"]),
            ("Get-User | ConvertTo-Json | Select-Object ¦", &[]),
            (
                "Get-User | Where-Object Department -eq Mark¦",
                &["Marketing"],
            ),
            ("Get-License | Where-Object Sku -eq POW¦", &["POWER_BI_PRO"]),
        ],
    );
    rig.line("let rows = Get-User | Select-Object City, Id; let one = Get-Subscription EMS; let none = []");
    check(
        &rig,
        &[
            ("rows | Sort-Object ¦", &["City", "Id"]),
            ("$rows | Where-Object { $_.¦", &["City", "Id"]),
            ("rows | Select-Object City | Sort-Object ¦", &["City"]),
            ("one.Fr¦", &["Free"]),
            ("rows[0].¦", &["City", "Id"]),
            ("nothing.Fr¦", &[]),
        ],
    );
    // What can't be known may be anything.
    for text in [
        "Import-Csv $path | Sort-Object Dep¦",
        "none | Sort-Object Dep¦",
        "Get-User | % { $_.Licenses } | Sort-Object Dep¦",
        "Get-User | % { if $_.Enabled { Get-License $_ } } | Sort-Object Dep¦",
        "Get-User | % { Get-License $_; @{ A = 1 } } | Sort-Object Dep¦",
        "Get-User | % { let a = @{ A = 1 } } | Sort-Object Dep¦",
        "Get-User | % { @{ A = 1 } } -End { 1 } | Sort-Object Dep¦",
        "Get-User | % City | Sort-Object Dep¦",
        "Get-User | % { Get-License $_; $_ | % { @{ A = 1 } } } | Sort-Object Dep¦",
        "none.Dep¦",
    ] {
        assert_eq!(texts(&rig, text), ["Department"], "{text}");
    }
}

#[test]
fn columns_are_those_of_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| {
        fs::write(dir.path().join(name), content).unwrap();
    };
    write(
        "leavers.csv",
        b"\xEF\xBB\xBFUPN,Last day,O'Neill,\"Do, it\",=x\n1,2,3,4,5\n",
    );
    write("semicolon.csv", b"\n\nupn;Ort\n1;2\n");
    write("utf16.csv", b"\xFF\xFEa\0,\0\xE5\0\n\0");
    let long = format!("UPN,City\n{}", "anna@contoso.com,Visby\n".repeat(100_000));
    write("long.csv", long.as_bytes());
    write("open.csv", b"UPN,\"City\n1,2\n3,4");
    write("twice.csv", b"UPN,UPN\n");
    write("binary.csv", b"UPN,City\n\0\xFF");
    write("empty.csv", b"");
    let mut rig = Rig::new();
    let at = |text: &str| text.replace("DIR", &dir.path().display().to_string());
    let check = |rig: &Rig, table: &[(&str, &[&str])]| {
        for (text, expected) in table {
            assert_eq!(texts(rig, &at(text)), *expected, "{text}");
        }
    };
    let columns = ["'=x'", "'Do, it'", "'Last day'", "'O''Neill'", "UPN"];
    check(
        &rig,
        &[
            ("Import-Csv DIR/leavers.csv | Select-Object ¦", &columns),
            (
                "Import-Csv 'DIR/leavers.csv' | Sort-Object -Property ¦",
                &columns,
            ),
            ("Import-Csv -Path DIR/leavers.csv | ? { $_.¦", &columns),
            (
                "import-csv DIR/leavers.csv | Select-Object UPN, 'la¦",
                &["'Last day'"],
            ),
            ("Import-Csv DIR/leavers.csv | ? { $_.'La¦", &["'Last day'"]),
            ("Import-Csv DIR/leavers.csv | ? { $_.'do, i¦", &["'Do, it'"]),
            (
                "let l = Import-Csv DIR/leavers.csv; $l | ? { $_.U¦",
                &["UPN"],
            ),
            ("for row in Import-Csv DIR/leavers.csv { row.U¦", &["UPN"]),
            (
                "Import-Csv DIR/leavers.csv | Select-Object U* | Sort-Object ¦",
                &["UPN"],
            ),
            (
                "Import-Csv DIR/semicolon.csv | Sort-Object ¦",
                &["Ort", "upn"],
            ),
            (
                "Import-Csv DIR/leavers.csv ';' | Sort-Object ¦",
                &["'UPN,Last day,O''Neill,\"Do, it\",=x'"],
            ),
            (
                "Import-Csv DIR/leavers.csv -Header A, 'B c' | Sort-Object ¦",
                &["A", "'B c'"],
            ),
            ("Import-Csv DIR/utf16.csv | Sort-Object ¦", &["a", "å"]),
            ("Import-Csv DIR/long.csv | Sort-Object ¦", &["City", "UPN"]),
            ("Import-Csv DIR/open.csv | Sort-Object ¦", &[]),
            ("Import-Csv DIR/twice.csv | Sort-Object ¦", &[]),
            ("Import-Csv DIR/binary.csv | Sort-Object ¦", &[]),
            ("Import-Csv DIR/empty.csv | Sort-Object ¦", &[]),
            ("Import-Csv DIR/none.csv | Sort-Object ¦", &[]),
            ("Import-Csv DIR | Sort-Object ¦", &[]),
            ("Import-Csv /dev/zero | Sort-Object ¦", &[]),
        ],
    );
    rig.line(&at("let leavers = Import-Csv DIR/leavers.csv"));
    check(
        &rig,
        &[
            ("$leavers | Where-Object { $_.¦", &columns),
            ("leavers | Select-Object l¦", &["'Last day'"]),
            ("$leavers[0].¦", &columns),
        ],
    );
}

/// A pipe that nobody writes to would be waited for without end.
#[cfg(unix)]
#[test]
fn a_pipe_is_not_looked_into() {
    let dir = tempfile::tempdir().unwrap();
    let pipe = dir.path().join("rows.csv");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let text = format!("Import-Csv {} | Sort-Object ¦", pipe.display());
    assert!(texts(&Rig::new(), &text).is_empty());
}

#[test]
fn what_a_block_compares_is_offered_its_operators_and_values() {
    let mut rig = Rig::new();
    rig.line(
        "Set-User bob@contoso.com -City Malmö -Department \"O'Neill's\" -JobTitle 'Über \"1\"'",
    );
    let operators: Vec<String> = Operator::names().map(|name| format!("-{name}")).collect();
    let mut found = texts(&rig, "Get-User | Where-Object { $_.City -¦");
    found.sort_by_key(|name| operators.iter().position(|own| own == name));
    assert_eq!(found, operators);
    check(
        &rig,
        &[
            ("Get-User | ? { $_.City -notl¦", &["-notlike"]),
            (
                "Get-User | ? { $_.City -eq 'Bern' -¦",
                &["-and", "-or", "-xor"],
            ),
            ("Get-User | ? { ($_.Enabled) -a¦ }", &["-and"]),
            ("Get-User | ? { -¦", &[]),
            ("Get-User | ? { $_.City -eq B¦", &["'Berlin'"]),
            (
                "Get-User | ? { $_.City -eq 'b¦' -and $_.Enabled }",
                &["'Berlin"],
            ),
            (
                "Get-User | ? { $_.City -eq 'Bern' -and $_.City -eq \"b¦",
                &["\"Berlin\""],
            ),
            ("Get-User | ? { $_.City -like 'MALMÖ¦", &["'Malmö'"]),
            ("Get-User | ? { $_.City == 'B¦", &["'Berlin'"]),
            (
                "Get-User | ? { $_.Department -in 'IT', 'Sales','O''n¦",
                &["'O''Neill''s'"],
            ),
            (
                "Get-User | ? { $_.Department -in @('IT', ¦",
                &[
                    "'Finance'",
                    "'HR'",
                    "'Legal'",
                    "'Marketing'",
                    "'O''Neill''s'",
                    "'Sales'",
                ],
            ),
            (
                "Get-User | ? { $_.JobTitle -eq \"üb¦",
                &["\"Über \\\"1\\\"\""],
            ),
            ("Get-User | ? JobTitle -eq \"üb¦", &["\"Über `\"1`\"\""]),
            ("Get-User | ? { $_.UserType -eq ¦", &["'Guest'", "'Member'"]),
            (
                "Get-User | ? { $_.Department -in 'O''Neill''s', 'F¦",
                &["'Finance'"],
            ),
            (
                "Get-User -Department @('IT', 'f¦') -City Bern",
                &["'Finance"],
            ),
            ("Get-User -Department IT, @('Finance', 'f¦", &[]),
            ("Get-User -Department @('IT', (Get-Us¦", &["Get-User"]),
            (
                "Get-User | ? { $_.Licenses -contains 'P¦",
                &["'POWER_BI_PRO'"],
            ),
            (
                "for u in Get-User { if u.City == \"B¦\" { Block-User u } }",
                &["\"Berlin"],
            ),
            ("fn f(u) { if u.City -eq 'Be¦", &["'Berlin'"]),
            ("Get-User | ? { $_.City -foo 'B¦", &[]),
            // Behind the value of a command its parameters come.
            ("Get-User | % { Set-User $_.Id -Ci¦", &["-City"]),
            ("Get-User | % { Set-User $_.Id -City be¦", &["Berlin"]),
            (
                "for row in Get-User { Get-License row.Id; row.City -eq 'be¦",
                &["'Berlin'"],
            ),
            ("Get-User | Select-Object @{¦", &[]),
        ],
    );
}

#[test]
fn a_filter_goes_on_in_words_of_graph() {
    let mut rig = Rig::new();
    rig.line("Set-User bob@contoso.com -Department \"O'Neill's\" -JobTitle 'Über $1'");
    // The value, what stays of it, and what comes behind that.
    for (typed, before, expected) in [
        ("\"dep¦", "\"", &["department"] as &[&str]),
        ("'DEP¦", "'", &["department"]),
        ("dep¦", "", &["\"department"]),
        (
            "\"department ¦",
            "\"department ",
            &["eq", "ge", "in", "le", "ne"],
        ),
        (
            "\"accountEnabled ¦",
            "\"accountEnabled ",
            &["eq", "in", "ne"],
        ),
        (
            "\"accountEnabled eq ¦",
            "\"accountEnabled eq ",
            &["false", "null", "true"],
        ),
        (
            "\"onPremisesSyncEnabled eq ¦",
            "\"onPremisesSyncEnabled eq ",
            &["null", "true"],
        ),
        ("\"not su¦", "\"not ", &["surname"]),
        ("\"not (su¦", "\"not (", &["surname"]),
        (
            "\"endsWith(¦",
            "\"endsWith(",
            &["mail", "userPrincipalName"],
        ),
        ("\"endswith(m¦", "\"endswith(", &["mail"]),
        ("\"startsWith(city¦", "\"startsWith(", &["city"]),
        ("\"startsWith(city ¦", "\"startsWith(city ", &[","]),
        ("\"startsWith(userType, ¦", "", &[]),
        (
            "\"department eq 'mark¦",
            "\"department eq ",
            &["'Marketing'"],
        ),
        (
            "\"department eq 'mark¦'\"",
            "\"department eq ",
            &["'Marketing"],
        ),
        (
            "'department eq ''mark¦'''",
            "'department eq ",
            &["''Marketing"],
        ),
        ("\"department eq mark¦", "", &[]),
        (
            "'department eq ''mark¦",
            "'department eq ",
            &["''Marketing''"],
        ),
        (
            "\"department eq 'o¦",
            "\"department eq ",
            &["'O''Neill''s'"],
        ),
        (
            "'department eq ''o¦",
            "'department eq ",
            &["''O''''Neill''''s''"],
        ),
        (
            "'department eq ''o''''n¦",
            "'department eq ",
            &["''O''''Neill''''s''"],
        ),
        ("\"jobTitle eq 'Ü¦", "\"jobTitle eq ", &["'Über `$1'"]),
        ("'jobTitle eq ''Ü¦", "'jobTitle eq ", &["''Über $1''"]),
        (
            "\"userType eq '¦",
            "\"userType eq ",
            &["'Guest'", "'Member'"],
        ),
        ("\"usageLocation in ¦", "\"usageLocation in ", &["("]),
        (
            "\"usageLocation in ('DE' ¦",
            "\"usageLocation in ('DE' ",
            &[")", ","],
        ),
        (
            "\"usageLocation in ('DE', 'S¦",
            "\"usageLocation in ('DE', ",
            &["'SE'"],
        ),
        (
            "'usageLocation in (''DE'', ''S¦",
            "'usageLocation in (''DE'', ",
            &["''SE''"],
        ),
        (
            "\"department eq 'IT' ¦",
            "\"department eq 'IT' ",
            &["and", "or"],
        ),
        (
            "\"department eq 'IT'¦",
            "\"department eq 'IT'",
            &[" and", " or"],
        ),
        (
            "\"(department eq 'IT' ¦",
            "\"(department eq 'IT' ",
            &[")", "and", "or"],
        ),
        (
            "\"department eq 'IT' and dep¦",
            "\"department eq 'IT' and ",
            &["department"],
        ),
        ("\"department eq 'IT' and sign¦", "", &[]),
        (
            "\"sign¦",
            "\"",
            &[
                "signInActivity/lastNonInteractiveSignInDateTime",
                "signInActivity/lastSignInDateTime",
                "signInActivity/lastSuccessfulSignInDateTime",
            ],
        ),
        ("\"department like 'x' and ¦", "", &[]),
        ("\"assignedLicenses/a¦", "\"", &["assignedLicenses/any("]),
        (
            "\"assignedLicenses/`$¦",
            "\"",
            &["assignedLicenses/`$count"],
        ),
        ("'assignedLicenses/$c¦", "'", &["assignedLicenses/$count"]),
        (
            "'assignedLicenses/$count ¦",
            "'assignedLicenses/$count ",
            &["eq", "ne"],
        ),
        (
            "'assignedLicenses/$count ne ¦",
            "'assignedLicenses/$count ne ",
            &["0"],
        ),
        (
            "'assignedLicenses/any(¦",
            "'assignedLicenses/any(",
            &["x:x/skuId"],
        ),
        (
            "'assignedLicenses/any(x:x/s¦",
            "'assignedLicenses/any(x:",
            &["x/skuId"],
        ),
        (
            "'assignedLicenses/any(x:x/skuId eq spe_e5¦",
            "'assignedLicenses/any(x:x/skuId eq ",
            &["06ebc4ee-1bb5-47dd-8120-11324bc54e06"],
        ),
        ("\"department eq 'IT'\"¦", "", &[]),
    ] {
        for around in ["Get-User -Filter ", "Get-User | % { Get-User -Filter:"] {
            let (front, found) = tab(&rig, &format!("{around}{typed}"));
            let found: Vec<_> = found.into_iter().map(|own| own.text).collect();
            assert_eq!(found, expected, "{around}{typed}");
            if !found.is_empty() {
                assert_eq!(front, format!("{around}{before}"), "{typed}");
            }
        }
    }
    let all = texts(&rig, "Get-User -Filter ¦");
    assert!(
        all.contains(&"\"city".to_owned()) && all.len() == 24,
        "{all:?}"
    );
    let product = "Get-User -Filter 'assignedLicenses/any(x:x/skuId eq 06ebc¦";
    let (_, found) = tab(&rig, product);
    assert_eq!(found[0].beside.as_deref(), Some("SPE_E5"));
}

#[test]
fn help_is_offered_its_topics() {
    let rig = Rig::new();
    check(
        &rig,
        &[
            ("Get-Help about_w¦", &["about_what-if"]),
            ("Get-Help langu¦", &["about_language"]),
            ("Get-Help remove-lic¦", &["Remove-License"]),
            ("Get-Help ft¦", &["Format-Table"]),
            ("help about_t¦", &["about_tenants"]),
            ("  man Get-Us¦", &["Get-User"]),
        ],
    );
    let (before, _) = tab(&rig, "  man Get-Us¦");
    assert_eq!(before, "  man ");
}

#[test]
fn changes_are_offered_the_latest_first() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::kept(&dir.path().join("tenant"));
    for line in [
        "Set-User anna@contoso.com -City Visby",
        "Set-User bob@contoso.com -City 'A city with a name that is quite a bit longer than usual'",
    ] {
        rig.show(line);
    }
    let (_, found) = tab(&rig, "Get-Change ¦");
    assert!(found.len() >= 2, "{found:?}");
    let numbers: Vec<u64> = found.iter().map(|own| own.text.parse().unwrap()).collect();
    assert!(numbers.is_sorted_by(|a, b| a > b), "{numbers:?}");
    let beside = found[1].beside.as_deref();
    assert_eq!(
        beside,
        Some("2026-11-24 10:00 Set-User anna@contoso.com -City Visby")
    );
    let latest = found[0].text.clone();
    assert_eq!(
        texts(&rig, &format!("Compare-Tenant -Change {latest}¦")),
        [latest]
    );
    // A tenant in memory has none.
    assert!(texts(&Rig::new(), "Get-Change ¦").is_empty());
}

#[test]
fn users_are_those_whom_the_command_is_for() {
    let mut rig = Rig::new();
    rig.line("Remove-User bob@contoso.com -Confirm:$false");
    check(
        &rig,
        &[
            ("Get-User anna@¦", &["anna@contoso.com"]),
            ("Get-User 'Anna L¦", &["'anna@contoso.com'"]),
            ("Get-User bob@¦", &[]),
            ("Restore-User bob@¦", &["bob@contoso.com"]),
            ("Get-User -Deleted -User bob@¦", &["bob@contoso.com"]),
            ("Restore-User anna¦", &[]),
            ("Connect-Tenant -As adm¦", &["admin"]),
            ("Connect-Tenant -As anna¦", &[]),
            ("Remove-GroupMember 'Works council' -Member anna¦", &[]),
            (
                "Remove-RoleMember 'License Administrator' -Member anna¦",
                &[],
            ),
        ],
    );
    let members = texts(&rig, "Remove-GroupMember Sales ¦");
    let real = rig.texts("Get-User -Group Sales | ForEach-Object UserPrincipalName");
    assert_eq!(members.len(), real.len());
}

#[test]
fn what_has_blanks_or_quotes_is_quoted() {
    let mut rig = Rig::new();
    rig.line("New-Group \"O'Neill; rm\"; New-Group (\"bad\\x1bname\")");
    check(
        &rig,
        &[
            ("Get-Group Work¦", &["'Works council'"]),
            ("Get-Group 'Work¦", &["'Works council'"]),
            ("Get-Group 'Works ¦", &["'Works council'"]),
            ("Get-Group \"Works ¦", &["\"Works council\""]),
            // A closing quote that is there already isn't written again.
            ("Get-Group \"Works¦\" | Get-User", &["\"Works council"]),
            ("Get-Group 'Works¦'", &["'Works council"]),
            ("Get-Group \"o¦", &["\"O'Neill; rm\""]),
            ("Get-Group 'Sal¦", &["'Sales'"]),
            (
                "Get-Group ¦",
                &[
                    "'E1 for everyone in HR'",
                    "Leadership",
                    "'O''Neill; rm'",
                    "Sales",
                    "'Security baseline'",
                    "'Works council'",
                ],
            ),
            ("Get-Group E¦", &["'E1 for everyone in HR'"]),
            ("Get-Group O¦", &["'O''Neill; rm'"]),
            ("Get-Group 'o''n¦", &["'O''Neill; rm'"]),
            ("Get-Group bad¦", &[]),
            (
                "Get-Group cbf27734¦",
                &["cbf27734-ac10-4525-8b66-402800e03d2c"],
            ),
            ("Get-Role lic¦", &["'License Administrator'"]),
            ("New-Subscription VISIOCL¦", &["VISIOCLIENT"]),
        ],
    );
}

#[test]
fn the_topic_tells_the_truth() {
    let rig = Rig::new();
    let page = include_str!("../../docs/topics/about_completion.md");
    let examples = page.lines().filter_map(|line| line.strip_prefix("    "));
    let mut count = 0;
    for example in examples {
        let (line, _) = example.split_once("# ").unwrap();
        let line = line.trim_end();
        let line = match line.ends_with('.') {
            true => line.to_owned(),
            false => format!("{line} "),
        };
        let found = texts(&rig, &format!("{line}¦"));
        let some = ["Get-Change ", "Restore-User "];
        assert!(!found.is_empty() || some.contains(&line.as_str()), "{line}");
        count += 1;
    }
    assert_eq!(count, 14);
}

#[test]
fn further_fields_of_an_export_are_offered() {
    let mut rig = Rig::new();
    check(&rig, &[("Get-User | Where-Object { $_.Employ¦", &[])]);
    rig.texts("Set-User anna@contoso.com -Extra @{ EmployeeId = '1' }");
    check(
        &rig,
        &[
            ("Get-User | Where-Object { $_.Employ¦", &["EmployeeId"]),
            ("Get-User | Select-Object Employ¦", &["EmployeeId"]),
            ("Get-User | Group-Object Employ¦", &["EmployeeId"]),
            ("Get-User -Filter \"employ¦", &["employeeId"]),
        ],
    );
}
