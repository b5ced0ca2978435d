//! The tenant as it stands: its things, found by id and by name.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use uuid::Uuid;

use super::apply_change;
use super::plans::PlanTable;
use super::{Assignment, Group, Organisation, Product, SubscriptionStatus, Symbol, User};
use crate::diagnostic::Diagnostic;

mod aliases;
mod apply;
mod index;
mod validate;

use aliases::Aliases;
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
    /// Made when somebody is first asked for by another name than the UPN.
    aliases: Arc<OnceLock<Aliases>>,
}

/// The parts of a tenant, as a file or an import has them; users may be shared already.
#[derive(Clone, Debug)]
pub struct TenantData<U = User> {
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
    pub fn new<U: Into<Arc<User>>>(parts: TenantData<U>) -> Result<Self, Vec<Diagnostic>> {
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
            aliases: Arc::default(),
        };
        let mut faults = validate::Faults::default();
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
    pub fn parts(&self) -> TenantData {
        TenantData {
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

    /// The users who aren't deleted and have this mail address, one of their aliases, employee number or name on premises.
    pub(super) fn users_by_alias(&self, name: &str) -> impl Iterator<Item = &Arc<User>> {
        let aliases = self.aliases.get_or_init(|| Aliases::of(&self.users));
        let found = aliases.named(name).iter();
        found.filter_map(|index| self.users.get(*index as usize))
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
        seats(&self.products[*index], self.counted[*index], None)
    }

    /// The same as it stands by then, whether or not the lifecycle has been written down (R35).
    pub fn seats_at(&self, sku: &str, now: Timestamp) -> Seats {
        let Some(index) = self.by_sku.get(sku) else {
            return Seats::default();
        };
        seats(&self.products[*index], self.counted[*index], Some(now))
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
}

/// Equal in all that a tenant says; the order of users, groups, licenses and the like says nothing.
impl PartialEq for Tenant {
    fn eq(&self, other: &Self) -> bool {
        self.organisation == other.organisation
            && self.counted == other.counted
            && apply_change::same_set(&self.products, &other.products)
            && self.groups.len() == other.groups.len()
            && self
                .groups
                .iter()
                .all(|group| other.group(group.id).is_some_and(|own| group.is_same(own)))
            && self.users.len() == other.users.len()
            && self
                .users
                .iter()
                .all(|user| other.user(user.id).is_some_and(|own| user.is_same(own)))
    }
}

pub(super) fn seats(product: &Product, counted: u32, now: Option<Timestamp>) -> Seats {
    let mut seats = Seats {
        consumed: counted.saturating_add(product.outside),
        ..Seats::default()
    };
    for subscription in &product.subscriptions {
        let status = match now {
            Some(now) => subscription.status_at(now),
            None => subscription.status,
        };
        let sum = match status {
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
