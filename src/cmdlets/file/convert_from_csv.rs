//! ConvertFrom-Csv: the rows of a CSV text as objects.

use std::sync::Arc;

use super::rows::{DELIMITER, HEADER, Reading};
use super::stage::{FromText, INPUT};
use crate::command::{Args, Cmdlet, Effect, Example, Output, Run, Stage, Verb};
use crate::diagnostic::Diagnostic;
use crate::tenant::Permission;

pub static CONVERT_FROM_CSV: Cmdlet = Cmdlet {
    verb: Verb::ConvertFrom,
    noun: "Csv",
    aliases: &[],
    synopsis: "Reads CSV text, a row an object",
    description: "As Import-Csv reads a file. Lines that come one by one are read together.",
    parameters: &[
        &INPUT.declaration,
        &DELIMITER.declaration,
        &HEADER.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Any,
    examples: &[Example {
        line: "['UPN,Reason', 'anna@contoso.com,moved'] | ConvertFrom-Csv",
        explanation: "Two lines are one row under its header.",
    }],
    graph: "",
    run: Run::Stream(start),
};

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    let reading = Reading::of(args)?;
    FromText::stage(
        args,
        Arc::new(move |text, origin| reading.rows(text, origin)),
    )
}
