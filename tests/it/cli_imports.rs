//! The program on scripts that import others: their functions as commands, and what `check` says of them.

use serde_json::Value as Json;

use crate::cli::{code, err, out, run, scripts};

const TOOLS: &str = "/// Takes a product from somebody who leaves.\n\
                     /// -Sku: what to take away\n\
                     fn Remove_Leaver(user, sku) {\n    Remove-License $user -Sku $sku\n}\n\
                     fn Get_Broken(u) {\n    throw `no ${u}`\n}\n\
                     private fn Get_Secret() { 1 }\n";

/// Runs or checks a script beside `lib/tools.rhai`.
fn with_tools(verb: &str, text: &str, rest: &[&str]) -> std::process::Output {
    let dir = scripts(&[("s.rhai", text), ("lib/tools.rhai", TOOLS)]);
    let script = dir.path().join("s.rhai").display().to_string();
    run(&[&["--sample", verb, &script], rest].concat())
}

#[test]
fn l19_an_imported_function_is_a_command_of_the_script() {
    let text = "import \"lib/tools\" as tools\n\
                Get-User anna@contoso.com | Remove-Leaver -Sku ENTERPRISEPACK\n\
                Write-Output (tools::Remove_Leaver(\"bob@contoso.com\", \"ENTERPRISEPACK\"))\n";
    let output = with_tools("run", text, &["-o", "json"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let rows: Vec<Json> = serde_json::from_slice(&output.stdout).unwrap();
    let outcomes: Vec<_> = rows.iter().map(|row| &row["Outcome"]).collect();
    assert_eq!(outcomes, ["Removed", "Removed"]);
    let output = with_tools(
        "run",
        &text.replace("PACK\n", "PACK -WhatIf\n"),
        &["-o", "json"],
    );
    let rows: Vec<Json> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(rows[0]["Would"], "Removed", "{}", err(&output));
    let output = with_tools("run", "import \"tools\"\nGet-Help Remove-Leaver\n", &[]);
    assert!(
        out(&output).contains("somebody who leaves"),
        "{}",
        err(&output)
    );
}

#[test]
fn l19_faults_of_an_imported_command_are_shown_in_its_file() {
    let text = "import \"tools\" as t\nfn f() {\n    Get-Broken anna\n}\nf()\n";
    let output = with_tools("run", text, &[]);
    assert_eq!(code(&output), 1);
    let shown = err(&output);
    for part in ["no anna", "tools.rhai:7:5", "s.rhai:3:5", "s.rhai:5:1"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains("_ps_"), "{shown}");
}

#[test]
fn l19_bad_imports_are_told_with_the_cure() {
    for (text, wanted, exit) in [
        (
            "import \"tols\" as t\nRemove-Leaver x",
            "no tols.rhai to import",
            2,
        ),
        (
            "import \"tools\" as t\nGet-Secret",
            "no cmdlet 'Get-Secret'",
            2,
        ),
        (
            "import \"tools\" as t\nRemove-Leavr x",
            "did you mean Remove-Leaver?",
            2,
        ),
        ("import \"tools\" as t\nRemove-Leaver x", "-Sku", 2),
        (
            "fn f() { import \"tools\" as t; Get-Broken x }",
            "call it as t::Get_Broken(…)",
            2,
        ),
        (
            "Get-Broken x\nimport \"tools\" as t",
            "move the import to the front",
            1,
        ),
        ("Import-Module tools", "import \"tools\"", 1),
        (". ./lib/tools.rhai", "import \"tools\"", 2),
        ("import \":0\" as x", "no name inside", 1),
        ("fn _ps_lib0_Get_Broken(u) { 1 }", "reserved", 2),
    ] {
        let output = with_tools("run", text, &[]);
        let shown = err(&output);
        assert!(shown.contains(wanted), "{text}: {shown}");
        assert_eq!(code(&output), exit, "{text}: {shown}");
    }
}

#[test]
fn check_finds_every_unknown_variable() {
    let text = "import \"tools\" as t\n\
                let leavers = [\"anna@contoso.com\"]\n\
                fn f(user) {\n    Get-User | Where-Object { $_.City == citty }\n    usr\n}\n\
                for l in leavrs { Remove-Leaver $l ENTERPRISEPACK }\n\
                leavers.filter(|x| x != skip)\n";
    let output = with_tools("check", text, &["-o", "json"]);
    let found: Vec<Json> = serde_json::from_slice(&output.stdout).unwrap();
    let told: Vec<String> = found
        .iter()
        .map(|row| format!("{} {} {}", row["Line"], row["Target"], row["Hint"]))
        .collect();
    let general =
        "\"text in code needs quotes; let declares a variable; a function sees only its own\"";
    assert_eq!(
        told,
        [
            format!("4 \"citty\" {general}"),
            "5 \"usr\" \"did you mean user?\"".to_owned(),
            "7 \"leavrs\" \"did you mean leavers?\"".to_owned(),
            format!("8 \"skip\" {general}"),
        ]
    );
    let output = with_tools("check", text, &[]);
    assert_eq!(code(&output), 2);
    let shown = err(&output);
    assert!(shown.contains("4 things are wrong"), "{shown}");
    assert!(shown.contains("s.rhai:4:42"), "{shown}");
}
