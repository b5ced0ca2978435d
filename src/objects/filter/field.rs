//! The properties of a user that Graph filters by, and what it lets be asked of each.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use uuid::Uuid;

use crate::tenant::{CompactTimestamp, ExtraValue, Location, SignIn, Tenant, User, UserKind};
use crate::value::time;

/// A property.
#[derive(Debug)]
pub struct Field {
    /// As Graph spells it.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) asks: Asks,
    /// Whether it is kept only where an export has it.
    pub(super) is_extra: bool,
    pub(super) cell: for<'a> fn(&'a User, &str) -> Cell<'a>,
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

const fn text(
    name: &'static str,
    asks: Asks,
    cell: for<'a> fn(&'a User, &str) -> Cell<'a>,
) -> Field {
    Field {
        name,
        kind: Kind::Text,
        asks,
        is_extra: false,
        cell,
    }
}

const fn flag(name: &'static str, cell: for<'a> fn(&'a User, &str) -> Cell<'a>) -> Field {
    Field {
        name,
        kind: Kind::Bool,
        asks: PLAIN,
        is_extra: false,
        cell,
    }
}

const fn moment(
    name: &'static str,
    asks: Asks,
    cell: for<'a> fn(&'a User, &str) -> Cell<'a>,
) -> Field {
    Field {
        name,
        kind: Kind::Time,
        asks,
        is_extra: false,
        cell,
    }
}

/// A field that the model only keeps; what Graph answers is said by its page on the user resource.
const fn extra(name: &'static str, asks: Asks) -> Field {
    Field {
        is_extra: true,
        ..text(name, asks, |user, name| Cell::Text(extra_text(user, name)))
    }
}

const fn extra_time(name: &'static str) -> Field {
    Field {
        is_extra: true,
        ..moment(name, ORDERED, |user, name| {
            Cell::Time(extra_text(user, name).and_then(time))
        })
    }
}

/// The text under a path such as `employeeOrgData/costCenter`; extension attributes lie among the fields themselves.
fn extra_text<'a>(user: &'a User, path: &str) -> Option<&'a str> {
    let (parent, name) = path.split_once('/').unwrap_or(("", path));
    match user.extra.get(name) {
        Some(value) => value.text(),
        None => match user.extra.get(parent)? {
            ExtraValue::Json(json) => json.get(name)?.as_str(),
            ExtraValue::Text(_) => None,
        },
    }
}

/// A directory extension, `extension_<application>_<name>`, that users of the tenant have.
pub(super) fn extension(name: &str, tenant: &Tenant) -> Option<&'static Field> {
    static KNOWN: Mutex<Vec<&'static Field>> = Mutex::new(Vec::new());
    let names = tenant.users().first()?.extra.names();
    let same = |own: &&str| own.starts_with("extension_") && own.eq_ignore_ascii_case(name);
    let name = names.iter().find(same)?;
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(field) = known.iter().find(|own| own.name == name) {
        return Some(field);
    }
    let field: &'static Field = Box::leak(Box::new(extra(name, TEXT)));
    known.push(field);
    Some(field)
}

