//! ForEach-Object: runs a block for each object.

use std::sync::Arc;

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, Run, Stage, Verb};
use crate::diagnostic::Diagnostic;
use crate::tenant::Permission;
use crate::value::{Block, Value};

static PROCESS: Param<Value> = Param::new(
    "Process",
    "The block that runs for each object, or the name of a property to take.",
)
.aliases(&["MemberName"])
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
    output: Output::Any,
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

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    Ok(Box::new(ForEach {
        process: args.get(&PROCESS),
        begin: args.get(&BEGIN),
        end: args.get(&END),
    }))
}

struct ForEach {
    process: Value,
    begin: Option<Arc<Block>>,
    end: Option<Arc<Block>>,
}

fn run(call: &mut Call, block: &Block, item: Value) -> Result<(), Flow> {
    for value in call.run_block(block, item)? {
        call.write_each(value)?;
    }
    Ok(())
}

impl Stage for ForEach {
    fn record(&mut self, call: &mut Call, value: Value) -> Result<(), Flow> {
        if let Some(begin) = self.begin.take() {
            run(call, &begin, Value::Null)?;
        }
        match &self.process {
            Value::Block(block) => run(call, block, value),
            name => call.write_each(super::property_of(&value, &name.to_text())?),
        }
    }

    fn end(&mut self, call: &mut Call) -> Result<(), Flow> {
        for block in [self.begin.take(), self.end.take()].into_iter().flatten() {
            run(call, &block, Value::Null)?;
        }
        Ok(())
    }
}
