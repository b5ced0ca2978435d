//! The things of a tenant, as tenant.yaml holds them: organisation, products, groups, users.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use uuid::Uuid;

use super::assignment::{self, Assignment, AssignmentError, is_empty, none};
use super::compact_time::CompactTimestamp;
use super::extra::ExtraFields;
use super::role::Role;
use super::symbol::Symbol;

/// What is said of the tenant as a whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    pub name: String,
    #[serde(default)]
    pub cloud: Cloud,
    /// The operator or user who acts when `--as` names nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_admin: Option<String>,
    /// Seconds that the tenant's clock is ahead of real time; moved by Set-TenantClock to rehearse.
    #[serde(default, skip_serializing_if = "is_default")]
    pub clock_offset: i64,
    /// Exchange keeps a mailbox working for a while after its license went (R27); an opt-in of large tenants.
    #[serde(default, skip_serializing_if = "is_default")]
    pub delicensing_resiliency: bool,
    /// The archive of unlicensed OneDrives is paid for, so that none is deleted (R31).
    #[serde(default, skip_serializing_if = "is_default")]
    pub onedrive_archive: bool,
    /// People who administer the tenant without being its users; they take no seat.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operators: Vec<Operator>,
}

/// The Microsoft cloud the tenant lives in; decides the portal's steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cloud {
    #[default]
    #[serde(rename = "worldwide")]
    Worldwide,
    #[serde(rename = "germany")]
    Germany,
    #[serde(rename = "21vianet")]
    Vianet,
}

impl Cloud {
    pub const ALL: [Cloud; 3] = [Cloud::Worldwide, Cloud::Germany, Cloud::Vianet];

    /// As tenant.yaml and Set-Tenant write it.
    pub fn name(self) -> &'static str {
        match self {
            Cloud::Worldwide => "worldwide",
            Cloud::Germany => "germany",
            Cloud::Vianet => "21vianet",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    pub name: String,
    pub roles: Vec<Role>,
}

/// A product the tenant owns: a SKU with its service plans and the subscriptions that pay for its seats (R36).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// The tenant's key: the part number, or the GUID where two products share it.
    pub sku: Symbol,
    pub sku_id: Uuid,
    /// The part number, where it isn't the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_number: Option<Symbol>,
    /// The display name: `Office 365 E3`.
    pub name: Symbol,
    #[serde(default, skip_serializing_if = "is_default")]
    pub applies_to: AppliesTo,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subscriptions: Vec<Subscription>,
    /// Seats in use that no user of this file accounts for (R16).
    #[serde(default, skip_serializing_if = "is_default")]
    pub outside: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<Plan>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppliesTo {
    #[default]
    User,
    Company,
}

/// A service plan of a product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// `EXCHANGE_S_ENTERPRISE`.
    pub name: Symbol,
    pub id: Uuid,
    /// `Exchange Online (Plan 2)`, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Symbol>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub applies_to: AppliesTo,
}

/// Seats bought together, with one lifecycle (R35).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    pub seats: u32,
    #[serde(default)]
    pub status: SubscriptionStatus,
    /// When it renews or expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renews: Option<Timestamp>,
}

/// As Graph names the states of `capabilityStatus` and `prepaidUnits`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubscriptionStatus {
    #[default]
    Enabled,
    /// Expired, in its grace time: everything works.
    Warning,
    /// Disabled: nothing can be assigned (R22).
    Suspended,
    LockedOut,
    Deleted,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub id: Uuid,
    pub name: Symbol,
    /// The rule that its members follow from; none where they are added by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub membership_rule: Option<Box<str>>,
    /// Synchronised from an on-premises directory, where alone it can be edited.
    #[serde(default, skip_serializing_if = "is_default")]
    pub synced: bool,
    /// What its direct members inherit (R37).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub licenses: Vec<GroupLicense>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupLicense {
    pub sku: Symbol,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disabled: Vec<Symbol>,
}

impl Group {
    /// A group whose members are added by hand, and which gives nothing.
    pub fn new(id: Uuid, name: Symbol) -> Self {
        Self {
            id,
            name,
            membership_rule: None,
            synced: false,
            licenses: Vec::new(),
        }
    }

