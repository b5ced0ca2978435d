//! Export-Json: writes objects to a JSON file.

use std::sync::Arc;

use super::NEW_FILE;
use super::stage::{ToText, one_or_list};
use crate::cmdlets::output::{NO_CLOBBER, OutputFile, WriteMode};
use crate::command::{Args, Cmdlet, Effect, Example, Output, Run, Stage, Verb};
use crate::diagnostic::Diagnostic;
use crate::format::json_text;
use crate::tenant::Permission;

pub static EXPORT_JSON: Cmdlet = Cmdlet {
    verb: Verb::Export,
    noun: "Json",
    aliases: &[],
    synopsis: "Writes objects to a JSON file",
    description: "The file holds a list, even of one object or none, and is written whole or not at all. Import-Json reads \
                  it back.",
    parameters: &[&NEW_FILE.declaration, &NO_CLOBBER.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Nothing,
    examples: &[Example {
        line: "Get-User -Unlicensed | Select-Object UserPrincipalName, City | Export-Json unlicensed.json",
        explanation: "Two properties of each user.",
    }],
    graph: "",
    run: Run::Stream(start),
};

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    let goal = OutputFile::of(args, &NEW_FILE, WriteMode::of(false, args.get(&NO_CLOBBER)))?;
    let make = |values, _: &str| Ok(json_text(&one_or_list(values, true), true) + "\n");
    Ok(ToText::stage(Arc::new(make), Some(goal)))
}
