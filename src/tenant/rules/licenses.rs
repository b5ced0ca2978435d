//! Which licenses a user may hold together and at all (R14, R15, R17-R19, R21, R22).

use jiff::Timestamp;

use super::Staged;
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::catalogue::Certainty;
use crate::tenant::lookup::join;
use crate::tenant::plans::{PlanSet, Violation, ViolationKind};
use crate::tenant::{AppliesTo, Assignment, SubscriptionStatus, Symbol, Tenant, User};

impl Tenant {
    pub(super) fn check_licenses(
        &self,
        before: Option<&User>,
        after: &User,
        now: Timestamp,
        touched: &Staged,
        warnings: &mut Vec<Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let had: &[Assignment] = before.map_or(&[], |user| &user.licenses);
        let moved = before.is_some_and(|user| user.usage_location != after.usage_location);
        if !moved && had == &*after.licenses {
            return Ok(());
        }
        for own in after.licenses.iter().filter(|own| own.is_effective()) {
            let is_new = !had
                .iter()
                .any(|old| old.sku == own.sku && old.group == own.group && old.is_effective());
            if is_new {
                self.check_assignment(after, own, now, touched)?;
            }
            // R19
            if (is_new || moved)
                && let Some(location) = after.usage_location
                && let table = self.plan_table()
                && let Some(certainty) = table.prohibits(location, &table.of(own))
            {
                let refusal = Diagnostic::new(
                    "ProhibitedInUsageLocation",
                    Category::Rule,
                    format!(
                        "{} isn't offered in {location}, the usage location of {}",
                        self.title(&own.sku),
                        after.upn
                    ),
                )
                .about(&*after.upn)
                .hint(format!(
                    "if that is wrong: Set-User {} -UsageLocation CODE",
                    after.upn
                ));
                match certainty {
                    Certainty::Confirmed => return Err(refusal),
                    Certainty::Unconfirmed => warnings.push(refusal),
                }
            }
        }
        let table = self.plan_table();
        let (held, holds) = (table.active(had), table.active(&after.licenses));
        for violation in table.new_violations(&held, &holds) {
            let refusal = match &violation.kind {
                ViolationKind::Exclusive(plans) => self.exclusive(after, plans, &held),
                ViolationKind::Needs { plan, any, was_on } => {
                    self.dependency(had, after, *plan, any, *was_on)
                }
            };
            match violation {
                Violation {
                    certainty: Certainty::Confirmed,
                    ..
                } => return Err(refusal),
                _ => warnings.push(refusal),
            }
        }
        Ok(())
    }

    fn check_assignment(
        &self,
        user: &User,
        own: &Assignment,
        now: Timestamp,
        touched: &Staged,
    ) -> Result<(), Diagnostic> {
        // R15; a group's license takes the tenant's location instead.
        if own.group.is_none() && user.usage_location.is_none() {
            return Err(Diagnostic::new(
                "UsageLocationMissing",
                Category::Rule,
                format!(
                    "{} has no usage location, without which no license can be assigned",
                    user.upn
                ),
            )
            .about(&*user.upn)
            .hint(format!(
                "Set-User {} -UsageLocation SE, or -UsageLocation in the same step",
                user.upn
            )));
        }
        self.check_product(&own.sku, now, touched)
    }

    /// Whether a product can be given to anybody (R21, R22).
    pub(super) fn check_product(
        &self,
        sku: &Symbol,
        now: Timestamp,
        touched: &Staged,
    ) -> Result<(), Diagnostic> {
        let Some(product) = self.product_after(sku, touched) else {
            return Ok(());
        };
        // R21
        if product.applies_to == AppliesTo::Company {
            return Err(Diagnostic::new(
                "CompanySku",
                Category::Rule,
                format!(
                    "{} applies to the company and can't be assigned to users",
                    self.title(sku)
                ),
            )
            .about(&**sku)
            .hint("every user has it already: leave it out"));
        }
        // R22
        let usable = |status| {
            matches!(
                status,
                SubscriptionStatus::Enabled | SubscriptionStatus::Warning
            )
        };
        let subscriptions = &product.subscriptions;
        if !subscriptions.is_empty() && !subscriptions.iter().any(|own| usable(own.status_at(now)))
        {
            return Err(Diagnostic::new(
                "SubscriptionDisabled",
                Category::Rule,
                format!(
                    "the subscription to {} is disabled: nothing can be assigned from it",
                    self.title(sku)
                ),
            )
            .about(&**sku)
            .hint(format!("renew it: New-Subscription {sku} -Seats 1")));
        }
        Ok(())
    }

