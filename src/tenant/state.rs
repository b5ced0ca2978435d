//! The tenant as it stands: its things, found by id and by name, and the one way to change them.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::change::{Change, Subject};
use super::edit;
use super::plans::PlanTable;
use super::{Assignment, Group, Organisation, Product, SubscriptionStatus, Symbol, User, UserData};
use crate::diagnostic::{Category, Diagnostic};

mod index;
mod shape;

use index::Index;

/// A tenant in memory. Users are shared pointers: one handed out stays what it was.
///
/// Invariant: `apply` alone changes it, and leaves the indexes and the counts of seats true.
#[derive(Clone, Debug)]
pub struct Tenant {
    organisation: Arc<Organisation>,
    products: Vec<Arc<Product>>,
    groups: Vec<Arc<Group>>,
    /// Shared, like the index, with the tenants of which this is a copy, until either changes.
    users: Arc<Vec<Arc<User>>>,
    index: Arc<Index>,
    by_sku: HashMap<Symbol, usize>,
    /// Seats that users take, for each product.
    counted: Vec<u32>,
    plans: Arc<PlanTable>,
}

/// The parts of a tenant, as a file or an import has them; users may be shared already.
#[derive(Clone, Debug)]
pub struct Parts<U = User> {
    pub organisation: Organisation,
    pub products: Vec<Product>,
    pub groups: Vec<Group>,
    pub users: Vec<U>,
}

/// The seats of a product over all its subscriptions (R36).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seats {
    pub enabled: u32,
    pub warning: u32,
    pub suspended: u32,
    pub locked_out: u32,
    pub consumed: u32,
    /// Enabled and warning seats that nobody takes (R16).
    pub free: u32,
}

impl Seats {
    /// Seats that can be assigned.
    pub fn usable(&self) -> u32 {
        self.enabled.saturating_add(self.warning)
    }
}

impl Tenant {
    /// A tenant of these parts.
    ///
    /// # Errors
    /// Every fault of their shape, each about the path of what is wrong, such as `users[3].licenses[0].sku`.
    pub fn new<U: Into<Arc<User>>>(parts: Parts<U>) -> Result<Self, Vec<Diagnostic>> {
        let products: Vec<_> = parts.products.into_iter().map(Arc::new).collect();
        let mut tenant = Self {
            organisation: Arc::new(parts.organisation),
            plans: Arc::new(PlanTable::new(&products)),
            by_sku: HashMap::new(),
            counted: vec![0; products.len()],
            products,
            groups: parts.groups.into_iter().map(Arc::new).collect(),
            users: Arc::default(),
            index: Arc::default(),
        };
        let mut faults = shape::Faults::default();
        tenant.index_products(&mut faults);
        tenant.check_groups(&mut faults);
        tenant.index_users(parts.users, &mut faults);
        if faults.0.is_empty() {
            Ok(tenant)
        } else {
            Err(faults.0)
        }
    }

    /// The parts again, to be written.
    pub fn parts(&self) -> Parts {
        Parts {
            organisation: (*self.organisation).clone(),
            products: self.products.iter().map(|p| (**p).clone()).collect(),
            groups: self.groups.iter().map(|g| (**g).clone()).collect(),
            users: self.users.iter().map(|u| (**u).clone()).collect(),
        }
    }

    pub fn organisation(&self) -> &Organisation {
        &self.organisation
    }

    pub fn products(&self) -> &[Arc<Product>] {
        &self.products
    }

    pub fn groups(&self) -> &[Arc<Group>] {
        &self.groups
    }

    /// All users, the soft-deleted ones too. The order is the file's until one is purged.
    pub fn users(&self) -> &[Arc<User>] {
        &self.users
    }

    pub fn user(&self, id: Uuid) -> Option<&Arc<User>> {
        let index = self.index.id(&self.users, id)?;
        self.users.get(index as usize)
    }

    /// The user who isn't deleted and has this UPN, any letter case.
    pub fn user_by_upn(&self, upn: &str) -> Option<&Arc<User>> {
        let index = self.index.upn(&self.users, upn)?;
        self.users.get(index as usize)
    }

