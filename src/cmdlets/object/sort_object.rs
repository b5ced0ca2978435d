//! Sort-Object: puts objects in order.

use std::cmp::Ordering;

use super::column::Columns;
use super::rank::{by_keys, total};
use crate::command::{
    Args, Call, Cmdlet, Column, Effect, Example, Flow, Output, Param, Run, Stage, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::tenant::Permission;
use crate::value::Value;

static PROPERTY: Param<Option<Vec<Column>>> = Param::new(
    "Property",
    "What to sort by, the most important first: properties, blocks, or @{Expression; Descending}; without it the \
     objects themselves.",
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
                  times by their size; what is missing comes first. Of different kinds booleans come before numbers, \
                  these before times, texts and lists.",
    parameters: &[
        &PROPERTY.declaration,
        &DESCENDING.declaration,
        &UNIQUE.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Input,
    examples: &[
        Example {
            line: "Get-Subscription | Sort-Object Free, SkuPartNumber",
            explanation: "The products that run out come first.",
        },
        Example {
            line: "Get-User | Sort-Object @{ Expression = { $_.Licenses.Count }; Descending = true }, DisplayName",
            explanation: "Who holds most comes first, and equals by name.",
        },
    ],
    graph: "",
    run: Run::Stream(start),
};

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    let columns = Columns::of(args, &PROPERTY)?.without_patterns()?;
    let descending = args.get(&DESCENDING);
    let own = columns.directions();
    Ok(Box::new(Sort {
        directions: own.map(|own| own.unwrap_or(descending)).collect(),
        columns,
        descending,
        unique: args.get(&UNIQUE),
        rows: Vec::new(),
    }))
}

struct Sort {
    columns: Columns,
    /// For each column whether the largest comes first.
    directions: Vec<bool>,
    descending: bool,
    unique: bool,
    /// Each object with its keys.
    rows: Vec<(Vec<Value>, Value)>,
}

impl Stage for Sort {
    fn record(&mut self, call: &mut Call, value: Value) -> Result<(), Flow> {
        self.columns.note(&value);
        let mut keys = self.columns.values(call, &value)?;
        if keys.is_empty() {
            keys.push(value.clone());
        }
        self.rows.push((keys, value));
        Ok(())
    }

    fn end(&mut self, call: &mut Call) -> Result<(), Flow> {
        self.columns.check()?;
        let mut rows = std::mem::take(&mut self.rows);
        rows.sort_by(|a, b| self.order(&a.0, &b.0));
        let mut last: Option<Vec<Value>> = None;
        for (keys, value) in rows {
            let equal = |last: &Vec<Value>| by_keys(last, &keys).is_eq();
            if self.unique && last.as_ref().is_some_and(equal) {
                continue;
            }
            last = Some(keys);
            call.write(value)?;
        }
        Ok(())
    }
}

impl Sort {
    fn order(&self, a: &[Value], b: &[Value]) -> Ordering {
        let directions = self.directions.iter().copied();
        let directions = directions.chain(std::iter::repeat(self.descending));
        a.iter()
            .zip(b)
            .zip(directions)
            .map(|((a, b), descending)| {
                let ordering = total(a, b);
                if descending {
                    ordering.reverse()
                } else {
                    ordering
                }
            })
            .find(|ordering| ordering.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}
