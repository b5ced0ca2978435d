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
