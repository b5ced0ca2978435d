//! Values as a reader meets their parts: names are shared, what aliases repeat is bounded.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Visitor,
};

use crate::value::{Map, Value};

pub type JsonReader<'a> = serde_json::Deserializer<serde_json::de::StrRead<'a>>;

/// The names of properties met so far, which are shared, and what one reading has left to spend.
pub struct Names {
    /// How many bytes may still be made.
    budget: Cell<usize>,
    table: RefCell<Table>,
}

#[derive(Default)]
struct Table {
    known: HashMap<Arc<str>, usize>,
    names: Vec<Known>,
    /// The names, in lower case, of the objects that are being read, one inside the other.
    open: Vec<usize>,
}

struct Known {
    name: Arc<str>,
    /// The same name in lower case, by its place in the table.
    folded: usize,
    /// What came after it last time: objects of a list are alike.
    next: usize,
}

impl Default for Names {
    fn default() -> Self {
        Self::with_budget(usize::MAX)
    }
}

impl Names {
    pub fn with_budget(budget: usize) -> Self {
        Self {
            budget: Cell::new(budget),
            table: RefCell::default(),
        }
    }

    /// The place in the table of a name that stands behind another.
    fn find(&self, name: &str, behind: Option<usize>) -> usize {
        let table = &mut *self.table.borrow_mut();
        let guess = behind.and_then(|behind| table.names.get(behind));
        if let Some(next) = guess.map(|known| known.next)
            && table.names.get(next).is_some_and(|it| *it.name == *name)
        {
            return next;
        }
        let found = table.find(name);
        if let Some(behind) = behind.and_then(|behind| table.names.get_mut(behind)) {
            behind.next = found;
        }
        found
    }
}

impl Table {
    fn find(&mut self, name: &str) -> usize {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let lower = name.to_ascii_lowercase();
        let folded = (lower != name).then(|| self.find(&lower));
        let new: Arc<str> = name.into();
        let place = self.names.len();
        self.known.insert(Arc::clone(&new), place);
        self.names.push(Known {
            name: new,
            folded: folded.unwrap_or(place),
            next: usize::MAX,
        });
        place
    }
}

/// Builds values, or only looks whether they could be built.
#[derive(Clone, Copy)]
pub struct Build<'a> {
    names: &'a Names,
    keep: bool,
}

impl<'a> Build<'a> {
    pub fn new(names: &'a Names, keep: bool) -> Self {
        Self { names, keep }
    }

    fn spend<E: Error>(self, bytes: usize) -> Result<(), E> {
        match self.names.budget.get().checked_sub(bytes.saturating_add(1)) {
            Some(rest) => {
                self.names.budget.set(rest);
                Ok(())
            }
            None => Err(E::custom("its aliases repeat too much of it")),
        }
    }

    /// A document, or the items of one that is a list; `at` counts them.
    pub fn items(
        self,
        list: bool,
        reader: &mut JsonReader,
        at: &Cell<usize>,
        take: &mut dyn FnMut(Value) -> bool,
    ) -> Result<(), serde_json::Error> {
        if list {
            return reader.deserialize_seq(Items {
                build: self,
                at,
                take,
            });
        }
        match take(self.deserialize(reader)?) {
            true => Ok(()),
            false => Err(Error::custom(ENOUGH)),
        }
    }
}

/// Ends a reading of which nobody wants more.
const ENOUGH: &str = "enough";

/// The items of a list, one by one.
struct Items<'a, 't> {
    build: Build<'a>,
    at: &'a Cell<usize>,
    take: &'t mut dyn FnMut(Value) -> bool,
}

impl<'de> Visitor<'de> for Items<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.at.set(1);
        while let Some(item) = list.next_element_seed(self.build)? {
            if !(self.take)(item) {
                return Err(A::Error::custom(ENOUGH));
            }
            self.at.set(self.at.get() + 1);
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Build<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Build<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.spend(0)?;
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, b: bool) -> Result<Value, E> {
        self.spend(0)?;
        Ok(b.into())
    }

    fn visit_i64<E: Error>(self, i: i64) -> Result<Value, E> {
        self.spend(0)?;
        Ok(i.into())
    }

    /// A whole number beyond 64 bits is one only nearly.
    fn visit_u64<E: Error>(self, i: u64) -> Result<Value, E> {
        self.spend(0)?;
        #[allow(clippy::cast_precision_loss)]
        Ok(i64::try_from(i).map_or(Value::Float(i as f64), Value::Int))
    }

    fn visit_f64<E: Error>(self, f: f64) -> Result<Value, E> {
        self.spend(0)?;
        Ok(Value::Float(f))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.spend(text.len())?;
        Ok(match self.keep {
            true => text.into(),
            false => Value::Null,
        })
    }

    fn visit_enum<A: EnumAccess<'de>>(self, _: A) -> Result<Value, A::Error> {
        Err(A::Error::custom("tags are not read here"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        self.spend(0)?;
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self)? {
            if self.keep {
                items.push(item);
            }
        }
        if !self.keep {
            return Ok(Value::Null);
        }
        items.shrink_to_fit();
        Ok(Value::list(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        self.spend(0)?;
        let table = &self.names.table;
        let mut entries: Vec<(Arc<str>, Value)> = Vec::new();
        let mut many = HashSet::new();
        let start = table.borrow().open.len();
        let mut behind = None;
        while let Some(place) = map.next_key_seed(Name {
            build: self,
            behind,
        })? {
            let name = {
                let table = &mut *table.borrow_mut();
                let known = &table.names[place];
                let own = &table.open[start..];
                if is_among(own, known.folded, &mut many) {
                    return Err(A::Error::custom(format!(
                        "two keys are named '{}'",
                        known.name
                    )));
                }
                table.open.push(known.folded);
                self.keep.then(|| Arc::clone(&known.name))
            };
            let value = map.next_value_seed(self)?;
            entries.extend(name.map(|name| (name, value)));
            behind = Some(place);
        }
        table.borrow_mut().open.truncate(start);
        if !self.keep {
            return Ok(Value::Null);
        }
        entries.shrink_to_fit();
        Ok(Value::map(Map::distinct(entries)))
    }
}

/// Whether a name is one of an object's own. `many` holds them where they are so many that a scan for each would take time
/// by the square of their number.
fn is_among(own: &[usize], name: usize, many: &mut HashSet<usize>) -> bool {
    const FEW: usize = 32;
    if own.len() < FEW {
        return own.contains(&name);
    }
    if many.is_empty() {
        many.extend(own);
    }
    !many.insert(name)
}

/// A key: text, or what YAML takes for something else.
struct Name<'a> {
    build: Build<'a>,
    /// The key before it.
    behind: Option<usize>,
}

impl Name<'_> {
    fn place<E: Error>(&self, name: &str) -> Result<usize, E> {
        self.build.spend(name.len())?;
        Ok(self.build.names.find(name, self.behind))
    }
}

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Name<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key that is a text")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<usize, E> {
        self.place(name)
    }

    fn visit_unit<E: de::Error>(self) -> Result<usize, E> {
        self.place("null")
    }

    fn visit_bool<E: de::Error>(self, b: bool) -> Result<usize, E> {
        self.place(&b.to_string())
    }

    fn visit_i64<E: de::Error>(self, i: i64) -> Result<usize, E> {
        self.place(&i.to_string())
    }

    fn visit_u64<E: de::Error>(self, i: u64) -> Result<usize, E> {
        self.place(&i.to_string())
    }

    fn visit_f64<E: de::Error>(self, f: f64) -> Result<usize, E> {
        self.place(&f.to_string())
    }
}
