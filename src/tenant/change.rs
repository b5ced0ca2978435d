//! What is written down: the facts of which the journal is made.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use uuid::Uuid;

use super::assignment::AssignmentError;
use super::extra::ExtraFields;
use super::model::{
    Group, Location, Mailbox, OneDrive, Organisation, Product, Subscription, User, UserKind,
};
use super::role::Role;
use super::symbol::Symbol;

/// One fact. Replayed for ever: a variant's written form never changes its meaning.
///
/// `was` is the before-image and `now` the after-image, so that replay can be checked and every change has an exact
/// inverse.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    LicenseAssigned {
        user: Uuid,
        sku: Symbol,
        /// The group it comes through; none for a direct one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<Uuid>,
        #[serde(default = "none", skip_serializing_if = "is_empty")]
        disabled: Arc<[Symbol]>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<AssignmentError>,
    },
    LicenseRemoved {
        user: Uuid,
        sku: Symbol,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<Uuid>,
        was: LicenseImage,
    },
    /// Plans of one assignment were switched off or on: the names of those that are off.
    PlansSwitched {
        user: Uuid,
        sku: Symbol,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<Uuid>,
        was: Arc<[Symbol]>,
        now: Arc<[Symbol]>,
    },
    /// An inherited license began to arrive, or ceased to (R37).
    LicenseErrorChanged {
        user: Uuid,
        sku: Symbol,
        group: Uuid,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<AssignmentError>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        now: Option<AssignmentError>,
    },

    UserAdded {
        now: Box<User>,
    },
    /// Gone for good (R26).
    UserPurged {
        was: Box<User>,
    },
    UserEdited {
        user: Uuid,
        was: Box<UserFields>,
        now: Box<UserFields>,
    },
    /// Soft-deleted (R23).
    UserDeleted {
        user: Uuid,
        at: Timestamp,
    },
    UserRestored {
        user: Uuid,
        /// When it had been deleted.
        was: Timestamp,
    },
    SignInBlocked {
        user: Uuid,
    },
    SignInAllowed {
        user: Uuid,
    },
    SessionsRevoked {
        user: Uuid,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<Timestamp>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        now: Option<Timestamp>,
    },
    RoleAssigned {
        user: Uuid,
        role: Role,
    },
    RoleRemoved {
        user: Uuid,
        role: Role,
    },

    GroupAdded {
        now: Box<Group>,
    },
    GroupRemoved {
        was: Box<Group>,
    },
    GroupLicenseAssigned {
        group: Uuid,
        sku: Symbol,
        #[serde(default = "none", skip_serializing_if = "is_empty")]
        disabled: Arc<[Symbol]>,
    },
    GroupLicenseRemoved {
        group: Uuid,
        sku: Symbol,
        was: LicenseImage,
    },
    MemberAdded {
        group: Uuid,
        user: Uuid,
    },
    MemberRemoved {
        group: Uuid,
        user: Uuid,
    },

    ProductAdded {
        now: Box<Product>,
    },
    ProductRemoved {
        was: Box<Product>,
    },
    /// Its names or plans; the key stays.
    ProductEdited {
        was: Box<Product>,
        now: Box<Product>,
    },
    /// The `nth` subscription (from 0) of a product: bought where there was none, ended where there is none now.
    SubscriptionChanged {
        sku: Symbol,
        nth: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<Subscription>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        now: Option<Subscription>,
    },

    /// The last plan for this data went: it is kept from now on for a limited time (R27, R31).
    DataClockStarted {
        user: Uuid,
        at: Timestamp,
        data: Arc<[DataKind]>,
    },
    /// A plan for this data came back in time.
    DataClockStopped {
        user: Uuid,
        was: Timestamp,
        data: Arc<[DataKind]>,
    },
    MailboxChanged {
        user: Uuid,
        was: Box<Mailbox>,
        now: Box<Mailbox>,
    },
    OnedriveChanged {
        user: Uuid,
        was: Box<OneDrive>,
        now: Box<OneDrive>,
    },
    /// The number went back to the pool with the calling plan (R32b).
    PhoneNumberReleased {
        user: Uuid,
        was: Box<str>,
    },
    PhoneNumberAssigned {
        user: Uuid,
        now: Box<str>,
    },

    /// The tenant's clock, in seconds ahead of real time.
    ClockMoved {
        was: i64,
        now: i64,
    },
    OrganisationEdited {
        was: Box<Organisation>,
        now: Box<Organisation>,
    },
}

