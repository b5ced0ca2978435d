//! Where PowerShell and Rhai mean different things by the same text: each row is what PowerShell's means, or an error.

use crate::support::Rig;

/// Lines and what they put out.
fn puts_out(table: &[(&str, &[&str])]) {
    for (text, wanted) in table {
        let mut rig = Rig::new();
        let ran = rig.script(text);
        assert!(ran.faults.is_empty(), "{text}: {:?}", ran.faults);
        assert_eq!(ran.texts(), *wanted, "{text}");
    }
}

/// Lines that are refused, with the error's id; nothing of them may run.
fn refuses(table: &[(&str, &str)]) {
    for (text, id) in table {
        let mut rig = Rig::new();
        let before = rig.session.borrow().tenant().clone();
        let error = rig.error(text);
        assert_eq!(error.id, *id, "{text}: {error:?}");
        assert!(error.hint.is_some(), "{text}: no cure");
        assert!(*rig.session.borrow().tenant() == *before, "{text}");
    }
}

/// Lines that change nothing.
fn changes_nothing(table: &[&str]) {
    for text in table {
        let mut rig = Rig::new();
        let before = rig.session.borrow().tenant().clone();
        let ran = rig.script(text);
        assert!(ran.faults.is_empty(), "{text}: {:?}", ran.faults);
        assert!(*rig.session.borrow().tenant() == *before, "{text}");
    }
}

#[test]
fn s1_a_list_of_one_has_one_item() {
    puts_out(&[
        ("@(Get-User anna@contoso.com).Count", &["1"]),
        ("$x = 5; @($x).Count", &["1"]),
        (
            "@(@{ a = 1 }).Count; @(Get-User nob*).Count; @(1, 2).Count",
            &["1", "0", "2"],
        ),
        (
            "for ($u in @(Get-User anna@contoso.com)) { $u.City }",
            &["Stockholm"],
        ),
    ]);
}

#[test]
fn s2_preferences_hold_for_what_follows() {
    changes_nothing(&[
        "$WhatIfPreference = $true\nRemove-License anna@contoso.com -All",
        "$WhatIfPreference = 1; $u = 'anna@contoso.com'\nif ($true) { Remove-License $u -All }",
        "$WhatIfPreference = $true\nfn Do_It() { Remove-License anna@contoso.com -All }\nDo-It",
    ]);
    let mut rig = Rig::new();
    let before = rig.session.borrow().tenant().clone();
    let ran = rig
        .script("$WhatIfPreference = $true\nRemove-License anna@contoso.com -All -WhatIf:$false");
    assert!(ran.faults.is_empty());
    assert!(*rig.session.borrow().tenant() != *before);
    let mut rig = Rig::new();
    let ran = rig.script("$ErrorActionPreference = 'Stop'\nRemove-License nobody -All; 'on'");
    assert_eq!(ran.texts(), [] as [&str; 0]);
    puts_out(&[
        (
            "$ErrorActionPreference = 'SilentlyContinue'; $ErrorActionPreference",
            &["SilentlyContinue"],
        ),
        ("$WhatIfPreference", &["false"]),
    ]);
    refuses(&[
        (
            "$PSDefaultParameterValues = @{ 'Remove-License:WhatIf' = $true }; Remove-License anna@contoso.com -All",
            "NoDefaultValues",
        ),
        (
            "$PSDefaultParameterValues['Remove-License:WhatIf'] = $true",
            "NoDefaultValues",
        ),
        ("$ErrorActionPreference = 'Sometimes'", "InvalidArgument"),
    ]);
}

#[test]
fn s3_return_and_throw_end_with_their_line() {
    changes_nothing(&[
        "fn Do_It() { return\nRemove-License anna@contoso.com -All }\nDo-It",
        "Get-User anna* | ForEach-Object { return\nRemove-License $_ -All }",
        "fn Do_It() { if ($true) { return\n Remove-License anna@contoso.com -All } }\nDo-It",
    ]);
    puts_out(&[("$x = 5\nfn F_G(y) { return\n$y }\nF-G 1; $x", &["5"])]);
}

#[test]
fn s4_a_block_that_is_assigned_doesnt_run() {
    changes_nothing(&["$cleanup = { Remove-License anna@contoso.com -All }"]);
    puts_out(&[
        (
            "$double = { $_ * 2 }; 1..2 | ForEach-Object $double",
            &["2", "4"],
        ),
        ("$say = { 'hello' }; & $say", &["hello"]),
    ]);
}

