//! Sort-Object: puts objects in order.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::sync::Arc;
use std::vec::IntoIter;

use super::column::Columns;
use super::total_order::{by_keys, total};
use crate::command::{
    Args, Call, Cmdlet, Column, Effect, Example, Flow, Output, Param, Run, Stage, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::tenant::Permission;
use crate::value::{Value, drop_in_background};

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
    let directions = own.map(|own| own.unwrap_or(descending)).collect();
    Ok(Box::new(Sort {
        order: Arc::new(Order {
            directions,
            descending,
        }),
        columns,
        unique: args.get(&UNIQUE),
        run: Vec::new(),
        runs: Vec::new(),
    }))
}

/// Rows that are sorted at once. Between the runs, and while they are merged, Ctrl-C is heard.
const RUN: usize = 4096;

/// An object behind its keys.
type Row = (Vec<Value>, Value);

struct Sort {
    columns: Columns,
    order: Arc<Order>,
    unique: bool,
    /// What came last.
    run: Vec<Row>,
    /// What came before it, each run sorted.
    runs: Vec<Vec<Row>>,
}

impl Stage for Sort {
    fn record(&mut self, call: &mut Call, value: Value) -> Result<(), Flow> {
        self.columns.note(&value);
        let mut keys = self.columns.values(call, &value)?;
        if keys.is_empty() {
            keys.push(value.clone());
        }
        self.run.push((keys, value));
        if self.run.len() == RUN {
            self.end_run();
        }
        Ok(())
    }

    fn end(&mut self, call: &mut Call) -> Result<(), Flow> {
        self.columns.check()?;
        self.end_run();
        let runs = std::mem::take(&mut self.runs);
        let mut heads = Order::merge(&self.order, runs);
        let done = self.emit(call, &mut heads);
        let count = heads.len() * RUN;
        drop_in_background(heads, count);
        done
    }
}

impl Sort {
    fn end_run(&mut self) {
        let mut run = std::mem::take(&mut self.run);
        run.sort_by(|a, b| self.order.of(&a.0, &b.0));
        self.runs.push(run);
    }

    fn emit(&self, call: &mut Call, heads: &mut Heads) -> Result<(), Flow> {
        let mut last: Option<Vec<Value>> = None;
        while let Some((keys, value)) = take_first(heads) {
            let equal = |last: &Vec<Value>| by_keys(last, &keys).is_eq();
            if self.unique && last.as_ref().is_some_and(equal) {
                continue;
            }
            if self.unique {
                last = Some(keys);
            }
            call.write(value)?;
        }
        Ok(())
    }
}

impl Drop for Sort {
    fn drop(&mut self) {
        let count = self.runs.len() * RUN;
        drop_in_background(std::mem::take(&mut self.runs), count);
    }
}

struct Order {
    /// For each column whether the largest comes first.
    directions: Vec<bool>,
    /// Of what has no column.
    descending: bool,
}

impl Order {
    fn of(&self, a: &[Value], b: &[Value]) -> Ordering {
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

    /// Sorted runs, in the order they came in, made ready for [`take_first`].
    fn merge(order: &Arc<Self>, runs: Vec<Vec<Row>>) -> Heads {
        let heads = runs.into_iter().enumerate().filter_map(|(run, rows)| {
            let mut rest = rows.into_iter();
            let head = Head {
                row: rest.next()?,
                rest,
                run,
                order: Arc::clone(order),
            };
            Some(Reverse(head))
        });
        heads.collect()
    }
}

/// The runs by their first rows, the smallest on top.
type Heads = BinaryHeap<Reverse<Head>>;

/// The smallest row of all runs, taken from its run.
fn take_first(heads: &mut Heads) -> Option<Row> {
    let mut top = heads.peek_mut()?;
    match top.0.rest.next() {
        Some(next) => Some(std::mem::replace(&mut top.0.row, next)),
        None => Some(PeekMut::pop(top).0.row),
    }
}

/// The first row of a run, and those behind it.
struct Head {
    row: Row,
    rest: IntoIter<Row>,
    run: usize,
    order: Arc<Order>,
}

impl Ord for Head {
    /// Of equal rows those of the earlier run come first: they came in first.
    fn cmp(&self, other: &Self) -> Ordering {
        let rows = self.order.of(&self.row.0, &other.row.0);
        rows.then(self.run.cmp(&other.run))
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Head {}
