//! What flows in a pipe: plain values, ordered maps, and objects that answer for their properties when asked.

mod date_pattern;
mod deferred_drop;
mod map;
mod object;
mod operator;
mod pattern;
mod predicate;
mod property_aliases;
mod text;
mod unknown;

use std::sync::Arc;

use jiff::Timestamp;

pub use date_pattern::date_pattern;
pub use deferred_drop::{DeferredVec, drop_in_background};
pub use map::Map;
pub use object::{Object, Record, Shape, property_named};
pub use operator::{Operation, Operator, equal, order};
pub use pattern::with_regex;
pub use predicate::{Predicate, Property, Subject};
pub use property_aliases::property_hint;
pub use text::{moment, now, number, set_now, show_time, time};

/// One thing in a pipeline.
#[derive(Clone, Debug, Default)]
pub enum Value {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Arc<str>),
    Time(Timestamp),
    List(Arc<Vec<Value>>),
    /// A CSV row, an `@{…}`, what Select-Object makes.
    Map(Arc<Map>),
    /// A user, a license, a result: answers lazily, so that no map is built for each.
    Object(Arc<dyn Object>),
    Block(Arc<Block>),
}

/// A script block, as an argument: still unevaluated, with `$_` free in it.
#[derive(Debug)]
pub struct Block {
    /// How the host finds the block's expression again.
    pub id: usize,
    /// The block as typed, for messages.
    pub text: String,
    /// The block as a native predicate, where it is nothing but comparisons of properties with literals.
    pub predicate: Option<Predicate>,
}

impl Value {
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Value::Text(text.into())
    }

    pub fn list(items: Vec<Value>) -> Self {
        Value::List(Arc::new(items))
    }

    pub fn object(object: impl Object + 'static) -> Self {
        Value::Object(Arc::new(object))
    }

    pub fn map(map: Map) -> Self {
        Value::Map(Arc::new(map))
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// A property in any letter case; `None` where the value has none of that name.
    pub fn property(&self, name: &str) -> Option<Value> {
        match self {
            Value::Object(object) => object.property(name),
            Value::Map(map) => map.get(name).cloned(),
            Value::List(items)
                if name.eq_ignore_ascii_case("Count") || name.eq_ignore_ascii_case("Length") =>
            {
                Some(items.len().into())
            }
            Value::Text(text) if name.eq_ignore_ascii_case("Length") => {
                Some(text.chars().count().into())
            }
            _ => None,
        }
    }

    /// The names of the properties, in the order in which they are shown.
    pub fn property_names(&self) -> Vec<&str> {
        match self {
            Value::Object(object) => object.properties().to_vec(),
            Value::Map(map) => map.keys().collect(),
            _ => Vec::new(),
        }
    }

    /// True as PowerShell has it: null, false, 0, "" and the empty list are false, a list of one is its item.
    pub fn truthy(&self) -> bool {
        match self {
            Value::Null => false,
            Value::Bool(b) => *b,
            Value::Int(i) => *i != 0,
            Value::Float(f) => *f != 0.0,
            Value::Text(text) => !text.is_empty(),
            Value::List(items) => match items.as_slice() {
                [] => false,
                [one] => one.truthy(),
                _ => true,
            },
            Value::Time(_) | Value::Map(_) | Value::Object(_) | Value::Block(_) => true,
        }
    }

    /// What a type error calls it.
    pub fn type_name(&self) -> &str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Float(_) => "float",
            Value::Text(_) => "text",
            Value::Time(_) => "time",
            Value::List(_) => "list",
            Value::Map(_) => "map",
            Value::Object(object) => object.type_name(),
            Value::Block(_) => "script block",
        }
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Value::Bool(b)
    }
}

impl From<i64> for Value {
    fn from(i: i64) -> Self {
        Value::Int(i)
    }
}

impl From<u32> for Value {
    fn from(i: u32) -> Self {
        Value::Int(i.into())
    }
}

impl From<usize> for Value {
    fn from(i: usize) -> Self {
        Value::Int(i64::try_from(i).unwrap_or(i64::MAX))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text.into())
    }
}

impl From<Arc<str>> for Value {
    fn from(text: Arc<str>) -> Self {
        Value::Text(text)
    }
}

impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        Value::Time(time)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}
