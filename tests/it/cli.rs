//! The program as a process: exit codes, files, pipes, and a kill in the middle.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value as Json;
use tempfile::TempDir;

/// The program in an environment of its own: nobody's tenant, nobody's colours.
fn tenantsh(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenantsh"));
    command
        .args(args)
        .env_clear()
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::null());
    command
}

pub fn run(args: &[&str]) -> Output {
    tenantsh(args).output().unwrap()
}

pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn data(name: &str) -> String {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    dir.join(name).display().to_string()
}

/// A tenant directory with the sample in it.
struct Tenant {
    dir: TempDir,
}

impl Tenant {
    fn sample() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let tenant = Self { dir };
        let made = run(&["init", &tenant.path()]);
        assert_eq!(code(&made), 0, "{}", err(&made));
        tenant
    }

    fn path(&self) -> String {
        self.dir.path().join("tenant").display().to_string()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join("tenant").join(name)
    }

    fn line(&self, line: &str, more: &[&str]) -> Output {
        let path = self.path();
        let mut args = vec!["--tenant", &path, "-c", line];
        args.extend(more);
        run(&args)
    }

    fn json(&self, line: &str) -> Vec<Json> {
        let output = self.line(line, &["-o", "json", "--yes"]);
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// A script in a directory of its own.
fn script(text: &str) -> (TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("reclaim.rhai");
    fs::write(&path, text).unwrap();
    let path = path.display().to_string();
    (dir, path)
}

#[test]
fn a_script_takes_parameters_like_a_cmdlet() {
    let (_dir, path) = script(
        "// Takes licenses back.\n\n// Whose they are.\nlet department = param(\"Department\")\n\
         let skus = param(\"Skus\", [\"SPE_E5\"])\nlet dry = param(\"Dry\", false)\nlet n = param(\"N\", 1)\n\
         print(`${department}|${skus.len()}|${dry}|${n}`)\n\
         if department == \"Sales\" { Get-User -Department Sales | Remove-License -All }",
    );
    let run_with = |words: &[&str]| {
        let mut args = vec!["--sample", "run", &path, "--"];
        args.extend(words);
        run(&args)
    };
    let cases: [(&[&str], i32, &str); 9] = [
        (&["-Department", "Legal"], 0, "Legal|1|false|1\n"),
        (
            &["-department", "0123", "-Skus", "a,b", "-Dry", "-N", "3"],
            0,
            "0123|2|true|3\n",
        ),
        (
            &["-Dry:$false", "-Department:Legal"],
            0,
            "Legal|1|false|1\n",
        ),
        (&[], 2, ""),
        (&["-Department"], 2, ""),
        (&["-Department", "Legal", "-N", "many"], 2, ""),
        (&["-Department", "Legal", "-Nn", "1"], 2, ""),
        (&["Legal"], 2, ""),
        (&["-Department", "Legal", "-Department", "HR"], 2, ""),
    ];
    for (words, wanted, shown) in cases {
        let output = run_with(words);
        assert_eq!(code(&output), wanted, "{words:?}: {}", err(&output));
        assert_eq!(out(&output), shown, "{words:?}");
    }
    let missing = err(&run_with(&[]));
    assert!(
        missing.contains("reclaim.rhai needs -Department"),
        "{missing}"
    );
    let rehearsed = run_with(&["-Department", "Sales", "-WhatIf"]);
    assert!(
        err(&rehearsed).contains("nothing was changed"),
        "{}",
        err(&rehearsed)
    );
    let help = out(&run_with(&["-?"]));
    for part in ["Takes licenses back", "Whose they are.", "-Skus", "-WhatIf"] {
        assert!(help.contains(part), "{part}: {help}");
    }
}

#[test]
fn what_if_holds_for_a_script_that_declares_nothing() {
    let (_dir, path) =
        script("print(args.len())\nGet-User anna@contoso.com | Remove-License -All\n");
    let outcome = |words: &[&str]| {
        let mut args = vec!["--sample", "run", &path, "--"];
        args.extend(words);
        let output = run(&args);
        assert_eq!(code(&output), 0, "{}", err(&output));
        err(&output).contains("nothing was changed")
    };
    assert!(outcome(&["-WhatIf"]));
    assert!(outcome(&["first", "-whatif:$true", "-Own", "-1"]));
    assert!(!outcome(&["-WhatIf:$false"]));
    assert!(
        !outcome(&["-w", "-f", "first"]),
        "only whole names: the rest is the script's"
    );
    for word in ["-?", "--help"] {
        let output = run(&["--sample", "run", &path, "--", word]);
        assert!(out(&output).contains("SYNTAX"), "{}", err(&output));
    }
}

#[test]
fn check_tells_people_and_programs() {
    let (_dir, path) = script("Get-User -Sku NOPE\nprint(1)\n");
    let output = run(&["--sample", "check", &path]);
    assert_eq!((code(&output), out(&output).as_str()), (2, ""));
    assert!(
        err(&output).contains("reclaim.rhai:1:15"),
        "{}",
        err(&output)
    );
    let output = run(&["--sample", "check", &path, "-o", "json"]);
    let found: Vec<Json> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(code(&output), 2);
    assert_eq!(
        (&found[0]["Id"], &found[0]["Line"]),
        (&"UnknownSku".into(), &1.into())
    );
    let (_dir, path) = script("Get-User -Sku SPE_E5\nprint(1)\n");
    let output = run(&["--sample", "check", &path]);
    assert_eq!((code(&output), out(&output).as_str()), (0, ""));
    let output = run(&["--sample", "check", &path, "-o", "json"]);
    assert_eq!((code(&output), out(&output).trim()), (0, "[]"));
}

#[test]
fn exit_codes_tell_what_happened() {
    let cases = [
        ("Get-User anna@contoso.com", 0),
        ("exit(7)", 7),
        ("throw \"no\"", 1),
        ("Get-User nobody@contoso.com", 1),
        ("Get-User | Select-Object Nope", 1),
        ("Get-User | Remove-License -Sku NOPE", 1),
        ("Get-Content no-such-file | Remove-License -All", 1),
        ("Get-Uesr", 2),
        ("Get-User -Nope", 2),
        ("let x = (1 + ;", 2),
        ("Get-User | Where-Object {", 2),
        (
            "[\"nobody@contoso.com\", \"anna@contoso.com\"] | Remove-License -All",
            4,
        ),
        ("#{Name: \"Anna\"} | Remove-License -All", 4),
        ("Get-User | Remove-License -All -Confirm", 5),
    ];
    for (line, expected) in cases {
        let output = run(&["--sample", "-c", line]);
        assert_eq!(code(&output), expected, "{line}: {}", err(&output));
        let text = err(&output);
        for internal in ["__ps", "_ps_", "panicked", "Function not found", "rhai"] {
            assert!(!text.contains(internal), "{line}: {text}");
        }
    }
    let reader = run(&["--sample", "--as", "nobody-known", "-c", "Get-User"]);
    assert_eq!(code(&reader), 1, "{}", err(&reader));
    assert_eq!(code(&run(&["--no-such-option"])), 2);
    assert_eq!(code(&run(&["help", "exit-codes"])), 0);
    assert_eq!(code(&run(&["--help"])), 0);
}

#[test]
fn help_fits_a_screen_and_explains_topics_and_cmdlets() {
    let help = out(&run(&["-h"]));
    assert!(help.lines().count() <= 24, "{help}");
    assert!(
        help.lines().all(|line| line.chars().count() <= 80),
        "{help}"
    );
    let codes = out(&run(&["help", "exit-codes"]));
    assert!(codes.contains("130  stopped by Ctrl-C"), "{codes}");
    let page = out(&run(&["help", "remove-license"]));
    assert!(page.contains("EXAMPLES") && page.contains("-WhatIf"));
    let unknown = run(&["help", "exitcodes"]);
    assert_eq!(code(&unknown), 2);
    assert!(
        err(&unknown).contains("about_exit-codes"),
        "{}",
        err(&unknown)
    );
}

#[test]
fn completions_and_the_man_page_are_made_from_the_options() {
    for (what, own) in [
        ("bash", "complete -F _tenantsh"),
        ("zsh", "#compdef tenantsh"),
        ("fish", "complete -c tenantsh"),
        ("powershell", "Register-ArgumentCompleter"),
        ("man", ".TH tenantsh"),
    ] {
        let output = run(&["generate", what]);
        assert_eq!(code(&output), 0, "{}", err(&output));
        let text = out(&output);
        assert!(text.contains(own), "{what}: {text}");
        assert!(text.contains("what"), "{what} doesn't know --what-if");
    }
}

#[test]
fn a_role_is_asked_for() {
    let output = run(&[
        "--sample",
        "--as",
        "megan@contoso.com",
        "-c",
        "Remove-License anna@contoso.com -All",
    ]);
    assert_eq!(
        code(&output),
        0,
        "a License Administrator may: {}",
        err(&output)
    );
    let output = run(&["--sample", "--as", "anna@contoso.com", "-c", "Get-User"]);
    assert_ne!(code(&output), 0);
    assert!(
        err(&output).contains("anna@contoso.com"),
        "{}",
        err(&output)
    );
}

#[test]
fn init_refuses_a_directory_with_a_tenant_and_changes_nothing() {
    let tenant = Tenant::sample();
    let before = fs::read(tenant.file("tenant.yaml")).unwrap();
    let again = run(&["init", &tenant.path()]);
    assert_eq!(code(&again), 1);
    assert!(
        err(&again).contains("already holds a tenant"),
        "{}",
        err(&again)
    );
    assert_eq!(fs::read(tenant.file("tenant.yaml")).unwrap(), before);
}

const E3: &str = "6fd2c87f-b296-42f0-b197-1e91e994b900";
const EMS: &str = "efccb6f7-5641-4e0e-bd10-b4976e1bf68e";
const GROUP: &str = "cd613e30-d8f1-4adf-91b7-584a2265b1f5";

/// A page of users as Graph gives it: direct, inherited, and both.
fn export(count: usize) -> Json {
    let users: Vec<Json> = (0..count)
        .map(|i| {
            let state = |sku: &str, group: Option<&str>| {
                serde_json::json!({
                    "skuId": sku, "disabledPlans": [], "assignedByGroup": group, "state": "Active", "error": "None",
                })
            };
            let mut states = Vec::new();
            if i % 3 == 0 {
                states.push(state(E3, None));
            }
            if i % 5 == 0 {
                states.push(state(E3, Some(GROUP)));
            }
            if i % 7 == 0 {
                states.push(state(EMS, None));
            }
            let mut held: Vec<&Json> = Vec::new();
            for one in &states {
                if !held.iter().any(|own| own["skuId"] == one["skuId"]) {
                    held.push(one);
                }
            }
            let assigned: Vec<Json> = held
                .iter()
                .map(|one| serde_json::json!({"skuId": one["skuId"], "disabledPlans": []}))
                .collect();
            serde_json::json!({
                "id": format!("00000000-0000-4000-8000-{i:012}"),
                "userPrincipalName": format!("u{i}@contoso.com"),
                "displayName": format!("User {i}"),
                "accountEnabled": true,
                "usageLocation": "SE",
                "department": if i % 2 == 0 { "Sales" } else { "IT" },
                "assignedLicenses": assigned,
                "licenseAssignmentStates": states,
            })
        })
        .collect();
    serde_json::json!({ "value": users })
}

#[test]
fn an_export_comes_in_and_its_counts_agree() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t").display().to_string();
    let file = dir.path().join("users.json");
    fs::write(&file, export(120).to_string()).unwrap();
    let made = run(&["init", &path, "--from", &file.display().to_string()]);
    assert_eq!(code(&made), 0, "{}", err(&made));
    assert!(err(&made).contains("120 users"), "{}", err(&made));

    let json = |line: &str| -> Vec<Json> {
        let output = run(&["--tenant", &path, "-o", "json", "--yes", "-c", line]);
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{line}: {}", err(&output)))
    };
    let numbers = |test: fn(usize) -> bool| (0..120).filter(|i| test(*i)).count() as u64;
    let consumed = |sku: &str| {
        let rows = json(&format!("Get-Subscription {sku}"));
        rows[0]["Consumed"].as_u64().unwrap()
    };
    assert_eq!(
        consumed("ENTERPRISEPACK"),
        numbers(|i| i % 3 == 0 || i % 5 == 0)
    );
    assert_eq!(consumed("EMS"), numbers(|i| i % 7 == 0));

    let rows = json("Get-User -Department Sales | Remove-License -Sku ENTERPRISEPACK");
    let count = |outcome: &str| {
        let rows = rows.iter().filter(|row| row["Outcome"] == outcome);
        rows.count() as u64
    };
    assert_eq!(count("Removed"), numbers(|i| i % 2 == 0 && i % 3 == 0));
    assert_eq!(
        count("SkippedInherited"),
        numbers(|i| i % 2 == 0 && i % 5 == 0)
    );
    assert_eq!(
        count("NotHeld"),
        numbers(|i| i % 2 == 0 && i % 3 != 0 && i % 5 != 0)
    );
    let freed = rows.iter().filter(|row| row["SeatFreed"] == true).count() as u64;
    assert_eq!(
        freed,
        numbers(|i| i % 2 == 0 && i % 3 == 0 && i % 5 != 0),
        "direct and inherited is one seat"
    );
    assert_eq!(
        consumed("ENTERPRISEPACK"),
        numbers(|i| i % 5 == 0 || (i % 2 != 0 && i % 3 == 0))
    );
}

