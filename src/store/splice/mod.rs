//! The next tenant.yaml made from the last: untouched blocks are copied byte for byte, changed ones line by line, and
//! each new line is read back before it is used.

mod check;
mod comments;
mod list;
mod merge;
mod whole;

use std::ops::Range;

use super::chunked_text::Pieces;
use super::outline::{Section, is_gap, outline};
use super::snapshot;
use super::yaml::emit;
use super::{error, unwritable};
use crate::diagnostic::Diagnostic;
use crate::tenant::{Organisation, Tenant};
use check::ReadBack;
use comments::{carry, comments, push_comment};
use merge::merge;
pub(super) use whole::render_with_comments;

/// A file made from the last one.
pub(super) struct Spliced<'t> {
    pub text: Pieces<'t>,
    /// Every new block was read back and is in canonical form. Where all the others are so too, nothing else can have
    /// changed its meaning.
    pub is_canonical: bool,
}

/// `text`, which holds `base`, made to hold `now`; `None` where it isn't in sections, or doesn't hold `base` item by item.
///
/// # Errors
/// A block that would not read back as what the tenant holds.
pub(super) fn splice<'t>(
    text: &'t str,
    base: &Tenant,
    now: &Tenant,
    sequence: u64,
) -> Result<Option<Spliced<'t>>, Diagnostic> {
    let mark = match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(_) => BYTE_ORDER_MARK.len(),
        None => 0,
    };
    let (mark, text) = text.split_at(mark);
    let Some(outline) = outline(text, true) else {
        return Ok(None);
    };
    let sections = &outline.sections;
    let has = |name: &str| sections.iter().any(|section| section.name == name);
    if !sections.iter().all(|section| is_ours(section, sections)) {
        return Ok(None);
    }
    let mut out = Splice {
        text,
        out: Pieces::default(),
        copied: 0,
        windows: first_line_is_crlf(text),
        read_back: ReadBack::new(text.len()),
    };
    out.out.part(mark);
    for section in sections {
        let held = match section.name {
            "format" => {
                if !has("sequence") {
                    out.copy_to(section.line.end);
                    out.end_line();
                    out.write(&format!("sequence: {sequence}\n"));
                }
                true
            }
            "sequence" => {
                let number = section.rest_start..section.rest_start + section.rest.len();
                out.replace(&number, &sequence.to_string());
                true
            }
            "organisation" => {
                out.organisation(section, base.organisation(), now.organisation())?;
                true
            }
            "products" => out.list(section, base.products(), now.products())?,
            "groups" => out.list(section, base.groups(), now.groups())?,
            _ => out.list(section, base.users(), now.users())?,
        };
        if !held {
            return Ok(None);
        }
    }
    out.copy_to(outline.end);
    let mut rest = String::new();
    let written = |name: &str, is_empty: bool| !has(name) && !is_empty;
    if written("products", now.products().is_empty()) {
        snapshot::section(&mut rest, "products", now.products()).map_err(|e| unwritable(&e))?;
    }
    if written("groups", now.groups().is_empty()) {
        snapshot::section(&mut rest, "groups", now.groups()).map_err(|e| unwritable(&e))?;
    }
    if written("users", now.users().is_empty()) {
        snapshot::section(&mut rest, "users", now.users()).map_err(|e| unwritable(&e))?;
    }
    if !rest.is_empty() {
        out.end_line();
        out.write(&rest);
    }
    let is_canonical = out.read_back.is_canonical && rest.is_empty();
    out.copy_to(text.len());
    Ok(Some(Spliced {
        text: out.out,
        is_canonical,
    }))
}

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Whether a section is written as the reader of sections takes it; of two with one name it takes none.
fn is_ours(section: &Section, all: &[Section]) -> bool {
    let number = || section.body.is_empty() && section.rest.parse::<u64>().is_ok();
    let once = all
        .iter()
        .filter(|other| other.name == section.name)
        .count()
        == 1;
    once && match section.name {
        "format" | "sequence" => number(),
        "organisation" => section.rest.is_empty(),
        "products" | "groups" | "users" => {
            section.rest.is_empty() || (section.rest == "[]" && section.body.is_empty())
        }
        _ => false,
    }
}

fn first_line_is_crlf(text: &str) -> bool {
    text.split_inclusive('\n')
        .next()
        .is_some_and(|line| line.ends_with("\r\n"))
}

struct Splice<'t> {
    text: &'t str,
    out: Pieces<'t>,
    /// How far the text has been copied or replaced.
    copied: usize,
    /// Lines end with a carriage return.
    windows: bool,
    read_back: ReadBack,
}

impl<'t> Splice<'t> {
    fn copy_to(&mut self, end: usize) {
        self.copy(self.copied..end);
        self.copied = end;
    }

    fn copy(&mut self, part: Range<usize>) {
        let text: &'t str = self.text;
        self.out.part(&text[part]);
    }

    /// Generated lines with the file's line ends.
    fn with_line_ends(&self, lines: String) -> String {
        match self.windows {
            true => lines.replace("\r\n", "\n").replace('\n', "\r\n"),
            false => lines,
        }
    }

    fn write(&mut self, lines: &str) {
        let lines = self.with_line_ends(lines.to_owned());
        self.out.new_text(&lines);
    }

    fn end_line(&mut self) {
        if self.out.is_within_line() {
            self.write("\n");
        }
    }

    fn replace(&mut self, part: &Range<usize>, lines: &str) {
        self.copy_to(part.start);
        self.write(lines);
        self.copied = part.end;
    }

    /// Writes the organisation, changed where it is.
    fn organisation(
        &mut self,
        section: &Section,
        was: &Organisation,
        now: &Organisation,
    ) -> Result<(), Diagnostic> {
        if was == now {
            return Ok(());
        }
        let old_lines = &self.text[section.body.clone()];
        let own = indent_of(old_lines);
        let canonical = |indent| {
            let (mut old, mut new) = (String::new(), String::new());
            emit::block(&mut old, was, indent)
                .and_then(|()| emit::block(&mut new, now, indent))
                .map(|()| (old, new))
                .map_err(|e| unwritable(&e))
        };
        let (old, new) = canonical(own)?;
        let (_, fresh) = canonical(2)?;
        let candidates = [
            merge(old_lines, &old, &new, own).filter(|_| own > 0),
            Some(carry(old_lines, &fresh, 2)),
        ];
        for candidate in candidates.into_iter().flatten() {
            let lines = self.with_line_ends(candidate.into_text());
            if self
                .read_back
                .reads_as(&lines, |read: &Organisation| read == now)
            {
                self.copy_to(section.body.start);
                self.out.new_text(&lines);
                self.copied = section.body.end;
                return Ok(());
            }
        }
        Err(not_read_back("the organisation"))
    }
}

fn indent_of(lines: &str) -> usize {
    let line = lines.lines().find(|line| !is_gap(line)).unwrap_or_default();
    line.len() - line.trim_start_matches(' ').len()
}

/// A part of the new file that doesn't say what the tenant holds: it is not used.
pub(super) fn not_read_back(what: &str) -> Diagnostic {
    error::refused(
        "NotReadBack",
        format!(
            "tenant.yaml was left as it is: {what} as it would be written doesn't read back as what the tenant holds"
        ),
    )
    .hint("nothing is lost, every change is in the journal; the file's layout is written anew by: tenantsh fmt DIR")
}
