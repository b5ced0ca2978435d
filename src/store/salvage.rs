//! What can be had out of a damaged tenant directory: the best snapshot that is readable, and every journal record that
//! still fits it. Nothing is written there.

use std::path::Path;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::disk::{Access, Disk, read_from};
use super::journal::{read_head, record_at};
use super::layout::Layout;
use super::outline::{is_gap, outline};
use super::record::{self, Content, Entry, Header, checksum};
use super::yaml::read::{parse, split_key};
use super::{Holder, Store, snapshot};
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::{Organisation, Tenant, TenantData, User};

/// A tenant taken out of damaged files.
pub struct Salvaged {
    pub tenant: Tenant,
    /// Where it comes from.
    pub origin: String,
    /// What could not be had, with its place.
    pub lost: Vec<String>,
}

/// Takes out what can be had.
///
/// # Errors
/// Nothing of tenant.yaml can be read.
pub fn salvage(disk: &Arc<dyn Disk>, dir: &Path) -> Result<Salvaged, Diagnostic> {
    let layout = Layout::of(&**disk, dir);
    let opened = Store::open(Arc::clone(disk), dir, Holder::reader());
    if let Ok(opened) = &opened
        && opened.store.read_only_reason().is_none()
        && opened.store.check_edit().is_ok()
    {
        return Ok(Salvaged {
            tenant: opened.tenant.clone(),
            origin: format!(
                "nothing is damaged: the state of record {}",
                opened.store.end_seq()
            ),
            lost: Vec::new(),
        });
    }
    let mut lost = Vec::new();
    let doubtful = opened.is_ok_and(|opened| opened.store.check_edit().is_err());
    let previous = Layout::previous(&layout.tenant);
    let mut places = [&layout.tenant, &previous];
    if doubtful {
        places.reverse();
    }
    let whole = places.into_iter().find_map(|path| {
        let bytes = read(&**disk, path)?;
        let parts = snapshot::read(path, &bytes).ok()?;
        let sequence = parts.mark.sequence;
        Some((path.clone(), Tenant::new(parts.data).ok()?, sequence))
    });
    let (path, mut tenant, sequence) = match whole {
        Some(found) => found,
        None => {
            let bytes = read(&**disk, &layout.tenant).unwrap_or_default();
            let (tenant, sequence) = piecewise(&String::from_utf8_lossy(&bytes), &mut lost)
                .ok_or_else(|| {
                    let message = format!("nothing can be read of {}", layout.tenant.display());
                    Diagnostic::new("NothingToSalvage", Category::InvalidData, message)
                        .about(layout.tenant.display().to_string())
                        .hint("restore it from a backup or from git")
                })?;
            (layout.tenant.clone(), tenant, sequence)
        }
    };
    let mut last = sequence;
    let mut count = 0;
    for entry in entries(&**disk, &layout, &mut lost) {
        if entry.seq <= sequence {
            continue;
        }
        for change in &entry.changes {
            match tenant.apply(change) {
                Ok(()) => count += 1,
                Err(fault) => lost.push(format!("record {}: {}", entry.seq, fault.message)),
            }
        }
        last = last.max(entry.seq);
    }
    let origin = format!(
        "from {} of record {sequence} and the journal up to record {last}, {count} changes",
        path.display()
    );
    Ok(Salvaged {
        tenant,
        origin,
        lost,
    })
}

fn read(disk: &dyn Disk, path: &Path) -> Option<Vec<u8>> {
    let file = disk.open(path, Access::Read).ok()?;
    read_from(&*file, 0).ok()
}

/// The entries of all journal files that are whole, in order, whatever is damaged between them.
fn entries(disk: &dyn Disk, layout: &Layout, lost: &mut Vec<String>) -> Vec<Entry> {
    let firsts = layout.rotated_firsts(disk).unwrap_or_default();
    let mut paths: Vec<_> = firsts
        .into_iter()
        .rev()
        .map(|first| layout.rotated(first))
        .collect();
    paths.push(layout.journal.clone());
    let mut entries: Vec<Entry> = Vec::new();
    for path in paths {
        let Some(bytes) = read(disk, &path) else {
            lost.push(format!("{}: can't be read", path.display()));
            continue;
        };
        let head = read_head(&bytes);
        if head.is_none() {
            lost.push(format!(
                "{}:1: not the first line of a journal",
                path.display()
            ));
        }
        // What the next record is chained to, where the one before it still says so.
        let mut before = head.map(|(head, _)| (head.first - 1, head.after));
        let mut at = head.map_or(0, |(_, start)| start);
        while at < bytes.len() {
            let found = record_at(&bytes, at).filter(|(header, body)| {
                let body = &bytes[body.clone()];
                before.is_none_or(|(seq, sum)| {
                    header.seq != seq + 1 || checksum(sum, header.seq, body) == header.sum
                })
            });
            let entry = found.as_ref().and_then(|(header, body)| {
                let text = std::str::from_utf8(&bytes[body.clone()]).ok()?;
                let own = text.starts_with(&format!("seq: {}\n", header.seq));
                own.then(|| record::read_body(text).ok()).flatten()
            });
            match (found, entry) {
                (Some((header, body)), Some(content)) => {
                    if let Content::Entry(entry) = content
                        && entries.last().is_none_or(|last| last.seq < entry.seq)
                    {
                        entries.push(entry);
                    }
                    before = Some((header.seq, header.sum));
                    at = body.end;
                }
                _ => {
                    let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
                    lost.push(format!("{}:{line}: a damaged record", path.display()));
                    before = header_at(&bytes, at).map(|header| (header.seq, header.sum));
                    at = next_header(&bytes, at + 1);
                }
            }
        }
    }
    entries
}

