//! One row of a plan: a thing, what it is now, what would change, and what follows.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Before;
use crate::tenant::{Change, Symbol};

/// Things that change together, nearly always one user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// A user's UPN, or the name of a group or product with all that changes through it.
    pub row: String,
    /// What is done, a sentence each.
    pub does: Vec<String>,
    /// Products of which a seat becomes free, and of which one is taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frees: Vec<Symbol>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub takes: Vec<Symbol>,
    /// Service plans that the user has no more, or has from then on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loses: Vec<Symbol>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gains: Vec<Symbol>,
    /// What else follows, a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub follows: Vec<String>,
    /// When the first of its data would be deleted for good, if it were applied when it was rehearsed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_until: Option<Timestamp>,
    pub undo: Undo,
    /// What it was: one for each thing.
    pub before: Vec<Before>,
    /// The facts, as the journal will hold them.
    pub changes: Vec<Change>,
}

impl Row {
    /// The display name of the user that it is about.
    pub fn person(&self) -> Option<&str> {
        match self.before.as_slice() {
            [Before::User(user)] => Some(&user.name),
            _ => None,
        }
    }
}

/// Whether a row can be taken back.
#[derive(Clone, Debug, PartialEq)]
pub enum Undo {
    Possible,
    /// Wholly until then; later something is gone.
    Until(Timestamp),
    /// Why not.
    Impossible(String),
}

const UNTIL: &str = "possible until ";
const IMPOSSIBLE: &str = "impossible: ";

impl fmt::Display for Undo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Possible => f.write_str("possible"),
            Self::Until(time) => write!(f, "{UNTIL}{time}"),
            Self::Impossible(why) => write!(f, "{IMPOSSIBLE}{why}"),
        }
    }
}

impl Serialize for Undo {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

impl<'de> Deserialize<'de> for Undo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if let Some(time) = text.strip_prefix(UNTIL) {
            return time.parse().map(Self::Until).map_err(de::Error::custom);
        }
        match text.strip_prefix(IMPOSSIBLE) {
            Some(why) => Ok(Self::Impossible(why.to_owned())),
            None if text == "possible" => Ok(Self::Possible),
            None => Err(de::Error::custom(format!(
                "`undo` is `possible`, `{UNTIL}TIME` or `{IMPOSSIBLE}WHY`, not `{text}`"
            ))),
        }
    }
}
