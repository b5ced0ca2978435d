//! Users found by id and by UPN: tables of positions, which take their keys from the users themselves.

use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};
use uuid::Uuid;

use super::fold;
use crate::tenant::User;

/// Invariant: a position in a table is one of the users it was given, and that user's key is what it was then.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    hasher: DefaultHashBuilder,
    by_id: HashTable<u32>,
    /// Users that aren't deleted.
    by_upn: HashTable<u32>,
}

impl Index {
    pub fn with_capacity(users: usize) -> Self {
        Self {
            by_id: HashTable::with_capacity(users),
            by_upn: HashTable::with_capacity(users),
            ..Self::default()
        }
    }

    pub fn id(&self, users: &[Arc<User>], id: Uuid) -> Option<u32> {
        let is = |index: &u32| users[*index as usize].id == id;
        self.by_id.find(hash_id(&self.hasher, id), is).copied()
    }

    /// The position of the user who isn't deleted and has this UPN, any letter case.
    pub fn upn(&self, users: &[Arc<User>], upn: &str) -> Option<u32> {
        let is = |index: &u32| same(&users[*index as usize].upn, upn);
        self.by_upn.find(hash_upn(&self.hasher, upn), is).copied()
    }

    /// Gives a position to an id; false where a user of the table has the id.
    pub fn insert_id(&mut self, users: &[Arc<User>], id: Uuid, index: u32) -> bool {
        let hasher = &self.hasher;
        let is = |index: &u32| users[*index as usize].id == id;
        let again = |index: &u32| hash_id(hasher, users[*index as usize].id);
        insert(self.by_id.entry(hash_id(hasher, id), is, again), index)
    }

    /// The same for a UPN, any letter case.
    pub fn insert_upn(&mut self, users: &[Arc<User>], upn: &str, index: u32) -> bool {
        let hasher = &self.hasher;
        let is = |index: &u32| same(&users[*index as usize].upn, upn);
        let again = |index: &u32| hash_upn(hasher, &users[*index as usize].upn);
        insert(self.by_upn.entry(hash_upn(hasher, upn), is, again), index)
    }

    pub fn remove_id(&mut self, id: Uuid, index: u32) {
        let entry = self
            .by_id
            .find_entry(hash_id(&self.hasher, id), |own| *own == index);
        if let Ok(entry) = entry {
            entry.remove();
        }
    }

    pub fn remove_upn(&mut self, upn: &str, index: u32) {
        let entry = self
            .by_upn
            .find_entry(hash_upn(&self.hasher, upn), |own| *own == index);
        if let Ok(entry) = entry {
            entry.remove();
        }
    }
}

fn insert(entry: Entry<'_, u32>, index: u32) -> bool {
    match entry {
        Entry::Occupied(_) => false,
        Entry::Vacant(free) => {
            free.insert(index);
            true
        }
    }
}

fn hash_id(hasher: &DefaultHashBuilder, id: Uuid) -> u64 {
    hasher.hash_one(id.as_u128())
}

/// Of what [`fold`] gives, mostly without making it.
fn hash_upn(hasher: &DefaultHashBuilder, upn: &str) -> u64 {
    let mut hash = hasher.build_hasher();
    let text = upn.trim().as_bytes();
    let mut buffer = [0; 128];
    match buffer.get_mut(..text.len()).filter(|_| upn.is_ascii()) {
        Some(lower) => {
            lower.copy_from_slice(text);
            lower.make_ascii_lowercase();
            hash.write(lower);
        }
        None => hash.write(fold(upn).as_bytes()),
    }
    hash.finish()
}

fn same(a: &str, b: &str) -> bool {
    match a.is_ascii() && b.is_ascii() {
        true => a.trim().eq_ignore_ascii_case(b.trim()),
        false => fold(a) == fold(b),
    }
}
