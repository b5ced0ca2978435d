//! Get-Help: a cmdlet's page, or where to begin.

use crate::command::{
    Args, Call, Cmdlet, CommandName, Effect, Example, Flow, Output, Param, Run, Verb,
};
use crate::help::{self, Part};
use crate::tenant::Permission;
use crate::value::Value;
use crate::wildcard::{Wildcard, is_pattern};

static NAME: Param<Option<CommandName>> =
    Param::new("Name", "The cmdlet; wildcards list those that match.")
        .position(0)
        .by_value();
static EXAMPLES: Param<bool> = Param::new("Examples", "Only the examples.");
static FULL: Param<bool> = Param::new("Full", "With the common parameters too.");
static PARAMETER: Param<Option<std::sync::Arc<str>>> =
    Param::new("Parameter", "Only this parameter; wildcards are allowed.");

pub static GET_HELP: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "Help",
    aliases: &["help", "man"],
    synopsis: "Explains a cmdlet, or where to begin",
    description: "Without a name it is a short tour. Any cmdlet also explains itself with -?.",
    parameters: &[
        &NAME.declaration,
        &EXAMPLES.declaration,
        &FULL.declaration,
        &PARAMETER.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Text,
    examples: &[
        Example {
            line: "Get-Help Remove-License",
            explanation: "What it does and takes.",
        },
        Example {
            line: "Get-Help Remove-License -Examples",
            explanation: "How it is used.",
        },
        Example {
            line: "Get-Help *licen*",
            explanation: "Which cmdlets have to do with licenses.",
        },
    ],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let Some(name) = args.get(&NAME) else {
        return call.write(Value::from(help::TOUR));
    };
    if is_pattern(&name) {
        let pattern = Wildcard::new(&name);
        let lines: Vec<String> = call
            .catalog()
            .iter()
            .filter(|cmdlet| pattern.matches(&cmdlet.name()))
            .map(help::line)
            .collect();
        if lines.is_empty() {
            return Err(call.catalog().unknown(&name).into());
        }
        return call.write(Value::from(lines.join("\n")));
    }
    let cmdlet = call.catalog().resolve(&name)?;
    let part = match (args.get(&PARAMETER), args.get(&EXAMPLES), args.get(&FULL)) {
        (Some(parameter), _, _) => Part::Parameter(parameter.to_string()),
        (None, true, _) => Part::Examples,
        (None, false, full) => Part::Page { full },
    };
    call.write(Value::from(help::page(cmdlet, &part)?))
}
