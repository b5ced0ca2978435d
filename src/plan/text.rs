//! A plan as text: YAML that people read and compare, under a hash that tells a hand edit.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::document::VERSION;
use super::{Document, Row};
use crate::diagnostic::{Category, Diagnostic, Source, Span};
use crate::store::yaml::{emit, read as canonical};

const HEAD: &str = "# A plan of tenantsh: `tenantsh apply` does what stands here, exactly or not at all. Edited by hand it is refused:\n\
                    # rehearse again instead. Every date counts from the moment of applying.\n";
const HASH: &str = "sha256: ";

/// The SHA-256 of bytes, in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing to a text can't fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Writes a plan; gives its text and its hash.
///
/// # Errors
/// A value has no form in YAML, which would be a fault of the program.
pub fn write(document: &Document) -> Result<(String, String), Diagnostic> {
    let mut text = String::with_capacity(4096 + 1024 * document.rows.len());
    text.push_str(HEAD);
    write_body(&mut text, document)
        .map_err(|fault| Diagnostic::new("Unwritable", Category::InvalidData, fault.to_string()))?;
    let hash = sha256(text.as_bytes());
    text.push_str(HASH);
    text.push_str(&hash);
    text.push('\n');
    Ok((text, hash))
}

fn write_body(text: &mut String, document: &Document) -> Result<(), emit::Unwritable> {
    emit::block(text, document, 0)?;
    text.push_str(if document.rows.is_empty() {
        "rows: []\n"
    } else {
        "rows:\n"
    });
    document
        .rows
        .iter()
        .try_for_each(|row| write_row(text, row))
}

/// A row: what people read in lines of their own, images and changes on one line each.
fn write_row(text: &mut String, row: &Row) -> Result<(), emit::Unwritable> {
    text.push_str("- row: ");
    emit::flow(text, &row.row)?;
    text.push('\n');
    list(text, "does", &row.does)?;
    for (key, symbols) in [
        ("frees", &row.frees),
        ("takes", &row.takes),
        ("loses", &row.loses),
        ("gains", &row.gains),
    ] {
        if !symbols.is_empty() {
            let _ = write!(text, "  {key}: ");
            emit::flow(text, symbols)?;
            text.push('\n');
        }
    }
    if !row.follows.is_empty() {
        list(text, "follows", &row.follows)?;
    }
    if let Some(until) = row.data_until {
        text.push_str("  data_until: ");
        emit::flow(text, &until)?;
        text.push('\n');
    }
    text.push_str("  undo: ");
    emit::flow(text, &row.undo)?;
    text.push('\n');
    list(text, "before", &row.before)?;
    list(text, "changes", &row.changes)
}

fn list<T: serde::Serialize>(
    text: &mut String,
    key: &str,
    items: &[T],
) -> Result<(), emit::Unwritable> {
    if items.is_empty() {
        let _ = writeln!(text, "  {key}: []");
        return Ok(());
    }
    let _ = writeln!(text, "  {key}:");
    for item in items {
        text.push_str("  - ");
        emit::flow(text, item)?;
        text.push('\n');
    }
    Ok(())
}

/// Reads a plan, and its hash.
///
/// # Errors
/// It is no plan, an unknown key, edited by hand: each with its line.
pub fn read(name: &str, content: &str) -> Result<(Document, String), Diagnostic> {
    let unified;
    let content = match content.contains('\r') {
        // A version control system may have given the lines other ends.
        true => {
            unified = content.replace("\r\n", "\n");
            unified.as_str()
        }
        false => content,
    };
    let fault =
        |id, message: String| Diagnostic::new(id, Category::InvalidData, message).about(name);
    let at = |fault: Diagnostic, span: Span| fault.at(span).in_source(&Source::new(name, content));
    if !content
        .lines()
        .take(20)
        .any(|line| line.starts_with("plan: "))
    {
        return Err(fault(
            "NotAPlan",
            format!("{name} is no plan: it has no line `plan: {VERSION}`"),
        )
        .hint("make one with: tenantsh plan SCRIPT --out plan.yaml"));
    }
    let ends = content.trim_end().rfind('\n').map_or(0, |end| end + 1);
    let (body, last) = content.split_at(ends);
    let Some(hash) = last.trim_end().strip_prefix(HASH) else {
        return Err(at(
            fault(
                "PlanIncomplete",
                format!("{name} isn't whole: its last line holds no hash"),
            ),
            Span::new(ends, content.len()),
        )
        .hint("make it again; a plan is one file, all of it"));
    };
    let parsed = canonical::parse::<Document>(body).or_else(|_| {
        serde_yaml::from_str::<Document>(body).map_err(|error| located(name, content, &error))
    });
    let is_whole = sha256(body.as_bytes()) == hash;
    let document = parsed?;
    if document.plan != VERSION {
        return Err(fault(
            "PlanVersion",
            format!(
                "{name} is a plan of version {}, and this program reads {VERSION}",
                document.plan
            ),
        ));
    }
    if !is_whole {
        return Err(at(
            fault(
                "PlanEdited",
                format!("{name} was changed since it was made: this isn't its hash any more"),
            ),
            Span::new(ends, content.trim_end().len()),
        )
        .hint("a plan is changed by rehearsing again; git diff shows what was edited"));
    }
    Ok((document, hash.to_owned()))
}

/// What the YAML reader found, at its place.
fn located(name: &str, content: &str, error: &serde_yaml::Error) -> Diagnostic {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    let fault = Diagnostic::new(
        "PlanUnreadable",
        Category::InvalidData,
        format!("{name} can't be read: {message}"),
    )
    .about(name)
    .hint("a plan is changed by rehearsing again, not by hand");
    match error.location() {
        Some(place) => {
            let before = content
                .split_inclusive('\n')
                .take(place.line().saturating_sub(1));
            let start: usize = before.map(str::len).sum();
            let end = content[start..]
                .find('\n')
                .map_or(content.len(), |end| start + end);
            fault
                .at(Span::new(start, end))
                .in_source(&Source::new(name, content))
        }
        None => fault,
    }
}
