//! Get-Help: a cmdlet's page, a topic, or where to begin.

use crate::command::{
    Args, Call, Cmdlet, CommandName, Effect, Example, Flow, Names, Output, Param, Run, Verb,
};
use crate::help::{self, Part};
use crate::tenant::Permission;
use crate::value::Value;
use crate::wildcard::{Wildcard, is_pattern};

static NAME: Param<Option<CommandName>> = Param::new(
    "Name",
    "The cmdlet or topic; wildcards list those that match.",
)
.position(0)
.offering(Names::Topic)
.by_value();
static EXAMPLES: Param<bool> = Param::new("Examples", "Only the examples.");
static FULL: Param<bool> = Param::new("Full", "With the common parameters too.");
static PARAMETER: Param<Option<std::sync::Arc<str>>> =
    Param::new("Parameter", "Only this parameter; wildcards are allowed.")
        .offering(Names::Parameter);

pub static GET_HELP: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "Help",
    aliases: &["help", "man"],
    synopsis: "Explains a cmdlet, a topic, or where to begin",
    description: "Without a name it is a short tour. Any cmdlet also explains itself with -?. Names that begin with about_ \
                  are topics: pipelines, what-if, language, completion, tenants, exit-codes and clouds.",
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
        Example {
            line: "Get-Help about_what-if",
            explanation: "How a change is looked at before it happens.",
        },
    ],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let Some(name) = args.get(&NAME) else {
        let kept = {
            let session = call.session().borrow();
            session.is_durable() && !session.policy.what_if
        };
        return call.write(Value::from(help::tour(kept)));
    };
    if is_pattern(&name) {
        let lines = help::list(call.catalog(), &Wildcard::new(&name));
        if lines.is_empty() {
            return Err(call.catalog().unknown(&name).into());
        }
        return call.write(Value::from(lines.join("\n")));
    }
    if name.to_lowercase().starts_with("about") {
        return call.write(Value::from(help::topic(&name)?.page()));
    }
    let cmdlet = match call.catalog().resolve(&name) {
        Ok(cmdlet) => cmdlet,
        Err(unknown) => {
            if let Ok(topic) = help::topic(&name) {
                return call.write(Value::from(topic.page()));
            }
            // As PowerShell does: a word that is no name is looked for.
            let lines = help::about(call.catalog(), &name);
            if lines.is_empty() || name.contains('-') {
                return Err(unknown.into());
            }
            return call.write(Value::from(lines.join("\n")));
        }
    };
    let part = match (args.get(&PARAMETER), args.get(&EXAMPLES), args.get(&FULL)) {
        (Some(parameter), _, _) => Part::Parameter(parameter.to_string()),
        (None, true, _) => Part::Examples,
        (None, false, full) => Part::Page { full },
    };
    call.write(Value::from(help::page(cmdlet, &part)?))
}
