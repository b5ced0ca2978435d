//! A filter without a script: comparisons of properties with literals, joined by and, or, not.

use super::{Operator, Value};
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
#[derive(Clone, Debug)]
pub struct Property {
    pub path: Vec<String>,
}

impl Property {
    pub fn of(&self, item: &Value) -> Result<Value, Diagnostic> {
        let Some((first, rest)) = self.path.split_first() else {
            return Ok(item.clone());
        };
        let mut value = item.member(first)?;
        for name in rest {
            value = value.member(name)?;
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
