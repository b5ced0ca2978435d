//! Get-Session: who acts, and how changes are handled.

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Run, Verb};
use crate::objects::{self, SESSION};
use crate::session::Session;
use crate::tenant::Permission;
use crate::value::{Record, Value};

pub static GET_SESSION: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "Session",
    aliases: &[],
    synopsis: "Gets who acts, and how changes are handled",
    description: "May lists what the roles of the acting admin allow. Durable tells whether changes are kept: the sample \
                  lives in memory only.",
    parameters: &[],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Records(&SESSION),
    examples: &[Example {
        line: "Get-Session",
        explanation: "Who am I here, and what may I do?",
    }],
    graph: "Get-MgContext",
    run: Run::Each(run),
};

fn run(call: &mut Call, _: &Args) -> Result<(), Flow> {
    let record = record(&call.session().borrow());
    call.is_exact();
    call.write(Value::object(record))
}

/// The session as it stands.
pub(super) fn record(session: &Session) -> Record {
    let actor = &session.actor;
    Record::new(
        &SESSION,
        vec![
            actor.is_signed_in().then(|| actor.name.clone()).into(),
            Value::list(actor.roles.iter().map(|role| role.name().into()).collect()),
            objects::deeds(&actor.roles),
            session.tenant().organisation().name.as_str().into(),
            session.is_durable().into(),
            session.policy.what_if.into(),
            session.policy.read_only.into(),
            session.tenant_now().into(),
        ],
    )
}
