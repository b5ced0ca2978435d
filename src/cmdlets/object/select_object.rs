//! Select-Object: some properties of each object, or some of the objects.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, PropertyName, Run, Stage, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::tenant::Permission;
use crate::value::{Map, Value};
use crate::wildcard::{Wildcard, is_pattern};

static PROPERTY: Param<Option<Vec<PropertyName>>> = Param::new(
    "Property",
    "The properties to keep, in this order; wildcards are allowed.",
)
.position(0);
static EXPAND: Param<Option<PropertyName>> = Param::new(
    "ExpandProperty",
    "Gives the values of this property instead of the objects; a list item by item.",
)
.aliases(&["Expand"]);
static FIRST: Param<Option<i64>> = Param::new("First", "Only so many, from the beginning.");
static LAST: Param<Option<i64>> = Param::new("Last", "Only so many, from the end.");
static SKIP: Param<Option<i64>> = Param::new("Skip", "Leaves out so many first.");
static UNIQUE: Param<bool> = Param::new("Unique", "Leaves out what came before.");

pub static SELECT_OBJECT: Cmdlet = Cmdlet {
    verb: Verb::Select,
    noun: "Object",
    aliases: &["select"],
    synopsis: "Takes some properties of objects, or some of the objects",
    description: "With -First the commands in front stop working as soon as enough has come.",
    parameters: &[
        &PROPERTY.declaration,
        &EXPAND.declaration,
        &FIRST.declaration,
        &LAST.declaration,
        &SKIP.declaration,
        &UNIQUE.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Any,
    examples: &[
        Example {
            line: "Get-User | Select-Object UserPrincipalName, City -First 3",
            explanation: "Two columns of three users.",
        },
        Example {
            line: "Get-User | Select-Object -ExpandProperty Department -Unique",
            explanation: "The departments there are.",
        },
    ],
    graph: "",
    run: Run::Stream(start),
};

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    let count = |param| match args.get(param) {
        None => Ok(None),
        Some(number) => usize::try_from(number).map(Some).map_err(|_| {
            Diagnostic::usage(
                "InvalidArgument",
                format!("a number of objects can't be {number}"),
            )
        }),
    };
    Ok(Box::new(Select {
        properties: args.get(&PROPERTY).unwrap_or_default(),
        expand: args.get(&EXPAND),
        first: count(&FIRST)?,
        last: count(&LAST)?,
        skip: count(&SKIP)?.unwrap_or(0),
        seen: args.get(&UNIQUE).then(HashSet::new),
        taken: 0,
        tail: VecDeque::new(),
    }))
}

struct Select {
    properties: Vec<PropertyName>,
    expand: Option<PropertyName>,
    first: Option<usize>,
    last: Option<usize>,
    skip: usize,
    /// What came before, for `-Unique`.
    seen: Option<HashSet<String>>,
    taken: usize,
    /// The latest ones, for `-Last`.
    tail: VecDeque<Value>,
}

impl Stage for Select {
    fn record(&mut self, call: &mut Call, value: Value) -> Result<(), Flow> {
        if self.first == Some(0) {
            return Err(Flow::Stop);
        }
        if self.skip > 0 && self.last.is_none() {
            self.skip -= 1;
            return Ok(());
        }
        if let Some(last) = self.last {
            self.tail.push_back(value);
            if self.tail.len() > last + self.skip {
                self.tail.pop_front();
            }
            return Ok(());
        }
        self.take(call, value)
    }

    fn end(&mut self, call: &mut Call) -> Result<(), Flow> {
        let keep = self.tail.len().saturating_sub(self.skip);
        for value in std::mem::take(&mut self.tail).into_iter().take(keep) {
            self.take(call, value)?;
        }
        Ok(())
    }
}

impl Select {
    fn take(&mut self, call: &mut Call, value: Value) -> Result<(), Flow> {
        let selected = match &self.expand {
            Some(name) => match super::property_of(&value, name)? {
                Value::List(items) => items.to_vec(),
                Value::Null => Vec::new(),
                one => vec![one],
            },
            None if self.properties.is_empty() => vec![value],
            None => vec![self.columns(&value)?],
        };
        for one in selected {
            if let Some(seen) = &mut self.seen
                && !seen.insert(key(&one))
            {
                continue;
            }
            call.write(one)?;
            self.taken += 1;
            if self.first.is_some_and(|first| self.taken >= first) {
                return Err(Flow::Stop);
            }
        }
        Ok(())
    }

    fn columns(&self, value: &Value) -> Result<Value, Diagnostic> {
        let mut map = Map::new();
        for name in &self.properties {
            if is_pattern(name) {
                let pattern = Wildcard::new(name);
                for own in value.property_names() {
                    if pattern.matches(own) {
                        map.set(own, value.property(own).unwrap_or_default());
                    }
                }
                continue;
            }
            let own = value
                .property_names()
                .into_iter()
                .find(|own| own.eq_ignore_ascii_case(name))
                .unwrap_or(name)
                .to_owned();
            map.set(own, super::property_of(value, name)?);
        }
        Ok(Value::Map(Arc::new(map)))
    }
}

/// What makes two objects the same for `-Unique`: all that they show, letter case aside.
fn key(value: &Value) -> String {
    match value {
        Value::Map(_) | Value::Object(_) => value
            .property_names()
            .into_iter()
            .map(|name| {
                value
                    .property(name)
                    .unwrap_or_default()
                    .to_text()
                    .to_lowercase()
            })
            .collect::<Vec<_>>()
            .join("\u{1f}"),
        other => other.to_text().to_lowercase(),
    }
}
