//! `-replace`, `-split` and `-match` on texts and lists of them, with .NET's ways of naming groups.

use rhai::{Array, Dynamic, Engine, EvalAltResult};

use super::convert::{to_dynamic, to_value};
use super::engine_error::raise;
use crate::diagnostic::{Category, Diagnostic};
use crate::lang::runtime;
use crate::value::{Value, with_regex};

type Outcome = Result<Dynamic, Box<EvalAltResult>>;

pub fn register(engine: &mut Engine) {
    let operator = |name: &str| format!("{}{name}", runtime::PREFIX);
    for (name, case_sensitive) in [("", false), ("c", true)] {
        engine
            .register_fn(
                operator(&format!("{name}replace")),
                move |text: Dynamic, with: Dynamic| -> Outcome {
                    let (pattern, with) = match to_value(&with) {
                        Value::List(items) => match items.as_slice() {
                            [pattern, with] => {
                                (pattern.to_text().into_owned(), with.to_text().into_owned())
                            }
                            [pattern] => (pattern.to_text().into_owned(), String::new()),
                            _ => return Err(wrong("-replace takes a pattern and a replacement")),
                        },
                        pattern => (pattern.to_text().into_owned(), String::new()),
                    };
                    let with = numbered(&with);
                    each(&to_value(&text), &|text| {
                        with_regex(&pattern, case_sensitive, |regex| {
                            Value::from(&*regex.replace_all(text, with.as_str()))
                        })
                    })
                },
            )
            .register_fn(
                operator(&format!("{name}split")),
                move |text: Dynamic, by: Dynamic| -> Outcome {
                    let (pattern, most) = match to_value(&by) {
                        Value::List(items) => match items.as_slice() {
                            [pattern, most] => (
                                pattern.to_text().into_owned(),
                                most.as_number().unwrap_or_default(),
                            ),
                            [pattern] => (pattern.to_text().into_owned(), 0.0),
                            _ => {
                                return Err(wrong("-split takes a pattern and how many parts"));
                            }
                        },
                        pattern => (pattern.to_text().into_owned(), 0.0),
                    };
                    let mut parts = Array::new();
                    let texts = match to_value(&text) {
                        Value::List(items) => items.to_vec(),
                        one => vec![one],
                    };
                    for text in texts {
                        let found = with_regex(&pattern, case_sensitive, |regex| {
                            split(regex, &text.to_text(), most)
                        });
                        parts.extend(found.map_err(raise)?);
                    }
                    Ok(parts.into())
                },
            );
    }
}

fn wrong(what: &str) -> Box<EvalAltResult> {
    raise(Diagnostic::new("InvalidArgument", Category::Runtime, what))
}

/// A text, or each of a list.
fn each(value: &Value, change: &dyn Fn(&str) -> Result<Value, Diagnostic>) -> Outcome {
    let changed = match value {
        Value::List(items) => items
            .iter()
            .map(|item| change(&item.to_text()))
            .collect::<Result<Vec<_>, _>>()
            .map(Value::list),
        one => change(&one.to_text()),
    };
    changed.map(to_dynamic).map_err(raise)
}

/// At most so many parts (0 is all), with what the groups of the pattern caught between them.
fn split(regex: &regex::Regex, text: &str, most: f64) -> Array {
    let mut parts = Array::new();
    let mut from = 0;
    #[allow(clippy::cast_precision_loss)] // Nobody splits into 2^53 parts.
    for found in regex.captures_iter(text) {
        if most >= 1.0 && parts.len() as f64 >= most - 1.0 {
            break;
        }
        let Some(whole) = found.get(0) else { continue };
        // An empty match at the beginning splits nothing off.
        parts.push(text[from..whole.start()].to_owned().into());
        for group in found.iter().skip(1).flatten() {
            parts.push(group.as_str().to_owned().into());
        }
        from = whole.end();
    }
    parts.push(text[from..].to_owned().into());
    parts
}

/// `$1x` is group 1 and an x, where the engine's own would be a group called `1x`.
fn numbered(replacement: &str) -> String {
    let mut text = String::with_capacity(replacement.len());
    let mut rest = replacement;
    while let Some(i) = rest.find('$') {
        text.push_str(&rest[..i]);
        let behind = &rest[i + 1..];
        let digits = behind.len()
            - behind
                .trim_start_matches(|c: char| c.is_ascii_digit())
                .len();
        if digits > 0 {
            text.push_str(&format!("${{{}}}", &behind[..digits]));
            rest = &behind[digits..];
        } else if let Some(after) = behind.strip_prefix('&') {
            text.push_str("${0}");
            rest = after;
        } else {
            text.push('$');
            rest = behind;
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_named_as_in_dotnet() {
        for (given, wanted) in [
            ("$1x", "${1}x"),
            ("${1}x", "${1}x"),
            ("[$&]", "[${0}]"),
            ("$name 5$", "$name 5$"),
        ] {
            assert_eq!(numbered(given), wanted);
        }
    }
}
