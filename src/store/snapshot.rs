//! tenant.yaml: read into the parts of a tenant, and written whole.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use twox_hash::XxHash3_64;

use super::disk::{Access, Disk, DiskFile, read_from};
use super::outline::{is_gap, outline};
use super::record::Fingerprint;
use super::yaml::emit::{self, Unwritable};
use super::yaml::read::Items;
use super::{error, splice};
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::{Group, Organisation, Product, Tenant, TenantData, User};

mod chunks;
mod source_part;

use source_part::{Part, Place};

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
    users: Vec<Arc<User>>,
    /// Every part is in the form that our reader takes: a block means the same wherever it is.
    #[serde(skip)]
    is_canonical: bool,
}

/// A file that was read into a tenant.
pub(super) struct Loaded {
    pub tenant: Tenant,
    pub mark: Fingerprint,
    /// Every part is in the form that our reader takes: a block means the same wherever it is.
    pub is_canonical: bool,
}

/// The parts of a tenant that a file holds.
pub(super) struct Parts {
    pub data: TenantData<Arc<User>>,
    pub mark: Fingerprint,
    pub is_canonical: bool,
}

/// The version of the file's form that this program writes.
const FORMAT: u32 = 1;

/// What a file's bytes are, to know them again.
pub(super) fn mark(sequence: u64, bytes: &[u8]) -> Fingerprint {
    Fingerprint {
        sequence,
        size: bytes.len() as u64,
        hash: XxHash3_64::oneshot(bytes),
    }
}

/// Reads a whole file.
pub(super) fn read(path: &Path, bytes: &[u8]) -> Result<Parts, Diagnostic> {
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
    let written = match by_section(path, text) {
        Some(read) => read?,
        None => whole(path, text)?,
    };
    let mark = mark(written.sequence, bytes);
    written.into_parts(path, mark)
}

impl Written {
    /// # Errors
    /// `UnknownFormat` where a later version wrote it.
    fn into_parts(self, path: &Path, mark: Fingerprint) -> Result<Parts, Diagnostic> {
        if self.format != FORMAT {
            return Err(error::refused(
                "UnknownFormat",
                format!(
                    "{} is of format {}, this program reads format {FORMAT}",
                    path.display(),
                    self.format
                ),
            )
            .hint("use the version of tenantsh that wrote it"));
        }
        Ok(Parts {
            data: TenantData {
                organisation: self.organisation,
                products: self.products,
                groups: self.groups,
                users: self.users,
            },
            mark,
            is_canonical: self.is_canonical,
        })
    }
}

/// Reads a file into a tenant, whose shape is checked.
pub(super) fn load(
    disk: &dyn Disk,
    path: &Path,
    file: &dyn DiskFile,
) -> Result<Loaded, Diagnostic> {
    let unread = |e| error::io(path, "read", &e);
    let parts = match chunks::read(path, file).map_err(unread)? {
        Some((written, mark)) => written.into_parts(path, mark)?,
        None => read(path, &read_from(file, 0).map_err(unread)?)?,
    };
    // Text and tenant are not held at the same time; a fault is worth reading the file once more.
    let tenant = Tenant::new(parts.data).map_err(|faults| {
        let bytes = disk
            .open(path, Access::Read)
            .and_then(|file| read_from(&*file, 0))
            .unwrap_or_default();
        misshapen(path, &String::from_utf8_lossy(&bytes), faults)
    })?;
    Ok(Loaded {
        tenant,
        mark: parts.mark,
        is_canonical: parts.is_canonical,
    })
}

/// Shows the first fault of a tenant's shape in its place, and notes the others.
fn misshapen(path: &Path, text: &str, faults: Vec<Diagnostic>) -> Diagnostic {
    let mut faults = faults.iter().map(|fault| {
        let target = fault.target.as_deref().unwrap_or_default();
        (target, format!("{target}: {}", fault.message))
    });
    let (target, message) = faults.next().unwrap_or_default();
    let offset = offset_of(text, target);
    let place = Place {
        path,
        text,
        offset,
        part: Part::Whole,
    };
    let fault = place.fault(offset, &message);
    faults
        .take(20)
        .fold(fault, |fault, (_, message)| fault.note(message, None, None))
}

