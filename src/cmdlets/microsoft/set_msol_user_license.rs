//! Set-MsolUserLicense: gives and takes products of one user with their AccountSkuId.

use super::assignment::Assignment;
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Param, Run, UserName, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::LICENSE_RESULT;
use crate::tenant::{Permission, Tenant};
use crate::value::Value;

static UPN: Param<UserName> = Param::new("UserPrincipalName", "The user, by UPN or id.")
    .aliases(&["ObjectId", "UserId"])
    .position(0)
    .by_value()
    .by_property();
static ADD: Param<Option<Vec<Value>>> = Param::new(
    "AddLicenses",
    "What to give: contoso:ENTERPRISEPACK, one or a list.",
);
static REMOVE: Param<Option<Vec<Value>>> = Param::new(
    "RemoveLicenses",
    "What to take: contoso:ENTERPRISEPACK, one or a list.",
);
static OPTIONS: Param<Option<Vec<Value>>> = Param::new(
    "LicenseOptions",
    "What New-MsolLicenseOptions made: which plans of a product are off.",
);

pub static SET_MSOL_USER_LICENSE: Cmdlet = Cmdlet {
    verb: Verb::Set,
    noun: "MsolUserLicense",
    aliases: &[],
    synopsis: "Gives and takes products of a user as the retired MSOnline module did",
    description: "The part of an AccountSkuId in front of the colon may be any name: the tenant is this one. Microsoft has retired the module; in this shell it is Remove-License, Add-License and Set-License.",
    parameters: &[
        &UPN.declaration,
        &ADD.declaration,
        &REMOVE.declaration,
        &OPTIONS.declaration,
    ],
    requires: Permission::AssignLicense,
    effect: Effect::Changes(Impact::High),
    output: Output::Records(&LICENSE_RESULT),
    examples: &[Example {
        line: "Set-MsolUserLicense -UserPrincipalName anna@contoso.com -RemoveLicenses contoso:ENTERPRISEPACK -WhatIf",
        explanation: "What it would be to take Office 365 E3.",
    }],
    graph: "Set-MgUserLicense",
    run: Run::Change {
        decide,
        shape: &LICENSE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let mut asked = Assignment::default();
    asked.add(tenant, &args.get(&ADD).unwrap_or_default())?;
    asked.options(tenant, &args.get(&OPTIONS).unwrap_or_default())?;
    asked.remove(tenant, &args.get(&REMOVE).unwrap_or_default())?;
    asked.decide(tenant, moment, &args.get(&UPN))
}
