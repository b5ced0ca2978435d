//! Get-Plan: the rows of a plan.

use super::PLAN;
use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Run, Verb};
use crate::files::typed;
use crate::plan::{self, PLAN_ROW, plan_row};
use crate::tenant::Permission;

pub static GET_PLAN: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "Plan",
    aliases: &[],
    synopsis: "Gets the rows of a plan",
    description: "A row for each user, group or product that the plan changes: what would be done, what follows, until \
                  when it can be taken back. A plan that was edited by hand is an error. tenantsh plan show FILE -o html \
                  makes a page of it.",
    parameters: &[&PLAN.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Records(&PLAN_ROW),
    examples: &[Example {
        line: "Get-Plan legal.yaml",
        explanation: "Who is touched, how, and until when it can be taken back.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let (document, _) = plan::open(&typed(&args.get(&PLAN)))?;
    for row in &document.rows {
        call.write(plan_row(row))?;
    }
    Ok(())
}