/// What a license was before it changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LicenseImage {
    #[serde(default = "none", skip_serializing_if = "is_empty")]
    pub disabled: Arc<[Symbol]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<AssignmentError>,
}

impl Default for LicenseImage {
    fn default() -> Self {
        Self {
            disabled: none(),
            error: None,
        }
    }
}

/// Data that outlives its license for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DataKind {
    Mailbox,
    OneDrive,
}

/// The fields of a user's profile, each where it is set. A field that is equal before and after didn't change.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UserFields {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upn: Option<SmolStr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<SmolStr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<SmolStr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surname: Option<SmolStr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<SmolStr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_title: Option<Symbol>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<Symbol>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub office: Option<Symbol>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<Symbol>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<Symbol>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_location: Option<Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<UserKind>,
    #[serde(skip_serializing_if = "ExtraFields::is_empty")]
    pub extra: ExtraFields,
}

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject<'a> {
    User(Uuid),
    Group(Uuid),
    Product(&'a Symbol),
    Organisation,
}

impl Change {
    /// Whether it takes away what isn't taken lightly, whatever command it stands in: a hold on data, a role.
    pub fn takes_away(&self) -> bool {
        match self {
            Change::RoleRemoved { .. } | Change::UserDeleted { .. } | Change::UserPurged { .. } => {
                true
            }
            Change::MailboxChanged { was, now, .. } => {
                let lifts_hold = was.litigation_hold.is_some() && now.litigation_hold.is_none();
                lifts_hold || (was.archive && !now.archive)
            }
            _ => false,
        }
    }

    /// The change that takes this one back exactly.
    pub fn inverse(self) -> Change {
        use Change::*;
        match self {
            LicenseAssigned {
                user,
                sku,
                group,
                disabled,
                error,
            } => LicenseRemoved {
                user,
                sku,
                group,
                was: LicenseImage { disabled, error },
            },
            LicenseRemoved {
                user,
                sku,
                group,
                was,
            } => LicenseAssigned {
                user,
                sku,
                group,
                disabled: was.disabled,
                error: was.error,
            },
            PlansSwitched {
                user,
                sku,
                group,
                was,
                now,
            } => PlansSwitched {
                user,
                sku,
                group,
                was: now,
                now: was,
            },
            LicenseErrorChanged {
                user,
                sku,
                group,
                was,
                now,
            } => LicenseErrorChanged {
                user,
                sku,
                group,
                was: now,
                now: was,
            },
            UserAdded { now } => UserPurged { was: now },
            UserPurged { was } => UserAdded { now: was },
            UserEdited { user, was, now } => UserEdited {
                user,
                was: now,
                now: was,
            },
            UserDeleted { user, at } => UserRestored { user, was: at },
            UserRestored { user, was } => UserDeleted { user, at: was },
            SignInBlocked { user } => SignInAllowed { user },
            SignInAllowed { user } => SignInBlocked { user },
            SessionsRevoked { user, was, now } => SessionsRevoked {
                user,
                was: now,
                now: was,
            },
            RoleAssigned { user, role } => RoleRemoved { user, role },
            RoleRemoved { user, role } => RoleAssigned { user, role },
            GroupAdded { now } => GroupRemoved { was: now },
            GroupRemoved { was } => GroupAdded { now: was },
            GroupLicenseAssigned {
                group,
                sku,
                disabled,
            } => GroupLicenseRemoved {
                group,
                sku,
                was: LicenseImage {
                    disabled,
                    error: None,
                },
            },
            GroupLicenseRemoved { group, sku, was } => GroupLicenseAssigned {
                group,
                sku,
                disabled: was.disabled,
            },
            MemberAdded { group, user } => MemberRemoved { group, user },
            MemberRemoved { group, user } => MemberAdded { group, user },
            ProductAdded { now } => ProductRemoved { was: now },
            ProductRemoved { was } => ProductAdded { now: was },
            ProductEdited { was, now } => ProductEdited { was: now, now: was },
            SubscriptionChanged { sku, nth, was, now } => SubscriptionChanged {
                sku,
                nth,
                was: now,
                now: was,
            },
            DataClockStarted { user, at, data } => DataClockStopped {
                user,
                was: at,
                data,
            },
            DataClockStopped { user, was, data } => DataClockStarted {
                user,
                at: was,
                data,
            },
            MailboxChanged { user, was, now } => MailboxChanged {
                user,
                was: now,
                now: was,
            },
            OnedriveChanged { user, was, now } => OnedriveChanged {
                user,
                was: now,
                now: was,
            },
            PhoneNumberReleased { user, was } => PhoneNumberAssigned { user, now: was },
            PhoneNumberAssigned { user, now } => PhoneNumberReleased { user, was: now },
            ClockMoved { was, now } => ClockMoved { was: now, now: was },
            OrganisationEdited { was, now } => OrganisationEdited { was: now, now: was },
        }
    }