fn header_at(bytes: &[u8], at: usize) -> Option<Header> {
    let len = memchr::memchr(b'\n', &bytes[at..])? + 1;
    Header::read(&bytes[at..at + len])
}

/// Where the next line begins that is a header; the end where there is none.
fn next_header(bytes: &[u8], from: usize) -> usize {
    let mut lines = memchr::memmem::find_iter(&bytes[from..], Header::START.as_bytes());
    lines
        .find(|at| header_at(bytes, from + at).is_some())
        .map_or(bytes.len(), |at| from + at)
}

/// Reads a tenant.yaml item by item, without those that can't be read.
fn piecewise(text: &str, lost: &mut Vec<String>) -> Option<(Tenant, u64)> {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    // A line at the left that begins no section hides what follows it.
    let kept = text
        .split_inclusive('\n')
        .enumerate()
        .map(|(number, line)| {
            let is_section = split_key(line.trim_end_matches('\n')).is_some();
            if is_gap(line) || line.starts_with([' ', '-']) || is_section {
                return line.to_owned();
            }
            lost.push(format!("tenant.yaml:{}: {}", number + 1, line.trim_end()));
            "\n".to_owned()
        });
    let text: String = kept.collect();
    let outline = outline(&text, true)?;
    let mut sequence = 0;
    let mut data = TenantData {
        organisation: serde_yaml::from_str::<Organisation>("name: Salvaged").ok()?,
        products: Vec::new(),
        groups: Vec::new(),
        users: Vec::<Arc<User>>::new(),
    };
    for section in &outline.sections {
        let body = &text[section.body.clone()];
        match section.name {
            "sequence" => sequence = section.rest.parse().unwrap_or(0),
            "organisation" => match one(body) {
                Ok(organisation) => data.organisation = organisation,
                Err(fault) => lost.push(format!("organisation: {fault}")),
            },
            "products" => data.products = items(&text, section, lost),
            "groups" => data.groups = items(&text, section, lost),
            "users" => {
                let users: Vec<User> = items(&text, section, lost);
                data.users = users.into_iter().map(Arc::new).collect();
            }
            _ => {}
        }
    }
    // What doesn't go together: without the thing that is named, until the rest does.
    for _ in 0..10_000 {
        let copy = TenantData {
            organisation: data.organisation.clone(),
            products: data.products.clone(),
            groups: data.groups.clone(),
            users: data.users.clone(),
        };
        let faults = match Tenant::new(copy) {
            Ok(tenant) => return Some((tenant, sequence)),
            Err(faults) => faults,
        };
        let fault = faults.first()?;
        let target = fault.target.clone().unwrap_or_default();
        let (list, rest) = target.split_once('[')?;
        let index: usize = rest.split(']').next()?.parse().ok()?;
        lost.push(format!("{target}: {}", fault.message));
        match list {
            "products" if index < data.products.len() => drop(data.products.remove(index)),
            "groups" if index < data.groups.len() => drop(data.groups.remove(index)),
            "users" if index < data.users.len() => drop(data.users.remove(index)),
            _ => return None,
        }
    }
    None
}

fn one<T: DeserializeOwned>(block: &str) -> Result<T, String> {
    parse(block).or_else(|_| serde_yaml::from_str(block).map_err(|e| e.to_string()))
}

fn items<T: DeserializeOwned>(
    text: &str,
    section: &super::outline::Section,
    lost: &mut Vec<String>,
) -> Vec<T> {
    let mut items = Vec::new();
    for (index, block) in section.items.blocks.iter().enumerate() {
        match one::<Vec<T>>(&text[block.clone()]) {
            Ok(mut read) => items.append(&mut read),
            Err(fault) => {
                let line = text[..block.start].matches('\n').count() + 1;
                lost.push(format!(
                    "tenant.yaml:{line}: {}[{index}]: {fault}",
                    section.name
                ));
            }
        }
    }
    items
}
