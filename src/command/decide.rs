//! Deciding line by line what a changing command does: on the tenant in memory, from where it can be taken back.

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use super::args::Args;
use super::call::{Call, Flow};
use super::cmdlet::{Cmdlet, Effect, Impact, Run};
use super::confirm::ask_record;
use super::input::{Account, Fate, Line, Seen, outcome};
use super::outcome::{Decided, Moment, Row};
use super::tally::{Tally, plural};
use crate::diagnostic::{Category, Diagnostic};
use crate::objects::CHANGE_RESULT;
use crate::session::{Answer, Session, Work, free_tenant};
use crate::tenant::{Change, Tenant};
use crate::value::{Object, Record, Value, drop_in_background};

/// What some lines of a stage come to. Its changes are in the tenant in memory.
#[derive(Default)]
pub(super) struct Plan {
    pub changes: Vec<Change>,
    pub rows: Vec<Row>,
    pub tally: Tally,
    pub account: Account,
    pub warnings: Vec<Diagnostic>,
    pub failures: Vec<Diagnostic>,
    /// The commits that it takes back.
    pub undoes: Vec<u64>,
    /// The SHA-256 of the document that is applied.
    pub applies: Option<String>,
    /// What changes, by the names in its rows.
    pub names: HashSet<String>,
    /// How many names those are.
    pub changed: usize,
    /// The lines that were not done because something is wrong with them, and what.
    pub unhappy: Vec<(usize, Fate, String)>,
    /// The lines decided; fewer than given where it was to stop after so many.
    pub reached: usize,
    /// The tenant without the changes, where they may be so many that taking them back takes long.
    before: Option<Rc<Tenant>>,
}

/// What lines are decided, and how.
pub(super) struct Wanted<'a> {
    pub cmdlet: &'static Cmdlet,
    pub lines: &'a [Line],
    /// The place of the first of them in the whole input.
    pub from: usize,
    /// How many may change; the lines behind are left.
    pub most: Option<usize>,
    /// Whether the admin is asked for each: `-Confirm`.
    pub asks: bool,
}

