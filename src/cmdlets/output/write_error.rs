//! Write-Error: an error of the script's own.

use std::sync::Arc;

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, Run, Verb};
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::Permission;

static MESSAGE: Param<Arc<str>> = Param::new("Message", "What is wrong.")
    .aliases(&["Msg"])
    .position(0)
    .by_value();
static TARGET: Param<Option<Arc<str>>> = Param::new("TargetObject", "What it is about.");
static RECOMMENDED: Param<Option<Arc<str>>> =
    Param::new("RecommendedAction", "What to do about it.");

pub static WRITE_ERROR: Cmdlet = Cmdlet {
    verb: Verb::Write,
    noun: "Error",
    aliases: &[],
    synopsis: "Reports an error of the script's own",
    description: "The script goes on, and ends with exit code 4. -ErrorAction Stop ends it here; throw does so always.",
    parameters: &[
        &MESSAGE.declaration,
        &TARGET.declaration,
        &RECOMMENDED.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Nothing,
    examples: &[Example {
        line: "try { Write-Error 'no such list' -RecommendedAction 'name another' -ErrorAction Stop } catch (e) { print(e.message) }",
        explanation: "An error that the script takes itself.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let mut error = Diagnostic::new("ScriptError", Category::Runtime, &*args.get(&MESSAGE));
    error.target = args.get(&TARGET).map(|target| target.to_string());
    error.hint = args.get(&RECOMMENDED).map(|hint| hint.to_string());
    call.fail(error)
}
