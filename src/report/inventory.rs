//! What there is: products with their seats, groups, and who holds how much.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Bar, Cell, Report, Section};
use crate::tenant::{Tenant, User};

/// What a user holds, each product once.
fn skus(user: &User) -> Vec<&str> {
    let mut skus: Vec<&str> = user.held().map(|held| &*held.sku).collect();
    skus.sort_unstable();
    skus.dedup();
    skus
}

pub fn inventory(tenant: &Tenant, now: Timestamp) -> Report {
    let live: Vec<_> = tenant
        .users()
        .iter()
        .filter(|user| user.deleted.is_none())
        .collect();
    let licensed = live
        .iter()
        .filter(|user| user.held().next().is_some())
        .count();
    let disabled = live.iter().filter(|user| !user.enabled).count();
    let mut products = Section {
        title: "Products".to_owned(),
        columns: vec!["Product", "Sku", "Bought", "In use", "Free"],
        ..Section::default()
    };
    for product in tenant.products() {
        let seats = tenant.seats(&product.sku);
        products.bars.push(Bar {
            label: product.name.to_string(),
            value: i64::from(seats.consumed),
            shown: format!("{} of {}", seats.consumed, seats.usable()),
        });
        products.rows.push(vec![
            Cell::text(&*product.name),
            Cell::text(&**product.part_number()),
            Cell::Count(i64::from(seats.usable())),
            Cell::Count(i64::from(seats.consumed)),
            Cell::Count(i64::from(seats.free)),
        ]);
    }
    let mut departments: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for user in &live {
        let department = user.department.as_deref().unwrap_or("(none)");
        let (people, seats) = departments.entry(department).or_default();
        *people += 1;
        *seats += skus(user).len();
    }
    let count = |(name, (people, seats)): (&str, (usize, usize))| {
        vec![Cell::text(name), Cell::count(people), Cell::count(seats)]
    };
    let departments = Section {
        title: "Departments".to_owned(),
        columns: vec!["Department", "People", "Licenses"],
        rows: departments.into_iter().map(count).collect(),
        ..Section::default()
    };
    let mut groups = Section {
        title: "Groups".to_owned(),
        columns: vec!["Group", "Members", "Licenses"],
        ..Section::default()
    };
    for group in tenant.groups() {
        let names: Vec<&str> = group.licenses.iter().map(|license| &*license.sku).collect();
        groups.rows.push(vec![
            Cell::text(&*group.name),
            Cell::count(tenant.members(group.id).count()),
            Cell::text(names.join(", ")),
        ]);
    }
    let people = Section {
        title: "People".to_owned(),
        note: "A click on a heading sorts.".to_owned(),
        columns: vec!["User", "Name", "Department", "Sign-in", "Licenses"],
        rows: live
            .iter()
            .map(|user| {
                vec![
                    Cell::text(&*user.upn),
                    Cell::text(&*user.display_name),
                    Cell::text(user.department.as_deref().unwrap_or_default()),
                    Cell::text(if user.enabled { "allowed" } else { "blocked" }),
                    Cell::text(skus(user).join(", ")),
                ]
            })
            .collect(),
        ..Section::default()
    };
    Report {
        title: format!("The tenant {}", tenant.organisation().name),
        as_of: now,
        facts: vec![
            ("Users".to_owned(), Cell::count(live.len())),
            ("Licensed".to_owned(), Cell::count(licensed)),
            ("Sign-in blocked".to_owned(), Cell::count(disabled)),
            ("Groups".to_owned(), Cell::count(tenant.groups().len())),
            ("Products".to_owned(), Cell::count(tenant.products().len())),
        ],
        sections: vec![products, departments, groups, people],
    }
}