/// Where a path such as `users[3].licenses[0]` begins: the line of its first part.
fn offset_of(text: &str, target: &str) -> usize {
    let (name, rest) = target.split_once(['[', '.']).unwrap_or((target, ""));
    let index = rest
        .split(']')
        .next()
        .and_then(|number| number.parse::<usize>().ok());
    let sections = outline(text, true).map(|outline| outline.sections);
    let sections = sections.unwrap_or_default();
    let Some(section) = sections.iter().find(|section| section.name == name) else {
        return 0;
    };
    let item = index.and_then(|index| section.items.blocks.get(index).cloned());
    item.map_or(section.line.start, |item| item.start)
}

/// A file whose sections can't be told apart goes to the YAML reader as one; it takes 15 times its size in memory.
fn whole(path: &Path, text: &str) -> Result<Written, Diagnostic> {
    const LIMIT: usize = 64 << 20;
    if text.len() > LIMIT {
        return Err(Diagnostic::new(
            "InvalidYaml",
            Category::InvalidData,
            format!("{} is too large to be read in this form", path.display()),
        )
        .about(path.display().to_string())
        .hint("write its sections in block style, as Save-Tenant does"));
    }
    let place = Place {
        path,
        text,
        offset: 0,
        part: Part::Whole,
    };
    place.check(text)?;
    serde_yaml::from_str(text).map_err(|e| place.invalid(&e))
}

/// Reads section by section; `None` where the file has another shape than ours.
fn by_section(path: &Path, text: &str) -> Option<Result<Written, Diagnostic>> {
    // For a YAML reader such a line end is one too.
    if has_lone_return(text) {
        return None;
    }
    let sections = outline(text, false)?.sections;
    let mut is_canonical = true;
    let mut seen = Vec::new();
    let (mut format, mut sequence, mut organisation) = (None, 0, None);
    let (mut products, mut groups, mut users) = (Vec::new(), Vec::new(), Vec::new());
    for section in &sections {
        if seen.contains(&section.name) {
            return None;
        }
        seen.push(section.name);
        let body = section.body.clone();
        let read = match section.name {
            "format" if body.is_empty() => {
                format = Some(section.rest.parse().ok()?);
                Ok(())
            }
            "sequence" if body.is_empty() => {
                sequence = section.rest.parse().ok()?;
                Ok(())
            }
            "organisation" if section.rest.is_empty() => {
                let place = Place {
                    path,
                    text,
                    offset: body.start,
                    part: Part::Section("organisation"),
                };
                place.read(&text[body]).map(|(read, canonical)| {
                    organisation = Some(read);
                    is_canonical &= canonical;
                })
            }
            "products" | "groups" | "users" => {
                let list = match section.rest {
                    "[]" if body.is_empty() => continue,
                    "" => List {
                        path,
                        text,
                        name: section.name,
                        body,
                    },
                    _ => return None,
                };
                let read = match section.name {
                    "products" => list.read::<Product, _>(&mut products),
                    "groups" => list.read::<Group, _>(&mut groups),
                    _ => list.read::<User, _>(&mut users),
                };
                read.map(|canonical| is_canonical &= canonical)
            }
            _ => return None,
        };
        if let Err(fault) = read {
            return Some(Err(fault));
        }
    }
    Some(Ok(Written {
        format: format?,
        sequence,
        organisation: organisation?,
        products,
        groups,
        users,
        is_canonical,
    }))
}

/// Whether a carriage return stands anywhere but before a line feed.
fn has_lone_return(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n'))
}

/// A list of things, each of which is read by itself.
struct List<'t> {
    path: &'t Path,
    text: &'t str,
    name: &'t str,
    body: Range<usize>,
}

