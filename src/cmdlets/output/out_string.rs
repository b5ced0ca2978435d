//! Out-String: what the screen would show, as one text.

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, Run, Stage, Verb};
use crate::diagnostic::Diagnostic;
use crate::tenant::Permission;
use crate::value::{DeferredVec, Value};

static STREAM: Param<bool> = Param::new("Stream", "Gives a text for each line.");
static WIDTH: Param<Option<i64>> = Param::new(
    "Width",
    "The columns that tables may take; without it nothing is shortened.",
);

pub static OUT_STRING: Cmdlet = Cmdlet {
    verb: Verb::Out,
    noun: "String",
    aliases: &[],
    synopsis: "Gives what the screen would show as one text",
    description: "Text stays as it is, everything else becomes a table or a list.",
    parameters: &[&STREAM.declaration, &WIDTH.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Text,
    examples: &[Example {
        line: "Get-Subscription | Out-String -Stream | Where-Object { $_ -match 'E5' }",
        explanation: "The lines that name a product, whatever column it stands in.",
    }],
    graph: "",
    run: Run::Stream(start),
};

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    Ok(Box::new(OutString {
        stream: args.get(&STREAM),
        width: super::width(args, &WIDTH)?,
        values: DeferredVec::default(),
    }))
}

struct OutString {
    stream: bool,
    width: Option<usize>,
    values: DeferredVec<Value>,
}

impl Stage for OutString {
    fn record(&mut self, _call: &mut Call, value: Value) -> Result<(), Flow> {
        self.values.push(value);
        Ok(())
    }

    fn end(&mut self, call: &mut Call) -> Result<(), Flow> {
        let (values, width) = (std::mem::take(&mut self.values), self.width);
        let text = call.run_in_background(values.len(), move || super::as_text(&values, width))?;
        if self.stream {
            return text.lines().try_for_each(|line| call.write(line));
        }
        call.is_exact();
        call.write(text)
    }
}
