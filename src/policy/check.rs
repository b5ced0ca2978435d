//! What a policy says to changes.

use jiff::Timestamp;

use super::{Needed, Policy};
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::{Change, Subject, Tenant, User};
use crate::wildcard::Wildcard;

/// What is about to be changed, and how.
pub struct Facts<'a> {
    pub changes: &'a [Change],
    /// The tenant with these changes in it.
    pub tenant: &'a Tenant,
    /// Users that the run changes, these included.
    pub users: usize,
    pub reason: Option<&'a str>,
    /// By the clock on the wall.
    pub at: Timestamp,
    pub rehearsed: bool,
    /// Whether it is a plan whose approvals were looked at, or the outcome of one.
    pub planned: bool,
}

/// Why a policy refuses.
pub type Refusal = Diagnostic;

impl Policy {
    /// Asks whether changes may be made.
    ///
    /// # Errors
    /// The first rule that refuses, at its line.
    pub fn check(&self, facts: &Facts) -> Result<(), Refusal> {
        self.check_protected(facts)?;
        let whole = facts
            .tenant
            .users()
            .iter()
            .filter(|user| user.deleted.is_none())
            .count();
        if let Some(most) = self.limits.users.filter(|most| facts.users > *most) {
            return Err(self.refuse(
                &["limits", "users"],
                format!(
                    "the run would change {} users, and a run may change {most}",
                    facts.users
                ),
                "change fewer at a time, or ask who keeps the policy",
            ));
        }
        if let Some(percent) = self.limits.percent
            && facts.users as f64 * 100.0 > percent * whole as f64
        {
            return Err(self.refuse(
                &["limits", "percent"],
                format!(
                    "the run would change {} of {whole} users, more than {percent} percent",
                    facts.users
                ),
                "change fewer at a time, or ask who keeps the policy",
            ));
        }
        if facts.rehearsed {
            // A rehearsal needs neither a reason nor the hour nor anybody's consent.
            return Ok(());
        }
        if self.reason == Some(Needed::Required)
            && facts.reason.is_none_or(|own| own.trim().is_empty())
        {
            return Err(self.refuse(
                &["reason"],
                "a change needs a reason".to_owned(),
                "give it with -Reason or --reason, such as the number of the ticket",
            ));
        }
        if let Some(hours) = self.hours.as_ref().filter(|hours| !hours.hold(facts.at)) {
            let days = match hours.days.is_empty() {
                true => String::new(),
                false => format!(" on {}", hours.days.join(", ")),
            };
            return Err(self.refuse(
                &["hours"],
                format!(
                    "changes are made between {} and {}{days} only",
                    hours.from, hours.to
                ),
                "a plan can be made now and applied then",
            ));
        }
        if let Some(own) = self
            .approval
            .as_ref()
            .filter(|own| !facts.planned && facts.users > own.over)
        {
            return Err(self.refuse(
                &["approval"],
                format!(
                    "what changes more than {} users must be a plan that somebody approved",
                    own.over
                ),
                &format!(
                    "tenantsh plan …, then one of {}: tenantsh approve plan.yaml",
                    own.by.join(", ")
                ),
            ));
        }
        Ok(())
    }

