//! A filter without a script: comparisons of properties with literals, joined by and, or, not.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Operator, Value, property_named};
use crate::diagnostic::{Category, Diagnostic};

/// `$_.Department -eq 'Sales'` and its like, run natively. Calls the same operators as a block does.
#[derive(Clone, Debug)]
pub enum Predicate {
    Compare {
        property: Property,
        operator: Operator,
        operand: Value,
    },
    /// The property alone: true if PowerShell would call it true.
    Truthy(Property),
    Not(Box<Predicate>),
    And(Vec<Predicate>),
    Or(Vec<Predicate>),
}

/// A property path such as `Licenses.Count`; empty for `$_` itself.
#[derive(Debug)]
pub struct Property {
    path: Vec<String>,
    /// Where the last object had the first name of the path: most have it at the same place.
    place: AtomicUsize,
}

impl Clone for Property {
    fn clone(&self) -> Self {
        Self::new(self.path.clone())
    }
}

impl Property {
    pub fn new(path: Vec<String>) -> Self {
        Self {
            path,
            place: AtomicUsize::new(usize::MAX),
        }
    }

    pub fn of(&self, item: &Value) -> Result<Value, Diagnostic> {
        let Some((first, rest)) = self.path.split_first() else {
            return Ok(item.clone());
        };
        let mut value = self.first(item, first)?;
        for name in rest {
            value = value.member(name)?;
        }
        Ok(value)
    }

    fn first(&self, item: &Value, name: &str) -> Result<Value, Diagnostic> {
        let Value::Object(object) = item else {
            return item.member(name);
        };
        let properties = object.properties();
        let place = self.place.load(Ordering::Relaxed);
        if properties
            .get(place)
            .is_some_and(|own| own.eq_ignore_ascii_case(name))
        {
            return Ok(object.at(place));
        }
        let value = item.member(name)?;
        if let Some(place) = property_named(properties, name) {
            self.place.store(place, Ordering::Relaxed);
        }
        Ok(value)
    }
}

impl Predicate {
    /// Whether the item passes.
    ///
    /// # Errors
    /// A property that the item's type doesn't have, or a bad `-match` pattern.
    pub fn test(&self, item: &Value) -> Result<bool, Diagnostic> {
        match self {
            Predicate::Compare {
                property,
                operator,
                operand,
            } => Ok(operator.apply(&property.of(item)?, operand)?.truthy()),
            Predicate::Truthy(property) => Ok(property.of(item)?.truthy()),
            Predicate::Not(inner) => Ok(!inner.test(item)?),
            Predicate::And(all) => {
                for one in all {
                    if !one.test(item)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Predicate::Or(any) => {
                for one in any {
                    if one.test(item)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }
}

impl Value {
    /// A property as a script asks for it: unknown on a typed object is an error with the nearest name,
    /// missing on a map or on null is null.
    pub fn member(&self, name: &str) -> Result<Value, Diagnostic> {
        if let Some(value) = self.property(name) {
            return Ok(value);
        }
        match self {
            Value::Null | Value::Map(_) => Ok(Value::Null),
            other => Err(Diagnostic::new(
                "UnknownProperty",
                Category::Runtime,
                format!("{} has no property '{name}'", other.type_name()),
            )
            .about(name)
            .hint(match other.property_names().as_slice() {
                [] => format!("a {} has no properties", other.type_name()),
                names => format!("it has {}", names.join(", ")),
            })
            .did_you_mean(name, other.property_names())),
        }
    }
}
