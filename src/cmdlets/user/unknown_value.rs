//! A value to filter by that no user has: mistyped, most likely.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::command::{Args, Call, Flow, Param};
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::{Symbol, User};
use crate::wildcard::is_pattern;

type Names = Option<Vec<Arc<str>>>;

/// Warns of each name that a parameter has and no user; `what` says what it is, `of` where users have it.
pub fn warn(
    call: &mut Call,
    args: &Args,
    param: &'static Param<Names>,
    what: &str,
    of: fn(&User) -> Option<&Symbol>,
) -> Result<(), Flow> {
    let tenant = call.tenant();
    for name in args.get(param).unwrap_or_default() {
        if is_pattern(&name) || name.is_empty() {
            continue;
        }
        let known: BTreeSet<&str> = tenant
            .users()
            .iter()
            .filter_map(|user| of(user))
            .map(|own| &**own)
            .collect();
        let wanted = name.trim().to_lowercase();
        if known.iter().any(|own| own.to_lowercase() == wanted) {
            continue;
        }
        let fault = Diagnostic::new(
            "NobodyThere",
            Category::NotFound,
            format!("no user has the {what} '{name}'"),
        )
        .about(&*name)
        .did_you_mean(&name, known);
        call.warn(match args.span(param) {
            Some(span) => fault.at(span),
            None => fault,
        })?;
    }
    Ok(())
}
