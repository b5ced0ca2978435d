//! What every format makes of names, formulas, nested and missing values, of nothing, one and very many:
//! `tests/formats`, which `UPDATE=1 cargo test --test it formats` writes anew.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use clap::ValueEnum;
use tenantsh::format::{Format, Style, to_string};
use tenantsh::tenant::{Assignment, Symbol, User};
use tenantsh::value::{Value, time};
use uuid::Uuid;

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::map(entries.into_iter().collect())
}

fn user(number: u128, upn: &str, name: &str) -> User {
    let mut user = User::new(Uuid::from_u128(number), upn, name);
    user.department = Some(Symbol::new("Sales"));
    let skus = ["ENTERPRISEPACK", "POWER_BI_PRO"];
    user.licenses = skus.map(|sku| Assignment::direct(Symbol::new(sku))).into();
    user
}

/// Wide and joined characters, marks, what would steer a terminal, what is too long for any.
fn names() -> Vec<Value> {
    let names = [
        ("anna", "Anna Lind"),
        ("yamada", "山田 太郎 (営業部長)"),
        ("kim", "김민준"),
        ("dev", "👩\u{200d}💻 Dev 🇸🇪 ❤\u{fe0f}"),
        ("family", "👨\u{200d}👩\u{200d}👧\u{200d}👦 & co"),
        ("marks", "Zoe\u{308} A\u{30a}sa Nguye\u{302}\u{303}n"),
        ("arabic", "محمد عبد الله"),
        ("red", "\u{1b}[31mRed\u{1b}[0m \u{1b}]0;title\u{7}\u{9b}2J"),
        ("backwards", "photo\u{202e}gnp.exe"),
        ("lines", "two\nlines\tand a tab\r\nand more"),
        ("markup", "<b>B</b> & *stars* | `tick` \\ [x](y) _u_ ~s~"),
        ("long", "Maximilian "),
    ];
    let users = names.iter().zip(1..).map(|((upn, name), number)| {
        let name = match *upn {
            "long" => "Maximilian ".repeat(28)[..300].to_owned(),
            _ => (*name).to_owned(),
        };
        user(number, &format!("{upn}@contoso.com"), &name)
    });
    let mut users: Vec<User> = users.collect();
    users.push(user(
        99,
        "a.very.long.address.indeed.of.somebody@subsidiary.contoso.onmicrosoft.com",
        "Somebody",
    ));
    users.into_iter().map(Value::object).collect()
}

/// Text that a spreadsheet or a YAML reader would take for something else.
fn formulas() -> Vec<Value> {
    let texts = [
        "=HYPERLINK(\"http://x\",\"y\")",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "'=1",
        "a;b,c \"d\"",
        "two\nlines",
        " padded ",
        "",
        "null",
        "true",
        "1e3",
        "0x1F",
        "2026-01-01",
        "# comment",
        "- item",
        "key: value",
        "*alias",
        "|",
    ];
    let rows = texts.iter().zip(0_i64..);
    rows.map(|(text, number)| map([("Text", (*text).into()), ("Number", (-number).into())]))
        .collect()
}

/// Lists, maps and objects within each other; what is missing or empty.
fn nested() -> Vec<Value> {
    let plans = Value::list(vec!["EXCHANGE_S".into(), "TEAMS1".into()]);
    let license = map([("Sku", "E3".into()), ("DisabledPlans", plans)]);
    let many: Vec<Value> = (1..=40_i64)
        .map(|n| format!("user{n}@contoso.com").into())
        .collect();
    vec![
        map([
            ("Name", "full".into()),
            (
                "Licenses",
                Value::list(vec![license.clone(), license.clone()]),
            ),
            ("License", license),
            (
                "Owner",
                Value::object(user(1, "anna@contoso.com", "Anna Lind")),
            ),
            ("Members", Value::list(many)),
            ("Since", Value::Time(time("2026-11-24T10:00:00Z").unwrap())),
            ("Share", Value::Float(0.25)),
            ("Enabled", true.into()),
        ]),
        map([
            ("Name", Value::Null),
            ("Licenses", Value::list(Vec::new())),
            ("License", map([])),
            ("Owner", Value::Null),
            (
                "Members",
                Value::list(vec![Value::Null, "".into(), "one".into()]),
            ),
            ("Since", Value::Null),
            ("Share", Value::Float(f64::NAN)),
            ("Enabled", false.into()),
        ]),
    ]
}

