//! Invoke-History: runs a line of this session again.

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Names, Output, Param, Run, Verb};
use crate::diagnostic::{Category, Diagnostic};
use crate::session::Typed;
use crate::tenant::Permission;

static ID: Param<Option<i64>> = Param::new("Id", "The line's number; without it the last line.")
    .position(0)
    .offering(Names::Line);

pub static INVOKE_HISTORY: Cmdlet = Cmdlet {
    verb: Verb::Invoke,
    noun: "History",
    aliases: &["ihy"],
    synopsis: "Runs a line of this session again",
    description: "The line runs when the one with Invoke-History has ended, as if it were typed then: it asks again \
                  what it asked.",
    parameters: &[&ID.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Nothing,
    examples: &[Example {
        line: "Invoke-History",
        explanation: "Runs the last line again; Get-History has the numbers of others.",
    }],
    graph: "",
    run: Run::Each(run),
};

/// A line that would repeat itself without end.
fn repeats(typed: &Typed) -> bool {
    let line = typed.line.to_lowercase();
    line.contains("invoke-history") || line.contains("ihy")
}

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let id = args.get(&ID);
    let found = {
        let history = &call.session().borrow().history;
        match id.map(usize::try_from) {
            None => history.iter().rfind(|typed| !repeats(typed)).cloned(),
            Some(id) => history.iter().find(|typed| Ok(typed.id) == id).cloned(),
        }
    };
    match (found, id) {
        (Some(typed), _) if repeats(&typed) => Err(Diagnostic::new(
            "HistoryRepeats",
            Category::Denied,
            format!("line {} runs lines again itself", typed.id),
        )
        .into()),
        (Some(typed), _) => {
            call.session().borrow_mut().again = Some(typed.line);
            Ok(())
        }
        (None, None) => call.warn(Diagnostic::new(
            "NoHistory",
            Category::NotFound,
            "nothing was typed before",
        )),
        (None, Some(id)) => Err(Diagnostic::new(
            "HistoryNotFound",
            Category::NotFound,
            format!("there is no line {id}"),
        )
        .hint("Get-History lists the lines with their numbers")
        .into()),
    }
}
