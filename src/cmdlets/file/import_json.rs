//! Import-Json: what a JSON file holds, as objects.

use super::FILE;
use super::parse::{self, Origin};
use super::stage::{LINE, read};
use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Run, Verb};
use crate::diagnostic::Diagnostic;
use crate::format::json_items;
use crate::tenant::Permission;
use crate::value::Value;

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
    let text = read(call, &args.get(&FILE))?;
    // All of it is looked at before the first object goes down the pipe: half a file must not be worked on.
    let lines = text.content.len() / LINE;
    let (text, outline) = call.run_in_background(lines, move || {
        let outline = parse::outline(&text.content, Origin(Some(&text.name())))?;
        Ok::<_, Diagnostic>((text, outline))
    })??;
    if outline.documents > 1 || !outline.list {
        call.is_exact();
    }
    call.write_from_thread(move |take| {
        let mut take = |item: Value| !outline.list && item.is_null() || take(item);
        json_items(&text.content, &mut take)
            .map_err(|broken| parse::broken_json(broken, Origin(Some(&text.name()))))
    })
}
