//! The emitter: any serialisable value as canonical block YAML, or on one line in flow style.

use serde::ser::{self, Serialize, Serializer};
use std::fmt::{self, Display, Write};

use super::scalar::{is_plain, write_text};

mod elements;

use elements::{Collection, Keyed};

/// A value that has no form in a tenant file: raw bytes, a variant with content.
#[derive(Debug)]
pub struct Unwritable(String);

impl Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unwritable {}

impl ser::Error for Unwritable {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// Appends a map or struct in block style, its keys at `indent`.
pub fn block<T: Serialize + ?Sized>(
    out: &mut String,
    value: &T,
    indent: usize,
) -> Result<(), Unwritable> {
    value.serialize(Emitter::new(
        out,
        Style::Block {
            indent,
            place: Place::Line,
        },
    ))
}

/// Appends a list item in block style, its dash at `indent`.
pub fn item<T: Serialize + ?Sized>(
    out: &mut String,
    value: &T,
    indent: usize,
) -> Result<(), Unwritable> {
    pad(out, indent);
    out.push_str("- ");
    let indent = indent + 2;
    value.serialize(Emitter::new(
        out,
        Style::Block {
            indent,
            place: Place::Dash,
        },
    ))
}

/// Appends a value on one line.
pub fn flow<T: Serialize + ?Sized>(out: &mut String, value: &T) -> Result<(), Unwritable> {
    value.serialize(Emitter::new(out, Style::Flow))
}

#[derive(Clone, Copy)]
enum Style {
    Flow,
    /// `indent` is that of the keys and dashes of a collection written here.
    Block {
        indent: usize,
        place: Place,
    },
}

/// What has been written before the value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nothing: the value begins a line.
    Line,
    /// `- `
    Dash,
    /// `key:`
    Key,
}

struct Emitter<'a> {
    out: &'a mut String,
    style: Style,
}

impl<'a> Emitter<'a> {
    fn new(out: &'a mut String, style: Style) -> Self {
        Self { out, style }
    }

    fn scalar(self, write: impl FnOnce(&mut String)) -> Result<(), Unwritable> {
        match self.style {
            Style::Flow => write(self.out),
            Style::Block { place, .. } => {
                if place == Place::Key {
                    self.out.push(' ');
                }
                write(self.out);
                self.out.push('\n');
            }
        }
        Ok(())
    }

    fn display(self, value: impl Display) -> Result<(), Unwritable> {
        self.scalar(|out| {
            // Writing to a string can't fail.
            let _ = write!(out, "{value}");
        })
    }

    fn collection(self, is_map: bool) -> Collection<'a> {
        if matches!(self.style, Style::Flow) {
            self.out.push(if is_map { '{' } else { '[' });
        }
        Collection {
            out: self.out,
            style: self.style,
            is_map,
            is_empty: true,
        }
    }
}

fn pad(out: &mut String, indent: usize) {
    const BLANKS: &str = "                                ";
    let mut left = indent;
    while left > 0 {
        let some = left.min(BLANKS.len());
        out.push_str(&BLANKS[..some]);
        left -= some;
    }
}

impl<'a> Serializer for Emitter<'a> {
    type Ok = ();
    type Error = Unwritable;
    type SerializeSeq = Collection<'a>;
    type SerializeTuple = Collection<'a>;
    type SerializeTupleStruct = Collection<'a>;
    type SerializeTupleVariant = ser::Impossible<(), Unwritable>;
    type SerializeMap = Keyed<'a>;
    type SerializeStruct = Collection<'a>;
    type SerializeStructVariant = ser::Impossible<(), Unwritable>;

