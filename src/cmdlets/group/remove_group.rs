//! Remove-Group: deletes groups (R38).

use crate::cmdlets::group::GROUP;
use crate::command::{Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Run, Verb};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Permission, Tenant};

pub static REMOVE_GROUP: Cmdlet = Cmdlet {
    verb: Verb::Remove,
    noun: "Group",
    aliases: &[],
    synopsis: "Deletes groups",
    description: "A group that gives licenses can't be deleted: Remove-GroupLicense comes first. Its members stay users.",
    parameters: &[&GROUP.declaration],
    requires: Permission::EditGroup,
    effect: Effect::Changes(Impact::High),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[Example {
        line: "Remove-Group 'Works council'",
        explanation: "A group that gives no license.",
    }],
    graph: "Remove-MgGroup",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, _: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let group = tenant.find_group(&args.get(&GROUP))?;
    let decision = tenant.remove_group(group.id)?;
    Ok(Decided::about(tenant, &group.name, decision))
}
