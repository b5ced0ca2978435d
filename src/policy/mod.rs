//! The tenant's policy: what nobody changes, how much one run may change, and who must agree, from `policy.yaml`.

mod check;
mod read;

pub use check::{Facts, Refusal};

use std::sync::Arc;

use serde::Deserialize;

use crate::diagnostic::Source;

/// What `policy.yaml` says.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// The file, so that a refusal can point into it.
    #[serde(skip)]
    source: Option<Arc<Source>>,
    protected: Protected,
    limits: Limits,
    /// Whether every change needs a reason.
    reason: Option<Needed>,
    hours: Option<Hours>,
    approval: Option<Approval>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Needed {
    Required,
    Optional,
}

/// What isn't changed.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Protected {
    /// UPNs; wildcards are allowed.
    users: Vec<String>,
    /// By name: the groups, and the users who are in them.
    groups: Vec<String>,
    /// By name: the users who hold them.
    roles: Vec<String>,
    /// Keys of products of which no license is taken and no seat given back.
    products: Vec<String>,
}

/// How many users one run may change.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Limits {
    users: Option<usize>,
    /// Of the users that are not deleted.
    percent: Option<f64>,
}

/// When changes are made.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hours {
    from: String,
    to: String,
    /// `Mon` to `Sun`; every day when left out.
    #[serde(default)]
    days: Vec<String>,
    /// How far the clock on the wall is ahead of UTC: `+02:00`.
    #[serde(default)]
    utc_offset: Option<String>,
}

/// Who must have agreed to a plan.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// So many users may be changed without.
    #[serde(default)]
    pub over: usize,
    /// Who may approve, as `ssh-keygen` knows them in the file of signers.
    pub by: Vec<String>,
    /// The file of allowed signers, beside `policy.yaml`.
    pub signers: String,
}

impl Policy {
    pub fn approval(&self) -> Option<&Approval> {
        self.approval.as_ref()
    }
}
