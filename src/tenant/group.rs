//! Groups: their members, and the licenses that members inherit (R37, R38).

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::account::one;
use super::catalogue::Certainty;
use super::change::{Change, LicenseImage};
use super::license_edit::Step;
use super::plans::{PlanSet, ViolationKind};
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
            now: Box::new(Group::new(id, Symbol::new(name))),
        }))
    }

    /// Deletes a group; its members leave it first. A licensed one is refused on admission (R38).
    ///
    /// # Errors
    /// `GroupNotFound`.
    pub fn remove_group(&self, group: Uuid) -> Result<Decision, Diagnostic> {
        let group = self.known_group(group)?;
        let mut decision = Decision::default();
        // What others depend on, and stayed behind when the group lost its license, becomes the user's own.
        for user in self.users() {
            let own = user.licenses.iter();
            for own in own.filter(|own| own.group == Some(group.id) && group.licenses.is_empty()) {
                decision.changes.push(Change::LicenseRemoved {
                    user: user.id,
                    sku: own.sku.clone(),
                    group: own.group,
                    was: LicenseImage {
                        disabled: Arc::clone(&own.disabled),
                        error: own.error,
                    },
                });
                if own.is_effective() && !user.direct().any(|direct| direct.sku == own.sku) {
                    decision.changes.push(Change::LicenseAssigned {
                        user: user.id,
                        sku: own.sku.clone(),
                        group: None,
                        disabled: Arc::clone(&own.disabled),
                        error: None,
                    });
                }
            }
        }
        let members = self
            .users()
            .iter()
            .filter(|user| user.groups.contains(&group.id));
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
        let mut free = Free::at(self, now);
        let mut step = Step::new(self, user);
        self.inherit(&mut step, user, group.id, &group.licenses, &mut free);
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
        self.take_back(&mut step, user, |own| own.group == Some(group.id));
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
        let mut all = group.licenses.clone();
        all.push(license);
        let mut free = Free::at(self, now);
        for user in self.members(group.id) {
            let mut step = Step::new(self, user);
            self.inherit(&mut step, user, group.id, &all, &mut free);
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
                self.take_back(&mut step, user, inherits);
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
        Ok(self.reprocess(user, &mut Free::at(self, now), now))
    }

    /// As [`Tenant::reprocess_user`], for all members of a group, who share its free seats.
    ///
    /// # Errors
    /// `GroupNotFound`.
    pub fn reprocess_group(&self, group: Uuid, now: Timestamp) -> Result<Decision, Diagnostic> {
        let group = self.known_group(group)?;
        let mut decision = Decision::default();
        let mut free = Free::at(self, now);
        for user in self.members(group.id) {
            decision.append(self.reprocess(user, &mut free, now));
        }
        Ok(decision)
    }

    fn reprocess(&self, user: &User, free: &mut Free<'_>, now: Timestamp) -> Decision {
        let mut step = Step::new(self, user);
        let gives = |id: &Uuid, sku: &Symbol| {
            let group = self.group(*id).filter(|_| user.groups.contains(id));
            group.is_some_and(|group| group.licenses.iter().any(|own| own.sku == *sku))
        };
        self.take_back(&mut step, user, |own| {
            own.group.is_some_and(|id| !gives(&id, &own.sku))
        });
        for group in user.groups.iter().filter_map(|id| self.group(*id)) {
            self.inherit(&mut step, user, group.id, &group.licenses, free);
        }
        if step.outcomes.is_empty() {
            let row = LicenseOutcome::without_sku(user, OutcomeKind::AlreadyHeld);
            step.outcomes
                .push(row.because("all that the groups give is there"));
        }
        step.finish(now)
    }

    /// Takes away what a group gives no more. What another license of the user depends on stays, and the error is
    /// recorded on the user (R37).
    fn take_back(&self, step: &mut Step<'_>, user: &User, gone: impl Fn(&Assignment) -> bool) {
        let table = self.plan_table();
        let stays = user.licenses.iter().filter(|own| !gone(own)).cloned();
        let (before, after) = (
            table.active(&user.licenses),
            table.active(&stays.collect::<Vec<_>>()),
        );
        let mut needed = PlanSet::default();
        for violation in table.new_violations(&before, &after) {
            if let ViolationKind::Needs { any, .. } = violation.kind
                && violation.certainty == Certainty::Confirmed
                && user.deleted.is_none()
            {
                needed.add(&any);
            }
        }
        for own in user.licenses.iter().filter(|own| gone(own)) {
            let Some(group) = own.group else { continue };
            if table.of(own).meets(&needed) {
                let error = AssignmentError::DependencyViolation.active();
                step.error(&own.sku, group, Some(error));
            } else {
                step.drop_license(&own.sku, own.group, OutcomeKind::Removed);
            }
        }
    }

    /// Gives a member what the group gives and the member lacks, all of it or none: what can't arrive is in error, and
    /// what comes with it too (R37).
    fn inherit(
        &self,
        step: &mut Step<'_>,
        user: &User,
        group: Uuid,
        licenses: &[GroupLicense],
        free: &mut Free<'_>,
    ) {
        let mut wanted: Vec<(Assignment, bool)> = Vec::new();
        for license in licenses {
            let held = |own: &&Assignment| own.sku == license.sku && own.group == Some(group);
            let own = step.licenses.iter().find(held).cloned();
            if own.as_ref().is_some_and(|own| own.error.is_none()) {
                continue;
            }
            let is_new = own.is_none();
            let fresh = || Assignment {
                group: Some(group),
                disabled: license.disabled.clone().into(),
                ..Assignment::direct(license.sku.clone())
            };
            wanted.push((own.unwrap_or_else(fresh), is_new));
        }
        let mut errors = self.inherited_errors(step, user, group, &wanted, free);
        if errors.iter().any(Option::is_some) {
            for (error, (own, is_new)) in errors.iter_mut().zip(&wanted) {
                if error.is_none() && (*is_new || !own.is_effective()) {
                    *error = Some(AssignmentError::Other);
                    free.give_back(step, own);
                }
            }
        }
        for ((mut own, is_new), error) in wanted.into_iter().zip(errors) {
            if is_new {
                own.error = error;
                step.give(own);
            } else {
                let error = error.map(|error| match own.is_effective() {
                    true => error.active(),
                    false => error,
                });
                step.error(&own.sku, group, error);
            }
        }
    }

    /// Why each of a group's licenses can't arrive, judged together; takes a seat from `free` for each that can.
    fn inherited_errors(
        &self,
        step: &Step<'_>,
        user: &User,
        group: Uuid,
        wanted: &[(Assignment, bool)],
        free: &mut Free<'_>,
    ) -> Vec<Option<AssignmentError>> {
        let table = self.plan_table();
        let is_wanted = |own: &&Assignment| {
            own.group == Some(group) && wanted.iter().any(|(new, _)| new.sku == own.sku)
        };
        let others = step.licenses.iter().filter(|own| !is_wanted(own));
        let others: Vec<Assignment> = others.cloned().collect();
        let before = table.active(&others);
        let gives: Vec<PlanSet> = wanted
            .iter()
            .map(|(own, _)| {
                table.of(&Assignment {
                    error: None,
                    ..own.clone()
                })
            })
            .collect();
        let mut after = before.clone();
        gives.iter().for_each(|own| after.add(own));
        let violations = table.new_violations(&before, &after);
        let confirmed = |certainty| certainty == Certainty::Confirmed;
        let error_of = |own: &Assignment, gives: &PlanSet, free: &mut Free<'_>| {
            // R19
            if user
                .usage_location
                .and_then(|place| table.prohibits(place, gives))
                .is_some_and(confirmed)
            {
                return Some(AssignmentError::ProhibitedInUsageLocationViolation);
            }
            // R14, R17, R18
            for violation in violations.iter().filter(|own| confirmed(own.certainty)) {
                match &violation.kind {
                    ViolationKind::Exclusive(plans) if plans.meets(gives) => {
                        return Some(AssignmentError::MutuallyExclusiveViolation);
                    }
                    ViolationKind::Needs { plan, .. } if gives.has(*plan) => {
                        return Some(AssignmentError::DependencyViolation);
                    }
                    _ => {}
                }
            }
            // R12, R16, R22
            match free.take(&others, own) {
                true => None,
                false => Some(AssignmentError::CountViolation),
            }
        };
        let pairs = wanted.iter().zip(&gives);
        pairs
            .map(|((own, _), gives)| error_of(own, gives, free))
            .collect()
    }

    fn known_group(&self, id: Uuid) -> Result<&Arc<Group>, Diagnostic> {
        match self.group(id) {
            Some(group) => Ok(group),
            None => self.find_group(&id.to_string()),
        }
    }
}

