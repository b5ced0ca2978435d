//! Get-Command: which cmdlets there are.

use crate::command::{
    Args, Call, Cmdlet, CommandName, Effect, Example, Flow, Output, Param, Run, Verb,
};
use crate::tenant::Permission;
use crate::value::{Record, Shape, Value};
use crate::wildcard::Wildcard;

static NAME: Param<Option<Vec<CommandName>>> =
    Param::new("Name", "Only these; wildcards are allowed.")
        .position(0)
        .by_value();

static COMMAND: Shape = Shape {
    name: "Command",
    properties: &[
        "Name",
        "Synopsis",
        "Aliases",
        "Parameters",
        "Changes",
        "Graph",
    ],
    columns: &["Name", "Synopsis"],
};

pub static GET_COMMAND: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "Command",
    aliases: &["gcm"],
    synopsis: "Lists the cmdlets there are",
    description: "Graph names the equivalent in Microsoft Graph PowerShell. The cmdlets of that module and of its \
                  predecessors that scripts about licenses call are here too: Get-Command *-Mg* lists them.",
    parameters: &[&NAME.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Records(&COMMAND),
    examples: &[Example {
        line: "Get-Command *license*",
        explanation: "What can be done with licenses.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let patterns: Option<Vec<Wildcard>> = args
        .get(&NAME)
        .map(|names| names.iter().map(|name| Wildcard::new(name)).collect());
    let meant = |cmdlet: &&'static Cmdlet| {
        patterns.as_ref().is_none_or(|patterns| {
            let name = cmdlet.name();
            let called = |p: &Wildcard| {
                p.matches(&name) || cmdlet.aliases.iter().any(|alias| p.matches(alias))
            };
            patterns.iter().any(called)
        })
    };
    let mut cmdlets: Vec<_> = call.catalog().iter().filter(meant).collect();
    // Those of other modules only where they alone are meant: `*-Mg*`.
    if cmdlets.is_empty() {
        cmdlets = call.catalog().foreign().filter(meant).collect();
    }
    cmdlets.sort_by_key(|cmdlet| (cmdlet.noun, cmdlet.verb));
    for cmdlet in &cmdlets {
        call.write(Value::object(record(cmdlet)))?;
    }
    if cmdlets.is_empty()
        && let Some([name]) = args.get(&NAME).as_deref()
    {
        return Err(call.catalog().unknown(name).into());
    }
    Ok(())
}

fn record(cmdlet: &Cmdlet) -> Record {
    let texts = |texts: &[&str]| Value::list(texts.iter().map(|text| (*text).into()).collect());
    let parameters: Vec<&str> = cmdlet.parameters.iter().map(|p| p.name).collect();
    Record::new(
        &COMMAND,
        vec![
            cmdlet.name().into(),
            cmdlet.synopsis.into(),
            texts(cmdlet.aliases),
            texts(&parameters),
            cmdlet.changes().into(),
            cmdlet.graph.into(),
        ],
    )
}
