//! Get-Group: groups with their members and licenses.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use crate::cmdlets::shared::product_keys;
use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, GroupName, Output, Param, Run, SkuName, Verb,
};
use crate::objects;
use crate::tenant::{Group, Permission, Tenant, User};
use crate::value::Value;
use crate::wildcard::{Wildcard, is_pattern};

static GROUP: Param<Option<Vec<GroupName>>> = Param::new(
    "Group",
    "Only these groups, by name or id; wildcards are allowed.",
)
.aliases(&["Identity", "GroupId", "GroupName", "Id", "Name"])
.position(0)
.by_value()
.by_property();
static SKU: Param<Option<Vec<SkuName>>> =
    Param::new("Sku", "Only those that give one of these products.");
static LICENSED: Param<bool> = Param::new("Licensed", "Only those that give any product.");
static HAS_ERROR: Param<bool> = Param::new(
    "HasError",
    "Only those whose license could not be assigned to a member.",
);

pub static GET_GROUP: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "Group",
    aliases: &[],
    synopsis: "Gets groups with their members and licenses",
    description: "The members are the direct ones: they alone inherit the licenses of a group. Errors counts the \
                  licenses that could not be assigned to a member; Get-License -HasError lists them.",
    parameters: &[
        &GROUP.declaration,
        &SKU.declaration,
        &LICENSED.declaration,
        &HAS_ERROR.declaration,
    ],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&objects::GROUP),
    examples: &[
        Example {
            line: "Get-Group",
            explanation: "All groups, and what they give.",
        },
        Example {
            line: "Get-Group -HasError | Select-Object Name, Errors",
            explanation: "Where members wait for a license.",
        },
        Example {
            line: "Get-Group Sales | Select-Object -ExpandProperty Members",
            explanation: "Who is in a group.",
        },
    ],
    graph: "Get-MgGroup",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let tenant = call.tenant();
    let names = args.get(&GROUP);
    if let Some([name]) = names.as_deref()
        && !is_pattern(name)
        && !args.piped()
    {
        call.is_exact();
    }
    let found = match &names {
        None => tenant.groups().iter().collect(),
        Some(names) => named(call, &tenant, names, args.piped())?,
    };
    let skus = match args.get(&SKU) {
        Some(names) => Some(product_keys(&tenant, names.iter().map(|name| &**name))?),
        None => None,
    };
    let members = members(&tenant);
    for group in found {
        let gives = skus
            .as_ref()
            .is_none_or(|skus| group.licenses.iter().any(|own| skus.contains(&own.sku)));
        if !gives || (args.get(&LICENSED) && group.licenses.is_empty()) {
            continue;
        }
        let members = members.get(&group.id).map_or(&[][..], Vec::as_slice);
        let errors = objects::errors_of(group, members);
        if !args.get(&HAS_ERROR) || errors > 0 {
            call.write(Value::object(objects::group(group, members, errors)))?;
        }
    }
    Ok(())
}

fn named<'t>(
    call: &mut Call,
    tenant: &'t Tenant,
    names: &[GroupName],
    piped: bool,
) -> Result<Vec<&'t Arc<Group>>, Flow> {
    let mut found = Vec::new();
    for name in names {
        if is_pattern(name) {
            let pattern = Wildcard::new(name);
            let groups = tenant.groups().iter();
            found.extend(groups.filter(|group| pattern.matches(&group.name)));
            continue;
        }
        match tenant.find_group(name) {
            Ok(group) => found.push(group),
            Err(fault) if piped || names.len() > 1 => call.fail(fault)?,
            Err(fault) => return Err(fault.into()),
        }
    }
    Ok(found)
}

/// The members of all groups, in one pass over the users.
fn members(tenant: &Tenant) -> HashMap<Uuid, Vec<&User>> {
    let mut members: HashMap<Uuid, Vec<&User>> = HashMap::new();
    for user in tenant.users().iter().filter(|user| user.deleted.is_none()) {
        for group in user.groups.iter() {
            members.entry(*group).or_default().push(user);
        }
    }
    members
}
