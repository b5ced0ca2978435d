//! JSON that remembers where everything stands: values are slices of the text they were read from.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::parsed::Place;
use crate::diagnostic::{Category, Diagnostic};
use crate::files::Text;
use crate::value;

/// A JSON file.
#[derive(Clone, Copy)]
pub(super) struct Json<'a> {
    file: usize,
    text: &'a str,
}

impl<'a> Json<'a> {
    /// The file and its documents: one as a rule, but pages written one after the other are fine.
    pub fn read(file: usize, text: &'a Text) -> Result<(Self, Vec<&'a RawValue>), Diagnostic> {
        let json = Json {
            file,
            text: &text.content,
        };
        let documents = serde_json::Deserializer::from_str(json.text)
            .into_iter()
            .collect::<Result<_, _>>()
            .map_err(|error| broken(text, &error))?;
        Ok((json, documents))
    }

    /// Where a value stands. It must be a part of this file.
    pub fn place(&self, value: &RawValue) -> Place {
        let offset = (value.get().as_ptr().addr()).wrapping_sub(self.text.as_ptr().addr());
        Place {
            file: self.file,
            offset,
        }
    }
}

fn broken(text: &Text, error: &serde_json::Error) -> Diagnostic {
    let (line, column) = (error.line(), error.column());
    let (what, cure) = if error.is_eof() {
        (
            "the file ends within the JSON: it is cut off",
            "export it again",
        )
    } else {
        ("the JSON is broken", "export it again, or mend it there")
    };
    let detail = error.to_string();
    let detail = detail.split(" at line ").next().unwrap_or_default();
    Diagnostic::new(
        "BrokenJson",
        Category::InvalidData,
        format!("{}:{line}:{column}: {what} ({detail})", text.name()),
    )
    .about(text.name())
    .hint(format!("{cure}; nothing was imported"))
}

/// A JSON object; names are found in any letter case, as Graph and PowerShell differ in it.
pub(super) struct Object<'a> {
    pub fields: Vec<(String, &'a RawValue)>,
}

impl<'a> Object<'a> {
    /// The value of a field that is there and not null.
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        let same = self
            .fields
            .iter()
            .filter(|(n, _)| n.eq_ignore_ascii_case(name));
        same.map(|(_, value)| *value)
            .find(|value| value.get() != "null")
    }

    /// Whether the field is there, even as null.
    pub fn has(&self, name: &str) -> bool {
        self.fields
            .iter()
            .any(|(n, _)| n.eq_ignore_ascii_case(name))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Object<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Object { fields })
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

pub(super) fn object(value: &RawValue) -> Option<Object<'_>> {
    serde_json::from_str(value.get()).ok()
}

pub(super) fn list(value: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(value.get()).ok()
}

/// Whether a value says nothing: null, an empty text, list or object.
pub(super) fn is_empty(value: &RawValue) -> bool {
    let text = value.get();
    match text.as_bytes().first() {
        Some(b'[' | b'{') => inner(text).trim().is_empty(),
        _ => text == "null" || text == "\"\"",
    }
}

/// A value without its quotes or brackets.
fn inner(text: &str) -> &str {
    text.get(1..text.len() - 1).unwrap_or_default()
}

/// A text; a number or a truth value is taken by its digits, as spreadsheets drop quotes.
pub(super) fn text(value: &RawValue) -> Option<Cow<'_, str>> {
    match value.get().as_bytes().first()? {
        b'"' => {
            // Only a text with escapes needs a copy.
            let inner = inner(value.get());
            if inner.contains('\\') {
                serde_json::from_str(value.get()).ok().map(Cow::Owned)
            } else {
                Some(Cow::Borrowed(inner))
            }
        }
        b'{' | b'[' => None,
        _ => Some(Cow::Borrowed(value.get())),
    }
}

pub(super) fn boolean(value: &RawValue) -> Option<bool> {
    let text = text(value)?;
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

pub(super) fn count(value: &RawValue) -> Option<u32> {
    text(value)?.parse().ok()
}

pub(super) fn guid(value: &RawValue) -> Option<Uuid> {
    Uuid::try_parse(&text(value)?).ok()
}

/// A time as Graph writes it, or as Windows PowerShell's ConvertTo-Json does: `/Date(1613635200000)/`.
pub(super) fn time(value: &RawValue) -> Option<Timestamp> {
    if let Some(wrapped) = object(value) {
        return time(wrapped.get("value")?);
    }
    let text = text(value)?;
    match text
        .strip_prefix("/Date(")
        .and_then(|t| t.strip_suffix(")/"))
    {
        Some(milliseconds) => Timestamp::from_millisecond(milliseconds.parse().ok()?).ok(),
        None => value::time(&text),
    }
}

/// GUIDs of a list, or of the blank-separated text that ConvertTo-Json makes of a list below its depth.
/// The second is what could not be read.
pub(super) fn guids(value: &RawValue) -> (Vec<Uuid>, Vec<&RawValue>) {
    if let Some(items) = list(value) {
        let mut ids = Vec::with_capacity(items.len());
        let mut bad = Vec::new();
        for item in items {
            match guid(item) {
                Some(id) => ids.push(id),
                None => bad.push(item),
            }
        }
        return (ids, bad);
    }
    let words: Option<Vec<Uuid>> = text(value).and_then(|text| {
        text.split_whitespace()
            .map(|word| Uuid::try_parse(word).ok())
            .collect()
    });
    match words {
        Some(ids) => (ids, Vec::new()),
        None => (Vec::new(), vec![value]),
    }
}

/// A value as a message quotes it: short.
pub(super) fn quote(value: &RawValue) -> String {
    const LONGEST: usize = 60;
    let text = value.get();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