/// Things of different kinds one after the other.
fn mixed() -> Vec<Value> {
    vec![
        "a line".into(),
        "# no heading".into(),
        "- no item".into(),
        "1. nor one".into(),
        7_i64.into(),
        map([("Sku", "E3".into()), ("Free", 3_i64.into())]),
        map([("Sku", Value::Null), ("Free", Value::Int(-12))]),
        Value::Null,
        map([("Sku", "E5".into()), ("Seats", 4_i64.into())]),
        Value::object(user(1, "anna@contoso.com", "Anna Lind")),
        true.into(),
        Value::list(vec!["in".into(), "a list".into()]),
    ]
}

fn many() -> Vec<Value> {
    let rows = 1..=10_000_i64;
    rows.map(|n| {
        map([
            ("UserPrincipalName", format!("user{n}@contoso.com").into()),
            ("DisplayName", "名".repeat(n as usize % 9 + 1).into()),
            ("Seats", (n * 7 % 1_003).into()),
            (
                "Department",
                if n % 5 == 0 {
                    Value::Null
                } else {
                    "Sales".into()
                },
            ),
        ])
    })
    .collect()
}

/// Every format, and tables and lists at several widths.
fn looks() -> Vec<(String, Format, Style)> {
    let mut looks = Vec::new();
    for format in Format::value_variants() {
        let name = format!("{format:?}").to_lowercase();
        let widths: &[usize] = match format {
            Format::Table | Format::List => &[40, 80, 200],
            // On a terminal, which must not be steered.
            Format::Csv | Format::Yaml => &[80],
            _ => &[],
        };
        for width in widths {
            let style = Style {
                width: Some(*width),
                ..Style::default()
            };
            looks.push((format!("{name}, {width} columns"), *format, style));
        }
        looks.push((name, *format, Style::default()));
    }
    looks
}

/// A page without its head, which is the same on all.
fn body(text: String) -> String {
    match text.split_once("<body>") {
        Some((_, body)) => format!("…<body>{body}"),
        None => text,
    }
}

/// All of it, or of very much how much, how it begins and ends, and its hash.
fn shown(text: &str) -> String {
    const WHOLE: usize = 1_000;
    let lines: Vec<&str> = text.lines().collect();
    if lines.len() <= WHOLE {
        return text.to_owned();
    }
    let hash = twox_hash::XxHash3_64::oneshot(text.as_bytes());
    format!(
        "{}\n… {} lines, {} bytes, {hash:016x} …\n{}\n",
        lines[..5].join("\n"),
        lines.len(),
        text.len(),
        lines[lines.len() - 3..].join("\n"),
    )
}

#[track_caller]
fn compare(name: &str, values: &[Value]) {
    let mut now = String::new();
    for (look, format, style) in looks() {
        let text = shown(&body(to_string(format, style, values)));
        writeln!(now, "======== {look}\n{text}").unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/formats/{name}.txt"));
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &now).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    let differ = written
        .lines()
        .zip(now.lines())
        .find(|(then, now)| then != now);
    assert!(
        written == now,
        "{} is stale, UPDATE=1 takes it over; first at {differ:#?}",
        path.display()
    );
}

#[test]
fn names_of_every_kind() {
    compare("names", &names());
}

#[test]
fn text_that_looks_like_something_else() {
    compare("formulas", &formulas());
}

#[test]
fn values_within_values_and_missing_ones() {
    compare("nested", &nested());
}

#[test]
fn different_things() {
    compare("mixed", &mixed());
}

#[test]
fn nothing_and_one() {
    compare("nothing", &[]);
    compare("one", &names()[..1]);
}

#[test]
fn ten_thousand_rows() {
    compare("many", &many());
}
