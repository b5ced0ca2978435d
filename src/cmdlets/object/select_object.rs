//! Select-Object: some properties of each object, or some of the objects.

use std::collections::{HashSet, VecDeque};

use super::column::{Columns, labels};
use crate::command::{
    Args, Call, Cmdlet, Column, Effect, Example, Flow, Output, OutputColumns, Param,
    PartialCommand, PropertyName, Run, Stage, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::tenant::Permission;
use crate::value::Value;
use crate::wildcard::{Wildcard, is_pattern};

static PROPERTY: Param<Option<Vec<Column>>> = Param::new(
    "Property",
    "The properties to keep, in this order: names, wildcards, or @{Name; Expression} for one that is made.",
)
.position(0);
static EXCLUDE: Param<Option<Vec<PropertyName>>> = Param::new(
    "ExcludeProperty",
    "The properties to leave out; wildcards are allowed.",
);
static EXPAND: Param<Option<PropertyName>> = Param::new(
    "ExpandProperty",
    "Gives the values of this property instead of the objects; a list item by item.",
)
.aliases(&["Expand"]);
static FIRST: Param<Option<i64>> = Param::new("First", "Only so many objects, from the beginning.");
static LAST: Param<Option<i64>> = Param::new("Last", "Only so many objects, from the end.");
static SKIP: Param<Option<i64>> = Param::new(
    "Skip",
    "Leaves out so many at the beginning; with -Last alone, at the end.",
);
static UNIQUE: Param<bool> = Param::new(
    "Unique",
    "Of the objects that are left, leaves out those that show the same as one before.",
);

pub static SELECT_OBJECT: Cmdlet = Cmdlet {
    verb: Verb::Select,
    noun: "Object",
    aliases: &["select"],
    synopsis: "Takes some properties of objects, or some of the objects",
    description: "With -First the commands in front stop working as soon as enough has come. The Expression of a \
                  property that is made is a block in which $_ is the object, or the name of another property. An \
                  object that lacks a property which others have gets an empty one; one that none has is an error.",
    parameters: &[
        &PROPERTY.declaration,
        &EXCLUDE.declaration,
        &EXPAND.declaration,
        &FIRST.declaration,
        &LAST.declaration,
        &SKIP.declaration,
        &UNIQUE.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Depends(output),
    examples: &[
        Example {
            line: "Get-User | Select-Object UserPrincipalName, City -First 3",
            explanation: "Two columns of three users.",
        },
        Example {
            line: "Get-User | Select-Object -ExpandProperty Department -Unique",
            explanation: "The departments there are.",
        },
        Example {
            line: "Get-User | Select-Object DisplayName, @{ Name = 'Products'; Expression = { $_.Licenses.Count } }",
            explanation: "A column that is made: how many products each user holds.",
        },
    ],
    graph: "",
    run: Run::Stream(start),
};

fn output(draft: &PartialCommand, input: OutputColumns) -> OutputColumns {
    if draft.has(&EXPAND) {
        return None;
    }
    let chosen = match draft.operand(&PROPERTY) {
        Some(operand) => labels(operand)?,
        None if draft.has(&EXCLUDE) => vec!["*".to_owned()],
        None => return input,
    };
    let mut kept: Vec<String> = Vec::new();
    for label in chosen {
        let pattern = Wildcard::new(&label);
        let known = input.iter().flatten().filter(|own| pattern.matches(own));
        let mut known: Vec<String> = known.cloned().collect();
        if known.is_empty() && !is_pattern(&label) {
            known.push(label);
        }
        kept.extend(known);
    }
    let excluded = draft.operand(&EXCLUDE).and_then(labels);
    for pattern in excluded.unwrap_or_default() {
        let pattern = Wildcard::new(&pattern);
        kept.retain(|name| !pattern.matches(name));
    }
    Some(kept)
}

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
    let mut columns = Columns::of(args, &PROPERTY)?;
    let exclude = args.get(&EXCLUDE).unwrap_or_default();
    let expand = args.get(&EXPAND);
    if expand.is_some() && (!columns.is_empty() || !exclude.is_empty()) {
        return Err(Diagnostic::usage(
            "AmbiguousParameterSet",
            "-ExpandProperty gives values instead of objects, so no other property can go with it",
        )
        .hint("use one of the two"));
    }
    if columns.is_empty() && !exclude.is_empty() {
        columns = Columns::new(&[Column("*".into())])?;
    }
    Ok(Box::new(Select {
        columns: match &expand {
            Some(name) => Columns::one(name),
            None => columns,
        },
        expand: expand.is_some(),
        exclude: exclude.iter().map(|name| Wildcard::new(name)).collect(),
        first: count(&FIRST)?,
        last: count(&LAST)?,
        skip: count(&SKIP)?.unwrap_or(0),
        seen: args.get(&UNIQUE).then(HashSet::new),
        passed: 0,
        tail: VecDeque::new(),
    }))
}

struct Select {
    columns: Columns,
    expand: bool,
    exclude: Vec<Wildcard>,
    first: Option<usize>,
    last: Option<usize>,
    skip: usize,
    /// What came before, for `-Unique`.
    seen: Option<HashSet<String>>,
    /// How many of the first ones went through.
    passed: usize,
    /// The latest ones, for `-Last`.
    tail: VecDeque<Value>,
}

impl Stage for Select {
    fn record(&mut self, call: &mut Call, value: Value) -> Result<(), Flow> {
        let from_end = self.last.is_some() && self.first.is_none();
        if self.skip > 0 && !from_end {
            self.skip -= 1;
            return Ok(());
        }
        match (self.first, self.last) {
            (None, None) => self.take(call, value),
            (Some(first), last) if self.passed < first => {
                self.passed += 1;
                self.take(call, value)?;
                if self.passed == first && last.is_none() {
                    return Err(Flow::Stop);
                }
                Ok(())
            }
            (Some(_), None) => Err(Flow::Stop),
            (_, Some(last)) => {
                self.tail.push_back(value);
                if self.tail.len() > last + self.skip {
                    self.tail.pop_front();
                }
                Ok(())
            }
        }
    }

    fn end(&mut self, call: &mut Call) -> Result<(), Flow> {
        let keep = self.tail.len().saturating_sub(self.skip);
        for value in std::mem::take(&mut self.tail).into_iter().take(keep) {
            self.take(call, value)?;
        }
        for value in self.columns.rest()? {
            self.emit(call, value)?;
        }
        Ok(())
    }
}

impl Select {
    fn take(&mut self, call: &mut Call, value: Value) -> Result<(), Flow> {
        for value in self.columns.ready(value) {
            self.emit(call, value)?;
        }
        Ok(())
    }

    fn emit(&mut self, call: &mut Call, value: Value) -> Result<(), Flow> {
        if self.expand {
            let values = self.columns.values(call, &value)?;
            for value in values {
                match value {
                    Value::List(items) => {
                        for item in items.iter() {
                            self.write(call, item.clone())?;
                        }
                    }
                    Value::Null => {}
                    one => self.write(call, one)?,
                }
            }
            return Ok(());
        }
        if self.columns.is_empty() {
            return self.write(call, value);
        }
        let mut map = self.columns.map(call, &value)?;
        if !self.exclude.is_empty() {
            let kept = |name: &str| !self.exclude.iter().any(|pattern| pattern.matches(name));
            map = map
                .iter()
                .filter(|(name, _)| kept(name))
                .map(|(name, value)| (name, value.clone()))
                .collect();
        }
        self.write(call, Value::map(map))
    }

    fn write(&mut self, call: &mut Call, value: Value) -> Result<(), Flow> {
        let seen = self.seen.as_mut();
        let is_new = seen.is_none_or(|seen| seen.insert(key(&value)));
        if is_new { call.write(value) } else { Ok(()) }
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
