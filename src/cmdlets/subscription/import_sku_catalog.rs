//! Import-SkuCatalog: takes over names and plans of products from Microsoft's catalogue.

use std::sync::Arc;

use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Names, Output, Param, PathName, Run,
    Verb,
};
use crate::diagnostic::{Category, Diagnostic};
use crate::files::{read_text, typed};
use crate::interop::read_sku_catalogue;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Change, Decision, Permission, Product, Symbol, Tenant};
use crate::wildcard::Wildcard;

static PATH: Param<PathName> = Param::new(
    "Path",
    "Microsoft's CSV of product names and service plan identifiers.",
)
.aliases(&["LiteralPath"])
.position(0);
static ADD: Param<Option<Vec<Arc<str>>>> = Param::new(
    "Add",
    "Products to add that the tenant doesn't own, by part number, GUID or display name; wildcards are allowed.",
)
.offering(Names::CatalogSku);

pub static IMPORT_SKU_CATALOG: Cmdlet = Cmdlet {
    verb: Verb::Import,
    noun: "SkuCatalog",
    aliases: &[],
    synopsis: "Takes over names and plans of products from Microsoft's catalogue",
    description: "Products are matched by GUID. Those that the tenant owns get the names and plans of the catalogue; a plan \
                  that somebody has switched off isn't taken away, and is warned about. -Add makes other products known \
                  without any seats, so that New-Subscription can buy some. Rows that can't be used are listed with \
                  their line.",
    parameters: &[&PATH.declaration, &ADD.declaration],
    requires: Permission::SetSeats,
    effect: Effect::Changes(Impact::Low),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[
        Example {
            line: "Import-SkuCatalog catalogue.csv -WhatIf",
            explanation: "Which names and plans are newer there.",
        },
        Example {
            line: "Import-SkuCatalog catalogue.csv -Add PROJECT*",
            explanation: "Makes products known that the tenant doesn't own yet.",
        },
    ],
    graph: "",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, _: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let text = read_text(&typed(&args.get(&PATH)))?;
    let catalogue = read_sku_catalogue(&text)?;
    let mut decided = Decided::default();
    for unused in &catalogue.unused {
        decided.warnings.push(Diagnostic::new(
            "RowUnused",
            Category::InvalidData,
            unused.to_string(),
        ));
    }
    let add: Vec<(Arc<str>, Wildcard)> = args
        .get(&ADD)
        .unwrap_or_default()
        .into_iter()
        .map(|name| (Arc::clone(&name), Wildcard::new(name.trim())))
        .collect();
    let answers = |wildcard: &Wildcard, product: &Product| {
        wildcard.matches(&product.sku)
            || wildcard.matches(&product.name)
            || wildcard.matches(&product.sku_id.to_string())
    };
    for (name, wildcard) in &add {
        if !catalogue.products.iter().any(|own| answers(wildcard, own)) {
            let known = catalogue.products.iter();
            return Err(Diagnostic::new(
                "UnknownSku",
                Category::NotFound,
                format!("{} has no product {name}", text.name()),
            )
            .about(&**name)
            .did_you_mean(name, known.flat_map(|own| [&*own.sku, &*own.name])));
        }
    }
    let mut keys: Vec<Symbol> = tenant
        .products()
        .iter()
        .map(|own| own.sku.clone())
        .collect();
    for product in catalogue.products {
        let own = tenant
            .products()
            .iter()
            .find(|own| own.sku_id == product.sku_id);
        let decision = match own {
            Some(own) => tenant.edit_product(renewed(own, product)),
            None if add.iter().any(|(_, wildcard)| answers(wildcard, &product)) => {
                Ok(added(product, &mut keys))
            }
            None => continue,
        };
        match decision {
            Ok(decision) if decision.changes.is_empty() => {}
            Ok(decision) => {
                let target = match decision.changes.first() {
                    Some(Change::ProductAdded { now } | Change::ProductEdited { now, .. }) => {
                        now.sku.clone()
                    }
                    _ => continue,
                };
                decided = decided.and(Decided::about(tenant, &target, decision));
            }
            // One product that can't be renewed doesn't keep the others from it.
            Err(refusal) => decided.warnings.push(refusal),
        }
    }
    Ok(decided)
}

/// An owned product with the catalogue's names and plans, and all that the catalogue says nothing of.
fn renewed(own: &Product, newer: Product) -> Product {
    let mut plans = newer.plans;
    for plan in &mut plans {
        if let Some(known) = own.plans.iter().find(|known| known.id == plan.id) {
            plan.applies_to = known.applies_to;
            plan.title = plan.title.take().or_else(|| known.title.clone());
        }
    }
    if plans.is_empty() {
        plans.clone_from(&own.plans);
    }
    Product {
        name: newer.name,
        plans,
        ..own.clone()
    }
}

/// A product without seats; where another has its part number, the GUID is its key (R22a).
fn added(mut product: Product, keys: &mut Vec<Symbol>) -> Decision {
    if keys.contains(&product.sku) {
        product.part_number = Some(product.sku);
        product.sku = Symbol::new(&product.sku_id.to_string());
    }
    keys.push(product.sku.clone());
    Decision {
        changes: vec![Change::ProductAdded {
            now: Box::new(product),
        }],
        ..Decision::default()
    }
}
