//! The rules of a Microsoft 365 tenant, without I/O: decide, admit, apply, take back.

mod account;
mod assignment;
pub mod catalogue;
mod change;
mod consequences;
mod describe;
mod edit;
mod find;
mod group;
mod license;
mod mailbox;
mod model;

mod outcome;
mod plans;
mod retention;
mod role;
mod rules;
mod stamp;
mod state;
mod step;
mod subscription;
mod symbol;
mod undo;

pub use assignment::{Assignment, AssignmentError, OFTEN_THE_SAME};
pub use change::{Change, DataKind, LicenseImage, Subject, UserFields};
pub use consequences::needs_license;
pub use license::{Addition, Removal};
pub use mailbox::{MailboxState, OfficeState, OnedriveState};
pub use model::{
    AppliesTo, Cloud, Group, GroupLicense, Location, Mailbox, OneDrive, Operator, Organisation,
    Plan, Product, Subscription, SubscriptionStatus, User, UserData, UserKind,
};
pub use outcome::{Consequence, Decision, LicenseOutcome, OutcomeKind};
pub use role::{Actor, Permission, Role};
pub use stamp::Stamp;
pub use state::{Parts, Seats, Tenant};
pub use symbol::Symbol;
pub use undo::Part;
