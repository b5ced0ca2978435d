//! Format-List: shows each object as a list of its properties.

use super::column::Columns;
use super::format_stage::Shown;
use crate::command::{Args, Cmdlet, Column, Effect, Example, Output, Param, Run, Stage, Verb};
use crate::diagnostic::Diagnostic;
use crate::format::View;
use crate::tenant::Permission;

static PROPERTY: Param<Option<Vec<Column>>> = Param::new(
    "Property",
    "The properties: names, wildcards, or @{Name; Expression} for one that is made; all of them without it.",
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
    let view = |properties| View::List { properties };
    let given = args.has(&PROPERTY);
    let columns = given.then(|| Columns::of(args, &PROPERTY)).transpose()?;
    Ok(Box::new(Shown::new(columns, None, Box::new(view))))
}
