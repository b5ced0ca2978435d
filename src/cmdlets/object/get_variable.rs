//! Get-Variable: the variables that are set.

use std::sync::Arc;

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Names, Output, Param, Run, Verb};
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::Permission;
use crate::value::{Record, Shape, Value};
use crate::wildcard::{Wildcard, is_pattern};

static NAME: Param<Option<Vec<Arc<str>>>> =
    Param::new("Name", "Only these variables; wildcards are allowed.")
        .naming(Names::Variable)
        .position(0);
static VALUE_ONLY: Param<bool> = Param::new("ValueOnly", "Gives the values alone.");

static VARIABLE: Shape = Shape {
    name: "Variable",
    properties: &["Name", "Type", "Value"],
    columns: &["Name", "Type", "Value"],
};

pub static GET_VARIABLE: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "Variable",
    aliases: &["gv"],
    synopsis: "Gets the variables that are set",
    description: "Those of the shell or the script, and inside a function the function's own.",
    parameters: &[&NAME.declaration, &VALUE_ONLY.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Records(&VARIABLE),
    examples: &[Example {
        line: "let leavers = Get-User -Disabled; Get-Variable lea*",
        explanation: "What the shell remembers.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let variables = call.variables();
    let names = args.get(&NAME).unwrap_or_default();
    for name in names.iter().filter(|name| !is_pattern(name)) {
        if !variables
            .iter()
            .any(|(own, _)| own.eq_ignore_ascii_case(name))
        {
            let known = variables.iter().map(|(own, _)| own.as_str());
            return Err(Diagnostic::new(
                "UnknownVariable",
                Category::NotFound,
                format!("there is no variable '{name}'"),
            )
            .about(&**name)
            .hint("Get-Variable lists those there are")
            .did_you_mean(name, known)
            .into());
        }
    }
    let patterns: Vec<Wildcard> = names.iter().map(|name| Wildcard::new(name)).collect();
    for (name, value) in variables {
        if !patterns.is_empty() && !patterns.iter().any(|pattern| pattern.matches(&name)) {
            continue;
        }
        if args.get(&VALUE_ONLY) {
            call.write_each(value)?;
        } else {
            let row = vec![name.into(), value.type_name().into(), value];
            call.write(Value::object(Record::new(&VARIABLE, row)))?;
        }
    }
    Ok(())
}
