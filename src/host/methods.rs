//! The methods and properties that people use on texts, lists and dates, under .NET's names; and conversions: `[int]$x`.

use rhai::{Array, Dynamic, Engine, EvalAltResult, FnPtr, ImmutableString, NativeCallContext};

use super::convert::{Row, Time, to_dynamic, to_value};
use super::engine_error::raise;
use super::helpers::{as_a, plain_type};
use crate::diagnostic::{Category, Diagnostic};
use crate::lang::runtime;
use crate::value::{Value, date_pattern};

type Outcome = Result<Dynamic, Box<EvalAltResult>>;
type Text = ImmutableString;

pub fn wrong(what: String) -> Box<EvalAltResult> {
    raise(Diagnostic::new("InvalidArgument", Category::Runtime, what))
}

pub fn register(engine: &mut Engine) {
    of_texts(engine);
    of_lists(engine);
    of_dates(engine);
    of_types(engine);
    engine.register_fn(
        format!("{}f", runtime::PREFIX),
        |form: Dynamic, values: Dynamic| -> Outcome {
            let values = match to_value(&values) {
                Value::List(items) => items.to_vec(),
                one => vec![one],
            };
            format_items(&to_value(&form).to_text(), &values).map(Dynamic::from)
        },
    );
}

fn index(at: usize) -> i64 {
    i64::try_from(at).unwrap_or(i64::MAX)
}

fn plain(value: &Dynamic) -> String {
    to_value(value).to_text().into_owned()
}

fn of_texts(engine: &mut Engine) {
    engine
        .register_fn("ToLower", |text: &mut Text| text.to_lowercase())
        .register_fn("ToUpper", |text: &mut Text| text.to_uppercase())
        .register_fn("Trim", |text: &mut Text| text.trim().to_owned())
        .register_fn("TrimStart", |text: &mut Text| text.trim_start().to_owned())
        .register_fn("TrimEnd", |text: &mut Text| text.trim_end().to_owned())
        .register_fn("Contains", |text: &mut Text, part: Dynamic| {
            text.contains(&plain(&part))
        })
        .register_fn("StartsWith", |text: &mut Text, part: Dynamic| {
            text.starts_with(&plain(&part))
        })
        .register_fn("EndsWith", |text: &mut Text, part: Dynamic| {
            text.ends_with(&plain(&part))
        })
        .register_fn("IndexOf", |text: &mut Text, part: Dynamic| {
            let found = text.find(&plain(&part));
            found.map_or(-1, |at| index(text[..at].chars().count()))
        })
        .register_fn(
            "Replace",
            |text: &mut Text, old: Dynamic, new: Dynamic| match plain(&old) {
                old if old.is_empty() => text.to_string(),
                old => text.replace(&old, &plain(&new)),
            },
        )
        .register_fn("Split", |text: &mut Text| -> Array {
            let parts = text.split_whitespace();
            parts.map(|part| part.to_owned().into()).collect()
        })
        .register_fn("Split", |text: &mut Text, by: Dynamic| -> Array {
            let by = plain(&by);
            let parts = text.split(|c| by.contains(c));
            parts.map(|part| part.to_owned().into()).collect()
        })
        .register_fn("Substring", |text: &mut Text, from: i64| -> Outcome {
            substring(text, from, i64::MAX)
        })
        .register_fn(
            "Substring",
            |text: &mut Text, from: i64, length: i64| -> Outcome {
                if length < 0 {
                    return Err(wrong(format!(
                        "a text of {length} characters can't be cut out"
                    )));
                }
                substring(text, from, length)
            },
        )
        .register_fn("PadLeft", |text: &mut Text, width: i64| {
            let missing = pad(text, width, ' ');
            format!("{missing}{text}")
        })
        .register_fn("PadRight", |text: &mut Text, width: i64| {
            let missing = pad(text, width, ' ');
            format!("{text}{missing}")
        })
        .register_fn("PadLeft", |text: &mut Text, width: i64, with: Dynamic| {
            let missing = pad(text, width, plain(&with).chars().next().unwrap_or(' '));
            format!("{missing}{text}")
        })
        .register_get("Exception", |text: &mut Text| text.clone())
        .register_get("Message", |text: &mut Text| text.clone());
    engine.register_fn("ToString", |value: Dynamic| plain(&value));
    engine.register_fn("ToString", |value: Dynamic, form: Dynamic| -> Outcome {
        formatted(&to_value(&value), &plain(&form)).map(Dynamic::from)
    });
}

