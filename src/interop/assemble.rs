//! Puts what all files hold together as one tenant: keys, assignments, groups, seats.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use uuid::Uuid;

use super::found::{Found, FoundGroup, FoundLicense, FoundProduct, FoundUser};
use super::{Catalogue, Counts, license_names};
use crate::tenant::{
    Assignment, Group, GroupLicense, Operator, Organisation, Parts, Product, Role, Subscription,
    SubscriptionStatus, Symbol, User,
};

/// The tenant of what was found; what does not fit together is added to the faults and notices.
pub(super) fn assemble(found: &mut Found, catalogue: &dyn Catalogue) -> (Parts, Counts) {
    let mut users = std::mem::take(&mut found.users);
    let groups = std::mem::take(&mut found.groups);
    let listed = std::mem::take(&mut found.products);
    let subscribed = !listed.is_empty();
    let mut products = Products::new(listed, found, catalogue);
    products.resolve_names(&mut users, found, catalogue);
    let of_users = users.iter().flat_map(|user| &user.licenses);
    let of_groups = groups.iter().flat_map(|g| g.licenses.iter().flatten());
    for license in of_users.chain(of_groups) {
        products.ensure(license.sku, subscribed, found, catalogue);
    }
    products.choose_keys();
    let mut groups = Groups::new(groups, &products, found);
    let users = assign(users, &products, &mut groups, found);
    products.fill_seats(&users, subscribed, found);
    let parts = Parts {
        organisation: organisation(&users),
        products: products.list,
        groups: groups.list,
        users,
    };
    let held = |direct: bool| {
        let all = parts.users.iter().flat_map(|user| user.licenses.iter());
        all.filter(|a| a.group.is_none() == direct).count()
    };
    let counts = Counts {
        users: parts.users.len(),
        deleted: parts.users.iter().filter(|u| u.deleted.is_some()).count(),
        products: parts.products.len(),
        groups: parts.groups.len(),
        direct: held(true),
        inherited: held(false),
    };
    (parts, counts)
}

/// The products under their GUIDs.
struct Products {
    list: Vec<Product>,
    /// `consumedUnits`, beside each product.
    reported: Vec<Option<u32>>,
    by_id: HashMap<Uuid, usize>,
}

impl Products {
    fn new(listed: Vec<FoundProduct>, found: &mut Found, catalogue: &dyn Catalogue) -> Self {
        let mut products = Self {
            list: Vec::with_capacity(listed.len()),
            reported: Vec::with_capacity(listed.len()),
            by_id: HashMap::new(),
        };
        for item in listed {
            let mut product = item.product;
            if products.by_id.contains_key(&product.sku_id) {
                let what = format!("subscribed SKU {}", product.sku);
                found.unused(item.place, what, "the same SKU is listed before");
                continue;
            }
            if let Some(known) = catalogue.by_id(product.sku_id) {
                product.name = known.name;
                if product.plans.is_empty() {
                    product.plans = known.plans;
                } else {
                    for plan in &mut product.plans {
                        let same = known.plans.iter().find(|other| other.id == plan.id);
                        plan.title = same.and_then(|other| other.title.clone());
                    }
                }
            }
            products.add(product, item.reported);
        }
        products
    }

    fn add(&mut self, product: Product, reported: Option<u32>) {
        self.by_id.insert(product.sku_id, self.list.len());
        self.list.push(product);
        self.reported.push(reported);
    }

