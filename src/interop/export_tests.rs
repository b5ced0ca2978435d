//! What is exported is read back as the same tenant.

use std::collections::BTreeSet;

use proptest::prelude::*;
use uuid::Uuid;

use crate::files::Text;
use crate::interop::{Export, Import, import, sample};
use crate::tenant::{Assignment, AssignmentError, Product, Symbol, TenantData, User};

fn read_back(parts: &TenantData, names: &[&str]) -> Import {
    let files = Export::from(parts).files().unwrap();
    let files = files.into_iter().filter(|(name, _)| names.contains(name));
    let texts: Vec<Text> = files
        .map(|(name, content)| Text {
            path: name.into(),
            content,
        })
        .collect();
    import(&texts, &parts.products).unwrap()
}

const GRAPH: [&str; 4] = [
    "graph-users.json",
    "graph-groups.json",
    "graph-subscribedSkus.json",
    "graph-subscriptions.json",
];

/// The parts without what the formats have no place for.
fn expressible(mut parts: TenantData) -> (Vec<Product>, String, String) {
    for product in &mut parts.products {
        product.subscriptions.sort_by_key(|own| own.status as u8);
    }
    for user in &mut parts.users {
        user.data = None;
    }
    (
        parts.products,
        serde_json::to_string_pretty(&parts.groups).unwrap(),
        serde_json::to_string_pretty(&parts.users).unwrap(),
    )
}

#[test]
fn the_sample_is_read_back_from_graph_s_json() {
    let parts = sample().unwrap();
    let back = read_back(&parts, &GRAPH);
    assert!(back.unused.is_empty(), "{:?}", back.unused);
    assert_eq!(expressible(back.parts), expressible(parts));
}

#[test]
fn all_files_of_an_export_together_are_the_same_tenant_again() {
    let parts = sample().unwrap();
    let names = [
        "admin-centre-users.csv",
        GRAPH[0],
        GRAPH[1],
        GRAPH[2],
        GRAPH[3],
    ];
    let back = read_back(&parts, &names);
    assert!(back.unused.is_empty(), "{:?}", back.unused);
    let told = |notice: &String| notice.contains("the JSON counts") && notice.contains("40 times");
    assert!(back.notices.iter().any(told), "{:?}", back.notices);
    assert_eq!(expressible(back.parts), expressible(parts));
}

/// What the admin centre's CSV tells of a user.
fn told(user: &User, skus: BTreeSet<Symbol>) -> String {
    let mut user = user.clone();
    (user.roles, user.groups, user.licenses) = ([].into(), [].into(), [].into());
    (user.last_sign_in, user.never_signed_in, user.data) = (None, false, None);
    format!("{} {skus:?}", serde_json::to_string(&user).unwrap())
}

#[test]
fn the_sample_is_read_back_from_the_admin_centre_s_csv() {
    let parts = sample().unwrap();
    let back = read_back(
        &parts,
        &["admin-centre-users.csv", "graph-subscribedSkus.json"],
    );
    assert!(back.unused.is_empty(), "{:?}", back.unused);
    let all = |parts: &TenantData| -> Vec<String> {
        let arrived = |user: &User| {
            let held = user.licenses.iter().filter(|a| a.error.is_none());
            held.map(|a| a.sku.clone()).collect()
        };
        parts
            .users
            .iter()
            .map(|user| told(user, arrived(user)))
            .collect()
    };
    assert_eq!(all(&back.parts), all(&parts));
}

#[derive(Clone, Debug)]
struct Drawn {
    name: String,
    department: Option<String>,
    enabled: bool,
    synced: bool,
    deleted: bool,
    member_of: Vec<usize>,
    direct: Vec<(usize, bool, bool)>,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    (
        "[ -~åßñ\\\\\"]{1,12}",
        proptest::option::of("[a-zA-Z+;,\" ]{1,8}[a-z]"),
        any::<[bool; 3]>(),
        proptest::sample::subsequence(vec![0, 1, 2, 3, 4], 0..4),
        proptest::sample::subsequence(vec![0, 1, 2, 3, 4, 5], 0..4),
        any::<(bool, bool)>(),
    )
        .prop_map(
            |(name, department, [enabled, synced, deleted], member_of, skus, (off, failed))| {
                Drawn {
                    name,
                    department,
                    enabled,
                    synced,
                    deleted,
                    member_of,
                    direct: skus.into_iter().map(|sku| (sku, off, failed)).collect(),
                }
            },
        )
}

fn build(drawn: Vec<Drawn>) -> TenantData {
    let mut parts = sample().unwrap();
    parts.users.clear();
    for (n, one) in drawn.into_iter().enumerate() {
        let mut user = User::new(
            Uuid::from_u128(n as u128 + 1),
            &format!("u{n}@contoso.com"),
            &one.name,
        );
        user.department = one.department.as_deref().map(Symbol::new);
        (user.enabled, user.synced) = (one.enabled, one.synced);
        user.deleted = one.deleted.then(|| "2026-11-10T10:15:00Z".parse().unwrap());
        let mut licenses = Vec::new();
        for (sku, off, failed) in one.direct {
            let product = &parts.products[sku];
            let mut assignment = Assignment::direct(product.sku.clone());
            if off {
                assignment.disabled = [product.plans[0].name.clone()].into();
            }
            assignment.error = failed.then_some(AssignmentError::DependencyViolation);
            licenses.push(assignment);
        }
        let groups: Vec<_> = one.member_of.iter().map(|g| &parts.groups[*g]).collect();
        for group in &groups {
            licenses.extend(group.licenses.iter().map(|license| Assignment {
                sku: license.sku.clone(),
                group: Some(group.id),
                disabled: license.disabled.clone().into(),
                error: None,
            }));
        }
        user.groups = groups.iter().map(|group| group.id).collect();
        user.licenses = licenses.into();
        parts.users.push(user);
    }
    parts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_tenant_is_read_back_from_graph_s_json(drawn in proptest::collection::vec(drawn(), 0..8)) {
        let parts = build(drawn);
        let back = read_back(&parts, &GRAPH);
        prop_assert!(back.unused.is_empty(), "{:?}", back.unused);
        prop_assert_eq!(expressible(back.parts), expressible(parts));
    }
}