impl Field {
    /// What a user has in it.
    pub(super) fn of<'a>(&self, user: &'a User) -> Cell<'a> {
        (self.cell)(user, self.name)
    }

    /// Whether an export has told it of anybody; what no export told can't be asked for.
    pub(super) fn is_known(&self, tenant: &Tenant) -> bool {
        let is_part = |own: &str| {
            self.name
                .split('/')
                .any(|part| part.eq_ignore_ascii_case(own))
        };
        let first = tenant.users().first();
        !self.is_extra || first.is_some_and(|user| user.extra.names().iter().any(is_part))
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
    flag("accountEnabled", |user, _| Cell::Bool(user.enabled)),
    flag(SYNCED, |user, _| Cell::Bool(user.synced)),
    text("userPrincipalName", ADDRESS, |user, _| {
        Cell::Text(Some(&user.upn))
    }),
    text("mail", ADDRESS, |user, _| Cell::Text(user.mail.as_deref())),
    text("displayName", TEXT, |user, _| {
        Cell::Text(Some(&user.display_name))
    }),
    text("givenName", TEXT, |user, _| {
        Cell::Text(user.given_name.as_deref())
    }),
    text("surname", TEXT, |user, _| {
        Cell::Text(user.surname.as_deref())
    }),
    text("jobTitle", TEXT, |user, _| {
        Cell::Text(user.job_title.as_deref())
    }),
    text("department", TEXT, |user, _| {
        Cell::Text(user.department.as_deref())
    }),
    text("officeLocation", TEXT, |user, _| {
        Cell::Text(user.office.as_deref())
    }),
    text("city", TEXT, |user, _| Cell::Text(user.city.as_deref())),
    text("country", TEXT, |user, _| {
        Cell::Text(user.country.as_deref())
    }),
    text("usageLocation", TEXT, |user, _| {
        Cell::Text(user.usage_location.as_ref().map(Location::as_str))
    }),
    text("userType", PLAIN, |user, _| {
        Cell::Text(Some(match user.kind {
            UserKind::Member => "Member",
            UserKind::Guest => "Guest",
        }))
    }),
    Field {
        name: "id",
        kind: Kind::Id,
        asks: PLAIN,
        is_extra: false,
        cell: |user, _| Cell::Id(user.id),
    },
    extra("employeeId", TEXT),
    extra("employeeType", TEXT),
    extra("companyName", TEXT),
    extra("mobilePhone", TEXT),
    extra("faxNumber", TEXT),
    extra("state", TEXT),
    extra("streetAddress", TEXT),
    extra("postalCode", TEXT),
    extra("preferredLanguage", TEXT),
    extra("mailNickname", TEXT),
    extra("onPremisesSamAccountName", TEXT),
    extra("onPremisesUserPrincipalName", TEXT),
    extra("onPremisesImmutableId", ORDERED),
    extra("onPremisesSecurityIdentifier", PLAIN),
    extra("passwordPolicies", PLAIN),
    extra("ageGroup", PLAIN),
    extra("consentProvidedForMinor", PLAIN),
    extra("creationType", PLAIN),
    extra("externalUserState", PLAIN),
    extra("employeeOrgData/costCenter", ORDERED),
    extra("employeeOrgData/division", ORDERED),
    extra_time("employeeHireDate"),
    extra_time("employeeLeaveDateTime"),
    extra_time("onPremisesLastSyncDateTime"),
    extra("onPremisesExtensionAttributes/extensionAttribute1", PLAIN),
    extra("onPremisesExtensionAttributes/extensionAttribute2", PLAIN),
    extra("onPremisesExtensionAttributes/extensionAttribute3", PLAIN),
    extra("onPremisesExtensionAttributes/extensionAttribute4", PLAIN),
    extra("onPremisesExtensionAttributes/extensionAttribute5", PLAIN),
    extra("onPremisesExtensionAttributes/extensionAttribute6", PLAIN),
    extra("onPremisesExtensionAttributes/extensionAttribute7", PLAIN),
    extra("onPremisesExtensionAttributes/extensionAttribute8", PLAIN),
    extra("onPremisesExtensionAttributes/extensionAttribute9", PLAIN),
    extra("onPremisesExtensionAttributes/extensionAttribute10", PLAIN),
    extra("onPremisesExtensionAttributes/extensionAttribute11", PLAIN),
    extra("onPremisesExtensionAttributes/extensionAttribute12", PLAIN),
    extra("onPremisesExtensionAttributes/extensionAttribute13", PLAIN),
    extra("onPremisesExtensionAttributes/extensionAttribute14", PLAIN),
    extra("onPremisesExtensionAttributes/extensionAttribute15", PLAIN),
    moment("createdDateTime", ORDERED, |user, _| {
        Cell::Time(user.created.map(Into::into))
    }),
    moment(
        SIGN_IN,
        Asks {
            list: false,
            ..ORDERED
        },
        |user, _| sign_in(user, user.last_sign_in),
    ),
    moment(
        "signInActivity/lastNonInteractiveSignInDateTime",
        Asks {
            list: false,
            ..ORDERED
        },
        |user, _| {
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
        |user, _| {
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