    pub fn group(&self, id: Uuid) -> Option<&Arc<Group>> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// The product with this key; [`Tenant::find_product`] takes what an admin types.
    pub fn product(&self, sku: &str) -> Option<&Arc<Product>> {
        self.by_sku
            .get(sku)
            .and_then(|index| self.products.get(*index))
    }

    /// The direct members of a group who aren't deleted.
    pub fn members(&self, group: Uuid) -> impl Iterator<Item = &Arc<User>> {
        self.users
            .iter()
            .filter(move |user| user.deleted.is_none() && user.groups.contains(&group))
    }

    /// Bought, taken and free seats of a product; zeros for one the tenant doesn't own.
    pub fn seats(&self, sku: &str) -> Seats {
        let Some(index) = self.by_sku.get(sku) else {
            return Seats::default();
        };
        seats(&self.products[*index], self.counted[*index])
    }

    /// Seats in use: those of users and those that an import couldn't account for (R16).
    pub fn consumed(&self, sku: &str) -> u32 {
        self.seats(sku).consumed
    }

    /// Seats that can still be assigned (R16).
    pub fn free(&self, sku: &str) -> u32 {
        self.seats(sku).free
    }

    /// Names of the plans that the user's licenses give together: what is switched off in one and on in another is on.
    pub fn active_plans(&self, user: &User) -> Vec<Symbol> {
        self.plans.names(&self.plans.active(&user.licenses))
    }

    pub(super) fn plan_table(&self) -> &PlanTable {
        &self.plans
    }

    /// The products of which a user takes a seat, each once (R12): not when deleted (R23), not through what is in
    /// error (R37).
    fn seats_taken(&self, user: &User) -> Vec<usize> {
        match user.deleted {
            Some(_) => Vec::new(),
            None => self.seats_of(&user.licenses),
        }
    }

    fn seats_of(&self, licenses: &[Assignment]) -> Vec<usize> {
        let mut taken = Vec::with_capacity(licenses.len());
        for assignment in licenses.iter().filter(|own| own.is_effective()) {
            if let Some(product) = self.by_sku.get(&assignment.sku)
                && !taken.contains(product)
            {
                taken.push(*product);
            }
        }
        taken
    }

    /// Carries out one change: the only way in which a tenant becomes another.
    ///
    /// # Errors
    /// `JournalMismatch` where the tenant isn't what the change says it was; nothing is changed then.
    pub fn apply(&mut self, change: &Change) -> Result<(), Diagnostic> {
        self.carry_out(change).map_err(|why| {
            Diagnostic::new(
                "JournalMismatch",
                Category::Stale,
                format!("the change doesn't fit the tenant: {why}"),
            )
            .about(self.describe(change))
        })
    }

