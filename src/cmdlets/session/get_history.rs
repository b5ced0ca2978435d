//! Get-History: the lines typed in this session.

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, Run, Verb};
use crate::tenant::Permission;
use crate::value::{Record, Shape, Value};

static COUNT: Param<Option<i64>> = Param::new("Count", "Only the last so many.").position(0);

static HISTORY: Shape = Shape {
    name: "HistoryLine",
    properties: &["Id", "CommandLine"],
    columns: &["Id", "CommandLine"],
};

pub static GET_HISTORY: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "History",
    aliases: &["history", "ghy"],
    synopsis: "Gets the lines typed in this session",
    description: "Lines that look like they hold a password, a key or a token are not kept, and neither are lines that \
                  begin with a blank. Arrow up and Ctrl-R also find lines of earlier sessions.",
    parameters: &[&COUNT.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Records(&HISTORY),
    examples: &[Example {
        line: "Get-History | Where-Object CommandLine -like *License*",
        explanation: "What was done with licenses so far.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let lines: Vec<Record> = {
        let history = &call.session().borrow().history;
        let most = args.get(&COUNT).map_or(history.len(), |count| {
            usize::try_from(count).unwrap_or_default()
        });
        history
            .iter()
            .skip(history.len().saturating_sub(most))
            .map(|typed| {
                let id = i64::try_from(typed.id).unwrap_or(i64::MAX);
                Record::new(&HISTORY, vec![id.into(), typed.line.as_str().into()])
            })
            .collect()
    };
    lines
        .into_iter()
        .try_for_each(|line| call.write(Value::object(line)))
}
