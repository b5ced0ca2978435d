//! Set-AzureADUserLicense: gives and takes products of one user with AzureAD's object.

use super::assignment::Assignment;
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Param, Run, UserName, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::LICENSE_RESULT;
use crate::tenant::{Permission, Tenant};
use crate::value::Value;

static OBJECT_ID: Param<UserName> = Param::new("ObjectId", "The user, by UPN or id.")
    .aliases(&["UserId", "UserPrincipalName", "Id"])
    .position(0)
    .by_value()
    .by_property();
static LICENSES: Param<Value> = Param::new(
    "AssignedLicenses",
    "A map: @{ AddLicenses = @(@{ SkuId = '…' }); RemoveLicenses = @('…') }.",
);

pub static SET_AZURE_AD_USER_LICENSE: Cmdlet = Cmdlet {
    verb: Verb::Set,
    noun: "AzureADUserLicense",
    aliases: &[],
    synopsis: "Gives and takes products of a user as the retired AzureAD module did",
    description: "Microsoft has retired the module. In this shell it is Remove-License, Add-License and Set-License.",
    parameters: &[&OBJECT_ID.declaration, &LICENSES.declaration],
    requires: Permission::AssignLicense,
    effect: Effect::Changes(Impact::High),
    output: Output::Records(&LICENSE_RESULT),
    examples: &[Example {
        line: "Set-AzureADUserLicense -ObjectId anna@contoso.com -AssignedLicenses @{ AddLicenses = @(); RemoveLicenses = @('6fd2c87f-b296-42f0-b197-1e91e994b900') } -WhatIf",
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
    asked.body(tenant, &args.get(&LICENSES))?;
    asked.decide(tenant, moment, &args.get(&OBJECT_ID))
}
