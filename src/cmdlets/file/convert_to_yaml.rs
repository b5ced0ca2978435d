//! ConvertTo-Yaml: objects as YAML text.

use std::sync::Arc;

use super::stage::{ToText, one_or_list};
use crate::command::{Args, Cmdlet, Effect, Example, Output, Param, Run, Stage, Verb};
use crate::diagnostic::Diagnostic;
use crate::format::yaml_text;
use crate::tenant::Permission;

static AS_ARRAY: Param<bool> = Param::new("AsArray", "Writes a list even of one object.");

pub static CONVERT_TO_YAML: Cmdlet = Cmdlet {
    verb: Verb::ConvertTo,
    noun: "Yaml",
    aliases: &[],
    synopsis: "Writes objects as YAML text",
    description: "One object as itself, several as a list, and none as the empty list. A time is ISO 8601.",
    parameters: &[&AS_ARRAY.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Text,
    examples: &[Example {
        line: "Get-User anna@contoso.com | Select-Object DisplayName, Licenses | ConvertTo-Yaml",
        explanation: "Easy to read, and to keep.",
    }],
    graph: "",
    run: Run::Stream(start),
};

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    let array = args.get(&AS_ARRAY);
    let make = move |values, _: &str| Ok(yaml_text(&one_or_list(values, array)));
    Ok(ToText::stage(Arc::new(make), None))
}