    /// The one thing that it changes.
    pub fn subject(&self) -> Subject<'_> {
        use Change::*;
        match self {
            LicenseAssigned { user, .. }
            | LicenseRemoved { user, .. }
            | PlansSwitched { user, .. }
            | LicenseErrorChanged { user, .. }
            | UserEdited { user, .. }
            | UserDeleted { user, .. }
            | UserRestored { user, .. }
            | SignInBlocked { user }
            | SignInAllowed { user }
            | SessionsRevoked { user, .. }
            | RoleAssigned { user, .. }
            | RoleRemoved { user, .. }
            | MemberAdded { user, .. }
            | MemberRemoved { user, .. }
            | DataClockStarted { user, .. }
            | DataClockStopped { user, .. }
            | MailboxChanged { user, .. }
            | OnedriveChanged { user, .. }
            | PhoneNumberReleased { user, .. }
            | PhoneNumberAssigned { user, .. } => Subject::User(*user),
            UserAdded { now: user } | UserPurged { was: user } => Subject::User(user.id),
            GroupAdded { now: group } | GroupRemoved { was: group } => Subject::Group(group.id),
            GroupLicenseAssigned { group, .. } | GroupLicenseRemoved { group, .. } => {
                Subject::Group(*group)
            }
            ProductAdded { now: product }
            | ProductRemoved { was: product }
            | ProductEdited { was: product, .. } => Subject::Product(&product.sku),
            SubscriptionChanged { sku, .. } => Subject::Product(sku),
            ClockMoved { .. } | OrganisationEdited { .. } => Subject::Organisation,
        }
    }

    /// The keys of the products that it is about; those of a whole user or group are the ones it holds.
    pub fn skus(&self) -> Vec<&Symbol> {
        use Change::*;
        match self {
            LicenseAssigned { sku, .. }
            | LicenseRemoved { sku, .. }
            | PlansSwitched { sku, .. }
            | LicenseErrorChanged { sku, .. }
            | GroupLicenseAssigned { sku, .. }
            | GroupLicenseRemoved { sku, .. }
            | SubscriptionChanged { sku, .. } => vec![sku],
            ProductAdded { now: product }
            | ProductRemoved { was: product }
            | ProductEdited { was: product, .. } => vec![&product.sku],
            UserAdded { now: user } | UserPurged { was: user } => {
                user.licenses.iter().map(|own| &own.sku).collect()
            }
            GroupAdded { now: group } | GroupRemoved { was: group } => {
                group.licenses.iter().map(|own| &own.sku).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether it follows from another change as a rule, and is seldom what was asked for.
    pub fn follows(&self) -> bool {
        matches!(
            self,
            Change::LicenseErrorChanged { .. }
                | Change::DataClockStarted { .. }
                | Change::DataClockStopped { .. }
                | Change::MailboxChanged { .. }
                | Change::OnedriveChanged { .. }
                | Change::PhoneNumberReleased { .. }
                | Change::PhoneNumberAssigned { .. }
        )
    }

    /// Whether it can change how many seats are taken.
    pub(super) fn moves_seats(&self) -> bool {
        matches!(
            self,
            Change::LicenseAssigned { .. }
                | Change::LicenseRemoved { .. }
                | Change::LicenseErrorChanged { .. }
                | Change::UserDeleted { .. }
                | Change::UserRestored { .. }
        )
    }
}

impl UserFields {
    /// The profile as a user has it now.
    pub fn of(user: &User) -> Self {
        Self {
            upn: Some(user.upn.clone()),
            display_name: Some(user.display_name.clone()),
            given_name: user.given_name.clone(),
            surname: user.surname.clone(),
            mail: user.mail.clone(),
            job_title: user.job_title.clone(),
            department: user.department.clone(),
            office: user.office.clone(),
            city: user.city.clone(),
            country: user.country.clone(),
            usage_location: user.usage_location,
            kind: Some(user.kind),
            extra: user.extra.clone(),
        }
    }
}

/// Empty ones share their memory.
fn none<T>() -> Arc<[T]> {
    Arc::default()
}

fn is_empty<T>(list: &Arc<[T]>) -> bool {
    list.is_empty()
}
