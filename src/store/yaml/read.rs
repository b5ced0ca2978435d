//! The canonical-form reader: what the emitter writes, and what an admin's hand usually makes of it, read fast.
//!
//! It accepts a small part of YAML and refuses the rest without saying why: the caller then asks a whole
//! YAML reader. Invariant: what it accepts, a YAML reader accepts with the same meaning.

use std::fmt;
use std::ops::Range;

use memchr::memchr;
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, Visitor};

use super::scalar::is_printable;
use crate::tenant::OFTEN_THE_SAME;

mod flow;
mod text;

use flow::Flow;
use text::Scalar;

/// The text is not in canonical form, or not of the type that was asked for.
#[derive(Debug)]
pub struct NotCanonical;

impl fmt::Display for NotCanonical {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not in canonical form")
    }
}

impl std::error::Error for NotCanonical {}

impl de::Error for NotCanonical {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

type Result<T> = std::result::Result<T, NotCanonical>;

/// Collections in collections; deeper ones are left to the whole reader.
const MAX_DEPTH: u8 = 12;

/// Reads a block map or list that fills the whole text.
pub fn parse<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T> {
    let mut reader = Reader::new(text);
    let value = T::deserialize(Value {
        reader: &mut reader,
        inline: None,
    })?;
    if reader.line.is_end() {
        Ok(value)
    } else {
        Err(NotCanonical)
    }
}

/// The items of a block list, one by one, so that each that is not canonical can be read another way.
pub struct Items<'de> {
    reader: Reader<'de>,
    indent: usize,
}

impl<'de> Items<'de> {
    /// `text` holds the list and nothing else.
    pub fn new(text: &'de str) -> Self {
        let reader = Reader::new(text);
        let indent = reader.line.indent;
        Self { reader, indent }
    }

    /// Where the next item is in the text, and what it reads as; `None` at the end.
    pub fn read_next<T: Deserialize<'de>>(&mut self) -> Option<(Range<usize>, Result<T>)> {
        let reader = &mut self.reader;
        if reader.line.is_end() {
            return None;
        }
        let start = reader.start;
        let Line { indent, content } = reader.line;
        let mut value = Err(NotCanonical);
        if indent == self.indent && content.len() > 2 && reader.line.is_item() {
            reader.depth = 0;
            reader.line = Line {
                indent: indent + 2,
                content: &content[2..],
            };
            value = T::deserialize(Value {
                reader,
                inline: None,
            });
        }
        let ended = reader.line.is_end() || (reader.line.indent == indent && reader.line.is_item());
        if value.is_err() || !ended {
            value = Err(NotCanonical);
            reader.skip_item(start, self.indent);
        }
        Some((start..reader.start, value))
    }
}

/// A line that is neither blank nor a comment, or what stands behind a dash on one.
#[derive(Clone, Copy)]
struct Line<'de> {
    indent: usize,
    /// Never empty, except at the end of the text.
    content: &'de str,
}

impl Line<'_> {
    const END: Self = Line {
        indent: 0,
        content: "",
    };

    fn is_end(&self) -> bool {
        self.content.is_empty()
    }

    fn is_item(&self) -> bool {
        matches!(self.content.as_bytes(), [b'-', b' ', ..])
    }
}

#[derive(Clone)]
struct Reader<'de> {
    text: &'de str,
    /// Offset of the current line; the end of the text behind the last one.
    start: usize,
    /// Offset of the line after the current one.
    next: usize,
    line: Line<'de>,
    depth: u8,
}

impl<'de> Reader<'de> {
    /// Stands on the first line.
    fn new(text: &'de str) -> Self {
        let mut reader = Self {
            text,
            start: 0,
            next: 0,
            line: Line::END,
            depth: 0,
        };
        reader.advance();
        reader
    }

    /// Goes to the next item after that which begins at `start`.
    fn skip_item(&mut self, start: usize, indent: usize) {
        self.next = start;
        self.advance();
        loop {
            self.advance();
            let line = self.line;
            if line.is_end() || (line.indent == indent && (line.is_item() || line.content == "-")) {
                return;
            }
        }
    }

