//! Values as YAML: one sequence of everything, an item written as it comes.

use std::io::{self, Write};
use std::sync::Arc;

use super::view::chosen;
use super::{Json, Sink, Style, View, safe};
use crate::value::Value;

/// The value as a YAML document.
pub fn yaml_text(value: &Value) -> String {
    // Every value has a YAML form, and memory can't refuse it.
    serde_yaml::to_string(&Json::new(value)).unwrap_or_default()
}

/// `-o yaml`.
pub(super) struct Sequence {
    out: Box<dyn Write>,
    empty: bool,
    /// A terminal shows it: what YAML leaves as it is and would reorder what is read is escaped.
    shown: bool,
}

impl Sequence {
    pub(super) fn new(style: Style, out: Box<dyn Write>) -> Self {
        Self {
            out,
            empty: true,
            shown: style.width.is_some(),
        }
    }
}

impl Sink for Sequence {
    fn value(&mut self, item: &Value, view: Option<&Arc<View>>) -> io::Result<()> {
        self.empty = false;
        let item = view.map_or_else(|| item.clone(), |view| chosen(item, view));
        // Sequences of one, one after the other, are one sequence.
        let text = serde_yaml::to_string(&[Json::new(&item)]).map_err(io::Error::other)?;
        match self.shown {
            true => self.out.write_all(safe::lines(&text).as_bytes()),
            false => self.out.write_all(text.as_bytes()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        if self.empty {
            self.out.write_all(b"[]\n")?;
        }
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{map, user};
    use super::super::{Format, Style, from_json, to_json, to_string};
    use super::*;
    use proptest::prelude::*;

    fn written(values: &[Value]) -> String {
        to_string(Format::Yaml, Style::default(), values)
    }

    #[test]
    fn one_sequence_even_of_nothing() {
        assert_eq!(written(&[]), "[]\n");
        assert_eq!(
            written(&[
                user("anna@contoso.com", "true"),
                5_i64.into(),
                map([("A", "x\x1b[31m".into()), ("B", Value::list(Vec::new()))]),
            ]),
            "\
- UserPrincipalName: anna@contoso.com
  DisplayName: 'true'
  City: Sydney
  Licenses:
  - SPE_E3
  - VISIO
  Logins: 3
  Manager: null
- 5
- A: \"x\\e[31m\"
  B: []
"
        );
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(texts in proptest::collection::vec(any::<String>(), 0..5)) {
            let values: Vec<_> = texts.iter().map(|text| map([("T", text.as_str().into())])).collect();
            let read: Vec<serde_json::Value> = serde_yaml::from_str(&written(&values)).unwrap();
            for (read, value) in read.into_iter().zip(&values) {
                prop_assert_eq!(to_json(&from_json(read)), to_json(value));
            }
        }
    }
}
