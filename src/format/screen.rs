//! What a terminal shows: tables, lists and lines, a blank line between groups of different things.

use std::io::{self, Write};
use std::sync::Arc;

use super::table::{Cell, Table};
use super::view::{Group, Layout, TableLook};
use super::width::wrap_hanging;
use super::{Sink, Style, View, list, safe};
use crate::value::Value;

/// `-o table` and `-o list`.
pub(super) struct Screen {
    out: Box<dyn Write>,
    style: Style,
    /// Everything without a view is a list: `-o list`.
    lists: bool,
    group: Option<Group>,
    table: Option<Table>,
    /// Whether anything stands above what comes next.
    begun: bool,
}

impl Screen {
    pub(super) fn new(style: Style, lists: bool, out: Box<dyn Write>) -> Self {
        Self {
            out,
            style,
            lists,
            group: None,
            table: None,
            begun: false,
        }
    }

    fn begin(&mut self, item: &Value, view: Option<&Arc<View>>) -> io::Result<()> {
        self.close()?;
        let as_list = Arc::new(View::List { properties: None });
        let mut group = match view {
            None if self.lists => Group::of(item, Some(&as_list), &self.style),
            view => Group::of(item, view, &self.style),
        };
        // Remembered as it came, so that the next item is seen to belong to it.
        group.view = view.map(Arc::clone);
        if self.begun {
            writeln!(self.out)?;
        }
        if let Some((name, value)) = &group.heading {
            let name = safe::cell(name);
            let heading = format!("{name}: {value}");
            let lines = match self.style.width.filter(|width| *width > 0) {
                Some(width) => super::width::wrap(&heading, width),
                None => vec![heading],
            };
            for line in lines {
                writeln!(self.out, "{}", self.style.head(&line))?;
            }
            writeln!(self.out)?;
        }
        if group.layout == Layout::Table {
            let names = group.columns.iter().map(|column| column.name.clone());
            let (look, asked) = match view.map(|view| &**view) {
                Some(View::Table { look, columns, .. }) => (look.clone(), columns.is_some()),
                _ => (
                    TableLook {
                        may_be_list: !self.style.always_table,
                        ..TableLook::default()
                    },
                    !group.has_own_columns,
                ),
            };
            self.table = Some(Table::new(names.collect(), self.style, look, asked));
        }
        self.group = Some(group);
        Ok(())
    }

    /// Ends the open table and forgets the group.
    fn close(&mut self) -> io::Result<()> {
        if let Some(mut table) = self.table.take() {
            table.finish(&mut *self.out)?;
        }
        self.begun |= self.group.take().is_some();
        Ok(())
    }
}

