//! Set-User: edits the profile of users (R15, R25).

use std::sync::Arc;

use crate::cmdlets::shared::{USER, find_user};
use crate::cmdlets::user::profile::{self, Profile};
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Param, Run, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::format::to_json;
use crate::objects::{CHANGE_RESULT, USER as USER_SHAPE};
use crate::tenant::{ExtraFields, ExtraValue, Permission, Tenant, UserFields};
use crate::value::{Value, property_named};

static NEW_UPN: Param<Option<Arc<str>>> =
    Param::new("NewUserPrincipalName", "Another name to sign in with.");

static EXTRA: Param<Option<Value>> = Param::new(
    "Extra",
    "Further fields, by name: @{ EmployeeId = '1042'; CostCenter = $null }. Null takes a field away.",
);

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
        &EXTRA.declaration,
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
    if let Some(extra) = args.get(&EXTRA) {
        set_extra(&mut fields.extra, &extra).map_err(|fault| match args.span(&EXTRA) {
            Some(span) => fault.at(span),
            None => fault,
        })?;
    }
    let decision = tenant.edit_user(user.id, fields)?;
    Ok(Decided::about(tenant, &user.upn, decision))
}

fn set_extra(fields: &mut ExtraFields, given: &Value) -> Result<(), Diagnostic> {
    let Value::Map(given) = given else {
        return Err(
            Diagnostic::usage("InvalidArgument", "-Extra takes fields by name")
                .hint("write -Extra @{ EmployeeId = '1042' }"),
        );
    };
    for (name, value) in given.iter() {
        let name = name.trim();
        let is_word = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if !is_word {
            return Err(Diagnostic::usage(
                "InvalidArgument",
                format!("a field can't be called '{name}'"),
            )
            .hint("a name has letters, digits and _"));
        }
        if property_named(USER_SHAPE.properties, name).is_some() {
            return Err(Diagnostic::usage(
                "InvalidArgument",
                format!("{name} is no further field: every user has it"),
            )
            .about(name)
            .hint(format!("see whether Set-User has -{name}")));
        }
        // As Graph spells names; one that is there keeps its own.
        let mut letters = name.chars();
        let spelled: String = letters
            .next()
            .into_iter()
            .flat_map(char::to_lowercase)
            .chain(letters)
            .collect();
        let value = match value {
            Value::Text(text) if text.is_empty() => None,
            value => ExtraValue::of(to_json(value)),
        };
        fields.set(&spelled, value);
    }
    Ok(())
}