#[test]
fn a_broken_import_makes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t");
    let cut = dir.path().join("cut.json");
    let whole = fs::read_to_string(data("graph-users.json")).unwrap();
    fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    for (file, word) in [
        (cut.display().to_string(), "cut"),
        (
            dir.path().join("missing.json").display().to_string(),
            "there is no file",
        ),
    ] {
        let output = run(&["init", &path.display().to_string(), "--from", &file]);
        assert_eq!(code(&output), 1, "{}", err(&output));
        assert!(err(&output).contains(word), "{}", err(&output));
        assert!(!path.exists(), "something was made from {file}");
    }
}

#[test]
fn what_is_removed_stays_removed_and_a_second_time_changes_nothing() {
    let tenant = Tenant::sample();
    let before = fs::read(tenant.file("tenant.yaml")).unwrap();
    let rehearsal = tenant.line(
        "Get-User -Department Sales | Remove-License -All -WhatIf",
        &[],
    );
    assert_eq!(code(&rehearsal), 0, "{}", err(&rehearsal));
    assert!(
        err(&rehearsal).contains("nothing was changed"),
        "{}",
        err(&rehearsal)
    );
    assert_eq!(
        fs::read(tenant.file("tenant.yaml")).unwrap(),
        before,
        "-WhatIf wrote"
    );

    let done = tenant.json("Get-User -Department Sales | Remove-License -All");
    let removed = done
        .iter()
        .filter(|row| row["Outcome"] == "Removed")
        .count();
    assert!(removed > 0);
    let skipped: Vec<_> = done
        .iter()
        .filter(|row| row["Outcome"] == "SkippedInherited")
        .collect();
    assert!(!skipped.is_empty());
    for row in skipped {
        assert!(row["Reason"].as_str().unwrap().contains("group"), "{row}");
    }
    let direct = tenant.json("Get-User -Department Sales | Get-License -Direct");
    assert!(direct.is_empty(), "{direct:?}");

    let journal = fs::read(tenant.file("journal.yaml")).unwrap();
    let again = tenant.line("Get-User -Department Sales | Remove-License -All", &[]);
    assert_eq!(code(&again), 0);
    assert!(err(&again).contains("nothing changed"), "{}", err(&again));
    assert_eq!(fs::read(tenant.file("journal.yaml")).unwrap(), journal);
}

