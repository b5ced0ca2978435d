//! Users by what else they are called: mail addresses, the employee's number, the name on premises.

use std::collections::HashMap;
use std::sync::Arc;

use crate::tenant::{ExtraValue, User};

/// Invariant: it was made of the users as they are called now; whoever renames one throws it away.
#[derive(Debug, Default)]
pub(super) struct Aliases(HashMap<Box<str>, Vec<u32>>);

impl Aliases {
    /// Those of the users who aren't deleted.
    pub fn of(users: &[Arc<User>]) -> Self {
        let mut known = Self::default();
        for (index, user) in (0..).zip(users) {
            if user.deleted.is_none() {
                for name in names(user) {
                    let holders = known.0.entry(key(name)).or_default();
                    if holders.last() != Some(&index) {
                        holders.push(index);
                    }
                }
            }
        }
        known
    }

    /// The positions of the users who are called so, in any letter case.
    pub fn named(&self, name: &str) -> &[u32] {
        self.0.get(&key(name)).map_or(&[], Vec::as_slice)
    }
}

fn key(name: &str) -> Box<str> {
    name.trim().to_lowercase().into()
}

fn names(user: &User) -> Vec<&str> {
    let mut names: Vec<&str> = user.mail.as_deref().into_iter().collect();
    for field in ["employeeId", "onPremisesSamAccountName"] {
        names.extend(user.extra.get(field).and_then(ExtraValue::text));
    }
    let addresses = match user.extra.get("proxyAddresses") {
        Some(ExtraValue::Json(list)) => {
            let list = list.as_array().into_iter().flatten();
            list.filter_map(|address| address.as_str()).collect()
        }
        // As the CSV of the admin center joins them.
        Some(ExtraValue::Text(all)) => all.split(['+', ';', ',', ' ']).collect(),
        None => Vec::new(),
    };
    // The others are no mail: SIP, X500.
    names.extend(addresses.into_iter().filter_map(|address: &str| {
        let (kind, name) = address.split_once(':')?;
        kind.eq_ignore_ascii_case("smtp").then_some(name)
    }));
    names.retain(|name| !name.trim().is_empty());
    names
}
