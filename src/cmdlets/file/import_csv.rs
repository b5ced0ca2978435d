//! Import-Csv: the rows of a CSV file as objects.

use super::parse::Origin;
use super::rows::{self, DELIMITER, HEADER, Reading};
use super::stage::{LINE, read};
use super::{ENCODING, FILE};
use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Run, Verb};
use crate::diagnostic::Diagnostic;
use crate::tenant::Permission;

pub static IMPORT_CSV: Cmdlet = Cmdlet {
    verb: Verb::Import,
    noun: "Csv",
    aliases: &[],
    synopsis: "Reads a CSV file, a row an object",
    description: "The first row names the columns. Every cell is text. A row with more or fewer cells than there are \
                  columns is an error that names its line; nothing is guessed. The quote that Export-Csv puts before a \
                  cell that a spreadsheet would run as a formula is taken away again.",
    parameters: &[
        &FILE.declaration,
        &DELIMITER.declaration,
        &HEADER.declaration,
        &ENCODING.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Depends(|draft, _| rows::passing(draft, &FILE)),
    examples: &[Example {
        line: "Import-Csv leavers.csv | Remove-License -All -WhatIf",
        explanation: "A column named UserPrincipalName, UPN or Mail says which users.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let text = read(call, &args.get(&FILE))?;
    let reading = Reading::of(args)?;
    // All of it is looked at before the first row goes down the pipe: half a file must not be worked on.
    let lines = text.content.len() / LINE;
    let (text, reading) = call.run_in_background(lines, move || {
        reading.check(&text.content, Origin(Some(&text.name())))?;
        Ok::<_, Diagnostic>((text, reading))
    })??;
    call.write_from_thread(move |take| {
        reading.each(&text.content, Origin(Some(&text.name())), take)
    })
}