    /// Turns the product names of CSVs into direct licenses; a CSV does not tell of groups.
    fn resolve_names(&self, users: &mut [FoundUser], found: &mut Found, catalogue: &dyn Catalogue) {
        let known = |name: &str| -> Vec<Uuid> {
            let same = |text: &Symbol| text.to_lowercase() == name.to_lowercase();
            let own = |product: &&Product| same(&product.name) || same(&product.sku);
            let own: Vec<Uuid> = self
                .list
                .iter()
                .filter(own)
                .map(|product| product.sku_id)
                .collect();
            if own.is_empty() {
                catalogue
                    .named(name)
                    .iter()
                    .map(|product| product.sku_id)
                    .collect()
            } else {
                own
            }
        };
        // Thousands of users have the same cell.
        let mut split: HashMap<Box<str>, Vec<(String, Vec<Uuid>)>> = HashMap::new();
        for item in users {
            let Some(cell) = item.products.take() else {
                continue;
            };
            let who = format!("user {}", item.user.upn);
            let names = split
                .entry(cell)
                .or_insert_with_key(|cell| license_names::split(cell, &known));
            for (name, ids) in names {
                match ids[..] {
                    [sku] => {
                        found.tally("a license of a CSV counts as direct", &who);
                        item.licenses.push(FoundLicense {
                            place: item.place,
                            sku,
                            group: None,
                            disabled: Vec::new(),
                            error: None,
                        });
                    }
                    [] => found.unused(
                        item.place,
                        format!("license {name:?} of {who}"),
                        "no product has this name",
                    ),
                    _ => {
                        let ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
                        let reason = format!(
                            "the name stands for {}: import the subscribed SKUs along with it",
                            ids.join(" and ")
                        );
                        found.unused(item.place, format!("license {name:?} of {who}"), reason);
                    }
                }
            }
        }
    }

    /// Makes sure that a SKU somebody holds is a product: from the catalogue, else by its GUID alone.
    fn ensure(&mut self, id: Uuid, subscribed: bool, found: &mut Found, catalogue: &dyn Catalogue) {
        if self.by_id.contains_key(&id) {
            return;
        }
        let product = match catalogue.by_id(id) {
            Some(product) => {
                if subscribed {
                    found.notice(format!(
                        "{} is held but not among the subscribed SKUs: its plans come from the catalogue",
                        product.sku
                    ));
                }
                Product {
                    subscriptions: Vec::new(),
                    outside: 0,
                    ..product
                }
            }
            None => {
                found.notice(format!(
                    "the SKU {id} is held but known neither to the files nor to the catalogue: it has no plans"
                ));
                let key = Symbol::new(&id.to_string());
                Product {
                    sku: key.clone(),
                    sku_id: id,
                    part_number: None,
                    name: key,
                    applies_to: Default::default(),
                    subscriptions: Vec::new(),
                    outside: 0,
                    plans: Vec::new(),
                }
            }
        };
        self.add(product, None);
    }

    /// The key is the part number, and the GUID for products that share one.
    fn choose_keys(&mut self) {
        let mut owners: HashMap<String, usize> = HashMap::new();
        for product in &self.list {
            *owners.entry(product.sku.to_lowercase()).or_default() += 1;
        }
        for product in &mut self.list {
            if owners
                .get(&product.sku.to_lowercase())
                .is_some_and(|n| *n > 1)
            {
                let key = Symbol::new(&product.sku_id.to_string());
                product.part_number = Some(std::mem::replace(&mut product.sku, key));
            }
        }
    }

    fn by_id(&self, id: Uuid) -> Option<&Product> {
        self.by_id.get(&id).and_then(|index| self.list.get(*index))
    }

    /// The names of plans that are switched off; an id the product does not have is listed as unused.
    fn plan_names(&self, license: &FoundLicense, who: &str, found: &mut Found) -> Vec<Symbol> {
        let Some(product) = self.by_id(license.sku) else {
            return Vec::new();
        };
        let mut names = Vec::with_capacity(license.disabled.len());
        for id in &license.disabled {
            match product.plans.iter().find(|plan| plan.id == *id) {
                Some(plan) if names.contains(&plan.name) => {}
                Some(plan) => names.push(plan.name.clone()),
                None => found.unused(
                    license.place,
                    format!("disabled plan {id} of {who}"),
                    format!("{} has no such plan", product.sku),
                ),
            }
        }
        names
    }