    fn carry_out(&mut self, change: &Change) -> Result<(), &'static str> {
        match change {
            Change::UserAdded { now } => return self.add_user(now),
            Change::UserPurged { was } => return self.erase_user(was),
            Change::GroupAdded { now } => {
                if self.group(now.id).is_some() {
                    return Err("there is a group with this id");
                }
                self.groups.push(Arc::new((**now).clone()));
                return Ok(());
            }
            Change::GroupRemoved { was } => {
                let is_used = |user: &Arc<User>| {
                    user.groups.contains(&was.id)
                        || user.licenses.iter().any(|own| own.group == Some(was.id))
                };
                if self.users.iter().any(is_used) {
                    return Err("the group has members");
                }
                let index = self.groups.iter().position(|own| **own == **was);
                self.groups
                    .remove(index.ok_or("the group isn't what it was")?);
                return Ok(());
            }
            Change::ProductAdded { now } => {
                if self
                    .products
                    .iter()
                    .any(|own| own.sku == now.sku || own.sku_id == now.sku_id)
                {
                    return Err("the product is there already");
                }
                self.by_sku.insert(now.sku.clone(), self.products.len());
                self.products.push(Arc::new((**now).clone()));
                self.counted.push(0);
                self.plans = Arc::new(PlanTable::new(&self.products));
                return Ok(());
            }
            Change::ProductRemoved { was } => return self.remove_product(was),
            _ => {}
        }
        match change.subject() {
            Subject::User(id) => self.change_user(id, change),
            Subject::Group(id) => {
                if let Change::GroupLicenseAssigned { sku, disabled, .. } = change {
                    self.fits_product(sku, disabled)?;
                }
                let own = self.groups.iter_mut().find(|group| group.id == id);
                edit::group(Arc::make_mut(own.ok_or("there is no such group")?), change)
            }
            Subject::Product(sku) => {
                let index = *self.by_sku.get(sku).ok_or("there is no such product")?;
                edit::product(Arc::make_mut(&mut self.products[index]), change)?;
                if matches!(change, Change::ProductEdited { .. }) {
                    self.plans = Arc::new(PlanTable::new(&self.products));
                }
                Ok(())
            }
            Subject::Organisation => {
                edit::organisation(Arc::make_mut(&mut self.organisation), change)
            }
        }
    }

    fn fits_product(&self, sku: &Symbol, disabled: &[Symbol]) -> Result<(), &'static str> {
        let product = self.product(sku).ok_or("there is no such product")?;
        let known = |plan: &Symbol| product.plans.is_empty() || self.plans.has_plan(sku, plan);
        match disabled.iter().all(known) {
            true => Ok(()),
            false => Err("the product has no such plan"),
        }
    }

    fn change_user(&mut self, id: Uuid, change: &Change) -> Result<(), &'static str> {
        let index = self
            .index
            .id(&self.users, id)
            .ok_or("there is no such user")?;
        let own = self
            .users
            .get(index as usize)
            .ok_or("there is no such user")?;
        match change {
            Change::LicenseAssigned {
                sku,
                group,
                disabled,
                ..
            } => {
                if group.is_some_and(|group| self.group(group).is_none()) {
                    return Err("there is no such group");
                }
                self.fits_product(sku, disabled)?;
            }
            Change::PlansSwitched { sku, now, .. } => self.fits_product(sku, now)?,
            Change::MemberAdded { group, .. } if self.group(*group).is_none() => {
                return Err("there is no such group");
            }
            _ => {}
        }
        let renamed = matches!(
            change,
            Change::UserEdited { .. } | Change::UserDeleted { .. } | Change::UserRestored { .. }
        );
        if renamed {
            // Rare: the user is tried on a copy, since its name may be taken.
            let mut next = (**own).clone();
            edit::user(&mut next, change)?;
            let holder = self.index.upn(&self.users, &next.upn);
            if next.deleted.is_none() && holder.is_some_and(|other| other != index) {
                return Err("the UPN is taken");
            }
            let (old, new) = (fold(&own.upn), fold(&next.upn));
            if (own.deleted.is_none(), old) != (next.deleted.is_none(), new) {
                let table = Arc::make_mut(&mut self.index);
                if own.deleted.is_none() {
                    table.remove_upn(&own.upn, index);
                }
                if next.deleted.is_none() {
                    table.insert_upn(&self.users, &next.upn, index);
                }
            }
            self.replace_user(index as usize, Arc::new(next), change.moves_seats());
            return Ok(());
        }
        if change.moves_seats() {
            let mut next = Arc::clone(own);
            edit::user(Arc::make_mut(&mut next), change)?;
            self.replace_user(index as usize, next, true);
            return Ok(());
        }
        let own = &mut Arc::make_mut(&mut self.users)[index as usize];
        edit::user(Arc::make_mut(own), change)
    }

    fn replace_user(&mut self, index: usize, next: Arc<User>, moves_seats: bool) {
        if moves_seats {
            let (before, after) = (
                self.seats_taken(&self.users[index]),
                self.seats_taken(&next),
            );
            for product in before {
                self.counted[product] -= 1;
            }
            for product in after {
                self.counted[product] += 1;
            }
        }
        Arc::make_mut(&mut self.users)[index] = next;
    }

    fn add_user(&mut self, user: &User) -> Result<(), &'static str> {
        let index = u32::try_from(self.users.len()).map_err(|_| "there are too many users")?;
        if self.user(user.id).is_some() {
            return Err("there is a user with this id");
        }
        if user.deleted.is_none() && self.user_by_upn(&user.upn).is_some() {
            return Err("the UPN is taken");
        }
        if user
            .licenses
            .iter()
            .any(|own| !self.by_sku.contains_key(&own.sku))
        {
            return Err("there is no such product");
        }
        if user.groups.iter().any(|group| self.group(*group).is_none()) {
            return Err("there is no such group");
        }
        let mut user = user.clone();
        UserData::tidy(&mut user.data);
        let table = Arc::make_mut(&mut self.index);
        table.insert_id(&self.users, user.id, index);
        if user.deleted.is_none() {
            table.insert_upn(&self.users, &user.upn, index);
        }
        for product in self.seats_taken(&user) {
            self.counted[product] += 1;
        }
        Arc::make_mut(&mut self.users).push(Arc::new(user));
        Ok(())
    }

    fn erase_user(&mut self, was: &User) -> Result<(), &'static str> {
        let place = self
            .index
            .id(&self.users, was.id)
            .ok_or("there is no such user")?;
        let index = place as usize;
        let mut was = was.clone();
        UserData::tidy(&mut was.data);
        if !same_user(&self.users[index], &was) {
            return Err("the user isn't what it was");
        }
        for product in self.seats_taken(&was) {
            self.counted[product] -= 1;
        }
        let table = Arc::make_mut(&mut self.index);
        let mut forget = |user: &User, place| {
            table.remove_id(user.id, place);
            if user.deleted.is_none() {
                table.remove_upn(&user.upn, place);
            }
        };
        forget(&was, place);
        // The last one takes the place: no other index moves.
        let last = self.users.len() - 1;
        if let (Some(moved), Ok(from)) = (self.users.get(last), u32::try_from(last))
            && last != index
        {
            forget(moved, from);
        }
        Arc::make_mut(&mut self.users).swap_remove(index);
        if let Some(moved) = self.users.get(index) {
            table.insert_id(&self.users, moved.id, place);
            if moved.deleted.is_none() {
                table.insert_upn(&self.users, &moved.upn, place);
            }
        }
        Ok(())
    }

    fn remove_product(&mut self, was: &Product) -> Result<(), &'static str> {
        let index = *self
            .by_sku
            .get(&was.sku)
            .ok_or("there is no such product")?;
        if *self.products[index] != *was {
            return Err("the product isn't what it was");
        }
        let held = |user: &Arc<User>| user.licenses.iter().any(|own| own.sku == was.sku);
        if self.users.iter().any(held) {
            return Err("the product is held by a user");
        }
        self.products.remove(index);
        self.counted.remove(index);
        let keys = self.products.iter().map(|own| own.sku.clone());
        self.by_sku = keys.zip(0..).collect();
        self.plans = Arc::new(PlanTable::new(&self.products));
        Ok(())
    }
}