fn pad(text: &str, width: i64, with: char) -> String {
    let width = usize::try_from(width).unwrap_or_default().min(1 << 16);
    let missing = width.saturating_sub(text.chars().count());
    std::iter::repeat_n(with, missing).collect()
}

fn substring(text: &str, from: i64, length: i64) -> Outcome {
    let count = text.chars().count();
    let start = usize::try_from(from).ok().filter(|start| *start <= count);
    let Some(start) = start else {
        return Err(wrong(format!(
            "the text has {count} characters, so none begins at {from}"
        )));
    };
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let part: String = text.chars().skip(start).take(length).collect();
    Ok(part.into())
}

fn of_lists(engine: &mut Engine) {
    engine
        .register_fn("Add", |list: &mut Array, item: Dynamic| list.push(item))
        .register_fn("AddRange", |list: &mut Array, items: Array| {
            list.extend(items)
        })
        .register_fn("Clear", |list: &mut Array| list.clear())
        .register_fn("Contains", |list: &mut Array, item: Dynamic| {
            let item = to_value(&item);
            list.iter()
                .any(|own| crate::value::equal(&to_value(own), &item, true))
        })
        .register_fn("IndexOf", |list: &mut Array, item: Dynamic| {
            let item = to_value(&item);
            let found = list
                .iter()
                .position(|own| crate::value::equal(&to_value(own), &item, true));
            found.map_or(-1, index)
        })
        .register_fn("ToArray", |list: &mut Array| list.clone())
        .register_fn(
            "Where",
            |context: NativeCallContext, list: &mut Array, test: FnPtr| -> Outcome {
                let mut kept = Array::new();
                for item in list.clone() {
                    let passed: Dynamic = test.call_within_context(&context, (item.clone(),))?;
                    if to_value(&passed).truthy() {
                        kept.push(item);
                    }
                }
                Ok(kept.into())
            },
        )
        .register_fn(
            "ForEach",
            |context: NativeCallContext, list: &mut Array, work: FnPtr| -> Outcome {
                let mut made = Array::new();
                for item in list.clone() {
                    let value: Dynamic = work.call_within_context(&context, (item,))?;
                    if !value.is_unit() {
                        made.push(value);
                    }
                }
                Ok(made.into())
            },
        )
        // `& $block`.
        .register_fn(
            format!("{}invoke", runtime::PREFIX),
            |context: NativeCallContext, block: FnPtr| -> Outcome {
                block.call_within_context(&context, (Dynamic::UNIT,))
            },
        )
        // Several places of a list: `$users[0..2]`.
        .register_fn(
            format!("{}items", runtime::PREFIX),
            |list: Dynamic, places: Dynamic| -> Outcome {
                let items = match to_value(&list) {
                    Value::List(items) => items.to_vec(),
                    one => vec![one],
                };
                let places = match to_value(&places) {
                    Value::List(places) => places.to_vec(),
                    one => vec![one],
                };
                let count = index(items.len());
                let found = places.iter().filter_map(|place| {
                    let place = match place {
                        Value::Int(i) if *i < 0 => *i + count,
                        Value::Int(i) => *i,
                        _ => return None,
                    };
                    items.get(usize::try_from(place).ok()?).cloned()
                });
                Ok(to_dynamic(Value::list(found.collect())))
            },
        );
}

