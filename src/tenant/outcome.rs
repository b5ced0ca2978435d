//! What a request comes to: the changes it takes, and one row for each license that it is about.

use std::fmt;

use jiff::Timestamp;
use smol_str::SmolStr;

use super::lookup::join;
use super::{Change, Product, Symbol, User};
use crate::diagnostic::Diagnostic;

/// What is to be done, decided on the tenant as it is; nothing has been changed or allowed yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    pub changes: Vec<Change>,
    /// One row for each assignment; empty where the request isn't about licenses.
    pub outcomes: Vec<LicenseOutcome>,
    /// What follows from the request as a whole.
    pub consequences: Vec<Consequence>,
    /// What the admin should know and nothing refuses.
    pub warnings: Vec<Diagnostic>,
}

/// What becomes of one assignment.
#[derive(Clone, Debug, PartialEq)]
pub struct LicenseOutcome {
    /// The user's UPN.
    pub user: SmolStr,
    /// None where a user without licenses was asked to lose all.
    pub sku: Option<Symbol>,
    /// The product's display name.
    pub product: Option<Symbol>,
    pub kind: OutcomeKind,
    pub reason: Option<String>,
    /// Names of the plans that the user had and won't have from any other license (R13).
    pub plans_lost: Vec<Symbol>,
    /// Whether a seat becomes free (R12).
    pub seat_freed: bool,
    /// Until when data is kept that loses its license (R27).
    pub data_held_until: Option<Timestamp>,
    pub consequences: Vec<Consequence>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutcomeKind {
    Removed,
    Added,
    /// Went because another took its place in the same step.
    Replaced,
    /// Plans of it were switched on or off.
    PlansSwitched,
    /// Inherited and still in error, for another reason than before (R37).
    ErrorChanged,
    /// Held already; only the user's location changed (R15).
    LocationChanged,
    SkippedInherited,
    NotHeld,
    AlreadyHeld,
}

impl OutcomeKind {
    /// Whether the row stands for something that changes.
    pub fn changes(self) -> bool {
        matches!(
            self,
            OutcomeKind::Removed
                | OutcomeKind::Added
                | OutcomeKind::Replaced
                | OutcomeKind::PlansSwitched
                | OutcomeKind::ErrorChanged
                | OutcomeKind::LocationChanged
        )
    }
}

impl fmt::Display for OutcomeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl LicenseOutcome {
    pub(super) fn new(user: &User, product: &Product, kind: OutcomeKind) -> Self {
        Self {
            sku: Some(product.sku.clone()),
            product: Some(product.name.clone()),
            ..Self::without_sku(user, kind)
        }
    }

    pub(super) fn without_sku(user: &User, kind: OutcomeKind) -> Self {
        Self {
            user: user.upn.clone(),
            sku: None,
            product: None,
            kind,
            reason: None,
            plans_lost: Vec::new(),
            seat_freed: false,
            data_held_until: None,
            consequences: Vec::new(),
        }
    }

