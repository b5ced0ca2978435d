//! Values as text and text as values: numbers, times, and what a cell of a table shows.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Value;

impl Value {
    /// The value as one text: an object by its identity, a list by its items, null as nothing.
    pub fn to_text(&self) -> Cow<'_, str> {
        match self {
            Value::Null => Cow::Borrowed(""),
            Value::Bool(b) => Cow::Borrowed(if *b { "true" } else { "false" }),
            Value::Int(i) => Cow::Owned(i.to_string()),
            Value::Float(f) => Cow::Owned(f.to_string()),
            Value::Text(text) => Cow::Borrowed(text),
            Value::Time(time) => Cow::Owned(show_time(*time)),
            Value::List(items) => {
                let texts: Vec<_> = items.iter().map(Value::to_text).collect();
                Cow::Owned(texts.join(", "))
            }
            Value::Map(map) => {
                let fields: Vec<_> = map
                    .iter()
                    .map(|(name, value)| format!("{name}={}", value.to_text()))
                    .collect();
                Cow::Owned(format!("@{{{}}}", fields.join("; ")))
            }
            Value::Object(object) => Cow::Owned(object.identity()),
            Value::Block(block) => Cow::Owned(format!("{{{}}}", block.text)),
        }
    }

    /// The same, shared instead of copied where it already is a text.
    pub fn to_shared_text(&self) -> Arc<str> {
        match self {
            Value::Text(text) => Arc::clone(text),
            other => Arc::from(&*other.to_text()),
        }
    }

    /// The value as a number, reading a text as PowerShell does.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Value::Bool(b) => Some(f64::from(u8::from(*b))),
            // Counts of seats and users are far below 2^53.
            #[allow(clippy::cast_precision_loss)]
            Value::Int(i) => Some(*i as f64),
            Value::Float(f) => Some(*f),
            Value::Text(text) => match number(text.trim())? {
                #[allow(clippy::cast_precision_loss)]
                Value::Int(i) => Some(i as f64),
                Value::Float(f) => Some(f),
                _ => None,
            },
            _ => None,
        }
    }

    /// The value as a time, reading texts as Get-Date does.
    pub fn as_time(&self) -> Option<Timestamp> {
        match self {
            Value::Time(time) => Some(*time),
            Value::Text(text) => moment(text.trim(), NOW.get()),
            _ => None,
        }
    }
}

/// A whole text as a number: `10`, `-5`, `1.5`, `0x1F`, `64kb`; `None` for anything else.
pub fn number(text: &str) -> Option<Value> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let signed = |i: i64| if negative { i.checked_neg() } else { Some(i) };
    let lower = digits.to_ascii_lowercase();
    if let Some(hex) = lower.strip_prefix("0x") {
        let plain = !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit());
        return plain
            .then(|| i64::from_str_radix(hex, 16).ok())
            .flatten()
            .and_then(signed)
            .map(Value::Int);
    }
    for (suffix, shift) in [("kb", 10), ("mb", 20), ("gb", 30), ("tb", 40)] {
        if let Some(number) = lower.strip_suffix(suffix) {
            let whole: i64 = digits_only(number)?.parse().ok()?;
            return whole
                .checked_mul(1_i64 << shift)
                .and_then(signed)
                .map(Value::Int);
        }
    }
    if let Some(whole) = digits_only(digits) {
        return whole.parse().ok().and_then(signed).map(Value::Int);
    }
    let (whole, fraction) = digits.split_once('.')?;
    digits_only(whole)?;
    digits_only(fraction)?;
    text.parse().ok().map(Value::Float)
}

fn digits_only(text: &str) -> Option<&str> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then_some(text)
}

/// An ISO 8601 time or date; without a zone it is UTC.
pub fn time(text: &str) -> Option<Timestamp> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let civil = match text.parse::<DateTime>() {
        Ok(civil) => civil,
        Err(_) => text.parse::<Date>().ok()?.at(0, 0, 0, 0),
    };
    TimeZone::UTC.to_timestamp(civil).ok()
}

thread_local! {
    static NOW: Cell<Timestamp> = const { Cell::new(Timestamp::UNIX_EPOCH) };
}

/// Says what time it is to texts such as `-90d` that are compared with times.
pub fn set_now(now: Timestamp) {
    NOW.set(now);
}

/// What [`set_now`] said last.
pub fn now() -> Timestamp {
    NOW.get()
}

/// The point in time that a text stands for: so long from now (`+31d`, `-2w`, `-12h`), or a date.
pub fn moment(text: &str, now: Timestamp) -> Option<Timestamp> {
    let span = |text: &str| -> Option<SignedDuration> {
        let unit = text.chars().next_back()?;
        let seconds = match unit.to_ascii_lowercase() {
            'h' => 3_600,
            'd' => 86_400,
            'w' => 7 * 86_400,
            _ => return None,
        };
        let count: u32 = text[..text.len() - unit.len_utf8()].parse().ok()?;
        Some(SignedDuration::from_secs(i64::from(count) * seconds))
    };
    match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(rest), _) => now.checked_add(span(rest)?).ok(),
        (_, Some(rest)) => now.checked_sub(span(rest)?).ok(),
        _ => time(text).or_else(|| spelled(text)),
    }
}

/// A date with its month as a word, or with the year in front. 01/08/2026 is one day here and another there: it is none.
fn spelled(text: &str) -> Option<Timestamp> {
    const FORMS: [&str; 7] = [
        "%Y/%m/%d",
        "%B %d, %Y",
        "%B %d %Y",
        "%d %B %Y",
        "%b %d, %Y",
        "%b %d %Y",
        "%d %b %Y",
    ];
    let date = FORMS
        .iter()
        .find_map(|form| Date::strptime(form, text).ok())?;
    TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()
}

/// ISO 8601 in UTC; whole days are shown as dates.
pub fn show_time(time: Timestamp) -> String {
    const DAY: i64 = 86_400;
    if time.subsec_nanosecond() == 0 && time.as_second().rem_euclid(DAY) == 0 {
        return time.strftime("%Y-%m-%d").to_string();
    }
    time.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_token_is_a_number() {
        let shown = |text| number(text).map(|n| n.to_text().into_owned());
        for (text, expected) in [
            ("10", Some("10")),
            ("-5", Some("-5")),
            ("1.5", Some("1.5")),
            ("0x1F", Some("31")),
            ("64kb", Some("65536")),
            ("0123", Some("123")),
            ("-90d", None),
            ("1e5", None),
            ("1E5", None),
            ("1.", None),
            (".5", None),
            ("", None),
            ("-", None),
            ("0x", None),
            ("0x-5", None),
            ("99999999999999999999", None),
            ("9999999999999tb", None),
            ("12-34", None),
        ] {
            assert_eq!(shown(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn times_are_read_in_utc_and_whole_days_shown_as_dates() {
        for (text, shown) in [
            ("2026-11-24", "2026-11-24"),
            ("2026-11-24T10:00:00Z", "2026-11-24T10:00:00Z"),
            ("2026-11-24 10:00:00", "2026-11-24T10:00:00Z"),
            ("2026-11-24T10:00:00+02:00", "2026-11-24T08:00:00Z"),
        ] {
            assert_eq!(show_time(time(text).unwrap()), shown);
        }
        assert_eq!(time("soon"), None);
    }
}
