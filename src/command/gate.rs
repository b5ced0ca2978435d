//! The one gate through which the tenant is changed: rehearse, ask, commit, and only then write the results.

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use jiff::Timestamp;

use super::args::Args;
use super::call::{Call, Flow, RehearsedChanges};
use super::cmdlet::{Cmdlet, Effect, Impact, Run};
use super::merge;
use super::outcome::{Decided, Moment, Row};
use super::pipeline::Running;
use super::tally::{Tally, plural};
use crate::diagnostic::{Category, Diagnostic};
use crate::session::{Answer, Committed, Question, Session, free_tenant};
use crate::tenant::{Change, TAKES_OWN_ROLE, Tenant};
use crate::value::{DeferredVec, Value, drop_in_background};

/// Up to so many changed users nobody has to say the number.
const CONFIRM_ABOVE: usize = 50;

/// What all records of a stage come to. Its changes are in the tenant in memory.
#[derive(Default)]
struct Plan {
    changes: Vec<Change>,
    rows: Vec<Row>,
    tally: Tally,
    warnings: Vec<Diagnostic>,
    failures: Vec<Diagnostic>,
    /// The commits that it takes back.
    undoes: Vec<u64>,
    /// The SHA-256 of the document that is applied.
    applies: Option<String>,
    /// What changes, by the names in its rows.
    names: HashSet<String>,
    /// How many names those are.
    changed: usize,
    /// The tenant without the changes, where they may be so many that taking them back takes long.
    before: Option<Rc<Tenant>>,
}

/// Decides, asks, commits, and then hands the results downstream. Fails whole or not at all, but for single records
/// that a rule refuses.
pub(super) fn pass(
    call: &mut Call,
    cmdlet: &'static Cmdlet,
    records: &DeferredVec<Args>,
) -> Result<(), Flow> {
    let rehearse = call.common.what_if;
    let joined = merge::by_user(&call.tenant(), cmdlet, records);
    let records = joined.as_deref().unwrap_or(records);
    let mut asked: Option<Totals> = None;
    let before = (rehearse && call.rest.iter().any(Running::keeps_changes))
        .then(|| (call.tenant(), call.session().borrow().tenant_now()));
    let (mut plan, number) = loop {
        let mut plan = decide_all(call, cmdlet, records)?;
        let mut session = call.shared.session.borrow_mut();
        let is_rehearsal = rehearse || session.policy.what_if;
        if let Err(refusal) = session.ask_guards(&cmdlet.name(), &plan.changes, is_rehearsal) {
            plan.take_back(&mut session)?;
            return Err(refusal.into());
        }
        if rehearse {
            call_rehearsed(call.rest, &session, before.as_ref(), &plan);
            plan.take_back(&mut session)?;
            break (plan, None);
        }
        if plan.changes.is_empty() {
            break (plan, None);
        }
        let totals = plan.totals();
        if asked.as_ref() != Some(&totals) {
            if let Err(refusal) = confirm(
                &mut session,
                call.common.confirm,
                call.common.force,
                cmdlet,
                &plan,
            ) {
                plan.take_back(&mut session)?;
                return Err(refusal.into());
            }
            asked = Some(totals);
        }
        session.plan = plan.applies.take();
        let committed = session.commit(&plan.changes, &plan.undoes);
        session.plan = None;
        match committed? {
            Committed::As(number) => {
                if is_dangerous(cmdlet, &plan.changes) {
                    session.run_mut().took(std::mem::take(&mut plan.names));
                }
                break (plan, number);
            }
            // Others may have taken the role that it takes.
            Committed::Overtaken => session.actor.require(cmdlet.requires)?,
        }
    };
    plan.free_changes();
    let rehearsed = rehearse || call.shared.session.borrow().policy.what_if;
    publish(call, plan, rehearsed, number)
}

/// Hands what is rehearsed to the stages behind that keep it.
fn call_rehearsed(
    rest: &mut [Running],
    session: &Session,
    before: Option<&(Rc<Tenant>, Timestamp)>,
    plan: &Plan,
) {
    let Some((before, from)) = before else { return };
    let results: Vec<_> = plan.rows.iter().map(Row::rehearsed_result).collect();
    let rehearsed = RehearsedChanges {
        before,
        from: *from,
        after: &session.tenant(),
        now: session.tenant_now(),
        changes: &plan.changes,
        undoes: &plan.undoes,
        results: &results,
    };
    rest.iter_mut()
        .for_each(|stage| stage.rehearsed(&rehearsed));
}

