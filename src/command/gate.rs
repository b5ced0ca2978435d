//! The one gate through which the tenant is changed: rehearse all of it, ask once, commit, and only then write the results.

use std::ops::Range;
use std::rc::Rc;

use jiff::Timestamp;

use super::call::{Call, Flow, RehearsedChanges};
use super::cmdlet::Cmdlet;
use super::confirm::{ask_for_rest, confirm, is_dangerous};
use super::decide::{Plan, Wanted, decide_all, not_reached};
use super::input::{Account, Fate, Line, Seen, failed_row, noun};
use super::merge;
use super::outcome::Row;
use super::pipeline::Running;
use super::tally::Tally;
use crate::diagnostic::{Category, Diagnostic};
use crate::files::{Written, typed};
use crate::format::{Style, csv_rows};
use crate::session::{Committed, Session, Work};
use crate::tenant::Tenant;
use crate::value::{DeferredVec, Value, drop_in_background};

/// One command on its way through the gate.
struct Passage<'a> {
    cmdlet: &'static Cmdlet,
    lines: &'a [Line],
    noun: &'static str,
    /// Whether it is only rehearsed.
    rehearsed: bool,
    seen: Seen,
    /// What is done so far.
    account: Account,
    tally: Tally,
    commits: Vec<u64>,
    unhappy: Vec<(usize, Fate, String)>,
    changed: usize,
    /// Lines whose rows are written.
    reached: usize,
    /// Whoever is behind has enough rows; the changes go on.
    enough: bool,
}

/// Decides, asks, commits, and then hands the results downstream. Without waves it fails whole or not at all, but for
/// single lines that a rule refuses. With them it is judged and asked about as a whole before the first, and says what is
/// done however it ends.
pub(super) fn pass(
    call: &mut Call,
    cmdlet: &'static Cmdlet,
    lines: &DeferredVec<Line>,
) -> Result<(), Flow> {
    let rehearses = call.common.what_if;
    let joined = joined(call, cmdlet, lines);
    let lines = joined.as_deref().unwrap_or(lines);
    let mut passage = Passage {
        cmdlet,
        lines,
        noun: noun(lines),
        rehearsed: rehearses || call.session().borrow().policy.what_if,
        seen: Seen::default(),
        account: Account::default(),
        tally: Tally::default(),
        commits: Vec::new(),
        unhappy: Vec::new(),
        changed: 0,
        reached: 0,
        enough: false,
    };
    let given = call.common.reason.clone();
    let outer = {
        let mut session = call.session().borrow_mut();
        let outer = session.policy.reason.clone();
        if given.is_some() {
            session.policy.reason = given;
        }
        outer
    };
    let outcome = passage.run(call, rehearses);
    call.session().borrow_mut().policy.reason = outer;
    outcome
}

