//! Arithmetic as PowerShell has it, where a `$` takes part: 7/2 is 3.5, the left side decides whether a sum joins texts.

use jiff::SignedDuration;
use rhai::{Array, Dynamic, Engine, EvalAltResult};

use super::convert::{Time, to_dynamic, to_value};
use super::engine_error::raise;
use super::span::Span;
use crate::diagnostic::{Category, Diagnostic};
use crate::lang::runtime;
use crate::value::{Value, number};

type Outcome = Result<Dynamic, Box<EvalAltResult>>;

/// More than anyone means by a range.
const LONGEST: i64 = 50_000_000;

pub fn register(engine: &mut Engine) {
    type Operator = fn(&Dynamic, &Dynamic) -> Outcome;
    let all: [(&str, Operator); 5] = [
        ("add", add),
        ("sub", sub),
        ("mul", mul),
        ("div", div),
        ("mod", modulo),
    ];
    for (name, operator) in all {
        engine
            .register_fn(
                format!("{}{name}", runtime::PREFIX),
                move |left: Dynamic, right: Dynamic| operator(&left, &right),
            )
            .register_fn(
                format!("{}assign_{name}", runtime::PREFIX),
                move |left: &mut Dynamic, right: Dynamic| -> Result<(), Box<EvalAltResult>> {
                    if name == "add"
                        && let Ok(mut list) = left.as_array_mut()
                    {
                        append(&mut list, right);
                        return Ok(());
                    }
                    *left = operator(left, &right)?;
                    Ok(())
                },
            );
    }
    engine.register_fn(
        format!("{}range", runtime::PREFIX),
        |from: Dynamic, to: Dynamic| -> Result<Array, Box<EvalAltResult>> {
            let (Some(from), Some(to)) = (whole(&from), whole(&to)) else {
                return Err(fault("the ends of a range are whole numbers"));
            };
            if from.abs_diff(to) > LONGEST.unsigned_abs() {
                return Err(fault("the range is too long"));
            }
            Ok(if from <= to {
                (from..=to).map(Dynamic::from).collect()
            } else {
                (to..=from).rev().map(Dynamic::from).collect()
            })
        },
    );
}

fn fault(what: &str) -> Box<EvalAltResult> {
    let fault = Diagnostic::new("WrongType", Category::Runtime, what);
    raise(
        fault
            .hint("look at the values first: Write-Output $a, $b | Get-Member tells what they are"),
    )
}

fn by_zero() -> Box<EvalAltResult> {
    let fault = Diagnostic::new(
        "DivisionByZero",
        Category::Runtime,
        "nothing can be divided by 0",
    );
    raise(fault.hint("ask before: if ($count) { $part / $count }"))
}

fn append(list: &mut Array, right: Dynamic) {
    match right.read_lock::<Array>() {
        Some(items) => list.extend(items.iter().cloned()),
        None => list.push(right.clone()),
    }
}

fn whole(value: &Dynamic) -> Option<i64> {
    match operand(value) {
        Some(Value::Int(i)) => Some(i),
        #[allow(clippy::cast_possible_truncation)] // Saturates.
        Some(Value::Float(f)) => Some(f.round_ties_even() as i64),
        _ => None,
    }
}

/// A side as a number: nothing is 0, a text is read.
fn operand(value: &Dynamic) -> Option<Value> {
    if let Ok(i) = value.as_int() {
        return Some(Value::Int(i));
    }
    match to_value(value) {
        Value::Null => Some(Value::Int(0)),
        Value::Bool(b) => Some(Value::Int(b.into())),
        Value::Text(text) if text.trim().is_empty() => Some(Value::Int(0)),
        Value::Text(text) => number(text.trim()),
        number @ (Value::Int(_) | Value::Float(_)) => Some(number),
        Value::List(items) => match items.as_slice() {
            [one] => operand(&to_dynamic(one.clone())),
            _ => None,
        },
        _ => None,
    }
}