    fn check_protected(&self, facts: &Facts) -> Result<(), Refusal> {
        let own = &self.protected;
        if own.users.is_empty()
            && own.groups.is_empty()
            && own.roles.is_empty()
            && own.products.is_empty()
        {
            return Ok(());
        }
        let patterns: Vec<(&String, Wildcard)> = own
            .users
            .iter()
            .map(|name| (name, Wildcard::new(name)))
            .collect();
        for change in facts.changes {
            match change.subject() {
                Subject::User(id) => {
                    // Somebody who is gone for good is in the change only.
                    let known = match change {
                        Change::UserPurged { was } => Some(&**was),
                        _ => facts.tenant.user(id).map(|user| &**user),
                    };
                    if let Some(user) = known {
                        self.check_user(facts, user, change, &patterns)?;
                    }
                }
                Subject::Group(id) => {
                    let name = match change {
                        Change::GroupRemoved { was } => Some(was.name.to_string()),
                        _ => facts.tenant.group(id).map(|group| group.name.to_string()),
                    };
                    if let Some(name) = name
                        && let Some(own) = own
                            .groups
                            .iter()
                            .find(|own| own.eq_ignore_ascii_case(&name))
                    {
                        return Err(self.protects(&["groups", own], format!("the group {name}")));
                    }
                }
                Subject::Product(_) | Subject::Organisation => {}
            }
            let takes = matches!(
                change,
                Change::LicenseRemoved { .. }
                    | Change::PlansSwitched { .. }
                    | Change::GroupLicenseRemoved { .. }
                    | Change::SubscriptionChanged { .. }
                    | Change::ProductRemoved { .. }
            );
            if takes
                && let Some((sku, own)) = change.skus().into_iter().find_map(|sku| {
                    let own = own
                        .products
                        .iter()
                        .find(|own| own.eq_ignore_ascii_case(sku))?;
                    Some((sku, own))
                })
            {
                return Err(self.protects(&["products", own], format!("the product {sku}")));
            }
        }
        Ok(())
    }

    fn check_user(
        &self,
        facts: &Facts,
        user: &User,
        change: &Change,
        patterns: &[(&String, Wildcard)],
    ) -> Result<(), Refusal> {
        let own = &self.protected;
        let was_called = match change {
            Change::UserEdited { was, .. } => was.upn.as_deref(),
            _ => None,
        };
        let names = [Some(&*user.upn), was_called];
        let found = patterns
            .iter()
            .find(|(_, pattern)| names.iter().flatten().any(|name| pattern.matches(name)));
        if let Some((name, _)) = found {
            return Err(self.protects(&["users", name], format!("the user {}", user.upn)));
        }
        let in_group = |name: &&String| {
            let mut groups = user.groups.iter().copied();
            let left = match change {
                Change::MemberRemoved { group, .. } => Some(*group),
                _ => None,
            };
            groups.any(|id| self.is_named(facts, id, name))
                || left.is_some_and(|id| self.is_named(facts, id, name))
        };
        if let Some(name) = own.groups.iter().find(in_group) {
            let what = format!("the user {}, a member of {name}", user.upn);
            return Err(self.protects(&["groups", name], what));
        }
        let taken = match change {
            Change::RoleRemoved { role, .. } => Some(role.to_string()),
            _ => None,
        };
        let holds = |name: &&String| {
            let mut roles = user
                .roles
                .iter()
                .map(ToString::to_string)
                .chain(taken.clone());
            roles.any(|role| role.eq_ignore_ascii_case(name))
        };
        match own.roles.iter().find(holds) {
            Some(name) => {
                let what = format!("the user {}, who holds {name}", user.upn);
                Err(self.protects(&["roles", name], what))
            }
            None => Ok(()),
        }
    }

    fn is_named(&self, facts: &Facts, id: uuid::Uuid, name: &str) -> bool {
        let group = facts.tenant.group(id);
        group.is_some_and(|group| group.name.eq_ignore_ascii_case(name))
    }

    fn protects(&self, words: &[&str], what: String) -> Refusal {
        self.refuse(
            words,
            format!("{what} is protected: the policy lets nobody change it"),
            "leave it out, or ask who keeps the policy",
        )
        .about(what)
    }

    fn refuse(&self, words: &[&str], message: String, hint: &str) -> Refusal {
        let fault = Diagnostic::new(
            "PolicyRefuses",
            Category::Denied,
            format!("{message}; nothing was changed"),
        )
        .hint(hint);
        match (self.span(words), &self.source) {
            (Some(span), Some(source)) => fault.at(span).in_source(source),
            _ => fault,
        }
    }
}
