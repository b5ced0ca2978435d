//! The outline of tenant.yaml: which lines are which section, without reading the values.

use std::ops::Range;

use memchr::memchr;

use super::yaml::read::split_key;

/// A top-level key with all that belongs to it.
pub(super) struct Section<'t> {
    pub name: &'t str,
    /// What stands behind the key on its line: `1`, `[]`, nothing.
    pub rest: &'t str,
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
        if trimmed.starts_with("- ") && *self.indent.get_or_insert(indent) == indent {
            self.blocks.push(line);
        } else if let Some(item) = self.blocks.last_mut() {
            item.end = line.end;
        }
    }
}

/// The sections in the order of the file, with the items of their lists if wanted; `None` where a line is not as the
/// outline needs it.
pub(super) fn outline(text: &str, with_items: bool) -> Option<Vec<Section<'_>>> {
    let mut sections: Vec<Section> = Vec::new();
    for line in lines(text, 0..text.len()) {
        let content = &text[line.clone()];
        match content.as_bytes().first() {
            Some(b' ' | b'-') => {
                let section = sections.last_mut()?;
                if content.starts_with('-') && !content.starts_with("- ") {
                    return None;
                }
                if !is_gap(content) {
                    section.body.end = line.end;
                    if with_items {
                        section.items.take(content, line);
                    }
                }
            }
            _ if is_gap(content) => {}
            _ => {
                let (name, rest) = split_key(content.trim_end_matches(['\r', '\n']))?;
                sections.push(Section {
                    name,
                    rest,
                    body: line.end..line.end,
                    line,
                    items: Items::default(),
                });
            }
        }
    }
    Some(sections)
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

/// Blank, or a comment.
pub(super) fn is_gap(line: &str) -> bool {
    let content = line.trim_start_matches(' ');
    match content.as_bytes().first() {
        None | Some(b'#' | b'\n') => true,
        Some(b'\r') => content.trim_end_matches(['\r', '\n']).is_empty(),
        Some(_) => false,
    }
}
