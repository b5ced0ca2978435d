//! Connect-Tenant: says who acts from here on.

use std::sync::Arc;

use crate::cmdlets::tenant::get_session;
use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Names, Output, Param, Run, Verb};
use crate::objects::SESSION;
use crate::tenant::Permission;
use crate::value::Value;

static AS: Param<Arc<str>> = Param::new("As", "An operator, or a user who holds a role.")
    .aliases(&["Identity", "User"])
    .naming(Names::User)
    .offering(Names::Admin)
    .position(0);

pub static CONNECT_TENANT: Cmdlet = Cmdlet {
    verb: Verb::Connect,
    noun: "Tenant",
    aliases: &[],
    synopsis: "Says who acts from here on",
    description: "It is a statement, not a login: roles rehearse what somebody may do, they protect nothing. It holds \
                  until the session ends or Disconnect-Tenant; --as says the same for a whole run.",
    parameters: &[&AS.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Records(&SESSION),
    examples: &[Example {
        line: "Connect-Tenant -As megan@contoso.com",
        explanation: "What follows is done, or refused, as a License Administrator.",
    }],
    graph: "Connect-MgGraph",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let actor = call.tenant().actor(&args.get(&AS))?;
    call.session().borrow_mut().act_as(actor)?;
    let record = get_session::record(&call.session().borrow());
    call.is_exact();
    call.write(Value::object(record))
}