impl Passage<'_> {
    fn run(&mut self, call: &mut Call, rehearses: bool) -> Result<(), Flow> {
        self.check_report(call)?;
        let is_split = self.ranges(call, self.lines.len()).len() > 1;
        let asks = call.common.confirm == Some(true) && !rehearses;
        let wanted = Wanted {
            cmdlet: self.cmdlet,
            lines: self.lines,
            from: 0,
            most: call.common.stop_after,
            asks: asks && !is_split,
        };
        let before = (rehearses && call.rest.iter().any(Running::keeps_changes))
            .then(|| (call.tenant(), call.session().borrow().tenant_now()));
        let plan = {
            let work = self.begin(call, if is_split { "judging " } else { "" });
            decide_all(call, &wanted, &mut self.seen, &work)?
        };
        let reached = plan.reached;
        let mut plan = self.allowed(call, plan, true)?;
        if rehearses {
            let mut session = call.shared.session.borrow_mut();
            call_rehearsed(call.rest, &session, before.as_ref(), &plan);
            plan.take_back(&mut session)?;
            drop(session);
            self.publish(call, plan, None)?;
            return self.end(call, Ok(()));
        }
        let ranges = self.ranges(call, reached);
        let mut first = Some(plan);
        if ranges.len() > 1
            && let Some(mut whole) = first.take()
        {
            whole.take_back(&mut call.shared.session.borrow_mut())?;
            whole.free_changes();
            self.seen = Seen::default();
        }
        let waves = ranges.len();
        let work = self.begin(call, "");
        for (nth, range) in ranges.into_iter().enumerate() {
            let outcome = self
                .wave(call, range, first.take(), asks && is_split, &work)
                .and_then(|()| self.may_go_on(call, nth, waves, reached));
            if let Err(flow) = outcome {
                return self.end(call, Err(flow));
            }
        }
        drop(work);
        self.end(call, Ok(()))
    }

    fn begin(&self, call: &Call, what: &str) -> Work {
        let name = || format!("{what}{}", self.cmdlet.name());
        let mut session = call.session().borrow_mut();
        session.console.begin(&name, Some(self.lines.len()))
    }

    /// The waves in which so many lines are committed.
    fn ranges(&self, call: &Call, lines: usize) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        let mut from = 0;
        if let Some(first) = call.common.first.filter(|first| *first < lines) {
            ranges.push(0..first);
            from = first;
        }
        let size = call.common.batch_size.unwrap_or(usize::MAX);
        while from < lines || ranges.is_empty() {
            let to = from.saturating_add(size).min(lines);
            ranges.push(from..to);
            from = to.max(1);
        }
        ranges
    }

    /// The plan, if nobody objects; else it is taken back.
    fn allowed(&self, call: &mut Call, mut plan: Plan, whole: bool) -> Result<Plan, Flow> {
        let common = call.common;
        let mut session = call.shared.session.borrow_mut();
        let command = self.cmdlet.name();
        let mut objection = session
            .ask_guards(&command, &plan.changes, self.rehearsed)
            .and_then(|()| match whole {
                true => self.too_many(common.max_failures, &plan.account),
                false => Ok(()),
            });
        if objection.is_ok() && !common.what_if && !plan.changes.is_empty() {
            let (asked, force) = (common.confirm, common.force);
            objection = confirm(&mut session, asked, force, self.cmdlet, &plan, self.noun);
        }
        match objection {
            Ok(()) => Ok(plan),
            Err(refusal) => {
                plan.take_back(&mut session)?;
                Err(refusal.into())
            }
        }
    }

    /// One wave: decided, committed, told. One that others overtook is decided again, and asked about if it comes out
    /// differently.
    fn wave(
        &mut self,
        call: &mut Call,
        range: Range<usize>,
        decided: Option<Plan>,
        asks: bool,
        work: &Work,
    ) -> Result<(), Flow> {
        let wanted = Wanted {
            cmdlet: self.cmdlet,
            lines: &self.lines[range.clone()],
            from: range.start,
            most: None,
            asks,
        };
        let mut totals = decided.as_ref().map(Plan::totals);
        let mut next = decided;
        let (mut plan, number) = loop {
            let mut plan = match next.take() {
                Some(plan) => plan,
                None => decide_all(call, &wanted, &mut self.seen, work)?,
            };
            if totals.as_ref().is_some_and(|old| *old != plan.totals()) {
                plan = self.allowed(call, plan, false)?;
            }
            totals = Some(plan.totals());
            if plan.changes.is_empty() {
                break (plan, None);
            }
            let mut session = call.shared.session.borrow_mut();
            session.plan = plan.applies.take();
            let committed = session.commit(&plan.changes, &plan.undoes);
            session.plan = None;
            match committed? {
                Committed::As(number) => {
                    if is_dangerous(self.cmdlet, &plan.changes) {
                        session.run_mut().took(std::mem::take(&mut plan.names));
                    }
                    break (plan, number);
                }
                Committed::Overtaken => {
                    // Others may have taken the role that it takes.
                    session.actor.require(self.cmdlet.requires)?;
                    self.seen.forget_from(range.start);
                }
            }
        };
        plan.free_changes();
        self.publish(call, plan, number)
    }

    /// Whether the waves behind this one may follow.
    fn may_go_on(
        &self,
        call: &mut Call,
        nth: usize,
        waves: usize,
        reached: usize,
    ) -> Result<(), Flow> {
        if nth + 1 == waves {
            return Ok(());
        }
        self.too_many(call.common.max_failures, &self.account)?;
        if nth == 0 && call.common.first.is_some() {
            let common = call.common;
            let settled = common.force || common.confirm.is_some();
            let done = format!(
                "the first {} are done: {}",
                self.reached,
                self.account.text(self.noun, false)
            );
            let mut session = call.shared.session.borrow_mut();
            ask_for_rest(&mut session, settled, &done, reached - self.reached)?;
        }
        Ok(())
    }

    fn too_many(&self, most: Option<MaxFailures>, account: &Account) -> Result<(), Diagnostic> {
        let failed = account.failed();
        let Some(most) = most.filter(|most| failed > most.of(self.lines.len())) else {
            return Ok(());
        };
        let done = match self.changed == 0 {
            true => "; nothing was changed",
            false => "",
        };
        let message = format!(
            "{failed} of {} {} fail, more than -MaxFailures {most} lets pass{done}",
            self.lines.len(),
            self.noun
        );
        Err(Diagnostic::new("TooManyFailures", Category::Rule, message)
            .hint("-WhatIf shows them; -FailedTo FILE.csv keeps them with the reason"))
    }

    /// Writes the rows of what is decided for good.
    fn publish(
        &mut self,
        call: &mut Call,
        mut plan: Plan,
        number: Option<u64>,
    ) -> Result<(), Flow> {
        plan.free_changes();
        self.reached += plan.reached;
        self.account.merge(&plan.account);
        self.tally.merge(&plan.tally);
        self.changed += plan.changed;
        self.unhappy.append(&mut plan.unhappy);
        self.commits.extend(number);
        for warning in std::mem::take(&mut plan.warnings) {
            call.warn(warning)?;
        }
        for failure in std::mem::take(&mut plan.failures) {
            call.fail(failure)?;
        }
        let pending = !self.rehearsed && call.session().borrow().is_in_transaction();
        let keeps =
            self.rehearsed && !call.common.what_if && call.session().borrow().keeps_rehearsal();
        let mut rows = std::mem::take(&mut plan.rows).into_iter();
        let mut stopped = Ok(());
        while !self.enough
            && let Some(mut row) = rows.next()
        {
            if self.rehearsed {
                row.rehearsed();
            } else if pending {
                row.pending();
            } else {
                row.committed(number);
            }
            if keeps {
                let mut session = call.session().borrow_mut();
                session.note_rehearsed(row.rehearsed_result());
            }
            match call.write(Value::object(row.record)) {
                Err(Flow::Stop) => self.enough = true,
                other => stopped = other,
            }
            if stopped.is_err() {
                break;
            }
        }
        let rest = rows.len();
        drop_in_background(rows, rest);
        stopped
    }

    /// Tells what became of all lines, however it ends.
    fn end(&mut self, call: &mut Call, outcome: Result<(), Flow>) -> Result<(), Flow> {
        let in_transaction = call.session().borrow().is_in_transaction();
        if outcome.is_err() && (self.changed == 0 || in_transaction) {
            // It changed nothing, and its error says so.
            return outcome;
        }
        // What is done is told to the end, whoever pressed Ctrl-C.
        call.shared.finishing |= outcome.is_err();
        let mut stopped = Ok(());
        for (index, line) in self.lines.iter().enumerate().skip(self.reached) {
            let row = not_reached(self.cmdlet, line);
            self.account.add(Fate::NotReached, 1);
            self.tally.add(&row);
            let why = "the command ended before".to_owned();
            self.unhappy.push((index, Fate::NotReached, why));
            if !self.enough && stopped.is_ok() {
                stopped = call.write(Value::object(row.record));
            }
        }
        let summary = self.summary(in_transaction, outcome.is_err());
        let report = self.report_failed(call);
        let mut session = call.shared.session.borrow_mut();
        if !session.policy.quiet {
            session.console.notice(&summary);
        }
        drop(session);
        report?;
        outcome?;
        match self.enough {
            true => Err(Flow::Stop),
            false => stopped,
        }
    }

    fn summary(&self, in_transaction: bool, broken_off: bool) -> String {
        let (counts, consequences) = (self.tally.counts(), self.tally.consequences());
        let rehearsed = self.rehearsed;
        let lines = match self.account.text(self.noun, rehearsed) {
            none if none.is_empty() => none,
            some => format!("; {some}"),
        };
        let text = match (self.changed, rehearsed) {
            (0, _) if counts.is_empty() => "nothing to change".to_owned(),
            (0, _) => format!("nothing changed: {counts}{lines}"),
            (_, true) => format!("what if: {counts}{consequences}{lines}; nothing was changed"),
            (_, false) => format!("{counts}{consequences}{lines}"),
        };
        let stopped = match broken_off {
            true => "; the same command again does the rest",
            false => "",
        };
        match in_transaction {
            true => format!("in the transaction: {text}"),
            false => format!("{text}{}{stopped}", self.undone_by()),
        }
    }

    /// Under which numbers it stands in the journal, and what takes it back.
    fn undone_by(&self) -> String {
        match self.commits.as_slice() {
            [] => String::new(),
            [one] => format!("; change {one}, Undo-Change {one} takes it back"),
            [first, .., last] => {
                format!(
                    "; changes {first} to {last}, Undo-Change ({first}..={last}) takes them back"
                )
            }
        }
    }

    /// Whether the lines that fail can be kept.
    fn check_report(&self, call: &Call) -> Result<(), Diagnostic> {
        let in_transaction = call.session().borrow().is_in_transaction();
        match &call.common.failed_to {
            Some(_) if in_transaction => Err(Diagnostic::usage(
                "FileInTransaction",
                "-FailedTo writes a file, which a transaction can't take back",
            )
            .hint("put -FailedTo on a command outside of the transaction")),
            _ => Ok(()),
        }
    }

    /// Writes the lines that were not done into the file of `-FailedTo`, in their order.
    fn report_failed(&mut self, call: &mut Call) -> Result<(), Diagnostic> {
        let Some(path) = call.common.failed_to.clone() else {
            return Ok(());
        };
        self.unhappy.sort_by_key(|(index, ..)| *index);
        let takes = self.cmdlet.parameters.iter();
        let subject = takes
            .filter(|parameter| parameter.takes_pipeline())
            .flat_map(|parameter| parameter.names())
            .fold("", |known, name| match known {
                "" => name,
                _ if name == "UserPrincipalName" => name,
                known => known,
            });
        let rows: Vec<Value> = self
            .unhappy
            .iter()
            .map(|(index, fate, why)| failed_row(&self.lines[*index], subject, *fate, why))
            .collect();
        let mut columns: Vec<String> = Vec::new();
        for name in rows.iter().flat_map(|row| row.property_names()) {
            if !columns.iter().any(|known| known == name) {
                columns.push(name.to_owned());
            }
        }
        let text = match rows.is_empty() {
            true => format!("{subject},Outcome,Why\n"),
            false => csv_rows(&rows, columns, true, Style::default()),
        };
        if call.common.what_if {
            return Ok(());
        }
        let files = call.session().borrow().files.clone();
        match files.write(&typed(&path), text.as_bytes(), false)? {
            Written::Done => Ok(()),
            Written::WouldWrite(sentence) => {
                call.session().borrow_mut().console.notice(&sentence);
                Ok(())
            }
        }
    }
}