#[test]
fn s5_all_values_come_out() {
    puts_out(&[
        (
            "1..2 | ForEach-Object { $_; $_ * 10 }",
            &["1", "10", "2", "20"],
        ),
        (
            "Get-User anna* | ForEach-Object { $_.DisplayName; $_.City }",
            &["Anna Lind", "Stockholm"],
        ),
        ("fn F_G() { \"a\"; \"b\" }\n$x = F-G\n$x.Count", &["2"]),
        (
            "Get-User priya* | ForEach-Object { for l in $_.Licenses { @{ L = l } } } | Measure-Object | Select-Object -ExpandProperty Count",
            &["2"],
        ),
        ("$x = $(1; 2; 3); $x.Count; \"$(1; 2)\"", &["3", "1 2"]),
        (
            "try { throw 'no' } catch { \"failed: $_\" }; $x = 1",
            &["failed: no"],
        ),
        (
            "$x = foreach ($i in 1..3) { $i * 2 }; $x.Count; $x[2]",
            &["3", "6"],
        ),
        (
            "foreach ($u in Get-User anna*) { $u.DisplayName }",
            &["Anna Lind"],
        ),
    ]);
}

#[test]
fn s7_ranges_reach_their_end() {
    puts_out(&[
        ("for ($i in 1..3) { $i }", &["1", "2", "3"]),
        (
            "1..3 | Measure-Object | Select-Object -ExpandProperty Count",
            &["3"],
        ),
        ("(1..3) | ForEach-Object { $_ }", &["1", "2", "3"]),
        (
            "$r = 3..1; $r | ForEach-Object { $_ }; @(1..4).Count",
            &["3", "2", "1", "4"],
        ),
        (
            "$u = @(4, 5, 6); $u[0..1]; $u[-1]; for ($i in 0..($u.Count - 1)) { $u[$i] }",
            &["4", "5", "6", "4", "5", "6"],
        ),
        // Without a $ a range is Rhai's.
        ("for i in 0..2 { Write-Output (i) }", &["0", "1"]),
    ]);
}

#[test]
fn s9_a_text_that_is_no_date_is_an_error() {
    refuses(&[
        (
            "Get-User | Where-Object { $_.LastSignIn -lt 'yesterday' } | Remove-License -All",
            "NotADate",
        ),
        (
            "Get-User | Where-Object { $_.LastSignIn -lt \"01/08/2026\" }",
            "NotADate",
        ),
        ("Get-User | Where-Object LastSignIn -lt soon", "NotADate"),
    ]);
    let mut rig = Rig::new();
    let count = |rig: &mut Rig, when: &str| {
        rig.values(&format!(
            "Get-User | Where-Object {{ $_.LastSignIn -lt {when} }}"
        ))
        .len()
    };
    let since = count(&mut rig, "(Get-Date -90d)");
    for when in [
        "'-90d'",
        "'2026-08-26T10:00:00Z'",
        "\"Aug 26 2026\"",
        "'26 August 2026'",
        "'2026/08/26'",
    ] {
        assert_eq!(count(&mut rig, when), since, "{when}");
    }
}

#[test]
fn s10_arithmetic_with_a_dollar_is_powershells() {
    puts_out(&[
        (
            "$a = 7; $a / 2; $a / 7; $a % 4; -$a",
            &["3.5", "1", "3", "-7"],
        ),
        ("let a = 7; Write-Output (a / 2)", &["3"]),
        (
            "Get-Subscription SPE_E3 | Select-Object @{ n='x'; e={ 5 / $_.Seats * $_.Seats } } | Select-Object -ExpandProperty x",
            &["5"],
        ),
        (
            "$t = 0; foreach ($r in @(@{ p = '05' }, @{ p = '10' })) { $t += $r.p }; $t",
            &["15"],
        ),
        (
            "$x = 1 + '5'; $x; $y = '1' + 5; $y; $n = $null; $n + 2",
            &["6", "15", "2"],
        ),
        ("$h = @{}; $h['a'] += 1; $h.a += 2; $h.A", &["3"]),
        (
            "$l = @(); $l += 'a'; $l += 'b', 'c'; $l.Count; $x = @() + 'a'; $x.Count",
            &["3", "1"],
        ),
        ("$i = 5; $i++; $i; $i--; $i -= 2; $i", &["6", "3"]),
    ]);
    refuses(&[
        ("$x = 5; $x / 0", "DivisionByZero"),
        ("$x = 'many'; 5 - $x", "WrongType"),
    ]);
}

