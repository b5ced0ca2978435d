//! Get-MgContext: who acts, with the names of Graph PowerShell.

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Run, Verb};
use crate::tenant::Permission;
use crate::value::{Map, Value};

pub static GET_MG_CONTEXT: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "MgContext",
    aliases: &["Get-AzureADCurrentSessionInfo", "Get-ConnectionInformation"],
    synopsis: "Gets who acts as Microsoft Graph PowerShell does",
    description: "Scopes is empty: roles decide here. In this shell it is Get-Session.",
    parameters: &[],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Any,
    examples: &[Example {
        line: "(Get-MgContext).Account",
        explanation: "Who acts.",
    }],
    graph: "Get-MgContext",
    run: Run::Each(run),
};

fn run(call: &mut Call, _: &Args) -> Result<(), Flow> {
    let account = call.session().borrow().actor.name.clone();
    let tenant = call.tenant().organisation().name.clone();
    let context: Map = [
        ("Account", Value::from(account.as_str())),
        ("TenantId", Value::from(tenant.as_str())),
        ("Scopes", Value::list(Vec::new())),
        ("AuthType", "Delegated".into()),
        ("ContextScope", "Process".into()),
    ]
    .into_iter()
    .collect();
    call.is_exact();
    call.write(Value::map(context))
}
