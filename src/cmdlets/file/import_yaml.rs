//! Import-Yaml: what a YAML file holds, as objects.

use super::FILE;
use super::parse::{self, Origin};
use super::stage::{LINE, read};
use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Run, Verb};
use crate::tenant::Permission;

pub static IMPORT_YAML: Cmdlet = Cmdlet {
    verb: Verb::Import,
    noun: "Yaml",
    aliases: &[],
    synopsis: "Reads what a YAML file holds",
    description: "A list is written item by item, and one object as itself; several documents may follow each other. Where \
                  the text is broken is told by line and column. Anchors and aliases are followed as long as they don't \
                  make a mountain of it; tags are refused.",
    parameters: &[&FILE.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Any,
    examples: &[Example {
        line: "Import-Yaml leavers.yaml | Remove-License -All -WhatIf",
        explanation: "Objects with a property UserPrincipalName, UPN or Mail say which users.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let text = read(call, &args.get(&FILE))?;
    let lines = text.content.len() / LINE;
    let documents = call.run_in_background(lines, move || {
        parse::yaml(&text.content, Origin(Some(&text.name())))
    })??;
    parse::write(call, documents)
}
