//! The properties of a user that Graph filters by, and what it lets be asked of each.

use jiff::Timestamp;
use uuid::Uuid;

use crate::tenant::{CompactTimestamp, Location, SignIn, User, UserKind};

/// A property.
#[derive(Debug)]
pub struct Field {
    /// As Graph spells it.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) asks: Asks,
    pub(super) cell: for<'a> fn(&'a User) -> Cell<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Text,
    Time,
    Id,
}

/// What Graph answers beyond `eq`, `ne` and `not`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asks {
    /// `ge` and `le`
    pub order: bool,
    /// `in`
    pub list: bool,
    pub starts: bool,
    pub ends: bool,
}

const PLAIN: Asks = Asks {
    order: false,
    list: true,
    starts: false,
    ends: false,
};
const ORDERED: Asks = Asks {
    order: true,
    ..PLAIN
};
const TEXT: Asks = Asks {
    starts: true,
    ..ORDERED
};
const ADDRESS: Asks = Asks { ends: true, ..TEXT };

/// What a user has in a field.
pub(super) enum Cell<'a> {
    Bool(bool),
    Text(Option<&'a str>),
    Time(Option<Timestamp>),
    Id(Uuid),
    /// No export told: nothing that is asked of it is true.
    Unknown,
}

impl Cell<'_> {
    pub fn is_null(&self) -> bool {
        matches!(self, Cell::Text(None) | Cell::Time(None))
    }
}

const fn text(name: &'static str, asks: Asks, cell: for<'a> fn(&'a User) -> Cell<'a>) -> Field {
    Field {
        name,
        kind: Kind::Text,
        asks,
        cell,
    }
}

const fn flag(name: &'static str, cell: for<'a> fn(&'a User) -> Cell<'a>) -> Field {
    Field {
        name,
        kind: Kind::Bool,
        asks: PLAIN,
        cell,
    }
}

const fn moment(name: &'static str, asks: Asks, cell: for<'a> fn(&'a User) -> Cell<'a>) -> Field {
    Field {
        name,
        kind: Kind::Time,
        asks,
        cell,
    }
}

/// A time of `signInActivity`: null is said of a user by an export, where one is.
fn sign_in(user: &User, time: Option<CompactTimestamp>) -> Cell<'static> {
    match time {
        None if user.signed_in() == SignIn::Unknown => Cell::Unknown,
        time => Cell::Time(time.map(Into::into)),
    }
}

pub(super) static FIELDS: &[Field] = &[
    flag("accountEnabled", |user| Cell::Bool(user.enabled)),
    flag(SYNCED, |user| Cell::Bool(user.synced)),
    text("userPrincipalName", ADDRESS, |user| {
        Cell::Text(Some(&user.upn))
    }),
    text("mail", ADDRESS, |user| Cell::Text(user.mail.as_deref())),
    text("displayName", TEXT, |user| {
        Cell::Text(Some(&user.display_name))
    }),
    text("givenName", TEXT, |user| {
        Cell::Text(user.given_name.as_deref())
    }),
    text("surname", TEXT, |user| Cell::Text(user.surname.as_deref())),
    text("jobTitle", TEXT, |user| {
        Cell::Text(user.job_title.as_deref())
    }),
    text("department", TEXT, |user| {
        Cell::Text(user.department.as_deref())
    }),
    text("officeLocation", TEXT, |user| {
        Cell::Text(user.office.as_deref())
    }),
    text("city", TEXT, |user| Cell::Text(user.city.as_deref())),
    text("country", TEXT, |user| Cell::Text(user.country.as_deref())),
    text("usageLocation", TEXT, |user| {
        Cell::Text(user.usage_location.as_ref().map(Location::as_str))
    }),
    text("userType", PLAIN, |user| {
        Cell::Text(Some(match user.kind {
            UserKind::Member => "Member",
            UserKind::Guest => "Guest",
        }))
    }),
    Field {
        name: "id",
        kind: Kind::Id,
        asks: PLAIN,
        cell: |user| Cell::Id(user.id),
    },
    moment("createdDateTime", ORDERED, |user| {
        Cell::Time(user.created.map(Into::into))
    }),
    moment(
        SIGN_IN,
        Asks {
            list: false,
            ..ORDERED
        },
        |user| sign_in(user, user.last_sign_in),
    ),
    moment(
        "signInActivity/lastNonInteractiveSignInDateTime",
        Asks {
            list: false,
            ..ORDERED
        },
        |user| {
            let activity = user.activity.as_ref();
            sign_in(user, activity.and_then(|own| own.non_interactive))
        },
    ),
    moment(
        "signInActivity/lastSuccessfulSignInDateTime",
        Asks {
            list: false,
            ..ORDERED
        },
        |user| {
            let activity = user.activity.as_ref();
            sign_in(user, activity.and_then(|own| own.successful))
        },
    ),
];

/// The one that Graph has no false for.
pub(super) const SYNCED: &str = "onPremisesSyncEnabled";

/// Graph lets it stand only alone.
pub(super) fn is_sign_in(name: &str) -> bool {
    name.starts_with("signInActivity/")
}

const SIGN_IN: &str = "signInActivity/lastSignInDateTime";

/// The field of a name in any letter case.
pub(super) fn find(name: &str) -> Option<&'static Field> {
    FIELDS
        .iter()
        .find(|field| field.name.eq_ignore_ascii_case(name))
}

/// What else a property is called, here or in other tools, and what Graph calls it.
pub(super) const OTHERS: &[(&str, &str)] = &[
    ("Enabled", "accountEnabled"),
    ("BlockCredential", "accountEnabled"),
    ("Synced", "onPremisesSyncEnabled"),
    ("DirSyncEnabled", "onPremisesSyncEnabled"),
    ("UPN", "userPrincipalName"),
    ("Name", "displayName"),
    ("Title", "jobTitle"),
    ("Office", "officeLocation"),
    ("Created", "createdDateTime"),
    ("LastSignIn", SIGN_IN),
    ("signInActivity", SIGN_IN),
    ("lastSignInDateTime", SIGN_IN),
    (
        "lastNonInteractiveSignInDateTime",
        "signInActivity/lastNonInteractiveSignInDateTime",
    ),
    (
        "lastSuccessfulSignInDateTime",
        "signInActivity/lastSuccessfulSignInDateTime",
    ),
    ("Licenses", "assignedLicenses/$count"),
    ("isLicensed", "assignedLicenses/$count"),
    ("assignedLicenses", "assignedLicenses/$count"),
    ("Sku", "assignedLicenses/any(x:x/skuId eq GUID)"),
    ("skuId", "assignedLicenses/any(x:x/skuId eq GUID)"),
];
