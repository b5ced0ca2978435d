//! ConvertTo-Json: objects as JSON text.

use std::sync::Arc;

use super::stage::{ToText, one_or_list};
use crate::command::{Args, Cmdlet, Effect, Example, Output, Param, Run, Stage, Verb};
use crate::diagnostic::Diagnostic;
use crate::format::json_text;
use crate::tenant::Permission;

static COMPRESS: Param<bool> = Param::new("Compress", "Writes one line.");
static AS_ARRAY: Param<bool> = Param::new("AsArray", "Writes a list even of one object.");
static DEPTH: Param<Option<i64>> = Param::new(
    "Depth",
    "Accepted for the habit's sake: nothing is cut off.",
);

pub static CONVERT_TO_JSON: Cmdlet = Cmdlet {
    verb: Verb::ConvertTo,
    noun: "Json",
    aliases: &[],
    synopsis: "Writes objects as JSON text",
    description: "One object as itself, several as a list, and none as the empty list. A time is ISO 8601.",
    parameters: &[
        &COMPRESS.declaration,
        &AS_ARRAY.declaration,
        &DEPTH.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Text,
    examples: &[Example {
        line: "Get-User anna@contoso.com | Select-Object DisplayName, Licenses | ConvertTo-Json",
        explanation: "For another program.",
    }],
    graph: "",
    run: Run::Stream(start),
};

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    let (pretty, array) = (!args.get(&COMPRESS), args.get(&AS_ARRAY));
    let make = move |values, _: &str| Ok(json_text(&one_or_list(values, array), pretty));
    Ok(ToText::stage(Arc::new(make), None))
}
