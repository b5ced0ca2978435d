//! Groups: their members, and the licenses that members inherit (R37, R38).

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::account::one;
use super::catalogue::Certainty;
use super::change::{Change, LicenseImage};
use super::license_edit::Step;
use super::plans::ViolationKind;
use super::{
    Assignment, AssignmentError, Decision, Group, GroupLicense, LicenseOutcome, OutcomeKind,
    Symbol, Tenant, User,
};
use crate::diagnostic::{Category, Diagnostic};

impl Tenant {
    /// # Errors
    /// `GroupExists` where a group has the name.
    pub fn new_group(&self, id: Uuid, name: &str) -> Result<Decision, Diagnostic> {
        let name = name.trim();
        if self.find_group(name).is_ok() {
            return Err(Diagnostic::new(
                "GroupExists",
                Category::Rule,
                format!("there is a group {name} already"),
            )
            .about(name)
            .hint("choose another name"));
        }
        Ok(one(Change::GroupAdded {
            now: Box::new(Group {
                id,
                name: Symbol::new(name),
                licenses: Vec::new(),
            }),
        }))
    }

    /// Deletes a group; its members leave it first. A licensed one is refused on admission (R38).
    ///
    /// # Errors
    /// `GroupNotFound`.
    pub fn remove_group(&self, group: Uuid) -> Result<Decision, Diagnostic> {
        let group = self.known_group(group)?;
        let members = self
            .users()
            .iter()
            .filter(|user| user.groups.contains(&group.id));
        let mut decision = Decision::default();
        decision
            .changes
            .extend(members.map(|user| Change::MemberRemoved {
                group: group.id,
                user: user.id,
            }));
        decision.changes.push(Change::GroupRemoved {
            was: Box::new((**group).clone()),
        });
        Ok(decision)
    }

    /// Makes a user a direct member, who inherits the group's licenses (R37). Nothing for one who is.
    ///
    /// # Errors
    /// `GroupNotFound`, `UserNotFound`.
    pub fn add_member(
        &self,
        group: Uuid,
        user: Uuid,
        now: Timestamp,
    ) -> Result<Decision, Diagnostic> {
        let (group, user) = (self.known_group(group)?, self.live_user(user)?);
        if user.groups.contains(&group.id) {
            return Ok(Decision::default());
        }
        let mut free = HashMap::new();
        let mut step = Step::new(self, user);
        for license in &group.licenses {
            self.inherit(&mut step, user, group.id, license, &mut free);
        }
        let mut decision = step.finish(now);
        decision.changes.insert(
            0,
            Change::MemberAdded {
                group: group.id,
                user: user.id,
            },
        );
        Ok(decision)
    }

    /// Takes a user out of a group, and with that what was inherited from it (R37).
    ///
    /// # Errors
    /// `GroupNotFound`, `UserNotFound`.
    pub fn remove_member(
        &self,
        group: Uuid,
        user: Uuid,
        now: Timestamp,
    ) -> Result<Decision, Diagnostic> {
        let (group, user) = (self.known_group(group)?, self.live_user(user)?);
        if !user.groups.contains(&group.id) {
            return Ok(Decision::default());
        }
        let mut step = Step::new(self, user);
        for own in user
            .licenses
            .iter()
            .filter(|own| own.group == Some(group.id))
        {
            step.drop_license(&own.sku, own.group, OutcomeKind::Removed);
        }
        let mut decision = step.finish(now);
        decision.changes.push(Change::MemberRemoved {
            group: group.id,
            user: user.id,
        });
        Ok(decision)
    }

    /// Gives a group a license, and its members with it: as long as there are seats, then in error (R37).
    ///
    /// # Errors
    /// `GroupNotFound`, `UnknownSku`, `UnknownPlan`, `AlreadyHeld`.
    pub fn add_group_license(
        &self,
        group: Uuid,
        sku: &Symbol,
        disabled_plans: &[String],
        now: Timestamp,
    ) -> Result<Decision, Diagnostic> {
        let (group, product) = (self.known_group(group)?, self.owned(sku)?);
        if group.licenses.iter().any(|own| own.sku == product.sku) {
            return Err(Diagnostic::new(
                "AlreadyHeld",
                Category::Rule,
                format!("the group {} has {} already", group.name, product.name),
            )
            .about(&*group.name)
            .hint(format!("Get-Group {} shows its licenses", group.name)));
        }
        let mut disabled = Vec::new();
        for text in disabled_plans {
            disabled.push(self.find_plan(product, text)?.name.clone());
        }
        disabled.sort();
        disabled.dedup();
        let license = GroupLicense {
            sku: product.sku.clone(),
            disabled,
        };
        let mut decision = one(Change::GroupLicenseAssigned {
            group: group.id,
            sku: license.sku.clone(),
            disabled: license.disabled.clone().into(),
        });
        let mut free = HashMap::new();
        for user in self.members(group.id) {
            let mut step = Step::new(self, user);
            self.inherit(&mut step, user, group.id, &license, &mut free);
            decision.append(step.finish(now));
        }
        Ok(decision)
    }

