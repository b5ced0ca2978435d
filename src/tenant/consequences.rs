//! What follows for a user's data when plans go or come back (R27-R32b).

use std::sync::Arc;

use jiff::Timestamp;

use super::catalogue::{Clock, Limit, Service};
use super::change::DataKind;
use super::{Assignment, Change, Consequence, Mailbox, OnedriveState, Symbol, Tenant, User};

/// What follows from a user's licenses becoming others.
#[derive(Default)]
pub(super) struct Aftermath {
    pub changes: Vec<Change>,
    /// Each with the service whose loss it follows from, so that it is told on the license that gave it.
    pub consequences: Vec<(Service, Consequence)>,
    pub held_until: Option<Timestamp>,
}

impl Tenant {
    pub(super) fn aftermath(
        &self,
        user: &User,
        licenses: &[Assignment],
        now: Timestamp,
    ) -> Aftermath {
        let mut result = Aftermath::default();
        let table = self.plan_table();
        let (before, after) = (table.active(&user.licenses), table.active(licenses));
        if before == after {
            return result;
        }
        let lost = |service| table.gives(&before, service) && !table.gives(&after, service);
        let gained = |service| !table.gives(&before, service) && table.gives(&after, service);
        let data = user.data.as_deref();
        let mailbox = data.and_then(|data| data.mailbox.as_ref());
        let onedrive = data.and_then(|data| data.onedrive.as_ref());
        let mut starts = Vec::new();

        if lost(Service::Mailbox) {
            self.lose_mailbox(mailbox, now, &mut starts, &mut result);
        }
        if gained(Service::Mailbox)
            && let Some(mailbox) = mailbox
        {
            self.regain_mailbox(user, mailbox, now, &mut result);
        }
        if lost(Service::OneDrive) && onedrive.is_none_or(|drive| drive.unlicensed.is_none()) {
            // R31
            starts.push(DataKind::OneDrive);
            result.consequences.push((
                Service::OneDrive,
                Consequence::OnedriveReadOnly {
                    from: Clock::OnedriveReadOnly.from(now),
                    archived: Clock::OnedriveArchived.from(now),
                    deleted: (!self.keeps_onedrive(user))
                        .then(|| Clock::OnedriveRecycleBin.from(Clock::OnedriveArchived.from(now))),
                },
            ));
        }
        if gained(Service::OneDrive)
            && let Some(was) = onedrive.and_then(|drive| drive.unlicensed)
        {
            result.changes.push(match onedrive {
                // R31: what was deleted stays deleted, and OneDrive begins empty.
                Some(drive) if self.onedrive_state(user, now) == OnedriveState::Deleted => {
                    Change::OnedriveChanged {
                        user: user.id,
                        was: Box::new(drive.clone()),
                        now: Box::default(),
                    }
                }
                _ => Change::DataClockStopped {
                    user: user.id,
                    was,
                    data: Arc::from([DataKind::OneDrive]),
                },
            });
        }
        // R32
        if let Some(devices) = data.map(|data| data.office_devices).filter(|n| *n > 0)
            && lost(Service::Office)
        {
            result
                .consequences
                .push((Service::Office, Consequence::OfficeUnlicensed { devices }));
        }
        // R32b
        if let Some(number) = data.and_then(|data| data.phone_number.clone())
            && lost(Service::Calling)
        {
            result.changes.push(Change::PhoneNumberReleased {
                user: user.id,
                was: number.clone(),
            });
            result.consequences.push((
                Service::Calling,
                Consequence::PhoneNumberReleased { number },
            ));
        }
        if !starts.is_empty() {
            result.changes.push(Change::DataClockStarted {
                user: user.id,
                at: now,
                data: starts.into(),
            });
        }
        result
    }

    fn lose_mailbox(
        &self,
        mailbox: Option<&Mailbox>,
        now: Timestamp,
        starts: &mut Vec<DataKind>,
        result: &mut Aftermath,
    ) {
        let mut tell = |consequence| result.consequences.push((Service::Mailbox, consequence));
        let none = Mailbox::default();
        let mailbox = mailbox.unwrap_or(&none);
        if mailbox.deleted.is_some() || mailbox.disconnected.is_some() {
            return;
        }
        if mailbox.shared {
            // R32a: it lives on without a license, unless it is large or has what only a license gives.
            if needs_license(mailbox) {
                tell(Consequence::SharedMailboxNeedsLicense);
            }
            return;
        }
        starts.push(DataKind::Mailbox);
        let disconnected = Mailbox {
            disconnected: Some(now),
            ..mailbox.clone()
        };
        let held_until = self.mailbox_held_until(&disconnected);
        let resilient = self.organisation().delicensing_resiliency;
        tell(self.disconnection(&disconnected));
        // R28: while it goes on working, it is searched like any other.
        if mailbox.litigation_hold.is_none() && !resilient {
            tell(Consequence::MailboxNotSearchable);
        }
        // R32b
        if let Some(to) = &mailbox.forwards_to {
            tell(Consequence::ForwardingStops { to: to.clone() });
        }
        result.held_until = held_until;
    }

    fn regain_mailbox(
        &self,
        user: &User,
        mailbox: &Mailbox,
        now: Timestamp,
        result: &mut Aftermath,
    ) {
        let gone = mailbox.deleted.is_some()
            || self
                .mailbox_held_until(mailbox)
                .is_some_and(|until| until <= now);
        if gone {
            // R27: what was lost stays lost, and the mailbox begins empty.
            result.changes.push(Change::MailboxChanged {
                user: user.id,
                was: Box::new(mailbox.clone()),
                now: Box::default(),
            });
        } else if let Some(was) = mailbox.disconnected {
            // R27: licensed again in time, it comes back whole.
            result.changes.push(Change::DataClockStopped {
                user: user.id,
                was,
                data: Arc::from([DataKind::Mailbox]),
            });
        }
    }

    /// What it means for a mailbox to be without a license since then (R27).
    pub(super) fn disconnection(&self, mailbox: &Mailbox) -> Consequence {
        let resilient = self.organisation().delicensing_resiliency;
        let start = mailbox.disconnected.filter(|_| resilient);
        Consequence::MailboxDisconnected {
            works_until: start.map(|start| Clock::DelicensingResiliency.from(start)),
            held_until: self.mailbox_held_until(mailbox),
        }
    }

    /// A product with a free seat that gives the service, for hints.
    pub(super) fn gives_service(&self, service: Service, now: Timestamp) -> Option<&Symbol> {
        let table = self.plan_table();
        let products = self.products().iter().map(|product| &product.sku);
        products
            .filter(|sku| self.seats_at(sku, now).free > 0)
            .find(|sku| table.gives(&table.of(&Assignment::direct((*sku).clone())), service))
    }

    /// When the content of a disconnected mailbox is deleted; none for one that is connected or on hold (R27, R29).
    pub fn mailbox_held_until(&self, mailbox: &Mailbox) -> Option<Timestamp> {
        if mailbox.litigation_hold.is_some() {
            return None;
        }
        let start = mailbox.disconnected?;
        Some(
            Clock::Mailbox.from(if self.organisation().delicensing_resiliency {
                Clock::DelicensingResiliency.from(start)
            } else {
                start
            }),
        )
    }
}

/// Whether a shared mailbox must be licensed (R32a).
pub fn needs_license(mailbox: &Mailbox) -> bool {
    mailbox.size_mb > Limit::SharedMailboxMb.value()
        || mailbox.archive
        || mailbox.litigation_hold.is_some()
}
