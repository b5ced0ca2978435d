//! Remove-License: takes products from users (R6-R8, R10-R14).

use crate::cmdlets::shared::{USER, find_user, product_keys};
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Names, Output, Param, Run, SkuName,
    Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::LICENSE_RESULT;
use crate::tenant::{Permission, Removal, Symbol, Tenant, User};
use crate::wildcard::is_pattern;

static SKU: Param<Option<Vec<SkuName>>> = Param::new(
    "Sku",
    "The products: part number, GUID or display name; a wildcard means those of them that the user holds.",
)
.aliases(&["SkuPartNumber", "SkuId", "License"])
.position(1)
.by_property()
.offering(Names::HeldSku)
.required()
.in_sets(&["Sku"]);
static ALL: Param<bool> = Param::new("All", "Every direct license of the user.")
    .required()
    .in_sets(&["All"]);
static STRICT: Param<bool> = Param::new(
    "Strict",
    "Refuses a user who doesn't hold all of the products directly, instead of taking what is there.",
);

pub static REMOVE_LICENSE: Cmdlet = Cmdlet {
    verb: Verb::Remove,
    noun: "License",
    aliases: &[],
    synopsis: "Takes products from users",
    description: "Each user is one step: all the products named, or none. A license that comes through a group can't be \
                  taken from its member; it is skipped and the group is named. A removal frees one seat, unless the \
                  user inherits the same product. Losing the last Exchange plan disconnects the mailbox: DataHeldUntil \
                  says until when it can be had back. Look first with -WhatIf.",
    parameters: &[
        &USER.declaration,
        &SKU.declaration,
        &ALL.declaration,
        &STRICT.declaration,
    ],
    requires: Permission::AssignLicense,
    effect: Effect::Changes(Impact::High),
    output: Output::Records(&LICENSE_RESULT),
    examples: &[
        Example {
            line: "Get-User -Department Sales | Remove-License -Sku ENTERPRISEPACK -WhatIf",
            explanation: "Everything that would happen, and nothing that does.",
        },
        Example {
            line: "Remove-License anna@contoso.com -Sku ENTERPRISEPACK, POWER_BI_PRO",
            explanation: "Two products of one user, in one step.",
        },
        Example {
            line: "Get-User -Disabled -Licensed | Remove-License -All",
            explanation: "All direct licenses of all who can't sign in.",
        },
    ],
    graph: "Set-MgUserLicense -RemoveLicenses",
    run: Run::Change {
        decide,
        shape: &LICENSE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let user = find_user(tenant, &args.get(&USER))?;
    let strict = args.get(&STRICT);
    let decision = match args.get(&SKU) {
        Some(names) if !args.get(&ALL) => {
            let skus = wanted(tenant, user, &names)?;
            tenant.remove_licenses(user.id, Removal::Skus(&skus), strict, moment.now)?
        }
        _ => tenant.remove_licenses(user.id, Removal::All, strict, moment.now)?,
    };
    Ok(decision.into())
}

/// A wildcard stands for what the user holds; where that is nothing, for all it matches, so that rows say so.
fn wanted(tenant: &Tenant, user: &User, names: &[SkuName]) -> Result<Vec<Symbol>, Diagnostic> {
    let mut wanted = Vec::new();
    for name in names {
        let mut keys = product_keys(tenant, [&**name])?;
        if is_pattern(name) && keys.iter().any(|key| user.holds(key)) {
            keys.retain(|key| user.holds(key));
        }
        for key in keys {
            if !wanted.contains(&key) {
                wanted.push(key);
            }
        }
    }
    Ok(wanted)
}
