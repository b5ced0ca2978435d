//! The tenant's things under the property names of Microsoft's modules: Graph PowerShell, MSOnline, AzureAD.
//!
//! Names and shapes are those of the user, subscribedSku, licenseDetails and group resources of Microsoft Graph v1.0,
//! and of the objects that `Get-MsolUser` and `Get-AzureADUser` returned.

mod group;
mod product;
mod user;

pub use group::{GRAPH_GROUP, GRAPH_MEMBER, graph_group, graph_member};
pub use product::{
    ACCOUNT_SKU, LICENSE_DETAIL, SUBSCRIBED_SKU, account_sku, license_details, subscribed_sku,
};
pub use user::{AZURE_AD_USER, GRAPH_USER, MSOL_USER, azure_ad_user, graph_user, msol_user};

use crate::tenant::{Assignment, Product, Symbol, Tenant};
use crate::value::{Map, Value};

/// The part of an `AccountSkuId` in front of the colon: the tenant's name as one word.
pub fn account_name(tenant: &Tenant) -> String {
    let name = tenant.organisation().name.to_lowercase();
    let word: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    match word.is_empty() {
        true => "tenant".to_owned(),
        false => word,
    }
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::map(entries.into_iter().collect::<Map>())
}

/// The ids of plans that are switched off; a plan that the product doesn't have is left out.
fn plan_ids(product: &Product, names: &[Symbol]) -> Value {
    let off = product.plans.iter().filter(|own| names.contains(&own.name));
    Value::list(off.map(|plan| plan.id.to_string().into()).collect())
}

/// The products that reach a user, each once, with the plans that are off in every assignment of it.
fn effective<'t>(tenant: &'t Tenant, licenses: &[Assignment]) -> Vec<(&'t Product, Vec<Symbol>)> {
    let mut found: Vec<(&Product, Vec<Symbol>)> = Vec::new();
    for own in licenses.iter().filter(|own| own.is_effective()) {
        let Some(product) = tenant.product(&own.sku) else {
            continue;
        };
        match found.iter_mut().find(|(known, _)| known.sku == own.sku) {
            Some((_, off)) => off.retain(|plan| own.disabled.contains(plan)),
            None => found.push((product, own.disabled.to_vec())),
        }
    }
    found
}

/// Whether a word of the text begins with `wanted`, which is in lower case: how Graph's `$search` looks into a property.
///
/// Source: Microsoft Graph, "Use the $search query parameter": text is cut into words at blanks and signs.
pub fn has_word(text: &str, wanted: &str) -> bool {
    let text = text.to_lowercase();
    let mut words = text.match_indices(wanted).map(|(at, _)| at);
    words.any(|at| !text[..at].ends_with(char::is_alphanumeric))
}