    pub(super) fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

/// What follows from a change, in a clause that an admin can act on.
#[derive(Clone, Debug, PartialEq)]
pub enum Consequence {
    /// R27; the time is when its content is deleted, none while a hold keeps it.
    MailboxDisconnected {
        /// Until when it goes on working, where the tenant opted in.
        works_until: Option<Timestamp>,
        held_until: Option<Timestamp>,
    },
    /// R28
    MailboxNotSearchable,
    /// R32a
    SharedMailboxNeedsLicense,
    /// R32a: the user whose account it hangs on is deleted.
    SharedMailboxNeedsAccount,
    /// R32b
    ForwardingStops { to: Box<str> },
    /// R32b
    PhoneNumberReleased { number: Box<str> },
    /// R31
    OnedriveReadOnly {
        from: Timestamp,
        archived: Timestamp,
        /// None where the archive is paid for or a hold keeps it.
        deleted: Option<Timestamp>,
    },
    /// R32
    OfficeUnlicensed { devices: u32 },
    /// R23: of these products, though they are paid for until the seats are lowered.
    SeatsFreed { skus: Vec<Symbol> },
    /// R24: what was held at deletion is taken again.
    SeatsTaken { skus: Vec<Symbol> },
    /// R33
    SeatsKept { skus: Vec<Symbol> },
    /// R24
    Restorable { until: Timestamp },
    /// The mailbox of a deleted user, who can come back until then.
    MailboxSoftDeleted { until: Timestamp },
    /// R29
    MailboxInactive,
    /// R30
    OnedriveRetained { until: Timestamp },
    /// R30: of a user who is gone for good.
    OnedriveInRecycleBin { until: Timestamp },
    /// R34: what is bought then, and what of it is free.
    Seats { total: u32, free: u32 },
}

impl fmt::Display for Consequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Consequence::MailboxDisconnected {
                works_until: Some(works),
                held_until,
            } => {
                write!(
                    f,
                    "the mailbox works and can be searched until {works}, and is then disconnected and "
                )?;
                match held_until {
                    Some(until) => write!(f, "deleted after {until}"),
                    None => write!(f, "kept while its hold lasts"),
                }
            }
            Consequence::MailboxDisconnected {
                held_until: Some(until),
                ..
            } => write!(f, "the mailbox is disconnected and deleted after {until}"),
            Consequence::MailboxDisconnected {
                held_until: None, ..
            } => {
                write!(
                    f,
                    "the mailbox is disconnected and kept while its hold lasts"
                )
            }
            Consequence::MailboxNotSearchable => {
                write!(f, "eDiscovery can't search the mailbox any more")
            }
            Consequence::SharedMailboxNeedsLicense => write!(
                f,
                "the shared mailbox needs a license: it is over 50 GB, or has an archive or a hold"
            ),
            Consequence::SharedMailboxNeedsAccount => {
                write!(
                    f,
                    "the shared mailbox hangs on the account and goes with it"
                )
            }
            Consequence::ForwardingStops { to } => write!(f, "mail is no longer forwarded to {to}"),
            Consequence::PhoneNumberReleased { number } => {
                write!(f, "the phone number {number} is released")
            }
            Consequence::OnedriveReadOnly {
                from,
                archived,
                deleted: None,
            } => write!(
                f,
                "OneDrive can only be read from {from} on and is archived on {archived}"
            ),
            Consequence::OnedriveReadOnly {
                from,
                archived,
                deleted: Some(deleted),
            } => write!(
                f,
                "OneDrive can only be read from {from} on, goes to the recycle bin on {archived} and is deleted after \
                 {deleted}"
            ),
            Consequence::OfficeUnlicensed { devices } => write!(
                f,
                "Office on {devices} {} shows Unlicensed Product and can only view and print",
                if *devices == 1 { "device" } else { "devices" }
            ),
            Consequence::SeatsFreed { skus } => write!(
                f,
                "frees a seat of {}, paid for until Set-Subscription lowers the seats",
                join(skus)
            ),
            Consequence::SeatsTaken { skus } => write!(f, "takes a seat of {}", join(skus)),
            Consequence::SeatsKept { skus } => {
                write!(
                    f,
                    "keeps the seat of {}; Remove-License frees it",
                    join(skus)
                )
            }
            Consequence::Restorable { until } => {
                write!(f, "Restore-User brings the user back until {until}")
            }
            Consequence::MailboxSoftDeleted { until } => {
                write!(f, "the mailbox is deleted with the user after {until}")
            }
            Consequence::MailboxInactive => {
                write!(
                    f,
                    "the mailbox becomes inactive and is kept while its hold lasts"
                )
            }
            Consequence::OnedriveRetained { until } => {
                write!(
                    f,
                    "OneDrive is kept until {until} and then goes to the recycle bin"
                )
            }
            Consequence::OnedriveInRecycleBin { until } => {
                write!(f, "OneDrive is in the recycle bin until {until}")
            }
            Consequence::Seats { total, free } => write!(f, "{total} seats, {free} of them free"),
        }
    }
}
