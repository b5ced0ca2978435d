//! Tee-Object: keeps what comes down the pipe, and hands it on.

use std::sync::Arc;

use super::{OutputFile, WriteMode};
use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Names, Output, Param, PathName, Run, Stage, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::tenant::Permission;
use crate::value::{DeferredVec, Value};

static FILE_PATH: Param<PathName> = Param::new(
    "FilePath",
    "The file that gets what the screen would show; one that exists is replaced.",
)
.aliases(&["Path", "LiteralPath"])
.position(0)
.in_sets(&["File"]);
static APPEND: Param<bool> =
    Param::new("Append", "Writes behind what the file has already.").in_sets(&["File"]);
static VARIABLE: Param<Arc<str>> = Param::new(
    "Variable",
    "The variable that gets the objects, a list of them if they are several.",
)
.naming(Names::Variable)
.in_sets(&["Variable"]);

pub static TEE_OBJECT: Cmdlet = Cmdlet {
    verb: Verb::Tee,
    noun: "Object",
    aliases: &["tee"],
    synopsis: "Keeps what comes down the pipe in a file or a variable, and hands it on",
    description: "Objects are handed on at once. The file is written when all of them have come.",
    parameters: &[
        &FILE_PATH.declaration,
        &APPEND.declaration,
        &VARIABLE.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Input,
    examples: &[
        Example {
            line: "Get-User -Disabled | Tee-Object -Variable leavers | Remove-License -All -WhatIf",
            explanation: "The users stay at hand in leavers.",
        },
        Example {
            line: "Get-User -Disabled | Tee-Object unlicensed.txt | Measure-Object",
            explanation: "The list goes to a file, the number to the screen.",
        },
    ],
    graph: "",
    run: Run::Stream(start),
};

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    let keeper = if args.has(&VARIABLE) {
        Keeper::Variable(args.get(&VARIABLE))
    } else {
        let way = WriteMode::of(args.get(&APPEND), false);
        Keeper::File(OutputFile::of(args, &FILE_PATH, way)?)
    };
    Ok(Box::new(Tee {
        keeper,
        values: DeferredVec::default(),
    }))
}

enum Keeper {
    File(OutputFile),
    Variable(Arc<str>),
}

struct Tee {
    keeper: Keeper,
    values: DeferredVec<Value>,
}

impl Stage for Tee {
    fn record(&mut self, call: &mut Call, value: Value) -> Result<(), Flow> {
        self.values.push(value.clone());
        match call.write(value) {
            // Nobody behind it wants more, and so the end will not come.
            Err(Flow::Stop) => {
                self.end(call)?;
                Err(Flow::Stop)
            }
            other => other,
        }
    }

    fn end(&mut self, call: &mut Call) -> Result<(), Flow> {
        let mut values = std::mem::take(&mut self.values);
        match &self.keeper {
            Keeper::File(goal) => goal.save(call, values, move |values, before| {
                Ok(super::added(&values, None, before))
            })?,
            Keeper::Variable(name) => {
                let value = match values.len() {
                    1 => values.swap_remove(0),
                    _ => Value::list(std::mem::take(&mut *values)),
                };
                call.set_variable(name, value);
            }
        }
        Ok(())
    }
}
