//! Format-Table: shows objects as a table of chosen columns.

use std::sync::Arc;

use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, PropertyName, Run, Stage, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::format::{Formatted, View};
use crate::tenant::Permission;
use crate::value::Value;

static PROPERTY: Param<Option<Vec<PropertyName>>> =
    Param::new("Property", "The columns; wildcards are allowed.").position(0);
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
    examples: &[Example {
        line: "Get-User | Sort-Object City | Format-Table DisplayName, Department -GroupBy City",
        explanation: "A table for each city.",
    }],
    graph: "",
    run: Run::Stream(start),
};

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    let names = |names: Vec<PropertyName>| names.iter().map(|name| name.to_string()).collect();
    let columns: Option<Vec<String>> = args.get(&PROPERTY).map(names);
    let group_by = args.get(&GROUP_BY).map(|name| name.to_string());
    let asked = columns.iter().flatten().chain(&group_by).cloned().collect();
    let view = View::Table {
        columns,
        auto_size: args.get(&AUTO_SIZE),
        wrap: args.get(&WRAP),
        group_by,
    };
    Ok(Box::new(Shown::new(view, asked)))
}

/// Hands each object on with the view it is to be shown in.
pub(super) struct Shown {
    view: Arc<View>,
    /// Property names that the first object must have.
    asked: Vec<String>,
}

impl Shown {
    pub fn new(view: View, asked: Vec<String>) -> Self {
        Self {
            view: Arc::new(view),
            asked,
        }
    }
}

impl Stage for Shown {
    fn record(&mut self, call: &mut Call, value: Value) -> Result<(), Flow> {
        for name in std::mem::take(&mut self.asked) {
            if !crate::wildcard::is_pattern(&name) {
                super::property_of(&value, &name)?;
            }
        }
        call.write(Value::object(Formatted::new(&self.view, value)))
    }
}
