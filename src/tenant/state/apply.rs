//! The one way in which a tenant becomes another: a change is carried out, or nothing is changed.

use std::sync::Arc;

use uuid::Uuid;

use super::super::apply_change;
use super::super::change::{Change, Subject};
use super::super::extra::{self, ExtraNames};
use super::super::plans::PlanTable;
use super::super::{Product, Symbol, User, UserData};
use super::{Tenant, fold};
use crate::diagnostic::{Category, Diagnostic};

/// Whether a user has a further field that no user of the tenant had.
fn has_new_names(user: &User) -> bool {
    let known = user.extra.names();
    let is_new = |name: &str| !known.iter().any(|own| own.eq_ignore_ascii_case(name));
    user.extra.iter().any(|(name, _)| is_new(name))
}

impl Tenant {
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
                apply_change::group(Arc::make_mut(own.ok_or("there is no such group")?), change)
            }
            Subject::Product(sku) => {
                let index = *self.by_sku.get(sku).ok_or("there is no such product")?;
                apply_change::product(Arc::make_mut(&mut self.products[index]), change)?;
                if matches!(change, Change::ProductEdited { .. }) {
                    self.plans = Arc::new(PlanTable::new(&self.products));
                }
                Ok(())
            }
            Subject::Organisation => {
                apply_change::organisation(Arc::make_mut(&mut self.organisation), change)
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
            self.aliases = Arc::default();
            // Rare: the user is tried on a copy, since its name may be taken.
            let mut next = (**own).clone();
            apply_change::user(&mut next, change)?;
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
            let (known, grown) = (next.extra.names(), has_new_names(&next));
            self.replace_user(index as usize, Arc::new(next), change.moves_seats());
            if grown {
                let users: &mut Vec<_> = Arc::make_mut(&mut self.users);
                extra::share_names(users, known);
            }
            return Ok(());
        }
        if change.moves_seats() {
            let mut next = Arc::clone(own);
            apply_change::user(Arc::make_mut(&mut next), change)?;
            self.replace_user(index as usize, next, true);
            return Ok(());
        }
        let own = &mut Arc::make_mut(&mut self.users)[index as usize];
        apply_change::user(Arc::make_mut(own), change)
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
        self.aliases = Arc::default();
        let table = Arc::make_mut(&mut self.index);
        table.insert_id(&self.users, user.id, index);
        if user.deleted.is_none() {
            table.insert_upn(&self.users, &user.upn, index);
        }
        for product in self.seats_taken(&user) {
            self.counted[product] += 1;
        }
        let known = self.users.first().map(|user| user.extra.names());
        let users = Arc::make_mut(&mut self.users);
        let known = known.unwrap_or(ExtraNames::none());
        if !known.is_empty() || !user.extra.is_empty() {
            user.extra.set_names(known);
        }
        let grown = has_new_names(&user);
        users.push(Arc::new(user));
        if grown {
            extra::share_names(users, known);
        }
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
        self.aliases = Arc::default();
        if !self.users[index].is_same(&was) {
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
