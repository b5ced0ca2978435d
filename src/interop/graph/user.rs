//! A user of Graph's JSON.

use std::borrow::Cow;

use jiff::Timestamp;
use smol_str::SmolStr;
use uuid::Uuid;

use super::record::Record;
use crate::interop::json::{self, Object};
use crate::interop::parsed::{FoundLicense, FoundUser, SignIns};
use crate::tenant::{Activity, CompactTimestamp, Location, Role, Symbol, User};

pub(super) fn read(mut record: Record) {
    let upn: Option<SmolStr> = record.text("userPrincipalName");
    record.name = format!("user {}", upn.as_deref().unwrap_or("without a name"));
    let Some(id) = record.id("id") else {
        return;
    };
    let Some(upn) = upn else {
        return record.unusable("it has no userPrincipalName");
    };
    let display_name = record.text("displayName").unwrap_or_else(|| {
        record.tally("users without a displayName are called by their UPN");
        upn.clone()
    });
    let mut user = User::new(id, &upn, &display_name);
    user.given_name = record.text("givenName");
    user.surname = record.text("surname");
    user.mail = record.text("mail");
    user.job_title = record.symbol("jobTitle");
    user.department = record.symbol("department");
    user.office = record.symbol("officeLocation");
    user.city = record.symbol("city");
    user.country = record.symbol("country");
    user.usage_location = record.field("usageLocation", "no two-letter country code", |raw| {
        json::text(raw).and_then(|text| Location::new(&text))
    });
    user.kind = record
        .word("userType", "neither Member nor Guest")
        .unwrap_or_default();
    user.enabled = record.boolean("accountEnabled").unwrap_or_else(|| {
        record.tally("accountEnabled is missing: the account counts as enabled");
        true
    });
    user.synced = record.boolean("onPremisesSyncEnabled").unwrap_or_default();
    user.created = record.time("createdDateTime").map(CompactTimestamp::from);
    user.deleted = record.time("deletedDateTime").map(CompactTimestamp::from);
    let sign_ins = sign_ins(&mut record, &mut user);
    let mut found = FoundUser {
        place: record.place(),
        user,
        licenses: user_licenses(&mut record),
        from_csv: false,
        products: None,
        sign_ins,
    };
    member_of(&mut record, &mut found.user);
    found.user.extra = record.extra();
    record.found.users.push(found);
}

/// The times of `signInActivity`; the year 1 is Graph's old word for never.
fn sign_ins(record: &mut Record, user: &mut User) -> SignIns {
    let Some(activity) = record.raw_field("signInActivity") else {
        return SignIns::Silent;
    };
    let Some(activity) = json::object(activity) else {
        record.fault("signInActivity", activity, "not an object");
        return SignIns::Unknown;
    };
    if activity.fields.is_empty() {
        return SignIns::Unknown;
    }
    let mut told = SignIns::Silent;
    let mut read = |name: &str| {
        let raw = activity.get(name).filter(|raw| !json::is_empty(raw))?;
        match json::time(raw) {
            Some(time) => {
                told = SignIns::Told;
                (time > Timestamp::UNIX_EPOCH).then(|| CompactTimestamp::from(time))
            }
            None => {
                record.fault(name, raw, "no time");
                None
            }
        }
    };
    user.last_sign_in = read("lastSignInDateTime");
    let activity = Activity {
        non_interactive: read("lastNonInteractiveSignInDateTime"),
        successful: read("lastSuccessfulSignInDateTime"),
        last_used: None,
    };
    if activity != Activity::default() {
        user.activity = Some(Box::new(activity));
    }
    told
}

/// The licenses of `licenseAssignmentStates`, which know the group; those that only `assignedLicenses` has are direct.
fn user_licenses(record: &mut Record) -> Vec<FoundLicense> {
    let assigned = record.licenses("assignedLicenses");
    let states = record.licenses("licenseAssignmentStates");
    let (has_assigned, has_states) = (
        record.has("assignedLicenses"),
        record.has("licenseAssignmentStates"),
    );
    if !has_assigned && !has_states {
        record.tally(
            "neither assignedLicenses nor licenseAssignmentStates: the user counts as unlicensed",
        );
    }
    let mut licenses = states;
    let known = licenses.len();
    for license in assigned {
        if licenses[..known]
            .iter()
            .any(|state| state.sku == license.sku)
        {
            continue;
        }
        record.tally(if has_states {
            "a license of assignedLicenses is missing in licenseAssignmentStates and counts as direct"
        } else {
            "without licenseAssignmentStates a license counts as direct"
        });
        licenses.push(license);
    }
    licenses
}

/// Groups and directory roles of an expanded `memberOf`.
fn member_of(record: &mut Record, user: &mut User) {
    let mut groups = Vec::new();
    let mut roles = Vec::new();
    for item in record.items("memberOf") {
        let Some(object) = json::object(item) else {
            record.fault("memberOf", item, "not an object");
            continue;
        };
        let object = DirectoryObject::of(&object);
        match object.kind {
            DirectoryKind::Role => match Role::of_directory(object.name.as_deref(), object.template)
            {
                Some(role) => {
                    if matches!(role, Role::Other(_)) {
                        record.found.tally(
                            "a role whose permissions aren't known here counts as privileged and grants none",
                            role.name(),
                        );
                    }
                    if !roles.contains(&role) {
                        roles.push(role);
                    }
                }
                None => record.fault("memberOf", item, "a directory role without a name"),
            },
            DirectoryKind::Group => {
                let Some(id) = object.id else {
                    record.fault("memberOf", item, "its id is missing or no GUID");
                    continue;
                };
                if let Some(name) = object.name {
                    record.found.group_names.insert(id, Symbol::new(&name));
                }
                groups.push(id);
            }
            DirectoryKind::AdministrativeUnit => record.tally(
                "an administrative unit gives no licenses and is no group: the membership was left out",
            ),
            DirectoryKind::Strange => record.tally(
                "a membership that is of neither a group nor a role was left out",
            ),
        }
    }
    user.groups = groups.into();
    user.roles = roles.into();
}

enum DirectoryKind {
    Group,
    Role,
    AdministrativeUnit,
    Strange,
}

/// An object of the directory, of which a membership tells.
struct DirectoryObject<'a> {
    kind: DirectoryKind,
    id: Option<Uuid>,
    name: Option<Cow<'a, str>>,
    template: Option<Uuid>,
}

impl<'a> DirectoryObject<'a> {
    /// Graph PowerShell keeps all but the id in `AdditionalProperties`.
    fn of(object: &Object<'a>) -> Self {
        let more = object.get("AdditionalProperties").and_then(json::object);
        let get = |name: &str| {
            let more = more.as_ref().and_then(|more| more.get(name));
            object.get(name).or(more)
        };
        let text = |name: &str| get(name).and_then(json::text);
        let template = get("roleTemplateId").and_then(json::guid);
        let kind = text("@odata.type");
        let kind = kind.as_deref().map(|kind| {
            kind.rsplit('.')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase()
        });
        Self {
            kind: match kind.as_deref() {
                Some("directoryrole") => DirectoryKind::Role,
                None if template.is_some() => DirectoryKind::Role,
                None | Some("group") => DirectoryKind::Group,
                Some("administrativeunit") => DirectoryKind::AdministrativeUnit,
                Some(_) => DirectoryKind::Strange,
            },
            id: object.get("id").and_then(json::guid),
            name: text("displayName"),
            template,
        }
    }
}
