//! Get-MgUser: users as Graph returns them.

use super::parameters::{
    ALL, ANY_USER_ID, CONSISTENCY_LEVEL, COUNT_VARIABLE, EXPAND_PROPERTY, FILTER, PAGE_SIZE,
    PROPERTY, SEARCH, SORT, TOP,
};
use super::query::Query;
use crate::cmdlets::shared::find_user;
use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Run, Verb};
use crate::objects::{GRAPH_USER, graph_user};
use crate::tenant::Permission;
use crate::value::Value;

pub static GET_MG_USER: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "MgUser",
    aliases: &["Get-MgBetaUser", "Get-EntraUser", "Get-EntraBetaUser"],
    synopsis: "Gets users as Microsoft Graph PowerShell does",
    description: "Binds the parameters of Get-MgUser and returns objects with its property names. In this shell it is Get-User, which has filters of its own and shorter names.",
    parameters: &[
        &ANY_USER_ID.declaration,
        &ALL.declaration,
        &FILTER.declaration,
        &SEARCH.declaration,
        &TOP.declaration,
        &SORT.declaration,
        &PROPERTY.declaration,
        &EXPAND_PROPERTY.declaration,
        &CONSISTENCY_LEVEL.declaration,
        &COUNT_VARIABLE.declaration,
        &PAGE_SIZE.declaration,
    ],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&GRAPH_USER),
    examples: &[Example {
        line: "Get-MgUser -All -Filter 'accountEnabled eq false' -Property Id, AssignedLicenses | Where-Object { $_.AssignedLicenses.Count -gt 0 }",
        explanation: "Who can't sign in and still holds a license.",
    }],
    graph: "Get-MgUser",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let tenant = call.tenant();
    let Some(name) = args.get(&ANY_USER_ID) else {
        return Query::of_graph(&tenant, args)?.write(call, graph_user);
    };
    if !args.piped() {
        call.is_exact();
    }
    let user = find_user(&tenant, &name)?;
    call.write(Value::object(graph_user(&tenant, user)))
}