impl Sink for Screen {
    fn value(&mut self, item: &Value, view: Option<&Arc<View>>) -> io::Result<()> {
        if item.is_null() {
            return Ok(());
        }
        let continues = self
            .group
            .as_ref()
            .is_some_and(|group| group.holds(item, view));
        if !continues {
            self.begin(item, view)?;
        }
        let Some(group) = &self.group else {
            return Ok(());
        };
        let style = self.style;
        match (group.layout, &mut self.table) {
            (Layout::Table, Some(table)) => {
                let cells = group
                    .columns
                    .iter()
                    .map(|column| Cell::of(&column.of(item), style));
                table.row(cells.collect(), &mut *self.out)
            }
            (Layout::List, _) => {
                if continues {
                    writeln!(self.out)?;
                }
                list::write(item, &group.columns, self.style, &mut *self.out)
            }
            _ => {
                let text = item.to_text();
                let text = safe::lines(&text);
                match style.width.filter(|width| *width > 0) {
                    // A terminal would break it within words.
                    Some(width) => text
                        .split('\n')
                        .flat_map(|line| wrap_hanging(line, width))
                        .try_for_each(|line| writeln!(self.out, "{line}")),
                    None => writeln!(self.out, "{text}"),
                }
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        // Lines hold nothing back, and those after them follow without a blank one.
        let lines = matches!(&self.group, Some(group) if group.layout == Layout::Lines);
        if !lines {
            self.close()?;
        }
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{User, hard_text, map, user};
    use super::super::width::measure;
    use super::super::{Format, Formatted, Printer, render, to_string};
    use super::*;
    use proptest::prelude::*;

    fn wide(width: usize) -> Style {
        Style {
            width: Some(width),
            ..Style::default()
        }
    }

    fn table(width: usize, values: &[Value]) -> String {
        to_string(Format::Table, wide(width), values)
    }

    fn people() -> [Value; 4] {
        [
            user("anna@contoso.com", "Anna 日本"),
            user(
                "bartholomew.maximilian.featherstonehaugh@contoso.onmicrosoft.com",
                "Bart\x1b[31m",
            ),
            user("emoji@contoso.com", "👩\u{200d}💻 e\u{301}"),
            user("long@contoso.com", &"x".repeat(300)),
        ]
    }

    #[test]
    fn nothing_shows_nothing() {
        assert_eq!(table(80, &[]), "");
        assert_eq!(table(80, &[Value::Null]), "");
    }

    #[test]
    fn at_80_columns_a_long_key_has_a_line_of_its_own_and_lists_are_cut_by_items() {
        assert_eq!(
            table(80, &people()),
            "\
UserPrincipalName  DisplayName                             Logins  Licenses
─────────────────  ──────────────────────────────────────  ──────  ─────────────
anna@contoso.com   Anna 日本                                    3  SPE_E3, VISIO
bartholomew.maximilian.featherstonehaugh@contoso.onmicrosoft.com
                   Bart\\u{1b}[31m                               3  SPE_E3, VISIO
emoji@contoso.com  👩\u{200d}💻 e\u{301}                                         3  SPE_E3, VISIO
long@contoso.com   xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…       3  SPE_E3, VISIO
"
        );
    }

    #[test]
    fn at_20_columns_a_table_becomes_lists_unless_one_is_asked_for() {
        assert_eq!(
            table(20, &people()[..2]),
            "\
UserPri… : anna@cont
           oso.com
Display… : Anna 日本
Logins   : 3
Licenses : SPE_E3,
           VISIO

UserPri… : bartholom
           ew.maximi
           lian.feat
           herstoneh
           augh@cont
           oso.onmic
           rosoft.co
           m
Display… : Bart\\u{1b
           }[31m
Logins   : 3
Licenses : SPE_E3,
           VISIO
"
        );
        let style = Style {
            always_table: true,
            ..wide(20)
        };
        assert_eq!(
            to_string(Format::Table, style, &people()[..2]),
            "\
UserPrincipal
Name
────────────────
anna@contoso.com
bartholomew.maximili
an.featherstonehaugh
@contoso.onmicrosoft
.com
(no room for
DisplayName, Logins,
Licenses;
Format-List shows
all)
"
        );
    }

    #[test]
    fn a_column_that_is_empty_in_every_row_is_left_out_until_it_has_something() {
        let rows = |count: usize| {
            let mut rows = vec![user("anna@contoso.com", ""); count];
            rows.push(user("bob@contoso.com", "Bob"));
            rows
        };
        let text = table(80, &vec![user("anna@contoso.com", ""); 2]);
        assert!(!text.contains("DisplayName"), "{text}");
        // Behind the rows that the columns were sized by.
        let text = table(80, &rows(1_500));
        let headers = text.matches("UserPrincipalName").count();
        assert_eq!(headers, 2, "{text}");
        assert!(
            text.ends_with("(1501 rows)\n") && text.contains("  Bob  "),
            "{text}"
        );
    }

    #[test]
    fn keys_never_look_alike() {
        let keys: Vec<String> = (0..3_000)
            .map(|n| {
                format!(
                    "henrietta.{:0>width$}@contoso.com",
                    n,
                    width = 4 + n / 900 * 20
                )
            })
            .collect();
        for width in [20, 40, 60, 80] {
            let rows: Vec<Value> = keys.iter().map(|key| user(key, "Henrietta Long")).collect();
            let text = table(width, &rows).replace('\n', "");
            let text = text.replace(' ', "");
            assert!(keys.iter().all(|key| text.contains(key)), "{width}");
        }
    }

    #[test]
    fn at_200_columns_only_the_longest_is_shortened_and_in_a_pipe_nothing() {
        let text = table(200, &people());
        assert!(text.contains("bartholomew.maximilian.featherstonehaugh@contoso.onmicrosoft.com"));
        assert!(
            text.contains("SPE_E3, VISIO") && text.contains("xx…"),
            "{text}"
        );
        let piped = to_string(Format::Table, Style::default(), &people());
        assert!(piped.contains(&"x".repeat(300)));
    }

    #[test]
    fn different_things_stand_apart() {
        let many = map([
            ("a", 1_i64.into()),
            ("b", true.into()),
            ("c", Value::Null),
            ("d", Value::Float(1.5)),
            ("e", "a long text for this width".into()),
        ]);
        assert_eq!(
            table(
                20,
                &[
                    map([("Sku", "E3".into()), ("Free", 3_i64.into())]),
                    map([("Sku", "SPE_E5".into()), ("Free", Value::Int(-12))]),
                    "two\nlines\x1b[0m".into(),
                    5_i64.into(),
                    many.clone(),
                    many,
                ]
            ),
            "\
Sku     Free
──────  ────
E3         3
SPE_E5   -12

two
lines\\u{1b}[0m
5

a : 1
b : true
c :
d : 1.5
e : a long text for
    this width

a : 1
b : true
c :
d : 1.5
e : a long text for
    this width
"
        );
    }

    #[test]
    fn views() {
        let view = View::Table {
            columns: Some(vec!["display*".into(), "Nonsense".into()]),
            look: TableLook {
                auto_size: true,
                wrap: true,
                ..TableLook::default()
            },
            group_by: Some("City".into()),
        };
        let mut away = User::new("c@contoso.com", "Cy");
        away.city = "Perth".into();
        let values = [
            user("a@contoso.com", "Anna Maria Magdalena"),
            user("b@contoso.com", "Bo"),
            Value::object(away),
        ];
        assert_eq!(
            render(&view, &values, wide(26)),
            "\
City: Sydney

DisplayName       Nonsense
────────────────  ────────
Anna Maria
Magdalena
Bo

City: Perth

DisplayName  Nonsense
───────────  ────────
Cy
"
        );
        let list = Arc::new(View::List {
            properties: Some(vec!["Logins".into(), "Licenses".into()]),
        });
        let shown = Value::object(Formatted::new(&list, values[0].clone()));
        assert_eq!(
            to_string(Format::Table, wide(80), &[shown]),
            "Logins   : 3\nLicenses : SPE_E3, VISIO\n"
        );
    }

    #[test]
    fn only_the_header_is_coloured() {
        let style = Style {
            color: true,
            ..wide(80)
        };
        let values = [map([("Sku", "E3".into()), ("Free", 3_i64.into())])];
        assert_eq!(
            to_string(Format::Table, style, &values),
            "\x1b[1m\x1b[32mSku\x1b[0m  \x1b[1m\x1b[32mFree\x1b[0m\n\x1b[2m───  ────\x1b[0m\nE3      3\n"
        );
    }

    #[test]
    fn ten_thousand_rows_stream_after_the_first_thousand() {
        let text = super::super::Shared::default();
        let mut printer = Printer::new(Format::Table, wide(80), Box::new(text.clone()));
        for row in 0..10_000 {
            let cell = "x".repeat(row / 1_000 + 1);
            printer
                .value(&map([("Row", row.into()), ("Text", cell.into())]))
                .unwrap();
        }
        assert!(!text.0.lock().unwrap().is_empty(), "written before the end");
        printer.finish().unwrap();
        let text = text.into_string();
        assert_eq!(text.lines().count(), 10_003);
        assert_eq!(text.lines().nth(2), Some("     0  x"));
        assert_eq!(text.lines().nth(10_001), Some("  9999  xxx…"));
        assert_eq!(text.lines().last(), Some("(10000 rows)"));
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_terminal(
            rows in proptest::collection::vec(proptest::collection::vec(hard_text(), 4), 1..6),
            width in 1usize..90,
            wrap in any::<bool>(),
            list in any::<bool>(),
        ) {
            let values: Vec<_> = rows
                .iter()
                .map(|row| {
                    let cell = |i: usize| Value::from(row[i].as_str());
                    map([("UserPrincipalName", cell(0)), ("日本", cell(1)), ("C", cell(2)), ("Group", cell(3))])
                })
                .collect();
            let view = if list {
                View::List { properties: None }
            } else {
                View::Table { columns: None, look: TableLook { wrap, may_be_list: wrap, ..TableLook::default() }, group_by: Some("Group".into()) }
            };
            for line in render(&view, &values, wide(width)).lines() {
                prop_assert!(measure(line) <= width, "{width}: {line:?}");
            }
        }
    }
}