fn numbers(
    sign: &str,
    left: &Dynamic,
    right: &Dynamic,
    of_ints: fn(i64, i64) -> Option<i64>,
    of_floats: fn(f64, f64) -> f64,
) -> Outcome {
    let (Some(a), Some(b)) = (operand(left), operand(right)) else {
        let bad = if operand(left).is_none() { left } else { right };
        return Err(raise(
            Diagnostic::new(
                "WrongType",
                Category::Runtime,
                format!(
                    "{} can't be calculated with: {sign} takes numbers",
                    shown(bad)
                ),
            )
            .hint("a list is summed up by Measure-Object -Sum"),
        ));
    };
    if let (Value::Int(a), Value::Int(b)) = (&a, &b)
        && let Some(result) = of_ints(*a, *b)
    {
        return Ok(result.into());
    }
    let (a, b) = (
        a.as_number().unwrap_or_default(),
        b.as_number().unwrap_or_default(),
    );
    Ok(of_floats(a, b).into())
}

fn shown(value: &Dynamic) -> String {
    match to_value(value) {
        Value::Text(text) => format!("'{text}'"),
        other => format!("a {}", other.type_name()),
    }
}

fn add(left: &Dynamic, right: &Dynamic) -> Outcome {
    if let (Ok(a), Ok(b)) = (left.as_int(), right.as_int())
        && let Some(sum) = a.checked_add(b)
    {
        return Ok(sum.into());
    }
    if let Some(list) = left.read_lock::<Array>() {
        let mut list = list.clone();
        append(&mut list, right.clone());
        return Ok(list.into());
    }
    if let (Some(time), Some(span)) = (left.read_lock::<Time>(), right.read_lock::<Span>()) {
        return moved(&time, span.0);
    }
    match (to_value(left), to_value(right)) {
        (Value::Text(a), b) => Ok(format!("{a}{}", joined(&b)).into()),
        (Value::Null, Value::Null) => Ok(Dynamic::UNIT),
        (Value::Null, _) => Ok(right.clone()),
        _ => numbers("+", left, right, i64::checked_add, |a, b| a + b),
    }
}

/// As a part of a text: a list's items with a blank between them.
fn joined(value: &Value) -> String {
    match value {
        Value::List(items) => {
            let texts: Vec<_> = items.iter().map(Value::to_text).collect();
            texts.join(" ")
        }
        one => one.to_text().into_owned(),
    }
}

fn moved(time: &Time, by: SignedDuration) -> Outcome {
    match time.0.checked_add(by) {
        Ok(time) => Ok(Dynamic::from(Time(time))),
        Err(_) => Err(fault("that is too far: no such date exists")),
    }
}

fn sub(left: &Dynamic, right: &Dynamic) -> Outcome {
    if let Some(time) = left.read_lock::<Time>() {
        if let Some(span) = right.read_lock::<Span>() {
            return moved(&time, -span.0);
        }
        return match to_value(right).as_time() {
            Some(other) => Ok(Dynamic::from(Span(time.0.duration_since(other)))),
            None => Err(fault("from a date a date or a time span is taken")),
        };
    }
    numbers("-", left, right, i64::checked_sub, |a, b| a - b)
}

fn mul(left: &Dynamic, right: &Dynamic) -> Outcome {
    if let (Value::Text(text), Some(times)) = (to_value(left), whole(right)) {
        let times = usize::try_from(times).unwrap_or_default();
        if times.saturating_mul(text.len()) > 1 << 24 {
            return Err(fault("the text becomes too long"));
        }
        return Ok(text.repeat(times).into());
    }
    numbers("*", left, right, i64::checked_mul, |a, b| a * b)
}

fn div(left: &Dynamic, right: &Dynamic) -> Outcome {
    let zero = operand(right).and_then(|right| right.as_number()) == Some(0.0);
    if zero {
        return Err(by_zero());
    }
    let whole = |a: i64, b: i64| (a.checked_rem(b)? == 0).then(|| a / b);
    numbers("/", left, right, whole, |a, b| a / b)
}

fn modulo(left: &Dynamic, right: &Dynamic) -> Outcome {
    let zero = operand(right).and_then(|right| right.as_number()) == Some(0.0);
    if zero {
        return Err(by_zero());
    }
    numbers("%", left, right, i64::checked_rem, |a, b| a % b)
}
