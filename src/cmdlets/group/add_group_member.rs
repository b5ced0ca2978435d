//! Add-GroupMember: makes users members of a group, who inherit its licenses (R37).

use crate::cmdlets::group::OF_GROUP;
use crate::cmdlets::shared::{MEMBER, find_user};
use crate::command::{Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Run, Verb};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Permission, Tenant};

pub static ADD_GROUP_MEMBER: Cmdlet = Cmdlet {
    verb: Verb::Add,
    noun: "GroupMember",
    aliases: &[],
    synopsis: "Makes users members of a group, who inherit its licenses",
    description: "What can't be assigned to a member (no seat is free, a product conflicts) is recorded with its error \
                  and doesn't keep the user out of the group; Consequences tells, and Get-License -HasError lists it.",
    parameters: &[&OF_GROUP.declaration, &MEMBER.declaration],
    requires: Permission::EditGroup,
    effect: Effect::Changes(Impact::Low),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[
        Example {
            line: "Add-GroupMember Sales -Member anna@contoso.com",
            explanation: "One user.",
        },
        Example {
            line: "Get-User -Department Finance | Add-GroupMember 'Security baseline' -WhatIf | Format-List",
            explanation: "What a department would inherit, and who would not for want of a seat.",
        },
    ],
    graph: "New-MgGroupMember",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let group = tenant.find_group(&args.get(&OF_GROUP))?;
    let user = find_user(tenant, &args.get(&MEMBER))?;
    let decision = tenant.add_member(group.id, user.id, moment.now)?;
    Ok(Decided::about(tenant, &user.upn, decision))
}
