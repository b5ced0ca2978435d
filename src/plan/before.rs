//! The before-image of a thing: what a plan found, against which its application is held.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use uuid::Uuid;

use crate::tenant::{
    Assignment, CompactTimestamp, GroupLicense, Location, Role, Subject, Subscription, Symbol,
    Tenant, User, UserData,
};

/// What matters of a thing before it changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase", deny_unknown_fields)]
pub enum Before {
    User(Box<UserBefore>),
    Group {
        id: Uuid,
        name: Symbol,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        licenses: Vec<GroupLicense>,
    },
    Product {
        sku: Symbol,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        subscriptions: Vec<Subscription>,
    },
    /// The tenant's own settings; the changes hold what they were.
    Settings,
    /// Not there yet.
    Missing {
        id: String,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserBefore {
    pub id: Uuid,
    pub upn: SmolStr,
    pub name: SmolStr,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub blocked: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<CompactTimestamp>,
    #[serde(default, skip_serializing_if = "is_empty")]
    pub roles: Arc<[Role]>,
    #[serde(default, skip_serializing_if = "is_empty")]
    pub groups: Arc<[Uuid]>,
    #[serde(default, skip_serializing_if = "is_empty")]
    pub licenses: Arc<[Assignment]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Box<UserData>>,
}

impl UserBefore {
    fn of(user: &User) -> Self {
        Self {
            id: user.id,
            upn: user.upn.clone(),
            name: user.display_name.clone(),
            location: user.usage_location,
            blocked: !user.enabled,
            deleted: user.deleted,
            roles: Arc::clone(&user.roles),
            groups: Arc::clone(&user.groups),
            licenses: Arc::clone(&user.licenses),
            data: user.data.clone(),
        }
    }
}

impl Before {
    /// A thing as the tenant has it now.
    pub fn of(tenant: &Tenant, subject: &Subject) -> Self {
        let found = match subject {
            Subject::User(id) => tenant
                .user(*id)
                .map(|user| Self::User(Box::new(UserBefore::of(user)))),
            Subject::Group(id) => tenant.group(*id).map(|group| Self::Group {
                id: group.id,
                name: group.name.clone(),
                licenses: group.licenses.clone(),
            }),
            Subject::Product(sku) => tenant.product(sku).map(|product| Self::Product {
                sku: product.sku.clone(),
                subscriptions: product.subscriptions.clone(),
            }),
            Subject::Organisation => Some(Self::Settings),
        };
        found.unwrap_or_else(|| Self::Missing {
            id: match subject {
                Subject::User(id) | Subject::Group(id) => id.to_string(),
                Subject::Product(sku) => sku.to_string(),
                Subject::Organisation => String::new(),
            },
        })
    }

    /// What it is called.
    pub fn name(&self) -> String {
        match self {
            Self::User(user) => user.upn.to_string(),
            Self::Group { name, .. } => name.to_string(),
            Self::Product { sku, .. } => sku.to_string(),
            Self::Settings => "the tenant's settings".to_owned(),
            Self::Missing { id } => id.clone(),
        }
    }

    /// What is otherwise now, in a clause each.
    pub fn differences(&self, tenant: &Tenant) -> Vec<String> {
        let now = self.now(tenant);
        if now == *self {
            return Vec::new();
        }
        match (self, &now) {
            (Self::User(was), Self::User(now)) => user_differences(tenant, was, now),
            (Self::Group { name, .. }, Self::Group { name: renamed, .. }) if name != renamed => {
                vec![format!("the group {name} is called {renamed} now")]
            }
            (Self::Group { .. }, Self::Group { .. }) => {
                vec!["the group's licenses are others now".to_owned()]
            }
            (Self::Product { .. }, Self::Product { .. }) => {
                vec!["its subscriptions are others now".to_owned()]
            }
            (Self::Missing { .. }, _) => vec!["it is there already".to_owned()],
            (_, Self::Missing { .. }) => vec!["it isn't there any more".to_owned()],
            _ => vec!["it is another thing now".to_owned()],
        }
    }

    fn now(&self, tenant: &Tenant) -> Self {
        match self {
            Self::User(user) => Self::of(tenant, &Subject::User(user.id)),
            Self::Group { id, .. } => Self::of(tenant, &Subject::Group(*id)),
            Self::Product { sku, .. } => Self::of(tenant, &Subject::Product(sku)),
            Self::Settings => Self::Settings,
            Self::Missing { id } => match Uuid::parse_str(id) {
                Ok(id) if tenant.user(id).is_some() => Self::of(tenant, &Subject::User(id)),
                Ok(id) if tenant.group(id).is_some() => Self::of(tenant, &Subject::Group(id)),
                _ => match tenant.product(id) {
                    Some(product) => Self::of(tenant, &Subject::Product(&product.sku)),
                    None => self.clone(),
                },
            },
        }
    }
}

fn user_differences(tenant: &Tenant, was: &UserBefore, now: &UserBefore) -> Vec<String> {
    let mut found = Vec::new();
    if was.upn != now.upn {
        found.push(format!("{} is called {} now", was.upn, now.upn));
    }
    if !same(&was.licenses, &now.licenses) {
        let list = |licenses: &[Assignment]| match licenses {
            [] => "none".to_owned(),
            some => {
                let names: Vec<String> = some.iter().map(|own| license_name(tenant, own)).collect();
                names.join(", ")
            }
        };
        let (before, after) = (list(&was.licenses), list(&now.licenses));
        found.push(match before == after {
            true => "plans of its licenses were switched since".to_owned(),
            false => format!("its licenses were {before}, and are {after}"),
        });
    }
    let mut tell = |differs: bool, what: &str| {
        if differs {
            found.push(what.to_owned());
        }
    };
    tell(
        was.deleted.is_none() && now.deleted.is_some(),
        "the user was deleted since",
    );
    tell(
        was.deleted.is_some() && now.deleted.is_none(),
        "the user was restored since",
    );
    tell(!was.blocked && now.blocked, "sign-in was blocked since");
    tell(was.blocked && !now.blocked, "sign-in was allowed since");
    tell(
        was.location != now.location,
        "the usage location is another",
    );
    tell(!same(&was.roles, &now.roles), "the roles are others");
    tell(!same(&was.groups, &now.groups), "the groups are others");
    tell(
        was.data != now.data,
        "mailbox, OneDrive or phone number are others",
    );
    tell(was.name != now.name, "the display name is another");
    found
}

/// `ENTERPRISEPACK`, or `ENTERPRISEPACK through Sales`.
pub(super) fn license_name(tenant: &Tenant, own: &Assignment) -> String {
    match own.group {
        None => own.sku.to_string(),
        Some(group) => match tenant.group(group) {
            Some(group) => format!("{} through {}", own.sku, group.name),
            None => format!("{} through a group", own.sku),
        },
    }
}

/// Whether two lists hold the same; their order says nothing.
fn same<T: Ord + Clone>(one: &[T], other: &[T]) -> bool {
    let sorted = |list: &[T]| {
        let mut list = list.to_vec();
        list.sort();
        list
    };
    one == other || sorted(one) == sorted(other)
}

fn is_false(value: &bool) -> bool {
    !value
}

fn is_empty<T>(list: &Arc<[T]>) -> bool {
    list.is_empty()
}
