//! Records about one user are one request: the rows of a CSV that give or take a product each are judged together (R7).

use std::collections::HashMap;

use super::args::Args;
use super::cmdlet::Cmdlet;
use super::names::Names;
use super::parameter::{FromArg, Kind, Parameter, UserName};
use crate::tenant::Tenant;
use crate::value::Value;

/// The records with those joined that differ in nothing but the products; `None` where there is nothing to join.
///
/// A user may be named in any way. Rows that are alike stay rows: each has its own outcome.
pub(super) fn by_user(tenant: &Tenant, cmdlet: &Cmdlet, records: &[Args]) -> Option<Vec<Args>> {
    let place = |wanted: &dyn Fn(&Parameter) -> bool| cmdlet.all_parameters().position(wanted);
    let user = place(&|own| own.kind == Kind::Name(Names::User) && own.pipeline.by_property)?;
    let sku =
        place(&|own| own.kind == Kind::Name(Names::Sku) && own.list && own.pipeline.by_property)?;
    let first = records.first()?.values.get(sku)?;
    let differ = |args: &Args| !same(args.values.get(sku), Some(first));
    if !records.iter().any(differ) {
        return None;
    }
    let mut joined: Vec<Args> = Vec::with_capacity(records.len());
    let mut places: HashMap<uuid::Uuid, usize> = HashMap::new();
    for args in records {
        let name = UserName::from_arg(args.values.get(user).and_then(Option::as_ref));
        let known = name.id.and_then(|id| tenant.user(id));
        let Some(found) = known.or_else(|| tenant.find_user(&name.text).ok()) else {
            joined.push(args.clone());
            continue;
        };
        let before = places.get(&found.id).map(|place| &mut joined[*place]);
        match before {
            Some(before) if joins(before, args, user, sku) => {
                before.values[sku] = Some(both(&before.values[sku], &args.values[sku]));
            }
            _ => {
                places.insert(found.id, joined.len());
                joined.push(args.clone());
            }
        }
    }
    (joined.len() < records.len()).then_some(joined)
}

fn joins(one: &Args, other: &Args, user: usize, sku: usize) -> bool {
    let rest = |place: &usize| *place != user && *place != sku;
    !same(one.values.get(sku), other.values.get(sku))
        && one.values[sku].is_some()
        && other.values[sku].is_some()
        && (0..one.values.len())
            .filter(rest)
            .all(|place| same(one.values.get(place), other.values.get(place)))
}

fn same(one: Option<&Option<Value>>, other: Option<&Option<Value>>) -> bool {
    let text = |value: Option<&Option<Value>>| {
        value
            .and_then(Option::as_ref)
            .map(|value| value.to_text().into_owned())
    };
    text(one) == text(other)
}

fn both(one: &Option<Value>, other: &Option<Value>) -> Value {
    let mut all = Vec::new();
    for value in [one, other].into_iter().flatten() {
        match value {
            Value::List(items) => all.extend(items.iter().cloned()),
            single => all.push(single.clone()),
        }
    }
    Value::list(all)
}
