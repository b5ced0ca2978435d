//! tenant.yaml: read into the parts of a tenant, and written whole.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use twox_hash::XxHash3_64;

use super::fault;
use super::record::Mark;
use super::yaml::emit::{self, Unwritable};
use crate::diagnostic::{Category, Diagnostic, Source};
use crate::tenant::{Group, Organisation, Parts, Product, User};

/// The tenant as it is to be written.
pub struct View<'a> {
    pub organisation: &'a Organisation,
    pub products: Vec<&'a Product>,
    pub groups: Vec<&'a Group>,
    pub users: Vec<&'a User>,
}

impl<'a> From<&'a Parts> for View<'a> {
    fn from(parts: &'a Parts) -> Self {
        Self {
            organisation: &parts.organisation,
            products: parts.products.iter().collect(),
            groups: parts.groups.iter().collect(),
            users: parts.users.iter().collect(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: u32,
    #[serde(default)]
    sequence: u64,
    organisation: Organisation,
    #[serde(default)]
    products: Vec<Product>,
    #[serde(default)]
    groups: Vec<Group>,
    #[serde(default)]
    users: Vec<User>,
}

/// The version of the file's form that this program writes.
const FORMAT: u32 = 1;

/// What a file's bytes are, to know them again.
pub(super) fn mark(sequence: u64, bytes: &[u8]) -> Mark {
    Mark {
        sequence,
        size: bytes.len() as u64,
        hash: XxHash3_64::oneshot(bytes),
    }
}

/// Reads a whole file.
pub(super) fn read(path: &Path, bytes: &[u8]) -> Result<(Parts, Mark), Diagnostic> {
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let line = bytes[..e.valid_up_to()]
            .iter()
            .filter(|b| **b == b'\n')
            .count()
            + 1;
        Diagnostic::new(
            "InvalidYaml",
            Category::InvalidData,
            format!("{}:{line}: not UTF-8 text", path.display()),
        )
        .about(path.display().to_string())
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let written: Written = serde_yaml::from_str(text).map_err(|e| invalid(path, text, &e))?;
    if written.format != FORMAT {
        return Err(fault::refused(
            "UnknownFormat",
            format!(
                "{} is of format {}, this program reads format {FORMAT}",
                path.display(),
                written.format
            ),
        )
        .hint("use the version of tenantsh that wrote it"));
    }
    let mark = mark(written.sequence, bytes);
    let parts = Parts {
        organisation: written.organisation,
        products: written.products,
        groups: written.groups,
        users: written.users,
    };
    Ok((parts, mark))
}

/// Turns the YAML reader's error into ours, with the lines around it.
fn invalid(path: &Path, text: &str, error: &serde_yaml::Error) -> Diagnostic {
    let Some(location) = error.location() else {
        return Diagnostic::new(
            "InvalidYaml",
            Category::InvalidData,
            format!("{}: {error}", path.display()),
        )
        .about(path.display().to_string());
    };
    let full = error.to_string();
    let suffix = format!(" at line {} column {}", location.line(), location.column());
    let message = full.strip_suffix(&suffix).unwrap_or(&full).to_owned();
    let line = location.line().max(1);
    let first = line.saturating_sub(2).max(1);
    let mut excerpt = String::new();
    let mut start = 0;
    for (number, content) in (1..)
        .zip(text.split_inclusive('\n'))
        .skip(first - 1)
        .take(4)
    {
        if number == line {
            start = excerpt.len()
                + content
                    .chars()
                    .take(location.column().saturating_sub(1))
                    .map(char::len_utf8)
                    .sum::<usize>();
        }
        excerpt.push_str(content);
    }
    let end = excerpt[start.min(excerpt.len())..]
        .find('\n')
        .map_or(excerpt.len(), |i| start + i);
    let source: Arc<Source> = Source::excerpt(path.display().to_string(), excerpt, first);
    Diagnostic::new("InvalidYaml", Category::InvalidData, message)
        .in_source(&source)
        .at(start..end)
        .about(path.display().to_string())
        .hint("correct the file, then open it again")
}

/// The whole file, in canonical form.
pub(super) fn render(view: &View, sequence: u64) -> Result<String, Unwritable> {
    let mut out = format!("format: {FORMAT}\nsequence: {sequence}\norganisation:\n");
    emit::block(&mut out, view.organisation, 2)?;
    section(&mut out, "products", &view.products)?;
    section(&mut out, "groups", &view.groups)?;
    section(&mut out, "users", &view.users)?;
    Ok(out)
}

fn section<T: serde::Serialize>(
    out: &mut String,
    name: &str,
    items: &[T],
) -> Result<(), Unwritable> {
    out.push_str(name);
    out.push_str(if items.is_empty() { ": []\n" } else { ":\n" });
    items.iter().try_for_each(|item| emit::item(out, item, 0))
}
