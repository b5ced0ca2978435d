//! Stop-Transcript: ends what Start-Transcript began.

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Run, Verb};
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::Permission;

pub static STOP_TRANSCRIPT: Cmdlet = Cmdlet {
    verb: Verb::Stop,
    noun: "Transcript",
    aliases: &[],
    synopsis: "Ends the transcript",
    description: "The file is whole then. Leaving the shell ends it too.",
    parameters: &[],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Nothing,
    examples: &[Example {
        line: "Stop-Transcript",
        explanation: "What follows isn't kept.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, _: &Args) -> Result<(), Flow> {
    let ended = {
        let mut session = call.session().borrow_mut();
        session.console.record(None);
        session.transcript.take()
    };
    match ended {
        Some(path) => {
            let text = format!("the transcript is in {}", path.display());
            call.session().borrow_mut().console.notice(&text);
            Ok(())
        }
        None => call.warn(Diagnostic::new(
            "NoTranscript",
            Category::NotFound,
            "no transcript is kept",
        )),
    }
}
