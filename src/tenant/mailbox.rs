//! What becomes of a user's mailbox, OneDrive and Office without a license, as it stands at a time.

use jiff::Timestamp;
use uuid::Uuid;

use super::account::one;
use super::catalogue::{Clock, Service};
use super::lookup::user_not_found;
use super::{Change, Consequence, Decision, Mailbox, SubscriptionStatus, Tenant, User};
use crate::diagnostic::{Category, Diagnostic};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailboxState {
    None,
    Active,
    /// Without a license; the content is deleted then, or kept by a hold (R27).
    Disconnected {
        until: Option<Timestamp>,
    },
    /// Its user is deleted and may be restored until then.
    SoftDeleted {
        until: Timestamp,
    },
    /// Its user is deleted and a hold keeps it (R29).
    Inactive,
    /// The content is gone for good.
    Deleted,
}

impl MailboxState {
    /// Whether eDiscovery finds what is in it (R28).
    pub fn is_searchable(self, mailbox: Option<&Mailbox>) -> bool {
        match self {
            MailboxState::Active | MailboxState::Inactive => true,
            MailboxState::Disconnected { .. } | MailboxState::SoftDeleted { .. } => {
                mailbox.is_some_and(|mailbox| mailbox.litigation_hold.is_some())
            }
            MailboxState::None | MailboxState::Deleted => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnedriveState {
    None,
    Active,
    /// Its user has no license for it; from the given times on it can only be read, and then is archived (R31).
    Unlicensed {
        read_only: Timestamp,
        archived: Timestamp,
    },
    ReadOnly {
        archived: Timestamp,
    },
    Archived,
    /// Its user is deleted; then the recycle bin follows (R30).
    Retained {
        until: Timestamp,
    },
    RecycleBin {
        until: Timestamp,
    },
    Deleted,
}

/// What installed Office apps say of themselves (R32).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfficeState {
    NotInstalled,
    Licensed,
    /// The subscription is disabled: view and print (R35).
    ReducedFunctionality,
    /// No plan includes them: view and print (R32).
    UnlicensedProduct,
}

impl Tenant {
    pub fn mailbox_state(&self, user: &User, now: Timestamp) -> MailboxState {
        let mailbox = user.data.as_ref().and_then(|data| data.mailbox.as_ref());
        let licensed = self.has(user, Service::Mailbox);
        let on_hold = mailbox.is_some_and(|mailbox| mailbox.litigation_hold.is_some());
        let known = mailbox.is_some() || licensed;
        let until = mailbox.and_then(|mailbox| self.mailbox_held_until(mailbox));
        if !known {
            return MailboxState::None;
        }
        if mailbox.is_some_and(|mailbox| mailbox.deleted.is_some())
            || until.is_some_and(|until| until <= now)
        {
            return MailboxState::Deleted;
        }
        if let Some(deleted) = user.deleted {
            let until = Clock::DeletedUser.from(deleted);
            return match on_hold {
                true => MailboxState::Inactive,
                false if until <= now => MailboxState::Deleted,
                false => MailboxState::SoftDeleted { until },
            };
        }
        match mailbox.and_then(|mailbox| mailbox.disconnected) {
            // R27: where the tenant opted in, it goes on working for a while.
            Some(start)
                if self.organisation().delicensing_resiliency
                    && now < Clock::DelicensingResiliency.from(start) =>
            {
                MailboxState::Active
            }
            Some(_) => MailboxState::Disconnected { until },
            None => MailboxState::Active,
        }
    }

    pub fn onedrive_state(&self, user: &User, now: Timestamp) -> OnedriveState {
        let drive = user.data.as_ref().and_then(|data| data.onedrive.as_ref());
        if drive.is_none() && !self.has(user, Service::OneDrive) {
            return OnedriveState::None;
        }
        if drive.is_some_and(|drive| drive.deleted.is_some()) {
            return OnedriveState::Deleted;
        }
        // R30
        if let Some(deleted) = user.deleted {
            let until = Clock::OnedriveOfDeletedUser.from(deleted);
            let gone = Clock::OnedriveRecycleBin.from(until);
            return match () {
                () if now < until => OnedriveState::Retained { until },
                () if now < gone => OnedriveState::RecycleBin { until: gone },
                () => OnedriveState::Deleted,
            };
        }
        // R31
        let Some(start) = drive.and_then(|drive| drive.unlicensed) else {
            return OnedriveState::Active;
        };
        let read_only = Clock::OnedriveReadOnly.from(start);
        let archived = Clock::OnedriveArchived.from(start);
        let gone = Clock::OnedriveRecycleBin.from(archived);
        let is_kept = self.keeps_onedrive(user);
        match () {
            () if now < read_only => OnedriveState::Unlicensed {
                read_only,
                archived,
            },
            () if now < archived => OnedriveState::ReadOnly { archived },
            () if is_kept => OnedriveState::Archived,
            () if now < gone => OnedriveState::RecycleBin { until: gone },
            () => OnedriveState::Deleted,
        }
    }

    /// Whether an unlicensed OneDrive is archived and not deleted: somebody pays for it, or a hold keeps it (R31).
    pub(super) fn keeps_onedrive(&self, user: &User) -> bool {
        let mailbox = user.data.as_ref().and_then(|data| data.mailbox.as_ref());
        self.organisation().onedrive_archive
            || mailbox.is_some_and(|mailbox| mailbox.litigation_hold.is_some())
    }

    pub fn office_state(&self, user: &User, now: Timestamp) -> OfficeState {
        // R32
        if user
            .data
            .as_ref()
            .is_none_or(|data| data.office_devices == 0)
        {
            return OfficeState::NotInstalled;
        }
        let table = self.plan_table();
        let mut state = OfficeState::UnlicensedProduct;
        for own in user.licenses.iter().filter(|_| user.deleted.is_none()) {
            if table.gives(&table.of(own), Service::Office) {
                // R35
                let in_force = self.product(&own.sku).is_some_and(|product| {
                    product.subscriptions.is_empty()
                        || product.subscriptions.iter().any(|subscription| {
                            matches!(
                                subscription.status_at(now),
                                SubscriptionStatus::Enabled | SubscriptionStatus::Warning
                            )
                        })
                });
                if in_force {
                    return OfficeState::Licensed;
                }
                state = OfficeState::ReducedFunctionality;
            }
        }
        state
    }

    fn has(&self, user: &User, service: Service) -> bool {
        let table = self.plan_table();
        table.gives(&table.active(&user.licenses), service)
    }

    /// Makes a mailbox the one given: hold, forwarding, archive, shared.
    ///
    /// # Errors
    /// `UserNotFound`, `MailboxNotFound`; `HoldTooLate` for a hold on what is no longer there, or whose user is deleted (R29).
    pub fn set_mailbox(
        &self,
        user: Uuid,
        mut mailbox: Mailbox,
        now: Timestamp,
    ) -> Result<Decision, Diagnostic> {
        let user = self
            .user(user)
            .ok_or_else(|| user_not_found(&user.to_string()))?;
        let known = user.data.as_ref().and_then(|data| data.mailbox.clone());
        let was = known.unwrap_or_default();
        if was == mailbox {
            return Ok(Decision::default());
        }
        let state = self.mailbox_state(user, now);
        let places_hold = was.litigation_hold.is_none() && mailbox.litigation_hold.is_some();
        if state == MailboxState::None {
            return Err(Diagnostic::new(
                "MailboxNotFound",
                Category::NotFound,
                format!("{} has no mailbox", user.upn),
            )
            .about(&*user.upn)
            .hint(format!(
                "a license with Exchange gives one: Add-License {} -Sku SKU",
                user.upn
            )));
        }
        let too_late = user.deleted.is_some()
            || matches!(
                state,
                MailboxState::Deleted | MailboxState::Disconnected { .. }
            );
        // R29
        if places_hold && too_late {
            return Err(Diagnostic::new(
                "HoldTooLate",
                Category::Rule,
                format!(
                    "a hold must be placed before the license goes or {} is deleted",
                    user.upn
                ),
            )
            .about(&*user.upn)
            .hint(match user.deleted {
                Some(_) => format!("restore it first: Restore-User {}", user.upn),
                None => format!("license it first: Add-License {} -Sku SKU", user.upn),
            }));
        }
        let licensed = self.has(user, Service::Mailbox);
        // R32a
        if mailbox.shared && !was.shared && !licensed {
            return Err(Diagnostic::new(
                "MailboxNeedsLicense",
                Category::Rule,
                format!(
                    "{} has no license with a mailbox, which it takes to make the mailbox a shared one",
                    user.upn
                ),
            )
            .about(&*user.upn)
            .hint(match self.gives_service(Service::Mailbox, now) {
                Some(sku) => format!(
                    "license it, convert it, and take the license then: Add-License {} -Sku {sku}",
                    user.upn
                ),
                None => "buy a product with Exchange first: New-Subscription".to_owned(),
            }));
        }
        // R27, R32a: a user's mailbox without a license has its time, a shared one has not.
        let starts = was.shared && !mailbox.shared && !licensed && was.deleted.is_none();
        if starts && user.deleted.is_none() {
            mailbox.disconnected = Some(now);
        }
        // Lifting a hold on an inactive mailbox is allowed; nothing else is, on a deleted user.
        if user.deleted.is_some() && was.litigation_hold.is_none() {
            self.live_user(user.id)?;
        }
        let mut decision = one(Change::MailboxChanged {
            user: user.id,
            was: Box::new(was.clone()),
            now: Box::new(mailbox.clone()),
        });
        if starts {
            decision.consequences.push(self.disconnection(&mailbox));
        }
        // What a hold kept goes its way when it is lifted (R27, R29).
        if was.litigation_hold.is_some() && mailbox.litigation_hold.is_none() {
            let held_until = self.mailbox_held_until(&mailbox);
            decision.consequences.extend(match user.deleted {
                Some(at) => Some(Consequence::MailboxSoftDeleted {
                    until: Clock::DeletedUser.from(at),
                }),
                None => held_until.map(|_| self.disconnection(&mailbox)),
            });
        }
        // R29: which plans a hold needs is unconfirmed, so that it only warns.
        if places_hold && !self.has(user, Service::Hold) {
            decision.warnings.push(
                Diagnostic::new(
                    "HoldNeedsPlan",
                    Category::Rule,
                    format!(
                        "{} has neither Exchange Online Plan 2 nor archiving, which a hold is said to need",
                        user.upn
                    ),
                )
                .about(&*user.upn)
                .hint("Get-Subscription lists what could be assigned"),
            );
        }
        Ok(decision)
    }
}
