//! Group-Object: puts objects that are alike together.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::column::Columns;
use super::total_order::by_keys;
use crate::command::{
    Args, Call, Cmdlet, Column, Effect, Example, Flow, Output, OutputColumns, Param,
    PartialCommand, Run, Stage, Verb, names,
};
use crate::diagnostic::Diagnostic;
use crate::tenant::Permission;
use crate::value::{Record, Shape, Value, drop_in_background};

static PROPERTY: Param<Option<Vec<Column>>> = Param::new(
    "Property",
    "What the objects of a group have in common: properties or blocks; without it the objects themselves.",
)
.position(0);
static NO_ELEMENT: Param<bool> = Param::new("NoElement", "Counts, and leaves out the objects.");

static GROUPED: Shape = Shape {
    name: "GroupInfo",
    properties: &["Name", "Count", "Group"],
    // The objects of a group would be wider than any screen.
    columns: &["Name", "Count"],
};

static COUNTED: Shape = Shape {
    name: "GroupCount",
    properties: &["Name", "Count"],
    columns: &["Name", "Count"],
};

pub static GROUP_OBJECT: Cmdlet = Cmdlet {
    verb: Verb::Group,
    noun: "Object",
    aliases: &["group"],
    synopsis: "Puts objects that are alike together",
    description: "Writes one object a group, in the order of what the groups have in common, with the objects in Group, \
                  which a table shows when it is asked for. Letter case doesn't count. Objects where it is missing are a group without a name.",
    parameters: &[&PROPERTY.declaration, &NO_ELEMENT.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Depends(output),
    examples: &[
        Example {
            line: "Get-User | Group-Object Department -NoElement | Sort-Object Count -Descending",
            explanation: "How many people work where.",
        },
        Example {
            line: "Get-License | Group-Object Sku, AssignedBy -NoElement",
            explanation: "How each product is assigned.",
        },
        Example {
            line: "Get-User | Group-Object { $_.Licenses.Count } | Format-Table Name, Count",
            explanation: "How many users hold how many products.",
        },
    ],
    graph: "",
    run: Run::Stream(start),
};

fn output(draft: &PartialCommand, _: OutputColumns) -> OutputColumns {
    let shape = match draft.has(&NO_ELEMENT) {
        true => &COUNTED,
        false => &GROUPED,
    };
    Some(names(shape.properties))
}

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    Ok(Box::new(Group {
        columns: Columns::of(args, &PROPERTY)?.without_patterns()?,
        keep: !args.get(&NO_ELEMENT),
        groups: BTreeMap::new(),
    }))
}

struct Group {
    columns: Columns,
    keep: bool,
    groups: BTreeMap<Keys, Members>,
}

impl Drop for Group {
    fn drop(&mut self) {
        let count = self.groups.values().map(|members| members.items.len());
        let count = count.sum();
        drop_in_background(std::mem::take(&mut self.groups), count);
    }
}

#[derive(Default)]
struct Members {
    count: usize,
    items: Vec<Value>,
}

/// What the objects of a group have in common.
struct Keys(Vec<Value>);

impl Ord for Keys {
    fn cmp(&self, other: &Self) -> Ordering {
        by_keys(&self.0, &other.0)
    }
}

impl PartialOrd for Keys {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Keys {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Keys {}

impl Stage for Group {
    fn record(&mut self, call: &mut Call, value: Value) -> Result<(), Flow> {
        self.columns.note(&value);
        let mut keys = self.columns.values(call, &value)?;
        if keys.is_empty() {
            keys.push(value.clone());
        }
        let members = self.groups.entry(Keys(keys)).or_default();
        members.count += 1;
        if self.keep {
            members.items.push(value);
        }
        Ok(())
    }

    fn end(&mut self, call: &mut Call) -> Result<(), Flow> {
        self.columns.check()?;
        for (Keys(keys), members) in std::mem::take(&mut self.groups) {
            let names: Vec<_> = keys.iter().map(Value::to_text).collect();
            let mut values = vec![names.join(", ").into(), members.count.into()];
            let shape = if self.keep {
                values.push(Value::list(members.items));
                &GROUPED
            } else {
                &COUNTED
            };
            call.write(Value::object(Record::new(shape, values)))?;
        }
        Ok(())
    }
}
