//! Values as JSON and back: one array, an object a line, and the conversions that ConvertTo-Json and its like use.

use std::io::{self, Write};
use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::Value as JsonValue;

use super::view::chosen;
use super::{Sink, View, safe};
use crate::value::{Value, show_time};

/// How deep objects are written within objects before only their identity is: a user's license may know its user.
const OBJECT_DEPTH: usize = 3;
/// How deep lists and maps are written; JSON readers refuse more.
const DEPTH: usize = 100;

/// A value as any serde format sees it: a time as ISO 8601, an object by all its properties, what no format can hold
/// (a number that isn't finite) as null.
pub struct Json<'a> {
    value: &'a Value,
    depth: usize,
    objects: usize,
}

impl<'a> Json<'a> {
    pub fn new(value: &'a Value) -> Self {
        Self {
            value,
            depth: 0,
            objects: 0,
        }
    }

    fn inner(&self, value: &'a Value) -> Self {
        Self {
            value,
            depth: self.depth + 1,
            objects: self.objects,
        }
    }
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(b) => serializer.serialize_bool(*b),
            Value::Int(i) => serializer.serialize_i64(*i),
            Value::Float(f) if f.is_finite() => serializer.serialize_f64(*f),
            Value::Float(_) => serializer.serialize_unit(),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Time(time) => serializer.serialize_str(&show_time(*time)),
            Value::List(_) | Value::Map(_) if self.depth >= DEPTH => serializer.serialize_str("…"),
            Value::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items.iter() {
                    list.serialize_element(&self.inner(item))?;
                }
                list.end()
            }
            Value::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (name, value) in entries.iter() {
                    map.serialize_entry(name, &self.inner(value))?;
                }
                map.end()
            }
            Value::Object(object) if object.properties().is_empty() => {
                serializer.serialize_str(&object.identity())
            }
            Value::Object(object) if self.objects < OBJECT_DEPTH && self.depth < DEPTH => {
                let names = object.properties();
                let mut map = serializer.serialize_map(Some(names.len()))?;
                for (index, name) in names.iter().enumerate() {
                    let value = object.at(index);
                    let inner = Json {
                        value: &value,
                        depth: self.depth + 1,
                        objects: self.objects + 1,
                    };
                    map.serialize_entry(name, &inner)?;
                }
                map.end()
            }
            Value::Object(_) | Value::Block(_) => serializer.serialize_str(&self.value.to_text()),
        }
    }
}

/// The value as JSON.
pub fn to_json(value: &Value) -> JsonValue {
    // Every value has a JSON form, and its keys are text.
    serde_json::to_value(Json::new(value)).unwrap_or_default()
}

/// JSON as a value: an object as a map in its order, a whole number beyond 64 bits as a float.
pub fn from_json(json: JsonValue) -> Value {
    match json {
        JsonValue::Null => Value::Null,
        JsonValue::Bool(b) => Value::Bool(b),
        JsonValue::Number(number) => match number.as_i64() {
            Some(i) => Value::Int(i),
            None => number.as_f64().map_or(Value::Null, Value::Float),
        },
        JsonValue::String(text) => Value::from(text),
        JsonValue::Array(items) => Value::list(items.into_iter().map(from_json).collect()),
        JsonValue::Object(entries) => Value::map(
            entries
                .into_iter()
                .map(|(name, value)| (name, from_json(value)))
                .collect(),
        ),
    }
}

/// The value as JSON text, on several lines or on one.
pub fn json_text(value: &Value, pretty: bool) -> String {
    // Every value has a JSON form, and memory can't refuse it.
    write_item(value, None, pretty).unwrap_or_default()
}

/// JSON text in which what would steer a terminal is escaped; within JSON it can only stand in strings.
fn escaped(json: String) -> String {
    let bad = |c: char| safe::steers(c) && c != '\n';
    if !json.contains(bad) {
        return json;
    }
    let mut text = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if bad(c) {
            text.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            text.push(c);
        }
    }
    text
}

fn write_item(item: &Value, view: Option<&Arc<View>>, pretty: bool) -> io::Result<String> {
    let item = view.map_or_else(|| item.clone(), |view| chosen(item, view));
    let json = Json::new(&item);
    let text = if pretty {
        serde_json::to_string_pretty(&json)?
    } else {
        serde_json::to_string(&json)?
    };
    Ok(escaped(text))
}

/// `-o json`: one array, an element written as it comes, valid even when nothing does.
pub(super) struct Array {
    out: Box<dyn Write>,
    empty: bool,
}

impl Array {
    pub(super) fn new(out: Box<dyn Write>) -> Self {
        Self { out, empty: true }
    }
}

