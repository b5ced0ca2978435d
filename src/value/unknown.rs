//! What isn't known: neither nothing nor any value, so that no comparison with it is true.

use std::any::Any;

use super::{Object, Value};

/// Stands where a value exists but no source told it: the last sign-in, where an export has no such column.
#[derive(Clone, Copy, Debug)]
struct Unknown;

impl Object for Unknown {
    fn type_name(&self) -> &'static str {
        "unknown"
    }

    fn properties(&self) -> &'static [&'static str] {
        &[]
    }

    fn columns(&self) -> &'static [&'static str] {
        &[]
    }

    fn at(&self, _: usize) -> Value {
        Value::Null
    }

    fn identity(&self) -> String {
        "unknown".to_owned()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Value {
    pub fn unknown() -> Self {
        Value::object(Unknown)
    }

    pub fn is_unknown(&self) -> bool {
        match self {
            Value::Object(object) => object.as_any().is::<Unknown>(),
            _ => false,
        }
    }
}
