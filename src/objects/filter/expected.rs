//! What could stand at a place of a filter.

use super::field::{Field, Kind, SYNCED};

/// Something that could stand at the end of a filter.
#[derive(Clone, Debug)]
pub enum Expected {
    /// A property, an operator, a function with its parenthesis, or a sign.
    Word(String),
    /// A text in single quotes, such as this property holds.
    Text(&'static Field),
    /// The GUID of a product.
    Product,
}

impl Expected {
    pub(super) fn word(word: impl ToString) -> Self {
        Self::Word(word.to_string())
    }
}

/// What a field can be compared with.
pub(super) fn literals(field: &'static Field) -> impl Iterator<Item = Expected> {
    let words: &[&str] = match field.kind {
        Kind::Bool if field.name == SYNCED => &["true", "null"],
        Kind::Bool => &["true", "false", "null"],
        Kind::Text | Kind::Time | Kind::Id => &["null"],
    };
    let text = (field.kind == Kind::Text).then_some(Expected::Text(field));
    words.iter().map(Expected::word).chain(text)
}
