//! Licenses of one user: which changes it takes to remove, add, set or copy them.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::change::{LicenseImage, UserFields};
use super::edit::same_set;
use super::find::{join, user_not_found};
use super::plans::PlanSet;
use super::{
    Assignment, Change, Decision, LicenseOutcome, Location, OutcomeKind, Product, Symbol, Tenant,
    User,
};
use crate::diagnostic::{Category, Diagnostic};

/// A product asked for, with the names of the plans to switch off in it.
type Wanted<'a> = (&'a Arc<Product>, Vec<Symbol>);

/// What is to go.
#[derive(Clone, Copy, Debug)]
pub enum Removal<'a> {
    /// Every direct license (R8).
    All,
    /// These products, by their keys.
    Skus(&'a [Symbol]),
}

/// What is to come.
#[derive(Clone, Copy, Debug, Default)]
pub struct Addition<'a> {
    /// The products, by their keys.
    pub skus: &'a [Symbol],
    /// Plans to switch off, as [`Tenant::find_plan`] takes them; each in every product that has it.
    pub disabled_plans: &'a [String],
    /// Set in the same step (R15).
    pub usage_location: Option<Location>,
    /// Whether the plans of a license that is already held become those asked for (R20).
    pub reset_plans: bool,
}

impl Tenant {
    /// Removes direct licenses of a user (R6-R8, R10-R13).
    ///
    /// # Errors
    /// `UserNotFound`; with `strict`, `NotHeld` and `InheritedLicense` too.
    pub fn remove_licenses(
        &self,
        user: Uuid,
        removal: Removal<'_>,
        strict: bool,
        now: Timestamp,
    ) -> Result<Decision, Diagnostic> {
        let user = self.live_user(user)?;
        let mut step = Step::new(self, user);
        match removal {
            Removal::All => {
                // R8
                if user.licenses.is_empty() {
                    let row = LicenseOutcome::without_sku(user, OutcomeKind::NotHeld);
                    step.outcomes.push(row.because("the user holds no license"));
                }
                for assignment in user.licenses.iter() {
                    match assignment.group {
                        None => step.remove(&assignment.sku, OutcomeKind::Removed),
                        Some(_) => step.skip_inherited(assignment),
                    }
                }
            }
            Removal::Skus(skus) => {
                for sku in distinct(skus) {
                    let product = self.owned(sku)?;
                    let held: Vec<_> = user.licenses.iter().filter(|own| own.sku == *sku).collect();
                    let direct = held.iter().any(|own| own.group.is_none());
                    if strict && !direct {
                        return Err(self.not_removable(user, product, &held));
                    }
                    if direct {
                        step.remove(sku, OutcomeKind::Removed);
                    }
                    for inherited in held.iter().filter(|own| own.group.is_some()) {
                        step.skip_inherited(inherited);
                    }
                    if held.is_empty() {
                        // R11
                        let row = LicenseOutcome::new(user, product, OutcomeKind::NotHeld);
                        step.outcomes.push(row.because("the user doesn't hold it"));
                    }
                }
            }
        }
        Ok(step.finish(now))
    }

    /// Adds direct licenses to a user, with all plans on but those switched off (R15, R20).
    ///
    /// # Errors
    /// `UserNotFound`, `UnknownSku`, `UnknownPlan`. Whether there is a seat and the rest is asked on admission.
    pub fn add_licenses(
        &self,
        user: Uuid,
        addition: Addition<'_>,
        now: Timestamp,
    ) -> Result<Decision, Diagnostic> {
        let user = self.live_user(user)?;
        let mut step = Step::new(self, user);
        let wanted = self.wanted(addition.skus, addition.disabled_plans)?;
        if let Some(location) = addition.usage_location {
            step.locate(location);
        }
        for (product, disabled) in wanted {
            step.add(product, disabled, addition.reset_plans);
        }
        Ok(step.finish(now))
    }

