//! Test-Plan: whether a plan still fits the tenant, row by row.

use super::{PLAN, known};
use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Run, Verb};
use crate::files::typed;
use crate::plan;
use crate::tenant::Permission;
use crate::value::{Record, Shape, Value};

static SHAPE: Shape = Shape {
    name: "PlanCheck",
    properties: &["Target", "Fits", "Why"],
    columns: &["Target", "Fits", "Why"],
};

pub static TEST_PLAN: Cmdlet = Cmdlet {
    verb: Verb::Test,
    noun: "Plan",
    aliases: &[],
    synopsis: "Says of each row of a plan whether it still fits the tenant",
    description: "A row fits while everything that it touches is what it was when the plan was made; otherwise Why says \
                  what moved, and which change did it. Nothing is changed. A plan for another tenant is an error.",
    parameters: &[&PLAN.declaration],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&SHAPE),
    examples: &[Example {
        line: "Test-Plan legal.yaml | Where-Object Fits -eq $false",
        explanation: "What moved since the plan was made.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let (document, _) = plan::open(&typed(&args.get(&PLAN)))?;
    let tenant = call.tenant();
    let (known, now) = {
        let session = call.session().borrow();
        let known = known(&document, &tenant, session.kept_store())?;
        (known, session.tenant_now())
    };
    let fit = document.fit(&tenant, now);
    let mut moved = fit.moved.iter().peekable();
    for row in &document.rows {
        let own = moved.next_if(|moved| std::ptr::eq(moved.row, row));
        call.write(Value::object(Record::new(
            &SHAPE,
            vec![
                row.row.as_str().into(),
                own.is_none().into(),
                own.map(|moved| known.how(moved)).into(),
            ],
        )))?;
    }
    Ok(())
}
