//! Remove-GroupMember: takes users out of a group, and with that what they inherit from it (R37).

use crate::cmdlets::group::OF_GROUP;
use crate::cmdlets::shared::{find_user, user};
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Names, Output, Param, Run, UserName,
    Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Permission, Tenant};

static MEMBER: Param<UserName> = user("Member", 1).offering(Names::Member);

pub static REMOVE_GROUP_MEMBER: Cmdlet = Cmdlet {
    verb: Verb::Remove,
    noun: "GroupMember",
    aliases: &[],
    synopsis: "Takes users out of a group, and with that what they inherit from it",
    description: "This is how a license goes that comes through a group. SeatsFreed, DataHeldUntil and Consequences tell \
                  what is lost with it.",
    parameters: &[&OF_GROUP.declaration, &MEMBER.declaration],
    requires: Permission::EditGroup,
    effect: Effect::Changes(Impact::High),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[
        Example {
            line: "Remove-GroupMember Sales -Member bob@contoso.com",
            explanation: "One user.",
        },
        Example {
            line: "Get-User -Group Sales -Disabled | Remove-GroupMember Sales",
            explanation: "Members who can't sign in any more.",
        },
    ],
    graph: "Remove-MgGroupMemberByRef",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let group = tenant.find_group(&args.get(&OF_GROUP))?;
    let user = find_user(tenant, &args.get(&MEMBER))?;
    let decision = tenant.remove_member(group.id, user.id, moment.now)?;
    Ok(Decided::about(tenant, &user.upn, decision))
}
