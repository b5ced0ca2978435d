//! Set-MsolUser: edits one user with the names of MSOnline.

use std::sync::Arc;

use super::parameters::USAGE_LOCATION;
use super::profile::Edit;
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Param, Run, Truth, UserName,
    Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Permission, Tenant};

static UPN: Param<UserName> = Param::new("UserPrincipalName", "The user, by UPN or id.")
    .aliases(&["ObjectId", "UserId"])
    .position(0)
    .by_value()
    .by_property();
static BLOCK: Param<Option<Truth>> = Param::new(
    "BlockCredential",
    "Whether the user is kept from signing in.",
);
static DISPLAY_NAME: Param<Option<Arc<str>>> =
    Param::new("DisplayName", "The name that others see.");
static FIRST_NAME: Param<Option<Arc<str>>> = Param::new("FirstName", "The given name.");
static LAST_NAME: Param<Option<Arc<str>>> = Param::new("LastName", "The family name.");
static TITLE: Param<Option<Arc<str>>> = Param::new("Title", "The job title.");
static DEPARTMENT: Param<Option<Arc<str>>> = Param::new("Department", "The department.");
static OFFICE: Param<Option<Arc<str>>> = Param::new("Office", "The office.");
static CITY: Param<Option<Arc<str>>> = Param::new("City", "The city.");
static COUNTRY: Param<Option<Arc<str>>> = Param::new("Country", "The country.");

pub static SET_MSOL_USER: Cmdlet = Cmdlet {
    verb: Verb::Set,
    noun: "MsolUser",
    aliases: &[],
    synopsis: "Edits a user as the retired MSOnline module did",
    description: "Fields that aren't named stay as they are. Microsoft has retired the module; in this shell it is Set-User, and Block-User and Unblock-User for the sign-in.",
    parameters: &[
        &UPN.declaration,
        &BLOCK.declaration,
        &DISPLAY_NAME.declaration,
        &FIRST_NAME.declaration,
        &LAST_NAME.declaration,
        &TITLE.declaration,
        &DEPARTMENT.declaration,
        &OFFICE.declaration,
        &CITY.declaration,
        &COUNTRY.declaration,
        &USAGE_LOCATION.declaration,
    ],
    requires: Permission::AssignLicense,
    effect: Effect::Changes(Impact::High),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[
        Example {
            line: "Set-MsolUser -UserPrincipalName anna@contoso.com -UsageLocation SE",
            explanation: "Lets a user be licensed.",
        },
        Example {
            line: "Set-MsolUser -UserPrincipalName anna@contoso.com -BlockCredential $true -WhatIf",
            explanation: "The first step when somebody leaves.",
        },
    ],
    graph: "Update-MgUser",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, _: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let mut edit = Edit::default();
    let fields: [(&str, &Param<Option<Arc<str>>>); 8] = [
        ("DisplayName", &DISPLAY_NAME),
        ("GivenName", &FIRST_NAME),
        ("Surname", &LAST_NAME),
        ("JobTitle", &TITLE),
        ("Department", &DEPARTMENT),
        ("OfficeLocation", &OFFICE),
        ("City", &CITY),
        ("Country", &COUNTRY),
    ];
    edit.given(args, &fields)?;
    if let Some(Truth(blocked)) = args.get(&BLOCK) {
        edit.sign_in(!blocked);
    }
    edit.decide(tenant, &args.get(&UPN))
}
