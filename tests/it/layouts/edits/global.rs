//! Edits of the file as a whole.

use serde_yaml::{Mapping, Value};

use super::*;

fn at_line_ends(text: &str, end: &str) -> String {
    text.replace("\r\n", "\n").replace('\n', end)
}

/// Edits of the file as a whole, and of what stands between its blocks.
pub const GLOBAL: &[(&str, Edit)] = &[
    ("windows line ends", |t, _| Some(at_line_ends(t, "\r\n"))),
    ("old mac line ends", |t, _| Some(at_line_ends(t, "\r"))),
    ("some windows line ends", |t, r| {
        let lines = t.split_inclusive('\n');
        Some(
            lines
                .map(|line| match line.strip_suffix('\n') {
                    Some(line) if r.below(3) == 0 && !line.ends_with('\r') => format!("{line}\r\n"),
                    _ => line.to_owned(),
                })
                .collect(),
        )
    }),
    ("byte order mark", |t, _| {
        (!t.starts_with('\u{feff}')).then(|| format!("\u{feff}{t}"))
    }),
    ("document start", |t, _| {
        (!t.starts_with(['-', '\u{feff}', '%'])).then(|| format!("---\n{t}"))
    }),
    ("document start with a comment", |t, r| {
        let note = note(r);
        (!t.starts_with(['-', '\u{feff}', '%'])).then(|| format!("--- {note}\n{t}"))
    }),
    ("directive", |t, _| {
        (!t.starts_with(['-', '\u{feff}', '%'])).then(|| format!("%YAML 1.2\n---\n{t}"))
    }),
    ("document end", |t, _| {
        Some(format!("{}\n...\n", t.trim_end()))
    }),
    ("document end and a comment", |t, r| {
        let note = note(r);
        (!t.contains("\n...")).then(|| format!("{}\n...\n{note}\n", t.trim_end()))
    }),
    ("no final newline", |t, _| Some(t.trim_end().to_owned())),
    ("blank lines at the end", |t, _| {
        Some(format!("{t}\n\n  \n"))
    }),
    ("comment at the top", |t, r| {
        let note = note(r);
        (!t.starts_with(['-', '\u{feff}', '%'])).then(|| format!("{note}\n\n{t}"))
    }),
    ("comment at the end", |t, r| {
        let note = note(r);
        (!t.contains("\n...")).then(|| format!("{}\n{note}\n", t.trim_end()))
    }),
    ("comment behind the sequence", |t, r| {
        let note = note(r);
        let line = t.lines().find(|line| line.starts_with("sequence: "))?;
        (!line.contains('#')).then(|| t.replacen(line, &format!("{line} {note}"), 1))
    }),
    ("comment behind a section", |t, r| {
        let note = note(r);
        let name = r.of(&[
            "\nusers:\n",
            "\ngroups:\n",
            "\nproducts:\n",
            "\norganisation:\n",
        ]);
        t.contains(name)
            .then(|| t.replacen(name, &format!("{} {note}\n", name.trim_end()), 1))
    }),
    ("sequence with its value below", |t, _| {
        t.contains("sequence: ")
            .then(|| t.replacen("sequence: ", "sequence:\n  ", 1))
    }),
    ("section's key in quotes", |t, r| {
        let name = r.of(&[
            "users",
            "groups",
            "products",
            "organisation",
            "sequence",
            "format",
        ]);
        t.contains(&format!("\n{name}:"))
            .then(|| t.replacen(&format!("\n{name}:"), &format!("\n\"{name}\":"), 1))
    }),
    ("sections in another order", |t, r| {
        let map: Mapping = serde_yaml::from_str(t).ok()?;
        let mut sections: Vec<_> = map.into_iter().collect();
        let by = r.below(sections.len());
        sections.rotate_left(by);
        serde_yaml::to_string(&sections.into_iter().collect::<Mapping>()).ok()
    }),
    ("list indented by two", |t, r| {
        let section = r.of(&["users", "groups", "products"]);
        let items = items(t, section);
        let (start, end) = (items.first()?.start, items.last()?.end);
        let lines = t[start..end].split_inclusive('\n');
        let moved: String = lines
            .map(|line| {
                if line.trim().is_empty() {
                    line.to_owned()
                } else {
                    format!("  {line}")
                }
            })
            .collect();
        Some(format!("{}{moved}{}", &t[..start], &t[end..]))
    }),
    ("users in flow style", |t, _| {
        let start = items(t, "users").first()?.start;
        let end = items(t, "users").last()?.end;
        let list: Vec<Value> = serde_yaml::from_str(&t[start..end]).ok()?;
        let list: Option<Vec<String>> = list.iter().map(json).collect();
        let head = t[..start].trim_end().strip_suffix("users:")?;
        Some(format!(
            "{head}users: [{}]\n{}",
            list?.join(",\n  "),
            &t[end..]
        ))
    }),
    ("whole file as JSON", |t, _| json(&value(t)?)),
    ("whole file as pretty JSON", |t, _| {
        serde_json::to_string_pretty(&value(t)?).ok()
    }),
    ("whole file by another emitter", |t, _| {
        serde_yaml::to_string(&value(t)?).ok()
    }),
    ("whole file indented by four", |t, _| {
        let mut out = String::new();
        four(&value(t)?, 0, &mut out);
        Some(out)
    }),
];
