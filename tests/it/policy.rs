//! The policy refuses, whichever way a change is asked for; and who approved a plan.

use std::process::Command;

use crate::plan::Place;

const PROTECTS: &str = "protected:\n  users: [anna@contoso.com]\n";

/// Every way to ask for a change of Anna.
const WAYS: &[(&str, &[&str])] = &[
    ("command", &["-c", "Remove-License anna@contoso.com -All"]),
    (
        "pipe",
        &["-c", "Get-User -Department Sales | Remove-License -All"],
    ),
    (
        "batches",
        &[
            "-c",
            "Get-User -Department Sales | Remove-License -All -BatchSize 1",
        ],
    ),
    (
        "loop",
        &[
            "-c",
            "for u in ['anna@contoso.com'] { Remove-License $u -All }",
        ],
    ),
    (
        "each",
        &[
            "-c",
            "Get-User anna@contoso.com | ForEach-Object { Remove-License $_ -All }",
        ],
    ),
    (
        "function",
        &[
            "-c",
            "fn lose(u) { Remove-License $u -All } lose('anna@contoso.com')",
        ],
    ),
    ("script", &["run", "s.rhai"]),
    (
        "transaction",
        &["-c", "transaction { Remove-License anna@contoso.com -All }"],
    ),
    (
        "rehearsal",
        &["-c", "Remove-License anna@contoso.com -All -WhatIf"],
    ),
    (
        "whole rehearsal",
        &["--what-if", "-c", "Remove-License anna@contoso.com -All"],
    ),
    ("group", &["-c", "Add-GroupMember Sales anna@contoso.com"]),
    ("undo", &["-c", "Undo-Change 2"]),
    ("plan", &["apply", "p.yaml"]),
    ("skipping", &["apply", "p.yaml", "--skip-moved"]),
];

#[test]
fn a_protected_user_is_changed_by_no_way() {
    let place = Place::new();
    place.write("s.rhai", "Remove-License anna@contoso.com -All\n");
    place.ok(&["-c", "Block-User anna@contoso.com"]);
    place.ok(&["plan", "s.rhai", "--out", "p.yaml"]);
    place.write("u/policy.yaml", PROTECTS);
    let (state, journal) = (place.state(), place.journal());
    for (way, args) in WAYS {
        let said = place.fails(5, args);
        assert!(
            said.contains("the user anna@contoso.com is protected"),
            "{way}: {said}"
        );
        assert!(said.contains("policy.yaml:2:1"), "{way}: {said}");
        assert_eq!(place.state(), state, "{way}");
        assert_eq!(place.journal(), journal, "{way}");
    }
    place.ok(&["-c", "Remove-License bob@contoso.com -All"]);
}

#[test]
fn each_rule_names_its_line() {
    let place = Place::new();
    place.ok(&[
        "plan",
        "-c",
        "Remove-License bob@contoso.com -All",
        "--out",
        "p.yaml",
    ]);
    let cases: &[(&str, &str, &str, usize)] = &[
        (
            "protected:\n  users:\n  - x@y.z\n  - 'bo*'\n",
            "Block-User bob@contoso.com",
            "the user bob@contoso.com",
            4,
        ),
        (
            "protected:\n  groups: [Sales]\n",
            "Block-User bob@contoso.com",
            "a member of Sales",
            2,
        ),
        (
            "protected:\n  groups: [Sales]\n",
            "Remove-GroupMember Sales bob@contoso.com",
            "Sales is protected",
            2,
        ),
        (
            "protected:\n  roles:\n  - Global Administrator\n",
            "Get-User | Where-Object Roles | Block-User",
            "who holds Global Administrator",
            3,
        ),
        (
            "protected:\n  products: [ENTERPRISEPACK]\n",
            "Remove-License bob@contoso.com -All",
            "the product ENTERPRISEPACK",
            2,
        ),
        (
            "limits:\n  users: 3\n",
            "Get-User -Department Sales | Remove-License -All",
            "a run may change 3",
            2,
        ),
        (
            "limits:\n  users: 3\n",
            "for u in Get-User -Department Sales { Remove-License $u -All -WhatIf }",
            "a run may change 3",
            2,
        ),
        (
            "limits:\n  percent: 5\n",
            "Get-User -Department Sales | Remove-License -All",
            "more than 5 percent",
            2,
        ),
        (
            "reason: required\n",
            "Block-User bob@contoso.com",
            "a change needs a reason",
            1,
        ),
        (
            "hours:\n  from: '00:00'\n  to: '00:00'\n",
            "Block-User bob@contoso.com",
            "between 00:00 and 00:00 only",
            1,
        ),
        (
            "approval:\n  by: [grace@contoso.com]\n  signers: s\n",
            "Block-User bob@contoso.com",
            "must be a plan",
            1,
        ),
    ];
    let journal = place.journal();
    for (policy, line, message, number) in cases {
        place.write("u/policy.yaml", policy);
        let said = place.fails(5, &["-c", line]);
        assert!(said.contains(message), "{policy}: {said}");
        assert!(
            said.contains(&format!("policy.yaml:{number}:")),
            "{policy}: {said}"
        );
        assert_eq!(place.journal(), journal, "{policy}");
    }
    place.write(
        "u/policy.yaml",
        "approval:\n  by: [grace@contoso.com]\n  signers: s\n",
    );
    let said = place.fails(5, &["apply", "p.yaml"]);
    assert!(said.contains("nobody who may has approved it"), "{said}");
}

