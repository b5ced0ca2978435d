//! New-Group: creates a group.

use std::sync::Arc;

use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Param, Run, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Permission, Tenant};

static NAME: Param<Arc<str>> = Param::new("Name", "The name of the group.")
    .aliases(&["DisplayName", "Group", "GroupName"])
    .position(0)
    .by_value()
    .by_property();

pub static NEW_GROUP: Cmdlet = Cmdlet {
    verb: Verb::New,
    noun: "Group",
    aliases: &[],
    synopsis: "Creates a group",
    description: "It has no members and gives no license: Add-GroupMember and Add-GroupLicense change that.",
    parameters: &[&NAME.declaration],
    requires: Permission::EditGroup,
    effect: Effect::Changes(Impact::Low),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[Example {
        line: "New-Group 'Project Alpha'",
        explanation: "A group for people who are to get the same licenses.",
    }],
    graph: "New-MgGroup",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let name = args.get(&NAME);
    let decision = tenant.new_group(moment.clock.new_id(), &name)?;
    Ok(Decided::about(tenant, name.trim(), decision))
}
