//! Disable-ServicePlan: switches service plans of a license off.

use crate::cmdlets::plan::{Plans, SKU, plans, switch};
use crate::cmdlets::shared::USER;
use crate::command::{Cmdlet, Effect, Example, Impact, Names, Output, Run, Verb};
use crate::objects::LICENSE_RESULT;
use crate::tenant::Permission;

static PLAN: Plans = plans(Names::PlanOn);

pub static DISABLE_SERVICE_PLAN: Cmdlet = Cmdlet {
    verb: Verb::Disable,
    noun: "ServicePlan",
    aliases: &[],
    synopsis: "Switches service plans of a license off",
    description: "What is off already stays off. A plan that another license of the user provides isn't lost: PlansLost \
                  names what really goes. A license that comes through a group is skipped, and the group is named.",
    parameters: &[&USER.declaration, &SKU.declaration, &PLAN.declaration],
    requires: Permission::AssignLicense,
    effect: Effect::Changes(Impact::High),
    output: Output::Records(&LICENSE_RESULT),
    examples: &[
        Example {
            line: "Disable-ServicePlan anna@contoso.com -Sku ENTERPRISEPACK -Plan SWAY, YAMMER_ENTERPRISE",
            explanation: "Two plans of one user.",
        },
        Example {
            line: "Get-User -Sku ENTERPRISEPACK | Disable-ServicePlan -Sku ENTERPRISEPACK -Plan SWAY -WhatIf",
            explanation: "What it would be for all who hold the product.",
        },
    ],
    graph: "Set-MgUserLicense -AddLicenses @{DisabledPlans}",
    run: Run::Change {
        decide: |tenant, moment, args| switch(tenant, moment, args, &PLAN, false),
        shape: &LICENSE_RESULT,
    },
};
