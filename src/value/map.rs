//! A map that keeps its columns in the order they came and finds them in any letter case.

use super::Value;

/// Few entries, ordered: a scan is faster than hashing, and the order is what the admin sees.
#[derive(Clone, Debug, Default)]
pub struct Map {
    entries: Vec<(Box<str>, Value)>,
}

impl Map {
    pub fn new() -> Self {
        Self::default()
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
    pub fn set(&mut self, name: impl Into<Box<str>>, value: Value) {
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

impl<N: Into<Box<str>>> FromIterator<(N, Value)> for Map {
    fn from_iter<I: IntoIterator<Item = (N, Value)>>(entries: I) -> Self {
        let mut map = Map::new();
        for (name, value) in entries {
            map.set(name, value);
        }
        map
    }
}
