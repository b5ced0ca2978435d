//! Regular expressions as scripts write them; the latest are kept, as a filter asks for the same one a million times.

use std::cell::RefCell;

use regex::{Regex, RegexBuilder};

use crate::diagnostic::Diagnostic;

/// More than a script uses in one loop.
const KEPT: usize = 16;

struct Known {
    pattern: String,
    case_sensitive: bool,
    regex: Regex,
}

thread_local! {
    static KNOWN: RefCell<Vec<Known>> = const { RefCell::new(Vec::new()) };
}

/// Hands over the regular expression of a pattern.
///
/// # Errors
/// The pattern isn't one.
pub fn with_regex<T>(
    pattern: &str,
    case_sensitive: bool,
    work: impl FnOnce(&Regex) -> T,
) -> Result<T, Diagnostic> {
    KNOWN.with_borrow_mut(|known| {
        let place = known
            .iter()
            .position(|own| own.case_sensitive == case_sensitive && own.pattern == pattern);
        match place {
            // The latest stands in front.
            Some(0) => {}
            Some(place) => known[..=place].rotate_right(1),
            None => {
                let regex = build(pattern, case_sensitive)?;
                known.truncate(KEPT - 1);
                known.insert(
                    0,
                    Known {
                        pattern: pattern.to_owned(),
                        case_sensitive,
                        regex,
                    },
                );
            }
        }
        Ok(work(&known[0].regex))
    })
}

fn build(pattern: &str, case_sensitive: bool) -> Result<Regex, Diagnostic> {
    RegexBuilder::new(pattern)
        .case_insensitive(!case_sensitive)
        .build()
        .map_err(|error| {
            Diagnostic::usage(
                "BadPattern",
                format!("'{pattern}' is not a regular expression"),
            )
            .about(pattern)
            .hint(format!(
                "{}; for wildcards such as a* use -like",
                reason(&error)
            ))
        })
}

/// The last line of what the library says, which is the sentence.
fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}
