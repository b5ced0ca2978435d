//! What the tenant owns: its products, the seats bought of them (R34, R36), and its settings.

use jiff::Timestamp;

use super::account::one;
use super::catalogue::{Catalogue, Limit, Service};
use super::lookup::{ambiguous, join};
use super::{
    Assignment, Change, Consequence, Decision, Organisation, Product, Subscription,
    SubscriptionStatus, Symbol, Tenant,
};
use crate::diagnostic::{Category, Diagnostic};

fn is_usable(status: SubscriptionStatus) -> bool {
    matches!(
        status,
        SubscriptionStatus::Enabled | SubscriptionStatus::Warning
    )
}

impl Tenant {
    /// Makes this the new total of a product's seats; the last of its subscriptions gives and takes first (R36).
    ///
    /// # Errors
    /// `UnknownSku`; `SubscriptionDisabled` where no subscription is in force. Whether fewer are enough is asked on
    /// admission.
    pub fn set_seats(&self, sku: &Symbol, total: u32) -> Result<Decision, Diagnostic> {
        // R34
        let product = self.owned(sku)?;
        let list = &product.subscriptions;
        let Some(last) = list.iter().rposition(|own| is_usable(own.status)) else {
            return Err(Diagnostic::new(
                "SubscriptionDisabled",
                Category::Rule,
                format!(
                    "no subscription to {} is in force",
                    self.title(&product.sku)
                ),
            )
            .about(&*product.sku)
            .hint(format!("New-Subscription {} -Seats {total}", product.sku)));
        };
        let seats = self.seats(&product.sku);
        let mut decision = Decision::default();
        if total != seats.usable() {
            decision.consequences.push(Consequence::Seats {
                total,
                free: total.saturating_sub(seats.consumed),
            });
        }
        let mut change = |nth: usize, seats: u32| {
            decision.changes.push(Change::SubscriptionChanged {
                sku: product.sku.clone(),
                nth: u32::try_from(nth).unwrap_or(u32::MAX),
                was: Some(list[nth].clone()),
                now: Some(Subscription {
                    seats,
                    ..list[nth].clone()
                }),
            });
        };
        let now = seats.usable();
        if total > now {
            change(last, list[last].seats.saturating_add(total - now));
            return Ok(decision);
        }
        let mut surplus = now - total;
        for (nth, own) in list.iter().enumerate().rev() {
            let less = own.seats.min(surplus);
            if less > 0 && is_usable(own.status) {
                change(nth, own.seats - less);
                surplus -= less;
            }
        }
        Ok(decision)
    }

    /// Buys seats in a new subscription, of a product that the tenant owns or that the catalogue knows.
    ///
    /// # Errors
    /// `UnknownSku`, `AmbiguousSku`.
    pub fn new_subscription(
        &self,
        text: &str,
        seats: u32,
        renews: Option<Timestamp>,
    ) -> Result<Decision, Diagnostic> {
        let new = Subscription {
            seats,
            status: SubscriptionStatus::Enabled,
            renews,
        };
        let refusal = match self.find_product(text) {
            Ok(product) => {
                return Ok(one(Change::SubscriptionChanged {
                    sku: product.sku.clone(),
                    nth: u32::try_from(product.subscriptions.len()).unwrap_or(u32::MAX),
                    was: None,
                    now: Some(new),
                }));
            }
            Err(refusal) => refusal,
        };
        let catalogue = Catalogue::get();
        let known: Vec<_> = catalogue.named(text).collect();
        let sku = match known[..] {
            [sku] if refusal.id == "UnknownSku" => sku,
            [_, _, ..] if refusal.id == "UnknownSku" => {
                let products: Vec<_> = known.iter().map(|sku| catalogue.product(sku)).collect();
                return Err(ambiguous(text, products.iter()));
            }
            _ => return Err(refusal),
        };
        let mut product = catalogue.product(sku);
        if self.product(&product.sku).is_some() {
            // Another product has the part number: the GUID is the key (R22a).
            product.part_number = Some(product.sku);
            product.sku = Symbol::new(&product.sku_id.to_string());
        }
        product.subscriptions.push(new);
        Ok(one(Change::ProductAdded {
            now: Box::new(product),
        }))
    }

    /// Gives a product other names or plans, as a newer catalogue has them; its key stays.
    ///
    /// # Errors
    /// `UnknownSku`; `PlanInUse` where a plan goes that is switched off in someone's license.
    pub fn edit_product(&self, product: Product) -> Result<Decision, Diagnostic> {
        let was = self.owned(&product.sku)?;
        if **was == product {
            return Ok(Decision::default());
        }
        let gone: Vec<_> = was
            .plans
            .iter()
            .map(|plan| &plan.name)
            .filter(|name| !product.plans.iter().any(|plan| plan.name == **name))
            .collect();
        let held = |sku: &Symbol, disabled: &[Symbol]| {
            *sku == product.sku && disabled.iter().any(|name| gone.contains(&name))
        };
        let user = self
            .users()
            .iter()
            .find(|user| {
                user.licenses
                    .iter()
                    .any(|own| held(&own.sku, &own.disabled))
            })
            .map(|user| &*user.upn);
        let group = self
            .groups()
            .iter()
            .find(|group| {
                group
                    .licenses
                    .iter()
                    .any(|own| held(&own.sku, &own.disabled))
            })
            .map(|group| &*group.name);
        if let Some(holder) = user.or(group).filter(|_| !product.plans.is_empty()) {
            return Err(Diagnostic::new(
                "PlanInUse",
                Category::Rule,
                format!(
                    "{} would lose a plan that {holder} has switched off: {}",
                    product.name,
                    join(gone)
                ),
            )
            .about(&*product.sku)
            .hint(format!("Enable-ServicePlan {holder} -Sku {}", product.sku)));
        }
        Ok(one(Change::ProductEdited {
            was: Box::new((**was).clone()),
            now: Box::new(product),
        }))
    }

    /// Makes the tenant's settings those given. The clock has its own way: [`Tenant::move_clock`].
    ///
    /// # Errors
    /// `UnknownActor`, `InsufficientPrivileges` where the default admin could not act.
    pub fn edit_organisation(&self, mut now: Organisation) -> Result<Decision, Diagnostic> {
        let was = self.organisation();
        now.clock_offset = was.clock_offset;
        if *was == now {
            return Ok(Decision::default());
        }
        if let Some(name) = &now.default_admin
            && !now.operators.iter().any(|operator| operator.name == *name)
        {
            self.actor(name)?;
        }
        let mut warnings = Vec::new();
        // R27
        if now.delicensing_resiliency && !was.delicensing_resiliency {
            let table = self.plan_table();
            let with_exchange = self.products().iter().filter(|product| {
                let all = Assignment::direct(product.sku.clone());
                table.gives(&table.of(&all), Service::Mailbox)
            });
            let seats = with_exchange.map(|product| u64::from(self.seats(&product.sku).usable()));
            let (seats, least): (u64, _) = (seats.sum(), Limit::DelicensingResiliencySeats.value());
            if seats <= least {
                warnings.push(
                    Diagnostic::new(
                        "DelicensingResiliencyThreshold",
                        Category::Rule,
                        format!(
                            "Microsoft offers delicensing resiliency to tenants with more than {least} licenses for \
                             Exchange; this one has {seats}"
                        ),
                    )
                    .hint("without it: Set-Tenant -DelicensingResiliency:$false"),
                );
            }
        }
        Ok(Decision {
            warnings,
            ..one(Change::OrganisationEdited {
                was: Box::new(was.clone()),
                now: Box::new(now),
            })
        })
    }
}
