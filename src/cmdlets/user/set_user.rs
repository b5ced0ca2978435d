//! Set-User: edits the profile of users (R15, R25).

use std::sync::Arc;

use crate::cmdlets::shared::{USER, find_user};
use crate::cmdlets::user::profile::{self, Profile};
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Param, Run, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Permission, Tenant, UserFields};

static NEW_UPN: Param<Option<Arc<str>>> =
    Param::new("NewUserPrincipalName", "Another name to sign in with.");

pub static SET_USER: Cmdlet = Cmdlet {
    verb: Verb::Set,
    noun: "User",
    aliases: &[],
    synopsis: "Edits the profile of users",
    description: "Fields that aren't named stay as they are; an empty text ('') clears one. Who may assign licenses may \
                  set the usage location, also of a user who is synchronised from on-premises; nothing else of such a \
                  user can be edited here.",
    parameters: &[
        &USER.declaration,
        &NEW_UPN.declaration,
        &profile::DISPLAY_NAME.declaration,
        &profile::GIVEN_NAME.declaration,
        &profile::SURNAME.declaration,
        &profile::MAIL.declaration,
        &profile::JOB_TITLE.declaration,
        &profile::DEPARTMENT.declaration,
        &profile::OFFICE.declaration,
        &profile::CITY.declaration,
        &profile::COUNTRY.declaration,
        &profile::USAGE_LOCATION.declaration,
        &profile::USER_TYPE.declaration,
    ],
    // R1: whoever assigns licenses may set the usage location; the rules ask for more where more is edited.
    requires: Permission::AssignLicense,
    effect: Effect::Changes(Impact::Low),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[
        Example {
            line: "Get-User -NoUsageLocation | Set-User -UsageLocation SE",
            explanation: "Lets all be licensed who can't be for want of a location.",
        },
        Example {
            line: "Set-User anna@contoso.com -Department Marketing -Office ''",
            explanation: "Another department, and no office.",
        },
    ],
    graph: "Update-MgUser",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, _: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let name = args.get(&USER);
    let user = find_user(tenant, &name)?;
    // A piped user is what it was when it was got: of its own properties none is asked for.
    let profile = match name.id {
        Some(_) => Profile::typed(args),
        None => Profile::of(args),
    };
    let mut fields = UserFields::of(user);
    profile.write(&mut fields);
    if let Some(upn) = args.get(&NEW_UPN) {
        fields.upn = Some(upn.trim().into());
    }
    let decision = tenant.edit_user(user.id, fields)?;
    Ok(Decided::about(tenant, &user.upn, decision))
}