    fn advance(&mut self) {
        while self.next < self.text.len() {
            let rest = &self.text[self.next..];
            let len = memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
            self.start = self.next;
            self.next = (self.next + len + 1).min(self.text.len());
            // Compared as bytes, here and below: `strip_suffix` and the like call into the C library for each line.
            let len = match rest.as_bytes()[..len] {
                [.., b'\r'] => len - 1,
                _ => len,
            };
            let line = &rest[..len];
            let indent = line.bytes().take_while(|b| *b == b' ').count();
            let content = &line[indent..];
            // Some characters break a line for a YAML reader, and then a comment hides more than itself.
            let hidden = match content.as_bytes() {
                [] => true,
                [b'#', ..] => content.chars().all(|c| c == '\t' || is_printable(c)),
                _ => false,
            };
            if !hidden {
                self.line = Line { indent, content };
                return;
            }
        }
        self.start = self.text.len();
        self.line = Line::END;
    }

    /// The lines of the value that begins with the current line, where a line as far in that is no item ends a list.
    fn value_lines(&self) -> Range<usize> {
        let is_list = self.line.is_item();
        let mut reader = self.clone();
        loop {
            reader.advance();
            let Line { indent, .. } = reader.line;
            let inside = indent > self.line.indent
                || (indent == self.line.indent && reader.line.is_item() == is_list);
            if reader.line.is_end() || !inside {
                return self.start..reader.start;
            }
        }
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth == MAX_DEPTH {
            return Err(NotCanonical);
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }
}

/// `key: rest` or `key:`, where the key is a plain word.
pub fn split_key(content: &str) -> Option<(&str, &str)> {
    let bytes = content.as_bytes();
    let len = bytes
        .iter()
        .position(|b| !b.is_ascii_alphanumeric() && *b != b'_')?;
    if !bytes[0].is_ascii_alphabetic() {
        return None;
    }
    let key = &content[..len];
    match &bytes[len..] {
        [b':'] => Some((key, "")),
        [b':', b' ', ..] => Some((key, &content[len + 2..])),
        _ => None,
    }
}

/// A value: on one line, or beginning with the reader's current line.
struct Value<'r, 'de> {
    reader: &'r mut Reader<'de>,
    inline: Option<&'de str>,
}

impl<'de> Value<'_, 'de> {
    fn collection_or<V: Visitor<'de>>(
        self,
        visitor: V,
        scalar: impl FnOnce(Scalar<'de>, V) -> Result<V::Value>,
    ) -> Result<V::Value> {
        let text = match self.inline {
            Some(text) => text,
            None => {
                let line = self.reader.line;
                if line.is_item() {
                    let indent = line.indent;
                    return self
                        .reader
                        .deeper(|reader| visitor.visit_seq(List { reader, indent }));
                }
                if split_key(line.content).is_some() {
                    let indent = line.indent;
                    return self.reader.deeper(|reader| {
                        visitor.visit_map(Map {
                            reader,
                            indent,
                            rest: "",
                        })
                    });
                }
                self.reader.advance();
                line.content
            }
        };
        let mut rest = text;
        let value = Flow {
            rest: &mut rest,
            depth: self.reader.depth,
            nested: false,
        }
        .collection_or(visitor, scalar)?;
        if rest.is_empty() {
            Ok(value)
        } else {
            Err(NotCanonical)
        }
    }

    /// A value that is often written the same is offered by its text first.
    fn newtype<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        let is_block_list = self.inline.is_none() && self.reader.line.is_item();
        if name != OFTEN_THE_SAME || !is_block_list {
            return visitor.visit_newtype_struct(self);
        }
        let reader = self.reader;
        let lines = reader.value_lines();
        let value = visitor.visit_map(EntryAccess {
            text: Some(&reader.text[lines.clone()]),
            reader,
        })?;
        // Where the text was enough, the value is still to be passed.
        if reader.start < lines.end {
            reader.next = lines.end;
            reader.advance();
        }
        Ok(value)
    }
}

