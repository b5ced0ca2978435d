//! Save-Tenant: writes tenant.yaml anew, with every change that so far is in the journal only.

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Run, Verb};
use crate::objects::SAVE;
use crate::tenant::Permission;
use crate::value::{Record, Value};

pub static SAVE_TENANT: Cmdlet = Cmdlet {
    verb: Verb::Save,
    noun: "Tenant",
    aliases: &[],
    synopsis: "Writes tenant.yaml anew, with every change made so far",
    description: "Nothing is lost without it: what was reported as done is in the journal already. Save before you read, \
                  edit or commit tenant.yaml. Only the lines that changed are written differently; comments and the \
                  order of things stay. Change is the number that the file then bears as its sequence.",
    parameters: &[],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&SAVE),
    examples: &[Example {
        line: "Save-Tenant",
        explanation: "Bring tenant.yaml up to date before git looks at it.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, _: &Args) -> Result<(), Flow> {
    let (saved, path, what_if) = {
        let mut session = call.session().borrow_mut();
        let saved = session.save()?;
        let path = session.store()?.path().display().to_string();
        (saved, path, session.policy.what_if)
    };
    let users = call.tenant().users().len();
    let (outcome, reason) = match (&saved, what_if) {
        (Some(_), _) => ("Written", None),
        (None, true) => ("NothingDone", Some("everything is rehearsed: --what-if")),
        (None, false) => ("NothingToDo", Some("it holds every change already")),
    };
    call.is_exact();
    call.write(Value::object(Record::new(
        &SAVE,
        vec![
            path.into(),
            outcome.into(),
            saved.as_ref().map(|saved| number(saved.sequence)).into(),
            users.into(),
            saved.as_ref().map(|saved| number(saved.bytes)).into(),
            reason.into(),
        ],
    )))
}

fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
