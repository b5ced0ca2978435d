//! The next tenant.yaml made from the last: untouched blocks are copied byte for byte, changed ones line by line.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;
use uuid::Uuid;

use super::chunked_text::Pieces;
use super::outline::{Section, is_gap, lines, outline};
use super::snapshot;
use super::yaml::emit::{self, Unwritable};
use super::yaml::read::split_key;
use crate::tenant::{Group, Product, Tenant, User};

/// A thing of a list: found again by its id, however it changed.
trait Thing: Serialize + PartialEq {
    fn id(&self) -> Uuid;

    /// Whether its lines may stay as they are: a change that was taken back can leave a list in another order.
    fn is_same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Thing for User {
    fn id(&self) -> Uuid {
        self.id
    }

    fn is_same(&self, other: &Self) -> bool {
        self.is_same(other)
    }
}

impl Thing for Group {
    fn id(&self) -> Uuid {
        self.id
    }

    fn is_same(&self, other: &Self) -> bool {
        self.is_same(other)
    }
}

impl Thing for Product {
    fn id(&self) -> Uuid {
        self.sku_id
    }
}

/// `text`, which holds `base`, made to hold `now`; `None` where it isn't in sections, or doesn't hold `base`.
pub(super) fn splice<'t>(
    text: &'t str,
    base: &Tenant,
    now: &Tenant,
    sequence: u64,
) -> Result<Option<Pieces<'t>>, Unwritable> {
    let Some(sections) = outline(text, true) else {
        return Ok(None);
    };
    let mut out = Splice {
        text,
        out: Pieces::default(),
        copied: 0,
        windows: first_line_is_crlf(text),
    };
    let has = |name: &str| sections.iter().any(|section| section.name == name);
    for section in &sections {
        let held = match section.name {
            "format" => {
                if !has("sequence") {
                    out.copy_to(section.line.end);
                    out.write(&format!("sequence: {sequence}\n"));
                }
                true
            }
            "sequence" => {
                out.replace(&section.line, &format!("sequence: {sequence}\n"));
                true
            }
            "organisation" => {
                if base.organisation() != now.organisation() {
                    let indent = indent_of(&text[section.body.clone()]);
                    let mut old = String::new();
                    let mut new = String::new();
                    emit::block(&mut old, base.organisation(), indent)?;
                    emit::block(&mut new, now.organisation(), indent)?;
                    let merged = merge(&text[section.body.clone()], &old, &new, indent);
                    out.replace(&section.body, &merged);
                }
                section.rest.is_empty()
            }
            "products" => out.list(section, base.products(), now.products())?,
            "groups" => out.list(section, base.groups(), now.groups())?,
            "users" => out.list(section, base.users(), now.users())?,
            _ => false,
        };
        if !held {
            return Ok(None);
        }
    }
    out.copy_to(text.len());
    let mut rest = String::new();
    if !has("products") && !now.products().is_empty() {
        snapshot::section(&mut rest, "products", now.products())?;
    }
    if !has("groups") && !now.groups().is_empty() {
        snapshot::section(&mut rest, "groups", now.groups())?;
    }
    if !has("users") && !now.users().is_empty() {
        snapshot::section(&mut rest, "users", now.users())?;
    }
    if !rest.is_empty() {
        out.end_line();
        out.write(&rest);
    }
    Ok(Some(out.out))
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
}

impl Splice<'_> {
    fn copy_to(&mut self, end: usize) {
        self.out.part(&self.text[self.copied..end]);
        self.copied = end;
    }

    /// Generated lines, with the file's line ends.
    fn write(&mut self, lines: &str) {
        if self.windows {
            let lines = lines.replace("\r\n", "\n").replace('\n', "\r\n");
            self.out.new_text(&lines);
        } else {
            self.out.new_text(lines);
        }
    }

    fn end_line(&mut self) {
        if self.out.is_within_line() {
            self.out.new_text("\n");
        }
    }

    fn replace(&mut self, part: &Range<usize>, lines: &str) {
        self.copy_to(part.start);
        self.write(lines);
        self.copied = part.end;
    }

    /// Writes a section's list; false where the file does not hold `base`.
    fn list<T: Thing>(
        &mut self,
        section: &Section,
        base: &[Arc<T>],
        now: &[Arc<T>],
    ) -> Result<bool, Unwritable> {
        let blocks = &section.items.blocks;
        if blocks.len() != base.len() {
            return Ok(false);
        }
        let same = |(old, new): (&Arc<T>, &Arc<T>)| Arc::ptr_eq(old, new) || old.is_same(new);
        if base.len() == now.len() && base.iter().zip(now).all(same) {
            self.copy_to(section.body.end);
            return Ok(true);
        }
        if base.is_empty() || now.is_empty() {
            let mut lines = String::new();
            snapshot::section(&mut lines, section.name, now)?;
            self.replace(&(section.line.start..section.body.end), &lines);
            return Ok(true);
        }
        let indent = indent_of(&self.text[blocks[0].clone()]);
        // Most often nothing came or went, and the n-th block is that of the n-th thing.
        let in_place = base.len() == now.len()
            && base
                .iter()
                .zip(now)
                .all(|(a, b)| Arc::ptr_eq(a, b) || a.id() == b.id());
        if in_place {
            for (index, (old, new)) in base.iter().zip(now).enumerate() {
                if !same((old, new)) {
                    self.copy_to(blocks[index].start);
                    self.merged(&blocks[index], &**old, &**new, indent)?;
                    self.copied = blocks[index].end;
                }
            }
            self.copy_to(section.body.end);
            return Ok(true);
        }
        let places: HashMap<Uuid, usize> = base
            .iter()
            .enumerate()
            .map(|(index, thing)| (thing.id(), index))
            .collect();
        let mut start = section.line.end;
        let gaps: Vec<Range<usize>> = blocks
            .iter()
            .map(|block| std::mem::replace(&mut start, block.end)..block.start)
            .collect();
        self.copy_to(section.line.end);
        let mut generated = String::new();
        for thing in now {
            let Some(place) = places.get(&thing.id()).copied() else {
                generated.clear();
                emit::item(&mut generated, &**thing, indent)?;
                self.end_line();
                self.write(&generated);
                continue;
            };
            let text = self.text;
            self.out.part(&text[gaps[place].clone()]);
            let block = &text[blocks[place].clone()];
            if same((&base[place], thing)) {
                self.out.part(block);
            } else {
                self.merged(&blocks[place], &*base[place], &**thing, indent)?;
            }
            // The last line of a file may lack its end.
            self.end_line();
        }
        self.copied = section.body.end;
        Ok(true)
    }
}

