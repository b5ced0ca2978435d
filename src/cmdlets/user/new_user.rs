//! New-User: creates a user.

use std::sync::Arc;

use crate::cmdlets::user::profile::{self, Profile};
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Param, Run, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Permission, Tenant, UserFields};

static UPN: Param<Arc<str>> = Param::new("UserPrincipalName", "The name to sign in with.")
    .aliases(&["Identity", "User", "UPN", "User principal name"])
    .position(0)
    .by_value()
    .by_property();

pub static NEW_USER: Cmdlet = Cmdlet {
    verb: Verb::New,
    noun: "User",
    aliases: &[],
    synopsis: "Creates a user",
    description: "The user may sign in and holds no license. Without -UsageLocation none can be assigned. The columns of \
                  a CSV that are named like the parameters fill them.",
    parameters: &[
        &UPN.declaration,
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
    requires: Permission::EditUser,
    effect: Effect::Changes(Impact::Low),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[Example {
        line: "New-User kim@contoso.com -DisplayName 'Kim Ek' -Department Sales -UsageLocation SE",
        explanation: "A new colleague, ready for a license.",
    }],
    graph: "New-MgUser",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let upn = args.get(&UPN);
    let mut fields = UserFields {
        upn: Some(upn.trim().into()),
        ..UserFields::default()
    };
    Profile::of(args).write(&mut fields);
    let decision = tenant.new_user(moment.clock.new_id(), fields, moment.now)?;
    Ok(Decided::about(tenant, upn.trim(), decision))
}