/// Decides them all, or takes back what was decided.
pub(super) fn decide_all(
    call: &mut Call,
    wanted: &Wanted,
    seen: &mut Seen,
    work: &Work,
) -> Result<Plan, Flow> {
    let mut plan = Plan::default();
    {
        /// Keeping the tenant copies a pointer for each user, taking a change back costs as much as doing it.
        const USERS_A_RECORD: usize = 16;
        let tenant = call.tenant();
        if tenant.users().len() / USERS_A_RECORD < wanted.lines.len() {
            plan.before = Some(tenant);
        }
    }
    match decide_each(call, wanted, seen, work, &mut plan) {
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
    wanted: &Wanted,
    seen: &mut Seen,
    work: &Work,
    plan: &mut Plan,
) -> Result<(), Flow> {
    let Wanted { cmdlet, lines, .. } = *wanted;
    let mut answer = Answer::No;
    let stops = call.common.stops() || cmdlet.effect == Effect::Changes(Impact::Whole);
    let session = call.shared.session;
    for (index, line) in lines.iter().enumerate() {
        let changed = plan.account.count(Fate::Changed);
        if wanted.most.is_some_and(|most| changed >= most) {
            break;
        }
        call.check_interrupt()?;
        work.step();
        plan.reached = index + 1;
        let place = wanted.from + index;
        let interrupted = || call.check_interrupt().is_err();
        let decided = match &line.args {
            Ok(args) => decide(&session.borrow(), cmdlet, args, &interrupted),
            Err(unbound) => Err(unbound.clone()),
        };
        let mut decided = match decided {
            Ok(mut decided) if call.common.stops() && !decided.failures.is_empty() => {
                return Err(decided.failures.swap_remove(0).into());
            }
            Ok(decided) => decided,
            Err(fault) if stops || fault.category == Category::Interrupted => {
                return Err(fault.into());
            }
            Err(fault) => {
                plan.fail(cmdlet, line, place, fault);
                continue;
            }
        };
        if wanted.asks && !decided.changes.is_empty() {
            answer = ask_record(call, &decided, answer)?;
            if matches!(answer, Answer::No | Answer::NoToAll) {
                plan.account.add(Fate::Declined, 1);
                continue;
            }
        }
        let mut fate = Fate::of(&decided);
        if let Ok(args) = &line.args
            && fate != Fate::Failed
            && let Some(earlier) = seen.earlier(place, args, &decided)
            && fate != Fate::Changed
        {
            fate = Fate::Duplicate;
            decided.rows = vec![duplicate(cmdlet, args, &decided, earlier)];
        }
        plan.account.add(fate, 1);
        if let (Fate::Failed, Some(fault)) = (fate, decided.failures.first()) {
            plan.unhappy.push((place, fate, fault.message.clone()));
        }
        session.borrow_mut().apply(&decided.changes)?;
        let subject = || line.args.as_ref().map_or(Value::Null, Args::subject);
        let names = decided.names(|| subject().to_text().into_owned());
        plan.names.extend(names);
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

/// The row of a line that asks for what an earlier one asked for.
fn duplicate(cmdlet: &Cmdlet, args: &Args, decided: &Decided, earlier: usize) -> Row {
    let name = decided.rows.first().map(|row| row.record.identity());
    let mut row = plain_row(cmdlet, name.map(Value::from), args.named("Sku"));
    row.set("Outcome", "Duplicate");
    row.set("Reason", format!("line {} asked for the same", earlier + 1));
    Row::unchanged(row, "asked for twice")
}

fn plain_row(cmdlet: &Cmdlet, subject: Option<Value>, sku: Value) -> Record {
    let shape = match cmdlet.run {
        Run::Change { shape, .. } => shape,
        _ => &CHANGE_RESULT,
    };
    let mut record = Record::new(shape, vec![subject.unwrap_or_default()]);
    record.set("Sku", sku);
    record
}

/// The row of a line that the command didn't come to.
pub(super) fn not_reached(cmdlet: &Cmdlet, line: &Line) -> Row {
    let sku = line
        .args
        .as_ref()
        .map_or(Value::Null, |args| args.named("Sku"));
    let mut row = plain_row(cmdlet, Some(subject(cmdlet, line)), sku);
    row.set("Outcome", outcome(Fate::NotReached));
    row.set("Reason", "the command ended before");
    Row::unchanged(row, "not reached")
}

/// Whom a line is about, as it says itself.
fn subject(cmdlet: &Cmdlet, line: &Line) -> Value {
    match (&line.args, &line.input) {
        (Ok(args), _) => args.subject(),
        (Err(_), Value::Text(text)) => Value::Text(text.clone()),
        (Err(_), input) => cmdlet
            .parameters
            .iter()
            .filter(|parameter| parameter.takes_pipeline())
            .flat_map(|parameter| parameter.names())
            .find_map(|name| input.property(name))
            .map(|value| Value::from(value.to_shared_text()))
            .unwrap_or_default(),
    }
}

/// What a question was asked about.
#[derive(PartialEq)]
pub(super) struct Totals {
    changed: usize,
    words: BTreeMap<&'static str, usize>,
}

impl Plan {
    /// Leaves the tenant as it was before the stage.
    pub fn take_back(&mut self, session: &mut Session) -> Result<(), Diagnostic> {
        match self.before.take() {
            Some(before) => session.put_back(before),
            None => session.take_back(&self.changes)?,
        }
        Ok(())
    }

    /// Frees what is needed no more once it is decided whether the changes hold.
    pub fn free_changes(&mut self) {
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

    fn fail(&mut self, cmdlet: &'static Cmdlet, line: &Line, place: usize, fault: Diagnostic) {
        let Run::Change { shape, .. } = cmdlet.run else {
            return;
        };
        let subject = subject(cmdlet, line);
        let sku = line
            .args
            .as_ref()
            .map_or(Value::Null, |args| args.named("Sku"));
        let mut fault = fault;
        if line.args.is_err() && !line.input.is_null() {
            fault.message = format!("line {}: {}", place + 1, fault.message);
        }
        let fate = Fate::of_fault(&fault);
        self.account.add(fate, 1);
        self.unhappy.push((place, fate, fault.message.clone()));
        self.add(Row::failed(shape, subject.clone(), sku, &fault));
        let fault = match (&fault.target, subject.to_text()) {
            (None, subject) if !subject.is_empty() => fault.about(subject),
            _ => fault,
        };
        self.failures.push(fault);
    }

    pub fn totals(&self) -> Totals {
        let words = self.tally.words.iter();
        Totals {
            changed: self.changed,
            words: words.map(|(word, count, _)| (*word, *count)).collect(),
        }
    }

    /// What the admin is asked about.
    pub fn question(&self, noun: &str) -> String {
        let lines = self.account.text(noun, true);
        format!(
            "{} {} would change: {}{}{}",
            self.changed,
            plural(self.changed, "object", "objects"),
            self.tally.counts(),
            self.tally.consequences(),
            if lines.is_empty() {
                lines
            } else {
                format!("; {lines}")
            }
        )
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
