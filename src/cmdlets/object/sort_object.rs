//! Sort-Object: puts objects in order.

use std::cmp::Ordering;

use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, PropertyName, Run, Stage, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::tenant::Permission;
use crate::value::{Value, order};

static PROPERTY: Param<Option<Vec<PropertyName>>> = Param::new(
    "Property",
    "The properties to sort by, the most important first; without one the objects themselves.",
)
.position(0);
static DESCENDING: Param<bool> = Param::new("Descending", "The largest first.");
static UNIQUE: Param<bool> = Param::new("Unique", "Keeps the first of those that are equal in it.");

pub static SORT_OBJECT: Cmdlet = Cmdlet {
    verb: Verb::Sort,
    noun: "Object",
    aliases: &["sort"],
    synopsis: "Puts objects in order",
    description: "Equal objects keep the order they came in. Text is compared without regard to letter case, numbers and \
                  times by their size; what is missing comes first.",
    parameters: &[
        &PROPERTY.declaration,
        &DESCENDING.declaration,
        &UNIQUE.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Any,
    examples: &[Example {
        line: "Get-Subscription | Sort-Object Free, SkuPartNumber",
        explanation: "The products that run out come first.",
    }],
    graph: "",
    run: Run::Stream(start),
};

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    Ok(Box::new(Sort {
        properties: args.get(&PROPERTY).unwrap_or_default(),
        descending: args.get(&DESCENDING),
        unique: args.get(&UNIQUE),
        rows: Vec::new(),
    }))
}

struct Sort {
    properties: Vec<PropertyName>,
    descending: bool,
    unique: bool,
    /// Each object with its keys.
    rows: Vec<(Vec<Value>, Value)>,
}

impl Stage for Sort {
    fn record(&mut self, _call: &mut Call, value: Value) -> Result<(), Flow> {
        let mut keys = Vec::with_capacity(self.properties.len());
        for name in &self.properties {
            keys.push(super::property_of(&value, name)?);
        }
        if keys.is_empty() {
            keys.push(value.clone());
        }
        self.rows.push((keys, value));
        Ok(())
    }

    fn end(&mut self, call: &mut Call) -> Result<(), Flow> {
        let mut rows = std::mem::take(&mut self.rows);
        rows.sort_by(|a, b| {
            let ordering = by_keys(&a.0, &b.0);
            if self.descending {
                ordering.reverse()
            } else {
                ordering
            }
        });
        let mut last: Option<Vec<Value>> = None;
        for (keys, value) in rows {
            if self.unique
                && last
                    .as_ref()
                    .is_some_and(|last| by_keys(last, &keys).is_eq())
            {
                continue;
            }
            last = Some(keys);
            call.write(value)?;
        }
        Ok(())
    }
}

fn by_keys(a: &[Value], b: &[Value]) -> Ordering {
    a.iter()
        .zip(b)
        .map(|(a, b)| total(a, b))
        .find(|ordering| ordering.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// A total order, as sorting needs it: kinds apart, then within a kind.
fn total(a: &Value, b: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Int(_) | Value::Float(_) => 2,
        Value::Time(_) => 3,
        _ => 4,
    };
    rank(a)
        .cmp(&rank(b))
        .then_with(|| order(a, b, false).unwrap_or(Ordering::Equal))
}
