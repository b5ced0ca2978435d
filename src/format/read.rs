//! JSON and YAML texts as values, read straight into them.

mod build;

use std::cell::Cell;

use serde::de::{self, DeserializeSeed};

use crate::value::Value;
use build::{Build, JsonReader, Names};

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

#[cfg(test)]
mod tests;
