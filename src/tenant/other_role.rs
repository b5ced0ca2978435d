//! A directory role whose permissions aren't known here, and how roles are written in files.

use std::fmt;
use std::sync::{LazyLock, Mutex, PoisonError};

use hashbrown::HashSet;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::role::Role;

/// A role by its name and the id of its template, kept once for all who hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OtherRole(&'static Named);

#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Named {
    name: Box<str>,
    template_id: Option<Uuid>,
}

/// A tenant has a few hundred roles at most, and they are met again with every file.
static KNOWN: LazyLock<Mutex<HashSet<&'static Named>>> = LazyLock::new(Mutex::default);

impl OtherRole {
    pub(super) fn new(name: &str, template_id: Option<Uuid>) -> Self {
        let named = Named {
            name: name.into(),
            template_id,
        };
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = known.get(&named) {
            return Self(own);
        }
        let own: &'static Named = Box::leak(Box::new(named));
        known.insert(own);
        Self(own)
    }

    pub fn name(self) -> &'static str {
        &self.0.name
    }

    pub fn template_id(self) -> Option<Uuid> {
        self.0.template_id
    }
}

/// A known role by its name alone; another as `Name (id of its template)`.
impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self, self.template_id()) {
            (Role::Other(other), Some(id)) => {
                serializer.collect_str(&format_args!("{} ({id})", other.name()))
            }
            _ => serializer.serialize_str(self.name()),
        }
    }
}

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Role;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a directory role, such as License Administrator")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Role, E> {
                read(text).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

fn read(text: &str) -> Option<Role> {
    let with_id = text.strip_suffix(')').and_then(|text| {
        let (name, id) = text.rsplit_once(" (")?;
        Some((name, Uuid::try_parse(id).ok()?))
    });
    match with_id {
        Some((name, id)) => Role::of_directory(Some(name), Some(id)),
        None => Role::of_directory(Some(text), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_reads_as_it_is_written() {
        let id = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3";
        let written = format!("\"Application Administrator ({id})\"");
        let role: Role = serde_json::from_str(&written).unwrap();
        assert_eq!(role.name(), "Application Administrator");
        assert_eq!(role.template_id(), Uuid::try_parse(id).ok());
        assert_eq!(serde_json::to_string(&role).unwrap(), written);
        assert!(!role.may(super::super::Permission::EditUser));
        for known in Role::ALL {
            let written = serde_json::to_string(&known).unwrap();
            assert_eq!(written, format!("\"{}\"", known.name()));
            assert_eq!(serde_json::from_str::<Role>(&written).unwrap(), known);
            // An older name of it, and the id alone.
            assert_eq!(
                Role::of_directory(Some("Company Administrator"), known.template_id()),
                Some(known)
            );
        }
        let named: Role = serde_json::from_str("\"Fabric (old) Administrator\"").unwrap();
        assert_eq!(named.name(), "Fabric (old) Administrator");
        assert_eq!(named.template_id(), None);
        assert!(serde_json::from_str::<Role>("\"\"").is_err());
        assert_eq!(Role::of_directory(None, None), None);
    }
}
