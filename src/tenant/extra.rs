//! Fields of an export that the model has no use for: kept by name, in the order of the export, and given back.

use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use hashbrown::HashSet;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value as Json;
use smol_str::SmolStr;

use super::Symbol;

/// A user's further fields. One word where there are none.
///
/// Invariant: no name is there twice, in any letter case, and no value is null.
#[derive(Clone, Default)]
pub struct ExtraFields(Option<Box<Fields>>);

#[derive(Clone)]
struct Fields {
    /// Those of all users of the tenant.
    names: &'static ExtraNames,
    list: Vec<(Symbol, ExtraValue)>,
}

/// What a field holds: a text, as most do, or anything else that JSON has but null.
#[derive(Clone, Debug, PartialEq)]
pub enum ExtraValue {
    Text(SmolStr),
    Json(Box<Json>),
}

/// The names of the further fields that the users of a tenant have, each once. Equal ones share their memory, so that a
/// filter over a million users knows them by their address.
#[derive(Debug, Default)]
pub struct ExtraNames {
    names: Vec<Box<str>>,
    /// The names of all properties of such a user, made once by who makes objects of users.
    pub properties: OnceLock<Vec<&'static str>>,
}

static NO_NAMES: ExtraNames = ExtraNames {
    names: Vec::new(),
    properties: OnceLock::new(),
};

impl ExtraNames {
    /// The one of these names. A process sees as many as it opens tenants whose exports differ.
    fn of(names: Vec<Box<str>>) -> &'static Self {
        static KNOWN: LazyLock<Mutex<Vec<&'static ExtraNames>>> = LazyLock::new(Mutex::default);
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = known.iter().find(|own| own.names == names) {
            return own;
        }
        let properties = OnceLock::new();
        let own: &'static Self = Box::leak(Box::new(Self { names, properties }));
        known.push(own);
        own
    }

    pub(super) fn none() -> &'static Self {
        &NO_NAMES
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    pub fn iter(&'static self) -> impl Iterator<Item = &'static str> {
        self.names.iter().map(|name| &**name)
    }

    fn get(&self, index: usize) -> Option<&str> {
        self.names.get(index).map(|name| &**name)
    }

    /// The names of all that these users have, those of `known` first.
    pub(super) fn of_users<'a>(
        known: &'static Self,
        users: impl Iterator<Item = &'a ExtraFields>,
    ) -> &'static Self {
        let mut seen: HashSet<String> = known.iter().map(str::to_lowercase).collect();
        let mut met: HashSet<Symbol> = known.iter().map(Symbol::new).collect();
        let mut names = known.names.clone();
        for (name, _) in users.flat_map(ExtraFields::iter) {
            if !met.contains(name) {
                met.insert(name.clone());
                if seen.insert(name.to_lowercase()) {
                    names.push(Box::from(&**name));
                }
            }
        }
        match names.len() == known.names.len() {
            true => known,
            false => Self::of(names),
        }
    }
}

impl ExtraFields {
    pub fn is_empty(&self) -> bool {
        self.0.as_ref().is_none_or(|own| own.list.is_empty())
    }

    pub fn iter(&self) -> impl Iterator<Item = &(Symbol, ExtraValue)> {
        self.0.iter().flat_map(|own| &own.list)
    }

    /// The value of a field, by its name in any letter case.
    pub fn get(&self, name: &str) -> Option<&ExtraValue> {
        let same = |own: &&(Symbol, ExtraValue)| own.0.eq_ignore_ascii_case(name);
        self.iter().find(same).map(|(_, value)| value)
    }

    /// The value of the field that has a position among the tenant's names.
    pub fn at(&self, index: usize) -> Option<&ExtraValue> {
        self.get(self.names().get(index)?)
    }

    /// Sets a field, or takes it away.
    pub fn set(&mut self, name: &str, value: Option<ExtraValue>) {
        if value.is_none() && self.is_empty() {
            return;
        }
        let own = self.0.get_or_insert_with(|| {
            Box::new(Fields {
                names: &NO_NAMES,
                list: Vec::new(),
            })
        });
        let place = own
            .list
            .iter()
            .position(|own| own.0.eq_ignore_ascii_case(name));
        match (place, value) {
            (Some(place), Some(value)) => own.list[place].1 = value,
            (None, Some(value)) => own.list.push((Symbol::new(name), value)),
            (Some(place), None) => drop(own.list.remove(place)),
            (None, None) => {}
        }
    }