/// Equal in all that a tenant says; the order of users, groups, licenses and the like says nothing.
impl PartialEq for Tenant {
    fn eq(&self, other: &Self) -> bool {
        self.organisation == other.organisation
            && self.counted == other.counted
            && edit::same_set(&self.products, &other.products)
            && edit::same_set(&self.groups, &other.groups)
            && self.users.len() == other.users.len()
            && self
                .users
                .iter()
                .all(|user| other.user(user.id).is_some_and(|own| same_user(user, own)))
    }
}

fn same_user(a: &User, b: &User) -> bool {
    let sorted = |user: &User| {
        let mut user = user.clone();
        Arc::make_mut(&mut user.roles).sort();
        Arc::make_mut(&mut user.groups).sort();
        let licenses = Arc::make_mut(&mut user.licenses);
        for license in licenses.iter_mut() {
            Arc::make_mut(&mut license.disabled).sort();
        }
        licenses.sort();
        user
    };
    a == b || sorted(a) == sorted(b)
}

pub(super) fn seats(product: &Product, counted: u32) -> Seats {
    let mut seats = Seats {
        consumed: counted.saturating_add(product.outside),
        ..Seats::default()
    };
    for subscription in &product.subscriptions {
        let sum = match subscription.status {
            SubscriptionStatus::Enabled => &mut seats.enabled,
            SubscriptionStatus::Warning => &mut seats.warning,
            SubscriptionStatus::Suspended => &mut seats.suspended,
            SubscriptionStatus::LockedOut => &mut seats.locked_out,
            SubscriptionStatus::Deleted => continue,
        };
        *sum = sum.saturating_add(subscription.seats);
    }
    seats.free = seats.usable().saturating_sub(seats.consumed);
    seats
}

/// A UPN as the index holds it.
pub(super) fn fold(upn: &str) -> Box<str> {
    upn.trim().to_lowercase().into()
}
