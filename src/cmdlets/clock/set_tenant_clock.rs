//! Set-TenantClock: moves the tenant's clock ahead to rehearse what time does, and back to real time.

use std::sync::Arc;

use jiff::Timestamp;

use crate::cmdlets::shared::moment;
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Param, Run, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Change, Permission, Tenant};

static TO: Param<Arc<str>> = Param::new(
    "To",
    "How far ahead (+31d, +2w, +12h), a date, or real for real time.",
)
.aliases(&["By", "Time", "Date"])
.position(0);

pub static SET_TENANT_CLOCK: Cmdlet = Cmdlet {
    verb: Verb::Set,
    noun: "TenantClock",
    aliases: &[],
    synopsis: "Moves the clock by which the tenant's rules judge",
    description: "To rehearse: real time goes on beneath it. Nothing is deleted by moving it; Invoke-Retention does what is \
                  due by then. It only moves forward, but for real, which takes it back to real time: what was done \
                  meanwhile stays done, with the dates it was given.",
    parameters: &[&TO.declaration],
    requires: Permission::ManageTenant,
    effect: Effect::Changes(Impact::Low),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[
        Example {
            line: "Set-TenantClock +31d",
            explanation: "A month from now: are the leavers' mailboxes gone?",
        },
        Example {
            line: "Set-TenantClock 2027-07-01",
            explanation: "To a day, such as that on which a subscription has expired.",
        },
        Example {
            line: "Set-TenantClock real",
            explanation: "Back to real time.",
        },
    ],
    graph: "",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let text = args.get(&TO);
    let decision = if text.trim().eq_ignore_ascii_case("real") {
        tenant.real_clock()
    } else {
        tenant.move_clock(seconds_ahead(text.trim(), moment.now)?)?
    };
    let moved = match decision.changes.first() {
        Some(Change::ClockMoved { was, now }) => now - was,
        _ => 0,
    };
    let then = Timestamp::from_second(moment.now.as_second() + moved).unwrap_or(moment.now);
    let due = tenant.retention(then).changes.len();
    let mut decided = Decided::about(tenant, &tenant.organisation().name, decision);
    for row in decided.rows.iter_mut().filter(|row| row.changes) {
        let due = match due {
            0 => String::new(),
            due => format!("; Invoke-Retention has {due} to do by then"),
        };
        row.record.set("Reason", format!("it is {then}{due}"));
    }
    Ok(decided)
}

/// Seconds from the tenant's now until what the text says; negative for what is past.
fn seconds_ahead(text: &str, now: Timestamp) -> Result<i64, Diagnostic> {
    let ahead = moment(text, now).map(|then| then.as_second() - now.as_second());
    ahead.ok_or_else(|| {
        Diagnostic::usage(
            "InvalidArgument",
            format!("'{text}' is no time to move the clock to"),
        )
        .about(text)
        .hint("write how far ahead (+31d, +2w, +12h), a date such as 2027-07-01, or real")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::time;

    #[test]
    fn spans_and_dates_are_read() {
        let now = time("2026-11-24T10:00:00Z").unwrap();
        let ahead = |text| seconds_ahead(text, now).ok();
        for (text, expected) in [
            ("+31d", Some(31 * 86_400)),
            ("+2W", Some(14 * 86_400)),
            ("+12h", Some(12 * 3_600)),
            ("-1d", Some(-86_400)),
            ("2026-11-25T10:00:00Z", Some(86_400)),
            ("2026-11-24", Some(-10 * 3_600)),
            ("31d", None),
            ("+d", None),
            ("+1.5d", None),
            ("+31", None),
            ("+99999999999d", None),
            ("+3å", None),
            ("", None),
            ("tomorrow", None),
        ] {
            assert_eq!(ahead(text), expected, "{text}");
        }
    }
}
