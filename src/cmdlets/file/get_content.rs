//! Get-Content: the lines of a text file.

use super::ENCODING;
use super::stage::{LINE, read};
use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, PathName, Run, Verb,
};
use crate::tenant::Permission;
use crate::value::Value;

static PATH: Param<Vec<PathName>> = Param::new("Path", "The files.")
    .aliases(&["LiteralPath"])
    .position(0)
    .by_value();
static RAW: Param<bool> = Param::new("Raw", "Gives the whole file as one text, as it is.");

pub static GET_CONTENT: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "Content",
    aliases: &["cat", "type"],
    synopsis: "Gets the lines of a text file",
    description: "UTF-8, and UTF-16 as PowerShell writes it. Blanks at the ends of a line are taken away, and lines \
                  with nothing else are left out: a list of users has them by accident.",
    parameters: &[&PATH.declaration, &RAW.declaration, &ENCODING.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Text,
    examples: &[Example {
        line: "Get-Content leavers.txt | Remove-License -All -WhatIf",
        explanation: "A file with a UPN on each line.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    for path in args.get(&PATH) {
        let text = read(call, &path)?;
        if args.get(&RAW) {
            let size = text.content.len() / LINE;
            let whole = call.run_in_background(size, move || Value::from(text.content))?;
            call.is_exact();
            call.write(whole)?;
            continue;
        }
        for line in text
            .content
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
        {
            call.write(Value::from(line))?;
        }
    }
    Ok(())
}
