//! What Tab offers: cmdlets, parameters, and the values that the tenant has.

use std::collections::{BTreeSet, HashSet};

use crate::command::{Catalog, Kind, Names, Parameter};
use crate::files::Files;
use crate::format::safe;
use crate::lang::{Cursor, CursorKind};
use crate::objects;
use crate::tenant::{Role, Symbol, Tenant, User};

/// As many as are worth looking through.
const MOST: usize = 200;

/// One offer, and what is shown beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub text: String,
    pub beside: Option<String>,
}

/// What could stand at the cursor, beginning like the word that is there.
pub fn candidates(
    cursor: &Cursor,
    word: &str,
    catalog: &Catalog,
    tenant: &Tenant,
) -> Vec<Candidate> {
    let offer = Offer { word };
    match &cursor.kind {
        CursorKind::Command { .. } => offer.all(catalog.iter().map(|cmdlet| cmdlet.name())),
        CursorKind::Parameter { command } => match catalog.find(command) {
            Some(cmdlet) => offer.all(cmdlet.all_parameters().map(|p| format!("-{}", p.name))),
            None => Vec::new(),
        },
        CursorKind::Value {
            command,
            parameter,
            position,
        } => {
            let Some(cmdlet) = catalog.find(command) else {
                return Vec::new();
            };
            let declared = match parameter {
                Some(name) => cmdlet.all_parameters().find(|p| p.is_called(name)),
                None => cmdlet
                    .all_parameters()
                    .find(|p| p.position == Some(*position)),
            };
            declared.map_or_else(Vec::new, |parameter| {
                offer.values(parameter, catalog, tenant)
            })
        }
        CursorKind::Property { .. } => {
            let names: BTreeSet<&str> = objects::property_names().collect();
            offer.all(names.into_iter().map(str::to_owned))
        }
        CursorKind::Variable => offer.all(cursor.variables.iter().map(|name| format!("${name}"))),
        CursorKind::None => Vec::new(),
    }
}

struct Offer<'a> {
    word: &'a str,
}

impl Offer<'_> {
    /// A name that would steer the terminal is never offered: Tab writes it to the screen as it is.
    fn begins(&self, text: &str) -> bool {
        text.get(..self.word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(self.word))
            && !text.chars().any(safe::steers)
    }

    fn all(&self, texts: impl Iterator<Item = impl AsRef<str>>) -> Vec<Candidate> {
        let mut found: Vec<Candidate> = texts
            .filter(|text| self.begins(text.as_ref()))
            .take(MOST)
            .map(|text| Candidate {
                text: text.as_ref().to_owned(),
                beside: None,
            })
            .collect();
        found.sort_by(|a, b| a.text.cmp(&b.text));
        found
    }

    fn values(&self, parameter: &Parameter, catalog: &Catalog, tenant: &Tenant) -> Vec<Candidate> {
        match parameter.kind {
            Kind::Choice(choices) => self.all(choices.iter().map(|choice| (*choice).to_owned())),
            Kind::Name(names) => self.names(names, catalog, tenant),
            _ => Vec::new(),
        }
    }

    fn names(&self, names: Names, catalog: &Catalog, tenant: &Tenant) -> Vec<Candidate> {
        match names {
            Names::User => {
                let users = tenant.users().iter().filter(|user| user.deleted.is_none());
                self.all(users.map(|user| &*user.upn))
            }
            Names::Sku => tenant
                .products()
                .iter()
                .filter(|product| self.begins(&product.sku))
                .map(|product| Candidate {
                    text: product.sku.to_string(),
                    beside: Some(product.name.to_string()),
                })
                .collect(),
            Names::Group => self.all(tenant.groups().iter().map(|group| quoted(&group.name))),
            Names::Plan => {
                let plans = tenant.products().iter().flat_map(|product| &product.plans);
                let names: BTreeSet<String> = plans.map(|plan| plan.name.to_string()).collect();
                self.all(names.into_iter())
            }
            Names::Department => self.of_users(tenant, |user| user.department.as_ref()),
            Names::City => self.of_users(tenant, |user| user.city.as_ref()),
            Names::Country => self.of_users(tenant, |user| user.country.as_ref()),
            Names::Location => {
                let own = tenant.users().iter().filter_map(|user| user.usage_location);
                let names: BTreeSet<String> = own.map(|location| location.to_string()).collect();
                self.all(names.into_iter())
            }
            Names::Property | Names::Column => {
                let names: BTreeSet<&str> = objects::property_names().collect();
                self.all(names.into_iter().map(str::to_owned))
            }
            Names::Command => self.all(catalog.iter().map(|cmdlet| cmdlet.name())),
            Names::Role => self.all(Role::ALL.into_iter().map(|role| quoted(role.name()))),
            Names::Path => {
                let paths = Files::default().completions(self.word).into_iter();
                self.all(paths.map(|path| quoted(&path)))
            }
            Names::Variable => Vec::new(),
        }
    }

    fn of_users(&self, tenant: &Tenant, get: fn(&User) -> Option<&Symbol>) -> Vec<Candidate> {
        // Of a million users' departments most are the one text that all its people share: each is looked at once.
        let mut seen = HashSet::new();
        let all = tenant.users().iter().filter_map(|user| get(user));
        let names: BTreeSet<&Symbol> = all.filter(|name| seen.insert(name.as_ptr())).collect();
        self.all(names.into_iter().map(|name| quoted(name)))
    }
}

/// As it must be written to be one argument.
fn quoted(text: &str) -> String {
    let plain = text
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '@' | '-' | '/'));
    if plain {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}
