//! Copy-License: gives users the licenses of another.

use crate::cmdlets::shared::{USAGE_LOCATION, USER, find_user};
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Param, Run, UserName, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::LICENSE_RESULT;
use crate::tenant::{Location, Permission, Tenant};

static FROM: Param<UserName> =
    Param::new("From", "The user whose licenses are copied.").aliases(&["Source"]);
static INHERITED: Param<bool> = Param::new(
    "Inherited",
    "Copies what comes through groups too, as direct licenses.",
);

pub static COPY_LICENSE: Cmdlet = Cmdlet {
    verb: Verb::Copy,
    noun: "License",
    aliases: &[],
    synopsis: "Gives users the licenses of another",
    description: "The direct licenses, with the same plans switched off; what the users hold already stays. What comes \
                  through a group is skipped and the group is named: Add-GroupMember gives it, or -Inherited copies it.",
    parameters: &[
        &USER.declaration,
        &FROM.declaration,
        &INHERITED.declaration,
        &USAGE_LOCATION.declaration,
    ],
    requires: Permission::AssignLicense,
    effect: Effect::Changes(Impact::Low),
    output: Output::Records(&LICENSE_RESULT),
    examples: &[
        Example {
            line: "Copy-License jonas@contoso.com -From hannah@contoso.com -UsageLocation SE",
            explanation: "A new colleague gets what the others in the team have.",
        },
        Example {
            line: "Get-User walter@contoso.com | Copy-License -From bob@contoso.com -Inherited -WhatIf",
            explanation: "With what comes through groups.",
        },
    ],
    graph: "",
    run: Run::Change {
        decide,
        shape: &LICENSE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let from = find_user(tenant, &args.get(&FROM))?;
    let user = find_user(tenant, &args.get(&USER))?;
    let location = args
        .get(&USAGE_LOCATION)
        .and_then(|name| Location::new(&name));
    let inherited = args.get(&INHERITED);
    Ok(tenant
        .copy_licenses(from.id, user.id, inherited, location, moment.now)?
        .into())
}
