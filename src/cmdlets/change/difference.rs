//! Two states of a tenant, told apart thing by thing.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use crate::tenant::{Group, Organisation, Product, Symbol, Tenant, User};
use crate::value::{Object, Value};

/// One thing in which they differ.
#[derive(Clone, Debug, Default)]
pub(super) struct Difference {
    pub name: String,
    /// `User`, `Group`, `Product`, `Organisation`.
    pub kind: &'static str,
    /// `Added`, `Deleted`, `Gone`, `Restored`, `Gained`, `Lost`, `Altered`.
    pub what: &'static str,
    pub sku: Option<Arc<str>>,
    pub property: Option<&'static str>,
    pub was: Value,
    pub now: Value,
}

/// How `now` differs from `was`: organisation, products, groups, then users, in the order of `now`, what is gone last.
pub(super) fn differences(was: &Tenant, now: &Tenant) -> Vec<Difference> {
    let mut found = Found {
        was,
        now,
        all: Vec::new(),
    };
    found.organisation(was.organisation(), now.organisation());
    for met in pairs(was.products(), now.products(), |product| product.sku_id) {
        found.product(met);
    }
    for met in pairs(was.groups(), now.groups(), |group| group.id) {
        found.group(met);
    }
    for met in pairs(was.users(), now.users(), |user| user.id) {
        found.user(met);
    }
    found.all
}

/// A thing that isn't the same in both.
enum Met<'t, T> {
    Added(&'t T),
    Gone(&'t T),
    Other(&'t T, &'t T),
}

impl<'t, T> Met<'t, T> {
    /// The thing, as it was last.
    fn known(&self) -> &'t T {
        match *self {
            Met::Added(thing) | Met::Gone(thing) | Met::Other(_, thing) => thing,
        }
    }

    fn was(&self) -> Option<&'t T> {
        match *self {
            Met::Added(_) => None,
            Met::Gone(thing) | Met::Other(thing, _) => Some(thing),
        }
    }

    fn now(&self) -> Option<&'t T> {
        match *self {
            Met::Gone(_) => None,
            Met::Added(thing) | Met::Other(_, thing) => Some(thing),
        }
    }
}

fn pairs<'t, T: PartialEq>(
    was: &'t [Arc<T>],
    now: &'t [Arc<T>],
    id: impl Fn(&T) -> Uuid,
) -> Vec<Met<'t, T>> {
    let mut left: HashMap<Uuid, &Arc<T>> = was.iter().map(|thing| (id(thing), thing)).collect();
    let mut met = Vec::new();
    for thing in now {
        match left.remove(&id(thing)) {
            Some(own) if Arc::ptr_eq(own, thing) || own == thing => {}
            Some(own) => met.push(Met::Other(&**own, thing)),
            None => met.push(Met::Added(thing)),
        }
    }
    let gone = was.iter().filter(|thing| left.contains_key(&id(thing)));
    met.extend(gone.map(|thing| Met::Gone(&**thing)));
    met
}

/// A license of a user or group, as far as it is compared.
struct HeldLicense {
    sku: Symbol,
    /// `Direct` or the group's name; nothing for a group's own.
    from: Option<Arc<str>>,
    disabled: Value,
}

impl HeldLicense {
    fn is(&self, other: &HeldLicense) -> bool {
        self.sku == other.sku && self.from == other.from
    }
}

struct Found<'t> {
    was: &'t Tenant,
    now: &'t Tenant,
    all: Vec<Difference>,
}

