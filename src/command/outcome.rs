//! What a changing cmdlet decides for one object: changes, and a result row for each thing it is about.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::diagnostic::Diagnostic;
use crate::objects;
use crate::plan::Rehearsed;
use crate::session::Clock;
use crate::store::Store;
use crate::tenant::{Actor, Change, Decision, LicenseOutcome, Tenant};
use crate::value::{Object, Record, Shape, Value};

/// When, by whom, and where new ids come from.
pub struct Moment<'a> {
    /// The tenant's clock.
    pub now: Timestamp,
    pub actor: &'a Actor,
    /// What was done before; none for a tenant that lives in memory.
    pub store: Option<&'a Store>,
    /// Whether the admin wants it to stop; for whoever decides about many.
    pub interrupted: &'a dyn Fn() -> bool,
    pub clock: &'a dyn Clock,
}

/// Decided, not yet allowed and not yet done.
#[derive(Clone, Debug, Default)]
pub struct Decided {
    pub changes: Vec<Change>,
    pub rows: Vec<Row>,
    pub warnings: Vec<Diagnostic>,
    /// What is refused of it, while the rest goes on; each has its row.
    pub failures: Vec<Diagnostic>,
    /// The commits that it takes back.
    pub undoes: Vec<u64>,
    /// The SHA-256 of the plan that it applies.
    pub plan: Option<String>,
}

/// A result row, written as if it had been done; the gate says otherwise where it was not.
#[derive(Clone, Debug)]
pub struct Row {
    pub record: Record,
    /// Whether it stands for something that changes.
    pub changes: bool,
    /// How the summary counts it: `removed`, `inherited`.
    pub word: &'static str,
    pub seats_freed: usize,
    /// Whether something is kept for a time and then lost.
    pub data_held: bool,
}

/// A row for each license that it is about.
impl From<Decision> for Decided {
    fn from(decision: Decision) -> Self {
        Self {
            rows: decision.outcomes.iter().map(Row::license).collect(),
            changes: decision.changes,
            warnings: decision.warnings,
            ..Self::default()
        }
    }
}

impl Decided {
    /// One row for the whole request, named after `target`; what becomes of licenses is among its consequences.
    pub fn about(tenant: &Tenant, target: &str, decision: Decision) -> Self {
        Self {
            rows: vec![Row::change(tenant, target, &decision)],
            changes: decision.changes,
            warnings: decision.warnings,
            ..Self::default()
        }
    }

    /// One row for the request, then one for each license of others that it is about.
    pub fn about_many(tenant: &Tenant, target: &str, mut decision: Decision) -> Self {
        let outcomes = std::mem::take(&mut decision.outcomes);
        let mut decided = Self::about(tenant, target, decision);
        decided.rows.extend(outcomes.iter().map(Row::license));
        decided
    }

    /// One of several things that are asked for is refused.
    pub fn refuse(&mut self, shape: &'static Shape, target: &str, fault: Diagnostic) {
        self.rows
            .push(Row::failed(shape, target.into(), Value::Null, &fault));
        self.failures.push(fault);
    }

    /// What it changes, as its rows name it: one for most, many where one command is about all that is due.
    pub(super) fn names(&self, subject: impl FnOnce() -> String) -> HashSet<String> {
        if self.changes.is_empty() {
            return HashSet::new();
        }
        let changed = self.rows.iter().filter(|row| row.changes);
        let mut names: HashSet<String> = changed.map(|row| row.record.identity()).collect();
        if names.is_empty() {
            names.insert(subject());
        }
        names
    }

    /// What follows on it in the same record, decided on the tenant as it then is.
    pub fn and(mut self, then: Self) -> Self {
        self.changes.extend(then.changes);
        self.rows.extend(then.rows);
        self.warnings.extend(then.warnings);
        self.failures.extend(then.failures);
        self.undoes.extend(then.undoes);
        self
    }
}

impl Row {
    fn license(outcome: &LicenseOutcome) -> Self {
        Self {
            record: objects::license_result(outcome),
            changes: outcome.kind.changes(),
            word: objects::outcome_word(outcome.kind),
            seats_freed: usize::from(outcome.seat_freed),
            data_held: outcome.data_held_until.is_some(),
        }
    }

    fn change(tenant: &Tenant, target: &str, decision: &Decision) -> Self {
        let held = objects::data_held_until(decision);
        Self {
            record: objects::change_result(tenant, target, decision),
            changes: !decision.changes.is_empty(),
            word: objects::change_word(decision),
            seats_freed: objects::seats_freed(decision),
            data_held: held.is_some(),
        }
    }

    /// The row of something that stays as it is.
    pub fn unchanged(record: Record, word: &'static str) -> Self {
        Self {
            record,
            changes: false,
            word,
            seats_freed: 0,
            data_held: false,
        }
    }

    /// The row of a request that a rule refused.
    pub(super) fn failed(
        shape: &'static Shape,
        subject: Value,
        sku: Value,
        error: &Diagnostic,
    ) -> Self {
        let mut record = Record::new(shape, vec![subject]);
        record.set("Sku", sku);
        record.set("Outcome", "Failed");
        record.set("Reason", error.message.as_str());
        Self::unchanged(record, "failed")
    }

    /// The row as it is shown for a rehearsal: the outcome moves to `Would`.
    pub(super) fn rehearsed(&mut self) {
        if !self.changes {
            return;
        }
        let would = self.record.property("Outcome").unwrap_or_default();
        if self
            .record
            .property("Reason")
            .is_none_or(|reason| reason.is_null())
        {
            self.record
                .set("Reason", format!("would be {}", would.to_text()));
        }
        self.record.set("Would", would);
        self.record.set("Outcome", "WhatIf");
    }

    /// What a plan keeps of it, once it is shown as rehearsed.
    pub(super) fn rehearsed_result(&self) -> Rehearsed {
        let text = |name: &str| {
            let value = self.record.property(name).unwrap_or_default();
            (!value.is_null()).then(|| value.to_text().into_owned())
        };
        let consequences = match self.record.property("Consequences") {
            Some(Value::List(items)) => {
                items.iter().map(|own| own.to_text().into_owned()).collect()
            }
            _ => Vec::new(),
        };
        Rehearsed {
            subject: self.record.identity(),
            sku: text("Sku"),
            changes: self.changes,
            word: self.word.to_owned(),
            reason: text("Reason"),
            consequences,
        }
    }

    /// The row as it is shown before the end of a transaction: what will be is in `Would`.
    pub(super) fn pending(&mut self) {
        if self.changes {
            let would = self.record.property("Outcome").unwrap_or_default();
            self.record.set("Would", would);
            self.record.set("Outcome", objects::PENDING);
        }
    }

    pub(super) fn committed(&mut self, number: Option<u64>) {
        if self.changes {
            self.record
                .set("Change", number.and_then(|n| i64::try_from(n).ok()));
        }
    }
}