impl Splice<'_> {
    /// Writes a block of the file, changed where the thing is.
    fn merged<T: Thing>(
        &mut self,
        block: &Range<usize>,
        was: &T,
        now: &T,
        indent: usize,
    ) -> Result<(), Unwritable> {
        let (mut old, mut new) = (String::new(), String::new());
        emit::item(&mut old, was, indent)?;
        emit::item(&mut new, now, indent)?;
        let undash = |block: &str| block.replacen("- ", "  ", 1);
        let block = undash(&self.text[block.clone()]);
        let merged = merge(&block, &undash(&old), &undash(&new), indent + 2);
        let merged = format!("{}- {}", " ".repeat(indent), &merged[indent + 2..]);
        self.write(&merged);
        Ok(())
    }
}

fn indent_of(lines: &str) -> usize {
    let line = lines.lines().find(|line| !is_gap(line)).unwrap_or_default();
    line.len() - line.trim_start_matches(' ').len()
}

/// A key of a block with the lines of its value; comments before it belong to it.
struct Field<'t> {
    key: &'t str,
    gap: &'t str,
    lines: &'t str,
}

fn fields(block: &str, indent: usize) -> Vec<Field<'_>> {
    let mut fields: Vec<(&str, Range<usize>, Range<usize>)> = Vec::new();
    let mut gap = 0;
    for line in lines(block, 0..block.len()) {
        let content = block[line.clone()].trim_end_matches(['\r', '\n']);
        if is_gap(content) {
            continue;
        }
        let own = content.len() - content.trim_start_matches(' ').len();
        match split_key(&content[own..]).filter(|_| own == indent) {
            Some((key, _)) => fields.push((key, gap..line.start, line.clone())),
            None => {
                if let Some((_, _, lines)) = fields.last_mut() {
                    lines.end = line.end;
                }
            }
        }
        gap = line.end;
    }
    fields
        .into_iter()
        .map(|(key, gap, lines)| Field {
            key,
            gap: &block[gap],
            lines: &block[lines],
        })
        .collect()
}

/// A block of the file with the fields changed in which `new` differs from `old`; both are in canonical form.
///
/// The first field of the result has no comment before it.
fn merge(block: &str, old: &str, new: &str, indent: usize) -> String {
    let (own, old, new) = (
        fields(block, indent),
        fields(old, indent),
        fields(new, indent),
    );
    let find = |fields: &[Field], key: &str| fields.iter().position(|field| field.key == key);
    // What is to be written: the file's order, then each new field behind the one it canonically follows.
    let mut keys: Vec<&str> = own.iter().map(|field| field.key).collect();
    for (index, field) in new.iter().enumerate() {
        let was = find(&old, field.key).map(|i| old[i].lines);
        if !keys.contains(&field.key) && was != Some(field.lines) {
            let before = new[..index]
                .iter()
                .rev()
                .find_map(|f| keys.iter().position(|k| *k == f.key));
            keys.insert(before.map_or(0, |i| i + 1), field.key);
        }
    }
    let mut out = String::new();
    for key in keys {
        let mine = find(&own, key).map(|i| &own[i]);
        let was = find(&old, key).map(|i| old[i].lines);
        let is = find(&new, key).map(|i| new[i].lines);
        if let Some(mine) = mine
            && !out.is_empty()
            && (is.is_some() || was == is)
        {
            out.push_str(mine.gap);
        }
        match (mine, is) {
            // Written though it is the default, and still so.
            (Some(mine), is) if is == was => out.push_str(mine.lines),
            (_, Some(is)) => out.push_str(is),
            (_, None) => {}
        }
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
    }
    out
}
