//! JSON and YAML texts as values, read straight into them.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Visitor,
};

use crate::value::{Map, Value};

/// Why a text can't be read, and where that shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub what: String,
    /// From 1; none where it is the text as a whole.
    pub place: Option<(usize, usize)>,
    /// Which item of the list, or which document of several, from 1.
    pub record: Option<usize>,
    /// The text ends too early.
    pub cut: bool,
}

/// What a JSON text is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// One as a rule, but several may follow each other, as `-o jsonl` writes them.
    pub documents: usize,
    /// The last document is a list.
    pub list: bool,
}

/// Reads a JSON text to its end without making values of it.
///
/// # Errors
/// It is no JSON, or an object has two keys that differ in letter case only: one of them would be lost.
pub fn check_json(text: &str) -> Result<Outline, Broken> {
    let names = Names::default();
    let build = Build::new(&names, false);
    let mut outline = Outline::default();
    documents(text, |list, reader, at| {
        outline.documents += 1;
        outline.list = list;
        build.items(list, reader, at, &mut |_| true)
    })?;
    Ok(outline)
}

/// The documents of a JSON text, and those that are lists item by item, until `take` has enough.
///
/// # Errors
/// As for [`check_json`].
pub fn json_items(text: &str, take: &mut dyn FnMut(Value) -> bool) -> Result<(), Broken> {
    let names = Names::default();
    let build = Build::new(&names, true);
    let mut enough = false;
    let done = documents(text, |list, reader, at| {
        build.items(list, reader, at, &mut |item| {
            enough = !take(item);
            !enough
        })
    });
    match done {
        Err(_) if enough => Ok(()),
        other => other,
    }
}

/// The documents of a JSON text, each as one value.
///
/// # Errors
/// As for [`check_json`].
pub fn read_json(text: &str) -> Result<Vec<Value>, Broken> {
    let names = Names::default();
    let build = Build::new(&names, true);
    let mut values = Vec::new();
    documents(text, |list, reader, at| {
        let mut items = Vec::new();
        build.items(list, reader, at, &mut |item| {
            items.push(item);
            true
        })?;
        match list {
            true => values.push(Value::list(items)),
            false => values.append(&mut items),
        }
        Ok(())
    })?;
    Ok(values)
}

type JsonReader<'a> = serde_json::Deserializer<serde_json::de::StrRead<'a>>;

/// Hands over a reader of each document: whether it is a list, the reader, and the number of the item it is at.
fn documents<'a>(
    text: &'a str,
    mut read: impl FnMut(bool, &mut JsonReader<'a>, &Cell<usize>) -> Result<(), serde_json::Error>,
) -> Result<(), Broken> {
    const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];
    // Where a text is cut off shows behind its last character, and not lines below.
    let text = text.trim_start_matches('\u{feff}').trim_end();
    let mut rest = text.trim_start_matches(BLANKS);
    let mut number = 0;
    while !rest.is_empty() {
        number += 1;
        let before = &text[..text.len() - rest.len()];
        let list = rest.starts_with('[');
        let item = Cell::new(0);
        // A reader for each: one that goes on counts the lines from the start of the text to say where it is.
        let mut reader = serde_json::Deserializer::from_str(rest);
        if let Err(error) = read(list, &mut reader, &item) {
            let record = match item.get() {
                0 => (number > 1).then_some(number),
                item => Some(item),
            };
            return Err(broken_json(&error, before, record));
        }
        let used = reader.into_iter::<de::IgnoredAny>().byte_offset();
        rest = rest[used..].trim_start_matches(BLANKS);
    }
    Ok(())
}

/// `before` is what stands before the document.
fn broken_json(error: &serde_json::Error, before: &str, record: Option<usize>) -> Broken {
    let what = error.to_string();
    let what = what.split(" at line ").next().unwrap_or_default();
    let lines = before.bytes().filter(|byte| *byte == b'\n').count();
    let columns = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
    Broken {
        what: what.to_owned(),
        place: (error.line() > 0).then(|| match error.line() {
            1 => (lines + 1, columns + error.column()),
            line => (lines + line, error.column()),
        }),
        record,
        cut: error.is_eof(),
    }
}

/// The documents of a YAML text.
///
/// # Errors
/// It is no YAML, has two keys that differ in letter case only, or tags; or its aliases make more of it than it is.
pub fn read_yaml(text: &str) -> Result<Vec<Value>, Broken> {
    /// What aliases may add, in bytes: enough to repeat a setting, too little to fill the memory.
    const ALIASES: usize = 1 << 20;
    let text = text.trim_start_matches('\u{feff}');
    let names = Names::with_budget(text.len() + ALIASES);
    let build = Build::new(&names, true);
    let broken = |error: serde_yaml::Error| {
        let place = error.location();
        let what = error.to_string();
        Broken {
            what: what
                .split(" at line ")
                .next()
                .unwrap_or_default()
                .to_owned(),
            place: place.map(|place| (place.line(), place.column())),
            record: None,
            cut: false,
        }
    };
    let documents = serde_yaml::Deserializer::from_str(text);
    documents
        .map(|document| build.deserialize(document).map_err(broken))
        .collect()
}