#[test]
fn more_than_fifty_need_a_yes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t").display().to_string();
    let file = dir.path().join("many.json");
    fs::write(&file, export(300).to_string()).unwrap();
    let made = run(&["init", &path, "--from", &file.display().to_string()]);
    assert_eq!(code(&made), 0, "{}", err(&made));

    let line = "Get-User | Remove-License -All";
    let refused = run(&["--tenant", &path, "-c", line]);
    assert_eq!(code(&refused), 5, "{}", err(&refused));
    assert!(err(&refused).contains("--yes"), "{}", err(&refused));
    let direct = || {
        let line = "Get-License -Direct | Measure-Object";
        out(&run(&["--tenant", &path, "-o", "csv", "-c", line]))
    };
    let before = direct();
    let forced = "Get-User -Department Sales -Sku EMS | Remove-License -All -Force";
    assert_eq!(code(&run(&["--tenant", &path, "-c", forced])), 0);
    assert_ne!(direct(), before);
    assert_eq!(code(&run(&["--tenant", &path, "--yes", "-c", line])), 0);
    assert_eq!(direct(), "Count\n0\n");
}

#[test]
fn a_script_error_on_line_40_is_told_there_and_nothing_runs() {
    let tenant = Tenant::sample();
    let script = tenant.dir.path().join("s.rhai");
    let mut text = "Get-User -Department Sales | Remove-License -All\n".to_owned();
    text.push_str(&"// a line\n".repeat(38));
    text.push_str("let x = (1 + ;\n");
    fs::write(&script, text).unwrap();
    let journal = fs::read(tenant.file("journal.yaml")).unwrap();
    let output = run(&[
        "--tenant",
        &tenant.path(),
        "run",
        &script.display().to_string(),
    ]);
    assert_eq!(code(&output), 2, "{}", err(&output));
    assert!(err(&output).contains("s.rhai:40:"), "{}", err(&output));
    assert_eq!(fs::read(tenant.file("journal.yaml")).unwrap(), journal);
}

