//! Enable-ServicePlan: switches service plans of a license on again.

use crate::cmdlets::plan::{Plans, SKU, plans, switch};
use crate::cmdlets::shared::USER;
use crate::command::{Cmdlet, Effect, Example, Impact, Names, Output, Run, Verb};
use crate::objects::LICENSE_RESULT;
use crate::tenant::Permission;

static PLAN: Plans = plans(Names::PlanOff);

pub static ENABLE_SERVICE_PLAN: Cmdlet = Cmdlet {
    verb: Verb::Enable,
    noun: "ServicePlan",
    aliases: &[],
    synopsis: "Switches service plans of a license on again",
    description: "The other plans stay as they are. It takes no further seat.",
    parameters: &[&USER.declaration, &SKU.declaration, &PLAN.declaration],
    requires: Permission::AssignLicense,
    effect: Effect::Changes(Impact::Low),
    output: Output::Records(&LICENSE_RESULT),
    examples: &[
        Example {
            line: "Enable-ServicePlan lukas@contoso.com -Sku ENTERPRISEPACK -Plan Sway",
            explanation: "One plan, by its title.",
        },
        Example {
            line: "Get-ServicePlan lukas@contoso.com -Disabled | Enable-ServicePlan",
            explanation: "All that is switched off.",
        },
    ],
    graph: "Set-MgUserLicense -AddLicenses @{DisabledPlans}",
    run: Run::Change {
        decide: |tenant, moment, args| switch(tenant, moment, args, &PLAN, true),
        shape: &LICENSE_RESULT,
    },
};
