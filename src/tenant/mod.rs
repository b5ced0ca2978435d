//! The rules of a Microsoft 365 tenant, without I/O: decide, admit, apply, take back.

mod account;
mod apply_change;
mod assign_license;
mod assignment;
pub mod catalogue;
mod change;
mod change_times;
mod consequences;
mod describe;
mod extra;
mod group;
mod license;
mod lookup;
mod mailbox;
mod model;

mod compact_time;
mod license_edit;
mod other_role;
mod outcome;
mod plans;
mod retention;
mod role;
mod rules;
mod sensitive;
mod state;
mod subscription;
mod switch;
mod symbol;
mod undo;

pub use assign_license::NewLicense;
pub use assignment::{Assignment, AssignmentError, OFTEN_THE_SAME};
pub use change::{Change, DataKind, LicenseImage, Subject, UserFields};
pub use change_times::set_times;
pub use compact_time::CompactTimestamp;
pub use consequences::needs_license;
pub use extra::{ExtraFields, ExtraNames, ExtraValue};
pub use license::{Addition, Removal};
pub use mailbox::{MailboxState, OfficeState, OnedriveState};
pub use model::{
    Activity, AppliesTo, Cloud, Group, GroupLicense, Location, Mailbox, OneDrive, Operator,
    Organisation, Plan, Product, SignIn, Subscription, SubscriptionStatus, User, UserData,
    UserKind,
};
pub use other_role::OtherRole;
pub use outcome::{Consequence, Decision, LicenseOutcome, OutcomeKind};
pub use role::{Actor, Permission, Role};
pub use sensitive::TAKES_OWN_ROLE;
pub use state::{Seats, Tenant, TenantData};
pub use symbol::Symbol;
pub use undo::Part;
