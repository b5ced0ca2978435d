//! A user's further fields as properties.

use serde_json::Value as Json;

use super::USER;
use crate::tenant::{ExtraFields, ExtraNames, ExtraValue};
use crate::value::{Map, Value, property_named};

/// What the fields are called as properties: `EmployeeId`; one that is called like a property of ours is
/// `ExtraDepartment`.
pub(super) fn property_names(names: &'static ExtraNames) -> Vec<&'static str> {
    let called = |name: &'static str| -> &'static str {
        let mut called: String = match property_named(USER.properties, name) {
            Some(_) => "Extra".to_owned(),
            None => String::new(),
        };
        let mut letters = name.chars();
        called.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        called.push_str(letters.as_str());
        // Made once for the names of a tenant, which are kept as long.
        String::leak(called)
    };
    names.iter().map(called).collect()
}

/// The value of the field at a position among the tenant's names.
pub(super) fn value(fields: &ExtraFields, index: usize) -> Value {
    let is_person = |index| {
        let name = fields.names().iter().nth(index);
        name.is_some_and(|name| name.eq_ignore_ascii_case("manager"))
    };
    match fields.at(index) {
        None => Value::Null,
        Some(ExtraValue::Text(text)) => Value::from(text.as_str()),
        // Who it is, as others say it; Graph's answer is an object.
        Some(own @ ExtraValue::Json(json)) => match own.text().filter(|_| is_person(index)) {
            Some(name) => Value::from(name),
            None => of_json(json),
        },
    }
}

fn of_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(own) => (*own).into(),
        Json::Number(own) => match own.as_i64() {
            Some(own) => own.into(),
            None => own.as_f64().map_or(Value::Null, Value::Float),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::list(items.iter().map(of_json).collect()),
        Json::Object(entries) => {
            let entries = entries
                .iter()
                .map(|(name, own)| (name.clone(), of_json(own)));
            Value::map(entries.collect::<Map>())
        }
    }
}
