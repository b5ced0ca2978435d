//! The questions before a change, and what is refused where nobody can answer them.

use super::call::Call;
use super::cmdlet::{Cmdlet, Effect, Impact};
use super::decide::Plan;
use super::outcome::Decided;
use super::tally::plural;
use crate::diagnostic::{Category, Diagnostic};
use crate::session::{Answer, CONFIRM_ABOVE, Question, Session};
use crate::tenant::{Change, TAKES_OWN_ROLE};

/// Asks for one record of `-Confirm`; an earlier answer for all is kept.
pub(super) fn ask_record(
    call: &mut Call,
    decided: &Decided,
    before: Answer,
) -> Result<Answer, Diagnostic> {
    if matches!(before, Answer::YesToAll | Answer::NoToAll) {
        return Ok(before);
    }
    let mut session = call.shared.session.borrow_mut();
    if session.policy.yes {
        return Ok(Answer::YesToAll);
    }
    if !session.console.interactive() {
        return Err(no_terminal(&session, "-Confirm asks for each record"));
    }
    let tenant = session.tenant();
    let sentences: Vec<_> = decided.changes.iter().map(|c| tenant.describe(c)).collect();
    Ok(session.console.ask(&Question {
        what: sentences.join("; "),
        number: None,
        per_record: true,
    }))
}

/// Whether it takes something away from somebody: all that some cmdlets do, and some of what others do.
pub(super) fn is_dangerous(cmdlet: &Cmdlet, changes: &[Change]) -> bool {
    matches!(cmdlet.effect, Effect::Changes(Impact::High | Impact::Whole))
        || changes.iter().any(Change::takes_away)
}

/// Whether the stage may go on: asks once, with the totals, where much is at stake. What the same run took before counts
/// too, so that a loop or a script passes the limit as one command does.
pub(super) fn confirm(
    session: &mut Session,
    confirm: Option<bool>,
    force: bool,
    cmdlet: &Cmdlet,
    plan: &Plan,
    noun: &str,
) -> Result<(), Diagnostic> {
    // Records of -Confirm were asked one by one.
    let settled = confirm.is_some() || force || session.policy.yes || session.policy.what_if;
    let of_self = plan.warnings.iter().find(|own| own.id == TAKES_OWN_ROLE);
    if settled || (of_self.is_none() && !is_dangerous(cmdlet, &plan.changes)) {
        return Ok(());
    }
    let (own, before) = (plan.names.len(), session.run().taken_from());
    let all = before + session.run().new_among(&plan.names);
    let many = own > CONFIRM_ABOVE || (all > CONFIRM_ABOVE && !session.run().agreed);
    let so_far = match before {
        0 => String::new(),
        some => format!("; this run changed {some} before, {all} with these"),
    };
    if !session.console.interactive() {
        if let Some(fault) = of_self {
            return Err(no_terminal(session, &fault.message));
        }
        if many {
            return Err(no_terminal(
                session,
                &format!(
                    "{} would change {own} {}{so_far}; up to {CONFIRM_ABOVE} a run go unasked",
                    cmdlet.name(),
                    plural(own, "object", "objects"),
                ),
            ));
        }
        return Ok(());
    }
    if session.run().agreed && !many && of_self.is_none() {
        return Ok(());
    }
    let head = of_self.map_or_else(|| cmdlet.name(), |own| own.message.clone());
    let answer = session.console.ask(&Question {
        what: format!("{head}: {}{so_far}", plan.question(noun)),
        number: many.then_some(all),
        per_record: false,
    });
    match answer {
        Answer::Yes | Answer::YesToAll => {
            session.run_mut().agreed |= many;
            Ok(())
        }
        Answer::No | Answer::NoToAll => {
            let message = match many {
                true => format!("the answer was not {all}; {}", unchanged(session)),
                false => format!("the answer was no; {}", unchanged(session)),
            };
            Err(Diagnostic::new("NotConfirmed", Category::Denied, message))
        }
    }
}

/// What a refused command left behind.
fn unchanged(session: &Session) -> &'static str {
    match session.run().taken_from() == 0 && session.run().commits.is_empty() {
        true => "nothing was changed",
        false => "this command changed nothing",
    }
}

fn no_terminal(session: &Session, what: &str) -> Diagnostic {
    Diagnostic::new(
        "ConfirmationNeeded",
        Category::Denied,
        format!("{what}, and nobody can be asked; {}", unchanged(session)),
    )
    .hint("look at it with -WhatIf, then say yes beforehand: --yes, -Force or -Confirm:$false")
}

/// Whether the rest is to follow on the first lines, which are done and were shown: `-First`.
pub(super) fn ask_for_rest(
    session: &mut Session,
    settled: bool,
    done: &str,
    rest: usize,
) -> Result<(), Diagnostic> {
    if settled || session.policy.yes || session.policy.what_if {
        return Ok(());
    }
    let refused = |message: String| {
        Diagnostic::new("NotConfirmed", Category::Denied, message)
            .hint("the same command without -First does the rest, and only the rest")
    };
    if !session.console.interactive() {
        let message = format!("{done}; whether the other {rest} are to follow can't be asked");
        return Err(refused(message));
    }
    let answer = session.console.ask(&Question {
        what: format!("{done}. The other {rest} as well"),
        number: None,
        per_record: false,
    });
    match answer {
        Answer::Yes | Answer::YesToAll => Ok(()),
        Answer::No | Answer::NoToAll => Err(refused(format!(
            "the answer was no after the first: {done}"
        ))),
    }
}
