//! Edits within one item.

use serde_yaml::{Mapping, Value};

use super::*;

/// Edits of one place, after which every other block is to stay byte for byte.
pub const LOCAL: &[(&str, Edit)] = &[
    ("comment above an item", |t, r| {
        let note = note(r);
        with_item(t, r, |item, _| Some(format!("{note}\n{item}")))
    }),
    ("comment within an item", |t, r| {
        let note = note(r);
        with_line(t, r, is_key, |line, end| {
            let head = " ".repeat(indent_of(line));
            match line.trim_start().starts_with('-') {
                true => format!("{line}{end}{head}  {note}{end}"),
                false => format!("{head}{note}{end}{line}{end}"),
            }
        })
    }),
    ("comment behind a value", |t, r| {
        let note = note(r);
        with_line(t, r, is_scalar, |line, end| format!("{line} {note}{end}"))
    }),
    ("comment behind a dash", |t, r| {
        let note = note(r);
        with_item(t, r, |item, _| {
            let pad = " ".repeat(indent_of(item));
            let rest = item.trim_start().strip_prefix("- ")?;
            Some(format!("{pad}- {note}\n{pad}  {rest}"))
        })
    }),
    ("blank lines", |t, r| {
        with_line(t, r, is_key, |line, end| {
            format!("{line}{end}{end}   {end}")
        })
    }),
    ("key in double quotes", |t, r| {
        with_line(t, r, is_key, |line, end| {
            let (head, key, value) = split(line);
            format!("{head}\"{key}\":{value}{end}")
        })
    }),
    ("key in single quotes", |t, r| {
        with_line(t, r, is_key, |line, end| {
            let (head, key, value) = split(line);
            format!("{head}'{key}':{value}{end}")
        })
    }),
    ("blank before the colon", |t, r| {
        with_line(t, r, is_key, |line, end| {
            let (head, key, value) = split(line);
            format!("{head}{key} :{value}{end}")
        })
    }),
    ("explicit key", |t, r| {
        with_line(t, r, is_scalar, |line, end| {
            let (head, key, value) = split(line);
            let pad = " ".repeat(head.len());
            format!("{head}? {key}{end}{pad}:{value}{end}")
        })
    }),
    ("item in flow style", |t, r| {
        with_item(t, r, |item, _| {
            let pad = " ".repeat(indent_of(item));
            Some(format!("{pad}- {}\n", json(&item_value(item)?.into())?))
        })
    }),
    ("item in flow style over several lines", |t, r| {
        let note = note(r);
        with_item(t, r, |item, _| {
            let pad = " ".repeat(indent_of(item));
            let map = item_value(item)?;
            let fields: Option<Vec<String>> = map
                .iter()
                .map(|(key, value)| Some(format!("{}: {}", key.as_str()?, json(value)?)))
                .collect();
            let fields = fields?.join(&format!(",\n{pad}   "));
            Some(format!("{pad}- {{{fields}\n{pad}   {note}\n{pad}  }}\n"))
        })
    }),
    ("item indented by four", |t, r| {
        with_item(t, r, |item, _| {
            let pad = indent_of(item);
            let mut out = String::new();
            four(&item_value(item)?.into(), pad + 4, &mut out);
            out.replace_range(pad..pad + 1, "-");
            Some(out)
        })
    }),
    ("bare dash", |t, r| {
        with_item(t, r, |item, _| {
            let pad = " ".repeat(indent_of(item));
            let rest = item.trim_start().strip_prefix("- ")?;
            Some(format!("{pad}-\n{pad}  {rest}"))
        })
    }),
    ("bare dash with blanks", |t, r| {
        with_item(t, r, |item, _| {
            let pad = " ".repeat(indent_of(item));
            let rest = item.trim_start().strip_prefix("- ")?;
            Some(format!("{pad}-  \n{pad}  {rest}"))
        })
    }),
    ("keys in another order", |t, r| {
        with_item(t, r, |item, random| {
            let mut fields: Vec<(Value, Value)> = item_value(item)?.into_iter().collect();
            let by = random.below(fields.len());
            fields.rotate_left(by);
            let map: Mapping = fields.into_iter().collect();
            let text = serde_yaml::to_string(&vec![map]).ok()?;
            let pad = " ".repeat(indent_of(item));
            Some(text.lines().map(|line| format!("{pad}{line}\n")).collect())
        })
    }),
    ("value in double quotes", |t, r| {
        with_line(t, r, is_scalar, |line, end| {
            let (head, key, value) = split(line);
            format!("{head}{key}: \"{}\"{end}", value.trim())
        })
    }),
    ("value in single quotes", |t, r| {
        with_line(t, r, is_scalar, |line, end| {
            let (head, key, value) = split(line);
            format!("{head}{key}:   '{}'{end}", value.trim())
        })
    }),
    ("value with escapes", |t, r| {
        with_line(t, r, is_scalar, |line, end| {
            let (head, key, value) = split(line);
            let escaped: String = value
                .trim()
                .chars()
                .map(|c| format!("\\U{:08x}", c as u32))
                .collect();
            format!("{head}{key}: \"{escaped}\"{end}")
        })
    }),
    ("literal scalar", |t, r| {
        with_line(t, r, is_scalar, |line, end| {
            let (head, key, value) = split(line);
            let pad = " ".repeat(head.len() + 2);
            format!("{head}{key}: |-{end}{pad}{}{end}", value.trim())
        })
    }),
    ("folded scalar with blank lines", |t, r| {
        with_line(t, r, is_scalar, |line, end| {
            let (head, key, value) = split(line);
            let pad = " ".repeat(head.len() + 2);
            format!("{head}{key}: >-{end}{pad}{}{end}{end}{end}", value.trim())
        })
    }),
    ("plain scalar over two lines", |t, r| {
        with_line(
            t,
            r,
            |line| {
                is_scalar(line)
                    && split(line).2.trim().contains(' ')
                    && !split(line).2.trim().contains("  ")
            },
            |line, end| {
                let (head, key, value) = split(line);
                let pad = " ".repeat(head.len() + 4);
                let (one, two) = value.trim().split_once(' ').unwrap();
                format!("{head}{key}: {one}{end}{pad}{two}{end}")
            },
        )
    }),
    ("value below its key", |t, r| {
        with_line(t, r, is_scalar, |line, end| {
            let (head, key, value) = split(line);
            let pad = " ".repeat(head.len() + 3);
            format!("{head}{key}:{end}{pad}{}{end}", value.trim())
        })
    }),
    ("double quotes over two lines", |t, r| {
        with_line(t, r, is_scalar, |line, end| {
            let (head, key, value) = split(line);
            let pad = " ".repeat(head.len() + 1);
            let value = value.trim();
            let half = value.chars().count() / 2;
            let at = value.char_indices().nth(half).map_or(0, |(at, _)| at);
            if value[..at].ends_with(' ') || value[at..].starts_with(' ') {
                return format!("{line}{end}");
            }
            format!(
                "{head}{key}: \"{}\\{end}{pad}{}\"{end}",
                &value[..at],
                &value[at..]
            )
        })
    }),
    ("tab behind the colon", |t, r| {
        with_line(t, r, is_scalar, |line, end| {
            let (head, key, value) = split(line);
            format!("{head}{key}:\t{}{end}", value.trim())
        })
    }),
    ("blanks at the end of a line", |t, r| {
        with_line(t, r, is_key, |line, end| format!("{line}  {end}"))
    }),
    ("default written out", |t, r| {
        with_default(t, r, "enabled", "true")
    }),
    ("default in capitals", |t, r| {
        with_default(t, r, "enabled", "True")
    }),
    ("absent value as null", |t, r| {
        with_default(t, r, "office", "~")
    }),
    ("inner list in flow style", |t, r| {
        with_item(t, r, |item, random| {
            let map = item_value(item)?;
            let lists: Vec<_> = map.iter().filter(|(_, v)| v.is_sequence()).collect();
            let (key, list) = lists.get(random.below(lists.len()))?;
            let pad = " ".repeat(indent_of(item) + 2);
            let start = item.find(&format!("\n{pad}{}:\n", key.as_str()?))? + 1;
            let behind = item[start..].split_inclusive('\n').skip(1);
            let long: usize = behind
                .take_while(|line| {
                    line.starts_with(&format!("{pad} ")) || line.starts_with(&format!("{pad}-"))
                })
                .map(str::len)
                .sum();
            let head = item[start..].find('\n')? + 1;
            let flow = json(list)?;
            Some(format!(
                "{}{pad}{}: {flow}\n{}",
                &item[..start],
                key.as_str()?,
                &item[start + head + long..]
            ))
        })
    }),
];