    /// Makes a user's direct licenses exactly these, in one step (R9).
    ///
    /// Plans that are off in a license that goes are off in one that comes, where it has them.
    ///
    /// # Errors
    /// As [`Tenant::add_licenses`].
    pub fn set_licenses(
        &self,
        user: Uuid,
        addition: Addition<'_>,
        now: Timestamp,
    ) -> Result<Decision, Diagnostic> {
        let user = self.live_user(user)?;
        let mut step = Step::new(self, user);
        let wanted = self.wanted(addition.skus, addition.disabled_plans)?;
        if let Some(location) = addition.usage_location {
            step.locate(location);
        }
        let is_wanted = |own: &Assignment| wanted.iter().any(|(product, _)| product.sku == own.sku);
        let is_new = |product: &Product| !user.direct().any(|own| own.sku == product.sku);
        let replaces = wanted.iter().any(|(product, _)| is_new(product));
        let going: Vec<_> = user.direct().filter(|own| !is_wanted(own)).collect();
        // R9: what was switched off stays off.
        let off: Vec<&Symbol> = going.iter().flat_map(|own| own.disabled.iter()).collect();
        for assignment in user.licenses.iter() {
            if assignment.group.is_some() {
                if !is_wanted(assignment) {
                    step.skip_inherited(assignment);
                }
            } else if !is_wanted(assignment) {
                let kind = match replaces {
                    true => OutcomeKind::Replaced,
                    false => OutcomeKind::Removed,
                };
                step.remove(&assignment.sku, kind);
            }
        }
        for (product, mut disabled) in wanted {
            if is_new(product) && !addition.reset_plans {
                let kept = product
                    .plans
                    .iter()
                    .filter(|plan| off.contains(&&plan.name));
                disabled.extend(kept.map(|plan| plan.name.clone()));
                disabled.sort();
                disabled.dedup();
            }
            step.add(product, disabled, addition.reset_plans);
        }
        if step.outcomes.is_empty() {
            let row = LicenseOutcome::without_sku(user, OutcomeKind::NotHeld);
            step.outcomes.push(row.because("the user holds no license"));
        }
        Ok(step.finish(now))
    }

    /// Gives a user the direct licenses of another, with the same plans switched off.
    ///
    /// `inherited` makes direct ones of what the other has through groups; else those are skipped and named.
    ///
    /// # Errors
    /// `UserNotFound`.
    pub fn copy_licenses(
        &self,
        from: Uuid,
        to: Uuid,
        inherited: bool,
        usage_location: Option<Location>,
        now: Timestamp,
    ) -> Result<Decision, Diagnostic> {
        let (source, user) = (self.live_user(from)?, self.live_user(to)?);
        let mut step = Step::new(self, user);
        if let Some(location) = usage_location {
            step.locate(location);
        }
        if source.licenses.is_empty() {
            let row = LicenseOutcome::without_sku(user, OutcomeKind::NotHeld);
            step.outcomes
                .push(row.because(format!("{} holds no license", source.upn)));
        }
        for assignment in source.licenses.iter() {
            let product = self.owned(&assignment.sku)?;
            match assignment.group {
                Some(group) if !inherited => {
                    let row = LicenseOutcome::new(user, product, OutcomeKind::SkippedInherited);
                    step.outcomes.push(row.because(format!(
                        "{} inherits it from the group {}",
                        source.upn,
                        self.group_name(group)
                    )));
                }
                // The second assignment of the same product adds nothing.
                Some(_)
                    if step
                        .licenses
                        .iter()
                        .any(|own| own.sku == product.sku && own.group.is_none()) => {}
                _ => step.add(product, assignment.disabled.to_vec(), false),
            }
        }
        Ok(step.finish(now))
    }

    /// Switches plans of a direct license off, or on again.
    ///
    /// # Errors
    /// `UserNotFound`, `UnknownSku`, `UnknownPlan`, `NotHeld`; `InheritedLicense` where it comes through a group only.
    pub fn switch_plans(
        &self,
        user: Uuid,
        sku: &Symbol,
        plans: &[String],
        on: bool,
        now: Timestamp,
    ) -> Result<Decision, Diagnostic> {
        let user = self.live_user(user)?;
        let product = self.owned(sku)?;
        let mut names = Vec::new();
        for text in plans {
            names.push(self.find_plan(product, text)?.name.clone());
        }
        let held: Vec<_> = user.licenses.iter().filter(|own| own.sku == *sku).collect();
        let Some(own) = held.iter().find(|own| own.group.is_none()) else {
            return Err(self.not_removable(user, product, &held));
        };
        let mut disabled = own.disabled.to_vec();
        if on {
            disabled.retain(|name| !names.contains(name));
        } else {
            disabled.extend(names);
            disabled.sort();
            disabled.dedup();
        }
        let mut step = Step::new(self, user);
        step.switch(product, None, disabled);
        Ok(step.finish(now))
    }

    /// A user who isn't deleted.
    pub(super) fn live_user(&self, id: Uuid) -> Result<&Arc<User>, Diagnostic> {
        let user = self
            .user(id)
            .ok_or_else(|| user_not_found(&id.to_string()))?;
        if user.deleted.is_some() {
            return Err(Diagnostic::new(
                "UserNotFound",
                Category::NotFound,
                format!("{} is deleted", user.upn),
            )
            .about(&*user.upn)
            .hint(format!("Restore-User {}", user.upn)));
        }
        Ok(user)
    }

