//! One product for another: which changes it takes, for a user who holds the one (R9).

use jiff::Timestamp;
use uuid::Uuid;

use super::license_edit::Step;
use super::{Addition, Consequence, Decision, LicenseOutcome, OutcomeKind, Symbol, Tenant};
use crate::diagnostic::Diagnostic;

impl Tenant {
    /// Gives a user one product in the place of another, in one step; every other license stays as it is.
    ///
    /// `to` names the one product that comes. What is off in the one that goes stays off, also where the new one has it in
    /// another edition. Who doesn't hold `from` directly is left alone. With `buy`, a seat is bought where none is free, as
    /// part of the same record: who is refused costs nothing.
    ///
    /// # Errors
    /// `UserNotFound`, `UnknownSku`, `UnknownPlan`; `SubscriptionDisabled` where no seat can be bought.
    pub fn switch_license(
        &self,
        user: Uuid,
        from: &Symbol,
        to: Addition<'_>,
        buy: bool,
        now: Timestamp,
    ) -> Result<Decision, Diagnostic> {
        let user = self.live_user(user)?;
        let from = self.owned(from)?;
        let wanted = self.wanted(to.skus, to.disabled_plans)?;
        let mut step = Step::new(self, user);
        let held: Vec<_> = user
            .licenses
            .iter()
            .filter(|own| own.sku == from.sku)
            .collect();
        let direct = held
            .iter()
            .find(|own| own.group.is_none() && own.is_effective());
        let Some(going) = direct else {
            for own in held.iter().filter(|own| own.group.is_some()) {
                step.skip_inherited(own);
            }
            if step.outcomes.is_empty() {
                step.not_held(from);
            }
            return Ok(step.finish(now));
        };
        if wanted.iter().all(|(product, _)| product.sku == from.sku) {
            let row = LicenseOutcome::new(user, from, OutcomeKind::AlreadyHeld);
            step.outcomes
                .push(row.because("it would be switched for itself"));
            return Ok(step.finish(now));
        }
        if let Some(location) = to.usage_location {
            step.locate(location);
        }
        step.remove(&from.sku, OutcomeKind::Replaced);
        let mut bought = Vec::new();
        for (product, mut disabled) in wanted {
            let is_new = !user.direct().any(|own| own.sku == product.sku);
            if is_new && !to.reset_plans {
                disabled.extend(self.plan_table().stays_off(&[going], &product.sku));
                disabled.sort();
                disabled.dedup();
            }
            let seats = self.seats_at(&product.sku, now);
            if buy && is_new && seats.free == 0 && !user.holds(&product.sku) {
                let total = seats.consumed.saturating_add(1);
                bought.extend(self.set_seats(&product.sku, total)?.changes);
                step.add(product, disabled, to.reset_plans);
                if let Some(row) = step.outcomes.last_mut() {
                    row.consequences.push(Consequence::Seats { total, free: 0 });
                }
                continue;
            }
            step.add(product, disabled, to.reset_plans);
        }
        let mut decision = step.finish(now);
        decision.changes.splice(0..0, bought);
        Ok(decision)
    }
}