impl List<'_> {
    /// Reads the items; whether each is in canonical form.
    fn read<T: DeserializeOwned, I: From<T>>(&self, read: &mut Vec<I>) -> Result<bool, Diagnostic> {
        let mut is_canonical = true;
        let start = self.body.start;
        let mut items = Items::new(&self.text[self.body.clone()]);
        while let Some((range, item)) = items.read_next::<T>() {
            let item = match item {
                Ok(item) => item,
                Err(_) => {
                    is_canonical = false;
                    self.other(start + range.start..start + range.end)?
                }
            };
            read.push(item.into());
        }
        Ok(is_canonical)
    }

    /// Reads an item that is not in canonical form.
    fn other<T: DeserializeOwned>(&self, range: Range<usize>) -> Result<T, Diagnostic> {
        const LIMIT: usize = 64 << 10;
        let block = &self.text[range.clone()];
        // Counted where it is told only: a list may hold many items of another form.
        let place = Place {
            path: self.path,
            text: self.text,
            offset: range.start,
            part: Part::Item {
                list: self.name,
                start: self.body.start,
            },
        };
        if block.len() > LIMIT {
            return Err(place.fault(range.start, "one item is longer than 64 KiB"));
        }
        // Where the whole file is read, such a line begins a section.
        if block
            .lines()
            .any(|line| !line.starts_with([' ', '-']) && !is_gap(line))
        {
            return Err(place.fault(range.start, "not a list of items"));
        }
        let (mut items, _): (Vec<T>, _) = place.read(block)?;
        match (items.pop(), items.is_empty()) {
            (Some(item), true) => Ok(item),
            _ => Err(place.fault(range.start, "not a list of items")),
        }
    }
}

/// Whether a text that is to become tenant.yaml reads as the tenant, and then whether all of it is canonical.
pub(super) fn check(path: &Path, text: &str, tenant: &Tenant) -> Result<bool, Diagnostic> {
    let parts = read(path, text.as_bytes()).map_err(|fault| {
        let refused = splice::not_read_back("the file");
        refused.note(fault.to_string(), None, None)
    })?;
    let data = &parts.data;
    let differs = if data.organisation != *tenant.organisation() {
        Some("the organisation".to_owned())
    } else if let Some(product) = first_other(&data.products, tenant.products(), |a, b| a == b) {
        Some(product.map_or("products".into(), |p| format!("product {}", p.sku)))
    } else if let Some(group) = first_other(&data.groups, tenant.groups(), Group::is_same) {
        Some(group.map_or("groups".into(), |g| format!("group {}", g.name)))
    } else {
        first_other(&data.users, tenant.users(), |a, b| a.is_same(b))
            .map(|user| user.map_or("users".into(), |u| format!("user {}", u.upn)))
    };
    match differs {
        None => Ok(parts.is_canonical),
        Some(what) => Err(splice::not_read_back(&what)),
    }
}

/// The first thing of the tenant that was read as another; none inside where there are more or fewer.
#[allow(clippy::option_option)]
fn first_other<'t, A, B>(
    read: &[A],
    held: &'t [Arc<B>],
    is_same: impl Fn(&A, &B) -> bool,
) -> Option<Option<&'t B>> {
    let other = read.iter().zip(held).find(|(a, b)| !is_same(a, b));
    match other {
        Some((_, thing)) => Some(Some(thing)),
        None => (read.len() != held.len()).then_some(None),
    }
}

/// The whole file, in canonical form.
pub(super) fn render(tenant: &Tenant, sequence: u64) -> Result<String, Unwritable> {
    let mut out = format!("format: {FORMAT}\nsequence: {sequence}\norganisation:\n");
    emit::block(&mut out, tenant.organisation(), 2)?;
    section(&mut out, "products", tenant.products())?;
    section(&mut out, "groups", tenant.groups())?;
    section(&mut out, "users", tenant.users())?;
    Ok(out)
}

pub(super) fn section<T: serde::Serialize>(
    out: &mut String,
    name: &str,
    items: &[T],
) -> Result<(), Unwritable> {
    out.push_str(name);
    out.push_str(if items.is_empty() { ": []\n" } else { ":\n" });
    items.iter().try_for_each(|item| emit::item(out, item, 0))
}
