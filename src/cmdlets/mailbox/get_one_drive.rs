//! Get-OneDrive: what becomes of files whose owner lost the license or was deleted (R30, R31).

use crate::cmdlets::mailbox::{USERS, write_each};
use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Run, Verb};
use crate::objects;
use crate::tenant::Permission;

pub static GET_ONE_DRIVE: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "OneDrive",
    aliases: &[],
    synopsis: "Gets OneDrives and what becomes of them",
    description: "When the license goes, the OneDrive is Unlicensed, after 60 days ReadOnly, and after 93 days in the \
                  RecycleBin until KeptUntil, then Deleted; it is Archived instead where the tenant pays for that \
                  (Set-Tenant -OneDriveArchive) or a litigation hold keeps it. That of a deleted user is Retained until \
                  KeptUntil, then in the RecycleBin, then Deleted.",
    parameters: &[&USERS.declaration],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&objects::ONEDRIVE),
    examples: &[
        Example {
            line: "Get-OneDrive | Where-Object State -ne Active",
            explanation: "Files whose owner has no license for them, or is deleted.",
        },
        Example {
            line: "Get-User -Department Legal | Get-OneDrive",
            explanation: "The OneDrives of a department.",
        },
    ],
    graph: "Get-SPOSite -IncludePersonalSite",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let now = call.session().borrow().tenant_now();
    write_each(call, args, "no OneDrive", |tenant, user| {
        objects::onedrive(tenant, user, now)
    })
}
