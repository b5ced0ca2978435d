//! Values on one line: `[a, b]`, `{k: v}` and scalars between them.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, DeserializeSeed, Visitor};

use super::text::Scalar;
use super::{MAX_DEPTH, NotCanonical, Result, split_key};

/// A value on one line: a scalar, `[a, b]` or `{k: v}`.
pub(super) struct Flow<'f, 'de> {
    pub rest: &'f mut &'de str,
    pub depth: u8,
    /// Inside brackets, where a plain text ends with a comma or a bracket.
    pub nested: bool,
}

impl<'de> Flow<'_, 'de> {
    pub fn collection_or<V: Visitor<'de>>(
        self,
        visitor: V,
        scalar: impl FnOnce(Scalar<'de>, V) -> Result<V::Value>,
    ) -> Result<V::Value> {
        let close = match self.rest.as_bytes().first() {
            Some(b'[') => ']',
            Some(b'{') => '}',
            _ => return scalar(Scalar::take(self.rest, self.nested)?, visitor),
        };
        if self.depth == MAX_DEPTH {
            return Err(NotCanonical);
        }
        *self.rest = &self.rest[1..];
        let depth = self.depth + 1;
        let mut elements = Elements {
            rest: self.rest,
            depth,
            close,
            first: true,
        };
        let value = if close == ']' {
            visitor.visit_seq(&mut elements)?
        } else {
            visitor.visit_map(&mut elements)?
        };
        // A visitor may stop early; then the bracket is still to come and this refuses.
        *self.rest = self.rest.strip_prefix(close).ok_or(NotCanonical)?;
        Ok(value)
    }
}

impl<'de> Flow<'_, 'de> {
    pub fn newtype<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }
}

struct Elements<'f, 'de> {
    rest: &'f mut &'de str,
    depth: u8,
    close: char,
    first: bool,
}

impl Elements<'_, '_> {
    /// Moves to the next element; false at the closing bracket.
    fn more(&mut self) -> Result<bool> {
        if self.rest.starts_with(self.close) {
            return Ok(false);
        }
        if !std::mem::replace(&mut self.first, false) {
            *self.rest = self.rest.strip_prefix(", ").ok_or(NotCanonical)?;
        }
        Ok(true)
    }
}

impl<'de> de::SeqAccess<'de> for &mut Elements<'_, 'de> {
    type Error = NotCanonical;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        if !self.more()? {
            return Ok(None);
        }
        let flow = Flow {
            rest: self.rest,
            depth: self.depth,
            nested: true,
        };
        seed.deserialize(flow).map(Some)
    }
}

impl<'de> de::MapAccess<'de> for &mut Elements<'_, 'de> {
    type Error = NotCanonical;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        if !self.more()? {
            return Ok(None);
        }
        let (key, rest) = split_key(self.rest).ok_or(NotCanonical)?;
        *self.rest = rest;
        seed.deserialize(BorrowedStrDeserializer::new(key))
            .map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value> {
        seed.deserialize(Flow {
            rest: self.rest,
            depth: self.depth,
            nested: true,
        })
    }
}