#[test]
fn a_broken_tenant_is_not_opened_half() {
    let tenant = Tenant::sample();
    let path = tenant.file("tenant.yaml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("upn: bob@contoso.com", "upn: [bob", 1)).unwrap();
    let output = tenant.line("Get-User", &[]);
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("tenant.yaml:"), "{}", err(&output));
    assert!(out(&output).is_empty());
}

#[test]
fn a_csv_without_users_says_which_column_it_needs() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("people.csv");
    fs::write(&file, "Name,City\nAnna,Stockholm\n").unwrap();
    let output = run(&[
        "--sample",
        "-c",
        &format!("Import-Csv {} | Remove-License -All", file.display()),
    ]);
    assert_eq!(code(&output), 4);
    assert!(
        err(&output).contains("UserPrincipalName"),
        "{}",
        err(&output)
    );
    assert!(err(&output).contains("Name, City"), "{}", err(&output));
}

#[test]
fn results_go_out_and_all_else_goes_to_standard_error() {
    let output = run(&[
        "--sample",
        "-o",
        "json",
        "-c",
        "print(\"hello\"); Get-User -City Nowhere",
    ]);
    assert_eq!(out(&output).trim(), "[]");
    assert!(err(&output).contains("hello"));
    let output = run(&[
        "--sample",
        "-o",
        "csv",
        "-c",
        "Get-Subscription | Select-Object SkuPartNumber, Consumed, Free",
    ]);
    assert!(
        out(&output).starts_with("SkuPartNumber,Consumed,Free\nENTERPRISEPACK,16,1\n"),
        "{}",
        out(&output)
    );
    let output = run(&["--sample", "-o", "json", "-c", "Get-Uesr"]);
    let error: Json = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(error["id"], "UnknownCmdlet");
}