    /// Whether it says the same; in which order it holds its licenses says nothing.
    pub fn is_same(&self, other: &Self) -> bool {
        let sorted = |group: &Self| {
            let mut group = group.clone();
            for license in &mut group.licenses {
                license.disabled.sort();
            }
            group.licenses.sort_by(|a, b| a.sku.cmp(&b.sku));
            group
        };
        self == other || sorted(self) == sorted(other)
    }
}

/// A user of the tenant. Kept compact: a tenant may have a million of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    pub id: Uuid,
    pub upn: SmolStr,
    pub display_name: SmolStr,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<SmolStr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surname: Option<SmolStr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<SmolStr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_title: Option<Symbol>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<Symbol>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<Symbol>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<Symbol>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Symbol>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage_location: Option<Location>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: UserKind,
    /// Whether sign-in is allowed.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub enabled: bool,
    /// Synchronised from an on-premises directory (R25).
    #[serde(default, skip_serializing_if = "is_default")]
    pub synced: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<CompactTimestamp>,
    /// Graph's `lastSignInDateTime`: the last attempt of the user to sign in, whether it succeeded or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_sign_in: Option<CompactTimestamp>,
    /// An export says that there was no sign-in; without it and without a time nothing is known.
    #[serde(default, skip_serializing_if = "is_default")]
    pub never_signed_in: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<Box<Activity>>,
    /// When the user was soft-deleted (R23).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<CompactTimestamp>,
    #[serde(default = "none", skip_serializing_if = "is_empty")]
    pub roles: Arc<[Role]>,
    /// Groups of which the user is a direct member.
    #[serde(default = "none", skip_serializing_if = "is_empty")]
    pub groups: Arc<[Uuid]>,
    #[serde(
        default = "none",
        skip_serializing_if = "is_empty",
        deserialize_with = "assignment::shared"
    )]
    pub licenses: Arc<[Assignment]>,
    /// What is known of mailbox, OneDrive and devices; most exports say nothing of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Box<UserData>>,
    /// Fields of an export that nothing here has a use for.
    #[serde(default, skip_serializing_if = "ExtraFields::is_empty")]
    pub extra: ExtraFields,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum UserKind {
    #[default]
    Member,
    Guest,
}

/// Signs of life beside the last attempt to sign in; few exports have them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Activity {
    /// Graph's `lastNonInteractiveSignInDateTime`: a client's last attempt to sign in for the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub non_interactive: Option<CompactTimestamp>,
    /// Graph's `lastSuccessfulSignInDateTime`: the last success of either kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successful: Option<CompactTimestamp>,
    /// The last use of a service, as a usage report has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used: Option<CompactTimestamp>,
}

/// What is known of a user's last sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// No export told; neither never nor long ago.
    Unknown,
    Never,
    At(CompactTimestamp),
}

/// What stands behind a user's licenses and is at stake when they go.
///
/// A mailbox or OneDrive of which nothing is known, and one that equals its default, are the same thing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UserData {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<Mailbox>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub onedrive: Option<OneDrive>,
    /// Devices on which the user has installed Office apps.
    #[serde(skip_serializing_if = "is_default")]
    pub office_devices: u32,
    /// The number of a calling plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<Box<str>>,
    /// When every session was last signed out (R3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sessions_revoked: Option<Timestamp>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mailbox {
    #[serde(skip_serializing_if = "is_default")]
    pub size_mb: u64,
    #[serde(skip_serializing_if = "is_default")]
    pub shared: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub archive: bool,
    /// Since when it is on litigation hold (R29).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub litigation_hold: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forwards_to: Option<Box<str>>,
    /// Since when it has no Exchange plan (R27).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disconnected: Option<Timestamp>,
    /// When its content was deleted for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Timestamp>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OneDrive {
    #[serde(skip_serializing_if = "is_default")]
    pub size_mb: u64,
    /// Since when its owner has no license for it (R31).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlicensed: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Timestamp>,
}

/// The codes of ISO 3166-1, and the one that Kosovo uses.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY \
    BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK \
    FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR \
    IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK \
    ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM \
    PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF \
    TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

/// A two-letter country code, as `usageLocation` has it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location([u8; 2]);

