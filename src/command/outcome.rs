//! What a changing cmdlet decides for one object: changes, and a result row for each thing it is about.

use jiff::Timestamp;

use crate::diagnostic::Diagnostic;
use crate::objects;
use crate::session::Clock;
use crate::tenant::{Actor, Change, Decision};
use crate::value::{Record, Value};

/// When, by whom, and where new ids come from.
pub struct Moment<'a> {
    /// The tenant's clock.
    pub now: Timestamp,
    pub actor: &'a Actor,
    pub clock: &'a dyn Clock,
}

/// Decided, not yet allowed and not yet done.
#[derive(Clone, Debug, Default)]
pub struct Decided {
    pub changes: Vec<Change>,
    pub rows: Vec<Row>,
    pub warnings: Vec<Diagnostic>,
}

/// A result row, written as if it had been done; the gate says otherwise where it was not.
#[derive(Clone, Debug)]
pub struct Row {
    pub record: Record,
    /// Whether it stands for something that changes.
    pub changes: bool,
    /// How the summary counts it: `removed`, `inherited`.
    pub word: &'static str,
    pub seat_freed: bool,
    /// Whether something is kept for a time and then lost.
    pub data_held: bool,
}

impl From<Decision> for Decided {
    fn from(decision: Decision) -> Self {
        let rows = decision
            .outcomes
            .iter()
            .map(|outcome| Row {
                record: objects::license_result(outcome),
                changes: outcome.kind.changes(),
                word: objects::outcome_word(outcome.kind),
                seat_freed: outcome.seat_freed,
                data_held: outcome.data_held_until.is_some(),
            })
            .collect();
        Self {
            changes: decision.changes,
            rows,
            warnings: decision.warnings,
        }
    }
}

impl Row {
    /// The row of a request that a rule refused.
    pub(super) fn failed(
        shape: &'static crate::value::Shape,
        subject: Value,
        sku: Value,
        error: &Diagnostic,
    ) -> Self {
        let mut record = Record::new(shape, vec![subject]);
        record.set("Sku", sku);
        record.set("Outcome", "Failed");
        record.set("Reason", error.message.as_str());
        Self {
            record,
            changes: false,
            word: "failed",
            seat_freed: false,
            data_held: false,
        }
    }

    /// The row as it is shown for a rehearsal: the outcome moves to `Would`.
    pub(super) fn rehearsed(&mut self) {
        if !self.changes {
            return;
        }
        use crate::value::Object;
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

    pub(super) fn committed(&mut self, number: Option<u64>) {
        if self.changes {
            self.record
                .set("Change", number.and_then(|n| i64::try_from(n).ok()));
        }
    }
}