fn of_dates(engine: &mut Engine) {
    use jiff::tz::TimeZone;
    let civil = |time: &Time| TimeZone::UTC.to_datetime(time.0);
    type Part = (&'static str, fn(jiff::civil::DateTime) -> i64);
    let parts: [Part; 7] = [
        ("Year", |at| at.year().into()),
        ("Month", |at| at.month().into()),
        ("Day", |at| at.day().into()),
        ("Hour", |at| at.hour().into()),
        ("Minute", |at| at.minute().into()),
        ("Second", |at| at.second().into()),
        ("DayOfYear", |at| at.day_of_year().into()),
    ];
    for (name, part) in parts {
        engine.register_get(name, move |time: &mut Time| part(civil(time)));
    }
    engine
        .register_get("Date", move |time: &mut Time| day(time))
        .register_get("DayOfWeek", move |time: &mut Time| {
            civil(time).strftime("%A").to_string()
        });
    for (name, months) in [("AddMonths", 1), ("AddYears", 12)] {
        engine.register_fn(name, move |time: &mut Time, count: i64| -> Outcome {
            let span = count
                .checked_mul(months)
                .and_then(|months| jiff::Span::new().try_months(months).ok());
            let at = span.and_then(|span| civil(time).checked_add(span).ok());
            let at = at.and_then(|at| TimeZone::UTC.to_timestamp(at).ok());
            match at {
                Some(at) => Ok(Dynamic::from(Time(at))),
                None => Err(wrong(format!("{count} is too far: no such date exists"))),
            }
        });
    }
}

fn day(time: &Time) -> Dynamic {
    let utc = jiff::tz::TimeZone::UTC;
    let date = utc.to_datetime(time.0).date();
    let start = utc.to_timestamp(date.at(0, 0, 0, 0));
    start.map_or(Dynamic::UNIT, |start| Dynamic::from(Time(start)))
}

fn of_types(engine: &mut Engine) {
    let function = |name: &str| format!("{}{name}", runtime::PREFIX);
    engine
        .register_fn(function("cast"), |name: &str, value: Dynamic| {
            cast(name, value)
        })
        .register_fn(function("today"), || -> Dynamic {
            match crate::value::moment("-0d", crate::value::now()) {
                Some(now) => day(&Time(now)),
                None => Dynamic::UNIT,
            }
        })
        .register_fn(function("now"), || Dynamic::from(Time(crate::value::now())))
        .register_fn(function("as_date"), |value: Dynamic| {
            cast("datetime", value)
        })
        .register_fn(function("is_empty"), |value: Dynamic| {
            plain(&value).is_empty()
        })
        .register_fn(function("is_blank"), |value: Dynamic| {
            plain(&value).trim().is_empty()
        })
        .register_fn(function("join_with"), |by: Dynamic, list: Dynamic| {
            let texts = match to_value(&list) {
                Value::List(items) => items
                    .iter()
                    .map(|item| item.to_text().into_owned())
                    .collect(),
                one => vec![one.to_text().into_owned()],
            };
            texts.join(&plain(&by))
        })
        .register_fn(function("new_list"), Array::new);
    let number = |value: &Dynamic| -> Result<f64, Box<EvalAltResult>> {
        let value = to_value(value);
        value
            .as_number()
            .ok_or_else(|| wrong(format!("'{}' is no number", value.to_text())))
    };
    engine
        .register_fn(function("round"), move |value: Dynamic| -> Outcome {
            Ok(whole(number(&value)?.round_ties_even()))
        })
        .register_fn(
            function("round"),
            move |value: Dynamic, digits: i64| -> Outcome {
                let digits = i32::try_from(digits.clamp(0, 15)).unwrap_or_default();
                let scale = 10_f64.powi(digits);
                Ok(whole((number(&value)? * scale).round_ties_even() / scale))
            },
        );
    type Rounding = (&'static str, fn(f64) -> f64);
    let all: [Rounding; 4] = [
        ("floor", f64::floor),
        ("ceiling", f64::ceil),
        ("truncate", f64::trunc),
        ("abs", f64::abs),
    ];
    for (name, round) in all {
        engine.register_fn(function(name), move |value: Dynamic| -> Outcome {
            Ok(whole(round(number(&value)?)))
        });
    }
    engine
        .register_fn(function("max"), move |a: Dynamic, b: Dynamic| -> Outcome {
            Ok(if number(&a)? >= number(&b)? { a } else { b })
        })
        .register_fn(function("min"), move |a: Dynamic, b: Dynamic| -> Outcome {
            Ok(if number(&a)? <= number(&b)? { a } else { b })
        });
}

/// A number without its fraction, where it has none.
fn whole(number: f64) -> Dynamic {
    #[allow(clippy::cast_possible_truncation)] // Compared before.
    if number.fract() == 0.0 && number.abs() < 9e15 {
        (number as i64).into()
    } else {
        number.into()
    }
}

/// `[type]value`.
fn cast(name: &str, value: Dynamic) -> Outcome {
    let kind = plain_type(name);
    let own = to_value(&value);
    let refuse = |what: &str| {
        raise(
            Diagnostic::new(
                "InvalidArgument",
                Category::Runtime,
                format!("'{}' can't be read as {what}", own.to_text()),
            )
            .about(own.to_text().into_owned()),
        )
    };
    Ok(match kind.as_str() {
        "void" => Dynamic::UNIT,
        "int" | "int32" | "int64" | "long" | "uint32" => match (&own, own.as_number()) {
            (Value::Null, _) => 0_i64.into(),
            (Value::Text(text), _) if text.trim().is_empty() => 0_i64.into(),
            (_, None) => return Err(refuse("a number")),
            _ => to_dynamic(as_a(&own, "int")),
        },
        "double" | "float" | "decimal" | "single" => match (&own, own.as_number()) {
            (Value::Null, _) => 0.0_f64.into(),
            (_, Some(number)) => number.into(),
            _ => return Err(refuse("a number")),
        },
        "datetime" => match own.as_time() {
            Some(time) => Dynamic::from(Time(time)),
            None => return Err(refuse("a date")),
        },
        "string" | "char" | "guid" | "regex" => match own {
            Value::List(items) => {
                let texts: Vec<_> = items.iter().map(Value::to_text).collect();
                texts.join(" ").into()
            }
            one => one.to_text().into_owned().into(),
        },
        "bool" | "boolean" | "switch" => own.truthy().into(),
        "pscustomobject" | "psobject" => match own {
            Value::Map(map) => Dynamic::from(Row::new(map)),
            _ => value,
        },
        "string[" | "int[" | "object[" | "array" | "arraylist" => match own {
            Value::List(_) => value,
            Value::Null => Array::new().into(),
            _ => vec![value].into(),
        },
        other if other.starts_with("list[") => match own {
            Value::List(_) => value,
            Value::Null => Array::new().into(),
            _ => vec![value].into(),
        },
        _ => value,
    })
}

/// `-f`: `{0}`, `{1,10}`, `{2:N2}`; `{{` is a brace.
fn format_items(form: &str, values: &[Value]) -> Result<String, Box<EvalAltResult>> {
    let mut text = String::new();
    let mut rest = form;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        let behind = &rest[at + 1..];
        if let Some(after) = behind.strip_prefix(brace) {
            text.push_str(brace);
            rest = after;
            continue;
        }
        let inside = behind.find('}').filter(|_| brace == "{");
        let Some(end) = inside else {
            return Err(wrong(format!(
                "a brace in '{form}' has no partner: write {brace}{brace} for one that is text"
            )));
        };
        let item = &behind[..end];
        rest = &behind[end + 1..];
        let (place, shape) = match item.split_once(':') {
            Some((place, shape)) => (place, shape),
            None => (item, ""),
        };
        let (place, width) = match place.split_once(',') {
            Some((place, width)) => (place, width.trim().parse::<i64>().ok()),
            None => (place, Some(0)),
        };
        let value = place
            .trim()
            .parse::<usize>()
            .ok()
            .and_then(|place| values.get(place));
        let (Some(value), Some(width)) = (value, width) else {
            return Err(wrong(format!(
                "{{{item}}} stands for none of the {} values",
                values.len()
            )));
        };
        let shown = formatted(value, shape)?;
        let fill = pad(&shown, width.abs(), ' ');
        if width >= 0 {
            text.push_str(&fill);
        }
        text.push_str(&shown);
        if width < 0 {
            text.push_str(&fill);
        }
    }
    text.push_str(rest);
    Ok(text)
}

/// A value in one of .NET's formats: N2, F1, D4, P0, X, 0.00, yyyy-MM-dd.
fn formatted(value: &Value, shape: &str) -> Result<String, Box<EvalAltResult>> {
    if shape.is_empty() {
        return Ok(match value {
            Value::List(items) => {
                let texts: Vec<_> = items.iter().map(Value::to_text).collect();
                texts.join(" ")
            }
            one => one.to_text().into_owned(),
        });
    }
    if let Value::Time(time) = value {
        let pattern = match shape {
            "d" => "%m/%d/%Y".to_owned(),
            "s" => "%Y-%m-%dT%H:%M:%S".to_owned(),
            "o" | "O" | "u" => "%Y-%m-%dT%H:%M:%SZ".to_owned(),
            shape => date_pattern(shape).map_err(raise)?,
        };
        return Ok(time.strftime(&pattern).to_string());
    }
    let (Value::Int(_) | Value::Float(_), Some(number)) = (value, value.as_number()) else {
        return Ok(value.to_text().into_owned());
    };
    let unknown = || {
        wrong(format!(
            "'{shape}' is no format of a number: write N2, F1, D4, P0, X or 0.00"
        ))
    };
    let kind = shape.chars().next().unwrap_or('G').to_ascii_uppercase();
    let digits = shape[kind.len_utf8()..].parse::<usize>().ok();
    if shape.len() > 1 && kind.is_ascii_alphabetic() && digits.is_none() {
        return Err(unknown());
    }
    let digits = digits.map(|digits| digits.min(20));
    Ok(match kind {
        'N' => grouped(number, digits.unwrap_or(2)),
        'F' => format!("{number:.*}", digits.unwrap_or(2)),
        'P' => format!("{} %", grouped(number * 100.0, digits.unwrap_or(2))),
        'D' => {
            let text = format!("{:.0}", number.abs());
            let zeros = pad(&text, index(digits.unwrap_or(0)), '0');
            format!("{}{zeros}{text}", if number < 0.0 { "-" } else { "" })
        }
        'X' => match value {
            Value::Int(i) => format!("{i:0width$X}", width = digits.unwrap_or(0)),
            _ => return Err(unknown()),
        },
        'G' | 'C' => value.to_text().into_owned(),
        '0' | '#' => {
            let decimals = shape
                .split_once('.')
                .map_or(0, |(_, decimals)| decimals.len());
            let wide = shape.split('.').next().unwrap_or_default();
            let whole = wide.matches('0').count();
            let text = if wide.contains(',') {
                grouped(number, decimals)
            } else {
                format!("{number:.decimals$}")
            };
            let length = text.split('.').next().map_or(0, str::len);
            format!("{}{text}", "0".repeat(whole.saturating_sub(length)))
        }
        _ => return Err(unknown()),
    })
}

/// With commas between thousands.
fn grouped(number: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", number.abs());
    let (whole, rest) = match text.find('.') {
        Some(at) => text.split_at(at),
        None => (text.as_str(), ""),
    };
    let mut shown = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(c);
    }
    let sign = if number < 0.0 { "-" } else { "" };
    format!("{sign}{shown}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dotnet_formats() {
        let text = |form: &str, value: Value| format_items(form, &[value]).unwrap();
        for (form, value, wanted) in [
            ("{0:N2}", Value::Float(1_234_567.891), "1,234,567.89"),
            ("{0:N0}", Value::Int(-1_234), "-1,234"),
            ("{0:D4}", Value::Int(7), "0007"),
            ("{0:P1}", Value::Float(0.625), "62.5 %"),
            ("[{0,6}]", Value::from("ab"), "[    ab]"),
            ("[{0,-6}]", Value::from("ab"), "[ab    ]"),
            ("{{{0}}}", Value::from("ab"), "{ab}"),
            ("{0:0.00}", Value::Float(2.5), "2.50"),
            ("{0:X}", Value::Int(255), "FF"),
        ] {
            assert_eq!(text(form, value), wanted, "{form}");
        }
        assert!(format_items("{1}", &[Value::Int(1)]).is_err());
        assert!(format_items("{", &[]).is_err());
    }
}
