//! What can be known of a script without running it: whether the users, products, plans and groups it names exist.

use super::names::Names;
use super::parameter::{Kind, Parameter};
use super::resolve::{Given, ResolvedCommand};
use crate::diagnostic::{Category, Diagnostic, Span};
use crate::tenant::Tenant;
use crate::value::Value;
use crate::wildcard;

/// The names in a script's commands that the tenant doesn't know. What the script makes itself, with a New- cmdlet,
/// counts as known.
pub fn unknown_names(paired: &[Vec<ResolvedCommand>], tenant: &Tenant) -> Vec<Diagnostic> {
    let stages = || paired.iter().flatten();
    let made: Vec<String> = stages()
        .filter(|stage| stage.cmdlet.name().starts_with("New-"))
        .flat_map(ResolvedCommand::literals)
        .map(|(_, text, _)| text.to_lowercase())
        .collect();
    stages()
        .flat_map(ResolvedCommand::literals)
        .filter(|(_, text, _)| !made.contains(&text.to_lowercase()))
        .filter_map(|(parameter, text, span)| {
            let Kind::Name(names) = parameter.kind else {
                return None;
            };
            unknown(names, &text, tenant).map(|fault| fault.at(span))
        })
        .collect()
}

fn unknown(names: Names, text: &str, tenant: &Tenant) -> Option<Diagnostic> {
    match names {
        Names::Sku => unknown_product(text, tenant),
        _ if wildcard::is_pattern(text) => None,
        Names::User => {
            let fault = tenant.find_user(text).err()?;
            let known = tenant.find_deleted_user(text).is_ok() || tenant.actor(text).is_ok();
            (!known).then_some(fault)
        }
        Names::Group => tenant.find_group(text).err(),
        Names::Plan => {
            let products = tenant.products();
            let known = products
                .iter()
                .any(|product| tenant.find_plan(product, text).is_ok());
            let plans = products.iter().flat_map(|product| &product.plans);
            (!known).then(|| {
                Diagnostic::new(
                    "UnknownPlan",
                    Category::NotFound,
                    format!("no product of the tenant has a service plan '{text}'"),
                )
                .about(text)
                .hint("Get-ServicePlan lists them")
                .did_you_mean(text, plans.map(|plan| &*plan.name))
            })
        }
        _ => None,
    }
}

/// The fault of a product's name, or of a wildcard that no product matches.
pub(super) fn unknown_product(text: &str, tenant: &Tenant) -> Option<Diagnostic> {
    if wildcard::is_pattern(text) {
        tenant.products_matching(text).err()
    } else {
        tenant.find_product(text).err()
    }
}

impl ResolvedCommand {
    /// The texts that are written out, each with the parameter it is for.
    fn literals(&self) -> impl Iterator<Item = (&'static Parameter, String, Span)> {
        self.arguments.iter().flat_map(|pair| {
            let parameter = self.cmdlet.all_parameters().nth(pair.index);
            let values = match &pair.value {
                Given::Value(Value::List(items)) => items.to_vec(),
                Given::Value(one) => vec![one.clone()],
                Given::Operand(_) => Vec::new(),
            };
            let texts = values.into_iter().filter_map(|value| match value {
                Value::Text(text) => Some(text.to_string()),
                _ => None,
            });
            let texts: Vec<_> = texts.collect();
            let named = parameter.into_iter().flat_map(move |parameter| {
                texts.clone().into_iter().map(move |text| (parameter, text))
            });
            let span = pair.span;
            named.map(move |(parameter, text)| (parameter, text, span))
        })
    }
}
