//! Write-Host: shows a line.

use std::sync::Arc;

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, Run, Verb};
use crate::tenant::Permission;
use crate::value::Value;

static OBJECT: Param<Option<Vec<Value>>> = Param::new("Object", "What is shown, as text.")
    .aliases(&["Message"])
    .position(0)
    .by_value();
static SEPARATOR: Param<Option<Arc<str>>> = Param::new(
    "Separator",
    "What stands between several; a blank without it.",
);
static FOREGROUND: Param<Option<Arc<str>>> = Param::new(
    "ForegroundColor",
    "Accepted for the habit's sake: colours are the terminal's own.",
);

pub static WRITE_HOST: Cmdlet = Cmdlet {
    verb: Verb::Write,
    noun: "Host",
    aliases: &[],
    synopsis: "Shows a line on the screen",
    description: "The line goes past the pipe: nothing of it can be taken or counted. Under -o json and the other formats \
                  for programs it goes to standard error, so that the output stays whole.",
    parameters: &[
        &OBJECT.declaration,
        &SEPARATOR.declaration,
        &FOREGROUND.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Nothing,
    examples: &[Example {
        line: "Get-User -City Sydney | ForEach-Object { Write-Host \"looking at $($_.DisplayName)\"; $_ } | Measure-Object",
        explanation: "Says how far a script is.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let items = args.get(&OBJECT).unwrap_or_default();
    let separator = args.get(&SEPARATOR);
    let texts: Vec<_> = items.iter().map(Value::to_text).collect();
    let line = texts.join(separator.as_deref().unwrap_or(" "));
    Ok(call.session().borrow_mut().console.print(&line)?)
}
