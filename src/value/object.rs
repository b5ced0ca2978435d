//! The trait of things with properties: users, licenses, subscriptions, results.

use std::any::Any;
use std::fmt::Debug;

use super::Value;

/// A thing in a pipeline that answers for its properties when asked.
///
/// Its properties are known by position, so that a filter over a million users looks a name up once.
pub trait Object: Any + Debug + Send + Sync {
    /// `User`, `License`, …: what Get-Member and the default views know it by.
    fn type_name(&self) -> &'static str;

    /// All properties, in the order in which a list shows them.
    fn properties(&self) -> &'static [&'static str];

    /// The columns of its table when no others are asked for: at most six, the key first.
    fn columns(&self) -> &'static [&'static str];

    /// The property at a position of [`Object::properties`]; null beyond the end.
    fn at(&self, index: usize) -> Value;

    /// The same where it is a text that the object keeps as such: a filter compares it without copying it.
    fn text_at(&self, _index: usize) -> Option<&str> {
        None
    }

    /// The one text that names it where a text is expected: a UPN, a part number.
    fn identity(&self) -> String;

    /// For those who know the type behind it.
    fn as_any(&self) -> &dyn Any;

    /// The property of a name in any letter case.
    fn property(&self, name: &str) -> Option<Value> {
        property_named(self.properties(), name).map(|index| self.at(index))
    }
}

/// The position of a property name in any letter case.
pub fn property_named(properties: &[&str], name: &str) -> Option<usize> {
    properties
        .iter()
        .position(|own| own.eq_ignore_ascii_case(name))
}

/// What all records of one kind have in common.
#[derive(Debug)]
pub struct Shape {
    pub name: &'static str,
    /// The first one names the record.
    pub properties: &'static [&'static str],
    pub columns: &'static [&'static str],
}

/// A made thing, such as a result or a row of a report: a shape and its values.
#[derive(Clone, Debug)]
pub struct Record {
    shape: &'static Shape,
    values: Vec<Value>,
}

impl Record {
    /// Values in the order of the shape's properties; missing ones are null.
    pub fn new(shape: &'static Shape, values: Vec<Value>) -> Self {
        Self { shape, values }
    }

    /// Sets a property of the shape; one that the shape lacks is left out.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        if let Some(index) = property_named(self.shape.properties, name) {
            if self.values.len() <= index {
                self.values.resize(index + 1, Value::Null);
            }
            self.values[index] = value.into();
        }
    }

    pub fn shape(&self) -> &'static Shape {
        self.shape
    }
}

impl Object for Record {
    fn type_name(&self) -> &'static str {
        self.shape.name
    }

    fn properties(&self) -> &'static [&'static str] {
        self.shape.properties
    }

    fn columns(&self) -> &'static [&'static str] {
        self.shape.columns
    }

    fn at(&self, index: usize) -> Value {
        self.values.get(index).cloned().unwrap_or_default()
    }

    fn text_at(&self, index: usize) -> Option<&str> {
        match self.values.get(index) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn identity(&self) -> String {
        self.at(0).to_text().into_owned()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
