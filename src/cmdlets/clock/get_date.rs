//! Get-Date: a point in time, by the tenant's clock.

use std::sync::Arc;

use jiff::Timestamp;

use crate::cmdlets::shared::moment;
use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, Run, Verb};
use crate::diagnostic::Diagnostic;
use crate::tenant::Permission;
use crate::value::{Value, date_pattern};

static DATE: Param<Option<Value>> = Param::new(
    "Date",
    "So long ago or ahead (-90d, +2w, -12h), or a date; now without it.",
)
.position(0)
.by_value();
static FORMAT: Param<Option<Arc<str>>> = Param::new(
    "Format",
    "Gives a text: yyyy, MM, MMM, MMMM, dd, ddd, dddd, HH, hh, mm, ss and tt stand for the parts.",
);

pub static GET_DATE: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "Date",
    aliases: &[],
    synopsis: "Gets a point in time, by the tenant's clock",
    description: "All times are UTC. A date without a time is the day's beginning. Set-TenantClock moves the clock.",
    parameters: &[&DATE.declaration, &FORMAT.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Any,
    examples: &[
        Example {
            line: "let since = Get-Date -90d; Get-User | Where-Object { $_.LastSignIn -lt $since }",
            explanation: "Who hasn't signed in for 90 days.",
        },
        Example {
            line: "Get-Date -Format yyyy-MM-dd",
            explanation: "For the name of a file.",
        },
    ],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let now = call.session().borrow().tenant_now();
    let then = match args.get(&DATE) {
        None => now,
        Some(Value::Time(time)) => time,
        Some(given) => read(&given.to_text(), now)?,
    };
    if !args.piped() {
        call.is_exact();
    }
    match args.get(&FORMAT) {
        Some(format) => call.write(then.strftime(&date_pattern(&format)?).to_string()),
        None => call.write(then),
    }
}

fn read(text: &str, now: Timestamp) -> Result<Timestamp, Diagnostic> {
    moment(text.trim(), now).ok_or_else(|| {
        Diagnostic::usage("InvalidArgument", format!("'{text}' is no date"))
            .about(text)
            .hint("write -90d, +2w, -12h, 2026-11-24 or 2026-11-24T10:00:00Z")
    })
}
