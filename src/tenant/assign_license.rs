//! Graph's assignLicense: products that go and products that come, in one call for one user.

use jiff::Timestamp;
use uuid::Uuid;

use super::license_edit::Step;
use super::{Assignment, Decision, OutcomeKind, Symbol, Tenant};
use crate::diagnostic::Diagnostic;

/// A product that comes, and exactly those of its plans that are off then.
#[derive(Clone, Debug)]
pub struct NewLicense {
    /// The product's key.
    pub sku: Symbol,
    /// Names or ids of plans, as [`Tenant::find_plan`] takes them.
    pub disabled_plans: Vec<String>,
}

impl Tenant {
    /// What assignLicense does: all of it or nothing. A product that is already held gets the plans asked for.
    ///
    /// Source: Microsoft Graph v1.0, user: assignLicense.
    ///
    /// # Errors
    /// `UserNotFound`, `UnknownPlan`; `NotHeld` and `InheritedLicense` where a product that is to go isn't held
    /// directly. Whether there is a seat and the rest is asked when the changes are checked.
    pub fn assign_license(
        &self,
        user: Uuid,
        add: &[NewLicense],
        remove: &[Symbol],
        now: Timestamp,
    ) -> Result<Decision, Diagnostic> {
        let user = self.live_user(user)?;
        let mut step = Step::new(self, user);
        let comes = |sku: &Symbol| add.iter().any(|new| new.sku == *sku);
        for sku in remove {
            if !user.direct().any(|own| own.sku == *sku) {
                let held: Vec<&Assignment> =
                    user.licenses.iter().filter(|own| own.sku == *sku).collect();
                return Err(self.not_removable(user, self.owned(sku)?, &held));
            }
            let kind = match add.is_empty() || comes(sku) {
                true => OutcomeKind::Removed,
                false => OutcomeKind::Replaced,
            };
            step.remove(sku, kind);
        }
        for new in add {
            let product = self.owned(&new.sku)?;
            let mut disabled = Vec::new();
            for text in &new.disabled_plans {
                disabled.push(self.find_plan(product, text)?.name.clone());
            }
            disabled.sort();
            disabled.dedup();
            step.add(product, disabled, true);
        }
        Ok(step.finish(now))
    }
}
