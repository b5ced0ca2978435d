//! Update-License: works out anew what users inherit from their groups (R37).

use crate::cmdlets::shared::{USER_NAMES, find_user};
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, GroupName, Impact, Moment, Output, Param, Run,
    UserName, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::LICENSE_RESULT;
use crate::tenant::{Permission, Tenant};

static USER: Param<Option<UserName>> = Param::new("User", "The user, by UPN or id.")
    .aliases(USER_NAMES)
    .position(0)
    .by_value()
    .by_property()
    .required()
    .in_sets(&["User"]);
static GROUP: Param<Option<GroupName>> = Param::new(
    "Group",
    "All members of this group, who share its free seats.",
)
.aliases(&["GroupName", "GroupId"])
.required()
.in_sets(&["Group"]);

pub static UPDATE_LICENSE: Cmdlet = Cmdlet {
    verb: Verb::Update,
    noun: "License",
    aliases: &[],
    synopsis: "Works out anew what users inherit from their groups",
    description: "A license that could not be assigned through a group is recorded with its error. Once the cause is \
                  cured (a seat bought, a conflicting product removed), this tries it again.",
    parameters: &[&USER.declaration, &GROUP.declaration],
    requires: Permission::AssignGroupLicense,
    effect: Effect::Changes(Impact::Low),
    output: Output::Records(&LICENSE_RESULT),
    examples: &[
        Example {
            line: "Get-User -HasError | Update-License",
            explanation: "Tries again all that could not be assigned.",
        },
        Example {
            line: "Update-License -Group Sales",
            explanation: "The same for the members of one group.",
        },
    ],
    graph: "Invoke-MgLicenseUser",
    run: Run::Change {
        decide,
        shape: &LICENSE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let decision = match (args.get(&GROUP), args.get(&USER)) {
        (Some(group), _) => {
            let group = tenant.find_group(&group)?;
            tenant.reprocess_group(group.id, moment.now)?
        }
        (None, Some(name)) => {
            let user = find_user(tenant, &name)?;
            tenant.reprocess_user(user.id, moment.now)?
        }
        (None, None) => return Ok(Decided::default()),
    };
    Ok(decision.into())
}
