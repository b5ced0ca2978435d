//! A list of tenant.yaml made to hold what the tenant holds now: each thing is found again by its id.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::super::outline::Section;
use super::super::yaml::emit;
use super::super::{snapshot, unwritable};
use super::{Splice, carry, comments, indent_of, merge, not_read_back, push_comment};
use crate::diagnostic::Diagnostic;
use crate::tenant::{Group, Product, User};

/// A thing of a list: found again by its id, however it changed.
pub(super) trait Thing: Serialize + DeserializeOwned + PartialEq {
    fn id(&self) -> Uuid;

    /// Whether its lines may stay as they are: a change that was taken back can leave a list in another order.
    fn is_same(&self, other: &Self) -> bool {
        self == other
    }

    /// `user megan@contoso.com`
    fn label(&self) -> String;
}

impl Thing for User {
    fn id(&self) -> Uuid {
        self.id
    }

    fn is_same(&self, other: &Self) -> bool {
        self.is_same(other)
    }

    fn label(&self) -> String {
        format!("user {}", self.upn)
    }
}

impl Thing for Group {
    fn id(&self) -> Uuid {
        self.id
    }

    fn is_same(&self, other: &Self) -> bool {
        self.is_same(other)
    }

    fn label(&self) -> String {
        format!("group {}", self.name)
    }
}

impl Thing for Product {
    fn id(&self) -> Uuid {
        self.sku_id
    }

    fn label(&self) -> String {
        format!("product {}", self.sku)
    }
}

impl Splice<'_> {
    /// Writes a section's list; false where the file does not hold `base`.
    pub fn list<T: Thing>(
        &mut self,
        section: &Section,
        base: &[Arc<T>],
        now: &[Arc<T>],
    ) -> Result<bool, Diagnostic> {
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
            self.whole_list(section, now)?;
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
                    self.changed(&blocks[index], &**old, &**new, indent)?;
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
        for thing in now {
            self.end_line();
            let Some(place) = places.get(&thing.id()).copied() else {
                self.added(&**thing, indent)?;
                continue;
            };
            self.copy(gaps[place].clone());
            if same((&base[place], thing)) {
                self.copy(blocks[place].clone());
            } else {
                self.changed(&blocks[place], &*base[place], &**thing, indent)?;
            }
        }
        // The last line of a file may lack its end.
        self.end_line();
        self.copied = section.body.end;
        Ok(true)
    }

    /// A list that was empty, or is so now.
    fn whole_list<T: Thing>(
        &mut self,
        section: &Section,
        now: &[Arc<T>],
    ) -> Result<(), Diagnostic> {
        let mut lines = String::new();
        snapshot::section(&mut lines, section.name, now).map_err(|e| unwritable(&e))?;
        let part = section.line.start..section.body.end;
        let mut text = String::new();
        for comment in comments(&self.text[part.clone()]) {
            push_comment(&mut text, 0, comment.text);
        }
        self.copy_to(part.start);
        self.write(&text);
        self.write(&format!("{}:", section.name));
        match lines.split_once(":\n") {
            Some((_, items)) => {
                let items = self.with_line_ends(items.to_owned());
                let all = |read: &Vec<T>| {
                    read.len() == now.len() && read.iter().zip(now).all(|(a, b)| a.is_same(b))
                };
                if !self.read_back.reads_as(&items, all) {
                    return Err(not_read_back(section.name));
                }
                self.write("\n");
                self.out.new_text(&items);
            }
            None => self.write(" []\n"),
        }
        self.copied = part.end;
        Ok(())
    }

    /// Writes a new block.
    fn added<T: Thing>(&mut self, now: &T, indent: usize) -> Result<(), Diagnostic> {
        let mut lines = String::new();
        emit::item(&mut lines, now, indent).map_err(|e| unwritable(&e))?;
        self.first_that_reads_as(now, [Some(lines)])
    }

    /// Writes a block of the file, changed where the thing is: field by field, else anew with its comments, else without.
    fn changed<T: Thing>(
        &mut self,
        block: &Range<usize>,
        was: &T,
        now: &T,
        indent: usize,
    ) -> Result<(), Diagnostic> {
        let block = &self.text[block.clone()];
        let mut fresh = String::new();
        emit::item(&mut fresh, now, indent).map_err(|e| unwritable(&e))?;
        let carried = carry(block, &fresh, indent);
        let merged = merged_item(block, was, now, indent)?;
        let candidates = [merged, Some(carried.into_text()), Some(fresh)];
        self.first_that_reads_as(now, candidates)
    }

    fn first_that_reads_as<T: Thing, const N: usize>(
        &mut self,
        now: &T,
        candidates: [Option<String>; N],
    ) -> Result<(), Diagnostic> {
        let is = |read: &Vec<T>| matches!(&read[..], [read] if read.is_same(now));
        for candidate in candidates.into_iter().flatten() {
            let lines = self.with_line_ends(candidate);
            if self.read_back.reads_as(&lines, is) {
                self.out.new_text(&lines);
                return Ok(());
            }
        }
        Err(not_read_back(&now.label()))
    }
}

/// A block whose fields are one below the other, with those changed in which the things differ.
fn merged_item<T: Thing>(
    block: &str,
    was: &T,
    now: &T,
    indent: usize,
) -> Result<Option<String>, Diagnostic> {
    let Some(behind) = block.get(indent + 1..) else {
        return Ok(None);
    };
    // `- id` has its fields two further in than the dash, `-   id` four.
    let column = indent + 1 + behind.len() - behind.trim_start_matches(' ').len();
    if column < indent + 2 || behind.trim_start_matches(' ').starts_with(['\r', '\n']) {
        return Ok(None);
    }
    let (mut old, mut new) = (String::new(), String::new());
    emit::block(&mut old, was, column)
        .and_then(|()| emit::block(&mut new, now, column))
        .map_err(|e| unwritable(&e))?;
    let undashed = block.replacen('-', " ", 1);
    let merged = merge(&undashed, &old, &new, column).and_then(|merged| {
        let first = merged.lines.get(column..)?;
        let (dash, blanks) = (" ".repeat(indent), " ".repeat(column - indent - 1));
        Some(format!("{}{dash}-{blanks}{first}", merged.before))
    });
    Ok(merged)
}
