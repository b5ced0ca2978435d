//! The numbers of a report are those that the cmdlets give, counted here once more.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

/// What the program prints, as JSON.
fn ask(dir: &Path, source: &[&str], line: &str) -> Vec<Value> {
    let out = Command::new(env!("CARGO_BIN_EXE_tenantsh"))
        .args(source)
        .args(["-o", "json", "-c", line])
        .env("HOME", dir)
        .current_dir(dir)
        .output()
        .unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(
        out.status.success(),
        "{line}: {}",
        String::from_utf8_lossy(&out.stderr)
    );
    serde_json::from_str(&text).unwrap()
}

fn text<'v>(row: &'v Value, name: &str) -> &'v str {
    row[name].as_str().unwrap_or_default()
}

/// Seats by reason, from the lists of users and licenses alone.
fn counted(dir: &Path, source: &[&str]) -> BTreeMap<String, i64> {
    let upns = |line: &str| -> BTreeSet<String> {
        let rows = ask(dir, source, line).into_iter();
        rows.map(|row| text(&row, "UserPrincipalName").to_owned())
            .collect()
    };
    let disabled = upns("Get-User -Disabled | Select-Object UserPrincipalName");
    let never = upns(
        "Get-User -NeverSignedIn | Where-Object Created -lt (Get-Date -90d) | Select-Object UserPrincipalName",
    );
    let inactive = upns("Get-User -InactiveDays 90 | Select-Object UserPrincipalName");
    let mut seats: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in ask(dir, source, "Get-License | Where-Object { !$_.Error }") {
        let (user, sku) = (text(&row, "UserPrincipalName"), text(&row, "Sku"));
        seats
            .entry(user.to_owned())
            .or_default()
            .insert(sku.to_owned());
    }
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for (user, skus) in &seats {
        let reason = match user {
            _ if disabled.contains(user) => "Sign-in is disabled",
            _ if never.contains(user) => "Never signed in",
            _ if inactive.contains(user) => "Not signed in for 90 days",
            _ => continue,
        };
        *counts.entry(reason.to_owned()).or_default() += i64::try_from(skus.len()).unwrap();
    }
    let free: i64 = ask(dir, source, "Get-Subscription")
        .iter()
        .map(|row| row["Free"].as_i64().unwrap())
        .sum();
    counts.insert("Assigned to nobody".to_owned(), free);
    counts
}

fn reported(dir: &Path, source: &[&str]) -> (Value, BTreeMap<String, i64>) {
    ask(dir, source, "Export-Report savings.json -Prices prices.csv");
    let text = std::fs::read_to_string(dir.join("savings.json")).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    let rows = report["sections"][0]["rows"].as_array().unwrap();
    let counts = rows
        .iter()
        .map(|row| {
            (
                row["Reason"].as_str().unwrap().to_owned(),
                row["Seats"].as_i64().unwrap(),
            )
        })
        .collect();
    (report, counts)
}

/// The numbers agree, add up, and are the same in every part of the report.
fn agrees(dir: &Path, source: &[&str]) {
    std::fs::write(
        dir.join("prices.csv"),
        "Sku,PricePerSeat,Currency\nENTERPRISEPACK,23.00,EUR\nSPE_E3,\"36,10\",EUR\nSPE_E5,57,EUR\n",
    )
    .unwrap();
    let (report, counts) = reported(dir, source);
    for (reason, seats) in counted(dir, source) {
        assert_eq!(counts.get(&reason), Some(&seats), "{reason}");
    }
    let all: i64 = counts.values().sum();
    assert_eq!(report["facts"]["Seats wasted"], json!(all));
    let column = |section: usize, name: &str| -> f64 {
        let rows = report["sections"][section]["rows"].as_array().unwrap();
        rows.iter()
            .map(|row| row[name].as_f64().unwrap_or(0.0))
            .sum()
    };
    assert_eq!(column(1, "Wasted") as i64, all);
    let wasted = report["facts"]["Wasted a month"].as_f64().unwrap();
    assert!((column(0, "A month") - wasted).abs() < 0.005);
    assert!((column(1, "A month") - wasted).abs() < 0.005);
    let people = report["sections"][5]["rows"].as_array().unwrap().len();
    let free = counts["Assigned to nobody"];
    assert_eq!(i64::try_from(people).unwrap() + free, all);
    assert_eq!(column(2, "Seats") as usize, people);
}

#[test]
fn the_savings_of_the_sample_are_those_that_can_be_counted() {
    let dir = tempfile::tempdir().unwrap();
    agrees(dir.path(), &["--sample"]);
    // Power BI Pro is in Microsoft 365 E5, which Oskar has too.
    let (report, counts) = reported(dir.path(), &["--sample"]);
    assert!(counts["Included in another product"] > 0, "{counts:?}");
    let people = report["sections"][5]["rows"].as_array().unwrap();
    assert!(people.iter().any(|row| {
        row["User"] == "oskar@contoso.com" && row["Reason"] == "Included in another product"
    }));
}

#[test]
fn the_savings_of_many_are_those_that_can_be_counted() {
    for count in [300, 20_000] {
        let dir = tempfile::tempdir().unwrap();
        let tenant = dir.path().join("tenant");
        crate::interrupt::make(&tenant, count);
        let source = ["--tenant", &tenant.display().to_string(), "--yes"];
        ask(
            dir.path(),
            &source,
            "Get-User user*7@contoso.com | Block-User",
        );
        agrees(dir.path(), &source);
    }
}

#[test]
fn a_page_stands_alone_and_names_are_text() {
    let dir = tempfile::tempdir().unwrap();
    let line = "New-User evil@contoso.com -DisplayName '<script>alert(1)</script>' -Department '<img src=x onerror=y>' -UsageLocation SE; \
                Add-License evil@contoso.com -Sku STANDARDPACK; Block-User evil@contoso.com; \
                Export-Report savings.html; Export-Report tenant.html; Export-Report tenant.md";
    let out = Command::new(env!("CARGO_BIN_EXE_tenantsh"))
        .args(["--sample", "--yes", "-c", line])
        .current_dir(dir.path())
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    for name in ["savings.html", "tenant.html"] {
        let page = std::fs::read_to_string(dir.path().join(name)).unwrap();
        assert!(page.contains("&lt;script&gt;alert(1)"), "{name}");
        assert!(
            !page.contains("<script>alert") && !page.contains("<img"),
            "{name}"
        );
        for outside in ["http://", "https://", "src=", "@import", "url("] {
            assert!(
                !page.replace("&lt;img src=", "").contains(outside),
                "{name}: {outside}"
            );
        }
        assert_eq!(page.matches("<script").count(), 1);
    }
    let text = std::fs::read_to_string(dir.path().join("tenant.md")).unwrap();
    assert!(text.contains("\\<script\\>"), "{text}");
}

#[test]
fn prices_that_are_none_are_told_with_their_row() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("p.csv"),
        "Sku,PricePerSeat\nSPE_E3,36\nSPE_E5,many\n",
    )
    .unwrap();
    let out = Command::new(env!("CARGO_BIN_EXE_tenantsh"))
        .args(["--sample", "-c", "Export-Report s.html -Prices p.csv"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&out.stderr);
    assert!(told.contains("row 3: 'many' is no price"), "{told}");
    assert!(!dir.path().join("s.html").exists());
}