    pub(super) fn owned(&self, sku: &Symbol) -> Result<&Arc<Product>, Diagnostic> {
        match self.product(sku) {
            Some(product) => Ok(product),
            None => self.find_product(sku),
        }
    }

    pub(super) fn group_name(&self, id: Uuid) -> String {
        match self.group(id) {
            Some(group) => group.name.to_string(),
            None => id.to_string(),
        }
    }

    /// The products asked for, each once, with the plans to switch off in it.
    fn wanted(&self, skus: &[Symbol], plans: &[String]) -> Result<Vec<Wanted<'_>>, Diagnostic> {
        let mut wanted = Vec::new();
        for sku in distinct(skus) {
            wanted.push((self.owned(sku)?, Vec::new()));
        }
        for text in plans {
            let mut refusal = None;
            let mut found = false;
            for (product, disabled) in &mut wanted {
                match self.find_plan(product, text) {
                    Ok(plan) => {
                        disabled.push(plan.name.clone());
                        found = true;
                    }
                    Err(why) => refusal = Some(why),
                }
            }
            if let (false, Some(why)) = (found, refusal) {
                return Err(why);
            }
        }
        for (_, disabled) in &mut wanted {
            disabled.sort();
            disabled.dedup();
        }
        Ok(wanted)
    }

    /// Why a user has no direct license of a product to work on (R10, R11).
    fn not_removable(&self, user: &User, product: &Product, held: &[&Assignment]) -> Diagnostic {
        let groups = join(
            held.iter()
                .filter_map(|own| own.group)
                .map(|id| self.group_name(id)),
        );
        if groups.is_empty() {
            return Diagnostic::new(
                "NotHeld",
                Category::Rule,
                format!("{} doesn't hold {}", user.upn, self.title(&product.sku)),
            )
            .about(&*user.upn)
            .hint(format!("Get-License {} lists what is held", user.upn));
        }
        self.inherited(user, &product.sku, &groups)
    }

    pub(super) fn inherited(&self, user: &User, sku: &Symbol, groups: &str) -> Diagnostic {
        Diagnostic::new(
            "InheritedLicense",
            Category::Rule,
            format!(
                "{} inherits {} from the group {groups}",
                user.upn,
                self.title(sku)
            ),
        )
        .about(&*user.upn)
        .hint(format!(
            "take the user out of the group: Remove-GroupMember {} -Member {}",
            quoted(groups),
            user.upn
        ))
    }
}

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

    fn remove(&mut self, sku: &Symbol, kind: OutcomeKind) {
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
        // R12: direct and inherited take one seat together.
        let freed = effective
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
        if let Some(row) = self.row(&new.sku, OutcomeKind::Added) {
            row.reason = match new.error {
                Some(error) => reason.map(|reason| format!("{reason}, with the error {error:?}")),
                None => reason,
            };
        }
        self.licenses.push(new);
    }

    pub fn skip_inherited(&mut self, assignment: &Assignment) {
        // R10
        let Some(group) = assignment.group else {
            return;
        };
        let name = self.tenant.group_name(group);
        if let Some(row) = self.row(&assignment.sku, OutcomeKind::SkippedInherited) {
            row.reason = Some(format!("inherited from the group {name}"));
        }
    }

    fn locate(&mut self, location: Location) {
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

    fn add(&mut self, product: &Product, disabled: Vec<Symbol>, reset: bool) {
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
            row.plans_lost = table.names(&gave.minus(&after));
            for (service, consequence) in &aftermath.consequences {
                if table.gives(gave, *service) {
                    row.consequences.push(consequence.clone());
                    if matches!(consequence, super::Consequence::MailboxDisconnected { .. }) {
                        row.data_held_until = aftermath.held_until;
                    }
                }
            }
        }
        self.changes.extend(aftermath.changes);
        Decision {
            changes: self.changes,
            outcomes: self.outcomes,
            warnings: Vec::new(),
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

/// A name as a command takes it.
pub(super) fn quoted(name: &str) -> String {
    if name.contains(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '.' | '@')) {
        format!("'{}'", name.replace('\'', "''"))
    } else {
        name.to_string()
    }
}

fn distinct(skus: &[Symbol]) -> impl Iterator<Item = &Symbol> {
    let mut seen = Vec::new();
    skus.iter().filter(move |sku| {
        let new = !seen.contains(sku);
        seen.push(sku);
        new
    })
}
