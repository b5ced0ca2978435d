//! Update-MgUser: edits one user with the names of Graph.

use std::sync::Arc;

use super::parameters::{BODY, USAGE_LOCATION, USER_ID};
use super::profile::Edit;
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Param, Run, Truth, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Permission, Tenant};

static ENABLED: Param<Option<Truth>> =
    Param::new("AccountEnabled", "Whether the user may sign in.");
static DISPLAY_NAME: Param<Option<Arc<str>>> =
    Param::new("DisplayName", "The name that others see.");
static GIVEN_NAME: Param<Option<Arc<str>>> = Param::new("GivenName", "The given name.");
static SURNAME: Param<Option<Arc<str>>> = Param::new("Surname", "The family name.");
static JOB_TITLE: Param<Option<Arc<str>>> = Param::new("JobTitle", "The job title.");
static DEPARTMENT: Param<Option<Arc<str>>> = Param::new("Department", "The department.");
static OFFICE: Param<Option<Arc<str>>> = Param::new("OfficeLocation", "The office.");
static CITY: Param<Option<Arc<str>>> = Param::new("City", "The city.");
static COUNTRY: Param<Option<Arc<str>>> = Param::new("Country", "The country.");

pub static UPDATE_MG_USER: Cmdlet = Cmdlet {
    verb: Verb::Update,
    noun: "MgUser",
    aliases: &["Update-MgBetaUser", "Set-AzureADUser", "Set-EntraUser"],
    synopsis: "Edits a user as Microsoft Graph PowerShell does",
    description: "Fields that aren't named stay as they are. In this shell it is Set-User, and Block-User and Unblock-User for the sign-in.",
    parameters: &[
        &USER_ID.declaration,
        &ENABLED.declaration,
        &DISPLAY_NAME.declaration,
        &GIVEN_NAME.declaration,
        &SURNAME.declaration,
        &JOB_TITLE.declaration,
        &DEPARTMENT.declaration,
        &OFFICE.declaration,
        &CITY.declaration,
        &COUNTRY.declaration,
        &USAGE_LOCATION.declaration,
        &BODY.declaration,
    ],
    requires: Permission::AssignLicense,
    effect: Effect::Changes(Impact::High),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[
        Example {
            line: "Update-MgUser -UserId anna@contoso.com -AccountEnabled:$false -WhatIf",
            explanation: "The first step when somebody leaves.",
        },
        Example {
            line: "Update-MgUser -UserId anna@contoso.com -UsageLocation SE",
            explanation: "Lets a user be licensed.",
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
    if let Some(body) = args.get(&BODY) {
        edit.body(&body)?;
    }
    let fields: [(&str, &Param<Option<Arc<str>>>); 8] = [
        ("DisplayName", &DISPLAY_NAME),
        ("GivenName", &GIVEN_NAME),
        ("Surname", &SURNAME),
        ("JobTitle", &JOB_TITLE),
        ("Department", &DEPARTMENT),
        ("OfficeLocation", &OFFICE),
        ("City", &CITY),
        ("Country", &COUNTRY),
    ];
    edit.given(args, &fields)?;
    if let Some(Truth(allowed)) = args.get(&ENABLED) {
        edit.sign_in(allowed);
    }
    edit.decide(tenant, &args.get(&USER_ID))
}
