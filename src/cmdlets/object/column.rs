//! Columns: properties by name or wildcard, blocks, and `@{Name; Expression}`, as Select-Object and its like take them.

use std::sync::Arc;

use crate::command::{Args, Call, Column, Flow, Param};
use crate::diagnostic::{Category, Diagnostic};
use crate::lang::Operand;
use crate::value::{Block, Map, Predicate, Value, property_hint};
use crate::wildcard::{Wildcard, is_pattern};

/// Columns, made ready to be read from objects.
pub struct Columns {
    list: Vec<Made>,
    /// Names of properties that no object had so far.
    unseen: Vec<String>,
    /// What the objects that lack them have instead, for the error.
    others: Vec<String>,
    /// Objects that lack them, kept until another has them or none is known to.
    held: Vec<Value>,
}

/// One column.
struct Made {
    /// What it is called in the result.
    label: String,
    source: Source,
    descending: Option<bool>,
}

enum Source {
    Property,
    /// Another property than the label says.
    Renamed(String),
    Pattern(Wildcard),
    Block(Arc<Block>),
}

const NAME: &[&str] = &["Name", "N", "Label", "L"];
const EXPRESSION: &[&str] = &["Expression", "E"];
const DIRECTION: &[&str] = &["Descending", "Ascending"];

impl Columns {
    /// # Errors
    /// A map that says nothing of an expression, or more than can be understood.
    pub fn new(given: &[Column]) -> Result<Self, Diagnostic> {
        let list: Vec<Made> = given.iter().map(made).collect::<Result<_, _>>()?;
        let unseen = list.iter().filter_map(|column| match &column.source {
            Source::Property | Source::Pattern(_) => Some(column.label.clone()),
            Source::Renamed(name) => Some(name.clone()),
            Source::Block(_) => None,
        });
        Ok(Self {
            unseen: unseen.collect(),
            list,
            others: Vec::new(),
            held: Vec::new(),
        })
    }

    /// The columns that a parameter names; a fault in them is at its value.
    ///
    /// # Errors
    /// As [`Columns::new`].
    pub fn of(args: &Args, param: &'static Param<Option<Vec<Column>>>) -> Result<Self, Diagnostic> {
        let placed = |fault: Diagnostic| match args.span(param) {
            Some(span) => fault.at(span),
            None => fault,
        };
        Self::new(&args.get(param).unwrap_or_default()).map_err(placed)
    }

