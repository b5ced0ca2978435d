//! Get-MgUserLicenseDetail: what reaches one user, with the state of each plan.

use super::parameters::{ALL, PROPERTY, USER_ID};
use crate::cmdlets::shared::find_user;
use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Run, Verb};
use crate::objects::{LICENSE_DETAIL, license_details};
use crate::tenant::Permission;
use crate::value::Value;

pub static GET_MG_USER_LICENSE_DETAIL: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "MgUserLicenseDetail",
    aliases: &[
        "Get-MgBetaUserLicenseDetail",
        "Get-AzureADUserLicenseDetail",
        "Get-EntraUserLicenseDetail",
    ],
    synopsis: "Gets the products of a user with their plans as Microsoft Graph PowerShell does",
    description: "A product that comes both directly and through a group is one row, as in Graph. In this shell it is Get-License, which tells how each came, and Get-ServicePlan -User.",
    parameters: &[
        &USER_ID.declaration,
        &ALL.declaration,
        &PROPERTY.declaration,
    ],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&LICENSE_DETAIL),
    examples: &[Example {
        line: "Get-MgUserLicenseDetail -UserId anna@contoso.com | Select-Object SkuPartNumber, SkuId",
        explanation: "What a user holds.",
    }],
    graph: "Get-MgUserLicenseDetail",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let tenant = call.tenant();
    let user = find_user(&tenant, &args.get(&USER_ID))?;
    for detail in license_details(&tenant, user) {
        call.write(Value::object(detail))?;
    }
    Ok(())
}
