//! Microsoft's "Product names and service plan identifiers": a catalogue of SKUs as CSV, one row a plan.

use std::collections::HashMap;

use uuid::Uuid;

use super::parsed::{Found, Place};
use super::table::Table;
use super::{Unused, place};
use crate::diagnostic::{Category, Diagnostic};
use crate::files::Text;
use crate::tenant::{AppliesTo, Plan, Product, Symbol};

const COLUMNS: [&str; 6] = [
    "Product_Display_Name",
    "String_Id",
    "GUID",
    "Service_Plan_Name",
    "Service_Plan_Id",
    "Service_Plans_Included_Friendly_Names",
];

/// A catalogue that was read. Products have no subscriptions, and their key is the part number, which two may share.
#[derive(Clone, Debug)]
pub struct SkuCatalogue {
    pub products: Vec<Product>,
    pub unused: Vec<Unused>,
}

/// Reads Microsoft's catalogue of SKUs.
pub fn read_sku_catalogue(text: &Text) -> Result<SkuCatalogue, Diagnostic> {
    let table = Table::read(0, text);
    let missing: Vec<&str> = COLUMNS[..5]
        .iter()
        .copied()
        .filter(|name| table.column(&[name]).is_none())
        .collect();
    if !missing.is_empty() {
        return Err(Diagnostic::new(
            "NotACatalogue",
            Category::InvalidData,
            format!("{} lacks the column {}", text.name(), missing.join(", ")),
        )
        .about(text.name())
        .hint("give Microsoft's CSV of product names and service plan identifiers"));
    }
    let mut found = Found::default();
    let products = read(&table, &mut found);
    Ok(SkuCatalogue {
        products,
        unused: place(&found, std::slice::from_ref(text)),
    })
}

/// Whether a table is such a catalogue.
pub(super) fn is_catalogue(table: &Table) -> bool {
    COLUMNS[..5]
        .iter()
        .all(|name| table.column(&[name]).is_some())
}

pub(super) fn read(table: &Table, found: &mut Found) -> Vec<Product> {
    let [name, part, sku_id, plan, plan_id, title] = COLUMNS.map(|name| table.column(&[name]));
    let mut products: Vec<Product> = Vec::new();
    let mut by_id: HashMap<Uuid, usize> = HashMap::new();
    for row in table.rows(found) {
        let what = format!(
            "plan {} of {}",
            row.cell(plan).unwrap_or("?"),
            row.cell(part).unwrap_or("?")
        );
        let Some(sku_id) = guid(row.cell(sku_id), "GUID", row.place, &what, found) else {
            continue;
        };
        let Some(part) = row.cell(part) else {
            found.unused(row.place, what, "its String_Id is empty");
            continue;
        };
        let index = *by_id.entry(sku_id).or_insert(products.len());
        if index == products.len() {
            products.push(Product {
                sku: Symbol::new(part),
                sku_id,
                part_number: None,
                name: Symbol::new(row.cell(name).unwrap_or(part)),
                applies_to: AppliesTo::User,
                subscriptions: Vec::new(),
                outside: 0,
                plans: Vec::new(),
            });
        }
        let Some(product) = products.get_mut(index) else {
            continue;
        };
        if *product.sku != *part {
            let reason = format!("its GUID is that of {}, whose name is kept", product.sku);
            found.unused(row.place, format!("part number {part}"), reason);
        }
        let Some(plan_id) = guid(
            row.cell(plan_id),
            "Service_Plan_Id",
            row.place,
            &what,
            found,
        ) else {
            continue;
        };
        let Some(plan) = row.cell(plan) else {
            found.unused(row.place, what, "its Service_Plan_Name is empty");
            continue;
        };
        // A row that stands twice says nothing new.
        if !product.plans.iter().any(|known| known.id == plan_id) {
            product.plans.push(Plan {
                name: Symbol::new(plan),
                id: plan_id,
                title: row.cell(title).map(Symbol::new),
                applies_to: AppliesTo::User,
            });
        }
    }
    products
}

fn guid(
    cell: Option<&str>,
    column: &str,
    place: Place,
    what: &str,
    found: &mut Found,
) -> Option<Uuid> {
    let cell = cell.unwrap_or_default();
    let id = Uuid::try_parse(cell).ok();
    if id.is_none() {
        found.unused(place, what, format!("its {column} {cell:?} is no GUID"));
    }
    id
}
