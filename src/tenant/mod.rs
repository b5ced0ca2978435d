//! The rules of a Microsoft 365 tenant, without I/O: decide, admit, apply, take back.

mod change;
mod model;
mod role;
mod state;
mod symbol;

pub use change::{Change, LicenseImage};
pub use model::{
    AppliesTo, Assignment, AssignmentError, Cloud, Group, GroupLicense, Location, Mailbox,
    OneDrive, Operator, Organisation, Plan, Product, Subscription, SubscriptionStatus, User,
    UserData, UserKind,
};
pub use role::{Permission, Role};
pub use state::{Parts, Tenant};
pub use symbol::Symbol;
