//! Pipeline values as Rhai's and back.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;
use rhai::{Array, Dynamic, FnPtr, ImmutableString};

use super::closures;
use super::engine_error::Fault;
use super::span::Span;
use super::table::Table;
use crate::value::{Map, Object, Value};

/// An object of the tenant, as a script holds it.
#[derive(Clone, Debug)]
pub struct Item(pub Arc<dyn Object>);

/// A map that keeps the order of its columns: a CSV row, what Select-Object makes. Its copies in a script are one row, so
/// that a loop over a list changes what is in the list.
#[derive(Clone, Debug)]
pub struct Row(Rc<RefCell<Arc<Map>>>);

impl Row {
    pub fn new(map: Arc<Map>) -> Self {
        Self(Rc::new(RefCell::new(map)))
    }

    pub fn map(&self) -> Arc<Map> {
        Arc::clone(&self.0.borrow())
    }

    pub fn set(&self, name: &str, value: Value) {
        let mut map = self.0.borrow_mut();
        Arc::make_mut(&mut map).set(name, value);
    }
}

impl IntoIterator for Item {
    type Item = Item;
    type IntoIter = std::iter::Once<Item>;
    fn into_iter(self) -> Self::IntoIter {
        std::iter::once(self)
    }
}

impl IntoIterator for Row {
    type Item = Row;
    type IntoIter = std::iter::Once<Row>;
    fn into_iter(self) -> Self::IntoIter {
        std::iter::once(self)
    }
}

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Time(pub Timestamp);

pub fn to_dynamic(value: Value) -> Dynamic {
    match value {
        Value::Null => Dynamic::UNIT,
        Value::Bool(b) => b.into(),
        Value::Int(i) => i.into(),
        Value::Float(f) => f.into(),
        Value::Text(text) => ImmutableString::from(&*text).into(),
        Value::Time(time) => Dynamic::from(Time(time)),
        Value::List(items) => {
            let array: Array = items.iter().cloned().map(to_dynamic).collect();
            array.into()
        }
        Value::Map(map) => Dynamic::from(Row::new(map)),
        Value::Object(object) => Dynamic::from(Item(object)),
        // A block in the line is an argument and never a value that a script holds; its text is what can be shown.
        Value::Block(block) => match closures::closure(&block) {
            Some(closure) => closure.into(),
            None => format!("{{{}}}", block.text).into(),
        },
    }
}

pub fn to_value(dynamic: &Dynamic) -> Value {
    if dynamic.is_unit() {
        return Value::Null;
    }
    if let Ok(b) = dynamic.as_bool() {
        return b.into();
    }
    if let Ok(i) = dynamic.as_int() {
        return i.into();
    }
    if let Ok(f) = dynamic.as_float() {
        return Value::Float(f);
    }
    if let Ok(c) = dynamic.as_char() {
        return c.to_string().into();
    }
    if let Ok(text) = dynamic.as_immutable_string_ref() {
        return Value::from(text.as_str());
    }
    if let Ok(array) = dynamic.as_array_ref() {
        return Value::list(array.iter().map(to_value).collect());
    }
    if let Ok(map) = dynamic.as_map_ref() {
        return Value::map(
            map.iter()
                .map(|(name, value)| (name.as_str(), to_value(value)))
                .collect(),
        );
    }
    if let Some(item) = dynamic.read_lock::<Item>() {
        return Value::Object(Arc::clone(&item.0));
    }
    if let Some(row) = dynamic.read_lock::<Row>() {
        return Value::Map(row.map());
    }
    if let Some(table) = dynamic.read_lock::<Table>() {
        return table.to_value();
    }
    if let Some(items) = range(dynamic) {
        return Value::list(items.iter().map(to_value).collect());
    }
    if let Some(span) = dynamic.read_lock::<Span>() {
        return Value::from(span.to_string());
    }
    if let Some(time) = dynamic.read_lock::<Time>() {
        return Value::Time(time.0);
    }
    if let Some(function) = dynamic.read_lock::<FnPtr>() {
        return Value::Block(Arc::new(closures::block(&function)));
    }
    if let Some(fault) = dynamic.read_lock::<Fault>() {
        return Value::from(fault.0.message.as_str());
    }
    dynamic.to_string().into()
}

/// The numbers of one of Rhai's ranges.
pub fn range(dynamic: &Dynamic) -> Option<Array> {
    if let Some(range) = dynamic.read_lock::<std::ops::Range<i64>>() {
        return Some(range.clone().map(Dynamic::from).collect());
    }
    let range = dynamic.read_lock::<std::ops::RangeInclusive<i64>>()?;
    Some(range.clone().map(Dynamic::from).collect())
}

/// Whether a script holds just this value, without making one of it.
pub fn is_value(dynamic: &Dynamic, value: &Value) -> bool {
    match value {
        Value::Null => dynamic.is_unit(),
        Value::Bool(own) => dynamic.as_bool().is_ok_and(|b| b == *own),
        Value::Int(own) => dynamic.as_int().is_ok_and(|i| i == *own),
        Value::Float(own) => dynamic.as_float().is_ok_and(|f| f == *own),
        Value::Text(own) => dynamic
            .as_immutable_string_ref()
            .is_ok_and(|text| *text == **own),
        Value::Time(own) => dynamic
            .read_lock::<Time>()
            .is_some_and(|time| time.0 == *own),
        Value::List(own) => dynamic.as_array_ref().is_ok_and(|items| {
            let pairs = items.iter().zip(own.iter());
            items.len() == own.len() && pairs.into_iter().all(|(item, own)| is_value(item, own))
        }),
        Value::Map(own) => dynamic
            .read_lock::<Row>()
            .is_some_and(|row| Arc::ptr_eq(&row.map(), own)),
        Value::Object(own) => dynamic.read_lock::<Item>().is_some_and(|item| {
            let item = &item.0;
            item.type_name() == own.type_name() && item.identity() == own.identity()
        }),
        Value::Block(_) => false,
    }
}