    fn serialize_bool(self, value: bool) -> Result<(), Unwritable> {
        self.display(value)
    }
    fn serialize_i8(self, value: i8) -> Result<(), Unwritable> {
        self.display(value)
    }
    fn serialize_i16(self, value: i16) -> Result<(), Unwritable> {
        self.display(value)
    }
    fn serialize_i32(self, value: i32) -> Result<(), Unwritable> {
        self.display(value)
    }
    fn serialize_i64(self, value: i64) -> Result<(), Unwritable> {
        self.display(value)
    }
    fn serialize_u8(self, value: u8) -> Result<(), Unwritable> {
        self.display(value)
    }
    fn serialize_u16(self, value: u16) -> Result<(), Unwritable> {
        self.display(value)
    }
    fn serialize_u32(self, value: u32) -> Result<(), Unwritable> {
        self.display(value)
    }
    fn serialize_u64(self, value: u64) -> Result<(), Unwritable> {
        self.display(value)
    }
    fn serialize_f32(self, value: f32) -> Result<(), Unwritable> {
        self.serialize_f64(value.into())
    }
    fn serialize_f64(self, value: f64) -> Result<(), Unwritable> {
        if !value.is_finite() {
            return Err(Unwritable(format!("the number {value} can't be written")));
        }
        self.scalar(|out| {
            let _ = write!(out, "{value:?}");
        })
    }
    fn serialize_char(self, value: char) -> Result<(), Unwritable> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }
    fn serialize_str(self, value: &str) -> Result<(), Unwritable> {
        self.scalar(|out| write_text(out, value))
    }
    fn serialize_bytes(self, _: &[u8]) -> Result<(), Unwritable> {
        Err(Unwritable("raw bytes can't be written".into()))
    }
    fn serialize_none(self) -> Result<(), Unwritable> {
        self.serialize_unit()
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unwritable> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<(), Unwritable> {
        self.display("null")
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unwritable> {
        self.serialize_unit()
    }
    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Unwritable> {
        self.serialize_str(variant)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        let mut map = self.collection(true);
        map.entry(variant, value)?;
        map.finish()
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Collection<'a>, Unwritable> {
        Ok(self.collection(false))
    }
    fn serialize_tuple(self, _: usize) -> Result<Collection<'a>, Unwritable> {
        Ok(self.collection(false))
    }
    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Collection<'a>, Unwritable> {
        Ok(self.collection(false))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Unwritable> {
        Err(Unwritable(format!(
            "the variant {variant} can't be written"
        )))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Keyed<'a>, Unwritable> {
        Ok(Keyed {
            map: self.collection(true),
            key: String::new(),
        })
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Collection<'a>, Unwritable> {
        Ok(self.collection(true))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Unwritable> {
        Err(Unwritable(format!(
            "the variant {variant} can't be written"
        )))
    }
    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), Unwritable> {
        self.scalar(|out| {
            let start = out.len();
            // Writing to a string can't fail.
            let _ = write!(out, "{value}");
            // A time or a number's name needs no quotes: it is where it belongs already.
            if !is_plain(&out[start..]) {
                let text = out.split_off(start);
                write_text(out, &text);
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn block_and_flow_style() {
        let value = json!({
            "id": "NO",
            "list": ["a", "007"],
            "things": [{"sku": "SPE_E3", "disabled": ["X", "Y"], "n": {"deep": 1}}, {"sku": "B"}],
            "none": [],
            "map": {"inner": {"x": true}},
            "empty": {},
        });
        let mut out = String::new();
        item(&mut out, &value, 0).unwrap();
        let expected = "\
- id: 'NO'
  list:
  - a
  - '007'
  things:
  - sku: SPE_E3
    disabled:
    - X
    - 'Y'
    'n':
      deep: 1
  - sku: B
  none: []
  map:
    inner:
      x: true
  empty: {}
";
        assert_eq!(out, expected);
        let read: Vec<serde_json::Value> = serde_yaml::from_str(&out).unwrap();
        assert_eq!(read, std::slice::from_ref(&value));

        let mut out = String::new();
        flow(&mut out, &value).unwrap();
        assert!(!out.contains('\n'));
        assert_eq!(
            serde_yaml::from_str::<serde_json::Value>(&out).unwrap(),
            value
        );
    }
}