/// The lines with those joined that are one request (R7), where every line could be bound.
fn joined(call: &Call, cmdlet: &'static Cmdlet, lines: &[Line]) -> Option<Vec<Line>> {
    let bound: Result<Vec<_>, ()> = lines
        .iter()
        .map(|line| line.args.clone().map_err(|_| ()))
        .collect();
    let joined = merge::by_user(&call.tenant(), cmdlet, &bound.ok()?)?;
    let line = |args| Line {
        args: Ok(args),
        input: Value::Null,
    };
    Some(joined.into_iter().map(line).collect())
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

/// How many lines may fail: a number, or a part of all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MaxFailures {
    Lines(usize),
    Percent(f64),
}

impl MaxFailures {
    fn of(self, lines: usize) -> usize {
        match self {
            Self::Lines(most) => most,
            // Never more than the lines there are.
            Self::Percent(part) => (lines as f64 * part / 100.0) as usize,
        }
    }
}

impl std::fmt::Display for MaxFailures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Lines(most) => write!(f, "{most}"),
            Self::Percent(part) => write!(f, "{part}%"),
        }
    }
}

impl std::str::FromStr for MaxFailures {
    type Err = Diagnostic;

    fn from_str(text: &str) -> Result<Self, Diagnostic> {
        let wrong = || {
            Diagnostic::usage("InvalidArgument", format!("-MaxFailures can't be '{text}'"))
                .hint("it is a number of lines, such as 30, or a part of them, such as 1%")
        };
        match text.trim().strip_suffix('%') {
            Some(part) => match part.trim().parse::<f64>() {
                Ok(part) if (0.0..=100.0).contains(&part) => Ok(Self::Percent(part)),
                _ => Err(wrong()),
            },
            None => text.trim().parse().map(Self::Lines).map_err(|_| wrong()),
        }
    }
}
