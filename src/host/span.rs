//! The time between two dates: `(Get-Date) - $user.Created`, with .NET's names for its parts.

use std::fmt;

use jiff::SignedDuration;
use rhai::Engine;

use super::convert::Time;

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Span(pub SignedDuration);

const DAY: i64 = 86_400;

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let seconds = self.0.as_secs();
        let sign = if seconds < 0 { "-" } else { "" };
        let rest = seconds.abs();
        let (days, hours, minutes) = (rest / DAY, rest / 3_600 % 24, rest / 60 % 60);
        let seconds = rest % 60;
        if days > 0 {
            write!(f, "{sign}{days}.{hours:02}:{minutes:02}:{seconds:02}")
        } else {
            write!(f, "{sign}{hours:02}:{minutes:02}:{seconds:02}")
        }
    }
}

pub fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Span>("time span");
    engine
        .register_fn("-", |a: Time, b: Time| Span(a.0.duration_since(b.0)))
        .register_fn("to_string", |span: &mut Span| span.to_string())
        .register_fn("to_debug", |span: &mut Span| span.to_string());
    type Part = (&'static str, fn(i64) -> i64);
    let parts: [Part; 4] = [
        ("Days", |s| s / DAY),
        ("Hours", |s| s / 3_600 % 24),
        ("Minutes", |s| s / 60 % 60),
        ("Seconds", |s| s % 60),
    ];
    for (name, part) in parts {
        for name in [name.to_owned(), name.to_lowercase()] {
            engine.register_get(name, move |span: &mut Span| part(span.0.as_secs()));
        }
    }
    let totals = [
        ("TotalDays", 86_400.0),
        ("TotalHours", 3_600.0),
        ("TotalMinutes", 60.0),
        ("TotalSeconds", 1.0),
    ];
    for (name, unit) in totals {
        for name in [name.to_owned(), name.to_lowercase()] {
            engine.register_get(name, move |span: &mut Span| span.0.as_secs_f64() / unit);
        }
    }
    engine
        .register_fn("==", |a: Span, b: Span| a == b)
        .register_fn("!=", |a: Span, b: Span| a != b)
        .register_fn("<", |a: Span, b: Span| a < b)
        .register_fn("<=", |a: Span, b: Span| a <= b)
        .register_fn(">", |a: Span, b: Span| a > b)
        .register_fn(">=", |a: Span, b: Span| a >= b);
}