impl Location {
    /// Reads two ASCII letters of any case; `None` for anything else.
    pub fn new(text: &str) -> Option<Self> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Some(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => None,
        }
    }

    /// The same, for what an admin types: a country that there is. What a file holds may be any.
    pub fn known(text: &str) -> Option<Self> {
        Self::new(text).filter(|own| COUNTRIES.split(' ').any(|code| code == own.as_str()))
    }

    pub fn as_str(&self) -> &str {
        // Two ASCII letters are UTF-8.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Location {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Location {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Location;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a two-letter country code such as SE")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Location, E> {
                Location::new(text)
                    .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

impl User {
    /// Whether it says the same; in which order it holds roles, groups and licenses says nothing.
    pub fn is_same(&self, other: &Self) -> bool {
        let sorted = |user: &Self| {
            let mut user = user.clone();
            Arc::make_mut(&mut user.roles).sort();
            Arc::make_mut(&mut user.groups).sort();
            let licenses = Arc::make_mut(&mut user.licenses);
            for license in licenses.iter_mut() {
                Arc::make_mut(&mut license.disabled).sort();
            }
            licenses.sort();
            user
        };
        self == other || sorted(self) == sorted(other)
    }

    /// A new enabled member with nothing else known.
    pub fn new(id: Uuid, upn: &str, display_name: &str) -> Self {
        Self {
            id,
            upn: upn.into(),
            display_name: display_name.into(),
            given_name: None,
            surname: None,
            mail: None,
            job_title: None,
            department: None,
            office: None,
            city: None,
            country: None,
            usage_location: None,
            kind: UserKind::Member,
            enabled: true,
            synced: false,
            created: None,
            last_sign_in: None,
            never_signed_in: false,
            activity: None,
            deleted: None,
            roles: none(),
            groups: none(),
            licenses: none(),
            data: None,
            extra: ExtraFields::default(),
        }
    }

    /// The last sign-in that succeeded, by the user or by a client. Graph has recorded successes as such since December
    /// 2023; where it has none, the last attempt of either kind is the best that is known.
    pub fn signed_in(&self) -> SignIn {
        let activity = self.activity.as_deref().copied().unwrap_or_default();
        let attempt = self.last_sign_in.max(activity.non_interactive);
        match activity.successful.or(attempt) {
            Some(time) => SignIn::At(time),
            None if self.never_signed_in => SignIn::Never,
            None => SignIn::Unknown,
        }
    }

    /// The last use of a service that a report tells of.
    pub fn last_used(&self) -> Option<CompactTimestamp> {
        self.activity.as_ref()?.last_used
    }

    /// The assignments given to the user and not through a group.
    pub fn direct(&self) -> impl Iterator<Item = &Assignment> {
        self.licenses.iter().filter(|a| a.group.is_none())
    }

    /// What the user has: a license that did not arrive is none (R37).
    pub fn held(&self) -> impl Iterator<Item = &Assignment> {
        self.licenses.iter().filter(|own| own.is_effective())
    }

    /// Whether the user has this product, directly or through a group.
    pub fn holds(&self, sku: &str) -> bool {
        self.held().any(|own| *own.sku == *sku)
    }

    pub fn is_licensed(&self) -> bool {
        self.held().next().is_some()
    }

    /// The products of which the user takes a seat, each once (R12): not when deleted (R23), not through what is in
    /// error (R37).
    pub fn seats(&self) -> Vec<&Symbol> {
        let mut skus = Vec::new();
        if self.deleted.is_none() {
            for own in self.held() {
                if !skus.contains(&&own.sku) {
                    skus.push(&own.sku);
                }
            }
        }
        skus
    }
}

impl UserData {
    /// Leaves out what says nothing, so that equal data has one form.
    pub(super) fn tidy(data: &mut Option<Box<UserData>>) {
        if let Some(known) = data {
            known.mailbox.take_if(|m| is_default(m));
            known.onedrive.take_if(|o| is_default(o));
        }
        data.take_if(|known| is_default(&**known));
    }
}

impl Assignment {
    /// Whether it gives the user its plans and takes a seat; one that didn't arrive does neither (R37).
    pub fn is_effective(&self) -> bool {
        self.error.is_none_or(AssignmentError::is_active)
    }

    /// A direct one with every plan on.
    pub fn direct(sku: Symbol) -> Self {
        Self {
            sku,
            group: None,
            disabled: none(),
            error: None,
        }
    }
}

impl Product {
    pub fn part_number(&self) -> &Symbol {
        self.part_number.as_ref().unwrap_or(&self.sku)
    }
}

fn yes() -> bool {
    true
}

fn is_true(b: &bool) -> bool {
    *b
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