    /// The one property of a name.
    pub fn one(name: &str) -> Self {
        Self {
            list: vec![Made {
                label: name.to_owned(),
                source: Source::Property,
                descending: None,
            }],
            unseen: vec![name.to_owned()],
            others: Vec::new(),
            held: Vec::new(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether a column is more than the property that it is named after.
    pub fn is_calculated(&self) -> bool {
        let calculated = |made: &Made| matches!(made.source, Source::Renamed(_) | Source::Block(_));
        self.list.iter().any(calculated)
    }

    /// What the columns are called; wildcards as they are.
    pub fn labels(&self) -> Vec<String> {
        self.list.iter().map(|made| made.label.clone()).collect()
    }

    /// The first property of the columns that an object of a known type lacks.
    ///
    /// # Errors
    /// The property, with the nearest one.
    pub fn check_type(&self, item: &Value) -> Result<(), Diagnostic> {
        for name in &self.unseen {
            item.member(name)?;
        }
        Ok(())
    }

    /// For each column whether it is to be sorted the other way round, where it says so itself.
    pub fn directions(&self) -> impl Iterator<Item = Option<bool>> {
        self.list.iter().map(|made| made.descending)
    }

    /// Refuses wildcards, which stand for any number of columns.
    pub fn without_patterns(self) -> Result<Self, Diagnostic> {
        let pattern = self
            .list
            .iter()
            .find(|made| matches!(made.source, Source::Pattern(_)));
        match pattern {
            Some(made) => Err(Diagnostic::usage(
                "InvalidArgument",
                format!("'{}' stands for several properties", made.label),
            )
            .about(made.label.clone())
            .hint("name them one by one")),
            None => Ok(self),
        }
    }

    /// Notes which of the properties an object has. Maps need not all have the same ones.
    pub fn note(&mut self, item: &Value) {
        if self.unseen.is_empty() {
            return;
        }
        self.unseen.retain(|name| !has(item, name));
        if self.unseen.is_empty() {
            self.others.clear();
            return;
        }
        for name in item.property_names() {
            if !self.others.iter().any(|own| own == name) {
                self.others.push(name.to_owned());
            }
        }
    }

    /// Notes an object and gives those that can go on: a map that lacks a property waits until another has it, so that
    /// nothing is shown of a property that none has.
    pub fn ready(&mut self, item: Value) -> impl Iterator<Item = Value> + use<> {
        self.note(&item);
        let waits = !self.unseen.is_empty() && matches!(item, Value::Map(_));
        let (held, item) = if waits {
            self.held.push(item);
            (Vec::new(), None)
        } else {
            (std::mem::take(&mut self.held), Some(item))
        };
        held.into_iter().chain(item)
    }

    /// Whether each property was seen on some object, so that none has to wait any more.
    pub fn is_settled(&self) -> bool {
        self.unseen.is_empty() && self.held.is_empty()
    }

    /// All objects have come: those that still wait.
    ///
    /// # Errors
    /// There were some, and none had one of the properties.
    pub fn rest(&mut self) -> Result<Vec<Value>, Diagnostic> {
        self.check()?;
        Ok(std::mem::take(&mut self.held))
    }

    /// All objects have come.
    ///
    /// # Errors
    /// There were some, and none had one of the properties.
    pub fn check(&self) -> Result<(), Diagnostic> {
        match self.unseen.first() {
            Some(name) if !self.others.is_empty() => Err(unknown(name, &self.others)),
            _ => Ok(()),
        }
    }

    /// The columns' values for one object.
    pub fn values(&self, call: &mut Call, item: &Value) -> Result<Vec<Value>, Flow> {
        self.list
            .iter()
            .map(|made| value_of(made, call, item))
            .collect()
    }

    /// The object with nothing but the columns.
    pub fn map(&self, call: &mut Call, item: &Value) -> Result<Map, Flow> {
        let names = item.property_names();
        let mut map = Map::new();
        for made in &self.list {
            match &made.source {
                Source::Pattern(pattern) => {
                    if matches!(item, Value::Object(_)) && !has(item, &made.label) {
                        item.member(&made.label)?;
                    }
                    for own in names.iter().filter(|own| pattern.matches(own)) {
                        map.set(*own, item.property(own).unwrap_or_default());
                    }
                }
                Source::Property => {
                    let spelled = names
                        .iter()
                        .find(|own| own.eq_ignore_ascii_case(&made.label));
                    let label = spelled.copied().unwrap_or(&made.label);
                    map.set(label, value_of(made, call, item)?);
                }
                Source::Renamed(_) | Source::Block(_) => {
                    map.set(made.label.as_str(), value_of(made, call, item)?);
                }
            }
        }
        Ok(map)
    }
}

/// What the columns are called that are given to a command; none where that is not written out.
pub fn labels(given: &Operand) -> Option<Vec<String>> {
    match given {
        Operand::Literal { raw, .. } => Some(vec![raw.clone()]),
        Operand::List(items) => {
            let all: Option<Vec<_>> = items.iter().map(labels).collect();
            all.map(|all| all.concat())
        }
        Operand::Block { text, .. } => Some(vec![text.trim().to_owned()]),
        Operand::Map(entries) => {
            let named = |names: &[&str]| {
                let is_one = |key: &str| names.iter().any(|name| name.eq_ignore_ascii_case(key));
                entries.iter().find(|(key, _)| is_one(key))
            };
            let (_, label) = named(NAME).or_else(|| named(EXPRESSION))?;
            labels(label)
        }
        Operand::Slot(_) => None,
    }
}

/// Whether an object has a property of the name, or one that the wildcard stands for.
fn has(item: &Value, name: &str) -> bool {
    if !is_pattern(name) {
        return item.property(name).is_some();
    }
    let pattern = Wildcard::new(name);
    item.property_names()
        .into_iter()
        .any(|own| pattern.matches(own))
}

fn value_of(made: &Made, call: &mut Call, item: &Value) -> Result<Value, Flow> {
    match &made.source {
        Source::Property | Source::Pattern(_) => Ok(item.member(&made.label)?),
        Source::Renamed(name) => Ok(item.member(name)?),
        Source::Block(block) => match &block.predicate {
            // A block that is only a property needs no script engine.
            Some(Predicate::Truthy(property)) => Ok(property.of(item)?),
            _ => {
                let mut values = call.run_block(block, item.clone())?;
                values.retain(|value| !value.is_null());
                Ok(match values.len() {
                    0 => Value::Null,
                    1 => values.swap_remove(0),
                    _ => Value::list(values),
                })
            }
        },
    }
}

fn made(column: &Column) -> Result<Made, Diagnostic> {
    let Value::Map(map) = &column.0 else {
        let (label, source) = source(&column.0);
        return Ok(Made {
            label,
            source,
            descending: None,
        });
    };
    let entry = |names: &[&str]| names.iter().find_map(|name| map.get(name));
    let known = || NAME.iter().chain(EXPRESSION).chain(DIRECTION).copied();
    if let Some(key) = map
        .keys()
        .find(|key| !known().any(|own| own.eq_ignore_ascii_case(key)))
    {
        return Err(Diagnostic::usage(
            "UnknownKey",
            format!("a calculated property has no '{key}'"),
        )
        .about(key)
        .hint("its keys are Name and Expression; for sorting also Descending")
        .did_you_mean(key, known()));
    }
    let Some(expression) = entry(EXPRESSION).filter(|value| !value.is_null()) else {
        return Err(Diagnostic::usage(
            "MissingExpression",
            "a calculated property needs an Expression",
        )
        .hint("write @{ Name = 'Licenses'; Expression = { $_.Licenses.Count } }"));
    };
    let (label, source) = source(expression);
    let renamed = entry(NAME).map(|name| name.to_text().into_owned());
    let flag = |name| map.get(name).map(Value::truthy);
    Ok(Made {
        source: match (source, &renamed) {
            (Source::Property, Some(name)) if *name != label => Source::Renamed(label.clone()),
            (source, _) => source,
        },
        label: renamed.unwrap_or(label),
        descending: flag("Descending").or(flag("Ascending").map(|ascending| !ascending)),
    })
}

fn source(value: &Value) -> (String, Source) {
    match value {
        Value::Block(block) => (
            block.text.trim().to_owned(),
            Source::Block(Arc::clone(block)),
        ),
        other => {
            let name = other.to_text().into_owned();
            let source = if is_pattern(&name) {
                Source::Pattern(Wildcard::new(&name))
            } else {
                Source::Property
            };
            (name, source)
        }
    }
}

fn unknown(name: &str, others: &[String]) -> Diagnostic {
    let fault = Diagnostic::new(
        "UnknownProperty",
        Category::Runtime,
        format!("no object has a property '{name}'"),
    )
    .about(name);
    let names = others.iter().map(String::as_str);
    match property_hint(name, names.clone()) {
        Some(cure) => fault.hint(cure),
        None => fault
            .hint(format!("there are {}", others.join(", ")))
            .did_you_mean(name, names),
    }
}
