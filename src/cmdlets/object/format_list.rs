//! Format-List: shows each object as a list of its properties.

use super::format_table::Shown;
use crate::command::{
    Args, Cmdlet, Effect, Example, Output, Param, PropertyName, Run, Stage, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::format::View;
use crate::tenant::Permission;

static PROPERTY: Param<Option<Vec<PropertyName>>> = Param::new(
    "Property",
    "The properties; wildcards are allowed, all of them without one.",
)
.position(0);

pub static FORMAT_LIST: Cmdlet = Cmdlet {
    verb: Verb::Format,
    noun: "List",
    aliases: &["fl"],
    synopsis: "Shows each object as a list of its properties",
    description: "The last command of a pipeline that is to be looked at.",
    parameters: &[&PROPERTY.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Any,
    examples: &[Example {
        line: "Get-Subscription ENTERPRISEPACK | Format-List",
        explanation: "All that is known of a product.",
    }],
    graph: "",
    run: Run::Stream(start),
};

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    let properties: Option<Vec<String>> = args
        .get(&PROPERTY)
        .map(|names| names.iter().map(|name| name.to_string()).collect());
    let asked = properties.clone().unwrap_or_default();
    Ok(Box::new(Shown::new(View::List { properties }, asked)))
}
