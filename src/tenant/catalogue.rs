//! Microsoft's common SKUs, their plans and the rules between plans: built in, read when first asked for.

use std::collections::HashMap;
use std::sync::OnceLock;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{AppliesTo, Location, Plan, Product, Symbol};

/// The day on which the facts were gathered.
pub const DATE: &str = "2026-11-24";

/// The built-in facts.
pub struct Catalogue {
    skus: Vec<Sku>,
    plans: HashMap<&'static str, (Uuid, Option<&'static str>)>,
}

/// A product as Microsoft sells it, owned by the tenant or not.
pub struct Sku {
    pub part_number: &'static str,
    pub id: Uuid,
    pub name: &'static str,
    plans: &'static str,
}

/// How sure a fact is; only what is confirmed refuses anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    Confirmed,
    Unconfirmed,
}

/// A rule between plans, by their ids.
pub enum Rule {
    /// At most one of these for one user (R17).
    Exclusive {
        name: &'static str,
        plans: Vec<Uuid>,
        certainty: Certainty,
    },
    /// The plan works only beside one of these (R14, R18).
    Needs {
        plan: Uuid,
        any: Vec<Uuid>,
        certainty: Certainty,
    },
    /// Each of these plans gives the service.
    Service { service: Service, plans: Vec<Uuid> },
    /// One service, cut to products of different size: who has one of them off has it off in all.
    Editions { plans: Vec<Uuid> },
    /// These plans, or all, aren't offered in these places (R19).
    Prohibited {
        locations: Vec<Location>,
        plans: Option<Vec<Uuid>>,
        certainty: Certainty,
    },
}

/// What is at stake when the last plan for it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    Mailbox,
    /// Litigation hold and archive.
    Hold,
    OneDrive,
    /// Installed Office apps.
    Office,
    /// A calling plan with its phone number.
    Calling,
}

/// A span of time that something is kept or stays in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// A soft-deleted user can be restored (R24, R26).
    DeletedUser,
    /// A disconnected mailbox is held (R27).
    Mailbox,
    /// A mailbox goes on working, where the tenant opted in (R27).
    DelicensingResiliency,
    /// OneDrive of a deleted user, before the recycle bin (R30).
    OnedriveOfDeletedUser,
    OnedriveRecycleBin,
    /// From losing the license until OneDrive can only be read (R31).
    OnedriveReadOnly,
    OnedriveArchived,
    /// From expiry until a subscription is disabled, and from then until it is deleted (R35).
    SubscriptionExpired,
    SubscriptionDisabled,
}

impl Clock {
    /// Days of 24 hours.
    pub fn days(self) -> i64 {
        static DAYS: OnceLock<HashMap<&'static str, i64>> = OnceLock::new();
        let days = DAYS.get_or_init(|| {
            rows(include_str!("../../data/clocks.csv"))
                .filter_map(|row| Some((*row.first()?, row.get(1)?.parse().ok()?)))
                .collect()
        });
        let name = match self {
            Clock::DeletedUser => "deleted_user",
            Clock::Mailbox => "mailbox",
            Clock::DelicensingResiliency => "delicensing_resiliency",
            Clock::OnedriveOfDeletedUser => "onedrive_of_deleted_user",
            Clock::OnedriveRecycleBin => "onedrive_recycle_bin",
            Clock::OnedriveReadOnly => "onedrive_read_only",
            Clock::OnedriveArchived => "onedrive_archived",
            Clock::SubscriptionExpired => "subscription_expired",
            Clock::SubscriptionDisabled => "subscription_disabled",
        };
        days.get(name).copied().unwrap_or(30)
    }

    /// When it runs out that began then.
    pub fn from(self, start: impl Into<Timestamp>) -> Timestamp {
        let start = start.into();
        start
            .checked_add(SignedDuration::from_hours(24 * self.days()))
            .unwrap_or(Timestamp::MAX)
    }
}

/// A number that decides, as Microsoft sets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Seats of products with Exchange above which a tenant may opt in to delicensing resiliency (R27).
    DelicensingResiliencySeats,
    /// Up to this size a shared mailbox needs no license (R32a).
    SharedMailboxMb,
}

impl Limit {
    pub fn value(self) -> u64 {
        let name = match self {
            Limit::DelicensingResiliencySeats => "delicensing_resiliency_seats",
            Limit::SharedMailboxMb => "shared_mailbox_mb",
        };
        rows(include_str!("../../data/limits.csv"))
            .find(|row| row.first() == Some(&name))
            .and_then(|row| row.get(1)?.parse().ok())
            .unwrap_or(u64::MAX)
    }
}

