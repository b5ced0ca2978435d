//! What a tenant's parts must be like, whoever wrote them: unique keys, and nothing that refers to what isn't there.

use std::collections::HashSet;
use std::sync::Arc;

use hashbrown::HashMap;
use uuid::Uuid;

use super::Tenant;
use super::index::Index;
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::extra::{self, ExtraNames};
use crate::tenant::{Assignment, Symbol, User, UserData};

impl Tenant {
    pub(super) fn index_products(&mut self, faults: &mut Faults) {
        let mut ids = HashSet::new();
        for (i, product) in self.products.iter().enumerate() {
            if self.by_sku.insert(product.sku.clone(), i).is_some() {
                faults.add(
                    format!("products[{i}].sku"),
                    format!("two products have the key {}", product.sku),
                );
            }
            if !ids.insert(product.sku_id) {
                faults.add(
                    format!("products[{i}].sku_id"),
                    format!("{} has the id of another product", product.sku),
                );
            }
            let mut names = HashSet::new();
            for (j, plan) in product.plans.iter().enumerate() {
                if !names.insert(&plan.name) {
                    faults.add(
                        format!("products[{i}].plans[{j}].name"),
                        format!("{} has the plan {} twice", product.sku, plan.name),
                    );
                }
            }
        }
    }

    pub(super) fn check_groups(&self, faults: &mut Faults) {
        let mut ids = HashSet::new();
        for (i, group) in self.groups.iter().enumerate() {
            if !ids.insert(group.id) {
                faults.add(
                    format!("groups[{i}].id"),
                    format!("the group {} has the id of another group", group.name),
                );
            }
            let mut held = HashSet::new();
            for (j, license) in group.licenses.iter().enumerate() {
                let path = format!("groups[{i}].licenses[{j}]");
                let whose = format!("the group {}", group.name);
                if !held.insert(&license.sku) {
                    faults.add(
                        format!("{path}.sku"),
                        format!("{whose} has {} twice", license.sku),
                    );
                }
                self.check_license(&license.sku, &license.disabled, &path, &whose, faults);
            }
        }
    }

    pub(super) fn index_users<U: Into<Arc<User>>>(&mut self, users: Vec<U>, faults: &mut Faults) {
        let mut known: Vec<Arc<User>> = Vec::with_capacity(users.len());
        let groups: HashSet<Uuid> = self.groups.iter().map(|group| group.id).collect();
        let mut table = Index::with_capacity(users.len());
        // The seats of the licenses in which no fault was found, by where they lie: most users share theirs, and `known`
        // keeps them where they are.
        let mut sound: HashMap<*const Assignment, Vec<usize>> = HashMap::new();
        for (i, user) in users.into_iter().enumerate() {
            let mut user: Arc<User> = user.into();
            let Ok(index) = u32::try_from(i) else {
                faults.add(
                    "users".into(),
                    "there are more users than can be held".into(),
                );
                break;
            };
            if user.data.is_some() {
                UserData::tidy(&mut Arc::make_mut(&mut user).data);
            }
            if !table.insert_id(&known, user.id, index) {
                faults.add(
                    format!("users[{i}].id"),
                    format!("{} has the id of another user", user.upn),
                );
            }
            if user.upn.trim().is_empty() {
                faults.add(
                    format!("users[{i}].upn"),
                    format!("the user {} has no UPN", user.id),
                );
            } else if user.deleted.is_none() && !table.insert_upn(&known, &user.upn, index) {
                faults.add(
                    format!("users[{i}].upn"),
                    format!("two users have the UPN {}", user.upn),
                );
            }
            let licenses = user.licenses.as_ptr();
            if !sound.contains_key(&licenses) {
                let before = faults.0.len();
                self.check_bundle(i, &user, &groups, faults);
                if faults.0.len() == before {
                    sound.insert(licenses, self.seats_of(&user.licenses));
                }
            }
            for (j, group) in user.groups.iter().enumerate() {
                if !groups.contains(group) {
                    faults.add(
                        format!("users[{i}].groups[{j}]"),
                        format!(
                            "{} is a member of the group {group}, which isn't there",
                            user.upn
                        ),
                    );
                }
            }
            let seats = sound.get(&licenses).filter(|_| user.deleted.is_none());
            for product in seats.into_iter().flatten() {
                self.counted[*product] += 1;
            }
            known.push(user);
        }
        extra::share_names(&mut known, ExtraNames::none());
        self.index = Arc::new(table);
        self.users = Arc::new(known);
    }

    fn check_bundle(&self, i: usize, user: &User, groups: &HashSet<Uuid>, faults: &mut Faults) {
        for (j, assignment) in user.licenses.iter().enumerate() {
            let path = format!("users[{i}].licenses[{j}]");
            let same =
                |own: &Assignment| own.sku == assignment.sku && own.group == assignment.group;
            if user.licenses[..j].iter().any(same) {
                faults.add(
                    format!("{path}.sku"),
                    format!("{} holds {} twice", user.upn, assignment.sku),
                );
            }
            let (sku, disabled) = (&assignment.sku, &assignment.disabled);
            self.check_license(sku, disabled, &path, &user.upn, faults);
            if let Some(group) = assignment.group.filter(|group| !groups.contains(group)) {
                faults.add(
                    format!("{path}.group"),
                    format!(
                        "{} inherits from the group {group}, which isn't there",
                        user.upn
                    ),
                );
            }
        }
    }

    fn check_license(
        &self,
        sku: &Symbol,
        disabled: &[Symbol],
        path: &str,
        whose: &str,
        faults: &mut Faults,
    ) {
        let Some(product) = self.product(sku) else {
            faults.add(
                format!("{path}.sku"),
                format!("{whose} has the license {sku}, which no product of the tenant is"),
            );
            return;
        };
        // A product whose plans aren't known allows any name.
        for (k, plan) in disabled.iter().enumerate() {
            if !product.plans.is_empty() && !self.plans.has_plan(sku, plan) {
                faults.add(
                    format!("{path}.disabled[{k}]"),
                    format!("{whose} has the plan {plan} switched off, which {sku} doesn't hold"),
                );
            }
        }
    }
}

/// What is wrong, each with its path.
#[derive(Default)]
pub(super) struct Faults(pub Vec<Diagnostic>);

impl Faults {
    fn add(&mut self, path: String, message: String) {
        self.0
            .push(Diagnostic::new("InvalidTenant", Category::InvalidData, message).about(path));
    }
}
