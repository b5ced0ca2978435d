//! What time does: the deletions and lifecycle steps that are due (R26, R27, R35), and the clock that decides it.

use jiff::Timestamp;

use super::account::one;
use super::catalogue::Clock;
use super::{
    Change, Consequence, Decision, Mailbox, OnedriveState, Subscription, SubscriptionStatus, Tenant,
};
use crate::diagnostic::{Category, Diagnostic};

impl Tenant {
    /// Moves the tenant's clock ahead, in seconds; real time goes on beneath it.
    ///
    /// # Errors
    /// `ClockBackwards`: what has happened can't come undone by turning the clock back.
    pub fn move_clock(&self, seconds: i64) -> Result<Decision, Diagnostic> {
        let was = self.organisation().clock_offset;
        let refusal = |message: &str| {
            Diagnostic::new("ClockBackwards", Category::Rule, message)
                .hint("Set-TenantClock real takes it back to real time; what was done meanwhile stays done")
        };
        if seconds < 0 {
            return Err(refusal("the tenant's clock only moves forward"));
        }
        let now = was
            .checked_add(seconds)
            .filter(|now| *now < 1_000 * 366 * 86_400)
            .ok_or_else(|| refusal("the tenant's clock can't move that far"))?;
        Ok(match now == was {
            true => Decision::default(),
            false => one(Change::ClockMoved { was, now }),
        })
    }

    /// Takes the clock back to real time. What was done by it stays done, which is warned about.
    pub fn real_clock(&self) -> Decision {
        let was = self.organisation().clock_offset;
        if was == 0 {
            return Decision::default();
        }
        let mut decision = one(Change::ClockMoved { was, now: 0 });
        decision.warnings.push(Diagnostic::new(
            "ClockBackwards",
            Category::Rule,
            "the clock goes back to real time; what was done and deleted meanwhile stays so, with its later dates",
        ));
        decision
    }

    /// Everything that is due by now and not yet written: content deleted, users purged, subscriptions moved on.
    pub fn retention(&self, now: Timestamp) -> Decision {
        let mut all = Decision::default();
        for step in self.retention_steps(now) {
            all.changes.extend(step.changes);
            all.consequences.extend(step.consequences);
        }
        all
    }

    /// The same, a decision for each thing that is due.
    pub fn retention_steps(&self, now: Timestamp) -> Vec<Decision> {
        let mut steps = Vec::new();
        for user in self.users() {
            let mailbox = user.data.as_ref().and_then(|data| data.mailbox.as_ref());
            // R29: a hold keeps the mailbox of a deleted user.
            let on_hold = mailbox.is_some_and(|mailbox| mailbox.litigation_hold.is_some());
            // R26
            if let Some(deleted) = user.deleted
                && Clock::DeletedUser.from(deleted) < now
                && !on_hold
            {
                let mut step = one(Change::UserPurged {
                    was: Box::new((**user).clone()),
                });
                // R30: the files outlive the user for a while.
                if let OnedriveState::RecycleBin { until } = self.onedrive_state(user, now) {
                    step.consequences
                        .push(Consequence::OnedriveInRecycleBin { until });
                }
                steps.push(step);
                continue;
            }
            // R27
            if let Some(mailbox) = mailbox
                && mailbox.deleted.is_none()
                && let Some(until) = self.mailbox_held_until(mailbox)
                && until <= now
            {
                steps.push(one(Change::MailboxChanged {
                    user: user.id,
                    was: Box::new(mailbox.clone()),
                    now: Box::new(Mailbox {
                        deleted: Some(until),
                        ..mailbox.clone()
                    }),
                }));
            }
        }
        for product in self.products() {
            for (nth, was) in product.subscriptions.iter().enumerate() {
                let status = was.status_at(now);
                if status != was.status {
                    steps.push(one(Change::SubscriptionChanged {
                        sku: product.sku.clone(),
                        nth: u32::try_from(nth).unwrap_or(u32::MAX),
                        was: Some(was.clone()),
                        now: Some(Subscription {
                            status,
                            ..was.clone()
                        }),
                    }));
                }
            }
        }
        steps
    }
}

impl Subscription {
    /// Where it stands by then (R35). One that says nothing of its end stays as it is, and none turns back by itself.
    pub fn status_at(&self, now: Timestamp) -> SubscriptionStatus {
        use SubscriptionStatus::{Deleted, Enabled, LockedOut, Suspended, Warning};
        let Some(end) = self.renews else {
            return self.status;
        };
        let disabled = Clock::SubscriptionExpired.from(end);
        let deleted = Clock::SubscriptionDisabled.from(disabled);
        let due = match () {
            () if now < end => Enabled,
            () if now < disabled => Warning,
            () if now < deleted => Suspended,
            () => Deleted,
        };
        let rank = |status| match status {
            Enabled => 0,
            Warning => 1,
            Suspended | LockedOut => 2,
            Deleted => 3,
        };
        match rank(due) > rank(self.status) {
            true => due,
            false => self.status,
        }
    }
}
