//! ForEach-Object: runs a block for each object.

use std::sync::Arc;

use super::column::Columns;
use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Names, Output, OutputColumns, Param, PartialCommand,
    Run, Stage, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::tenant::Permission;
use crate::value::{Block, Value};

static PROCESS: Param<Value> = Param::new(
    "Process",
    "The block that runs for each object, or the name of a property to take.",
)
.aliases(&["MemberName"])
.offering(Names::Property)
.position(0);
static BEGIN: Param<Option<Arc<Block>>> = Param::new("Begin", "Runs once before the first object.");
static END: Param<Option<Arc<Block>>> = Param::new("End", "Runs once after the last object.");

pub static FOR_EACH_OBJECT: Cmdlet = Cmdlet {
    verb: Verb::ForEach,
    noun: "Object",
    aliases: &["foreach", "%"],
    synopsis: "Runs a block for each object",
    description: "In the block $_ is the object. The block runs in the scope around it: a variable that it changes stays \
                  changed. What its commands put out and what it comes to goes on down the pipeline.",
    parameters: &[&PROCESS.declaration, &BEGIN.declaration, &END.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Depends(output),
    examples: &[
        Example {
            line: "Get-User -Department Sales | ForEach-Object { $_.DisplayName.to_upper() }",
            explanation: "A value made of each user.",
        },
        Example {
            line: "Get-User -City Sydney | ForEach-Object UserPrincipalName",
            explanation: "One property of each user.",
        },
    ],
    graph: "",
    run: Run::Stream(start),
};

fn output(draft: &PartialCommand, input: OutputColumns) -> OutputColumns {
    // What these blocks put out goes the same way.
    if draft.has(&BEGIN) || draft.has(&END) {
        return None;
    }
    draft.yielded(&PROCESS, input)
}

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    let process = match args.get(&PROCESS) {
        Value::Block(block) => Process::Block(block),
        name => Process::Property(Columns::one(&name.to_text())),
    };
    Ok(Box::new(ForEach {
        process,
        begin: args.get(&BEGIN),
        end: args.get(&END),
    }))
}

enum Process {
    Block(Arc<Block>),
    Property(Columns),
}

struct ForEach {
    process: Process,
    begin: Option<Arc<Block>>,
    end: Option<Arc<Block>>,
}

fn run(call: &mut Call, block: &Block, item: Value) -> Result<(), Flow> {
    for value in call.run_block(block, item)? {
        call.write_each(value)?;
    }
    Ok(())
}

fn write(call: &mut Call, columns: &Columns, item: &Value) -> Result<(), Flow> {
    for value in columns.values(call, item)? {
        call.write_each(value)?;
    }
    Ok(())
}

impl Stage for ForEach {
    fn record(&mut self, call: &mut Call, value: Value) -> Result<(), Flow> {
        if let Some(begin) = self.begin.take() {
            run(call, &begin, Value::Null)?;
        }
        match &mut self.process {
            Process::Block(block) => run(call, block, value),
            Process::Property(columns) => {
                for value in columns.ready(value) {
                    write(call, columns, &value)?;
                }
                Ok(())
            }
        }
    }

    fn end(&mut self, call: &mut Call) -> Result<(), Flow> {
        if let Process::Property(columns) = &mut self.process {
            for value in columns.rest()? {
                write(call, columns, &value)?;
            }
        }
        for block in [self.begin.take(), self.end.take()].into_iter().flatten() {
            run(call, &block, Value::Null)?;
        }
        Ok(())
    }
}
