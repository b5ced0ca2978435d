//! `@{ … }`: a table of keys and values that ignores letter case, keeps its order, and is one table wherever it is held.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use rhai::{Array, Dynamic, Engine, EvalAltResult, ImmutableString};

use super::convert::{to_dynamic, to_value};
use crate::lang::runtime;
use crate::value::{Map, Value};

/// A hashtable.
#[derive(Clone, Debug, Default)]
pub struct Table(Rc<RefCell<Entries>>);

#[derive(Debug, Default)]
struct Entries {
    list: Vec<(ImmutableString, Dynamic)>,
    /// Where each key is, in lower case.
    places: HashMap<String, usize>,
}

impl Entries {
    fn get(&self, key: &str) -> Option<&Dynamic> {
        let place = self.places.get(&key.to_lowercase())?;
        self.list.get(*place).map(|(_, value)| value)
    }

    fn set(&mut self, key: &str, value: Dynamic) {
        match self.places.get(&key.to_lowercase()) {
            Some(place) => {
                if let Some(entry) = self.list.get_mut(*place) {
                    entry.1 = value;
                }
            }
            None => {
                self.places.insert(key.to_lowercase(), self.list.len());
                self.list.push((key.into(), value));
            }
        }
    }

    fn remove(&mut self, key: &str) -> Option<Dynamic> {
        let place = self.places.remove(&key.to_lowercase())?;
        for other in self.places.values_mut().filter(|other| **other > place) {
            *other -= 1;
        }
        Some(self.list.remove(place).1)
    }
}

impl Table {
    fn of(items: Array) -> Self {
        let mut entries = Entries::default();
        let mut items = items.into_iter();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            entries.set(&text(&key), value);
        }
        Self(Rc::new(RefCell::new(entries)))
    }

    /// As a pipeline takes it.
    pub fn to_value(&self) -> Value {
        let entries = self.0.borrow();
        let pairs = entries.list.iter();
        Value::map(
            pairs
                .map(|(key, value)| (key.as_str(), to_value(value)))
                .collect::<Map>(),
        )
    }

    fn get(&self, key: &str) -> Dynamic {
        self.0.borrow().get(key).cloned().unwrap_or(Dynamic::UNIT)
    }

    fn member(&self, name: &str) -> Dynamic {
        let entries = self.0.borrow();
        if let Some(value) = entries.get(name) {
            return value.clone();
        }
        match name.to_lowercase().as_str() {
            "count" => i64::try_from(entries.list.len()).unwrap_or(i64::MAX).into(),
            "keys" => keys(&entries).into(),
            "values" => values(&entries).into(),
            _ => Dynamic::UNIT,
        }
    }
}

fn keys(entries: &Entries) -> Array {
    let pairs = entries.list.iter();
    pairs.map(|(key, _)| key.clone().into()).collect()
}

fn values(entries: &Entries) -> Array {
    entries
        .list
        .iter()
        .map(|(_, value)| value.clone())
        .collect()
}

/// A key: a text, or what else is a key by its text.
fn text(key: &Dynamic) -> String {
    to_value(key).to_text().into_owned()
}

impl IntoIterator for Table {
    type Item = Table;
    type IntoIter = std::iter::Once<Table>;
    fn into_iter(self) -> Self::IntoIter {
        std::iter::once(self)
    }
}

type Done = Result<(), Box<EvalAltResult>>;

pub fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<Table>("map")
        .register_iterator::<Table>()
        .register_fn(runtime::TABLE, Table::of)
        .register_indexer_get(|table: &mut Table, key: ImmutableString| table.member(&key))
        .register_indexer_set(|table: &mut Table, key: ImmutableString, value: Dynamic| {
            table.0.borrow_mut().set(&key, value);
        })
        .register_indexer_get(|table: &mut Table, key: i64| table.get(&key.to_string()))
        .register_indexer_set(|table: &mut Table, key: i64, value: Dynamic| {
            table.0.borrow_mut().set(&key.to_string(), value);
        })
        .register_indexer_get(|table: &mut Table, key: char| table.get(&key.to_string()))
        .register_indexer_set(|table: &mut Table, key: char, value: Dynamic| {
            table.0.borrow_mut().set(&key.to_string(), value);
        })
        .register_indexer_get(|_: &mut Table, (): ()| Dynamic::UNIT)
        .register_fn("to_string", |table: &mut Table| {
            table.to_value().to_text().into_owned()
        })
        .register_fn("to_debug", |table: &mut Table| {
            table.to_value().to_text().into_owned()
        });
    for name in ["keys", "Keys"] {
        engine.register_fn(name, |table: &mut Table| keys(&table.0.borrow()));
    }
    for name in ["values", "Values"] {
        engine.register_fn(name, |table: &mut Table| values(&table.0.borrow()));
    }
    for name in ["contains", "ContainsKey", "Contains"] {
        engine.register_fn(name, |table: &mut Table, key: Dynamic| {
            table.0.borrow().get(&text(&key)).is_some()
        });
    }
    engine
        .register_fn("len", |table: &mut Table| {
            i64::try_from(table.0.borrow().list.len()).unwrap_or(i64::MAX)
        })
        .register_fn("is_empty", |table: &mut Table| {
            table.0.borrow().list.is_empty()
        })
        .register_fn("remove", |table: &mut Table, key: Dynamic| {
            let removed = table.0.borrow_mut().remove(&text(&key));
            removed.unwrap_or(Dynamic::UNIT)
        })
        .register_fn("Remove", |table: &mut Table, key: Dynamic| {
            table.0.borrow_mut().remove(&text(&key));
        })
        .register_fn("set", |table: &mut Table, key: Dynamic, value: Dynamic| {
            table.0.borrow_mut().set(&text(&key), value);
        })
        .register_fn(
            "Add",
            |table: &mut Table, key: Dynamic, value: Dynamic| -> Done {
                let key = text(&key);
                if table.0.borrow().get(&key).is_some() {
                    return Err(super::methods::wrong(format!(
                        "the key {key} is there already"
                    )));
                }
                table.0.borrow_mut().set(&key, value);
                Ok(())
            },
        );
    for name in ["clear", "Clear"] {
        engine.register_fn(name, |table: &mut Table| {
            *table.0.borrow_mut() = Entries::default();
        });
    }
    engine.register_fn("GetEnumerator", |table: &mut Table| -> Array {
        let entries = table.0.borrow();
        let pairs = entries.list.iter();
        pairs
            .map(|(key, value)| {
                let pair = [
                    ("Name", Value::from(key.as_str())),
                    ("Key", Value::from(key.as_str())),
                    ("Value", to_value(value)),
                ];
                to_dynamic(Value::map(pair.into_iter().collect::<Map>()))
            })
            .collect()
    });
}