impl Found<'_> {
    fn add(&mut self, kind: &'static str, name: &str, what: &'static str) {
        self.all.push(Difference {
            name: name.to_owned(),
            kind,
            what,
            ..Difference::default()
        });
    }

    fn altered(
        &mut self,
        kind: &'static str,
        name: &str,
        property: &'static str,
        was: Value,
        now: Value,
    ) {
        if was.to_text() != now.to_text() {
            self.all.push(Difference {
                name: name.to_owned(),
                kind,
                what: "Altered",
                sku: None,
                property: Some(property),
                was,
                now,
            });
        }
    }

    fn organisation(&mut self, was: &Organisation, now: &Organisation) {
        let mut altered = |property, of: fn(&Organisation) -> Value| {
            self.altered("Organisation", &now.name, property, of(was), of(now));
        };
        altered("Name", |own| own.name.as_str().into());
        altered("Cloud", |own| own.cloud.name().into());
        altered("DefaultAdmin", |own| own.default_admin.clone().into());
        altered("Operators", |own| {
            list(own.operators.iter().map(|operator| {
                let roles: Vec<_> = operator.roles.iter().map(|role| role.name()).collect();
                format!("{} ({})", operator.name, roles.join(", "))
            }))
        });
        altered("ClockOffset", |own| own.clock_offset.into());
        altered("DelicensingResiliency", |own| {
            own.delicensing_resiliency.into()
        });
    }

    fn product(&mut self, met: Met<Product>) {
        let begin = self.all.len();
        let sku = &met.known().sku;
        match met {
            Met::Added(_) => self.add("Product", sku, "Added"),
            Met::Gone(_) => self.add("Product", sku, "Gone"),
            Met::Other(was, now) => {
                let mut altered = |property, of: fn(&Product) -> Value| {
                    self.altered("Product", sku, property, of(was), of(now));
                };
                altered("Name", |own| own.name.shared().into());
                altered("Seats", |own| {
                    let seats = own.subscriptions.iter().map(|own| i64::from(own.seats));
                    seats.sum::<i64>().into()
                });
                altered("Status", |own| {
                    let all = own.subscriptions.iter();
                    list(all.map(|own| format!("{:?}", own.status)))
                });
                altered("Renews", |own| {
                    let all = own.subscriptions.iter();
                    Value::list(all.map(|own| own.renews.into()).collect())
                });
                altered("ServicePlans", |own| {
                    list(own.plans.iter().map(|plan| plan.name.shared()))
                });
                // Something that is seldom looked at: ids, titles of plans.
                if self.all.len() == begin {
                    self.add("Product", sku, "Altered");
                }
            }
        }
        for difference in &mut self.all[begin..] {
            difference.sku = Some(sku.shared());
        }
    }

    fn group(&mut self, met: Met<Group>) {
        let name = &met.known().name;
        match met {
            Met::Added(_) => self.add("Group", name, "Added"),
            Met::Gone(_) => self.add("Group", name, "Gone"),
            Met::Other(was, now) => {
                let (was, is) = (was.name.shared(), now.name.shared());
                self.altered("Group", name, "Name", was.into(), is.into());
            }
        }
        let held = |group: Option<&Group>| -> Vec<HeldLicense> {
            let all = group.iter().flat_map(|group| &group.licenses);
            all.map(|own| HeldLicense {
                sku: own.sku.clone(),
                from: None,
                disabled: list(own.disabled.iter().map(Symbol::shared)),
            })
            .collect()
        };
        self.licenses("Group", name, &held(met.was()), &held(met.now()));
    }

    fn user(&mut self, met: Met<User>) {
        let upn = &met.known().upn;
        match met {
            Met::Added(_) => self.add("User", upn, "Added"),
            Met::Gone(_) => self.add("User", upn, "Gone"),
            Met::Other(was, now) => self.profile(was, now),
        }
        let held = |user: Option<&User>| -> Vec<HeldLicense> {
            let all = user.iter().flat_map(|user| user.licenses.iter());
            all.map(|own| HeldLicense {
                sku: own.sku.clone(),
                from: Some(match own.group {
                    Some(group) => self.group_name(group),
                    None => "Direct".into(),
                }),
                disabled: list(own.disabled.iter().map(Symbol::shared)),
            })
            .collect()
        };
        let (had, has) = (held(met.was()), held(met.now()));
        self.licenses("User", upn, &had, &has);
    }

    /// All that a user shows but licenses, of which each is told by itself.
    fn profile(&mut self, was: &User, now: &User) {
        for (index, property) in now.properties().iter().enumerate() {
            match *property {
                "Licenses" => {}
                "Deleted" if was.deleted.is_some() != now.deleted.is_some() => {
                    let what = match now.deleted {
                        Some(_) => "Deleted",
                        None => "Restored",
                    };
                    self.add("User", &now.upn, what);
                }
                "Groups" => {
                    let names =
                        |user: &User| list(user.groups.iter().map(|id| self.group_name(*id)));
                    let (was, is) = (names(was), names(now));
                    self.altered("User", &now.upn, property, was, is);
                }
                _ => {
                    let was = was.property(property).unwrap_or_default();
                    self.altered("User", &now.upn, property, was, now.at(index));
                }
            }
        }
        if was.data != now.data {
            self.add("User", &now.upn, "Altered");
            if let Some(last) = self.all.last_mut() {
                last.property = Some("Data");
            }
        }
    }

    fn group_name(&self, id: Uuid) -> Arc<str> {
        match self.now.group(id).or_else(|| self.was.group(id)) {
            Some(group) => group.name.shared(),
            None => id.to_string().into(),
        }
    }

    fn licenses(
        &mut self,
        kind: &'static str,
        name: &str,
        had: &[HeldLicense],
        has: &[HeldLicense],
    ) {
        let mut add = |what, held: &HeldLicense, property, was, now| {
            self.all.push(Difference {
                name: name.to_owned(),
                kind,
                what,
                sku: Some(held.sku.shared()),
                property,
                was,
                now,
            });
        };
        for lost in had
            .iter()
            .filter(|own| !has.iter().any(|other| own.is(other)))
        {
            add("Lost", lost, None, lost.from.clone().into(), Value::Null);
        }
        for own in has {
            match had.iter().find(|other| own.is(other)) {
                None => add("Gained", own, None, Value::Null, own.from.clone().into()),
                Some(other) if other.disabled.to_text() != own.disabled.to_text() => {
                    let (was, now) = (other.disabled.clone(), own.disabled.clone());
                    add("Altered", own, Some("DisabledPlans"), was, now);
                }
                Some(_) => {}
            }
        }
    }
}

/// Names in the order of the alphabet: which one is written first says nothing.
fn list<T: Into<Arc<str>>>(names: impl Iterator<Item = T>) -> Value {
    let mut names: Vec<Arc<str>> = names.map(Into::into).collect();
    names.sort();
    Value::list(names.into_iter().map(Value::Text).collect())
}
