//! A plan: what a rehearsal would change, written down so that it can be read, reviewed, and done exactly.

mod before;
mod document;
mod draft;
mod file;
mod fit;
mod html;
mod objects;
mod row;
mod show;
mod text;

pub use before::Before;
pub use document::{Document, FileMark, LeftOut, ProductTotal, TenantMark};
pub use draft::{Origin, draft};
pub use file::{open, save};
pub use fit::{Fit, Moved};
pub use html::html;
pub use objects::{PLAN_ROW, plan_row, result};
pub use row::{Row, Undo};
pub use show::{heading, markdown};
pub use text::{read, sha256, write};

use std::rc::Rc;

use jiff::Timestamp;

use crate::tenant::{Change, Tenant};

/// What a rehearsal has changed so far, and the tenant that it began with.
pub struct Rehearsal {
    pub before: Rc<Tenant>,
    /// The tenant's clock while it ran.
    pub from: Timestamp,
    pub to: Timestamp,
    pub changes: Vec<Change>,
    /// The commits that they take back.
    pub undoes: Vec<u64>,
    pub results: Vec<Rehearsed>,
}

/// A result row of a rehearsal.
#[derive(Clone, Debug, PartialEq)]
pub struct Rehearsed {
    /// What the row is about, by name.
    pub subject: String,
    pub sku: Option<String>,
    /// Whether it stands for a change.
    pub changes: bool,
    /// How a summary counts it: `removed`, `inherited`.
    pub word: String,
    pub reason: Option<String>,
    pub consequences: Vec<String>,
}

impl Rehearsal {
    pub fn new(before: Rc<Tenant>, at: Timestamp) -> Self {
        Self {
            before,
            from: at,
            to: at,
            changes: Vec::new(),
            undoes: Vec::new(),
            results: Vec::new(),
        }
    }

    /// Changes that were rehearsed up to now.
    pub fn add(&mut self, changes: &[Change], undoes: &[u64], now: Timestamp) {
        self.undoes.extend_from_slice(undoes);
        self.changes.extend_from_slice(changes);
        self.to = self.to.max(now);
    }
}
