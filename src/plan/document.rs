//! A plan as a whole: where it comes from, what it comes to, and its rows.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Row;
use crate::tenant::Symbol;

/// The version of the written form.
pub const VERSION: u32 = 1;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The version of this form.
    pub plan: u32,
    pub made: Timestamp,
    pub by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub tenant: TenantMark,
    /// The tenant's clock at the rehearsal. Times in the changes that equal it become those of the application.
    pub rehearsed: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<FileMark>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<String>,
    /// The commits that it takes back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undoes: Vec<u64>,
    /// The files that it read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<FileMark>,
    /// The rules that the tenant's directory held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<FileMark>,
    /// The day of the facts about products and plans by which it was rehearsed.
    pub catalogue: String,
    /// How many results of each kind the rehearsal had.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counts: BTreeMap<String, usize>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<ProductTotal>,
    /// What was asked for and would not change, with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// Written apart, with images and changes on a line each.
    #[serde(default, skip_serializing)]
    pub rows: Vec<Row>,
}

/// Which tenant, in which state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantMark {
    pub name: String,
    /// The last record of its journal, and that record's checksum, which hangs on all before it.
    pub sequence: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<String>,
}

/// A file and the SHA-256 of its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileMark {
    pub file: String,
    pub sha256: String,
}

/// What a product's seats come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductTotal {
    pub sku: Symbol,
    pub name: Symbol,
    pub used: u32,
    pub used_then: u32,
    pub bought: u32,
}

/// A result that changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    pub what: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    pub outcome: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Document {
    /// Rows that can't be taken back.
    pub fn irreversible(&self) -> usize {
        let is_so = |row: &&Row| matches!(row.undo, super::row::Undo::Impossible(_));
        self.rows.iter().filter(is_so).count()
    }

    /// When the first data of anybody would be gone.
    pub fn first_loss(&self) -> Option<Timestamp> {
        self.rows.iter().filter_map(|row| row.data_until).min()
    }
}
