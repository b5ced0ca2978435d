//! The products of an import: what the files list, what users hold beside it, and the seats in use.

use std::collections::HashMap;

use uuid::Uuid;

use super::parsed::{Found, FoundLicense, FoundProduct, FoundSubscription, FoundUser};
use super::{ProductCatalogue, license_names};
use crate::tenant::{
    AppliesTo, Assignment, Product, Subscription, SubscriptionStatus, Symbol, User,
};

/// The products under their GUIDs.
pub(super) struct Products {
    pub list: Vec<Product>,
    /// `consumedUnits`, beside each product.
    reported: Vec<Option<u32>>,
    by_id: HashMap<Uuid, usize>,
}

impl Products {
    pub fn new(
        listed: Vec<FoundProduct>,
        found: &mut Found,
        catalogue: &dyn ProductCatalogue,
    ) -> Self {
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

    /// Gives subscriptions their dates: `/directory/subscriptions` has them, while the seats are those of the subscribed SKUs.
    pub fn date(&mut self, subscribed: bool, found: &mut Found, catalogue: &dyn ProductCatalogue) {
        let mut by_sku: HashMap<Uuid, Vec<FoundSubscription>> = HashMap::new();
        let mut order = Vec::new();
        for item in std::mem::take(&mut found.subscriptions) {
            let known = by_sku.entry(item.sku).or_default();
            if known.is_empty() {
                order.push(item.sku);
            }
            known.push(item);
        }
        for sku in order {
            let items = by_sku.remove(&sku).unwrap_or_default();
            let (Some(first), dated) = (
                items.first(),
                items.iter().map(|own| own.subscription.clone()),
            ) else {
                continue;
            };
            let dated: Vec<Subscription> = dated
                .filter(|own| own.status != SubscriptionStatus::Deleted)
                .collect();
            match self.by_id.get(&sku) {
                Some(index) => {
                    let own = &mut self.list[*index].subscriptions;
                    if !split(own, &dated) {
                        found.tally(
                            "the seats of its subscriptions are not those of the subscribed SKU, which count; it has the date of the first",
                            &first.part_number,
                        );
                    }
                }
                None if subscribed => found.unused(
                    first.place,
                    format!("subscription of {}", first.part_number),
                    "it is not among the subscribed SKUs",
                ),
                None => {
                    let mut product = catalogue.by_id(sku).unwrap_or_else(|| Product {
                        sku: first.part_number.clone(),
                        sku_id: sku,
                        part_number: None,
                        name: first.part_number.clone(),
                        applies_to: AppliesTo::User,
                        subscriptions: Vec::new(),
                        outside: 0,
                        plans: Vec::new(),
                    });
                    product.subscriptions = dated;
                    self.add(product, None);
                }
            }
        }
    }

    /// Turns the product names of CSVs into direct licenses; a CSV does not tell of groups.
    pub fn resolve_names(
        &self,
        users: &mut [FoundUser],
        found: &mut Found,
        catalogue: &dyn ProductCatalogue,
    ) {
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
    pub fn ensure(
        &mut self,
        id: Uuid,
        subscribed: bool,
        found: &mut Found,
        catalogue: &dyn ProductCatalogue,
    ) {
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
    pub fn choose_keys(&mut self) {
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

    pub fn by_id(&self, id: Uuid) -> Option<&Product> {
        self.by_id.get(&id).and_then(|index| self.list.get(*index))
    }

    /// The names of plans that are switched off; an id the product does not have is listed as unused.
    pub fn plan_names(&self, license: &FoundLicense, who: &str, found: &mut Found) -> Vec<Symbol> {
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
    pub fn fill_seats(&mut self, users: &[User], subscribed: bool, found: &mut Found) {
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
        let arrived = |a: &&Assignment| a.is_effective();
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

/// Puts dated subscriptions in the place of the sums of which they are parts; false where a sum is another, which then
/// takes the first of their dates.
fn split(sums: &mut Vec<Subscription>, dated: &[Subscription]) -> bool {
    let mut fits = true;
    let mut parts = Vec::new();
    for sum in &*sums {
        let own = || dated.iter().filter(|own| own.status == sum.status);
        let seats: u64 = own().map(|own| u64::from(own.seats)).sum();
        if own().count() > 0 && seats == u64::from(sum.seats) {
            parts.extend(own().cloned());
            continue;
        }
        fits &= own().count() == 0;
        parts.push(Subscription {
            renews: own().filter_map(|own| own.renews).min(),
            ..sum.clone()
        });
    }
    *sums = parts;
    fits
}
