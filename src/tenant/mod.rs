//! The rules of a Microsoft 365 tenant, without I/O: decide, admit, apply, take back.

pub mod catalogue;
mod change;
mod consequences;
mod describe;
mod edit;
mod find;
mod license;
mod model;
mod outcome;
mod plans;
mod role;
mod rules;
mod state;
mod symbol;

pub use change::{Change, DataKind, LicenseImage, Subject, UserFields};
pub use consequences::needs_license;
pub use license::{Addition, Removal};
pub use model::{
    AppliesTo, Assignment, AssignmentError, Cloud, Group, GroupLicense, Location, Mailbox,
    OneDrive, Operator, Organisation, Plan, Product, Subscription, SubscriptionStatus, User,
    UserData, UserKind,
};
pub use outcome::{Consequence, Decision, LicenseOutcome, OutcomeKind};
pub use role::{Actor, Permission, Role};
pub use state::{Parts, Seats, Tenant};
pub use symbol::Symbol;
