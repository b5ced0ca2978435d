//! How a value is laid out: the views that Format-Table and Format-List ask for, and the default ones.

use std::any::Any;
use std::sync::Arc;

use super::Style;
use super::safe;
use crate::value::{Object, Value, property_named};
use crate::wildcard::Wildcard;

/// A layout that the admin chose.
#[derive(Clone, Debug, PartialEq)]
pub enum View {
    Table {
        /// Property names or wildcards; the default columns when `None`.
        columns: Option<Vec<String>>,
        look: TableLook,
        /// Starts a new table under a heading each time this property changes.
        group_by: Option<String>,
    },
    List {
        /// Property names or wildcards; all properties when `None`.
        properties: Option<Vec<String>>,
    },
}

/// How a table looks, beside its columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableLook {
    /// Sizes the columns by all rows, however many, before the first is shown.
    pub auto_size: bool,
    /// Continues a long cell on the next line instead of shortening it.
    pub wrap: bool,
    pub hide_headers: bool,
    /// Puts the number of each row in front of it.
    pub numbered: bool,
    /// Where columns would be left out, rows are lists.
    pub may_be_list: bool,
    /// What was said about single columns, in their order.
    pub columns: Vec<ColumnLook>,
}

/// What was said about a column.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ColumnLook {
    pub width: Option<usize>,
    pub align: Option<Align>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
}

impl View {
    /// A plain table of the given columns.
    pub fn table(columns: Option<Vec<String>>) -> Self {
        View::Table {
            columns,
            look: TableLook::default(),
            group_by: None,
        }
    }
}

/// What Format-Table and Format-List write: an item with the view it is to be shown in.
///
/// Only a printer looks inside. Table and list formats obey the view; the others write the item with the view's
/// properties, or all of them when it names none.
#[derive(Debug)]
pub struct Formatted {
    pub(super) view: Arc<View>,
    item: Value,
}

impl Formatted {
    pub fn new(view: &Arc<View>, item: Value) -> Self {
        Self {
            view: Arc::clone(view),
            item,
        }
    }

    pub fn item(&self) -> &Value {
        &self.item
    }
}

