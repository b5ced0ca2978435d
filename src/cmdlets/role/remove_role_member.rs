//! Remove-RoleMember: takes directory roles from users.

use crate::cmdlets::role::{ROLE, hold};
use crate::cmdlets::shared::user;
use crate::command::{Cmdlet, Effect, Example, Impact, Names, Output, Param, Run, UserName, Verb};
use crate::objects::CHANGE_RESULT;
use crate::tenant::Permission;

static MEMBER: Param<UserName> = user("Member", 1).offering(Names::Member);

pub static REMOVE_ROLE_MEMBER: Cmdlet = Cmdlet {
    verb: Verb::Remove,
    noun: "RoleMember",
    aliases: &[],
    synopsis: "Takes directory roles from users",
    description: "Licenses and groups of the users stay as they are.",
    parameters: &[&ROLE.declaration, &MEMBER.declaration],
    requires: Permission::AssignRole,
    effect: Effect::Changes(Impact::High),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[Example {
        line: "Remove-RoleMember 'License Administrator' -Member megan@contoso.com",
        explanation: "One less who may assign licenses.",
    }],
    graph: "Remove-MgDirectoryRoleMemberByRef",
    run: Run::Change {
        decide: |tenant, _, args| hold(tenant, args, &MEMBER, false),
        shape: &CHANGE_RESULT,
    },
};
