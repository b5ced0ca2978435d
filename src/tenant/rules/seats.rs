//! That there are seats for what is assigned, and stay (R12, R16, R24, R34).

use std::collections::HashMap;

use jiff::Timestamp;

use super::Staged;
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::state::seats;
use crate::tenant::{Change, Product, Symbol, Tenant};

impl Tenant {
    pub(super) fn check_seats(
        &self,
        record: &[Change],
        now: Timestamp,
        touched: &Staged,
        warnings: &mut Vec<Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let mut deltas: HashMap<&Symbol, i64> = HashMap::new();
        for (before, after) in &touched.users {
            if let Some(user) = before.as_deref() {
                for sku in user.seats() {
                    *deltas.entry(sku).or_default() -= 1;
                }
            }
            if let Some(user) = after {
                for sku in user.seats() {
                    *deltas.entry(sku).or_default() += 1;
                }
            }
        }
        let restores = record
            .iter()
            .any(|change| matches!(change, Change::UserRestored { .. }));
        let mut skus: Vec<_> = deltas.keys().copied().collect();
        skus.extend(
            touched
                .products
                .keys()
                .filter(|sku| !deltas.contains_key(sku)),
        );
        skus.sort();
        for sku in skus {
            let Some(product) = self.product_after(sku, touched) else {
                continue;
            };
            let delta = deltas.get(sku).copied().unwrap_or(0);
            let old = self.seats_at(sku, now);
            let outside = self.product(sku).map_or(0, |product| product.outside);
            let counted = i64::from(old.consumed.saturating_sub(outside)) + delta;
            let counted = u32::try_from(counted.max(0)).unwrap_or(u32::MAX);
            let new = seats(product, counted, Some(now));
            if new.consumed <= new.usable() {
                continue;
            }
            // R16
            if delta > 0 {
                let message = format!(
                    "no free seat of {}: {} bought, {} in use",
                    self.title(sku),
                    new.usable(),
                    old.consumed
                );
                let hint = format!("Set-Subscription {sku} -Seats {}", new.consumed);
                let refusal = |id, message| {
                    Diagnostic::new(id, Category::Rule, message)
                        .about(&**sku)
                        .hint(hint)
                };
                if !restores {
                    return Err(refusal("NoSeatsAvailable", message));
                }
                // R24: what was held at deletion comes back even beyond the seats.
                warnings.push(refusal("OverAssigned", message));
                continue;
            }
            // R34
            let bought = |product: &Product| -> u64 {
                let seats = product.subscriptions.iter().map(|own| u64::from(own.seats));
                seats.sum()
            };
            let lowered = self
                .product(sku)
                .is_some_and(|was| bought(product) < bought(was));
            if lowered {
                let over = new.consumed - new.usable();
                return Err(Diagnostic::new(
                    "SeatsAssigned",
                    Category::Rule,
                    format!(
                        "{} of {} are in use: unassign {over} before there can be only {}",
                        count(new.consumed, "seat"),
                        self.title(sku),
                        new.usable()
                    ),
                )
                .about(&**sku)
                .hint(format!(
                    "Get-User -Sku {sku} | Select-Object -First {over} | Remove-License -Sku {sku}"
                )));
            }
        }
        Ok(())
    }
}

fn count(n: u32, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