    /// Compares what is reported with what the users hold (R16).
    fn fill_seats(&mut self, users: &[User], subscribed: bool, found: &mut Found) {
        let counted = count_seats(users);
        if !subscribed && !self.list.is_empty() {
            found.notice(
                "no subscribed SKUs are among the files: each product has the seats that are in use".to_owned(),
            );
        }
        for (product, reported) in self.list.iter_mut().zip(&self.reported) {
            let counted = counted.get(&product.sku).copied().unwrap_or_default();
            match reported {
                Some(reported) if *reported < counted => found.notice(format!(
                    "{} reports {reported} consumed units, but its users hold {counted}: {counted} is taken",
                    product.sku
                )),
                Some(reported) => {
                    product.outside = reported - counted;
                    if product.outside > 0 {
                        found.notice(format!(
                            "{} reports {reported} consumed units, {} more than its users hold: they are kept as seats in use outside",
                            product.sku, product.outside
                        ));
                    }
                }
                None if product.subscriptions.is_empty() => {
                    product.subscriptions.push(Subscription {
                        seats: counted,
                        status: SubscriptionStatus::Enabled,
                        renews: None,
                    });
                }
                None => {}
            }
        }
    }
}

/// One seat for each user and SKU, direct and inherited once; none for deleted users and licenses that did not arrive.
fn count_seats(users: &[User]) -> HashMap<Symbol, u32> {
    let mut counted = HashMap::new();
    for user in users.iter().filter(|user| user.deleted.is_none()) {
        let arrived = |a: &&Assignment| a.error.is_none();
        for (i, assignment) in user.licenses.iter().enumerate().filter(|(_, a)| arrived(a)) {
            let before = &user.licenses[..i];
            if !before
                .iter()
                .filter(arrived)
                .any(|a| a.sku == assignment.sku)
            {
                *counted.entry(assignment.sku.clone()).or_default() += 1;
            }
        }
    }
    counted
}

/// The groups, in the order in which they are met.
struct Groups {
    list: Vec<Group>,
    /// Where each stands in the list, and whether its licenses are derived from its members.
    by_id: HashMap<Uuid, (usize, bool)>,
}

impl Groups {
    fn new(listed: Vec<FoundGroup>, products: &Products, found: &mut Found) -> Self {
        let mut groups = Self {
            list: Vec::with_capacity(listed.len()),
            by_id: HashMap::new(),
        };
        for item in listed {
            let name = item
                .name
                .or_else(|| found.group_names.get(&item.id).cloned());
            let name = name.unwrap_or_else(|| placeholder(item.id));
            if groups.by_id.contains_key(&item.id) {
                let what = format!("group {name}");
                found.unused(item.place, what, "a group of the same id is listed before");
                continue;
            }
            let derived = item.licenses.is_none();
            let mut licenses: Vec<GroupLicense> = Vec::new();
            for license in item.licenses.iter().flatten() {
                let Some(product) = products.by_id(license.sku) else {
                    continue;
                };
                let disabled = products.plan_names(license, &format!("group {name}"), found);
                licenses.push(GroupLicense {
                    sku: product.sku.clone(),
                    disabled,
                });
            }
            groups.add(
                Group {
                    id: item.id,
                    name,
                    licenses,
                },
                derived,
            );
        }
        groups
    }

    fn add(&mut self, group: Group, derived: bool) {
        self.by_id.insert(group.id, (self.list.len(), derived));
        self.list.push(group);
    }

    /// A user's membership tells of a group that no file lists.
    fn meet(&mut self, id: Uuid, found: &Found) {
        if !self.by_id.contains_key(&id) {
            let name = found.group_names.get(&id).cloned();
            let name = name.unwrap_or_else(|| placeholder(id));
            self.add(
                Group {
                    id,
                    name,
                    licenses: Vec::new(),
                },
                true,
            );
        }
    }

