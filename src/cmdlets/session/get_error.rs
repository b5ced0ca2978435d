//! Get-Error: the latest errors, with everything that is known of them.

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, Run, Verb};
use crate::diagnostic::Diagnostic;
use crate::tenant::Permission;
use crate::value::{Record, Shape, Value};

static NEWEST: Param<Option<i64>> =
    Param::new("Newest", "So many of them, the latest first; else one.")
        .aliases(&["First"])
        .position(0);

static ERROR: Shape = Shape {
    name: "Error",
    properties: &[
        "Message", "Id", "Category", "Target", "Place", "Hint", "ExitCode",
    ],
    columns: &[],
};

pub static GET_ERROR: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "Error",
    aliases: &[],
    synopsis: "Gets the latest errors of this session",
    description: "The last 256 are kept. $Error holds the same ones for scripts.",
    parameters: &[&NEWEST.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Records(&ERROR),
    examples: &[
        Example {
            line: "Get-Error",
            explanation: "What exactly went wrong just now?",
        },
        Example {
            line: "Get-Error -Newest 20 | Where-Object Category -eq Rule",
            explanation: "What the rules refused lately.",
        },
    ],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let most = usize::try_from(args.get(&NEWEST).unwrap_or(1)).unwrap_or_default();
    let errors: Vec<Record> = {
        let session = call.session().borrow();
        session.errors.iter().take(most).map(record).collect()
    };
    if args.get(&NEWEST).is_none() && !errors.is_empty() {
        call.is_exact();
    }
    errors
        .into_iter()
        .try_for_each(|error| call.write(Value::object(error)))
}

fn record(error: &Diagnostic) -> Record {
    let place = error.source.as_ref().zip(error.span).map(|(source, span)| {
        let (line, column) = source.line_column(span.start);
        format!("{}:{line}:{column}", source.name)
    });
    Record::new(
        &ERROR,
        vec![
            error.message.as_str().into(),
            error.id.into(),
            format!("{:?}", error.category).into(),
            error.target.clone().into(),
            place.into(),
            error.hint.clone().into(),
            i64::from(error.category.exit_code()).into(),
        ],
    )
}
