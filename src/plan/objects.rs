//! Rows of a plan as objects, and what they say when they are done.

use jiff::{SignedDuration, Timestamp};

use super::Row;
use crate::objects::{CHANGE_RESULT, outcome};
use crate::tenant::Symbol;
use crate::value::{Record, Shape, Value};

/// A row of a plan.
pub static PLAN_ROW: Shape = Shape {
    name: "PlanRow",
    properties: &[
        "Target",
        "Action",
        "SeatsFreed",
        "SeatsTaken",
        "PlansLost",
        "PlansGained",
        "DataHeldUntil",
        "Undo",
        "Consequences",
    ],
    columns: &["Target", "Action", "SeatsFreed", "DataHeldUntil", "Undo"],
};

fn symbols(list: &[Symbol]) -> Value {
    Value::list(list.iter().map(|symbol| symbol.shared().into()).collect())
}

fn texts(list: &[String]) -> Value {
    Value::list(list.iter().map(|text| text.as_str().into()).collect())
}

pub fn plan_row(row: &Row) -> Value {
    Value::object(Record::new(
        &PLAN_ROW,
        vec![
            row.row.as_str().into(),
            row.does.join("; ").into(),
            symbols(&row.frees),
            symbols(&row.takes),
            symbols(&row.loses),
            symbols(&row.gains),
            row.data_until.into(),
            row.undo.to_string().into(),
            texts(&row.follows),
        ],
    ))
}

/// The result row of a row that is done so long after its rehearsal.
pub fn result(row: &Row, later: SignedDuration) -> Record {
    let main = row.changes.iter().rfind(|change| !change.follows());
    let outcome = main
        .or(row.changes.last())
        .map_or("NothingToDo", |own| outcome(own).0);
    let mut record = Record::new(&CHANGE_RESULT, vec![row.row.as_str().into()]);
    record.set("Action", row.does.join("; "));
    record.set("Outcome", outcome);
    record.set(
        "SeatsFreed",
        Some(row.frees.len()).filter(|seats| *seats > 0),
    );
    record.set(
        "DataHeldUntil",
        row.data_until
            .and_then(|until| until.checked_add(later).ok()),
    );
    let follows = row
        .follows
        .iter()
        .map(|sentence| shifted(sentence, later).into());
    record.set("Consequences", Value::list(follows.collect()));
    record
}

/// A sentence whose times are so much later.
fn shifted(sentence: &str, later: SignedDuration) -> String {
    if later.is_zero() {
        return sentence.to_owned();
    }
    let words = sentence.split(' ').map(|word| {
        let time: Option<Timestamp> = word.parse().ok();
        let moved = time.and_then(|time| time.checked_add(later).ok());
        moved.map_or_else(|| word.to_owned(), |time| time.to_string())
    });
    words.collect::<Vec<_>>().join(" ")
}
