//! A map that keeps its columns in the order they came and finds them in any letter case.

use std::collections::HashMap;
use std::sync::Arc;

use super::Value;

/// Few entries, ordered: a scan is faster than hashing, and the order is what the admin sees.
#[derive(Clone, Debug, Default)]
pub struct Map {
    entries: Vec<(Arc<str>, Value)>,
    /// All rows of its file have these columns: one that isn't among them is a mistake.
    fixed: bool,
}

impl Map {
    /// A row of a table, whose columns all its rows have.
    pub fn row(entries: Vec<(Arc<str>, Value)>) -> Self {
        Self {
            entries,
            fixed: true,
        }
    }

    pub fn is_fixed(&self) -> bool {
        self.fixed
    }

    pub fn new() -> Self {
        Self::default()
    }

    /// A map of entries whose names are known to differ, in any letter case.
    pub fn distinct(entries: Vec<(Arc<str>, Value)>) -> Self {
        Self {
            entries,
            fixed: false,
        }
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn get(&self, name: &str) -> Option<&Value> {
        self.position(name).map(|i| &self.entries[i].1)
    }

    /// Sets a column; a new one goes to the end, a known one keeps its place and its spelling.
    pub fn set(&mut self, name: impl Into<Arc<str>>, value: Value) {
        let name = name.into();
        match self.position(&name) {
            Some(i) => self.entries[i].1 = value,
            None => self.entries.push((name, value)),
        }
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(name, _)| &**name)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.entries.iter().map(|(name, value)| (&**name, value))
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.entries
            .iter()
            .position(|(own, _)| **own == *name)
            .or_else(|| {
                self.entries
                    .iter()
                    .position(|(own, _)| own.eq_ignore_ascii_case(name))
            })
    }
}

impl<N: Into<Arc<str>>> FromIterator<(N, Value)> for Map {
    fn from_iter<I: IntoIterator<Item = (N, Value)>>(entries: I) -> Self {
        /// A scan of more for each new name would take time by the square of their number.
        const FEW: usize = 32;
        let mut map = Map::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for (name, value) in entries {
            let name = name.into();
            if map.len() < FEW {
                map.set(name, value);
                continue;
            }
            if places.is_empty() {
                let known = map.keys().map(str::to_ascii_lowercase);
                places = known.zip(0..).collect();
            }
            match places.get(&name.to_ascii_lowercase()) {
                Some(place) => map.entries[*place].1 = value,
                None => {
                    places.insert(name.to_ascii_lowercase(), map.len());
                    map.entries.push((name, value));
                }
            }
        }
        map
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_letter_case_however_many_there_are() {
        for count in [3, 31, 32, 33, 1_000] {
            let names = (0..count).map(|i| format!("Name{i}"));
            let again = ["NAME0".to_owned(), format!("name{}", count - 1)];
            let values = (0_i64..).map(Value::from);
            let map: Map = names.chain(again).zip(values).collect();
            assert_eq!(map.len(), count);
            let shown = |name: &str| map.get(name).map(|value| value.to_text().into_owned());
            assert_eq!(shown("name0"), Some(count.to_string()));
            assert_eq!(shown("NAME1").as_deref(), Some("1"));
            assert_eq!(map.keys().next(), Some("Name0"));
        }
    }
}
