//! Plans: written by a rehearsal, done exactly or not at all.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use sha2::{Digest, Sha256};
use tempfile::TempDir;

const BIN: &str = env!("CARGO_BIN_EXE_tenantsh");

/// A tenant directory with the sample, and a place for plans beside it.
pub struct Place {
    dir: TempDir,
}

impl Place {
    pub fn new() -> Self {
        let place = Self {
            dir: TempDir::new().unwrap(),
        };
        place.ok(&["init", "u"]);
        place
    }

    pub fn run(&self, args: &[&str]) -> Output {
        Command::new(BIN)
            .args(args)
            .current_dir(self.dir.path())
            .env("TENANTSH_TENANT", "u")
            .env_remove("TENANTSH_AS")
            .output()
            .unwrap()
    }

    /// Standard output of a run that ends well.
    pub fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(
            output.status.success(),
            "{args:?}: {}",
            text(&output.stderr)
        );
        text(&output.stdout)
    }

    /// Standard error of a run that ends with a code.
    pub fn fails(&self, code: i32, args: &[&str]) -> String {
        let output = self.run(args);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
        said
    }

    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn write(&self, name: &str, content: &str) {
        fs::write(self.path(name), content).unwrap();
    }

    /// Every license of every user, without times.
    pub fn state(&self) -> String {
        self.ok(&[
            "-c",
            "Get-License | Sort-Object UserPrincipalName, Sku, AssignedBy; Get-User -Disabled | Select-Object UserPrincipalName",
            "-o",
            "json",
        ])
    }

    pub fn journal(&self) -> String {
        self.read("u/journal.yaml")
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The same text under a hash that fits it, as somebody would forge it.
fn sealed(content: &str) -> String {
    let end = content.trim_end().rfind('\n').unwrap() + 1;
    let body = &content[..end];
    let hash: String = Sha256::digest(body.as_bytes())
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    format!("{body}sha256: {hash}\n")
}

const SCRIPT: &str = "for u in Get-User -Department Legal, Sales { Remove-License $u -All }\nBlock-User anna@contoso.com\n";

#[test]
fn a_plan_does_what_the_script_would_have_done() {
    let (planned, direct) = (Place::new(), Place::new());
    for place in [&planned, &direct] {
        place.write("s.rhai", SCRIPT);
    }
    let before = planned.journal();
    planned.ok(&["plan", "s.rhai", "--out", "p.yaml"]);
    assert_eq!(planned.journal(), before, "a rehearsal writes no record");
    planned.ok(&["apply", "p.yaml"]);
    direct.ok(&["run", "s.rhai"]);
    assert_eq!(planned.state(), direct.state());
    let changes = planned.ok(&["-c", "Get-Change | Measure-Object", "-o", "json"]);
    assert!(changes.contains("\"Count\": 1"), "one change: {changes}");
    planned.ok(&["-c", "Undo-Change -Last 1"]);
    assert_eq!(planned.state(), Place::new().state());
}

#[test]
fn a_plan_says_what_it_was_made_of() {
    let place = Place::new();
    place.write("leavers.csv", "UserPrincipalName\nanna@contoso.com\n");
    place.write(
        "s.rhai",
        "let list = param(\"List\");\nImport-Csv $list | Remove-License -All\n",
    );
    place.ok(&[
        "plan",
        "s.rhai",
        "--out",
        "p.yaml",
        "--",
        "-List",
        "leavers.csv",
    ]);
    let plan = place.read("p.yaml");
    let hash: String = Sha256::digest(b"UserPrincipalName\nanna@contoso.com\n")
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    assert!(plan.contains("file: leavers.csv"), "{plan}");
    assert!(plan.contains(&hash), "{plan}");
    assert!(plan.contains("file: s.rhai"), "{plan}");
    assert!(plan.contains("frees: [ENTERPRISEPACK]"), "{plan}");
    assert!(plan.contains("undo: possible until "), "{plan}");
    assert!(plan.contains("upn: anna@contoso.com"), "{plan}");
}

#[test]
fn a_tenant_that_moved_is_told_and_nothing_is_done() {
    let place = Place::new();
    place.write("s.rhai", SCRIPT);
    place.ok(&["plan", "s.rhai", "--out", "p.yaml"]);
    place.ok(&[
        "-c",
        "Remove-License bob@contoso.com -All; Remove-User noah@contoso.com",
    ]);
    let (state, journal) = (place.state(), place.journal());
    let said = place.fails(6, &["apply", "p.yaml"]);
    assert!(
        said.contains("2 of its 10 rows are touched; nothing was changed"),
        "{said}"
    );
    assert!(
        said.contains("bob@contoso.com: its licenses were"),
        "{said}"
    );
    assert!(said.contains("(change 2 by admin)"), "{said}");
    assert!(said.contains("(change 3 by admin)"), "{said}");
    assert_eq!((place.state(), place.journal()), (state, journal));

    let rows = place.ok(&[
        "-c",
        "Test-Plan p.yaml | Where-Object Fits -eq $false",
        "-o",
        "jsonl",
    ]);
    assert_eq!(rows.lines().count(), 2, "{rows}");

    // A change elsewhere is no concern of the plan.
    let said = place.fails(4, &["apply", "p.yaml", "--skip-moved"]);
    assert!(said.contains("8 applied, 2 failed"), "{said}");
    let anna = place.ok(&[
        "-c",
        "Get-License anna@contoso.com | Measure-Object",
        "-o",
        "json",
    ]);
    assert!(anna.contains("\"Count\": 0"), "{anna}");
}

#[test]
fn a_change_of_something_else_does_not_matter() {
    let place = Place::new();
    place.ok(&[
        "plan",
        "-c",
        "Remove-License anna@contoso.com -All",
        "--out",
        "p.yaml",
    ]);
    place.ok(&["-c", "Remove-License bob@contoso.com -All"]);
    place.ok(&["apply", "p.yaml"]);
}

#[test]
fn a_plan_is_applied_once() {
    let place = Place::new();
    place.ok(&["plan", "-c", "Remove-License anna@contoso.com -All"]);
    place.ok(&["apply", "plan.yaml"]);
    let journal = place.journal();
    let row = place.ok(&["apply", "plan.yaml", "-o", "json"]);
    assert!(
        row.contains("AlreadyApplied") && row.contains("change 2 by admin"),
        "{row}"
    );
    assert_eq!(place.journal(), journal);
    place.ok(&["-c", "Undo-Change -Last 1"]);
    let row = place.ok(&["apply", "plan.yaml", "-o", "json"]);
    assert!(
        row.contains("AlreadyApplied"),
        "also when it was taken back: {row}"
    );
}

#[test]
fn detailed_exit_codes() {
    let place = Place::new();
    let nothing = "Remove-License walter@contoso.com -All";
    let code = |args: &[&str]| place.run(args).status.code();
    assert_eq!(
        code(&["plan", "--detailed-exitcode", "-c", nothing]),
        Some(0)
    );
    assert_eq!(
        code(&["apply", "plan.yaml", "--detailed-exitcode"]),
        Some(0)
    );
    let some = "Remove-License anna@contoso.com -All";
    assert_eq!(code(&["plan", "--detailed-exitcode", "-c", some]), Some(3));
    assert_eq!(
        code(&["apply", "plan.yaml", "--detailed-exitcode"]),
        Some(3)
    );
    assert_eq!(
        code(&["apply", "plan.yaml", "--detailed-exitcode"]),
        Some(0)
    );
}

#[test]
fn what_is_not_a_whole_plan_is_refused_at_its_line() {
    let place = Place::new();
    place.ok(&[
        "plan",
        "-c",
        "Remove-License anna@contoso.com -All",
        "--out",
        "p.yaml",
    ]);
    let plan = place.read("p.yaml");
    let state = place.state();
    let cases: [(&str, String, &str, i32); 7] = [
        (
            "edited",
            plan.replace("frees: [ENTERPRISEPACK]", "frees: []"),
            "was changed since it was made",
            1,
        ),
        (
            "unknown",
            sealed(&plan.replace("catalogue:", "catalog:")),
            "unknown field `catalog`",
            1,
        ),
        ("cut", plan[..plan.len() / 2].to_owned(), "isn't whole", 1),
        ("none", "users: []\n".to_owned(), "is no plan", 1),
        (
            "version",
            sealed(&plan.replace("plan: 1", "plan: 2")),
            "version 2",
            1,
        ),
        (
            "old",
            sealed(&plan.replace("catalogue: '2026-11-24'", "catalogue: '2025-01-01'")),
            "by the facts of 2025-01-01",
            6,
        ),
        (
            "other",
            sealed(&plan.replace("sequence: 1", "sequence: 40")),
            "for another tenant",
            6,
        ),
    ];
    for (name, content, message, code) in cases {
        assert_ne!(content, plan, "{name}");
        place.write("q.yaml", &content);
        let said = place.fails(code, &["apply", "q.yaml"]);
        assert!(said.contains(message), "{name}: {said}");
        let has_line = !matches!(name, "edited" | "unknown" | "cut") || said.contains("q.yaml:");
        assert!(has_line, "{name}: {said}");
        assert_eq!(place.state(), state, "{name}");
    }
    // Line ends that git made for Windows are no edit.
    place.write("crlf.yaml", &plan.replace('\n', "\r\n"));
    place.ok(&["apply", "crlf.yaml"]);
}

#[test]
fn another_tenant_with_the_same_people_is_another_tenant() {
    let (one, other) = (Place::new(), Place::new());
    one.ok(&[
        "plan",
        "-c",
        "Remove-License anna@contoso.com -All",
        "--out",
        "p.yaml",
    ]);
    // The same sample, but with a history of its own.
    let plan = one.read("p.yaml");
    other.ok(&["-c", "Block-User bob@contoso.com"]);
    let sum = plan.lines().find(|line| line.contains("checksum")).unwrap();
    other.write(
        "p.yaml",
        &sealed(&plan.replace(sum, "  checksum: '0123456789abcdef'")),
    );
    let said = other.fails(6, &["apply", "p.yaml"]);
    assert!(said.contains("another tenant"), "{said}");
}

#[test]
fn a_rehearsal_in_a_pipe_becomes_a_plan_of_what_came_through() {
    let place = Place::new();
    let all = "Get-User -Department Legal, Sales | Remove-License -All -WhatIf";
    place.ok(&[
        "-c",
        &format!("{all} | Where-Object UserPrincipalName -like 'i*' | Export-Plan p.yaml"),
    ]);
    let rows = place.ok(&["-c", "Get-Plan p.yaml", "-o", "jsonl"]);
    assert_eq!(rows.lines().count(), 1, "{rows}");
    assert!(rows.contains("ines@contoso.com"), "{rows}");
    place.ok(&["-c", "Invoke-Plan p.yaml"]);

    let said = place.fails(1, &["-c", "Get-User | Export-Plan q.yaml"]);
    assert!(said.contains("nothing to plan"), "{said}");
    let part = "Remove-License priya@contoso.com -All -WhatIf | Where-Object Sku -eq POWER_BI_PRO | Export-Plan q.yaml";
    let said = place.fails(1, &["-c", part]);
    assert!(
        said.contains("a plan holds all of a user or nothing"),
        "{said}"
    );
    assert!(!Path::new(&place.path("q.yaml")).exists());
}

#[test]
fn no_other_file_is_replaced_by_a_plan() {
    let place = Place::new();
    place.write("mine.yaml", "my: notes\n");
    place.fails(
        5,
        &[
            "plan",
            "-c",
            "Remove-License anna@contoso.com -All",
            "--out",
            "mine.yaml",
        ],
    );
    assert_eq!(place.read("mine.yaml"), "my: notes\n");
    let said = place.fails(1, &["plan", "-c", "throw 'no'", "--out", "p.yaml"]);
    assert!(said.contains("no plan was written"), "{said}");
    assert!(!place.path("p.yaml").exists());
}

#[test]
fn times_are_those_of_the_application() {
    let place = Place::new();
    place.ok(&["plan", "-c", "Remove-License anna@contoso.com -All; Remove-User anna@contoso.com; Restore-User anna@contoso.com", "--out", "p.yaml"]);
    place.ok(&["-c", "Set-TenantClock +10d"]);
    place.ok(&["apply", "p.yaml"]);
    let kept = place.ok(&[
        "-c",
        "Write-Output \"$((Get-Mailbox anna@contoso.com).KeptUntil)\"",
    ]);
    let day = |text: &str| text.trim()[..10].parse::<jiff::civil::Date>().unwrap();
    let plan = place.read("p.yaml");
    let rehearsed = plan
        .lines()
        .find_map(|line| line.strip_prefix("rehearsed: "))
        .unwrap();
    let span = day(&kept).since(day(rehearsed)).unwrap();
    assert!(
        (39..=41).contains(&span.get_days()),
        "30 days from the application, 10 days later: {kept}"
    );
}

#[test]
fn every_way_to_look_at_a_plan() {
    let place = Place::new();
    place.write("s.rhai", SCRIPT);
    place.ok(&["plan", "s.rhai"]);
    let table = place.ok(&["plan", "show", "plan.yaml"]);
    assert!(table.contains("anna@contoso.com"), "{table}");
    let json: serde_json::Value =
        serde_json::from_str(&place.ok(&["plan", "show", "plan.yaml", "-o", "json"])).unwrap();
    let whole = &json[0];
    assert_eq!(whole["rows"].as_array().unwrap().len(), 10);
    assert_eq!(whole["tenant"]["name"], "Contoso");
    let md = place.ok(&["plan", "show", "plan.yaml", "-o", "md"]);
    assert!(md.starts_with("# Plan"), "{md}");
    assert!(md.contains("| Office 365 E3 | 16 | 9 | 17 |"), "{md}");
    let html = place.ok(&["plan", "show", "plan.yaml", "-o", "html"]);
    assert!(html.starts_with("<!DOCTYPE html>"), "{html}");
}

#[test]
fn the_page_shows_names_as_they_are() {
    let place = Place::new();
    place.ok(&["-c", "New-User evil@contoso.com -DisplayName '<script>alert(1)</script>' -UsageLocation SE; Add-License evil@contoso.com -Sku STANDARDPACK"]);
    place.ok(&["plan", "-c", "Remove-License evil@contoso.com -All"]);
    let page = place.ok(&["plan", "show", "plan.yaml", "-o", "html"]);
    assert!(
        !page.contains("<script") && page.contains("&lt;script&gt;"),
        "{page}"
    );
    assert!(
        !page.contains("http://") && !page.contains("https://") && !page.contains("src="),
        "nothing is fetched"
    );
    assert!(page.contains("<td>Office 365 E1</td>"), "{page}");
}