    /// R17
    fn exclusive(&self, user: &User, plans: &PlanSet, held: &PlanSet) -> Diagnostic {
        let table = self.plan_table();
        let holder = |plan: usize| {
            let gives = |own: &&Assignment| table.of(own).has(plan);
            user.licenses.iter().find(gives).map(|own| own.sku.clone())
        };
        let named = plans.iter().map(|plan| match holder(plan) {
            Some(sku) => format!("{} of {}", table.title(plan), self.title(&sku)),
            None => table.title(plan),
        });
        let refusal = Diagnostic::new(
            "MutuallyExclusive",
            Category::Rule,
            format!("{} can't have these together: {}", user.upn, join(named)),
        )
        .about(&*user.upn);
        let old = plans.iter().find(|plan| held.has(*plan));
        match old.and_then(|plan| Some((plan, holder(plan)?))) {
            Some((plan, sku)) => refusal.hint(format!(
                "Disable-ServicePlan {upn} -Sku {sku} -Plan {}, or remove it first: Remove-License {upn} -Sku {sku}; \
                 Set-License replaces one by another in one step",
                table.name(plan),
                upn = user.upn,
            )),
            None => refusal.hint("leave one out, or switch a plan off with -DisabledPlans"),
        }
    }

    /// R14, R18
    fn dependency(
        &self,
        had: &[Assignment],
        user: &User,
        plan: usize,
        any: &PlanSet,
        was_on: bool,
    ) -> Diagnostic {
        let table = self.plan_table();
        let gives = |own: &&Assignment| table.of(own).has(plan);
        let holder = user.licenses.iter().find(gives).map(|own| own.sku.clone());
        let of = match &holder {
            Some(sku) => format!(" of {}", self.title(sku)),
            None => String::new(),
        };
        let refusal = |message: String| {
            Diagnostic::new("DependencyViolation", Category::Rule, message).about(&*user.upn)
        };
        let holder = holder.unwrap_or_else(|| Symbol::new(""));
        let off = format!(
            "Disable-ServicePlan {} -Sku {holder} -Plan {}",
            user.upn,
            table.name(plan)
        );
        if was_on {
            // R14
            let gone = table.active(had).and(any);
            let removed = had
                .iter()
                .filter(|old| !user.licenses.iter().any(|own| own.sku == old.sku));
            let mut skus: Vec<_> = removed.map(|own| own.sku.clone()).collect();
            skus.push(holder);
            skus.dedup();
            return refusal(format!(
                "{} would keep {}{of}, which depends on {}",
                user.upn,
                table.title(plan),
                gone.iter()
                    .map(|plan| table.title(plan))
                    .collect::<Vec<_>>()
                    .join(" or ")
            ))
            .hint(format!(
                "remove both in one call: Remove-License {} -Sku {}; or switch the plan off: {off}",
                user.upn,
                join(skus)
            ));
        }
        // R18
        let needed: Vec<_> = any.iter().map(|plan| table.title(plan)).collect();
        let needed = match needed.is_empty() {
            true => "a plan that no product of this tenant has".to_string(),
            false => needed.join(" or "),
        };
        let offers = self.products().iter().find(|product| {
            let all = Assignment::direct(product.sku.clone());
            table.of(&all).meets(any)
        });
        let switch_off = format!("switch it off with -DisabledPlans {}", table.name(plan));
        refusal(format!(
            "{} would have {}{of} without {needed}",
            user.upn,
            table.title(plan)
        ))
        .hint(match offers {
            Some(product) => format!(
                "assign both in one call: Add-License {} -Sku {}, {holder}; or {switch_off}",
                user.upn, product.sku
            ),
            None => switch_off,
        })
    }
}
