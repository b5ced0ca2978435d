//! One record of Graph's JSON under reading: its fields, and the list of those that can't be used.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::interop::json::{self, Json, Object, quote};
use crate::interop::parsed::{Found, FoundLicense, Place};
use crate::tenant::{AssignmentError, ExtraFields, ExtraValue, Symbol};

/// A record under reading. What can't be read is listed as unused, what nobody asks for is tallied at the end.
pub(super) struct Record<'r, 'a> {
    json: Json<'a>,
    raw: &'a RawValue,
    object: Object<'a>,
    /// What messages call it.
    pub name: String,
    /// The fields that were asked for.
    pub used: Vec<&'static str>,
    pub found: &'r mut Found,
}

impl<'r, 'a> Record<'r, 'a> {
    pub fn new(
        json: Json<'a>,
        raw: &'a RawValue,
        object: Object<'a>,
        found: &'r mut Found,
    ) -> Self {
        Self {
            json,
            raw,
            object,
            name: String::new(),
            used: Vec::new(),
            found,
        }
    }

    pub fn place(&self) -> Place {
        self.json.place(self.raw)
    }

    /// Whether a field is there, even as null.
    pub fn has(&self, name: &str) -> bool {
        self.object.has(name)
    }

    /// A field that is there and not null, which need not be used for that.
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.object.get(name)
    }

    /// The ids of an expanded list of users and other things; those of another kind than users are left out.
    pub fn members(&mut self) -> Vec<Uuid> {
        let mut members = Vec::new();
        for item in self.items("members") {
            let object = json::object(item);
            let get = |name| object.as_ref().and_then(|object| object.get(name));
            let kind = get("@odata.type").and_then(json::text);
            if kind.is_some_and(|kind| !kind.ends_with(".user")) {
                self.tally("a member that is no user was left out");
                continue;
            }
            match get("id").and_then(json::guid) {
                Some(id) => members.push(id),
                None => self.fault("members", item, "its id is missing or no GUID"),
            }
        }
        members
    }

    pub fn raw_field(&mut self, name: &'static str) -> Option<&'a RawValue> {
        self.used.push(name);
        self.object.get(name)
    }

    /// A field read by `read`; what it can't read is listed as unused.
    pub fn field<T>(
        &mut self,
        name: &'static str,
        fault: &str,
        read: impl Fn(&RawValue) -> Option<T>,
    ) -> Option<T> {
        let raw = self.raw_field(name).filter(|raw| !json::is_empty(raw))?;
        let value = read(raw);
        if value.is_none() {
            self.fault(name, raw, fault);
        }
        value
    }

    pub fn text<T: for<'t> From<&'t str>>(&mut self, name: &'static str) -> Option<T> {
        self.field(name, "no text", |raw| {
            json::text(raw).map(|text| T::from(&text))
        })
    }

    pub fn symbol(&mut self, name: &'static str) -> Option<Symbol> {
        self.field(name, "no text", |raw| {
            json::text(raw).map(|text| Symbol::new(&text))
        })
    }

    pub fn boolean(&mut self, name: &'static str) -> Option<bool> {
        self.field(name, "neither true nor false", json::boolean)
    }

    pub fn time(&mut self, name: &'static str) -> Option<Timestamp> {
        self.field(name, "no time", json::time)
    }

    /// One of the words of the tenant's model, which are Graph's own.
    pub fn word<T: DeserializeOwned>(&mut self, name: &'static str, fault: &str) -> Option<T> {
        self.field(name, fault, word)
    }

    /// The record's own id; without one, or with none that can be read, the record is unused.
    pub fn id(&mut self, name: &'static str) -> Option<Uuid> {
        let Some(raw) = self.raw_field(name) else {
            self.unusable(&format!("it has no {name}"));
            return None;
        };
        let id = json::guid(raw);
        if id.is_none() {
            self.unusable(&format!("its {name} {} is no GUID", quote(raw)));
        }
        id
    }

    pub fn items(&mut self, name: &'static str) -> Vec<&'a RawValue> {
        let Some(raw) = self.raw_field(name).filter(|raw| !json::is_empty(raw)) else {
            return Vec::new();
        };
        match json::list(raw) {
            Some(items) => items,
            // ConvertTo-Json writes a list of one as that one.
            None if json::object(raw).is_some() => vec![raw],
            None => {
                self.fault(name, raw, "not a list; with ConvertTo-Json give -Depth 5");
                Vec::new()
            }
        }
    }

    pub fn fault(&mut self, field: &str, raw: &RawValue, reason: &str) {
        let what = format!("{field} of {}", self.name);
        let reason = format!("{reason}: {}", quote(raw));
        self.found.unused(self.json.place(raw), what, reason);
    }

    pub fn unusable(&mut self, reason: &str) {
        let place = self.json.place(self.raw);
        self.found.unused(place, self.name.as_str(), reason);
    }

    pub fn tally(&mut self, sentence: &'static str) {
        self.found.tally(sentence, &self.name);
    }

    /// The fields that carry something and were not asked for, as a user keeps them. The last thing to do with one.
    pub fn extra(&mut self) -> ExtraFields {
        let mut extra = ExtraFields::default();
        for (name, raw) in std::mem::take(&mut self.object.fields) {
            let used = self
                .used
                .iter()
                .any(|used| used.eq_ignore_ascii_case(&name));
            if used || name.contains("@odata.") || json::is_empty(raw) {
                continue;
            }
            if FOLLOWS_FROM_LICENSES
                .iter()
                .any(|own| own.eq_ignore_ascii_case(&name))
            {
                self.found.leave_out(&name);
                continue;
            }
            let nested = NESTED.iter().any(|own| own.eq_ignore_ascii_case(&name));
            match json::object(raw).filter(|_| nested) {
                Some(inner) => {
                    for (name, raw) in inner.fields {
                        keep(&mut extra, &name, raw);
                    }
                }
                None => keep(&mut extra, &name, raw),
            }
        }
        extra
    }

    /// Tallies the fields that carry something and were not asked for. The last thing to do with a record.
    pub fn leave_out_the_rest(self) {
        for (name, raw) in &self.object.fields {
            let used = self.used.iter().any(|used| used.eq_ignore_ascii_case(name));
            if !used && !name.contains("@odata.") && !json::is_empty(raw) {
                self.found.leave_out(name);
            }
        }
    }

    /// The entries of a list of licenses, in any of the shapes Graph has: they differ in `assignedByGroup` and `error`.
    pub fn licenses(&mut self, field: &'static str) -> Vec<FoundLicense> {
        let mut licenses = Vec::new();
        for item in self.items(field) {
            let Some(object) = json::object(item) else {
                self.fault(field, item, "no license; with ConvertTo-Json give -Depth 5");
                continue;
            };
            let Some(sku) = object.get("skuId").and_then(json::guid) else {
                self.fault(field, item, "its skuId is missing or no GUID");
                continue;
            };
            let group = object
                .get("assignedByGroup")
                .filter(|raw| !json::is_empty(raw));
            let group = match group.map(|raw| json::guid(raw).ok_or(raw)).transpose() {
                Ok(group) => group,
                Err(raw) => {
                    self.fault(field, raw, "assignedByGroup is no GUID");
                    continue;
                }
            };
            let (disabled, bad) = object
                .get("disabledPlans")
                .map(json::guids)
                .unwrap_or_default();
            for raw in bad {
                self.fault(field, raw, "a disabled plan is no GUID");
            }
            let error = object.get("error").and_then(json::text);
            let state = object.get("state").and_then(json::text);
            let is = |name: &str| {
                state
                    .as_deref()
                    .is_some_and(|s| s.eq_ignore_ascii_case(name))
            };
            let error = match error.as_deref() {
                None | Some("" | "None") if is("Error") || is("ActiveWithError") => {
                    Some(AssignmentError::Other)
                }
                None | Some("" | "None") => None,
                Some(_) => Some(
                    object
                        .get("error")
                        .and_then(word)
                        .unwrap_or(AssignmentError::Other),
                ),
            };
            // Graph's licenseAssignmentState: it is in force, whatever else went wrong.
            let error = error.map(|error| match is("ActiveWithError") {
                true => {
                    self.tally("a license that is ActiveWithError counts as active");
                    error.active()
                }
                false => error,
            });
            licenses.push(FoundLicense {
                place: self.json.place(item),
                sku,
                group,
                disabled,
                error,
            });
        }
        licenses
    }
}

/// What Graph computes of the licenses, so that it would be false after the first change.
const FOLLOWS_FROM_LICENSES: [&str; 3] = ["assignedPlans", "provisionedPlans", "licenseDetails"];

/// Objects that are there to hold fields of the user.
const NESTED: [&str; 2] = ["onPremisesExtensionAttributes", "AdditionalProperties"];

fn keep(extra: &mut ExtraFields, name: &str, raw: &RawValue) {
    if json::is_empty(raw) || name.contains("@odata.") {
        return;
    }
    let value = serde_json::from_str(raw.get())
        .ok()
        .and_then(ExtraValue::of);
    extra.set(&spelled(name), value);
}

/// As Graph spells a name, where PowerShell begins it with a capital.
fn spelled(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    first.chain(letters).collect()
}

/// A text that is one of the model's words.
pub(super) fn word<T: DeserializeOwned>(raw: &RawValue) -> Option<T> {
    serde_json::from_str(raw.get()).ok()
}