fn publish(
    call: &mut Call,
    mut plan: Plan,
    rehearsed: bool,
    number: Option<u64>,
) -> Result<(), Flow> {
    for warning in std::mem::take(&mut plan.warnings) {
        call.warn(warning)?;
    }
    for failure in std::mem::take(&mut plan.failures) {
        call.fail(failure)?;
    }
    let pending = !rehearsed && call.session().borrow().is_in_transaction();
    let summary = match pending {
        true => format!("in the transaction: {}", plan.summary(false)),
        false => plan.summary(rehearsed),
    };
    let keeps = rehearsed && !call.common.what_if && call.session().borrow().keeps_rehearsal();
    let mut stopped = Ok(());
    let mut rows = std::mem::take(&mut plan.rows).into_iter();
    for mut row in &mut rows {
        if rehearsed {
            row.rehearsed();
        } else if pending {
            row.pending();
        } else {
            row.committed(number);
        }
        if keeps {
            call.session()
                .borrow_mut()
                .note_rehearsed(row.rehearsed_result());
        }
        stopped = call.write(Value::object(row.record));
        if stopped.is_err() {
            break;
        }
    }
    let rest = rows.len();
    drop_in_background(rows, rest);
    let mut session = call.shared.session.borrow_mut();
    if !session.policy.quiet {
        session.console.notice(&summary);
    }
    stopped
}

fn decide_all(call: &mut Call, cmdlet: &'static Cmdlet, records: &[Args]) -> Result<Plan, Flow> {
    let mut plan = Plan::default();
    {
        /// Keeping the tenant copies a pointer for each user, taking a change back costs as much as doing it.
        const USERS_A_RECORD: usize = 16;
        let tenant = call.tenant();
        if tenant.users().len() / USERS_A_RECORD < records.len() {
            plan.before = Some(tenant);
        }
    }
    match decide_each(call, cmdlet, records, &mut plan) {
        Ok(()) => Ok(plan),
        Err(stop) => {
            plan.take_back(&mut call.shared.session.borrow_mut())?;
            plan.free_changes();
            let rows = std::mem::take(&mut plan.rows);
            let count = rows.len();
            drop_in_background(rows, count);
            Err(stop)
        }
    }
}

fn decide_each(
    call: &mut Call,
    cmdlet: &'static Cmdlet,
    records: &[Args],
    plan: &mut Plan,
) -> Result<(), Flow> {
    let stops = call.common.stops() || cmdlet.effect == Effect::Changes(Impact::Whole);
    let per_record = call.common.confirm == Some(true) && !call.common.what_if;
    let mut answer = Answer::No;
    let name = || cmdlet.name();
    let session = call.shared.session;
    let work = session
        .borrow_mut()
        .console
        .begin(&name, Some(records.len()));
    for args in records {
        call.check_interrupt()?;
        work.step();
        let interrupted = || call.check_interrupt().is_err();
        let decided = decide(&session.borrow(), cmdlet, args, &interrupted);
        let decided = match decided {
            Ok(mut decided) if call.common.stops() && !decided.failures.is_empty() => {
                return Err(decided.failures.swap_remove(0).into());
            }
            Ok(decided) => decided,
            Err(fault) if stops || fault.category == Category::Interrupted => {
                return Err(fault.into());
            }
            Err(fault) => {
                plan.fail(cmdlet, args, fault);
                continue;
            }
        };
        if per_record && !decided.changes.is_empty() {
            answer = ask_record(call, &decided, answer)?;
            if matches!(answer, Answer::No | Answer::NoToAll) {
                continue;
            }
        }
        session.borrow_mut().apply(&decided.changes)?;
        plan.names
            .extend(decided.names(|| args.subject().to_text().into_owned()));
        plan.changed = plan.names.len();
        plan.changes.extend(decided.changes);
        decided.rows.into_iter().for_each(|row| plan.add(row));
        plan.warnings.extend(decided.warnings);
        plan.failures.extend(decided.failures);
        plan.undoes.extend(decided.undoes);
        plan.applies = decided.plan.or(plan.applies.take());
    }
    Ok(())
}

