//! Licenses of one user: which changes it takes to remove, add, set or copy them.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::license_edit::Step;
use super::lookup::{join, user_not_found};
use super::{
    Assignment, Decision, LicenseOutcome, Location, OutcomeKind, Product, Symbol, Tenant, User,
};
use crate::diagnostic::{Category, Diagnostic};

/// A product asked for, with the names of the plans to switch off in it.
pub(super) type Wanted<'a> = (&'a Arc<Product>, Vec<Symbol>);

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
                        step.not_held(product);
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
                // R9: what was switched off stays off.
                disabled.extend(self.plan_table().stays_off(&going, &product.sku));
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
                Some(group) if !assignment.is_effective() => {
                    let row = LicenseOutcome::new(user, product, OutcomeKind::NotHeld);
                    step.outcomes.push(row.because(format!(
                        "{} doesn't hold it: the license of the group {} did not arrive",
                        source.upn,
                        self.group_name(group)
                    )));
                }
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

    /// Switches plans of a direct license off, or on again; one that comes through a group only is skipped and named
    /// (R10), and one that isn't held is told (R11).
    ///
    /// # Errors
    /// `UserNotFound`, `UnknownSku`, `UnknownPlan`.
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
        let mut step = Step::new(self, user);
        let Some(own) = held.iter().find(|own| own.group.is_none()) else {
            for inherited in &held {
                step.skip_inherited(inherited);
            }
            if held.is_empty() {
                step.not_held(product);
            }
            return Ok(step.finish(now));
        };
        let mut disabled = own.disabled.to_vec();
        if on {
            disabled.retain(|name| !names.contains(name));
        } else {
            disabled.extend(names);
            disabled.sort();
            disabled.dedup();
        }
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
    pub(super) fn wanted(
        &self,
        skus: &[Symbol],
        plans: &[String],
    ) -> Result<Vec<Wanted<'_>>, Diagnostic> {
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
    pub(super) fn not_removable(
        &self,
        user: &User,
        product: &Product,
        held: &[&Assignment],
    ) -> Diagnostic {
        let groups: Vec<_> = held
            .iter()
            .filter(|own| own.is_effective())
            .filter_map(|own| own.group)
            .collect();
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

    pub(super) fn inherited(&self, user: &User, sku: &Symbol, groups: &[Uuid]) -> Diagnostic {
        Diagnostic::new(
            "InheritedLicense",
            Category::Rule,
            format!(
                "{} inherits {} from the group {}",
                user.upn,
                self.title(sku),
                join(groups.iter().map(|id| self.group_name(*id)))
            ),
        )
        .about(&*user.upn)
        .hint(self.way_out(user, sku, groups))
    }

    /// How a user loses what comes through groups, and who can do that.
    pub(super) fn way_out(&self, user: &User, sku: &Symbol, groups: &[Uuid]) -> String {
        let ways = groups.iter().filter_map(|id| self.group(*id)).map(|group| {
            let name = quoted(&group.name);
            let all =
                format!("Remove-GroupLicense {name} -Sku {sku} takes it from all its members");
            match &group.membership_rule {
                _ if group.synced => format!(
                    "the members of {} are changed on-premises only; {all}",
                    group.name
                ),
                Some(rule) => format!("{} gets its members by the rule {rule}; {all}", group.name),
                None => format!(
                    "take the user out of the group: Remove-GroupMember {name} -Member {}",
                    user.upn
                ),
            }
        });
        format!(
            "{} (a Groups, User or Global Administrator can)",
            ways.collect::<Vec<_>>().join("; ")
        )
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
