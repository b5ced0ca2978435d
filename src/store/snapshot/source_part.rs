//! A part of tenant.yaml read by itself, and what is wrong in it shown in its place.

use std::path::Path;

use serde::de::DeserializeOwned;

use super::super::outline::{is_gap, items, lines};
use super::super::yaml::read::{parse, split_key};
use crate::diagnostic::{Category, Diagnostic, Source};

/// A part of the file that is read by itself.
pub(super) struct Place<'t> {
    pub path: &'t Path,
    pub text: &'t str,
    pub offset: usize,
    pub part: Part<'t>,
}

/// What part of the file it is.
pub(super) enum Part<'t> {
    Whole,
    Section(&'t str),
    /// An item of a list; its number is counted from the list's beginning when it is told.
    Item {
        list: &'t str,
        start: usize,
    },
}

impl Place<'_> {
    /// Reads a block, and tells whether it is in canonical form.
    pub fn read<T: DeserializeOwned>(&self, block: &str) -> Result<(T, bool), Diagnostic> {
        if let Ok(read) = parse(block) {
            return Ok((read, true));
        }
        self.check(block)?;
        let read = serde_yaml::from_str(block).map_err(|e| self.invalid(&e))?;
        Ok((read, false))
    }

    /// Refuses what makes a tenant file say other than it seems to: anchors, aliases, tags, merge keys, absent values.
    pub fn check(&self, block: &str) -> Result<(), Diagnostic> {
        let all: Vec<_> = lines(block, 0..block.len()).collect();
        for (index, line) in all.iter().enumerate() {
            let content = block[line.clone()].trim_end_matches(['\r', '\n']);
            let offset = self.offset + line.start;
            if is_gap(content) {
                continue;
            }
            if let Some(at) = forbidden(content) {
                return Err(self.fault(
                    offset + at,
                    "anchors, aliases, tags and merge keys are not used in tenant files; a text goes in single quotes",
                ));
            }
            let bare = content.trim_start_matches([' ', '-']);
            if let Some((key, "")) = split_key(bare) {
                let indent = content.len() - bare.len();
                let next = all[index + 1..]
                    .iter()
                    .map(|l| &block[l.clone()])
                    .find(|l| !is_gap(l));
                let follows = next.is_some_and(|next| {
                    let own = next.len() - next.trim_start_matches(' ').len();
                    own > indent || (own == indent && next.trim_start().starts_with('-'))
                });
                if !follows {
                    return Err(self.fault(
                        offset + indent,
                        &format!(
                            "{key} has no value: leave the line out, or write '' for an empty text"
                        ),
                    ));
                }
            }
        }
        Ok(())
    }

    /// Turns the YAML reader's error into ours.
    pub fn invalid(&self, error: &serde_yaml::Error) -> Diagnostic {
        let full = error.to_string();
        let Some(location) = error.location() else {
            return self.fault(self.offset, &full);
        };
        let suffix = format!(" at line {} column {}", location.line(), location.column());
        let message = full.strip_suffix(&suffix).unwrap_or(&full);
        // The reader counts from the block's beginning: `[0].licenses[1]` is `users[12].licenses[1]`.
        let message = match (&self.part, message.trim_start_matches('.')) {
            (Part::Whole, _) => message.to_owned(),
            (Part::Section(name), _) => format!("{name}: {message}"),
            (Part::Item { list, start }, inside) => {
                let number = items(self.text, &(*start..self.offset)).len();
                match inside.strip_prefix("[0]") {
                    Some(rest) => format!("{list}[{number}]{rest}"),
                    None => format!("{list}[{number}]: {message}"),
                }
            }
        };
        let start = lines(&self.text[self.offset..], 0..self.text.len() - self.offset)
            .nth(location.line().saturating_sub(1))
            .map_or(self.text.len(), |line| self.offset + line.start);
        let column = location.column().saturating_sub(1);
        let ahead: usize = self.text[start..]
            .chars()
            .take(column)
            .map(char::len_utf8)
            .sum();
        self.fault(start + ahead, &message)
    }

    /// A fault at an offset of the file, shown with the lines around it.
    pub fn fault(&self, offset: usize, message: &str) -> Diagnostic {
        let text = self.text;
        let offset = offset.min(text.len());
        let line_start = text[..offset].rfind('\n').map_or(0, |i| i + 1);
        let start = text[..line_start.saturating_sub(1)]
            .rfind('\n')
            .map_or(0, |i| i + 1);
        let line_end = text[offset..].find('\n').map_or(text.len(), |i| offset + i);
        let end = text[line_end..]
            .char_indices()
            .nth(1)
            .and_then(|(i, _)| text[line_end + i..].find('\n').map(|j| line_end + i + j));
        let end = end.unwrap_or(text.len()).min(line_end + 500).max(line_end);
        let end = (line_end..=end)
            .rev()
            .find(|i| text.is_char_boundary(*i))
            .unwrap_or(line_end);
        let first = text[..start].bytes().filter(|b| *b == b'\n').count() + 1;
        let source = Source::excerpt(self.path.display().to_string(), &text[start..end], first);
        let user = match self.part {
            Part::Item { .. } => {
                let block = &text[self.offset..];
                let end = block.find("\n- ").unwrap_or(block.len()).min(4096);
                let mut lines = block.get(..end).unwrap_or(block).lines();
                let upn =
                    lines.find_map(|l| l.trim_start_matches([' ', '-']).strip_prefix("upn: "));
                upn.map(str::to_owned)
            }
            _ => None,
        };
        Diagnostic::new("InvalidYaml", Category::InvalidData, message)
            .in_source(&source)
            .at(offset - start..line_end - start)
            .about(user.unwrap_or_else(|| self.path.display().to_string()))
            .hint("correct the file, then open it again")
    }
}

/// Where on a line a node begins with a mark that tenant files don't use. Text in quotes is passed over.
fn forbidden(line: &str) -> Option<usize> {
    let mut quote = None;
    let mut fresh = true;
    for (at, c) in line.char_indices() {
        match quote {
            Some(open) => {
                if c == open {
                    quote = None;
                }
            }
            None if fresh && matches!(c, '&' | '*' | '!') => return Some(at),
            None if fresh && line[at..].starts_with("<<") => return Some(at),
            None if fresh && matches!(c, '\'' | '"') => {
                quote = Some(c);
                fresh = false;
            }
            None => fresh = matches!(c, '[' | '{' | ',' | ':' | '-') || (fresh && c == ' '),
        }
    }
    None
}
