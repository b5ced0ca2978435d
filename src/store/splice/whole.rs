//! A file in a layout that can't be changed block by block, written anew with its comments.

use std::collections::HashMap;

use uuid::Uuid;

use super::super::snapshot;
use super::super::yaml::emit::Unwritable;
use super::super::yaml::scalar::is_guid;
use super::comments::{comments, key_of, push_comment};
use crate::tenant::Tenant;

/// Where a comment of the old text goes in the new one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Anchor {
    /// Before everything.
    Top,
    /// Before a section's line.
    Section(&'static str),
    /// Before the block of this id.
    Thing(Uuid),
    /// Behind everything.
    End,
}

const SECTIONS: [&str; 6] = [
    "format",
    "sequence",
    "organisation",
    "products",
    "groups",
    "users",
];

/// The tenant in canonical layout, with the comments of `text`: at the thing or the section that they stood before or
/// within.
pub(in super::super) fn render_with_comments(
    text: &str,
    tenant: &Tenant,
    sequence: u64,
) -> Result<String, Unwritable> {
    let canonical = snapshot::render(tenant, sequence)?;
    let mut placed: HashMap<Anchor, String> = HashMap::new();
    let old = text.replace("\r\n", "\n").replace('\r', "\n");
    let old = old.trim_start_matches('\u{feff}');
    let comments = comments(old);
    if comments.is_empty() {
        return Ok(canonical);
    }
    let ids = ids(old);
    for comment in &comments {
        let anchor = anchor(old, &ids, comment.offset, comment.is_alone, comment.near);
        push_comment(placed.entry(anchor).or_default(), 0, comment.text);
    }
    let own = self::ids(&canonical);
    let mut out = placed.remove(&Anchor::Top).unwrap_or_default();
    let mut at = 0;
    for line in canonical.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let anchor = match line.starts_with("- ") {
            true => {
                let first = own.get(own.partition_point(|(place, _)| *place < start));
                first.map(|(_, id)| Anchor::Thing(*id))
            }
            false => key_of(line.trim_end())
                .and_then(|key| SECTIONS.into_iter().find(|name| *name == key))
                .map(Anchor::Section),
        };
        if let Some(comments) = anchor.and_then(|anchor| placed.remove(&anchor)) {
            out.push_str(&comments);
        }
        out.push_str(line);
    }
    // What stood at an id that no block begins with.
    let mut rest: Vec<String> = placed.into_values().collect();
    rest.sort_unstable();
    out.extend(rest);
    Ok(out)
}

/// The ids in a text, with their places.
fn ids(text: &str) -> Vec<(usize, Uuid)> {
    let bytes = text.as_bytes();
    let mut ids = Vec::new();
    // Each GUID has its first hyphen at the ninth place.
    for hyphen in memchr::memchr_iter(b'-', bytes) {
        let Some(start) = hyphen.checked_sub(8) else {
            continue;
        };
        let word = text.get(start..start + 36).filter(|word| is_guid(word));
        if let Some(id) = word.and_then(|word| word.parse().ok()) {
            ids.push((start, id));
        }
    }
    ids
}

fn anchor(text: &str, ids: &[(usize, Uuid)], at: usize, is_alone: bool, near: &str) -> Anchor {
    let section = |said: &str| {
        let key = key_of(said)?;
        SECTIONS.into_iter().find(|name| *name == key)
    };
    if text[..at]
        .trim_start_matches(['-', ' ', '\n'])
        .lines()
        .all(|line| line.is_empty() || line.starts_with('#'))
    {
        return Anchor::Top;
    }
    if near.is_empty() {
        return Anchor::End;
    }
    if let Some(name) = section(near) {
        return Anchor::Section(name);
    }
    let next = ids.partition_point(|(place, _)| *place < at);
    // A comment above an item belongs to it, one within belongs to the item that has begun.
    let above = is_alone
        && ids.get(next).is_some_and(|(place, _)| {
            text[at..*place]
                .lines()
                .filter(|line| !line.trim_start().starts_with('#'))
                .count()
                <= 1
        });
    let id = match above {
        true => ids.get(next),
        false => next.checked_sub(1).and_then(|index| ids.get(index)),
    };
    id.map_or(Anchor::Section("organisation"), |(_, id)| {
        Anchor::Thing(*id)
    })
}
