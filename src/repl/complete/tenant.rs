//! What the tenant has: users, products, plans, groups, and what they are described by.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hashbrown::HashSet;

use super::word::{Offer, Word};
use super::{Line, Offers};
use crate::command::Names;
use crate::objects::Field;
use crate::tenant::catalogue::Catalogue;
use crate::tenant::{Plan, Product, Role, Symbol, User};

impl Line<'_> {
    pub(super) fn users(&self) -> Offers<'_> {
        if self.draft.as_ref().is_some_and(|own| own.is_on("Deleted")) {
            return self.deleted_users();
        }
        self.users_who(|user| user.deleted.is_none())
    }

    pub(super) fn deleted_users(&self) -> Offers<'_> {
        self.users_who(|user| user.deleted.is_some())
    }

    /// Of the group on the line, or of the role.
    pub(super) fn members(&self) -> Offers<'_> {
        let groups = self.named(Names::Group).into_iter();
        let group = groups.filter_map(|text| self.tenant.find_group(text).ok());
        let roles = self.named(Names::Role).into_iter();
        let role = roles.filter_map(|text| Role::find(text).ok()).next();
        match (group.map(|group| group.id).next(), role) {
            (Some(group), _) => Box::new(self.tenant.members(group).map(|user| offer(user))),
            (None, Some(role)) => self.users_who(move |user| user.roles.contains(&role)),
            (None, None) => self.users(),
        }
    }

    pub(super) fn admins(&self) -> Offers<'_> {
        let operators = self.tenant.organisation().operators.iter();
        let operators = operators.map(|operator| Offer::of(&*operator.name));
        let users = self.users_who(|user| user.deleted.is_none() && !user.roles.is_empty());
        Box::new(operators.chain(users))
    }

    fn users_who<'a>(&'a self, passes: impl Fn(&User) -> bool + 'a) -> Offers<'a> {
        // Of a million users nearly all are sifted out: none of those is made an offer, and no name is looked at twice.
        let mut found = false;
        let could_be = move |user: &&Arc<User>| {
            if !passes(user) {
                return false;
            }
            let begins = self.word.begins(&user.upn);
            found |= begins;
            begins || (!found && self.word.begins(&user.display_name))
        };
        let users = self.tenant.users().iter().filter(could_be);
        Box::new(users.map(|user| offer(user)))
    }

    pub(super) fn skus(&self) -> Offers<'_> {
        Box::new(self.tenant.products().iter().map(|own| product(own)))
    }

    /// What the users on the line hold; without any, all products.
    pub(super) fn held_skus(&self) -> Offers<'_> {
        let users = self.named_users();
        if users.is_empty() {
            return self.skus();
        }
        let held = users.into_iter().flat_map(|user| user.held());
        let held = held.filter_map(|license| self.tenant.product(&license.sku));
        Box::new(held.map(|own| product(own)))
    }

    /// What can be bought, owned already or not.
    pub(super) fn catalog_skus(&self) -> Offers<'_> {
        let known = Catalogue::get().skus().iter();
        let known = known.map(|sku| Offer::of(sku.part_number).titled(sku.name));
        Box::new(self.skus().chain(known))
    }

    /// The plans of the products on the line; without any, of those that its users hold; without any, of all.
    pub(super) fn plans(&self) -> Offers<'_> {
        let users = self.named_users();
        let products: Vec<&Product> = match (self.named_products(), users.is_empty()) {
            (Some(named), _) => named,
            (None, true) => self.tenant.products().iter().map(|own| &**own).collect(),
            (None, false) => {
                let held = users.into_iter().flat_map(|user| user.held());
                let held = held.filter_map(|license| self.tenant.product(&license.sku));
                held.map(|own| &**own).collect()
            }
        };
        titled(products.into_iter().flat_map(|product| &product.plans))
    }

    /// The plans that are on, or off, in what the users on the line hold directly: nothing else can be switched.
    pub(super) fn switched_plans(&self, on: bool) -> Offers<'_> {
        let users = self.named_users();
        if users.is_empty() {
            return self.plans();
        }
        let named = self.named_products();
        let is_meant = |product: &&Product| match &named {
            Some(named) => named.iter().any(|own| own.sku == product.sku),
            None => true,
        };
        let licenses = users.into_iter().flat_map(|user| user.held());
        let mut found = Vec::new();
        for license in licenses.filter(|license| license.group.is_none()) {
            let product = self.tenant.product(&license.sku).map(|own| &**own);
            let plans = product.filter(is_meant).map(|own| own.plans.iter());
            let switched = plans.into_iter().flatten();
            found.extend(switched.filter(|plan| license.disabled.contains(&plan.name) != on));
        }
        titled(found.into_iter())
    }

    fn named_products(&self) -> Option<Vec<&Product>> {
        let named = self.named(Names::Sku).into_iter();
        let found = named.filter_map(|text| self.tenant.products_matching(text).ok());
        let found: Vec<&Product> = found.flatten().map(|own| &**own).collect();
        (!found.is_empty()).then_some(found)
    }

    /// By name, else by id.
    pub(super) fn groups(&self) -> Offers<'_> {
        let groups = self.tenant.groups().iter();
        let names = groups.clone().map(|group| Offer::of(&*group.name));
        let ids = groups.map(|group| Offer::last(group.id.to_string()).beside(&*group.name));
        Box::new(names.chain(ids))
    }

    /// What users have in common, each text once.
    pub(super) fn shared_text(&self, get: fn(&User) -> Option<&Symbol>) -> Offers<'_> {
        // Of a million users' departments most are the one text that all its people share: each is looked at once.
        let mut seen = HashSet::new();
        let all = self.tenant.users().iter().filter_map(|user| get(user));
        let texts: BTreeSet<&Symbol> = all.filter(|text| seen.insert(text.as_ptr())).collect();
        Box::new(texts.into_iter().map(|text| Offer::of(&**text)))
    }

    pub(super) fn locations(&self) -> Offers<'_> {
        let users = self.tenant.users().iter();
        let own: HashSet<_> = users.filter_map(|user| user.usage_location).collect();
        Box::new(own.into_iter().map(|own| Offer::of(own.to_string())))
    }

    pub(super) fn roles(&self) -> Offers<'_> {
        Box::new(Role::ALL.into_iter().map(|role| Offer::of(role.name())))
    }

    /// What is compared with the property on the line.
    pub(super) fn property_values(&self) -> Offers<'_> {
        let properties: Vec<&str> = match &self.draft {
            Some(own) => own.named(Names::Property),
            None => Vec::new(),
        };
        match properties.into_iter().next() {
            Some(property) => self.values_of(property),
            None => Box::new(std::iter::empty()),
        }
    }

    /// What there is of a property in the tenant.
    pub(super) fn values_of(&self, property: &str) -> Offers<'_> {
        match (Names::of_name(property), Field::of_texts(property)) {
            (Some(names), _) => self.source(names),
            (None, Some(field)) => {
                let texts = self.texts_in(field, Word::plain(&self.word.typed));
                Box::new(texts.map(Offer::of))
            }
            (None, None) => Box::new(std::iter::empty()),
        }
    }
}

fn offer(user: &User) -> Offer<'_> {
    Offer::of(&*user.upn).titled(&user.display_name)
}

fn product(product: &Product) -> Offer<'_> {
    Offer::of(&*product.sku).titled(&product.name)
}

/// Plans with their titles, each name once.
fn titled<'a>(plans: impl Iterator<Item = &'a Plan>) -> Offers<'a> {
    let plans: BTreeMap<&str, &Plan> = plans.map(|plan| (&*plan.name, plan)).collect();
    Box::new(plans.into_values().map(|plan| {
        let offer = Offer::of(&*plan.name);
        match &plan.title {
            Some(title) => offer.titled(title),
            None => offer,
        }
    }))
}