    /// Takes away what both have alike.
    pub(super) fn drop_equal(&mut self, other: &mut Self) {
        let equal = |(name, value): &(Symbol, ExtraValue)| {
            (other.get(name) == Some(value)).then(|| name.clone())
        };
        let equal: Vec<Symbol> = self.iter().filter_map(equal).collect();
        for name in equal {
            self.set(&name, None);
            other.set(&name, None);
        }
    }

    /// The names of the fields of all users of the tenant.
    pub fn names(&self) -> &'static ExtraNames {
        self.0.as_ref().map_or(&NO_NAMES, |own| own.names)
    }

    pub(super) fn has_names(&self, names: &'static ExtraNames) -> bool {
        std::ptr::eq(self.names(), names)
    }

    pub(super) fn set_names(&mut self, names: &'static ExtraNames) {
        match &mut self.0 {
            Some(own) => {
                own.names = names;
                own.list.shrink_to_fit();
            }
            None => {
                let list = Vec::new();
                self.0 = Some(Box::new(Fields { names, list }));
            }
        }
    }
}

/// In which order the fields are says nothing.
impl PartialEq for ExtraFields {
    fn eq(&self, other: &Self) -> bool {
        self.iter().count() == other.iter().count()
            && self
                .iter()
                .all(|(name, value)| other.get(name) == Some(value))
    }
}

impl fmt::Debug for ExtraFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.iter().map(|(name, value)| (name, value));
        f.debug_map().entries(entries).finish()
    }
}

impl Serialize for ExtraFields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for ExtraFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Map;
        impl<'de> Visitor<'de> for Map {
            type Value = ExtraFields;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("fields with their values")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ExtraFields, A::Error> {
                let mut list: Vec<(Symbol, ExtraValue)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<Symbol, ExtraValue>()? {
                    if list.iter().any(|own| own.0.eq_ignore_ascii_case(&name)) {
                        return Err(A::Error::custom(format!("the field {name} is there twice")));
                    }
                    list.push((name, value));
                }
                let names = &NO_NAMES;
                Ok(ExtraFields(match list.is_empty() {
                    true => None,
                    false => Some(Box::new(Fields { names, list })),
                }))
            }
        }
        deserializer.deserialize_map(Map)
    }
}

impl ExtraValue {
    /// `None` for null.
    pub fn of(json: Json) -> Option<Self> {
        match json {
            Json::Null => None,
            Json::String(text) => Some(Self::Text(text.into())),
            other => Some(Self::Json(Box::new(other))),
        }
    }

    /// The text that names it: of a person or a group, as `manager` has one, its name.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Json(json) => ["userPrincipalName", "displayName", "id"]
                .iter()
                .find_map(|name| json.get(name)?.as_str()),
        }
    }
}

impl Serialize for ExtraValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Json(json) => json.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ExtraValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = ExtraValue;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }
            fn visit_str<E>(self, text: &str) -> Result<ExtraValue, E> {
                Ok(ExtraValue::Text(text.into()))
            }
            fn visit_bool<E>(self, value: bool) -> Result<ExtraValue, E> {
                Ok(ExtraValue::Json(Box::new(value.into())))
            }
            fn visit_i64<E>(self, value: i64) -> Result<ExtraValue, E> {
                Ok(ExtraValue::Json(Box::new(value.into())))
            }
            fn visit_u64<E>(self, value: u64) -> Result<ExtraValue, E> {
                Ok(ExtraValue::Json(Box::new(value.into())))
            }
            fn visit_f64<E>(self, value: f64) -> Result<ExtraValue, E> {
                Ok(ExtraValue::Json(Box::new(value.into())))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<ExtraValue, A::Error> {
                let json = Json::deserialize(SeqAccessDeserializer::new(list))?;
                Ok(ExtraValue::Json(Box::new(json)))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ExtraValue, A::Error> {
                let json = Json::deserialize(MapAccessDeserializer::new(map))?;
                Ok(ExtraValue::Json(Box::new(json)))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// Gives the users the names of all fields that any of them has; none of it costs anything where there are none.
pub(super) fn share_names(users: &mut [Arc<super::User>], known: &'static ExtraNames) {
    if users.iter().all(|user| user.extra.is_empty()) && known.names.is_empty() {
        return;
    }
    let names = ExtraNames::of_users(known, users.iter().map(|user| &user.extra));
    for user in users {
        if !user.extra.has_names(names) {
            Arc::make_mut(user).extra.set_names(names);
        }
    }
}
