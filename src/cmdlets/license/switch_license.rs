//! Switch-License: gives users one product in the place of another (R9).

use crate::cmdlets::license::assignment_args::RESET_PLANS;
use crate::cmdlets::shared::{DISABLED_PLANS, USAGE_LOCATION, USER, find_user, product_key, texts};
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Names, Output, Param, Run, SkuName,
    Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::LICENSE_RESULT;
use crate::tenant::{Addition, Location, Permission, Tenant};

static FROM: Param<SkuName> = Param::new("From", "The product that goes.")
    .aliases(&["Old", "OldSku"])
    .position(1)
    .by_property()
    .offering(Names::HeldSku);
static TO: Param<SkuName> = Param::new("To", "The product that comes in its place.")
    .aliases(&["New", "NewSku"])
    .position(2)
    .by_property();
static BUY_SEATS: Param<bool> = Param::new(
    "BuySeats",
    "Buys a seat for each who needs one, and for nobody who is refused.",
);

pub static SWITCH_LICENSE: Cmdlet = Cmdlet {
    verb: Verb::Switch,
    noun: "License",
    aliases: &[],
    synopsis: "Gives users one product in the place of another",
    description: "In one step: there is no moment without a license. Every other license stays. Plans that are switched off stay \
                  off, also where the new product has them in another edition (FLOW_O365_P2, FLOW_O365_P3). Who doesn't hold \
                  the old product directly is left alone and told.",
    parameters: &[
        &USER.declaration,
        &FROM.declaration,
        &TO.declaration,
        &DISABLED_PLANS.declaration,
        &USAGE_LOCATION.declaration,
        &RESET_PLANS.declaration,
        &BUY_SEATS.declaration,
    ],
    requires: Permission::AssignLicense,
    effect: Effect::Changes(Impact::High),
    output: Output::Records(&LICENSE_RESULT),
    examples: &[
        Example {
            line: "Get-User -Sku STANDARDPACK | Switch-License -From STANDARDPACK -To SPE_E3 -BuySeats -WhatIf",
            explanation: "What would become of all who hold the one.",
        },
        Example {
            line: "Switch-License hannah@contoso.com -From 'Office 365 E1' -To SPE_E3",
            explanation: "One user; what else she holds stays.",
        },
    ],
    graph: "Set-MgUserLicense -AddLicenses -RemoveLicenses",
    run: Run::Change {
        decide,
        shape: &LICENSE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let user = find_user(tenant, &args.get(&USER))?;
    let from = product_key(tenant, &args.get(&FROM))?;
    let to = [product_key(tenant, &args.get(&TO))?];
    let disabled_plans = texts(args.get(&DISABLED_PLANS));
    let addition = Addition {
        skus: &to,
        disabled_plans: &disabled_plans,
        usage_location: args
            .get(&USAGE_LOCATION)
            .and_then(|name| Location::new(&name)),
        reset_plans: args.get(&RESET_PLANS),
    };
    let buy = args.get(&BUY_SEATS);
    Ok(tenant
        .switch_license(user.id, &from, addition, buy, moment.now)?
        .into())
}