    /// Takes a license from a group and from all who inherited it.
    ///
    /// # Errors
    /// `GroupNotFound`, `UnknownSku`, `NotHeld`.
    pub fn remove_group_license(
        &self,
        group: Uuid,
        sku: &Symbol,
        now: Timestamp,
    ) -> Result<Decision, Diagnostic> {
        let (group, product) = (self.known_group(group)?, self.owned(sku)?);
        let Some(license) = group.licenses.iter().find(|own| own.sku == product.sku) else {
            return Err(Diagnostic::new(
                "NotHeld",
                Category::Rule,
                format!("the group {} doesn't have {}", group.name, product.name),
            )
            .about(&*group.name)
            .hint(format!("Get-Group {} shows its licenses", group.name)));
        };
        let mut decision = one(Change::GroupLicenseRemoved {
            group: group.id,
            sku: license.sku.clone(),
            was: LicenseImage {
                disabled: license.disabled.clone().into(),
                error: None,
            },
        });
        // Deleted users too: they must not come back with what nobody gives them.
        for user in self.users() {
            let inherits = |own: &Assignment| own.sku == product.sku && own.group == Some(group.id);
            if user.licenses.iter().any(inherits) {
                let mut step = Step::new(self, user);
                step.drop_license(&product.sku, Some(group.id), OutcomeKind::Removed);
                decision.append(step.finish(now));
            }
        }
        Ok(decision)
    }

    /// Works out anew what a user inherits: what is missing comes, what had an error is tried again (R37).
    ///
    /// # Errors
    /// `UserNotFound`.
    pub fn reprocess_user(&self, user: Uuid, now: Timestamp) -> Result<Decision, Diagnostic> {
        let user = self.live_user(user)?;
        Ok(self.reprocess(user, &mut HashMap::new(), now))
    }

    /// As [`Tenant::reprocess_user`], for all members of a group, who share its free seats.
    ///
    /// # Errors
    /// `GroupNotFound`.
    pub fn reprocess_group(&self, group: Uuid, now: Timestamp) -> Result<Decision, Diagnostic> {
        let group = self.known_group(group)?;
        let mut decision = Decision::default();
        let mut free = HashMap::new();
        for user in self.members(group.id) {
            decision.append(self.reprocess(user, &mut free, now));
        }
        Ok(decision)
    }

    fn reprocess(&self, user: &User, free: &mut HashMap<Symbol, u32>, now: Timestamp) -> Decision {
        let mut step = Step::new(self, user);
        for own in user.licenses.iter() {
            let Some(id) = own.group else { continue };
            let given = |group: &Arc<Group>| group.licenses.iter().any(|l| l.sku == own.sku);
            if !user.groups.contains(&id) || !self.group(id).is_some_and(given) {
                step.drop_license(&own.sku, own.group, OutcomeKind::Removed);
            } else if own.error.is_some() {
                let error = self.inherited_error(&step, user, own, free);
                let error = error.map(|error| match own.is_effective() {
                    true => error.active(),
                    false => error,
                });
                step.error(&own.sku, id, error);
            }
        }
        for group in user.groups.iter().filter_map(|id| self.group(*id)) {
            for license in &group.licenses {
                self.inherit(&mut step, user, group.id, license, free);
            }
        }
        if step.outcomes.is_empty() {
            let row = LicenseOutcome::without_sku(user, OutcomeKind::AlreadyHeld);
            step.outcomes
                .push(row.because("all that the groups give is there"));
        }
        step.finish(now)
    }

    /// Gives a member the group's license, in error where it can't arrive; nothing where it is there.
    fn inherit(
        &self,
        step: &mut Step<'_>,
        user: &User,
        group: Uuid,
        license: &GroupLicense,
        free: &mut HashMap<Symbol, u32>,
    ) {
        let held = |own: &Assignment| own.sku == license.sku && own.group == Some(group);
        if step.licenses.iter().any(held) {
            return;
        }
        let mut new = Assignment {
            sku: license.sku.clone(),
            group: Some(group),
            disabled: license.disabled.clone().into(),
            error: None,
        };
        new.error = self.inherited_error(step, user, &new, free);
        step.give(new);
    }

    /// Why a group's license can't arrive; takes a seat from `free` where it can and needs one (R37).
    fn inherited_error(
        &self,
        step: &Step<'_>,
        user: &User,
        new: &Assignment,
        free: &mut HashMap<Symbol, u32>,
    ) -> Option<AssignmentError> {
        let table = self.plan_table();
        let prohibited = &table.rules().prohibited;
        // R19
        if user
            .usage_location
            .is_some_and(|place| prohibited.contains(&place))
        {
            return Some(AssignmentError::ProhibitedInUsageLocationViolation);
        }
        // R14, R17, R18
        let others: Vec<_> = step
            .licenses
            .iter()
            .filter(|own| (&own.sku, own.group) != (&new.sku, new.group))
            .cloned()
            .collect();
        let before = table.active(&others);
        let mut after = before.clone();
        after.add(&table.of(&Assignment {
            error: None,
            ..new.clone()
        }));
        for violation in table.new_violations(&before, &after) {
            if violation.certainty == Certainty::Confirmed {
                return Some(match violation.kind {
                    ViolationKind::Exclusive(_) => AssignmentError::MutuallyExclusiveViolation,
                    ViolationKind::Needs { .. } => AssignmentError::DependencyViolation,
                });
            }
        }
        // R12, R16, R22
        let has_seat = new.error.is_some_and(AssignmentError::is_active)
            || others
                .iter()
                .any(|own| own.sku == new.sku && own.is_effective());
        if self.seats(&new.sku).usable() == 0 {
            return Some(AssignmentError::CountViolation);
        }
        if !has_seat {
            let left = free
                .entry(new.sku.clone())
                .or_insert_with(|| self.free(&new.sku));
            match left.checked_sub(1) {
                Some(rest) => *left = rest,
                None => return Some(AssignmentError::CountViolation),
            }
        }
        None
    }

    fn known_group(&self, id: Uuid) -> Result<&Arc<Group>, Diagnostic> {
        match self.group(id) {
            Some(group) => Ok(group),
            None => self.find_group(&id.to_string()),
        }
    }
}

impl Decision {
    fn append(&mut self, more: Decision) {
        self.changes.extend(more.changes);
        self.outcomes.extend(more.outcomes);
        self.consequences.extend(more.consequences);
        self.warnings.extend(more.warnings);
    }
}
