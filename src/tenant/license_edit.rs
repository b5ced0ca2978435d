//! One user's licenses while a request about them is decided.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::apply_change::same_set;
use super::change::{LicenseImage, UserFields};
use super::lookup::join;
use super::plans::PlanSet;
use super::{
    Assignment, AssignmentError, Change, Consequence, Decision, LicenseOutcome, Location,
    OutcomeKind, Product, Symbol, Tenant, User,
};

/// One user's licenses while they are being decided: what is held after each part of the request.
pub(super) struct Step<'a> {
    tenant: &'a Tenant,
    user: &'a User,
    pub licenses: Vec<Assignment>,
    changes: Vec<Change>,
    pub outcomes: Vec<LicenseOutcome>,
    /// For each row that changes something: the plans its license gave.
    gave: Vec<(usize, PlanSet)>,
}

impl<'a> Step<'a> {
    pub fn new(tenant: &'a Tenant, user: &'a User) -> Self {
        Self {
            tenant,
            user,
            licenses: user.licenses.to_vec(),
            changes: Vec::new(),
            outcomes: Vec::new(),
            gave: Vec::new(),
        }
    }

    fn row(&mut self, sku: &Symbol, kind: OutcomeKind) -> Option<&mut LicenseOutcome> {
        let product = self.tenant.product(sku)?;
        self.outcomes
            .push(LicenseOutcome::new(self.user, product, kind));
        self.outcomes.last_mut()
    }

    pub fn remove(&mut self, sku: &Symbol, kind: OutcomeKind) {
        self.drop_license(sku, None, kind);
    }

    /// Takes away the direct license, or the one of a group.
    pub fn drop_license(&mut self, sku: &Symbol, group: Option<Uuid>, kind: OutcomeKind) {
        let held = |own: &Assignment| own.sku == *sku && own.group == group;
        let Some(index) = self.licenses.iter().position(held) else {
            return;
        };
        let own = self.licenses.remove(index);
        let gave = self.tenant.plan_table().of(&own);
        let effective = own.is_effective();
        self.changes.push(Change::LicenseRemoved {
            user: self.user.id,
            sku: own.sku,
            group,
            was: LicenseImage {
                disabled: own.disabled,
                error: own.error,
            },
        });
        // R12: direct and inherited take one seat together. R23: a deleted user takes none.
        let freed = effective
            && self.user.deleted.is_none()
            && !self
                .licenses
                .iter()
                .any(|own| own.sku == *sku && own.is_effective());
        if let Some(row) = self.row(sku, kind) {
            row.seat_freed = freed;
            self.gave.push((self.outcomes.len() - 1, gave));
        }
    }

    /// Gives a license, or only records why a group's doesn't arrive.
    pub fn give(&mut self, new: Assignment) {
        self.changes.push(Change::LicenseAssigned {
            user: self.user.id,
            sku: new.sku.clone(),
            group: new.group,
            disabled: Arc::clone(&new.disabled),
            error: new.error,
        });
        let reason = new
            .group
            .map(|id| format!("inherited from the group {}", self.tenant.group_name(id)));
        // R37: one that did not arrive gives nothing and takes no seat.
        let kind = match new.is_effective() {
            true => OutcomeKind::Added,
            false => OutcomeKind::NotHeld,
        };
        if let Some(row) = self.row(&new.sku, kind) {
            row.reason = match new.error {
                Some(error) => reason.map(|reason| format!("{reason}, with the error {error:?}")),
                None => reason,
            };
        }
        self.licenses.push(new);
    }

    pub fn error(&mut self, sku: &Symbol, group: Uuid, now: Option<AssignmentError>) {
        let held = |own: &&mut Assignment| own.sku == *sku && own.group == Some(group);
        let Some(own) = self.licenses.iter_mut().find(held) else {
            return;
        };
        let was = std::mem::replace(&mut own.error, now);
        if was != now {
            self.changes.push(Change::LicenseErrorChanged {
                user: self.user.id,
                sku: sku.clone(),
                group,
                was,
                now,
            });
        }
        let name = self.tenant.group_name(group);
        let arrived = |error: Option<AssignmentError>| error.is_none_or(AssignmentError::is_active);
        let kind = match now {
            _ if arrived(was) && arrived(now) && was == now => OutcomeKind::AlreadyHeld,
            _ if arrived(was) && arrived(now) => OutcomeKind::ErrorChanged,
            None => OutcomeKind::Added,
            Some(_) if arrived(was) => OutcomeKind::Removed,
            Some(_) if was != now => OutcomeKind::ErrorChanged,
            Some(_) => OutcomeKind::NotHeld,
        };
        if let Some(row) = self.row(sku, kind) {
            row.reason = Some(match now {
                None => format!("inherited from the group {name}"),
                Some(error) => format!("the license of the group {name} has the error {error:?}"),
            });
        }
    }

