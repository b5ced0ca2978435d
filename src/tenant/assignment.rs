//! The licenses of a user: an assignment, and bundles of them, of which equal ones are read once and kept once.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use hashbrown::{HashMap, HashSet};
use serde::de::IntoDeserializer;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::symbol::Symbol;

/// One SKU given to a user, directly or through a group.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// The product's key.
    pub sku: Symbol,
    /// The group it is inherited from; none for a direct one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Uuid>,
    /// Names of the plans that are switched off.
    #[serde(default = "none", skip_serializing_if = "is_empty")]
    pub disabled: Arc<[Symbol]>,
    /// What went wrong with the group's license (R37).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<AssignmentError>,
}

/// What Graph's `licenseAssignmentStates` says went wrong, and whether the license is there all the same: the state is
/// `Error` for one that didn't arrive, `ActiveWithError` for one that did.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AssignmentError {
    reason: Reason,
    active: bool,
}

/// As Graph names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
enum Reason {
    CountViolation,
    MutuallyExclusiveViolation,
    DependencyViolation,
    ProhibitedInUsageLocationViolation,
    UniquenessViolation,
    Other,
}

/// What follows the reason, as tenant.yaml writes it, where the license is there all the same.
const ACTIVE: &str = " (active)";

/// The names are Graph's.
#[allow(non_upper_case_globals)]
impl AssignmentError {
    pub const CountViolation: Self = Self::new(Reason::CountViolation);
    pub const MutuallyExclusiveViolation: Self = Self::new(Reason::MutuallyExclusiveViolation);
    pub const DependencyViolation: Self = Self::new(Reason::DependencyViolation);
    pub const ProhibitedInUsageLocationViolation: Self =
        Self::new(Reason::ProhibitedInUsageLocationViolation);
    pub const UniquenessViolation: Self = Self::new(Reason::UniquenessViolation);
    pub const Other: Self = Self::new(Reason::Other);
}

impl AssignmentError {
    const fn new(reason: Reason) -> Self {
        Self {
            reason,
            active: false,
        }
    }

    /// The same error of a license that is there: Graph's `ActiveWithError`.
    pub const fn active(self) -> Self {
        Self {
            active: true,
            ..self
        }
    }

    pub const fn is_active(self) -> bool {
        self.active
    }

    /// As Graph names it: `CountViolation`.
    pub fn name(self) -> String {
        format!("{:?}", self.reason)
    }
}

impl fmt::Debug for AssignmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let active = if self.active { ACTIVE } else { "" };
        write!(f, "{:?}{active}", self.reason)
    }
}

impl Serialize for AssignmentError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{self:?}"))
    }
}

impl<'de> Deserialize<'de> for AssignmentError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = AssignmentError;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the error of an assignment")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                let reason = text.strip_suffix(ACTIVE);
                let name = reason.unwrap_or(text).into_deserializer();
                Ok(AssignmentError {
                    reason: Reason::deserialize(name)?,
                    active: reason.is_some(),
                })
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

/// Asks a reader, by the name of a newtype, for a value that is often written the same. One that knows the name gives a
/// map of one entry: the value's text, and the value, which need not be taken. Another gives the value alone.
pub const OFTEN_THE_SAME: &str = "$often_the_same";

/// Most users of a tenant hold one of few bundles of licenses; equal ones read on one thread share their memory.
pub(super) fn shared<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Arc<[Assignment]>, D::Error> {
    const KEPT: usize = 4096;
    thread_local! {
        static KNOWN: RefCell<HashSet<Arc<[Assignment]>>> = RefCell::default();
        /// The same by how they were written.
        static WRITTEN: RefCell<HashMap<Box<str>, Arc<[Assignment]>>> = RefCell::default();
    }

    fn share(read: Vec<Assignment>) -> Arc<[Assignment]> {
        KNOWN.with_borrow_mut(|known| match known.get(read.as_slice()) {
            Some(own) => Arc::clone(own),
            None => {
                let own: Arc<[Assignment]> = read.into();
                if known.len() < KEPT {
                    known.insert(Arc::clone(&own));
                }
                own
            }
        })
    }

    struct Visitor;
    impl<'de> serde::de::Visitor<'de> for Visitor {
        type Value = Arc<[Assignment]>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of licenses")
        }
        fn visit_newtype_struct<D: Deserializer<'de>>(
            self,
            deserializer: D,
        ) -> Result<Self::Value, D::Error> {
            Vec::deserialize(deserializer).map(share)
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(
            self,
            mut map: A,
        ) -> Result<Self::Value, A::Error> {
            let text: Option<&str> = map.next_key()?;
            let text = text.unwrap_or_default();
            let known = WRITTEN.with_borrow(|known| known.get(text).cloned());
            if let Some(own) = known {
                return Ok(own);
            }
            let own = share(map.next_value()?);
            WRITTEN.with_borrow_mut(|known| {
                if known.len() < KEPT {
                    known.insert(text.into(), Arc::clone(&own));
                }
            });
            Ok(own)
        }
    }
    deserializer.deserialize_newtype_struct(OFTEN_THE_SAME, Visitor)
}

/// Empty ones share their memory.
pub(super) fn none<T>() -> Arc<[T]> {
    Arc::default()
}

pub(super) fn is_empty<T>(list: &Arc<[T]>) -> bool {
    list.is_empty()
}
