//! A filter gives the same result run natively and run as a block: random predicates over the sample's users.

use tenantsh::lang::{self, Environment, Operand};
use tenantsh::value::{Object, Predicate, Value};

use crate::random::Random;
use crate::support::Rig;

const PROPERTIES: [&str; 20] = [
    "UserPrincipalName",
    "displayname",
    "GivenName",
    "Department",
    "JobTitle",
    "City",
    "Country",
    "UsageLocation",
    "UserType",
    "Enabled",
    "Synced",
    "Created",
    "LastSignIn",
    "Deleted",
    "Licenses",
    "LICENSES.Count",
    "Roles",
    "Groups.Count",
    "DisplayName.Length",
    "Nope",
];

const LITERALS: [&str; 40] = [
    "'Sales'",
    "'sales'",
    "\"IT\"",
    "'a*'",
    "'*a'",
    "'[a-m]*'",
    "'^[a-m]'",
    "'s$'",
    "'ENTERPRISEPACK'",
    "'enterprisepack'",
    "'SE'",
    "'Member'",
    "''",
    "'x'",
    "'5'",
    "'true'",
    "'false'",
    "'False'",
    "'2026-01-01'",
    "'2025-06-01T00:00:00Z'",
    "'Zoë Marchetti'",
    "'zoË*'",
    "0",
    "1",
    "2",
    "-1",
    "1.5",
    "-2.5",
    "10",
    "$true",
    "$false",
    "true",
    "$null",
    "()",
    "'IT','HR'",
    "('IT','hr')",
    "@('Legal','SPE_E5','EMS')",
    "@(1, 2)",
    "[\"Sales\", 'x', 1]",
    "@()",
];

const OPERATORS: [&str; 14] = [
    "eq",
    "ne",
    "gt",
    "ge",
    "lt",
    "le",
    "like",
    "notlike",
    "match",
    "notmatch",
    "contains",
    "notcontains",
    "in",
    "notin",
];

fn property(random: &mut Random) -> String {
    match random.below(20) {
        0 => "$_".to_owned(),
        _ => format!("$_.{}", random.of(&PROPERTIES)),
    }
}

fn comparison(random: &mut Random) -> String {
    let operator = match random.below(4) {
        0 => random.of(&["==", "!="]).to_owned(),
        _ => format!(
            "-{}{}",
            random.of(&["", "", "c", "i"]),
            random.of(&OPERATORS)
        ),
    };
    let (property, literal) = (property(random), random.of(&LITERALS));
    match random.below(6) {
        0 => format!("{literal} {operator} {property}"),
        _ => format!("{property} {operator} {literal}"),
    }
}

fn predicate(random: &mut Random, depth: usize) -> String {
    if depth == 0 {
        return match random.below(6) {
            0 => property(random),
            _ => comparison(random),
        };
    }
    let first = predicate(random, depth - 1);
    match random.below(8) {
        0 => format!("-not ({first})"),
        1 => format!("!({first})"),
        2 => format!("!{}", property(random)),
        3 => format!("({first})"),
        _ => {
            let second = predicate(random, depth - 1);
            let join = random.of(&["-and", "-or", "-AND", "&&", "||"]);
            if random.below(2) == 0 {
                format!("{first} {join} {second}")
            } else {
                format!("({first}) {join} ({second})")
            }
        }
    }
}

/// The block as the front end pushes it down, where it does.
fn pushed_down(rig: &Rig, block: &str) -> Option<Predicate> {
    let is_command = |name: &str| rig.host.catalog().find(name).is_some();
    let lowered = lang::lower(
        &format!("Get-User | Where-Object {{ {block} }}"),
        &Environment {
            is_command: &is_command,
            variables: &[],
            first_pipeline: 0,
        },
    );
    let argument = lowered
        .pipelines
        .first()?
        .stages
        .get(1)?
        .arguments
        .first()?;
    match &argument.kind {
        lang::ArgumentKind::Value(Operand::Block { predicate, .. }) => predicate.clone(),
        _ => None,
    }
}

/// The UPNs of those who pass, or the id of the fault that ends it.
type Passed = Result<Vec<String>, &'static str>;

fn natively(users: &[Value], predicate: &Predicate) -> Passed {
    let mut passed = Vec::new();
    for user in users {
        if predicate.test(user).map_err(|fault| fault.id)? {
            passed.push(user.to_text().into_owned());
        }
    }
    Ok(passed)
}

fn as_block(rig: &mut Rig, block: &str) -> Passed {
    // A declaration makes it a block that the front end can't know.
    let ran = rig.script(&format!(
        "Get-User | Where-Object {{ let twist = 0; {block} }}"
    ));
    match ran.faults.first() {
        Some(fault) => Err(fault.id),
        None => Ok(ran.texts()),
    }
}

fn compare(count: usize) {
    let mut rig = Rig::new();
    let users: Vec<Value> = {
        let tenant = rig.session.borrow().tenant();
        let live = tenant.users().iter().filter(|user| user.deleted.is_none());
        live.map(|user| Value::Object(user.clone() as std::sync::Arc<dyn Object>))
            .collect()
    };
    let (mut compared, mut failed, mut selective) = (0, 0, 0);
    for seed in 1.. {
        if compared == count {
            break;
        }
        if seed % 500 == 0 {
            // Compiled texts add up in one host.
            rig = Rig::new();
        }
        let mut random = Random(seed);
        let depth = random.below(4);
        let block = predicate(&mut random, depth);
        let Some(predicate) = pushed_down(&rig, &block) else {
            continue;
        };
        let native = natively(&users, &predicate);
        let run = as_block(&mut rig, &block);
        assert_eq!(native, run, "seed {seed}: {{ {block} }} as {predicate:?}");
        compared += 1;
        match &native {
            Err(_) => failed += 1,
            Ok(passed) if !passed.is_empty() && passed.len() < users.len() => selective += 1,
            Ok(_) => {}
        }
    }
    assert!(
        selective > count / 10 && failed > count / 100,
        "{selective} selective, {failed} faulty: the predicates test nothing"
    );
}

#[test]
fn ten_thousand_predicates_give_the_same_natively_and_as_blocks() {
    compare(10_000);
}

#[test]
fn rhais_equality_is_the_same_natively_for_every_type() {
    let values = "[#{x: ()}, #{x: true}, #{x: 1}, #{x: -1}, #{x: 1.0}, #{x: 0.1 + 0.2}, #{x: 0.0}, #{x: \"1\"}, \
                  #{x: 'a'}, #{x: \"Ä\"}, #{x: [1]}, #{x: #{y: 1}}, #{x: Get-Date}, #{}]";
    let literals = [
        "()", "true", "1", "-1", "1.0", "0.3", "0", "-0.0", "\"1\"", "'a'", "\"ä\"", "'Ä'",
    ];
    let mut rig = Rig::new();
    for literal in literals {
        for operator in ["==", "!="] {
            let test = format!("$_.x {operator} {literal}");
            assert!(pushed_down(&rig, &test).is_some(), "{test}");
            let mut passes = |block: &str| {
                let line = format!(
                    "{values} | ForEach-Object {{ $_ }} | Where-Object {{ {block} }} | Measure-Object"
                );
                let ran = rig.script(&format!("({line}).Count"));
                assert!(ran.faults.is_empty(), "{block}: {:?}", ran.faults);
                ran.texts()
            };
            let native = passes(&test);
            assert_eq!(native, passes(&format!("0; {test}")), "{test}");
            let rhai = passes(&format!("let x = $_.x; x {operator} {literal}"));
            assert_eq!(native, rhai, "{test}");
        }
    }
}
