//! Import-Csv: the rows of a CSV file as objects.

use std::path::Path;

use super::FILE;
use super::parse::Origin;
use super::rows::{self, DELIMITER, HEADER, Reading};
use super::stage::LINE;
use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Run, Verb};
use crate::tenant::Permission;
use crate::value::free_aside;

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
    let path = args.get(&FILE);
    let text = call.session().borrow().files.read_text(Path::new(&*path))?;
    let reading = Reading::of(args)?;
    let lines = text.content.len() / LINE;
    let rows = call.run_aside(lines, move || {
        reading.rows(&text.content, Origin(Some(&text.name())))
    })??;
    let mut rows = rows.into_iter();
    let done = rows.try_for_each(|row| call.write(row));
    let rest = rows.len();
    free_aside(rows, rest);
    done
}