    /// What a member inherits is a license of the group, unless a file lists the group's own.
    fn derive(&mut self, id: Uuid, assignment: &Assignment) {
        let Some((index, true)) = self.by_id.get(&id) else {
            return;
        };
        let Some(group) = self.list.get_mut(*index) else {
            return;
        };
        if !group
            .licenses
            .iter()
            .any(|license| license.sku == assignment.sku)
        {
            group.licenses.push(GroupLicense {
                sku: assignment.sku.clone(),
                disabled: assignment.disabled.to_vec(),
            });
        }
    }
}

/// What a group is called of which only the id is known.
fn placeholder(id: Uuid) -> Symbol {
    let id = id.to_string();
    Symbol::new(&format!("Group {}", id.get(..8).unwrap_or(&id)))
}

/// Resolves the users' licenses and memberships; a user met twice is listed as unused.
fn assign(
    users: Vec<FoundUser>,
    products: &Products,
    groups: &mut Groups,
    found: &mut Found,
) -> Vec<User> {
    let mut ids = HashSet::with_capacity(users.len());
    let mut upns = HashSet::with_capacity(users.len());
    // Many users hold the same: they share one list.
    let mut sets: HashSet<Arc<[Assignment]>> = HashSet::new();
    let mut list = Vec::with_capacity(users.len());
    for item in users {
        let mut user = item.user;
        let mut refuse = |reason| found.unused(item.place, format!("user {}", user.upn), reason);
        if !ids.insert(user.id) {
            refuse("a user of the same id is listed before");
            continue;
        }
        // A deleted user may have a name that was given again (R24).
        if user.deleted.is_none() && !upns.insert(user.upn.to_lowercase()) {
            refuse("a user of the same userPrincipalName is listed before");
            continue;
        }
        let mut assignments: Vec<Assignment> = Vec::with_capacity(item.licenses.len());
        let mut member_of = user.groups.to_vec();
        for license in &item.licenses {
            let Some(product) = products.by_id(license.sku) else {
                continue;
            };
            let who = format!("user {}", user.upn);
            let same = |a: &Assignment| a.sku == product.sku && a.group == license.group;
            if assignments.iter().any(same) {
                let what = format!("{} of {who}", product.sku);
                found.unused(license.place, what, "the same assignment is listed before");
                continue;
            }
            let assignment = Assignment {
                sku: product.sku.clone(),
                group: license.group,
                disabled: products.plan_names(license, &who, found).into(),
                error: license.error,
            };
            if let Some(group) = license.group {
                member_of.push(group);
                groups.meet(group, found);
                groups.derive(group, &assignment);
            }
            assignments.push(assignment);
        }
        for group in &member_of {
            groups.meet(*group, found);
        }
        let mut met = HashSet::new();
        member_of.retain(|group| met.insert(*group));
        user.groups = member_of.into();
        user.licenses = match sets.get(assignments.as_slice()) {
            Some(set) => Arc::clone(set),
            None => {
                let set: Arc<[Assignment]> = assignments.into();
                sets.insert(Arc::clone(&set));
                set
            }
        };
        list.push(user);
    }
    list
}

/// Named after the domain that most users have; administered by an operator who may do all.
fn organisation(users: &[User]) -> Organisation {
    let mut domains: HashMap<String, usize> = HashMap::new();
    for user in users {
        if let Some((_, domain)) = user.upn.rsplit_once('@') {
            *domains.entry(domain.to_lowercase()).or_default() += 1;
        }
    }
    // Of equally common ones the first in the alphabet, so that the result never varies.
    let most = domains
        .into_iter()
        .max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)));
    Organisation {
        name: most.map_or_else(|| "tenant".to_owned(), |(domain, _)| domain),
        cloud: Default::default(),
        default_admin: Some("admin".to_owned()),
        clock_offset: 0,
        operators: vec![Operator {
            name: "admin".to_owned(),
            roles: vec![Role::GlobalAdministrator],
        }],
    }
}
