//! Get-License: a row for each license of each user, and where it comes from.

use crate::cmdlets::shared::{USER_NAMES, find_user, product_keys};
use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Names, Output, Param, Run, SkuName, UserName, Verb,
};
use crate::objects;
use crate::tenant::{Assignment, Permission, Symbol, Tenant, User};
use crate::value::Value;

static USER: Param<Option<Vec<UserName>>> =
    Param::new("User", "Only of these users, by UPN or id.")
        .aliases(USER_NAMES)
        .position(0)
        .by_value()
        .by_property();
static SKU: Param<Option<Vec<SkuName>>> =
    Param::new("Sku", "Only of these products; wildcards are allowed.")
        .position(1)
        .offering(Names::HeldSku);
static DIRECT: Param<bool> =
    Param::new("Direct", "Only what was given to the user.").in_sets(&["Direct"]);
static INHERITED: Param<bool> =
    Param::new("Inherited", "Only what comes through a group.").in_sets(&["Inherited"]);
static HAS_ERROR: Param<bool> = Param::new("HasError", "Only what is in error with a group.");

pub static GET_LICENSE: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "License",
    aliases: &[],
    synopsis: "Gets licenses, a row for each assignment",
    description: "A product that a user holds directly and through a group gives two rows, though it takes one seat. \
                  AssignedBy is Direct or the name of the group.",
    parameters: &[
        &USER.declaration,
        &SKU.declaration,
        &DIRECT.declaration,
        &INHERITED.declaration,
        &HAS_ERROR.declaration,
    ],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&objects::LICENSE),
    examples: &[
        Example {
            line: "Get-License anna@contoso.com",
            explanation: "What a user holds, and from where.",
        },
        Example {
            line: "Get-License -Inherited | Select-Object UserPrincipalName, Sku, AssignedBy",
            explanation: "What can only be taken away by leaving a group.",
        },
    ],
    graph: "Get-MgUserLicenseDetail",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let tenant = call.tenant();
    let filter = Filter {
        skus: match args.get(&SKU) {
            Some(names) => Some(product_keys(&tenant, names.iter().map(|name| &**name))?),
            None => None,
        },
        direct: args.get(&DIRECT),
        inherited: args.get(&INHERITED),
        has_error: args.get(&HAS_ERROR),
    };
    match args.get(&USER) {
        None => {
            for user in tenant.users().iter().filter(|user| user.deleted.is_none()) {
                write(call, &tenant, user, &filter)?;
            }
        }
        Some(names) => {
            for name in &names {
                match find_user(&tenant, name) {
                    Ok(user) => write(call, &tenant, user, &filter)?,
                    Err(fault) if args.piped() || names.len() > 1 => call.fail(fault)?,
                    Err(fault) => return Err(fault.into()),
                }
            }
        }
    }
    Ok(())
}

struct Filter {
    skus: Option<Vec<Symbol>>,
    direct: bool,
    inherited: bool,
    has_error: bool,
}

impl Filter {
    fn passes(&self, license: &Assignment) -> bool {
        self.skus
            .as_ref()
            .is_none_or(|skus| skus.contains(&license.sku))
            && (!self.direct || license.group.is_none())
            && (!self.inherited || license.group.is_some())
            && (!self.has_error || license.error.is_some())
    }
}

fn write(call: &mut Call, tenant: &Tenant, user: &User, filter: &Filter) -> Result<(), Flow> {
    for license in user
        .licenses
        .iter()
        .filter(|license| filter.passes(license))
    {
        call.write(Value::object(objects::license(tenant, user, license)))?;
    }
    Ok(())
}