#[test]
fn standard_input_is_a_batch_with_the_same_exit_codes() {
    for (text, expected) in [
        ("Get-User anna@contoso.com\n", 0),
        ("Get-Uesr\n", 2),
        ("throw 1\n", 1),
    ] {
        for args in [&["--sample"][..], &["--sample", "run", "-"]] {
            let mut child = tenantsh(args)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            child
                .stdin
                .take()
                .unwrap()
                .write_all(text.as_bytes())
                .unwrap();
            let output = child.wait_with_output().unwrap();
            assert_eq!(code(&output), expected, "{text}: {}", err(&output));
        }
    }
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let mut child = tenantsh(&[
        "--sample",
        "-o",
        "jsonl",
        "-c",
        "for i in 0..3000 { Get-User }",
    ])
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    let mut first = String::new();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    reader.read_line(&mut first).unwrap();
    drop(reader);
    let output = child.wait_with_output().unwrap();
    assert_eq!(err(&output), "", "{}", err(&output));
    assert_eq!(code(&output), 0);
    // Help is written at once: nobody reads from the beginning.
    let mut child = tenantsh(&["help", "language"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((code(&output), err(&output).as_str()), (0, ""));
}

/// Removes one user after another, and says each only when it is durable. Killed at a random line, it has lost none.
#[test]
fn a_kill_loses_no_line_that_was_printed() {
    for stop_after in [1, 3, 7, 12] {
        let tenant = Tenant::sample();
        let line = "for u in Get-User -Licensed { Remove-License $u -All }";
        let mut child = tenantsh(&["--tenant", &tenant.path(), "-o", "jsonl", "-c", line])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let reader = BufReader::new(child.stdout.take().unwrap());
        let mut printed = Vec::new();
        for row in reader.lines().take(stop_after) {
            printed.push(row.unwrap());
        }
        child.kill().unwrap();
        child.wait().unwrap();
        for row in printed {
            let row: Json = serde_json::from_str(&row).unwrap();
            if row["Outcome"] == "Removed" {
                let held = tenant.json(&format!(
                    "Get-License {} -Sku {} -Direct",
                    row["UserPrincipalName"].as_str().unwrap(),
                    row["Sku"].as_str().unwrap()
                ));
                assert!(held.is_empty(), "{row} was printed, and is not so");
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn a_directory_that_can_not_be_written_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o555)).unwrap();
    // The superuser may write anywhere: there is nothing to be seen then.
    if fs::write(dir.path().join("probe"), "").is_ok() {
        return;
    }
    let output = run(&["init", &dir.path().join("t").display().to_string()]);
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("permission"), "{}", err(&output));
}

#[test]
fn the_scripts_run_and_leave_the_tenant_alone_with_what_if() {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    for entry in fs::read_dir(scripts).unwrap() {
        let path = entry.unwrap().path();
        let script = path.display().to_string();
        let tenant = Tenant::sample();
        let list = tenant.file("leavers.txt").display().to_string();
        fs::write(&list, "noah@contoso.com\nnina@contoso.com\n").unwrap();
        let parameters: &[&str] = match path.file_name().unwrap().to_str().unwrap() {
            "inactive-users.rhai" => &["-Remove"],
            "move-product.rhai" => &["-BuySeats"],
            "offboard.rhai" => &["-User", "bob@contoso.com"],
            "remove-licenses-by-department.rhai" => &["-Department", "HR"],
            "remove-product-from-list.rhai" => &["-List", &list, "-Sku", "ENTERPRISEPACK"],
            _ => &[],
        };
        let before = fs::read(tenant.file("tenant.yaml")).unwrap();
        let journal = fs::read(tenant.file("journal.yaml")).unwrap();
        let with = |options: &[&str]| {
            let own = ["--tenant", &tenant.path()];
            let line = [&own[..], options, &["run", &script, "--"], parameters].concat();
            run(&line)
        };
        let rehearsed = with(&["--what-if"]);
        assert_eq!(code(&rehearsed), 0, "{script}: {}", err(&rehearsed));
        let untouched = |name, was: &Vec<u8>| fs::read(tenant.file(name)).unwrap() == *was;
        assert!(untouched("tenant.yaml", &before), "{script}");
        assert!(untouched("journal.yaml", &journal), "{script}");
        let done = with(&[]);
        assert_eq!(code(&done), 0, "{script}: {}", err(&done));
        assert_eq!(
            out(&done).lines().count(),
            out(&rehearsed).lines().count(),
            "{script}: the rehearsal said something else:\n{}{}",
            out(&done),
            out(&rehearsed)
        );
        assert!(!untouched("journal.yaml", &journal), "{script} did nothing");
    }
}

/// A folder with scripts in it.
pub fn scripts(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

#[test]
fn l20_a_script_imports_from_its_own_folder_and_its_lib() {
    let dir = scripts(&[
        (
            "s.rhai",
            "import \"leavers\" as l\nimport \"count\" as c\nprint(c::many(l::all()))\n",
        ),
        ("leavers.rhai", "fn all() { Get-User -Disabled }\n"),
        ("lib/count.rhai", "fn many(list) { list.len() }\n"),
    ]);
    let script = dir.path().join("s.rhai").display().to_string();
    let output = run(&["--sample", "run", &script]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert_eq!(out(&output), "5\n");
}

#[test]
fn l20_an_import_stays_inside_and_says_where_it_fails() {
    let outside = scripts(&[("secret.rhai", "fn f() { 1 }")]);
    let secret = outside.path().join("secret").display().to_string();
    let cases = [
        ("import \"../secret\" as s;".to_owned(), "no name inside"),
        (format!("import \"{secret}\" as s;"), "no name inside"),
        (
            "import \"missing\" as s;".to_owned(),
            "no missing.rhai to import",
        ),
        ("import \"circle\" as s;".to_owned(), "imports itself"),
        ("import \"wrong\" as s;".to_owned(), "wrong.rhai:2:"),
        ("import \"fails\" as s;\ns::f()".to_owned(), "fails.rhai:2:"),
    ];
    for (text, expected) in cases {
        let dir = scripts(&[
            ("s.rhai", &text),
            ("circle.rhai", "import \"circle\" as c;"),
            ("wrong.rhai", "// a line\nGet-Uesr"),
            ("fails.rhai", "fn f() {\n    Get-User nobody@contoso.com\n}"),
        ]);
        let script = dir.path().join("s.rhai").display().to_string();
        let output = run(&["--sample", "run", &script]);
        assert_ne!(code(&output), 0, "{text}");
        assert!(err(&output).contains(expected), "{text}: {}", err(&output));
    }
}

#[test]
fn failures_that_are_alike_are_cut_short_and_counted() {
    let list: Vec<String> = (0..25).map(|n| format!("'gone{n}@contoso.com'")).collect();
    let line = format!("{} | Remove-License -All -WhatIf", list.join(", "));
    let output = run(&["--sample", "-c", &line]);
    assert_eq!(code(&output), 4);
    let said = err(&output);
    assert_eq!(said.matches("error[UserNotFound]").count(), 10, "{said}");
    assert!(
        said.contains("… and 15 more like these (UserNotFound)"),
        "{said}"
    );
    assert_eq!(out(&output).matches("Failed").count(), 25);
    let output = run(&["--sample", "-o", "json", "-c", &line]);
    assert_eq!(err(&output).matches("UserNotFound").count(), 25);
}

#[test]
fn what_was_meant_for_an_option_is_told() {
    let tip = |args: &[&str]| {
        let output = run(args);
        assert_eq!(code(&output), 2);
        err(&output)
    };
    assert!(tip(&["contoso"]).contains("tenantsh --tenant contoso"));
    assert!(tip(&["Get-User"]).contains("-c 'Get-User …'"));
    assert!(tip(&["-WhatIf"]).contains("--what-if"));
    assert_eq!(code(&run(&["--sample", "--whatif", "-c", "Get-Tenant"])), 0);
}

/// Runs the program in a directory of its own and gives what it says on both outputs.
fn says(dir: &std::path::Path, args: &[&str]) -> String {
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_tenantsh"))
        .args(args)
        .current_dir(dir)
        .env("HOME", dir)
        .output()
        .unwrap();
    String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned()
}

#[test]
fn a_scripts_parameters_need_no_dashes_in_front_and_its_help_keeps_its_lines() {
    let dir = tempfile::tempdir().unwrap();
    let script = "// Counts.\n//\n//   tenantsh run c.rhai\n//   tenantsh run c.rhai -Department Sales\n\n// Whose.\n\
                  let department = param(\"Department\", \"HR\")\nprint(department)\n";
    std::fs::write(dir.path().join("c.rhai"), script).unwrap();
    let run = |args: &[&str]| says(dir.path(), &[&["--sample", "run", "c.rhai"], args].concat());
    assert_eq!(run(&[]), "HR\n");
    assert_eq!(run(&["-Department", "Sales"]), "Sales\n");
    assert_eq!(run(&["--", "-Department", "Sales"]), "Sales\n");
    assert_eq!(run(&["--quiet", "-Department", "IT"]), "IT\n");
    let help = run(&["-?"]);
    assert!(
        help.contains("\n      tenantsh run c.rhai\n      tenantsh run c.rhai -Department Sales\n"),
        "{help}"
    );
}

#[test]
fn help_knows_the_programs_own_words() {
    let dir = tempfile::tempdir().unwrap();
    let says = |args: &[&str]| says(dir.path(), args);
    assert!(says(&["help", "run"]).contains("tenantsh run"));
    assert!(says(&["help", "init"]).contains("--from"));
    assert!(says(&["scripts/x.rhai"]).contains("tenantsh run scripts/x.rhai"));
    let page = says(&["help", "powershell"]);
    assert!(
        page.contains("Coming from PowerShell") && !page.contains("](") && !page.contains("\n|"),
        "{page}"
    );
    for topic in ["language", "what-if", "clouds", "completion"] {
        let page = says(&["help", topic]);
        for mark in ["](", "**", "\n|", "\n#"] {
            assert!(!page.contains(mark), "{topic} has {mark}: {page}");
        }
    }
    let found = says(&["--sample", "-c", "Get-Help grace"]);
    assert!(
        found.contains("Subscription") || found.contains("Export-"),
        "{found}"
    );
    let none = says(&["--sample", "-c", "Get-User nobody@contoso.com"]);
    assert!(!none.contains("did you mean"), "{none}");
}
