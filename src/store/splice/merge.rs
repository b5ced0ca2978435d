//! A block of the file changed field by field: lines whose value did not change stay as they are.

use std::ops::Range;

use super::super::outline::{is_gap, lines};
use super::comments::{Carried, carry, key_of};

/// A key of a block with the lines of its value; comments before it belong to it.
struct Field<'t> {
    key: &'t str,
    gap: &'t str,
    lines: &'t str,
}

/// The fields of a block whose keys are all at one indent; none where a line belongs to no field, or two have one key.
fn fields(block: &str, indent: usize) -> Option<Vec<Field<'_>>> {
    let mut fields: Vec<(&str, Range<usize>, Range<usize>)> = Vec::new();
    let mut gap = 0;
    for line in lines(block, 0..block.len()) {
        let content = block[line.clone()].trim_end_matches(['\r', '\n']);
        if is_gap(content) {
            continue;
        }
        let own = content.len() - content.trim_start_matches(' ').len();
        match key_of(&content[own..]).filter(|_| own == indent) {
            Some(key) if fields.iter().any(|(other, ..)| *other == key) => return None,
            Some(key) => fields.push((key, gap..line.start, line.clone())),
            None => fields.last_mut()?.2.end = line.end,
        }
        gap = line.end;
    }
    let fields = fields.into_iter().map(|(key, gap, lines)| Field {
        key,
        gap: &block[gap],
        lines: &block[lines],
    });
    Some(fields.collect())
}

/// A block of the file with the fields changed in which `new` differs from `old`; both are in canonical form. None
/// where the block is not in fields.
///
/// The first field of the result has no comment before it: those are given apart.
pub(super) fn merge(block: &str, old: &str, new: &str, indent: usize) -> Option<Carried> {
    let (own, old, new) = (
        fields(block, indent)?,
        fields(old, indent)?,
        fields(new, indent)?,
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
    let mut before = String::new();
    let mut out = String::new();
    for key in keys {
        let mine = find(&own, key).map(|i| &own[i]);
        let was = find(&old, key).map(|i| old[i].lines);
        let is = find(&new, key).map(|i| new[i].lines);
        if let Some(mine) = mine
            && (is.is_some() || was == is)
        {
            let place = match out.is_empty() {
                true => &mut before,
                false => &mut out,
            };
            place.push_str(mine.gap);
        }
        match (mine, is) {
            // Written though it is the default, and still so.
            (Some(mine), is) if is == was => out.push_str(mine.lines),
            (Some(mine), Some(is)) => {
                let carried = carry(mine.lines, is, indent);
                let place = match out.is_empty() {
                    true => &mut before,
                    false => &mut out,
                };
                place.push_str(&carried.before);
                out.push_str(&carried.lines);
            }
            (None, Some(is)) => out.push_str(is),
            (_, None) => {}
        }
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
    }
    Some(Carried { before, lines: out })
}