    pub fn skip_inherited(&mut self, assignment: &Assignment) {
        // R10
        let Some(group) = assignment.group else {
            return;
        };
        let name = self.tenant.group_name(group);
        // R37: one that did not arrive isn't held, and there is nothing to skip.
        let (kind, reason) = match assignment.error.filter(|_| !assignment.is_effective()) {
            None => (
                OutcomeKind::SkippedInherited,
                format!("inherited from the group {name}"),
            ),
            Some(error) => (
                OutcomeKind::NotHeld,
                format!("the license of the group {name} did not arrive: {error:?}"),
            ),
        };
        if let Some(row) = self.row(&assignment.sku, kind) {
            row.reason = Some(reason);
        }
    }

    pub fn not_held(&mut self, product: &Product) {
        // R11
        let row = LicenseOutcome::new(self.user, product, OutcomeKind::NotHeld);
        self.outcomes.push(row.because("the user doesn't hold it"));
    }

    pub fn locate(&mut self, location: Location) {
        // R15
        if self.user.usage_location == Some(location) {
            return;
        }
        self.changes.push(Change::UserEdited {
            user: self.user.id,
            was: Box::new(UserFields {
                usage_location: self.user.usage_location,
                ..UserFields::default()
            }),
            now: Box::new(UserFields {
                usage_location: Some(location),
                ..UserFields::default()
            }),
        });
    }

    pub fn add(&mut self, product: &Product, disabled: Vec<Symbol>, reset: bool) {
        let held = |own: &&Assignment| own.sku == product.sku && own.group.is_none();
        let Some(own) = self.licenses.iter().find(held) else {
            self.give(Assignment {
                disabled: disabled.into(),
                ..Assignment::direct(product.sku.clone())
            });
            return;
        };
        // R20: what is off stays off, unless all is to be set anew.
        let mut next = disabled;
        if !reset {
            next.extend(own.disabled.iter().cloned());
            next.sort();
            next.dedup();
        }
        self.switch(product, None, next);
    }

    /// Makes these the plans of a license that are off.
    pub fn switch(&mut self, product: &Product, group: Option<Uuid>, disabled: Vec<Symbol>) {
        let held = |own: &&mut Assignment| own.sku == product.sku && own.group == group;
        let Some(own) = self.licenses.iter_mut().find(held) else {
            return;
        };
        if same_set(&own.disabled, &disabled) {
            let row = LicenseOutcome::new(self.user, product, OutcomeKind::AlreadyHeld);
            self.outcomes.push(row.because("nothing is to be changed"));
            return;
        }
        let table = self.tenant.plan_table();
        let gave = table.of(own);
        let was = std::mem::replace(&mut own.disabled, disabled.into());
        let now = Arc::clone(&own.disabled);
        let row = LicenseOutcome::new(self.user, product, OutcomeKind::PlansSwitched);
        self.outcomes.push(row.because(describe_switch(&was, &now)));
        self.gave.push((self.outcomes.len() - 1, gave));
        self.changes.push(Change::PlansSwitched {
            user: self.user.id,
            sku: product.sku.clone(),
            group,
            was,
            now,
        });
    }

    /// The decision: with what is really lost on each row, judged on the final set (R7, R13).
    pub fn finish(mut self, now: Timestamp) -> Decision {
        let table = self.tenant.plan_table();
        let after = table.active(&self.licenses);
        let aftermath = self.tenant.aftermath(self.user, &self.licenses, now);
        for (index, gave) in &self.gave {
            let Some(row) = self.outcomes.get_mut(*index) else {
                continue;
            };
            row.plans_lost = table.names(&table.lost(gave, &after));
            for (service, consequence) in &aftermath.consequences {
                if table.gives(gave, *service) {
                    row.consequences.push(consequence.clone());
                    if matches!(consequence, Consequence::MailboxDisconnected { .. }) {
                        row.data_held_until = aftermath.held_until;
                    }
                }
            }
        }
        self.changes.extend(aftermath.changes);
        // What changes is told by a row.
        let is_told = self.outcomes.iter().any(|row| row.kind.changes());
        if !is_told
            && let Some(row) = self.outcomes.first_mut()
            && let Some(Change::UserEdited { now, .. }) = self.changes.first()
            && let Some(location) = now.usage_location
        {
            row.kind = OutcomeKind::LocationChanged;
            let held = row.reason.take().unwrap_or_default();
            row.reason = Some(format!("{held}; the usage location becomes {location}"));
        }
        Decision {
            changes: self.changes,
            outcomes: self.outcomes,
            ..Decision::default()
        }
    }
}

/// `off: A, B; on: C`.
pub(super) fn describe_switch(was: &[Symbol], now: &[Symbol]) -> String {
    let minus = |a: &[Symbol], b: &[Symbol]| join(a.iter().filter(|name| !b.contains(name)));
    let (off, on) = (minus(now, was), minus(was, now));
    match (off.is_empty(), on.is_empty()) {
        (false, true) => format!("off: {off}"),
        (true, false) => format!("on: {on}"),
        _ => format!("off: {off}; on: {on}"),
    }
}
