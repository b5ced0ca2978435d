//! JSON and YAML texts as values, read straight into them.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Visitor,
};

use crate::value::Value;

/// Why a text can't be read, and where that shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub what: String,
    /// From 1; none where it is the text as a whole.
    pub place: Option<(usize, usize)>,
    /// The text ends too early.
    pub cut: bool,
}

/// The documents of a JSON text: one as a rule, but several may follow each other, as `-o jsonl` writes them.
///
/// # Errors
/// It is no JSON, or an object has two keys that differ in letter case only: one of them would be lost.
pub fn read_json(text: &str) -> Result<Vec<Value>, Broken> {
    // Where a text is cut off shows behind its last character, and not lines below.
    let text = text.trim_start_matches('\u{feff}').trim_end();
    let names = RefCell::default();
    let budget = Cell::new(usize::MAX);
    let build = Build {
        names: &names,
        budget: &budget,
    };
    let mut reader = serde_json::Deserializer::from_str(text);
    let mut documents = Vec::new();
    let broken = |error: serde_json::Error| {
        let what = error.to_string();
        let what = what.split(" at line ").next().unwrap_or_default();
        Broken {
            what: what.to_owned(),
            place: (error.line() > 0).then(|| (error.line(), error.column())),
            cut: error.is_eof(),
        }
    };
    while reader.end().is_err() {
        documents.push(build.deserialize(&mut reader).map_err(broken)?);
    }
    Ok(documents)
}

/// The documents of a YAML text.
///
/// # Errors
/// It is no YAML, has two keys that differ in letter case only, or tags; or its aliases make more of it than it is.
pub fn read_yaml(text: &str) -> Result<Vec<Value>, Broken> {
    /// What aliases may add, in bytes: enough to repeat a setting, too little to fill the memory.
    const ALIASES: usize = 1 << 20;
    let text = text.trim_start_matches('\u{feff}');
    let names = RefCell::default();
    let budget = Cell::new(text.len() + ALIASES);
    let build = Build {
        names: &names,
        budget: &budget,
    };
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
            cut: false,
        }
    };
    let documents = serde_yaml::Deserializer::from_str(text);
    documents
        .map(|document| build.deserialize(document).map_err(broken))
        .collect()
}

/// Builds values; names that come again are shared.
#[derive(Clone, Copy)]
struct Build<'a> {
    names: &'a RefCell<HashSet<Arc<str>>>,
    /// How many bytes may still be made.
    budget: &'a Cell<usize>,
}

impl Build<'_> {
    fn spend<E: Error>(self, bytes: usize) -> Result<(), E> {
        match self.budget.get().checked_sub(bytes.saturating_add(1)) {
            Some(rest) => {
                self.budget.set(rest);
                Ok(())
            }
            None => Err(E::custom("its aliases repeat too much of it")),
        }
    }

    fn name<E: Error>(self, name: &str) -> Result<Arc<str>, E> {
        self.spend(name.len())?;
        let mut names = self.names.borrow_mut();
        if let Some(known) = names.get(name) {
            return Ok(Arc::clone(known));
        }
        let new: Arc<str> = name.into();
        names.insert(Arc::clone(&new));
        Ok(new)
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
        Ok(text.into())
    }

    fn visit_enum<A: EnumAccess<'de>>(self, _: A) -> Result<Value, A::Error> {
        Err(A::Error::custom("tags are not read here"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        self.spend(0)?;
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Value::list(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        /// A scan of more for each new name would take time by the square of their number.
        const FEW: usize = 32;
        self.spend(0)?;
        let mut entries: Vec<(Arc<str>, Value)> = Vec::new();
        let mut seen: HashSet<String> = HashSet::new();
        while let Some(name) = map.next_key_seed(Name(self))? {
            if entries.len() == FEW {
                seen = entries
                    .iter()
                    .map(|(own, _)| own.to_ascii_lowercase())
                    .collect();
            }
            let known = if entries.len() < FEW {
                entries
                    .iter()
                    .any(|(own, _)| own.eq_ignore_ascii_case(&name))
            } else {
                !seen.insert(name.to_ascii_lowercase())
            };
            if known {
                return Err(A::Error::custom(format!("two keys are named '{name}'")));
            }
            let value = map.next_value_seed(self)?;
            entries.push((name, value));
        }
        Ok(Value::map(entries.into_iter().collect()))
    }
}

/// A key: text, or what YAML takes for something else.
struct Name<'a>(Build<'a>);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Arc<str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Arc<str>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Name<'_> {
    type Value = Arc<str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key that is a text")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Arc<str>, E> {
        self.0.name(name)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Arc<str>, E> {
        self.0.name("null")
    }

    fn visit_bool<E: de::Error>(self, b: bool) -> Result<Arc<str>, E> {
        self.0.name(&b.to_string())
    }

    fn visit_i64<E: de::Error>(self, i: i64) -> Result<Arc<str>, E> {
        self.0.name(&i.to_string())
    }

    fn visit_u64<E: de::Error>(self, i: u64) -> Result<Arc<str>, E> {
        self.0.name(&i.to_string())
    }

    fn visit_f64<E: de::Error>(self, f: f64) -> Result<Arc<str>, E> {
        self.0.name(&f.to_string())
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