/// The text of a value, then the value.
struct EntryAccess<'r, 'de> {
    reader: &'r mut Reader<'de>,
    text: Option<&'de str>,
}

impl<'de> de::MapAccess<'de> for EntryAccess<'_, 'de> {
    type Error = NotCanonical;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let text = self.text.take().map(BorrowedStrDeserializer::new);
        text.map(|text| seed.deserialize(text)).transpose()
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value> {
        seed.deserialize(Value {
            reader: self.reader,
            inline: None,
        })
    }
}

struct List<'r, 'de> {
    reader: &'r mut Reader<'de>,
    indent: usize,
}

impl<'de> de::SeqAccess<'de> for List<'_, 'de> {
    type Error = NotCanonical;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let line = self.reader.line;
        if line.is_end() || line.indent < self.indent {
            return Ok(None);
        }
        if line.indent > self.indent {
            return Err(NotCanonical);
        }
        if !line.is_item() {
            return Ok(None);
        }
        // What stands behind the dash is a line of its own, two further in.
        self.reader.line = Line {
            indent: line.indent + 2,
            content: &line.content[2..],
        };
        if self.reader.line.is_end() {
            return Err(NotCanonical);
        }
        seed.deserialize(Value {
            reader: self.reader,
            inline: None,
        })
        .map(Some)
    }
}

struct Map<'r, 'de> {
    reader: &'r mut Reader<'de>,
    indent: usize,
    /// What stands behind the key that was read last.
    rest: &'de str,
}

impl<'de> de::MapAccess<'de> for Map<'_, 'de> {
    type Error = NotCanonical;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let line = self.reader.line;
        if line.is_end() || line.indent < self.indent {
            return Ok(None);
        }
        if line.indent > self.indent {
            return Err(NotCanonical);
        }
        let (key, rest) = split_key(line.content).ok_or(NotCanonical)?;
        self.rest = rest;
        self.reader.advance();
        seed.deserialize(BorrowedStrDeserializer::new(key))
            .map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value> {
        if !self.rest.is_empty() {
            return seed.deserialize(Value {
                reader: self.reader,
                inline: Some(self.rest),
            });
        }
        let line = self.reader.line;
        let inside = line.indent > self.indent || (line.indent == self.indent && line.is_item());
        if line.is_end() || !inside || !(line.is_item() || split_key(line.content).is_some()) {
            return Err(NotCanonical);
        }
        seed.deserialize(Value {
            reader: self.reader,
            inline: None,
        })
    }
}

/// The methods of a deserializer that both kinds of value share: what is asked for only matters for scalars.
macro_rules! deserializer {
    ($type:ident) => {
        impl<'de> Deserializer<'de> for $type<'_, 'de> {
            type Error = NotCanonical;

            fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
                self.collection_or(visitor, Scalar::visit_any)
            }

            fn deserialize_newtype_struct<V: Visitor<'de>>(
                self,
                name: &'static str,
                visitor: V,
            ) -> Result<V::Value> {
                self.newtype(name, visitor)
            }

            fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
                self.collection_or(visitor, Scalar::visit_text)
            }

            fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
                self.deserialize_str(visitor)
            }

            fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
                self.deserialize_str(visitor)
            }

            fn deserialize_enum<V: Visitor<'de>>(
                self,
                _: &'static str,
                _: &'static [&'static str],
                visitor: V,
            ) -> Result<V::Value> {
                self.collection_or(visitor, Scalar::visit_enum)
            }

            /// Null is not canonical: an absent value is not written.
            fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
                visitor.visit_some(self)
            }

            serde::forward_to_deserialize_any! {
                bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit
                unit_struct seq tuple tuple_struct map struct ignored_any
            }
        }
    };
}

deserializer!(Value);
deserializer!(Flow);