impl Catalogue {
    pub fn get() -> &'static Catalogue {
        static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
        CATALOGUE.get_or_init(|| Catalogue {
            skus: rows(include_str!("../../data/skus.csv"))
                .filter_map(|row| match row[..] {
                    [part_number, id, name, plans] => Some(Sku {
                        part_number,
                        id: Uuid::parse_str(id).ok()?,
                        name,
                        plans,
                    }),
                    _ => None,
                })
                .collect(),
            plans: rows(include_str!("../../data/plans.csv"))
                .filter_map(|row| match row[..] {
                    [name, id, title] => Some((
                        name,
                        (
                            Uuid::parse_str(id).ok()?,
                            (!title.is_empty()).then_some(title),
                        ),
                    )),
                    _ => None,
                })
                .collect(),
        })
    }

    pub fn skus(&self) -> &[Sku] {
        &self.skus
    }

    /// Those that answer to a part number, GUID or display name, any case (R22a).
    pub fn named<'a>(&'a self, text: &str) -> impl Iterator<Item = &'a Sku> {
        let id = Uuid::try_parse(text.trim()).ok();
        let wanted = text.trim().to_lowercase();
        self.skus.iter().filter(move |sku| {
            id == Some(sku.id)
                || sku.part_number.to_lowercase() == wanted
                || sku.name.to_lowercase() == wanted
        })
    }

    /// A product without subscriptions, made of the facts.
    pub fn product(&self, sku: &Sku) -> Product {
        Product {
            sku: Symbol::new(sku.part_number),
            sku_id: sku.id,
            part_number: None,
            name: Symbol::new(sku.name),
            applies_to: AppliesTo::User,
            subscriptions: Vec::new(),
            outside: 0,
            plans: sku
                .plans
                .split('|')
                .filter_map(|name| {
                    let (id, title) = self.plans.get(name)?;
                    Some(Plan {
                        name: Symbol::new(name),
                        id: *id,
                        title: title.map(Symbol::new),
                        applies_to: AppliesTo::User,
                    })
                })
                .collect(),
        }
    }

    /// The rules between plans.
    pub fn rules(&self) -> Vec<Rule> {
        let ids = |names: &str| -> Vec<Uuid> {
            names
                .split('|')
                .filter_map(|name| self.plans.get(name).map(|(id, _)| *id))
                .collect()
        };
        rows(include_str!("../../data/rules.csv"))
            .filter_map(|row| {
                let [rule, subject, plans, certainty] = row[..] else {
                    return None;
                };
                let certainty = match certainty {
                    "confirmed" => Certainty::Confirmed,
                    _ => Certainty::Unconfirmed,
                };
                Some(match rule {
                    "exclusive" => Rule::Exclusive {
                        name: subject,
                        plans: ids(plans),
                        certainty,
                    },
                    "needs" => Rule::Needs {
                        plan: self.plans.get(subject)?.0,
                        any: ids(plans),
                        certainty,
                    },
                    "service" => Rule::Service {
                        service: match subject {
                            "mailbox" => Service::Mailbox,
                            "hold" => Service::Hold,
                            "onedrive" => Service::OneDrive,
                            "office" => Service::Office,
                            "calling" => Service::Calling,
                            _ => return None,
                        },
                        plans: ids(plans),
                    },
                    "editions" => Rule::Editions { plans: ids(plans) },
                    "prohibited" => Rule::Prohibited {
                        locations: subject.split('|').filter_map(Location::new).collect(),
                        plans: (plans != "*").then(|| ids(plans)),
                        certainty,
                    },
                    _ => return None,
                })
            })
            .collect()
    }
}

/// The rows below the header. The files quote nothing: a cell holds no comma.
fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().skip(1).map(|line| line.split(',').collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_every_plan_is_known() {
        let catalogue = Catalogue::get();
        assert_eq!(catalogue.skus().len(), 66);
        for sku in catalogue.skus() {
            let product = catalogue.product(sku);
            assert_eq!(
                product.plans.len(),
                sku.plans.split('|').count(),
                "{}",
                sku.part_number
            );
        }
        let lines = include_str!("../../data/plans.csv").lines().count() - 1;
        assert_eq!(catalogue.plans.len(), lines);
        assert_eq!(catalogue.rules().len(), 40);
        for rule in catalogue.rules() {
            match rule {
                Rule::Editions { plans } => assert!(plans.len() > 1),
                Rule::Exclusive { plans, name, .. } => assert!(plans.len() > 1, "{name}"),
                Rule::Needs { any, .. } => assert!(!any.is_empty()),
                Rule::Service { plans, .. } => assert!(!plans.is_empty()),
                Rule::Prohibited { locations, .. } => assert!(!locations.is_empty()),
            }
        }
        assert_eq!(Clock::OnedriveArchived.days(), 93);
        assert_eq!(Limit::SharedMailboxMb.value(), 51_200);
        assert_eq!(Limit::DelicensingResiliencySeats.value(), 5_000);
    }
}