fn decide(
    session: &Session,
    cmdlet: &Cmdlet,
    args: &Args,
    interrupted: &dyn Fn() -> bool,
) -> Result<Decided, Diagnostic> {
    let Run::Change { decide, .. } = cmdlet.run else {
        return Ok(Decided::default());
    };
    let tenant = session.tenant();
    let moment = Moment {
        now: session.tenant_now(),
        actor: &session.actor,
        store: session.kept_store(),
        interrupted,
        clock: &*session.clock,
    };
    let mut decided = decide(&tenant, &moment, args)?;
    let warnings = tenant.check_rules(moment.actor, moment.now, &decided.changes)?;
    decided.warnings.extend(warnings);
    Ok(decided)
}

/// Asks for one record of `-Confirm`; an earlier answer for all is kept.
fn ask_record(call: &mut Call, decided: &Decided, before: Answer) -> Result<Answer, Diagnostic> {
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
fn is_dangerous(cmdlet: &Cmdlet, changes: &[Change]) -> bool {
    matches!(cmdlet.effect, Effect::Changes(Impact::High | Impact::Whole))
        || changes.iter().any(Change::takes_away)
}

/// Whether the stage may go on: asks once, with the totals, where much is at stake. What the same run took before counts
/// too, so that a loop or a script passes the limit as one command does.
fn confirm(
    session: &mut Session,
    confirm: Option<bool>,
    force: bool,
    cmdlet: &Cmdlet,
    plan: &Plan,
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
        what: format!("{head}: {}{so_far}", plan.totals_text()),
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

/// What a question was asked about.
#[derive(PartialEq)]
struct Totals {
    changed: usize,
    words: BTreeMap<&'static str, usize>,
}

impl Plan {
    /// Leaves the tenant as it was before the stage.
    fn take_back(&mut self, session: &mut Session) -> Result<(), Diagnostic> {
        match self.before.take() {
            Some(before) => session.put_back(before),
            None => session.take_back(&self.changes)?,
        }
        Ok(())
    }

    /// Frees what is needed no more once it is decided whether the changes hold.
    fn free_changes(&mut self) {
        let changes = std::mem::take(&mut self.changes);
        let count = changes.len();
        drop_in_background(changes, count);
        if let Some(before) = self.before.take() {
            free_tenant(before);
        }
    }

    fn add(&mut self, row: Row) {
        self.tally.add(&row);
        self.rows.push(row);
    }

    fn fail(&mut self, cmdlet: &'static Cmdlet, args: &Args, fault: Diagnostic) {
        let Run::Change { shape, .. } = cmdlet.run else {
            return;
        };
        let subject = args.subject();
        self.add(Row::failed(
            shape,
            subject.clone(),
            args.named("Sku"),
            &fault,
        ));
        let fault = match (&fault.target, subject.to_text()) {
            (None, subject) if !subject.is_empty() => fault.about(subject),
            _ => fault,
        };
        self.failures.push(fault);
    }

    fn totals(&self) -> Totals {
        let words = self.tally.words.iter();
        Totals {
            changed: self.changed,
            words: words.map(|(word, count, _)| (*word, *count)).collect(),
        }
    }

    fn totals_text(&self) -> String {
        format!(
            "{} {} would change: {}{}",
            self.changed,
            plural(self.changed, "object", "objects"),
            self.tally.counts(),
            self.tally.consequences()
        )
    }

    fn summary(&self, rehearsed: bool) -> String {
        let counts = self.tally.counts();
        let consequences = self.tally.consequences();
        match (self.changed, rehearsed) {
            (0, _) if counts.is_empty() => "nothing to change".to_owned(),
            (0, _) => format!("nothing changed: {counts}"),
            (_, true) => format!("what if: {counts}{consequences}; nothing was changed"),
            (_, false) => format!("{counts}{consequences}"),
        }
    }
}

impl Args {
    /// The object that the call is about: what the pipeline brought, or the value in its place.
    fn subject(&self) -> Value {
        self.iter()
            .find(|(parameter, _, _)| parameter.takes_pipeline())
            .map(|(_, value, _)| Value::from(value.to_shared_text()))
            .unwrap_or_default()
    }

    fn named(&self, name: &str) -> Value {
        self.iter()
            .find(|(parameter, _, _)| parameter.name == name)
            .map(|(_, value, _)| Value::from(value.to_shared_text()))
            .unwrap_or_default()
    }
}
