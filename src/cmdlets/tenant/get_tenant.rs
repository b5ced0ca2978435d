//! Get-Tenant: the tenant as a whole, counted.

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Run, Verb};
use crate::objects;
use crate::tenant::Permission;
use crate::value::Value;

pub static GET_TENANT: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "Tenant",
    aliases: &[],
    synopsis: "Gets the tenant as a whole, counted",
    description: "Users are those who aren't deleted, Licensed those of them who take a seat. Time is the tenant's clock, \
                  by which the rules judge.",
    parameters: &[],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&objects::TENANT),
    examples: &[Example {
        line: "Get-Tenant",
        explanation: "Name, cloud, and how much there is of everything.",
    }],
    graph: "Get-MgOrganization",
    run: Run::Each(run),
};

fn run(call: &mut Call, _: &Args) -> Result<(), Flow> {
    let tenant = call.tenant();
    let now = call.session().borrow().tenant_now();
    call.is_exact();
    call.write(Value::object(objects::tenant(&tenant, now)))
}
