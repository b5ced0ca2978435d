//! The outline of tenant.yaml: which lines are which section, without reading the values.

use std::ops::Range;

use memchr::memchr;

use super::yaml::read::split_key;
use super::yaml::scalar::is_printable;

/// The sections of a file and where they end.
pub(super) struct Outline<'t> {
    /// In the order of the file.
    pub sections: Vec<Section<'t>>,
    /// Where the document's end mark is, or the text ends.
    pub end: usize,
}

/// A top-level key with all that belongs to it.
pub(super) struct Section<'t> {
    pub name: &'t str,
    /// What stands behind the key on its line, without a comment: `1`, `[]`, nothing.
    pub rest: &'t str,
    /// Where that is in the text.
    pub rest_start: usize,
    /// The key's line.
    pub line: Range<usize>,
    /// The lines of its value, up to the last that is neither blank nor a comment.
    pub body: Range<usize>,
    /// The items of its list, where they were asked for.
    pub items: Items,
}

/// The items of a list: each from its dash to its last line that is neither blank nor a comment.
#[derive(Default)]
pub(super) struct Items {
    indent: Option<usize>,
    pub blocks: Vec<Range<usize>>,
}

impl Items {
    /// Takes the next line, which is neither blank nor a comment.
    fn take(&mut self, content: &str, line: Range<usize>) {
        let trimmed = content.trim_start_matches(' ');
        let indent = content.len() - trimmed.len();
        let is_item = trimmed.starts_with("- ") || is_alone(trimmed, "-");
        if is_item && *self.indent.get_or_insert(indent) == indent {
            self.blocks.push(line);
        } else if let Some(item) = self.blocks.last_mut() {
            item.end = line.end;
        }
    }
}

/// The sections of a file, with the items of their lists if wanted; `None` where a line is not as the outline needs it.
pub(super) fn outline(text: &str, with_items: bool) -> Option<Outline<'_>> {
    let mut sections: Vec<Section> = Vec::new();
    let mut end = None;
    let mut begun = false;
    for line in lines(text, 0..text.len()) {
        let content = &text[line.clone()];
        match content.as_bytes().first() {
            _ if is_gap(content) => {}
            // Behind the end there are comments at most.
            _ if end.is_some() => return None,
            Some(b'-') if !begun && sections.is_empty() && is_alone(content, "---") => {
                begun = true;
            }
            Some(b'.') if is_alone(content, "...") => end = Some(line.start),
            Some(b' ' | b'-') => {
                let section = sections.last_mut()?;
                let is_item = content.starts_with("- ") || is_alone(content, "-");
                if content.starts_with('-') && !is_item {
                    return None;
                }
                section.body.end = line.end;
                if with_items {
                    section.items.take(content, line);
                }
            }
            _ => {
                let content = content.trim_end_matches(['\r', '\n']);
                let (name, rest) = split_key(content)?;
                let value = rest.trim_start();
                sections.push(Section {
                    name,
                    rest: without_comment(value),
                    rest_start: line.start + content.len() - value.len(),
                    body: line.end..line.end,
                    line,
                    items: Items::default(),
                });
            }
        }
    }
    Some(Outline {
        sections,
        end: end.unwrap_or(text.len()),
    })
}

/// Whether a line holds this mark and nothing else.
fn is_alone(line: &str, mark: &str) -> bool {
    line.trim_end_matches([' ', '\r', '\n']) == mark
}

/// A short value without a comment behind it.
fn without_comment(value: &str) -> &str {
    let comment = match value.starts_with('#') {
        true => Some(0),
        false => value.find(" #"),
    };
    match comment {
        Some(at) if value[at..].chars().all(is_printable) => value[..at].trim_end(),
        _ => value.trim_end_matches(' '),
    }
}

/// The items of a list's body.
pub(super) fn items(text: &str, body: &Range<usize>) -> Vec<Range<usize>> {
    let mut items = Items::default();
    for line in lines(text, body.clone()) {
        let content = &text[line.clone()];
        if !is_gap(content) {
            items.take(content, line);
        }
    }
    items.blocks
}

/// The lines of a part of a text, their ends included.
pub(super) fn lines(text: &str, part: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = part.start;
    std::iter::from_fn(move || {
        let rest = &text[at..part.end];
        let len = match memchr(b'\n', rest.as_bytes()) {
            Some(index) => index + 1,
            None if rest.is_empty() => return None,
            None => rest.len(),
        };
        let line = at..at + len;
        at = line.end;
        Some(line)
    })
}

/// Blank, or a comment that holds nothing that breaks a line for a YAML reader.
pub(super) fn is_gap(line: &str) -> bool {
    let content = line.trim_start_matches(' ');
    match content.as_bytes().first() {
        None | Some(b'\n') => true,
        Some(b'#') => content
            .trim_end_matches(['\r', '\n'])
            .chars()
            .all(|c| c == '\t' || is_printable(c)),
        Some(b'\r') => content.trim_end_matches(['\r', '\n']).is_empty(),
        Some(_) => false,
    }
}
