//! Get-AzureADUser: users as the retired AzureAD module returned them.

use std::sync::Arc;

use super::parameters::{ALL_TRUTH, FILTER, TOP};
use super::query::Query;
use crate::cmdlets::shared::find_user;
use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, Run, UserName, Verb,
};
use crate::objects::{AZURE_AD_USER, azure_ad_user};
use crate::tenant::Permission;
use crate::value::Value;

static OBJECT_ID: Param<Option<UserName>> = Param::new("ObjectId", "One user, by UPN or id.")
    .aliases(&["UserId", "UserPrincipalName", "Id"])
    .position(0)
    .by_value()
    .by_property();
static SEARCH_STRING: Param<Option<Arc<str>>> = Param::new(
    "SearchString",
    "Only whose display name or UPN begins with this text.",
);

pub static GET_AZURE_AD_USER: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "AzureADUser",
    aliases: &[],
    synopsis: "Gets users as the retired AzureAD module did",
    description: "Binds the parameters of Get-AzureADUser and returns objects with its property names. Microsoft has retired the module; in this shell it is Get-User.",
    parameters: &[
        &OBJECT_ID.declaration,
        &ALL_TRUTH.declaration,
        &FILTER.declaration,
        &SEARCH_STRING.declaration,
        &TOP.declaration,
    ],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&AZURE_AD_USER),
    examples: &[Example {
        line: "Get-AzureADUser -All $true | Select-Object ObjectId, UserPrincipalName",
        explanation: "All users with their ids.",
    }],
    graph: "Get-MgUser",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let tenant = call.tenant();
    if let Some(name) = args.get(&OBJECT_ID) {
        if !args.piped() {
            call.is_exact();
        }
        let user = find_user(&tenant, &name)?;
        return call.write(Value::object(azure_ad_user(&tenant, user)));
    }
    let mut query = Query::new();
    if let Some(text) = args.get(&FILTER) {
        query.filter(&tenant, &text)?;
    }
    if let Some(text) = args.get(&SEARCH_STRING) {
        let text = text.to_lowercase();
        query.and(move |user| {
            user.upn.to_lowercase().starts_with(&text)
                || user.display_name.to_lowercase().starts_with(&text)
        });
    }
    query.limit(args.get(&TOP))?;
    query.write(call, azure_ad_user)
}
