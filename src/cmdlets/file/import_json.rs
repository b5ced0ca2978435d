//! Import-Json: what a JSON file holds, as objects.

use std::path::Path;

use super::FILE;
use super::parse::{self, Origin};
use super::stage::LINE;
use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Run, Verb};
use crate::tenant::Permission;

pub static IMPORT_JSON: Cmdlet = Cmdlet {
    verb: Verb::Import,
    noun: "Json",
    aliases: &[],
    synopsis: "Reads what a JSON file holds",
    description: "A list is written item by item, and one object as itself. Several documents may follow each other, as \
                  -o jsonl writes them. Where the text is broken is told by line and column. Two keys of one object that \
                  differ in letter case only are an error: one of them would be lost.",
    parameters: &[&FILE.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Any,
    examples: &[Example {
        line: "Import-Json leavers.json | Remove-License -All -WhatIf",
        explanation: "Objects with a property UserPrincipalName, UPN or Mail say which users.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let path = args.get(&FILE);
    let text = call.session().borrow().files.read_text(Path::new(&*path))?;
    let lines = text.content.len() / LINE;
    let documents = call.run_aside(lines, move || {
        parse::json(&text.content, Origin(Some(&text.name())))
    })??;
    parse::write(call, documents)
}
