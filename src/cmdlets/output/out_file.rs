//! Out-File: writes what the screen would show to a file.

use super::{APPEND, ENCODING, NO_CLOBBER, OutputFile, WriteMode};
use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, PathName, Run, Stage, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::tenant::Permission;
use crate::value::{DeferredVec, Value};

static PATH: Param<PathName> = Param::new("FilePath", "The file; one that exists is replaced.")
    .aliases(&["Path", "LiteralPath"])
    .position(0);
static WIDTH: Param<Option<i64>> = Param::new(
    "Width",
    "The columns that tables may take; without it nothing is shortened.",
);

pub static OUT_FILE: Cmdlet = Cmdlet {
    verb: Verb::Out,
    noun: "File",
    aliases: &[],
    synopsis: "Writes what the screen would show to a text file",
    description: "Text is written as it is, a line each; everything else as a table or a list. The file is \
                  written whole or not at all, when all objects have come; that its directory exists is checked before \
                  anything runs. It is UTF-8 without -Encoding; one that is added to keeps its encoding and the ends of its lines. For data that is to be read again use Export-Csv or Export-Json.",
    parameters: &[
        &PATH.declaration,
        &APPEND.declaration,
        &NO_CLOBBER.declaration,
        &ENCODING.declaration,
        &WIDTH.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Nothing,
    examples: &[Example {
        line: "Get-User -Unlicensed | Format-Table DisplayName, City | Out-File unlicensed.txt",
        explanation: "A table in a file.",
    }],
    graph: "",
    run: Run::Stream(start),
};

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    Ok(Box::new(OutFile {
        goal: OutputFile::of(
            args,
            &PATH,
            WriteMode::of(args.get(&APPEND), args.get(&NO_CLOBBER)),
        )?
        .encoded(args),
        width: super::width(args, &WIDTH)?,
        values: DeferredVec::default(),
    }))
}

struct OutFile {
    goal: OutputFile,
    width: Option<usize>,
    values: DeferredVec<Value>,
}

impl Stage for OutFile {
    fn record(&mut self, _call: &mut Call, value: Value) -> Result<(), Flow> {
        self.values.push(value);
        Ok(())
    }

    fn end(&mut self, call: &mut Call) -> Result<(), Flow> {
        let (values, width) = (std::mem::take(&mut self.values), self.width);
        self.goal.save_or_tell(call, values, move |values, before| {
            Ok(super::added(&values, width, before))
        })
    }
}