#[test]
fn s12_texts_expand_in_code() {
    puts_out(&[
        ("$n = 3; $msg = \"n is $n\"; $msg", &["n is 3"]),
        (
            "$n = @(1, 2); \"there are $($n.Count): $n\" | Write-Output",
            &["there are 2: 1 2"],
        ),
        (
            "$u = Get-User anna@contoso.com; \"$($u.City)`t${u}\"",
            &["Stockholm\tanna@contoso.com"],
        ),
        (
            "let keep = 'Anna'; $who = \"$keep*\"; Get-User -Licensed | Where-Object { $_.DisplayName -like $who } | Select-Object -ExpandProperty City",
            &["Stockholm"],
        ),
        ("$p = \"C:\\temp\\new.csv\"; $p", &["C:\\temp\\new.csv"]),
        (
            "let x = 1; Write-Output \"$x\"; Write-Output '$x'",
            &["1", "$x"],
        ),
    ]);
    refuses(&[
        ("$a = 1; $m = \"$b\"", "UndefinedVariable"),
        ("Get-User a*; let m = \"$b\";", "UndefinedVariable"),
    ]);
    // In plain Rhai it is text.
    let mut rig = Rig::new();
    assert_eq!(rig.texts("let x = 1; \"$x\""), ["$x"]);
}

#[test]
fn s13_a_row_of_a_list_can_be_changed() {
    puts_out(&[
        (
            "$rows = 'UPN,Status\na,\nb,' | ConvertFrom-Csv; for ($r in $rows) { $r.Status = 'done' }; $rows | Select-Object -ExpandProperty Status",
            &["done", "done"],
        ),
        (
            "$rows = \"UPN,Status`na,\" | ConvertFrom-Csv; $rows | ForEach-Object { $_.Status = 'x'; $_.Status }",
            &["x"],
        ),
    ]);
}

#[test]
fn s14_hashtables_ignore_letter_case_and_keep_their_order() {
    puts_out(&[
        (
            "$m = @{ Sales = 'SPE_E5'; IT = 'E3' }; $m['sales']; $m.SALES; $m.Count; $m.Keys",
            &["SPE_E5", "SPE_E5", "2", "Sales", "IT"],
        ),
        (
            "$m = @{ B = 1; A = 2 }; $m.Values; $m.ContainsKey('b'); $m.Nope",
            &["1", "2", "true"],
        ),
        ("$m = @{}; $n = $m; $n['x'] = 1; $m.x", &["1"]),
        (
            "$x = 'A'; $x.Length; $m = @{ a = 5 }; $m['a']; 'a' + $x",
            &["1", "5", "aA"],
        ),
        (
            "$o = [PSCustomObject]@{ Name = 'n'; Count = 2 }; $o | Select-Object -ExpandProperty Name",
            &["n"],
        ),
        (
            "$r = @(); foreach ($i in 1..2) { $r += [PSCustomObject]@{ I = $i } }; $r | Select-Object -ExpandProperty I",
            &["1", "2"],
        ),
    ]);
}

#[test]
fn s15_a_column_that_isnt_there_is_an_error() {
    refuses(&[
        (
            "'UPN\na' | ConvertFrom-Csv | ForEach-Object { $_.Nope }",
            "UnknownProperty",
        ),
        (
            "'UPN\na' | ConvertFrom-Csv | Where-Object { $_.Nope -eq 'x' }",
            "UnknownProperty",
        ),
    ]);
}

#[test]
fn s16_a_bare_word_is_text() {
    let mut rig = Rig::new();
    let names = |rig: &mut Rig, text: &str| rig.values(text).len();
    let sales = names(&mut rig, "Get-User -Department Sales");
    assert!(sales > 0);
    assert_eq!(
        names(&mut rig, "$Sales = 5; Get-User -Department Sales"),
        sales
    );
    assert_eq!(
        names(
            &mut rig,
            "$Department = 'Sales'; Get-User | Where-Object Department -eq $Department"
        ),
        sales
    );
    let ran = rig.script("let sku = 'SPE_E3'; Get-User -Department sku");
    assert_eq!(ran.log.warnings[0].id, "BarewordIsText");
}

