//! Get-Date: a point in time, by the tenant's clock.

use std::sync::Arc;

use jiff::Timestamp;

use crate::cmdlets::shared::moment;
use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, Run, Verb};
use crate::diagnostic::Diagnostic;
use crate::tenant::Permission;
use crate::value::Value;

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
        Some(format) => call.write(then.strftime(&pattern(&format)?).to_string()),
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

/// .NET's letters as those of strftime.
fn pattern(format: &str) -> Result<String, Diagnostic> {
    const PARTS: &[(&str, &str)] = &[
        ("yyyy", "%Y"),
        ("yy", "%y"),
        ("MMMM", "%B"),
        ("MMM", "%b"),
        ("MM", "%m"),
        ("M", "%-m"),
        ("dddd", "%A"),
        ("ddd", "%a"),
        ("dd", "%d"),
        ("d", "%-d"),
        ("HH", "%H"),
        ("H", "%-H"),
        ("hh", "%I"),
        ("h", "%-I"),
        ("mm", "%M"),
        ("m", "%-M"),
        ("ss", "%S"),
        ("s", "%-S"),
        ("tt", "%p"),
    ];
    let mut pattern = String::new();
    let mut rest = format;
    while let Some(c) = rest.chars().next() {
        let count = rest.chars().take_while(|other| *other == c).count();
        let (run, after) = rest.split_at(count * c.len_utf8());
        rest = after;
        if let Some((_, part)) = PARTS.iter().find(|(letters, _)| *letters == run) {
            pattern.push_str(part);
        } else if matches!(run, "T" | "Z") || !c.is_ascii_alphabetic() {
            pattern.push_str(&run.replace('%', "%%"));
        } else {
            return Err(Diagnostic::usage(
                "InvalidArgument",
                format!("'{run}' stands for no part of a date"),
            )
            .about(format)
            .hint("write it as in yyyy-MM-dd HH:mm:ss"));
        }
    }
    Ok(pattern)
}
