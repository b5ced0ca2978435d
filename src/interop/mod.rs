//! Microsoft's file formats, to and from the tenant's model; and the tenant that is built in.
//!
//! A reader (`graph`, …) turns one file into what it holds, `Found`, with the place of everything;
//! `assemble` turns what all files hold together into a tenant. What can't be used is listed, never dropped.

mod assemble;
#[cfg(test)]
mod csv_tests;
mod export;
#[cfg(test)]
mod export_tests;
mod graph;
mod json;
mod license_names;
mod parsed;
mod products;
mod reports;
mod sample;
mod sku_csv;
mod table;
mod user_csv;
mod user_list;

use std::collections::BTreeMap;
use std::fmt;

use uuid::Uuid;

use crate::diagnostic::{Category, Diagnostic};
use crate::files::Text;
use crate::tenant::catalogue::Catalogue;
use crate::tenant::{Product, TenantData};
use parsed::Found;
use table::Table;

pub use export::Export;
pub use sample::{SAMPLE_YAML, sample};
pub use sku_csv::{SkuCatalogue, read_sku_catalogue};
pub use user_list::{ListedUser, UserList, read_user_list};

/// What is known of Microsoft's products beside the files: their names and plans, without subscriptions.
pub trait ProductCatalogue {
    fn by_id(&self, id: Uuid) -> Option<Product>;

    /// The products of a display name, letter case aside; a few names stand for two.
    fn named(&self, name: &str) -> Vec<Product>;
}

/// The built-in catalogue.
impl ProductCatalogue for Catalogue {
    fn by_id(&self, id: Uuid) -> Option<Product> {
        let sku = self.skus().iter().find(|sku| sku.id == id)?;
        Some(self.product(sku))
    }

    fn named(&self, name: &str) -> Vec<Product> {
        Catalogue::named(self, name)
            .map(|sku| self.product(sku))
            .collect()
    }
}

impl ProductCatalogue for Vec<Product> {
    fn by_id(&self, id: Uuid) -> Option<Product> {
        self.iter().find(|product| product.sku_id == id).cloned()
    }

    fn named(&self, name: &str) -> Vec<Product> {
        let name = name.to_lowercase();
        let same = |product: &&Product| product.name.to_lowercase() == name;
        self.iter().filter(same).cloned().collect()
    }
}

/// A catalogue among the files comes before the one at hand.
struct Layered<'a> {
    given: Vec<Product>,
    catalogue: &'a dyn ProductCatalogue,
}

impl ProductCatalogue for Layered<'_> {
    fn by_id(&self, id: Uuid) -> Option<Product> {
        self.given.by_id(id).or_else(|| self.catalogue.by_id(id))
    }

    fn named(&self, name: &str) -> Vec<Product> {
        let given = self.given.named(name);
        if given.is_empty() {
            self.catalogue.named(name)
        } else {
            given
        }
    }
}

/// A tenant read from Microsoft's files, and all that did not get into it.
#[derive(Clone, Debug)]
pub struct Import {
    pub parts: TenantData,
    /// Every record and field that could not be used, in the order of the files.
    pub unused: Vec<Unused>,
    /// What was assumed, derived or left out, one sentence each.
    pub notices: Vec<String>,
    pub counts: Counts,
}

/// A record or a field that could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unused {
    pub file: String,
    pub line: usize,
    pub what: String,
    pub reason: String,
}

impl fmt::Display for Unused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (file, line) = (&self.file, self.line);
        write!(f, "{file}:{line}: {}: {}", self.what, self.reason)
    }
}

/// How much was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All users, the soft-deleted ones too.
    pub users: usize,
    pub deleted: usize,
    pub products: usize,
    pub groups: usize,
    pub direct: usize,
    pub inherited: usize,
}

/// Reads the files as one tenant. Which format each has is told by its content.
///
/// A file that is damaged or no export at all fails the whole import; single records and fields are listed as unused.
pub fn import(files: &[Text], catalogue: &dyn ProductCatalogue) -> Result<Import, Diagnostic> {
    let mut found = Found::default();
    let mut given = Vec::new();
    for (file, text) in files.iter().enumerate() {
        if text.content.trim_start().starts_with(['{', '[']) {
            graph::read(file, text, &mut found)?;
            continue;
        }
        let table = Table::read(file, text);
        if sku_csv::is_catalogue(&table) {
            given.extend(sku_csv::read(&table, &mut found));
        } else if let Some(kind) = reports::kind(&table) {
            reports::read(text, kind, &table, &mut found);
        } else if user_csv::is_users(&table) {
            user_csv::read(text, &table, &mut found)?;
        } else {
            return Err(no_known_columns(text, &table));
        }
    }
    let catalogue = Layered { given, catalogue };
    let (parts, counts) = assemble::assemble(&mut found, &catalogue);
    Ok(Import {
        parts,
        unused: place(&found, files),
        notices: found.notices(),
        counts,
    })
}

/// A table whose columns say nothing: in another language, perhaps, as portals write some of them.
fn no_known_columns(text: &Text, table: &Table) -> Diagnostic {
    let fault = not_an_export(text);
    if table.headers.len() < 2 {
        return fault;
    }
    let shown: Vec<_> = table.headers.iter().take(5).map(String::as_str).collect();
    fault.hint(format!(
        "its columns are {}{}; the columns of an export are English, such as User principal name and Object Id: set the \
         portal's language to English and export again, or ask Graph for /users",
        shown.join(", "),
        if table.headers.len() > shown.len() { ", …" } else { "" }
    ))
}

fn not_an_export(text: &Text) -> Diagnostic {
    let what = if text.content.trim().is_empty() {
        "is empty"
    } else {
        "holds neither users nor subscribed SKUs nor groups"
    };
    Diagnostic::new(
        "NotAnExport",
        Category::InvalidData,
        format!("{} {what}", text.name()),
    )
    .about(text.name())
    .hint("give what Graph answers to /users and /subscribedSkus, what Get-MgUser | ConvertTo-Json writes, or the CSV of the admin centre or Entra")
}

/// Turns the places of what was not used into lines, reading each text once.
fn place(found: &Found, files: &[Text]) -> Vec<Unused> {
    let mut by_file: BTreeMap<usize, Vec<&parsed::Fault>> = BTreeMap::new();
    for fault in &found.faults {
        by_file.entry(fault.place.file).or_default().push(fault);
    }
    let mut unused = Vec::with_capacity(found.faults.len());
    for (file, mut faults) in by_file {
        let Some(text) = files.get(file) else {
            continue;
        };
        faults.sort_by_key(|fault| fault.place.offset);
        let bytes = text.content.as_bytes();
        let (mut line, mut read) = (1, 0);
        for fault in faults {
            let offset = fault.place.offset.min(bytes.len());
            line += bytes[read..offset].iter().filter(|b| **b == b'\n').count();
            read = offset;
            unused.push(Unused {
                file: text.name(),
                line,
                what: fault.what.clone(),
                reason: fault.reason.clone(),
            });
        }
    }
    unused
}