#[test]
fn s17_lists_and_pipes_go_on_behind_a_backtick() {
    let mut rig = Rig::new();
    let one = rig.values("Get-User -Department Sales, IT").len();
    assert_eq!(rig.values("Get-User -Department Sales, `\n  IT").len(), one);
    assert_eq!(
        rig.values("Get-User -Department Sales, IT | `\n Select-Object Department")
            .len(),
        one
    );
    assert_eq!(rig.texts("$x = 1; $x | `\n ForEach-Object { $_ }"), ["1"]);
}

#[test]
fn s18_patterns_are_dotnets() {
    puts_out(&[
        ("Write-Output ('abc' -replace '(b)','$1x')", &["abxc"]),
        ("Write-Output ('a1','b2' -replace '\\d','')", &["a", "b"]),
        ("Write-Output ('a b c' -split ' ',2)", &["a", "b c"]),
        (
            "Write-Output ('a1b2' -split '(\\d)')",
            &["a", "1", "b", "2", ""],
        ),
        ("Write-Output ('a,b','c' -split ',')", &["a", "b", "c"]),
    ]);
}

#[test]
fn s23_quotes_in_words_group() {
    let mut rig = Rig::new();
    assert_eq!(
        rig.values("Get-User *\"lind\"*").len(),
        rig.values("Get-User *lind*").len()
    );
    refuses(&[
        ("Get-User | Where-Object Department -eq", "MissingArgument"),
        (
            "Remove-License anna@contoso.com -All -WhatIf:\"false\"",
            "InvalidArgument",
        ),
    ]);
}

#[test]
fn l1_operators_stand_between_brackets() {
    puts_out(&[
        (
            "$a = 1; $b = 2; if (($a -eq 1) -and ($b -eq 2)) { 'both' }",
            &["both"],
        ),
        (
            "if (-not (Get-User nobody@contoso.com -ErrorAction SilentlyContinue)) { 'none' }",
            &["none"],
        ),
        ("$c = -not (3 -gt 4); $c", &["true"]),
        ("if ((1 -lt 2) -or ($null)) { 'x' }", &["x"]),
        (
            "$u = Get-User nobody@contoso.com -ErrorAction SilentlyContinue; if ($u) { 'there' } else { 'no' }",
            &["no"],
        ),
    ]);
}

#[test]
fn l2_methods_have_their_dotnet_names() {
    puts_out(&[
        (
            "$s = ' Ab '; $s.Trim().ToLower(); $s.trim().Length; 'x'.ToUpper()",
            &["ab", "2", "X"],
        ),
        (
            "$s = 'a;b'; $s.Split(';')[1]; $s.Replace('a', 'c'); $s.Contains('b'); $s.StartsWith('a')",
            &["b", "c;b", "true", "true"],
        ),
        (
            "$s = 'abcd'; $s.Substring(1, 2); $s.IndexOf('c'); $s.PadLeft(6)",
            &["bc", "2", "  abcd"],
        ),
        (
            "$d = [datetime]'2026-08-01'; $d.AddDays(1).ToString('yyyy-MM-dd'); $d.Year; $d.DayOfWeek",
            &["2026-08-02", "2026", "Saturday"],
        ),
        (
            "$l = 1..5; $l.Where({ $_ -gt 3 }); $l.ForEach({ $_ * 2 })[0]",
            &["4", "5", "2"],
        ),
        (
            "$d = [datetime]'2026-08-03' - [datetime]'2026-08-01'; $d.Days; $d.TotalHours",
            &["2", "48"],
        ),
    ]);
}

#[test]
fn l4_a_condition_may_be_anything() {
    puts_out(&[
        (
            "$l = @(1); if ($l) { 'some' }; if (!$l) { 'none' }; $n = 2; while ($n) { $n-- }; $n",
            &["some", "0"],
        ),
        ("$s = ''; if ($s) { 'a' } else { 'b' }", &["b"]),
        (
            "$rows = \"Price`n5`n10\" | ConvertFrom-Csv; $rows.Price; ($rows.Price | Measure-Object -Sum).Sum",
            &["5", "10", "15"],
        ),
    ]);
}