impl Object for Formatted {
    fn type_name(&self) -> &'static str {
        "Formatted"
    }

    fn properties(&self) -> &'static [&'static str] {
        &[]
    }

    fn columns(&self) -> &'static [&'static str] {
        &[]
    }

    fn at(&self, _: usize) -> Value {
        Value::Null
    }

    fn identity(&self) -> String {
        self.item.to_text().into_owned()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Consecutive values that share one table, or the names of one list.
#[derive(Debug)]
pub(super) struct Group {
    kind: Kind,
    pub(super) view: Option<Arc<View>>,
    pub(super) layout: Layout,
    pub(super) columns: Vec<Column>,
    /// The columns are those that the kind of object is shown with, and nobody's choice.
    pub(super) has_own_columns: bool,
    /// The property of `-GroupBy`, with its value in this group as text.
    pub(super) heading: Option<(String, String)>,
}

#[derive(Debug, PartialEq)]
enum Kind {
    Plain,
    Object(&'static str),
    Map(Vec<Box<str>>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Layout {
    Lines,
    Table,
    List,
}

/// A property by its name, and by its position where an object knows it.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    index: Option<usize>,
}

impl Column {
    pub(super) fn of(&self, item: &Value) -> Value {
        match (item, self.index) {
            (Value::Object(object), Some(index)) => object.at(index),
            _ => item.property(&self.name).unwrap_or_default(),
        }
    }
}

/// A list with more properties than this, and no view of its own, isn't a table.
const MOST_COLUMNS: usize = 4;

impl Group {
    /// The group that begins with this item.
    pub(super) fn of(item: &Value, view: Option<&Arc<View>>, style: &Style) -> Self {
        let names = item.property_names();
        let kind = match item {
            Value::Object(object) => Kind::Object(object.type_name()),
            Value::Map(map) => Kind::Map(map.keys().map(Box::from).collect()),
            _ => Kind::Plain,
        };
        let own = match item {
            Value::Object(object) => object.columns(),
            _ => &[],
        };
        let default = if own.is_empty() { &names } else { own };
        let (layout, chosen) = match view.map(|view| &**view) {
            _ if kind == Kind::Plain => (Layout::Lines, Vec::new()),
            Some(View::Table { columns, .. }) => (
                Layout::Table,
                choose(columns.as_deref(), &names).unwrap_or_else(|| owned(default)),
            ),
            Some(View::List { properties }) => (
                Layout::List,
                choose(properties.as_deref(), &names).unwrap_or_else(|| owned(&names)),
            ),
            None if own.is_empty() && names.len() > MOST_COLUMNS && !style.always_table => {
                (Layout::List, owned(&names))
            }
            None => (Layout::Table, owned(default)),
        };
        Self {
            kind,
            view: view.map(Arc::clone),
            layout,
            columns: chosen
                .into_iter()
                .map(|name| Column {
                    index: match item {
                        Value::Object(object) => property_named(object.properties(), &name),
                        _ => None,
                    },
                    name,
                })
                .collect(),
            has_own_columns: !own.is_empty(),
            heading: heading(item, view.map(|view| &**view)),
        }
    }

    /// Whether the item belongs to this group too.
    pub(super) fn holds(&self, item: &Value, view: Option<&Arc<View>>) -> bool {
        let same_view = match (&self.view, view) {
            (None, None) => true,
            (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a == b,
            _ => false,
        };
        let same_kind = match (&self.kind, item) {
            (Kind::Object(name), Value::Object(object)) => *name == object.type_name(),
            (Kind::Map(keys), Value::Map(map)) => {
                keys.len() == map.len() && keys.iter().zip(map.keys()).all(|(a, b)| **a == *b)
            }
            (Kind::Object(_) | Kind::Map(_), _) => false,
            (Kind::Plain, Value::Object(_) | Value::Map(_)) => false,
            (Kind::Plain, _) => true,
        };
        same_view && same_kind && self.heading == heading(item, view.map(|view| &**view))
    }
}

/// The value itself where Format-Table or Format-List wrapped it: with the properties that it was to be shown with.
pub fn plain(value: &Value) -> Value {
    if let Value::Object(object) = value
        && let Some(formatted) = object.as_any().downcast_ref::<Formatted>()
    {
        return chosen(&formatted.item, &formatted.view);
    }
    value.clone()
}

/// The item with nothing but the properties that a view names; the item itself when it names none.
pub(super) fn chosen(item: &Value, view: &View) -> Value {
    let (View::Table { columns: names, .. } | View::List { properties: names }) = view;
    match choose(names.as_deref(), &item.property_names()) {
        Some(names) => {
            let pairs = names.into_iter().map(|name| {
                let value = item.property(&name).unwrap_or_default();
                (name, value)
            });
            Value::map(pairs.collect())
        }
        None => item.clone(),
    }
}

/// The properties that names and wildcards stand for, each once, as the item spells them. A name that it doesn't
/// have stays, and shows as an empty column.
fn choose(wanted: Option<&[String]>, names: &[&str]) -> Option<Vec<String>> {
    let mut chosen: Vec<String> = Vec::new();
    for name in wanted? {
        let wildcard = Wildcard::new(name);
        let mut found = names
            .iter()
            .filter(|own| own.eq_ignore_ascii_case(name) || wildcard.matches(own))
            .map(|own| (*own).to_owned())
            .peekable();
        if found.peek().is_none() {
            chosen.push(name.clone());
        }
        for name in found {
            if !chosen.contains(&name) {
                chosen.push(name);
            }
        }
    }
    Some(chosen)
}

fn heading(item: &Value, view: Option<&View>) -> Option<(String, String)> {
    let Some(View::Table {
        group_by: Some(name),
        ..
    }) = view
    else {
        return None;
    };
    let value = item.property(name).unwrap_or_default();
    Some((name.clone(), safe::cell(&value.to_text()).into_owned()))
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