impl Sink for Array {
    fn value(&mut self, item: &Value, view: Option<&Arc<View>>) -> io::Result<()> {
        let text = write_item(item, view, true)?;
        self.out
            .write_all(if self.empty { b"[\n" } else { b",\n" })?;
        self.empty = false;
        let mut lines = text.split('\n');
        if let Some(first) = lines.next() {
            write!(self.out, "  {first}")?;
        }
        for line in lines {
            write!(self.out, "\n  {line}")?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out
            .write_all(if self.empty { b"[]\n" } else { b"\n]\n" })?;
        self.out.flush()
    }
}

/// `-o jsonl`: an object a line, as it comes.
pub(super) struct Lines {
    out: Box<dyn Write>,
}

impl Lines {
    pub(super) fn new(out: Box<dyn Write>) -> Self {
        Self { out }
    }
}

impl Sink for Lines {
    fn value(&mut self, item: &Value, view: Option<&Arc<View>>) -> io::Result<()> {
        writeln!(self.out, "{}", write_item(item, view, false)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{User, map, user};
    use super::super::{Format, Style, to_string};
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn one_array_even_of_nothing() {
        let written = |values: &[Value]| to_string(Format::Json, Style::default(), values);
        assert_eq!(written(&[]), "[]\n");
        assert_eq!(
            written(&[1_i64.into(), map([("A", "x\u{202e}\u{9b}".into())])]),
            "[\n  1,\n  {\n    \"A\": \"x\\u202e\\u009b\"\n  }\n]\n"
        );
    }

    #[test]
    fn an_object_a_line_with_all_properties_in_order() {
        let time = crate::value::time("2026-11-24T10:00:00Z").unwrap();
        let values = [
            user("anna@contoso.com", "Anna"),
            map([("When", time.into()), ("Ratio", Value::Float(f64::NAN))]),
        ];
        assert_eq!(
            to_string(Format::Jsonl, Style::default(), &values),
            "{\"UserPrincipalName\":\"anna@contoso.com\",\"DisplayName\":\"Anna\",\"City\":\"Sydney\",\
             \"Licenses\":[\"SPE_E3\",\"VISIO\"],\"Logins\":3,\"Manager\":null}\n\
             {\"When\":\"2026-11-24T10:00:00Z\",\"Ratio\":null}\n"
        );
    }

    #[test]
    fn objects_that_know_each_other_end() {
        let mut inner = User::new("deep@contoso.com", "Deep");
        for _ in 0..20 {
            inner = User {
                manager: Some(Arc::new(inner)),
                ..User::new("deep@contoso.com", "Deep")
            };
        }
        let json = to_json(&Value::object(inner));
        let manager = &json["Manager"]["Manager"]["Manager"];
        assert_eq!(*manager, json!("deep@contoso.com"));
    }

    #[test]
    fn a_view_chooses_the_properties() {
        let view = Arc::new(View::table(Some(vec!["city".into(), "Display*".into()])));
        let values = [Value::object(super::super::Formatted::new(
            &view,
            user("anna@contoso.com", "Anna"),
        ))];
        assert_eq!(
            to_string(Format::Jsonl, Style::default(), &values),
            "{\"City\":\"Sydney\",\"DisplayName\":\"Anna\"}\n"
        );
    }

    fn any_json() -> impl Strategy<Value = JsonValue> {
        let leaf = prop_oneof![
            Just(JsonValue::Null),
            any::<bool>().prop_map(JsonValue::from),
            any::<i64>().prop_map(JsonValue::from),
            any::<i32>().prop_map(|i| json!(f64::from(i) / 8.0)),
            any::<String>().prop_map(JsonValue::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(JsonValue::from),
                proptest::collection::btree_map("[a-z\u{80}-\u{9f}\n]{0,4}", inner, 0..5)
                    .prop_map(|map| JsonValue::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(items in proptest::collection::vec(any_json(), 0..5)) {
            let values: Vec<_> = items.iter().cloned().map(from_json).collect();
            for (value, json) in values.iter().zip(&items) {
                prop_assert_eq!(&to_json(value), json);
            }
            let flat: Vec<JsonValue> = items
                .into_iter()
                .flat_map(|item| match item {
                    JsonValue::Array(inner) => inner,
                    one => vec![one],
                })
                .collect();
            let text = to_string(Format::Json, Style::default(), &values);
            let read: Vec<JsonValue> = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&read, &flat);
            let text = to_string(Format::Jsonl, Style::default(), &values);
            let read: Vec<JsonValue> =
                text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            prop_assert_eq!(&read, &flat);
        }
    }
}
