//! Microsoft Graph's JSON: users, subscribed SKUs and groups, as the service answers and as PowerShell writes it.

mod group;
mod product;
mod record;
mod role;
mod subscription;
#[cfg(test)]
mod tests;
mod user;

use serde_json::value::RawValue;

use super::json::{self, Json, Object, quote};
use super::not_an_export;
use super::parsed::Found;
use crate::diagnostic::Diagnostic;
use crate::files::Text;
use record::Record;
pub(super) use subscription::later;

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    User,
    Product,
    Group,
    /// What the tenant bought, with the date on which it ends or renews.
    Subscription,
    Role,
    AdministrativeUnit,
}

impl Kind {
    /// Told by the fields that only one kind has; else by what the page says of itself.
    fn of(object: &Object, page: Option<Kind>) -> Option<Self> {
        let any = |names: &[&str]| names.iter().any(|name| object.has(name));
        let typed = object.get("@odata.type").and_then(json::text);
        match typed.and_then(|name| Kind::named(&name)) {
            Some(kind) => Some(kind),
            None if any(&[
                "nextLifecycleDateTime",
                "totalLicenses",
                "commerceSubscriptionId",
            ]) =>
            {
                Some(Kind::Subscription)
            }
            None if any(&["roleTemplateId"]) => Some(Kind::Role),
            None if any(&["skuPartNumber", "prepaidUnits", "consumedUnits"]) => Some(Kind::Product),
            None if any(&["userPrincipalName", "accountEnabled", "userType"]) => Some(Kind::User),
            None if any(&["groupTypes", "securityEnabled", "mailEnabled"]) => Some(Kind::Group),
            None if page.is_some() => page,
            None if any(&["licenseAssignmentStates", "signInActivity"]) => Some(Kind::User),
            None => None,
        }
    }

    /// From `@odata.context` (`…/$metadata#users(id,…)`) or `@odata.type` (`#microsoft.graph.user`).
    fn named(text: &str) -> Option<Self> {
        let name = text.rsplit_once('#')?.1.to_ascii_lowercase();
        let name = name.split(['(', '/']).next_back().unwrap_or(&name);
        let name = name.rsplit('.').next().unwrap_or(name);
        match name.trim_end_matches('s') {
            "user" => Some(Kind::User),
            "subscribedsku" => Some(Kind::Product),
            "group" => Some(Kind::Group),
            "companysubscription" | "subscription" => Some(Kind::Subscription),
            "directoryrole" => Some(Kind::Role),
            "administrativeunit" => Some(Kind::AdministrativeUnit),
            _ => None,
        }
    }
}

/// Reads a file: pages (`{"value": […]}`), bare lists and single objects, one or several of them.
pub(super) fn read(file: usize, text: &Text, found: &mut Found) -> Result<(), Diagnostic> {
    let (json, documents) = Json::read(file, text)?;
    let mut records = Records {
        json,
        known: 0,
        strangers: Vec::new(),
    };
    let mut pages = 0;
    for document in documents {
        if let Some(items) = json::list(document) {
            records.read(items, None, found);
        } else if let Some(page) = json::object(document) {
            match page.get("value").and_then(json::list) {
                Some(items) => {
                    pages += 1;
                    let context = page.get("@odata.context").and_then(json::text);
                    if context
                        .as_ref()
                        .is_some_and(|text| text.contains("signInActivity"))
                    {
                        found.with_sign_ins.insert(file);
                    }
                    let kind = context.and_then(|context| Kind::named(&context));
                    records.read(items, kind, found);
                    if page.has("@odata.nextLink") {
                        found.tally(
                            "a page says that another follows (@odata.nextLink): give all pages at once",
                            &text.name(),
                        );
                    }
                }
                None => records.read(vec![document], None, found),
            }
        } else {
            records.strangers.push(document);
        }
    }
    if records.known == 0 && (pages == 0 || !records.strangers.is_empty()) {
        return Err(not_an_export(text));
    }
    for stranger in records.strangers {
        found.unused(
            json.place(stranger),
            quote(stranger),
            "neither a user nor a subscribed SKU nor a group",
        );
    }
    Ok(())
}

fn text_of(record: &Record, name: &str) -> String {
    let text = record.get(name).and_then(json::text);
    text.unwrap_or_default().into_owned()
}

struct Records<'a> {
    json: Json<'a>,
    /// How many records were told to be of a kind.
    known: usize,
    strangers: Vec<&'a RawValue>,
}

impl<'a> Records<'a> {
    fn read(&mut self, items: Vec<&'a RawValue>, page: Option<Kind>, found: &mut Found) {
        for item in items {
            let object = json::object(item);
            let kind = object.as_ref().and_then(|object| Kind::of(object, page));
            let (Some(object), Some(kind)) = (object, kind) else {
                self.strangers.push(item);
                continue;
            };
            self.known += 1;
            let record = Record::new(self.json, item, object, found);
            match kind {
                Kind::User => user::read(record),
                Kind::Product => product::read(record),
                Kind::Group => group::read(record),
                Kind::Subscription => subscription::read(record),
                Kind::Role => role::read(record),
                Kind::AdministrativeUnit => record.found.tally(
                    "an administrative unit gives no licenses and is no group: it was left out",
                    &text_of(&record, "displayName"),
                ),
            }
        }
    }
}
