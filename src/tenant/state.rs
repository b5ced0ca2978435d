//! The tenant as it stands: its things, found by id and by name, and the one way to change them.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::{Group, Organisation, Product, User};

/// A tenant in memory. Users are shared pointers: one handed out stays what it was.
#[derive(Clone, Debug)]
pub struct Tenant {
    organisation: Organisation,
    products: Vec<Arc<Product>>,
    groups: Vec<Arc<Group>>,
    users: Vec<Arc<User>>,
    by_id: HashMap<Uuid, u32>,
}

/// The parts of a tenant, as a file or an import has them.
#[derive(Clone, Debug)]
pub struct Parts {
    pub organisation: Organisation,
    pub products: Vec<Product>,
    pub groups: Vec<Group>,
    pub users: Vec<User>,
}

impl Tenant {
    pub fn organisation(&self) -> &Organisation {
        &self.organisation
    }

    pub fn products(&self) -> &[Arc<Product>] {
        &self.products
    }

    pub fn groups(&self) -> &[Arc<Group>] {
        &self.groups
    }

    /// All users, the soft-deleted ones too, in the order of the file.
    pub fn users(&self) -> &[Arc<User>] {
        &self.users
    }

    pub fn user(&self, id: Uuid) -> Option<&Arc<User>> {
        self.by_id
            .get(&id)
            .and_then(|index| self.users.get(*index as usize))
    }
}
