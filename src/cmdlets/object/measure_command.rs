//! Measure-Command: how long a block takes.

use std::sync::Arc;

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, Run, Verb};
use crate::tenant::Permission;
use crate::value::{Block, Record, Shape, Value};

static EXPRESSION: Param<Option<Arc<Block>>> =
    Param::new("Expression", "The block that is run, once.")
        .position(0)
        .required();

static DURATION: Shape = Shape {
    name: "Duration",
    properties: &["TotalSeconds", "TotalMilliseconds"],
    columns: &["TotalSeconds", "TotalMilliseconds"],
};

pub static MEASURE_COMMAND: Cmdlet = Cmdlet {
    verb: Verb::Measure,
    noun: "Command",
    aliases: &[],
    synopsis: "Measures how long a block takes",
    description: "What the block puts out vanishes; what it changes stays changed.",
    parameters: &[&EXPRESSION.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Records(&DURATION),
    examples: &[Example {
        line: "Measure-Command { Get-User | Where-Object Department -eq Sales }",
        explanation: "How long a filter takes.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let clock = |call: &Call| call.session().borrow().clock.running();
    let Some(block) = args.get(&EXPRESSION) else {
        return Ok(());
    };
    let began = clock(call);
    call.run_block(&block, Value::Null)?;
    let seconds = (clock(call).saturating_sub(began)).as_secs_f64();
    // A nanosecond is finer than any of this is exact.
    let millis = (seconds * 1e9).round() / 1e6;
    let values = vec![Value::Float(seconds), Value::Float(millis)];
    call.is_exact();
    call.write(Value::object(Record::new(&DURATION, values)))
}