#[test]
fn a_loop_passes_the_limit_of_a_run_no_better_than_a_pipe() {
    let place = Place::new();
    place.write("u/policy.yaml", "limits: {users: 3}\n");
    let said = place.fails(
        5,
        &[
            "-c",
            "for u in Get-User -Department Sales { Remove-License $u -All }",
        ],
    );
    assert!(said.contains("would change 4 users"), "{said}");
    let changed = place.ok(&["-c", "Get-Change | Measure-Object", "-o", "json"]);
    assert!(changed.contains("\"Count\": 3"), "{changed}");
}

#[test]
fn a_policy_that_cannot_be_read_lets_nothing_through() {
    let place = Place::new();
    let cases = [
        ("protected:\n  user: [a]\n", "unknown field `user`", 2),
        ("limit: {users: 3}\n", "unknown field `limit`", 1),
        ("limits:\n  users: many\n", "invalid type", 2),
        (
            "hours:\n  from: noon\n  to: '12:00'\n",
            "`from` is a time",
            2,
        ),
        ("limits:\n  percent: 120\n", "between 0 and 100", 2),
    ];
    for (policy, message, line) in cases {
        place.write("u/policy.yaml", policy);
        for args in [
            &["-c", "Block-User bob@contoso.com"][..],
            &["-c", "Test-Policy"][..],
        ] {
            let said = place.fails(5, args);
            assert!(said.contains(message), "{policy}: {said}");
            assert!(
                said.contains(&format!("policy.yaml:{line}:")),
                "{policy}: {said}"
            );
        }
    }
    // An empty one says nothing.
    place.write("u/policy.yaml", "# later\n");
    place.ok(&["-c", "Block-User bob@contoso.com"]);
}

#[test]
fn test_policy_tells_whom_it_protects() {
    let place = Place::new();
    place.write("u/policy.yaml", PROTECTS);
    let rows = place.ok(&["-c", "Test-Policy", "-o", "jsonl"]);
    assert_eq!(rows.lines().count(), 1, "{rows}");
    assert!(
        rows.contains("anna@contoso.com") && rows.contains("\"Line\":2"),
        "{rows}"
    );
    let row = place.ok(&["-c", "Test-Policy bob@contoso.com", "-o", "jsonl"]);
    assert!(row.contains("\"Protected\":false"), "{row}");
    place.write("next.yaml", "protected: {groups: [Sales]}\n");
    let rows = place.ok(&[
        "-c",
        "Test-Policy -Path next.yaml | Measure-Object",
        "-o",
        "json",
    ]);
    assert!(!rows.contains("\"Count\": 0"), "{rows}");
}

/// A key of somebody in the place.
fn key(place: &Place, name: &str) -> String {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"])
        .arg(place.path(name))
        .status()
        .unwrap();
    assert!(made.success());
    place.read(&format!("{name}.pub"))
}

#[test]
fn a_plan_is_approved_by_somebody_else_and_a_changed_one_is_not() {
    let place = Place::new();
    let (grace, mallory) = (key(&place, "grace"), key(&place, "mallory"));
    place.write(
        "u/allowed_signers",
        &format!("grace@contoso.com {grace}megan@contoso.com {mallory}"),
    );
    place.write(
        "u/policy.yaml",
        "approval:\n  over: 1\n  by: [grace@contoso.com, admin]\n  signers: allowed_signers\n",
    );
    let line = "Get-User -Department Sales | Remove-License -All";
    place.ok(&["plan", "-c", line, "--out", "p.yaml"]);
    let journal = place.journal();
    let refused = |args: &[&str], message: &str| {
        let said = place.fails(5, args);
        assert!(said.contains(message), "{args:?}: {said}");
        assert_eq!(place.journal(), journal);
    };
    refused(&["-c", line], "must be a plan that somebody approved");
    refused(&["apply", "p.yaml"], "nobody who may has approved it");
    let approve =
        |who: &str, key: &str| place.run(&["approve", "p.yaml", "--as", who, "--key", key]);
    refused(
        &[
            "approve",
            "p.yaml",
            "--as",
            "megan@contoso.com",
            "--key",
            "mallory",
        ],
        "may not approve plans",
    );
    refused(&["approve", "p.yaml", "--key", "grace"], "made the plan");
    refused(
        &[
            "approve",
            "p.yaml",
            "--as",
            "grace@contoso.com",
            "--key",
            "mallory",
        ],
        "the signature is not one of grace@contoso.com's",
    );
    // What she signed with another's key counts for nothing.
    refused(&["apply", "p.yaml"], "doesn't hold for this plan");
    let done = approve("grace@contoso.com", "grace");
    assert!(done.status.success(), "{done:?}");

    // Anybody can check it without this program.
    let checked = Command::new("sh")
        .args(["-c", "ssh-keygen -Y verify -n tenantsh-plan -f u/allowed_signers -I grace@contoso.com -s p.yaml.grace@contoso.com.sig < p.yaml"])
        .current_dir(place.path("."))
        .output()
        .unwrap();
    assert!(checked.status.success(), "{checked:?}");

    let plan = place.read("p.yaml");
    place.ok(&[
        "plan",
        "-c",
        "Get-User -Department Sales, Legal | Remove-License -All",
        "--out",
        "p.yaml",
    ]);
    refused(&["apply", "p.yaml"], "doesn't hold for this plan");
    place.write("p.yaml", &plan);
    place.ok(&["apply", "p.yaml"]);
}

#[test]
fn few_users_need_no_approval() {
    let place = Place::new();
    place.write(
        "u/policy.yaml",
        "approval: {over: 5, by: [grace@contoso.com], signers: s}\n",
    );
    place.ok(&["-c", "Remove-License anna@contoso.com -All"]);
    place.ok(&["plan", "-c", "Remove-License bob@contoso.com -All"]);
    place.ok(&["apply", "plan.yaml"]);
}
