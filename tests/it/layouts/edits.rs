//! What a hand, an editor or another program makes of tenant.yaml without changing what it says.

use std::ops::Range;

use serde_yaml::{Mapping, Value};

use crate::random::Random;

mod global;
mod local;

pub use global::GLOBAL;
pub use local::LOCAL;

/// An edit; none where the text has no place for it.
pub type Edit = fn(&str, &mut Random) -> Option<String>;

/// The items of a list in block style, each with all lines up to the next one.
pub fn items(text: &str, section: &str) -> Vec<Range<usize>> {
    let mut items: Vec<Range<usize>> = Vec::new();
    let mut inside = false;
    let mut dash = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let content = line.trim_end();
        let indent = line.len() - line.trim_start_matches(' ').len();
        let is_item = content.trim_start().starts_with("- ") || content.trim_start() == "-";
        if indent == 0 && !is_item && !content.is_empty() && !content.starts_with('#') {
            inside = content.starts_with(&format!("{section}:"));
        } else if inside && is_item && *dash.get_or_insert(indent) == indent {
            items.push(start..at);
            continue;
        }
        if inside && let Some(item) = items.last_mut() {
            item.end = at;
        }
    }
    // A gap behind an item is no part of it.
    for item in &mut items {
        while let Some(line) = text[item.clone()].split_inclusive('\n').next_back() {
            let content = line.trim();
            if !content.is_empty() && !content.starts_with('#') {
                break;
            }
            item.end -= line.len();
        }
    }
    items
}

fn item(text: &str, random: &mut Random) -> Option<Range<usize>> {
    let section = random.of(&["users", "users", "users", "groups", "products"]);
    let items = items(text, section);
    (!items.is_empty()).then(|| items[random.below(items.len())].clone())
}

/// One item made into another text.
fn with_item(
    text: &str,
    random: &mut Random,
    make: impl Fn(&str, &mut Random) -> Option<String>,
) -> Option<String> {
    let range = item(text, random)?;
    let made = make(&text[range.clone()], random)?;
    Some(format!(
        "{}{made}{}",
        &text[..range.start],
        &text[range.end..]
    ))
}

/// One line of an item, of those that fit, made into others.
fn with_line(
    text: &str,
    random: &mut Random,
    fits: impl Fn(&str) -> bool,
    make: impl Fn(&str, &str) -> String,
) -> Option<String> {
    with_item(text, random, |item, random| {
        let lines: Vec<&str> = item.split_inclusive('\n').collect();
        let fitting: Vec<usize> = (0..lines.len())
            .filter(|n| fits(lines[*n].trim_end()))
            .collect();
        if fitting.is_empty() {
            return None;
        }
        let chosen = fitting[random.below(fitting.len())];
        let made = lines.iter().enumerate().map(|(n, line)| {
            if n != chosen {
                return (*line).to_owned();
            }
            let content = line.trim_end_matches(['\r', '\n']);
            make(content, &line[content.len()..])
        });
        Some(made.collect())
    })
}

/// `key: value` at the first level of an item, plain.
fn is_scalar(line: &str) -> bool {
    let bare = line.trim_start_matches([' ', '-']);
    let indent = line.len() - bare.len();
    bare.split_once(": ").is_some_and(|(key, value)| {
        indent <= 4
            && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && value.starts_with(|c: char| c.is_alphabetic())
            && !value.contains(['#', '\'', '"', '\\'])
            && !["true", "false"].contains(&value)
    })
}

fn is_key(line: &str) -> bool {
    let bare = line.trim_start_matches([' ', '-']);
    let key = bare.split(':').next().unwrap_or_default();
    bare.contains(':')
        && !key.is_empty()
        && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

fn split(line: &str) -> (&str, &str, &str) {
    let bare = line.trim_start_matches([' ', '-']);
    let (head, _) = line.split_at(line.len() - bare.len());
    let (key, value) = bare.split_once(':').unwrap();
    (head, key, value)
}

fn value(text: &str) -> Option<Value> {
    serde_yaml::from_str(text.trim_start_matches('\u{feff}')).ok()
}

fn item_value(item: &str) -> Option<Mapping> {
    let list: Vec<Mapping> = serde_yaml::from_str(item).ok()?;
    list.into_iter().next()
}

fn indent_of(item: &str) -> usize {
    item.len() - item.trim_start_matches(' ').len()
}

fn json(value: &Value) -> Option<String> {
    serde_json::to_string(value).ok()
}

/// A comment that a test can look for.
fn note(random: &mut Random) -> String {
    format!("# note {}: it's \"so\" - {{x}}", random.below(1 << 20))
}

/// `text` as `PyYAML` writes it with `indent=4`.
fn four(value: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    match value {
        Value::Mapping(map) if !map.is_empty() => {
            for (key, inner) in map {
                out.push_str(&format!("{pad}{}:", key.as_str().unwrap()));
                below(inner, indent, out);
            }
        }
        Value::Sequence(list) if !list.is_empty() => {
            for inner in list {
                let mut lines = String::new();
                match inner {
                    Value::Mapping(_) => four(inner, indent + 4, &mut lines),
                    _ => lines = format!("{pad}    {}\n", json(inner).unwrap()),
                }
                lines.replace_range(indent..indent + 1, "-");
                out.push_str(&lines);
            }
        }
        _ => out.push_str(&format!("{pad}{}\n", json(value).unwrap())),
    }
}

fn below(inner: &Value, indent: usize, out: &mut String) {
    match inner {
        Value::Mapping(map) if !map.is_empty() => {
            out.push('\n');
            four(inner, indent + 4, out);
        }
        Value::Sequence(list) if !list.is_empty() => {
            out.push('\n');
            four(inner, indent, out);
        }
        _ => out.push_str(&format!(" {}\n", json(inner).unwrap())),
    }
}

/// A user that says nothing of a field, with a line that says what is so without it.
fn with_default(text: &str, random: &mut Random, field: &str, value: &str) -> Option<String> {
    let users: Vec<_> = items(text, "users")
        .into_iter()
        .filter(|range| {
            let item = &text[range.clone()];
            item.contains("  upn: ") && !item.contains(field)
        })
        .collect();
    let range = users.get(random.below(users.len()))?.clone();
    let item = text[range.clone()].trim_end();
    let pad = " ".repeat(indent_of(item));
    Some(format!(
        "{}{item}\n{pad}  {field}: {value}\n{}",
        &text[..range.start],
        &text[range.end..]
    ))
}