/// The names of properties met so far, which are shared, and what one reading has left to spend.
struct Names {
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
    fn with_budget(budget: usize) -> Self {
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
struct Build<'a> {
    names: &'a Names,
    keep: bool,
}

impl<'a> Build<'a> {
    fn new(names: &'a Names, keep: bool) -> Self {
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
    fn items(
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

#[cfg(test)]
mod tests {
    use super::super::to_json;
    use super::*;
    use serde_json::json;

    fn place(read: Result<Vec<Value>, Broken>) -> (String, Option<(usize, usize)>, bool) {
        let broken = read.unwrap_err();
        (broken.what, broken.place, broken.cut)
    }

    #[test]
    fn documents_are_read_in_their_order() {
        let read =
            |text: &str| -> Vec<_> { read_json(text).unwrap().iter().map(to_json).collect() };
        assert_eq!(
            read("\u{feff} {\"b\": [1, 2.5, null], \"a\": true}\n"),
            [json!({"b": [1, 2.5, null], "a": true})]
        );
        assert_eq!(read("1\n\"x\"\n"), [json!(1), json!("x")]);
        assert!(read(" \n").is_empty());
        assert_eq!(
            read("18446744073709551615"),
            [json!(18446744073709551615.0)]
        );
        let yaml = read_yaml("a: &x {n: 1, 2: yes}\nb: *x\n---\n- ~\n- 'text'\n").unwrap();
        let yaml: Vec<_> = yaml.iter().map(to_json).collect();
        let x = json!({"n": 1, "2": "yes"});
        assert_eq!(yaml, [json!({"a": x, "b": x}), json!([null, "text"])]);
    }

    #[test]
    fn what_is_broken_is_placed() {
        let (what, at, cut) = place(read_json("{\n  \"a\": [1,\n"));
        assert!(what.contains("EOF"), "{what}");
        assert_eq!((at, cut), (Some((2, 10)), true));
        let (_, at, cut) = place(read_json("{\"a\": 1}\n{\"a\" 1}"));
        assert_eq!((at, cut), (Some((2, 6)), false));
        let (what, at, _) = place(read_json("{\"Name\": 1,\n\"name\": 2}"));
        assert_eq!(what, "two keys are named 'name'");
        assert_eq!(at, Some((2, 6)));
        assert!(read_json(&"[".repeat(10_000)).is_err());
        let (_, at, _) = place(read_yaml("a: 1\nb: [1, 2\n"));
        assert_eq!(at.map(|(line, _)| line), Some(3));
        assert!(place(read_yaml("a: 1\nA: 2\n")).0.contains("two keys"));
        assert_eq!(
            place(read_yaml("a: !secret x\n")).0,
            "a: tags are not read here"
        );
        assert!(read_yaml(&"[".repeat(10_000)).is_err());
    }

    #[test]
    fn what_is_broken_says_in_which_record() {
        let broken = |text: &str| {
            let broken = check_json(text).unwrap_err();
            (broken.place, broken.record)
        };
        assert_eq!(broken("[{\"a\": 1},\n {\"a\" 2}]"), (Some((2, 7)), Some(2)));
        assert_eq!(broken("{\"a\" 2}"), (Some((1, 6)), None));
        assert_eq!(
            broken("{\"a\": 1}\n{\"a\": 1} {\"a\" 2}"),
            (Some((2, 15)), Some(3))
        );
        assert_eq!(broken("1\n\n[1, 2,\n\n x]"), (Some((5, 2)), Some(3)));
        // What is looked at without being kept is looked at as closely.
        for text in [
            "[\"\\ud800\"]",
            "[1e999]",
            "[{\"a\": {\"B\": 1, \"b\": 2}}]",
        ] {
            assert_eq!(check_json(text).unwrap_err(), read_json(text).unwrap_err());
        }
        let keys: Vec<String> = (0..100).map(|n| format!("\"k{n}\": {n}")).collect();
        let twice = format!("{{{}, \"K7\": 0}}", keys.join(","));
        assert_eq!(
            check_json(&twice).unwrap_err().what,
            "two keys are named 'K7'"
        );
        assert!(check_json(&format!("[{{{0}}}, {{{0}}}]", keys.join(","))).is_ok());
    }

    #[test]
    fn items_are_handed_over_until_there_are_enough() {
        let text = "{\"a\": 1}\n[2, [3]]\nnull [] 5";
        let read = |count: usize| {
            let mut items = Vec::new();
            json_items(text, &mut |item| {
                items.push(to_json(&item));
                items.len() < count
            })
            .unwrap();
            items
        };
        let all = [json!({"a": 1}), json!(2), json!([3]), json!(null), json!(5)];
        for count in 1..=5 {
            assert_eq!(read(count), all[..count]);
        }
        assert_eq!(read(9), all);
        let outline = check_json(text).unwrap();
        assert_eq!((outline.documents, outline.list), (5, false));
    }

    /// Finding out where one is must not take the longer the further one is.
    #[test]
    fn very_many_documents_take_time_by_their_number() {
        let began = std::time::Instant::now();
        let text = "{\"name\": \"somebody with a name\", \"seats\": 5}\n".repeat(60_000);
        assert_eq!(read_json(&text).unwrap().len(), 60_000);
        assert!(began.elapsed().as_secs() < 20);
    }

    #[test]
    fn aliases_do_not_explode() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let below = format!("*a{}, ", level - 1).repeat(9);
            bomb.push_str(&format!("a{level}: &a{level} [{below}]\n"));
        }
        assert!(read_yaml(&bomb).is_err());
        let long = "x".repeat(100_000);
        let many = format!("a: &a {long}\nb: [{}]\n", "*a, ".repeat(10_000));
        let (what, _, _) = place(read_yaml(&many));
        assert!(what.contains("aliases repeat"), "{what}");
    }
}