/// The free seats while several members are given licenses, each product's counted when it is first asked for.
struct Free<'a> {
    tenant: &'a Tenant,
    now: Timestamp,
    left: HashMap<Symbol, u32>,
}

impl<'a> Free<'a> {
    fn at(tenant: &'a Tenant, now: Timestamp) -> Self {
        Self {
            tenant,
            now,
            left: HashMap::new(),
        }
    }

    /// Whether there is a seat for it: the user's own, or one that is taken with this.
    fn take(&mut self, others: &[Assignment], own: &Assignment) -> bool {
        let seats = self.tenant.seats_at(&own.sku, self.now);
        if seats.usable() == 0 {
            return false;
        }
        if has_seat(others, own) {
            return true;
        }
        let left = self.left.entry(own.sku.clone()).or_insert(seats.free);
        match left.checked_sub(1) {
            Some(rest) => *left = rest,
            None => return false,
        }
        true
    }

    fn give_back(&mut self, step: &Step<'_>, own: &Assignment) {
        if !has_seat(&step.licenses, own)
            && let Some(left) = self.left.get_mut(&own.sku)
        {
            *left += 1;
        }
    }
}

/// R12: the same product, held in another way or in spite of an error, has its seat already.
fn has_seat(others: &[Assignment], own: &Assignment) -> bool {
    own.error.is_some_and(AssignmentError::is_active)
        || others
            .iter()
            .any(|other| other.sku == own.sku && other.is_effective())
}

impl Group {
    /// Refuses to change the members of a group that has them from elsewhere.
    pub(super) fn check_members(&self) -> Result<(), Diagnostic> {
        let refusal =
            |id, message: String| Diagnostic::new(id, Category::Rule, message).about(&*self.name);
        if self.synced {
            return Err(refusal(
                "SyncedGroup",
                format!(
                    "the group {} is synchronised from an on-premises directory",
                    self.name
                ),
            )
            .hint("its members are changed there, and come here with the next synchronisation"));
        }
        match &self.membership_rule {
            None => Ok(()),
            Some(rule) => Err(refusal(
                "DynamicGroup",
                format!(
                    "the members of the group {} follow from its rule: {rule}",
                    self.name
                ),
            )
            .hint("change what the rule asks about, with Set-User, or the rule in the directory")),
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
