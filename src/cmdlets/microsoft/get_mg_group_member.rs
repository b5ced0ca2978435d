//! Get-MgGroupMember: the direct members of a group as Graph returns them.

use super::parameters::{ALL, CONSISTENCY_LEVEL, PAGE_SIZE, PROPERTY};
use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, GroupName, Output, Param, Run, Verb,
};
use crate::objects::{GRAPH_MEMBER, graph_member};
use crate::tenant::Permission;
use crate::value::Value;

static GROUP_ID: Param<GroupName> = Param::new("GroupId", "The group, by id or name.")
    .aliases(&["GroupObjectId", "ObjectId", "Id"])
    .position(0)
    .by_value()
    .by_property();

pub static GET_MG_GROUP_MEMBER: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "MgGroupMember",
    aliases: &[
        "Get-MgGroupMemberAsUser",
        "Get-AzureADGroupMember",
        "Get-MsolGroupMember",
        "Get-EntraGroupMember",
    ],
    synopsis: "Gets the direct members of a group as Microsoft Graph PowerShell does",
    description: "Everything but the id is in AdditionalProperties, as in Graph: $_.AdditionalProperties.userPrincipalName. In this shell it is Get-User -Group.",
    parameters: &[
        &GROUP_ID.declaration,
        &ALL.declaration,
        &PROPERTY.declaration,
        &CONSISTENCY_LEVEL.declaration,
        &PAGE_SIZE.declaration,
    ],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&GRAPH_MEMBER),
    examples: &[Example {
        line: "Get-MgGroupMember -GroupId Sales -All | ForEach-Object { Get-MgUser -UserId $_.Id }",
        explanation: "The members of a group with all their properties.",
    }],
    graph: "Get-MgGroupMember",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let tenant = call.tenant();
    let group = tenant.find_group(&args.get(&GROUP_ID))?.id;
    for user in tenant.members(group) {
        if user.deleted.is_none() {
            call.write(Value::object(graph_member(user)))?;
        }
    }
    Ok(())
}
