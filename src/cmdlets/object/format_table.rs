//! Format-Table: shows objects as a table of chosen columns.

use super::column::Columns;
use super::format_stage::Shown;
use crate::command::{
    Args, Cmdlet, Column, Effect, Example, Output, Param, PropertyName, Run, Stage, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::format::{TableLook, View};
use crate::tenant::Permission;

static PROPERTY: Param<Option<Vec<Column>>> = Param::new(
    "Property",
    "The columns: names, wildcards, or @{Name; Expression} for one that is made.",
)
.position(0);
static AUTO_SIZE: Param<bool> = Param::new(
    "AutoSize",
    "Sizes the columns by all rows before the first is shown.",
);
static WRAP: Param<bool> = Param::new(
    "Wrap",
    "Continues a long cell on the next line instead of shortening it.",
);
static GROUP_BY: Param<Option<PropertyName>> = Param::new(
    "GroupBy",
    "Starts a new table each time this property changes.",
);

pub static FORMAT_TABLE: Cmdlet = Cmdlet {
    verb: Verb::Format,
    noun: "Table",
    aliases: &["ft"],
    synopsis: "Shows objects as a table",
    description: "The last command of a pipeline that is to be looked at. To keep the data use Select-Object.",
    parameters: &[
        &PROPERTY.declaration,
        &AUTO_SIZE.declaration,
        &WRAP.declaration,
        &GROUP_BY.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Any,
    examples: &[
        Example {
            line: "Get-User | Sort-Object City | Format-Table DisplayName, Department -GroupBy City",
            explanation: "A table for each city.",
        },
        Example {
            line: "Get-User | Format-Table DisplayName, @{ Name = 'Products'; Expression = { $_.Licenses.Count } }",
            explanation: "A column that is made for the table.",
        },
    ],
    graph: "",
    run: Run::Stream(start),
};

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    let look = TableLook {
        auto_size: args.get(&AUTO_SIZE),
        wrap: args.get(&WRAP),
        ..TableLook::default()
    };
    let group_by = args.get(&GROUP_BY).map(|name| name.to_string());
    let group = group_by.clone();
    let view = move |columns| View::Table {
        columns,
        look: look.clone(),
        group_by: group.clone(),
    };
    let given = args.has(&PROPERTY);
    let columns = given.then(|| Columns::of(args, &PROPERTY)).transpose()?;
    Ok(Box::new(Shown::new(columns, group_by, Box::new(view))))
}
