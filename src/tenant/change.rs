//! What is written down: the facts of which the journal is made.

use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

use super::symbol::Symbol;

/// One fact. Replayed for ever: a variant's written form never changes its meaning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    LicenseAssigned {
        user: Uuid,
        sku: Symbol,
        /// The group it comes through; none for a direct one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<Uuid>,
        #[serde(default = "none", skip_serializing_if = "is_empty")]
        disabled: Arc<[Symbol]>,
    },
    LicenseRemoved {
        user: Uuid,
        sku: Symbol,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<Uuid>,
        /// The before-image: what makes replay checkable and undo possible.
        was: LicenseImage,
    },
}

/// What a license was before it changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LicenseImage {
    #[serde(default = "none", skip_serializing_if = "is_empty")]
    pub disabled: Arc<[Symbol]>,
}

fn none<T>() -> Arc<[T]> {
    Arc::from([])
}

fn is_empty<T>(list: &Arc<[T]>) -> bool {
    list.is_empty()
}
