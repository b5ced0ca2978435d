//! Start-Transcript: keeps in a file what is typed and shown.

use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, PathName, Run, Verb,
};
use crate::diagnostic::{Category, Diagnostic};
use crate::files::typed;
use crate::tenant::Permission;

static PATH: Param<PathName> =
    Param::new("Path", "The file; if it is there already, it is added to.")
        .aliases(&["FilePath", "LiteralPath"])
        .position(0);

pub static START_TRANSCRIPT: Cmdlet = Cmdlet {
    verb: Verb::Start,
    noun: "Transcript",
    aliases: &[],
    synopsis: "Keeps in a file what is typed and shown",
    description: "Plain text without colours, until Stop-Transcript or the end of the session. Lines that look like \
                  they hold a secret are left out.",
    parameters: &[&PATH.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Nothing,
    examples: &[Example {
        line: "Start-Transcript offboarding.txt",
        explanation: "Everything from here on, for the ticket.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let path = typed(&args.get(&PATH));
    if !call.session().borrow().console.can_record() {
        return call.warn(Diagnostic::new(
            "NoTranscript",
            Category::Runtime,
            "nothing is shown here that could be kept",
        ));
    }
    let mut session = call.session().borrow_mut();
    let at = session.clock.now();
    let Some(mut log) = session.files.log(&path)? else {
        session
            .console
            .notice(&format!("what if: {} would be written", path.display()));
        return Ok(());
    };
    // Nothing is lost if it can't be written: the next line tells.
    let _ = writeln!(log, "transcript of {}, from {at}", session.actor.name);
    session
        .console
        .notice(&format!("the transcript goes to {}", path.display()));
    session.console.record(Some(log));
    session.transcript = Some(path);
    Ok(())
}
