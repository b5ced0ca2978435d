//! Why a filter is refused, and what to write instead.

use super::field::{FIELDS, Field, Kind, OTHERS};
use crate::diagnostic::{Diagnostic, Span};

/// How many values Graph takes in one `in`, or joined by `or`.
pub(super) const CLAUSES: usize = 15;

pub(super) fn bad(message: impl Into<String>, span: Span) -> Diagnostic {
    Diagnostic::usage("BadFilter", message).at(span)
}

pub(super) fn starts_name(name: &str) -> bool {
    name.eq_ignore_ascii_case("startsWith")
}

pub(super) fn too_many(span: Span) -> Diagnostic {
    bad(format!("Graph takes at most {CLAUSES} values here"), span)
        .hint("use Get-User -Department A, B, …, or pipe a list of users in")
}

pub(super) fn unknown(name: &str, span: Span) -> Diagnostic {
    let other = OTHERS
        .iter()
        .find(|(own, _)| own.eq_ignore_ascii_case(name));
    let fault = bad(format!("Graph doesn't filter users by {name}"), span);
    if let Some((_, graph)) = other {
        return fault.hint(format!("it calls it {graph}"));
    }
    if name.to_ascii_lowercase().starts_with("deleted") {
        return fault.hint("Get-User -Deleted gets those who are deleted");
    }
    let names = FIELDS.iter().filter(|field| !field.is_extra);
    let names: Vec<_> = names.map(|field| field.name).collect();
    fault
        .hint(format!("it does by {}", names.join(", ")))
        .did_you_mean(name, names.iter().copied())
}

/// Nothing stands behind a property.
pub(super) fn nothing_asked(field: &Field, span: Span) -> Diagnostic {
    bad(format!("what is asked of {}?", field.name), span).hint(match field.kind {
        Kind::Bool => format!("write {} eq true", field.name),
        _ => format!("write {} eq 'value'", field.name),
    })
}

/// A word, in lower case, that isn't asked of a property.
pub(super) fn refused(field: &Field, word: &str, span: Span) -> Diagnostic {
    match word {
        "gt" | "lt" if field.asks.order => {
            bad(format!("Graph doesn't answer {word} for users"), span).hint("it does ge and le")
        }
        "ge" | "le" | "gt" | "lt" | "in" => bad(
            format!("Graph doesn't answer {word} for {}", field.name),
            span,
        )
        .hint("it does eq and ne"),
        _ => no_relation(word, span),
    }
}

fn no_relation(word: &str, span: Span) -> Diagnostic {
    let fault = bad(format!("{word} is no operator of Graph"), span);
    match word {
        _ if word.starts_with('-') => {
            fault.hint("Graph writes operators without a dash: eq, ne, ge, le, in")
        }
        "=" | "==" => fault.hint("write eq"),
        "!=" | "<>" => fault.hint("write ne"),
        "like" | "match" | "contains" => {
            fault.hint("write startsWith(property,'text'), or use Where-Object … -like")
        }
        _ => fault
            .hint("it has eq, ne, ge, le, in")
            .did_you_mean(word, ["eq", "ne", "ge", "le", "in"]),
    }
}
