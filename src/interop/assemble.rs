//! Puts what all files hold together as one tenant: groups, assignments, organisation.

use std::collections::{HashMap, HashSet};
use std::mem;
use std::sync::Arc;

use uuid::Uuid;

use super::parsed::{Found, FoundGroup, FoundUser, SignIns};
use super::products::Products;
use super::reports;
use super::{Counts, ProductCatalogue};
use crate::tenant::{
    Assignment, Group, GroupLicense, Operator, Organisation, Role, SignIn, Symbol, TenantData, User,
};

/// The tenant of what was found; what does not fit together is added to the faults and notices.
pub(super) fn assemble(
    found: &mut Found,
    catalogue: &dyn ProductCatalogue,
) -> (TenantData, Counts) {
    let mut users = std::mem::take(&mut found.users);
    if found.accounts.len() > 1 {
        let accounts: Vec<_> = found.accounts.iter().map(String::as_str).collect();
        found.notice(format!(
            "the subscribed SKUs are of several tenants ({}): they are read as one, so give only the files of one",
            accounts.join(", ")
        ));
    }
    leave_to_json(&mut users, found);
    sign_ins(&mut users, found);
    let groups = std::mem::take(&mut found.groups);
    let listed = std::mem::take(&mut found.products);
    let subscribed = !listed.is_empty();
    let mut products = Products::new(listed, found, catalogue);
    products.date(subscribed, found, catalogue);
    products.resolve_names(&mut users, found, catalogue);
    let of_users = users.iter().flat_map(|user| &user.licenses);
    let of_groups = groups.iter().flat_map(|g| g.licenses.iter().flatten());
    for license in of_users.chain(of_groups) {
        products.ensure(license.sku, subscribed, found, catalogue);
    }
    products.choose_keys();
    let mut groups = Groups::new(groups, &products, found);
    join_groups(&mut users, found);
    reports::join(&mut users, found);
    let users = assign(users, &products, &mut groups, found);
    products.fill_seats(&users, subscribed, found);
    if groups.list.iter().any(is_placeholder) {
        found.notice(
            "groups of which only the id is known are called by it: add what Graph answers to \
             /groups?$select=id,displayName,assignedLicenses (Group.Read.All)"
                .to_owned(),
        );
    }
    let parts = TenantData {
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
                    membership_rule: item.membership_rule,
                    synced: item.synced,
                    licenses,
                    ..Group::new(item.id, name)
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
            self.add(Group::new(id, name), true);
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

fn is_placeholder(group: &Group) -> bool {
    group.name == placeholder(group.id)
}

/// Gives users the groups and roles that list them as members.
fn join_groups(users: &mut [FoundUser], found: &mut Found) {
    let (members, holders) = (mem::take(&mut found.members), mem::take(&mut found.holders));
    if members.is_empty() && holders.is_empty() {
        return;
    }
    let places: HashMap<Uuid, usize> = (0..)
        .zip(users.iter())
        .map(|(i, own)| (own.user.id, i))
        .collect();
    let mut groups: HashMap<usize, Vec<Uuid>> = HashMap::new();
    let mut roles: HashMap<usize, Vec<Role>> = HashMap::new();
    for (user, group) in members {
        match places.get(&user) {
            Some(place) => groups.entry(*place).or_default().push(group),
            None => found.tally(
                "a group has a member who is not among the users",
                &user.to_string(),
            ),
        }
    }
    for (user, role) in holders {
        match places.get(&user) {
            Some(place) => roles.entry(*place).or_default().push(role),
            None => found.tally(
                "a role is held by one who is not among the users",
                &user.to_string(),
            ),
        }
    }
    for (place, more) in groups {
        let own = &mut users[place].user.groups;
        let mut all = own.to_vec();
        all.extend(more.into_iter().filter(|group| !own.contains(group)));
        *own = all.into();
    }
    for (place, more) in roles {
        let own = &mut users[place].user.roles;
        let mut all = own.to_vec();
        all.extend(more.into_iter().filter(|role| !own.contains(role)));
        *own = all.into();
    }
}

/// What a group is called of which only the id is known.
fn placeholder(id: Uuid) -> Symbol {
    let id = id.to_string();
    Symbol::new(&format!("Group {}", id.get(..8).unwrap_or(&id)))
}

/// Of a user who is in a table and in Graph's answer as well, the answer counts: it tells more.
fn leave_to_json(users: &mut Vec<FoundUser>, found: &mut Found) {
    let told = |users: &[FoundUser], csv: bool| -> HashSet<Uuid> {
        let same = users.iter().filter(|item| item.from_csv == csv);
        same.map(|item| item.user.id).collect()
    };
    let json = told(users, false);
    if json.is_disjoint(&told(users, true)) {
        return;
    }
    users.retain(|item| {
        let twice = item.from_csv && json.contains(&item.user.id);
        if twice {
            found.tally(
                "a user is in a CSV and in JSON: the JSON counts, which tells more",
                &item.user.upn,
            );
        }
        !twice
    });
}

/// Whose file has sign-ins, but none of the user, never signed in; of the others nothing is known.
fn sign_ins(users: &mut [FoundUser], found: &mut Found) {
    let told = users.iter().filter(|item| item.sign_ins == SignIns::Told);
    found.with_sign_ins.extend(told.map(|item| item.place.file));
    let mut unknown = 0;
    for item in &mut *users {
        let known = match item.sign_ins {
            SignIns::Told => true,
            SignIns::Silent => found.with_sign_ins.contains(&item.place.file),
            SignIns::Unknown => false,
        };
        unknown += usize::from(!known);
        let is_unknown = item.user.signed_in() == SignIn::Unknown;
        item.user.never_signed_in = known && is_unknown;
    }
    if unknown > 0 {
        let of = match unknown == users.len() {
            true => "of any user".to_owned(),
            false => format!("of {unknown} of {} users", users.len()),
        };
        found.notice(format!(
            "it isn't known {of} when they signed in, so they count neither as inactive nor as never signed in: \
             the times are in /users?$select=…,signInActivity (AuditLog.Read.All)"
        ));
    }
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
            refuse("a user of the same id is listed before, who counts");
            continue;
        }
        // A deleted user may have a name that was given again (R24).
        if user.deleted.is_none() && !upns.insert(user.upn.to_lowercase()) {
            refuse("a user of the same userPrincipalName is listed before, who counts");
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
        default_admin: Some("admin".to_owned()),
        operators: vec![Operator {
            name: "admin".to_owned(),
            roles: vec![Role::GlobalAdministrator],
        }],
        ..Organisation::default()
    }
}
