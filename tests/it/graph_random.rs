//! Calls by chance: Graph never fails, and leaves the tenant as the same commands typed in the shell do.

use proptest::prelude::*;
use serde_json::{Value, json};
use tenantsh::tenant::Tenant;

use crate::graph::Client;
use crate::support::Rig;

/// One call, as Graph takes it and as a line of the shell.
#[derive(Clone, Debug)]
enum Call {
    Assign {
        user: usize,
        add: Vec<usize>,
        remove: Vec<usize>,
    },
    SignIn {
        user: usize,
        allowed: bool,
    },
    Location {
        user: usize,
        place: &'static str,
    },
    Delete {
        user: usize,
    },
    Reprocess {
        user: usize,
    },
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let user = 0usize..64;
    let skus = || proptest::collection::vec(0usize..8, 0..3);
    let call = prop_oneof![
        6 => (user.clone(), skus(), skus()).prop_map(|(user, add, remove)| Call::Assign { user, add, remove }),
        1 => (user.clone(), any::<bool>()).prop_map(|(user, allowed)| Call::SignIn { user, allowed }),
        1 => (user.clone(), prop_oneof![Just("SE"), Just("US"), Just("CN")]).prop_map(|(user, place)| Call::Location { user, place }),
        1 => user.clone().prop_map(|user| Call::Delete { user }),
        1 => user.prop_map(|user| Call::Reprocess { user }),
    ];
    proptest::collection::vec(call, 1..12)
}

fn names(tenant: &Tenant) -> (Vec<String>, Vec<String>) {
    let users = tenant.users().iter().map(|user| user.id.to_string());
    let products = tenant.products().iter().map(|own| own.sku_id.to_string());
    (users.collect(), products.collect())
}

fn over_graph(client: &mut Client, call: &Call, users: &[String], skus: &[String]) {
    let user = |at: &usize| &users[at % users.len()];
    let of =
        |all: &[usize]| -> Vec<&String> { all.iter().map(|at| &skus[at % skus.len()]).collect() };
    match call {
        Call::Assign {
            user: at,
            add,
            remove,
        } => {
            let add: Vec<Value> = of(add).iter().map(|sku| json!({ "skuId": sku })).collect();
            let body = json!({ "addLicenses": add, "removeLicenses": of(remove) });
            client.call(
                "POST",
                &format!("/users/{}/assignLicense", user(at)),
                Some(body),
            );
        }
        Call::SignIn { user: at, allowed } => {
            client.call(
                "PATCH",
                &format!("/users/{}", user(at)),
                Some(json!({ "accountEnabled": allowed })),
            );
        }
        Call::Location { user: at, place } => {
            client.call(
                "PATCH",
                &format!("/users/{}", user(at)),
                Some(json!({ "usageLocation": place })),
            );
        }
        Call::Delete { user: at } => {
            client.call("DELETE", &format!("/users/{}", user(at)), None);
        }
        Call::Reprocess { user: at } => {
            client.call(
                "POST",
                &format!("/users/{}/reprocessLicenseAssignment", user(at)),
                None,
            );
        }
    }
}

fn typed(call: &Call, users: &[String], skus: &[String]) -> String {
    let user = |at: &usize| &users[at % users.len()];
    let of = |all: &[usize]| -> String {
        let all: Vec<String> = all
            .iter()
            .map(|at| format!("'{}'", skus[at % skus.len()]))
            .collect();
        all.join(", ")
    };
    match call {
        Call::Assign {
            user: at,
            add,
            remove,
        } => {
            let given = |name: &str, all: &[usize]| match all {
                [] => String::new(),
                some => format!(" -{name} {}", of(some)),
            };
            format!(
                "Set-MgUserLicense -UserId {}{}{}",
                user(at),
                given("AddLicenses", add),
                given("RemoveLicenses", remove)
            )
        }
        Call::SignIn { user: at, allowed } => format!(
            "Update-MgUser -UserId {} -AccountEnabled:${allowed}",
            user(at)
        ),
        Call::Location { user: at, place } => {
            format!("Update-MgUser -UserId {} -UsageLocation {place}", user(at))
        }
        Call::Delete { user: at } => format!("Remove-MgUser -UserId {}", user(at)),
        Call::Reprocess { user: at } => format!("Update-License {}", user(at)),
    }
}

fn same_as_typed(calls: &[Call]) {
    let mut client = Client::new();
    let mut rig = Rig::new();
    let (users, skus) = names(&client.graph.tenant());
    for call in calls {
        over_graph(&mut client, call, &users, &skus);
        rig.line(&typed(call, &users, &skus));
        assert!(
            *client.graph.tenant() == *rig.session.borrow().tenant(),
            "after {call:?} of {calls:?}: {}",
            rig.screen.take()
        );
    }
    let tenant = client.graph.tenant();
    let listed = client.get("/subscribedSkus");
    for sku in listed["value"].as_array().unwrap() {
        let product = tenant
            .products()
            .iter()
            .find(|own| json!(own.sku_id) == sku["skuId"])
            .unwrap();
        assert_eq!(
            sku["consumedUnits"],
            json!(tenant.seats(&product.sku).consumed)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn calls_leave_what_the_same_commands_leave(calls in calls()) {
        same_as_typed(&calls);
    }

    #[test]
    fn no_request_is_too_odd(
        method in prop_oneof![Just("GET"), Just("POST"), Just("PATCH"), Just("DELETE"), Just("PUT")],
        path in "(/(users|groups|\\$batch|me|directory|deletedItems|subscribedSkus|delta|anna@contoso.com|assignLicense|\\$ref|\\$count|[a-z%'()0-9]{0,6})){0,4}",
        query in "(\\$(top|select|filter|skiptoken|deltatoken|orderby|search|count)=[a-zA-Z0-9 %'(),:/@]{0,12}&?){0,3}",
        body in proptest::option::of("[\\[\\]{}\":,a-z0-9 ]{0,40}"),
    ) {
        let mut client = Client::new();
        let body = body.map(|text| serde_json::from_str(&text).unwrap_or(Value::String(text)));
        let response = client.send(method, &format!("{path}?{query}"), body);
        prop_assert!(response.status < 500 || response.status == 501, "{method} {path}?{query}: {}", response.status);
    }
}

/// `CASES=10000 cargo test --release --test it graph_random -- --ignored --nocapture`
#[test]
#[ignore = "long"]
fn many() {
    let cases = std::env::var("CASES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(10_000);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases,
        ..ProptestConfig::default()
    });
    runner
        .run(&calls(), |calls| {
            same_as_typed(&calls);
            Ok(())
        })
        .unwrap();
}
