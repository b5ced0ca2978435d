//! Lists and maps whose elements come one by one.

use serde::ser::{self, Serialize};

use super::super::scalar::write_text;
use super::{Emitter, Place, Style, Unwritable, pad};

/// A list or a map of which some elements are written.
pub(super) struct Collection<'a> {
    pub out: &'a mut String,
    pub style: Style,
    pub is_map: bool,
    pub is_empty: bool,
}

impl Collection<'_> {
    /// Writes what stands before an element and says where its value comes.
    fn begin(&mut self) -> Style {
        let first = std::mem::replace(&mut self.is_empty, false);
        match self.style {
            Style::Flow => {
                if !first {
                    self.out.push_str(", ");
                }
                Style::Flow
            }
            Style::Block { indent, place } => {
                // A list's dashes stand under its key, a map's keys two further in.
                let indent = match place {
                    Place::Key if self.is_map => indent + 2,
                    _ => indent,
                };
                if first && place == Place::Key {
                    self.out.push('\n');
                }
                if !(first && place == Place::Dash) {
                    pad(self.out, indent);
                }
                if self.is_map {
                    Style::Block {
                        indent,
                        place: Place::Key,
                    }
                } else {
                    self.out.push_str("- ");
                    Style::Block {
                        indent: indent + 2,
                        place: Place::Dash,
                    }
                }
            }
        }
    }

    pub fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        let style = self.begin();
        value.serialize(Emitter::new(self.out, style))
    }

    pub fn entry<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), Unwritable> {
        let style = self.begin();
        // The longest word that needs quotes has five letters; a longer name of a field never does.
        if key.len() > 5 && key.bytes().all(|b| b.is_ascii_lowercase()) {
            self.out.push_str(key);
        } else {
            write_text(self.out, key);
        }
        self.out.push(':');
        if matches!(style, Style::Flow) {
            self.out.push(' ');
        }
        value.serialize(Emitter::new(self.out, style))
    }

    pub fn finish(self) -> Result<(), Unwritable> {
        let (open, close) = if self.is_map { ("{", "}") } else { ("[", "]") };
        match self.style {
            Style::Flow => self.out.push_str(close),
            Style::Block { place, .. } if self.is_empty => {
                if place == Place::Key {
                    self.out.push(' ');
                }
                self.out.push_str(open);
                self.out.push_str(close);
                self.out.push('\n');
            }
            Style::Block { .. } => {}
        }
        Ok(())
    }
}

impl ser::SerializeSeq for Collection<'_> {
    type Ok = ();
    type Error = Unwritable;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        self.element(value)
    }
    fn end(self) -> Result<(), Unwritable> {
        self.finish()
    }
}

impl ser::SerializeTuple for Collection<'_> {
    type Ok = ();
    type Error = Unwritable;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        self.element(value)
    }
    fn end(self) -> Result<(), Unwritable> {
        self.finish()
    }
}

impl ser::SerializeTupleStruct for Collection<'_> {
    type Ok = ();
    type Error = Unwritable;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        self.element(value)
    }
    fn end(self) -> Result<(), Unwritable> {
        self.finish()
    }
}

impl ser::SerializeStruct for Collection<'_> {
    type Ok = ();
    type Error = Unwritable;
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        self.entry(key, value)
    }
    fn end(self) -> Result<(), Unwritable> {
        self.finish()
    }
}

/// A map whose keys come one by one, before their values.
pub(super) struct Keyed<'a> {
    pub map: Collection<'a>,
    pub key: String,
}

impl ser::SerializeMap for Keyed<'_> {
    type Ok = ();
    type Error = Unwritable;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unwritable> {
        let serde_json::Value::String(key) =
            serde_json::to_value(key).map_err(|e| Unwritable(e.to_string()))?
        else {
            return Err(Unwritable("a key that is no text can't be written".into()));
        };
        self.key = key;
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        let key = std::mem::take(&mut self.key);
        self.map.entry(&key, value)
    }
    fn end(self) -> Result<(), Unwritable> {
        self.map.finish()
    }
}
