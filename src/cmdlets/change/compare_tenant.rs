//! Compare-Tenant: how a tenant differs from another directory, or from what it was.

use std::path::Path;
use std::sync::Arc;

use super::difference::{Difference, differences};
use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Names, Output, Param, PathName, Run, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::DIFFERENCE;
use crate::store::{Disk, Holder, RealDisk, Store};
use crate::tenant::{Permission, Tenant};
use crate::value::{Record, Value};

static REFERENCE: Param<Option<PathName>> =
    Param::new("Reference", "The directory of the tenant as it was.")
        .aliases(&["ReferenceObject", "Path"])
        .position(0);
static OTHER: Param<Option<PathName>> = Param::new(
    "Difference",
    "The directory of the tenant as it became; without it, the tenant of this session.",
)
.aliases(&["DifferenceObject"])
.position(1);
static CHANGE: Param<Option<i64>> = Param::new(
    "Change",
    "Instead of a directory: this tenant as it was right after the change of this number.",
)
.aliases(&["Number", "Since"])
.offering(Names::Change);

pub static COMPARE_TENANT: Cmdlet = Cmdlet {
    verb: Verb::Compare,
    noun: "Tenant",
    aliases: &[],
    synopsis: "Tells who gained or lost what between two states of a tenant",
    description: "Either two directories, or one and the tenant of this session, or a change number and now. A row for \
                  each license gained or lost, and for each user, group or product that was added, deleted, restored \
                  or altered. Things are the same if their ids are. Nothing is written.",
    parameters: &[
        &REFERENCE.declaration,
        &OTHER.declaration,
        &CHANGE.declaration,
    ],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&DIFFERENCE),
    examples: &[
        Example {
            line: "Compare-Tenant -Change 1",
            explanation: "All that is different since the tenant was made.",
        },
        Example {
            line: "Compare-Tenant last-month | Where-Object Difference -eq Lost",
            explanation: "Who lost a license since a copy was made of the directory.",
        },
    ],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let was = match (args.get(&CHANGE), args.get(&REFERENCE)) {
        (Some(number), None) => {
            let number = u64::try_from(number).map_err(|_| {
                Diagnostic::usage("InvalidArgument", format!("-Change can't be {number}"))
                    .hint("Get-Change lists the changes with their numbers")
            })?;
            let opened = call.session().borrow().store()?.reopen()?;
            opened.past(number)?
        }
        (None, Some(dir)) => tenant_at(call, &dir)?,
        (Some(_), Some(_)) => {
            let message = "-Change and a directory can't be used together";
            return Err(Diagnostic::usage("AmbiguousParameterSet", message).into());
        }
        (None, None) => {
            return Err(
                Diagnostic::usage("MissingParameter", "there is nothing to compare with")
                    .hint("Compare-Tenant DIRECTORY, or Compare-Tenant -Change NUMBER")
                    .into(),
            );
        }
    };
    let now = match args.get(&OTHER) {
        Some(dir) => tenant_at(call, &dir)?,
        None => Tenant::clone(&call.tenant()),
    };
    for difference in differences(&was, &now) {
        call.check_interrupt()?;
        call.write(row(difference))?;
    }
    Ok(())
}

fn tenant_at(call: &mut Call, dir: &str) -> Result<Tenant, Flow> {
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let opened = Store::open(disk, Path::new(dir), Holder::reader())?;
    if let Some(read_only_reason) = opened.store.read_only_reason() {
        call.warn(read_only_reason.clone())?;
    }
    Ok(opened.tenant)
}

/// How `now` differs from `was`, a row for each thing.
pub fn difference_rows(was: &Tenant, now: &Tenant) -> Vec<Value> {
    differences(was, now).into_iter().map(row).collect()
}

fn row(difference: Difference) -> Value {
    Value::object(Record::new(
        &DIFFERENCE,
        vec![
            difference.name.into(),
            difference.kind.into(),
            difference.what.into(),
            difference.sku.into(),
            difference.property.into(),
            difference.was,
            difference.now,
        ],
    ))
}
