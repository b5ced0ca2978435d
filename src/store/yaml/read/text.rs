//! Scalars as they are written: plain, in single quotes, in double quotes.

use std::borrow::Cow;

use serde::de::Visitor;
use serde::de::value::StrDeserializer;

use super::super::scalar::{is_plain, is_printable};
use super::{NotCanonical, Result};

/// A scalar, with what its form says of its type.
pub(super) enum Scalar<'de> {
    Plain(&'de str),
    Quoted(Cow<'de, str>),
}

impl<'de> Scalar<'de> {
    pub fn take(rest: &mut &'de str, nested: bool) -> Result<Self> {
        let text: &'de str = rest;
        match text.as_bytes().first() {
            Some(b'\'') => single_quoted(rest).map(Scalar::Quoted),
            Some(b'"') => double_quoted(rest).map(Scalar::Quoted),
            _ => {
                let len = match nested {
                    true => text.find([',', ']', '}']).ok_or(NotCanonical)?,
                    false => text.len(),
                };
                let plain = &text[..len];
                *rest = &text[len..];
                let known =
                    is_plain(plain) || is_number(plain) || plain == "true" || plain == "false";
                if known {
                    Ok(Scalar::Plain(plain))
                } else {
                    Err(NotCanonical)
                }
            }
        }
    }

    pub fn visit_text<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self {
            Scalar::Plain(text) | Scalar::Quoted(Cow::Borrowed(text)) => {
                visitor.visit_borrowed_str(text)
            }
            Scalar::Quoted(Cow::Owned(text)) => visitor.visit_string(text),
        }
    }

    /// As its form says: a number or a truth value only where it is plain.
    pub fn visit_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let Scalar::Plain(text) = self else {
            return self.visit_text(visitor);
        };
        match text.as_bytes()[0] {
            b'0'..=b'9' => match text.parse() {
                Ok(number) => visitor.visit_u64(number),
                // A GUID or a time.
                Err(_) => visitor.visit_borrowed_str(text),
            },
            b'-' => visitor.visit_i64(text.parse().map_err(|_| NotCanonical)?),
            b't' if text == "true" => visitor.visit_bool(true),
            b'f' if text == "false" => visitor.visit_bool(false),
            _ => visitor.visit_borrowed_str(text),
        }
    }

    pub fn visit_enum<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match &self {
            Scalar::Plain(text) => visitor.visit_enum(StrDeserializer::new(text)),
            Scalar::Quoted(text) => visitor.visit_enum(StrDeserializer::new(text)),
        }
    }
}

/// A decimal integer that fits every integer type's reader, without leading zeros.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let canonical = !digits.starts_with('0') || text == "0";
    canonical && (1..=18).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

fn single_quoted<'de>(rest: &mut &'de str) -> Result<Cow<'de, str>> {
    let text: &'de str = &rest[1..];
    let mut end = 0;
    let mut doubled = false;
    loop {
        end += text[end..].find('\'').ok_or(NotCanonical)?;
        if !text[end + 1..].starts_with('\'') {
            break;
        }
        doubled = true;
        end += 2;
    }
    let inner = &text[..end];
    if !inner.chars().all(is_printable) {
        return Err(NotCanonical);
    }
    *rest = &text[end + 1..];
    Ok(if doubled {
        Cow::Owned(inner.replace("''", "'"))
    } else {
        Cow::Borrowed(inner)
    })
}

/// With the escapes that the emitter writes.
fn double_quoted<'de>(rest: &mut &'de str) -> Result<Cow<'de, str>> {
    let mut text = String::new();
    let mut chars = rest[1..].chars();
    loop {
        match chars.next().ok_or(NotCanonical)? {
            '"' => break,
            '\\' => {
                let digits = match chars.next().ok_or(NotCanonical)? {
                    'x' => 2,
                    'u' => 4,
                    'U' => 8,
                    c => {
                        text.push(match c {
                            'n' => '\n',
                            'r' => '\r',
                            't' => '\t',
                            '"' | '\\' => c,
                            _ => return Err(NotCanonical),
                        });
                        continue;
                    }
                };
                let hex = chars.as_str().get(..digits).ok_or(NotCanonical)?;
                if !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
                    return Err(NotCanonical);
                }
                let code = u32::from_str_radix(hex, 16).map_err(|_| NotCanonical)?;
                text.push(char::from_u32(code).ok_or(NotCanonical)?);
                chars = chars.as_str()[digits..].chars();
            }
            c if is_printable(c) => text.push(c),
            _ => return Err(NotCanonical),
        }
    }
    *rest = chars.as_str();
    Ok(Cow::Owned(text))
}
