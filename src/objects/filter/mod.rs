//! Graph's `$filter` over users: read once, then asked natively of each user.

mod completion;
mod errors;
mod expected;
mod field;
mod lexer;
mod parse;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

pub use completion::FilterDraft;
pub use expected::Expected;
use field::Cell;
pub use field::Field;

use crate::diagnostic::Diagnostic;
use crate::tenant::{Symbol, Tenant, User};

/// A filter that was read.
#[derive(Debug)]
pub struct UserFilter(Node);

#[derive(Debug)]
enum Node {
    Compare {
        field: &'static Field,
        relation: Relation,
        literal: Literal,
    },
    In {
        field: &'static Field,
        literals: Vec<Literal>,
    },
    Starts(&'static Field, String),
    Ends(&'static Field, String),
    /// Whether any license has arrived.
    Licensed(bool),
    /// Holds this product.
    Holds(Symbol),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Eq,
    Ne,
    Ge,
    Le,
}

/// A value of the field's type, or null. Texts are in lower case.
#[derive(Clone, Debug, PartialEq)]
enum Literal {
    Null,
    Bool(bool),
    Text(String),
    Time(jiff::Timestamp),
    Id(uuid::Uuid),
}

impl UserFilter {
    /// Reads a filter in Graph's words; products are those of the tenant.
    ///
    /// # Errors
    /// `BadFilter`, placed within the filter, for what can't be read and for what Graph would refuse; `UnknownSku`.
    pub fn parse(text: &str, tenant: &Tenant) -> Result<Self, Diagnostic> {
        parse::parse(text, tenant).map(Self)
    }

    /// Whether the user passes. Letter case is ignored, as Graph does.
    pub fn passes(&self, user: &User) -> bool {
        self.0.passes(user)
    }
}

impl Node {
    fn passes(&self, user: &User) -> bool {
        match self {
            Node::Compare {
                field,
                relation,
                literal,
            } => compare(field.of(user), *relation, literal),
            Node::In { field, literals } => literals
                .iter()
                .any(|literal| compare(field.of(user), Relation::Eq, literal)),
            Node::Starts(field, text) => lower(user, field).starts_with(text.as_str()),
            Node::Ends(field, text) => lower(user, field).ends_with(text.as_str()),
            Node::Licensed(wanted) => user.is_licensed() == *wanted,
            Node::Holds(sku) => {
                let held = |own: &crate::tenant::Assignment| own.sku == *sku && own.is_effective();
                user.licenses.iter().any(held)
            }
            Node::Not(inner) => !inner.passes(user) && !inner.is_unknown(user),
            Node::And(all) => all.iter().all(|one| one.passes(user)),
            Node::Or(any) => any.iter().any(|one| one.passes(user)),
        }
    }
}

impl Node {
    /// Whether it asks for what no export told of the user.
    fn is_unknown(&self, user: &User) -> bool {
        match self {
            Node::Compare { field, .. } | Node::In { field, .. } => {
                matches!(field.of(user), Cell::Unknown)
            }
            Node::Not(inner) => inner.is_unknown(user),
            Node::And(all) | Node::Or(all) => all.iter().any(|one| one.is_unknown(user)),
            Node::Starts(..) | Node::Ends(..) | Node::Licensed(_) | Node::Holds(_) => false,
        }
    }
}

fn lower(user: &User, field: &Field) -> String {
    match field.of(user) {
        Cell::Text(Some(text)) => text.to_lowercase(),
        _ => String::new(),
    }
}

/// Null equals null and is neither before nor after anything.
fn compare(cell: Cell, relation: Relation, literal: &Literal) -> bool {
    if matches!(cell, Cell::Unknown) {
        return false;
    }
    let order = match (cell, literal) {
        (Cell::Bool(own), Literal::Bool(literal)) => Some(own.cmp(literal)),
        (Cell::Text(Some(own)), Literal::Text(literal)) => {
            let own = own.chars().flat_map(char::to_lowercase);
            Some(own.cmp(literal.chars()))
        }
        (Cell::Time(Some(own)), Literal::Time(literal)) => Some(own.cmp(literal)),
        (Cell::Id(own), Literal::Id(literal)) => Some(own.cmp(literal)),
        (cell, Literal::Null) if cell.is_null() => Some(Ordering::Equal),
        _ => None,
    };
    match relation {
        Relation::Eq => order == Some(Ordering::Equal),
        Relation::Ne => order != Some(Ordering::Equal),
        Relation::Ge => order.is_some_and(Ordering::is_ge),
        Relation::Le => order.is_some_and(Ordering::is_le),
    }
}
