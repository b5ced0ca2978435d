//! A filter without a script: comparisons of properties with literals, joined by and, or, not.

use std::sync::{Arc, OnceLock};

use super::{Object, Operator, Value, property_hint, property_named};
use crate::diagnostic::{Category, Diagnostic};

/// What `$_` may stand for: a value, or an object that nobody made a value of yet.
pub trait Subject {
    fn as_object(&self) -> Option<&dyn Object>;

    fn to_value(&self) -> Value;

    fn is_true(&self) -> bool;
}

impl Subject for Value {
    fn as_object(&self) -> Option<&dyn Object> {
        match self {
            Value::Object(object) => Some(&**object),
            _ => None,
        }
    }

    fn to_value(&self) -> Value {
        self.clone()
    }

    fn is_true(&self) -> bool {
        self.truthy()
    }
}

impl<T: Object> Subject for Arc<T> {
    fn as_object(&self) -> Option<&dyn Object> {
        Some(&**self)
    }

    fn to_value(&self) -> Value {
        Value::Object(Arc::clone(self) as Arc<dyn Object>)
    }

    fn is_true(&self) -> bool {
        true
    }
}

/// `$_.Department -eq 'Sales'` and its like, run natively. Calls the same operators as a block does, and equals as
/// Rhai does.
#[derive(Clone, Debug)]
pub enum Predicate {
    Compare {
        property: Property,
        operator: Operator,
        operand: Value,
    },
    /// Rhai's `==`.
    Same {
        property: Property,
        literal: Value,
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
    /// The properties of the first object that came, and which of them is the first of the path: most are of one type.
    place: OnceLock<(&'static [&'static str], usize)>,
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
            place: OnceLock::new(),
        }
    }

    /// # Errors
    /// The item's type has no such property.
    pub fn of(&self, item: &dyn Subject) -> Result<Value, Diagnostic> {
        let Some((first, rest)) = self.path.split_first() else {
            return Ok(item.to_value());
        };
        let found = item
            .as_object()
            .and_then(|object| Some(object.at(self.place(object, first)?)));
        let mut value = match found {
            Some(value) => value,
            None => item.to_value().member(first)?,
        };
        for name in rest {
            value = value.member(name)?;
        }
        Ok(value)
    }

    /// The same, where it is a text that the object can lend.
    fn text_of<'i>(&self, item: &'i dyn Subject) -> Option<&'i str> {
        let [name] = self.path.as_slice() else {
            return None;
        };
        let object = item.as_object()?;
        object.text_at(self.place(object, name)?)
    }

    fn place(&self, object: &dyn Object, name: &str) -> Option<usize> {
        let properties = object.properties();
        match self.place.get() {
            Some((known, place)) if std::ptr::eq(*known, properties) => Some(*place),
            _ => {
                let place = property_named(properties, name)?;
                self.place.get_or_init(|| (properties, place));
                Some(place)
            }
        }
    }
}

impl Predicate {
    /// Whether the item passes.
    ///
    /// # Errors
    /// A property that the item's type doesn't have, or a bad `-match` pattern.
    pub fn test(&self, item: &dyn Subject) -> Result<bool, Diagnostic> {
        match self {
            Predicate::Compare {
                property,
                operator,
                operand,
            } => match property.text_of(item) {
                Some(text) => operator.test_text(text, operand),
                None => Ok(operator.apply(&property.of(item)?, operand)?.truthy()),
            },
            Predicate::Same { property, literal } => match property.text_of(item) {
                Some(text) => Ok(matches!(literal, Value::Text(own) if **own == *text)),
                None => Ok(same(&property.of(item)?, literal)),
            },
            Predicate::Truthy(property) if property.path.is_empty() => Ok(item.is_true()),
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

/// Whether Rhai calls a value equal to a null, truth, number or text: types that differ are never equal, but for the two
/// kinds of number.
fn same(value: &Value, literal: &Value) -> bool {
    match (value, literal) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Text(a), Value::Text(b)) => a == b,
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => {
            let numbers = value.as_number().zip(literal.as_number());
            numbers.is_some_and(|(a, b)| near(a, b))
        }
        _ => false,
    }
}

/// Rhai's equality of floating-point numbers: up to a rounding error.
fn near(a: f64, b: f64) -> bool {
    let unit = if a * b == 0.0 {
        1.0
    } else {
        a.abs().max(b.abs())
    };
    (a - b).abs() / unit <= f64::EPSILON
}

impl Value {
    /// A property as a script asks for it: unknown on a typed object is an error with the nearest name,
    /// missing on a map or on null is null. Of a list it is the property of each of its objects, lists laid end to end.
    pub fn member(&self, name: &str) -> Result<Value, Diagnostic> {
        if let Some(value) = self.property(name) {
            return Ok(value);
        }
        match self {
            Value::Null => Ok(Value::Null),
            Value::Map(map) if !map.is_fixed() => Ok(Value::Null),
            Value::List(items) => {
                let mut found = Vec::with_capacity(items.len());
                for item in items.iter() {
                    match item.member(name)? {
                        Value::List(own) => found.extend_from_slice(&own),
                        own => found.push(own),
                    }
                }
                Ok(Value::list(found))
            }
            other => {
                let fault = Diagnostic::new(
                    "UnknownProperty",
                    Category::Runtime,
                    format!("{} has no property '{name}'", other.type_name()),
                )
                .about(name);
                let own = other.property_names();
                Err(match property_hint(name, own.iter().copied()) {
                    Some(cure) => fault.hint(cure),
                    None if own.is_empty() => {
                        fault.hint(format!("a {} has no properties", other.type_name()))
                    }
                    None => fault
                        .hint(format!("it has {}", own.join(", ")))
                        .did_you_mean(name, own),
                })
            }
        }
    }
}
