//! Set-MgUserLicense: gives and takes products of one user in one call.

use super::assignment::Assignment;
use super::parameters::{BODY, USER_ID};
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Param, Run, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::LICENSE_RESULT;
use crate::tenant::{Permission, Tenant};
use crate::value::Value;

static ADD: Param<Option<Vec<Value>>> = Param::new(
    "AddLicenses",
    "What to give: @{ SkuId = '…'; DisabledPlans = @('…') }, one or a list; @() for nothing.",
);
static REMOVE: Param<Option<Vec<Value>>> = Param::new(
    "RemoveLicenses",
    "What to take: SkuIds or part numbers; @() for nothing.",
);

pub static SET_MG_USER_LICENSE: Cmdlet = Cmdlet {
    verb: Verb::Set,
    noun: "MgUserLicense",
    aliases: &["Set-MgBetaUserLicense", "Set-EntraUserLicense"],
    synopsis: "Gives and takes products of a user as Microsoft Graph PowerShell does",
    description: "One call of Graph's assignLicense: all of it or nothing, so a product that isn't held directly refuses the whole. Instead of the user it returns a row for each product. In this shell it is Remove-License, Add-License and Set-License, which skip what isn't held and say so.",
    parameters: &[
        &USER_ID.declaration,
        &ADD.declaration,
        &REMOVE.declaration,
        &BODY.declaration,
    ],
    requires: Permission::AssignLicense,
    effect: Effect::Changes(Impact::High),
    output: Output::Records(&LICENSE_RESULT),
    examples: &[Example {
        line: "Set-MgUserLicense -UserId anna@contoso.com -RemoveLicenses @('6fd2c87f-b296-42f0-b197-1e91e994b900') -AddLicenses @() -WhatIf",
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
    asked.remove(tenant, &args.get(&REMOVE).unwrap_or_default())?;
    if let Some(body) = args.get(&BODY) {
        asked.body(tenant, &body)?;
    }
    asked.decide(tenant, moment, &args.get(&USER_ID))
}
