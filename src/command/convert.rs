//! A value as the type a parameter takes, or an error that names the parameter.

use super::names::Names;
use super::parameter::{Kind, Parameter};
use crate::diagnostic::Diagnostic;
use crate::tenant::Location;
use crate::value::{Value, number, time};

/// Converts a value to what the parameter takes. `raw` is a literal's spelling, which text parameters keep.
pub(super) fn convert(
    parameter: &Parameter,
    value: Value,
    raw: Option<&str>,
) -> Result<Value, Diagnostic> {
    if matches!(parameter.kind, Kind::Any) && !parameter.list {
        return Ok(value);
    }
    if !parameter.list {
        return match value {
            Value::List(items) if items.len() == 1 => scalar(parameter, items[0].clone(), raw),
            Value::List(items) => Err(mismatch(parameter, &format!("a list of {}", items.len()))
                .hint(if parameter.takes_pipeline() {
                    format!(
                        "-{} takes one value; pipe the list in instead",
                        parameter.name
                    )
                } else {
                    format!("-{} takes one value", parameter.name)
                })),
            one => scalar(parameter, one, raw),
        };
    }
    let items = match value {
        Value::List(items) => items
            .iter()
            .map(|item| scalar(parameter, item.clone(), None))
            .collect::<Result<Vec<_>, _>>()?,
        one => vec![scalar(parameter, one, raw)?],
    };
    if items.is_empty() && parameter.mandatory {
        return Err(empty(parameter, "the empty list"));
    }
    Ok(Value::list(items))
}

fn scalar(parameter: &Parameter, value: Value, raw: Option<&str>) -> Result<Value, Diagnostic> {
    let fault = || mismatch(parameter, &shown(&value));
    match parameter.kind {
        Kind::Any => Ok(value),
        Kind::Switch | Kind::Bool => match &value {
            Value::Bool(_) => Ok(value),
            Value::Int(_) | Value::Float(_) => Ok(Value::Bool(value.truthy())),
            // A text would be true to PowerShell, whatever it says.
            Value::Text(_) if parameter.kind == Kind::Switch => Err(fault().hint(format!(
                "write -{} alone, or -{}:$false",
                parameter.name, parameter.name
            ))),
            Value::Text(text) if text.eq_ignore_ascii_case("true") => Ok(Value::Bool(true)),
            Value::Text(text) if text.eq_ignore_ascii_case("false") => Ok(Value::Bool(false)),
            _ => Err(fault().hint("write $true or $false")),
        },
        Kind::Int => match &value {
            Value::Int(_) => Ok(value),
            Value::Float(f) if f.fract() == 0.0 => match number(&format!("{f:.0}")) {
                Some(whole @ Value::Int(_)) => Ok(whole),
                _ => Err(fault()),
            },
            Value::Text(text) => match number(text.trim()) {
                Some(whole @ Value::Int(_)) => Ok(whole),
                _ => Err(fault()),
            },
            _ => Err(fault()),
        },
        Kind::Time => match &value {
            Value::Time(_) => Ok(value),
            Value::Text(text) => time(text.trim()).map(Value::Time).ok_or_else(|| {
                fault().hint("write a date such as 2026-11-24 or 2026-11-24T10:00:00Z")
            }),
            _ => Err(fault()),
        },
        Kind::Block => match value {
            Value::Block(_) => Ok(value),
            _ => Err(fault().hint("write a block: { $_.Department -eq 'Sales' }")),
        },
        Kind::Choice(choices) => {
            let text = value.to_text();
            match choices.iter().find(|own| own.eq_ignore_ascii_case(&text)) {
                Some(own) => Ok(Value::from(*own)),
                None => Err(Diagnostic::usage(
                    "InvalidArgument",
                    format!("-{} can't be '{text}'", parameter.name),
                )
                .hint(format!("it is one of {}", choices.join(", ")))
                .did_you_mean(&text, choices.iter().copied())),
            }
        }
        Kind::Text | Kind::Name(_) => named_text(parameter, value, raw),
    }
}

fn named_text(parameter: &Parameter, value: Value, raw: Option<&str>) -> Result<Value, Diagnostic> {
    match value {
        Value::Null => Err(empty(parameter, "null")),
        Value::Map(_) | Value::Block(_) if parameter.kind == Kind::Name(Names::Column) => Ok(value),
        Value::Block(_) => Err(mismatch(parameter, "a script block").hint(
            "a block on a parameter is not evaluated for each object; use ForEach-Object { … $_ … }",
        )),
        Value::Map(_) => Err(mismatch(parameter, "a map")),
        Value::Object(_) if parameter.kind == Kind::Name(Names::User) => Ok(value),
        Value::Text(text) if text.trim().is_empty() && parameter.mandatory => {
            Err(empty(parameter, "the empty text"))
        }
        Value::Text(text) if parameter.kind == Kind::Name(Names::Location) => {
            match Location::known(text.trim()) {
                Some(location) => Ok(location.to_string().into()),
                None => Err(mismatch(parameter, &format!("'{text}'")).hint(
                    match text.trim().to_ascii_uppercase().as_str() {
                        "UK" => "the United Kingdom is GB",
                        "EL" => "Greece is GR",
                        _ => "a country has two letters, such as SE",
                    },
                )),
            }
        }
        Value::Text(_) => Ok(value),
        other => Ok(match raw {
            Some(raw) => Value::from(raw),
            None => other.to_text().into_owned().into(),
        }),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("'{text}'"),
        Value::Int(_) | Value::Float(_) | Value::Bool(_) => value.to_text().into_owned(),
        Value::Null => "null".to_owned(),
        other => format!("a {}", other.type_name()),
    }
}

fn mismatch(parameter: &Parameter, got: &str) -> Diagnostic {
    Diagnostic::usage(
        "InvalidArgument",
        format!(
            "-{} takes a value of type {}, not {got}",
            parameter.name,
            parameter.type_name()
        ),
    )
}

fn empty(parameter: &Parameter, what: &str) -> Diagnostic {
    Diagnostic::usage(
        "EmptyArgument",
        format!("-{} can't be {what}", parameter.name),
    )
    .hint("check that the variable or column it comes from has a value")
}
