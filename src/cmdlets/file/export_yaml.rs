//! Export-Yaml: writes objects to a YAML file.

use std::sync::Arc;

use super::NEW_FILE;
use super::stage::{ToText, one_or_list};
use crate::cmdlets::output::{NO_CLOBBER, OutputFile, WriteMode};
use crate::command::{Args, Cmdlet, Effect, Example, Output, Run, Stage, Verb};
use crate::diagnostic::Diagnostic;
use crate::format::yaml_text;
use crate::tenant::Permission;

pub static EXPORT_YAML: Cmdlet = Cmdlet {
    verb: Verb::Export,
    noun: "Yaml",
    aliases: &[],
    synopsis: "Writes objects to a YAML file",
    description: "The file holds a list, even of one object or none, and is written whole or not at all. Import-Yaml reads \
                  it back.",
    parameters: &[&NEW_FILE.declaration, &NO_CLOBBER.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Nothing,
    examples: &[Example {
        line: "Get-User -Unlicensed | Select-Object UserPrincipalName, City | Export-Yaml unlicensed.yaml",
        explanation: "Two properties of each user.",
    }],
    graph: "",
    run: Run::Stream(start),
};

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    let goal = OutputFile::of(args, &NEW_FILE, WriteMode::of(false, args.get(&NO_CLOBBER)))?;
    let make = |values, _: &str| Ok(yaml_text(&one_or_list(values, true)));
    Ok(ToText::stage(Arc::new(make), Some(goal)))
}
