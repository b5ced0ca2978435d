//! Add-RoleMember: gives directory roles to users.

use crate::cmdlets::role::{ROLE, hold};
use crate::cmdlets::shared::MEMBER;
use crate::command::{Cmdlet, Effect, Example, Impact, Output, Run, Verb};
use crate::objects::CHANGE_RESULT;
use crate::tenant::Permission;

pub static ADD_ROLE_MEMBER: Cmdlet = Cmdlet {
    verb: Verb::Add,
    noun: "RoleMember",
    aliases: &[],
    synopsis: "Gives directory roles to users",
    description: "Who holds a role may act in this tenant: --as NAME, or Connect-Tenant -As NAME.",
    parameters: &[&ROLE.declaration, &MEMBER.declaration],
    requires: Permission::AssignRole,
    effect: Effect::Changes(Impact::Low),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[Example {
        line: "Add-RoleMember 'License Administrator' -Member ruth@contoso.com",
        explanation: "One more who may assign licenses.",
    }],
    graph: "New-MgDirectoryRoleMemberByRef",
    run: Run::Change {
        decide: |tenant, _, args| hold(tenant, args, &MEMBER, true),
        shape: &CHANGE_RESULT,
    },
};
