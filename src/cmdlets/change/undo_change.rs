//! Undo-Change: takes back what commands did, whatever of it still stands.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::get_change::{no_such, numbers};
use crate::cmdlets::shared::find_user;
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Names, Output, Param, Row, Run,
    UserName, Verb,
};
use crate::diagnostic::{Category, Diagnostic};
use crate::objects::{CHANGE_RESULT, change_result};
use crate::session::in_memory;
use crate::store::{Entry, History, Store};
use crate::tenant::{Change, DataKind, Decision, Part, Permission, Subject, Tenant};
use crate::value::{Object, Record, Value};

static NUMBER: Param<Option<Vec<i64>>> =
    Param::new("Change", "The changes to take back, by number.")
        .aliases(&["Number"])
        .offering(Names::Change)
        .position(0)
        .by_value()
        .by_property();
static LAST: Param<Option<i64>> =
    Param::new("Last", "Instead of numbers: so many of the latest changes.");
static USERS: Param<Option<Vec<UserName>>> =
    Param::new("User", "Only what was done to these users, by UPN or id.")
        .aliases(&["UserPrincipalName", "UPN", "UserId"])
        .position(1);

pub static UNDO_CHANGE: Cmdlet = Cmdlet {
    verb: Verb::Undo,
    noun: "Change",
    aliases: &[],
    synopsis: "Takes back what was changed",
    description: "A change is one run of a changing command, as Get-Change shows it; what it did to each user, group or \
                  product is taken back by itself. What was changed again since stays as it is, and its row says by \
                  which change. The rules hold: a license comes back only where a seat is free. Of several changes the \
                  latest is taken back first. Taking back is a change too, with a number of its own, and can be taken \
                  back. It takes the role that the changes themselves would take. A hand edit of tenant.yaml bars the \
                  way to what was done before it.",
    parameters: &[&NUMBER.declaration, &LAST.declaration, &USERS.declaration],
    requires: Permission::None,
    effect: Effect::Changes(Impact::High),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[
        Example {
            line: "Get-User -Disabled | Remove-License -All; Undo-Change -Last 1",
            explanation: "Takes licenses away, and gives them back as they were.",
        },
        Example {
            line: "Get-Change -Sku ENTERPRISEPACK -Since 2026-11-01 | Sort-Object Change -Descending | Undo-Change -WhatIf",
            explanation: "What it would take to undo all that was done with a product this month.",
        },
        Example {
            line: "Get-User -Department Sales | Remove-License -All; Undo-Change -Last 1 -User (Get-User -City Sydney)",
            explanation: "For some of those it was done to.",
        },
        Example {
            line: "Get-Change -User anna@contoso.com -Last 1 | Undo-Change -User anna@contoso.com",
            explanation: "One user gets back what a bulk command took; the others don't.",
        },
    ],
    graph: "",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let store = moment.store.ok_or_else(in_memory)?;
    let (history, numbers) = wanted(store, args)?;
    let names = args.get(&USERS);
    let users = names.map(|names| names.iter().map(|name| user(tenant, name)).collect());
    let mut undo = Undo {
        before: tenant,
        tenant: tenant.clone(),
        moment,
        users: users.transpose()?,
        since: HashMap::new(),
        decided: Decided::default(),
    };
    for entry in history.entries.iter().rev() {
        if numbers.contains(&entry.seq) {
            undo.entry(entry)?;
        } else {
            for change in &entry.changes {
                undo.since.entry(change.subject()).or_insert(entry);
            }
        }
    }
    Ok(undo.decided)
}

/// The journal from the first change on that is to be taken back, and the numbers of all that are.
fn wanted(store: &Store, args: &Args) -> Result<(History, Vec<u64>), Diagnostic> {
    let (history, numbers) = match (numbers(args.get(&NUMBER))?, args.get(&LAST)) {
        (Some(numbers), None) => {
            let first = numbers.iter().min().copied();
            (store.history(first.unwrap_or(0))?, numbers)
        }
        (None, Some(last)) => {
            let history = store.history(0)?;
            let count = usize::try_from(last).ok().filter(|count| *count > 0);
            let count = count.ok_or_else(|| {
                Diagnostic::usage("InvalidArgument", format!("-Last can't be {last}"))
                    .hint("it is how many of the latest, such as 1")
            })?;
            let latest = history.entries.iter().rev().take(count);
            let numbers: Vec<u64> = latest.map(|entry| entry.seq).collect();
            if numbers.is_empty() {
                let message = "nothing was changed here so far";
                return Err(Diagnostic::new("NoSuchChange", Category::NotFound, message));
            }
            (history, numbers)
        }
        (Some(_), Some(_)) => {
            let message = "numbers and -Last can't be used together";
            return Err(Diagnostic::usage("AmbiguousParameterSet", message));
        }
        (None, None) => {
            let fault = Diagnostic::usage("MissingParameter", "which change is to be taken back?");
            return Err(
                fault.hint("Undo-Change NUMBER, or Undo-Change -Last 1; Get-Change lists them")
            );
        }
    };
    let floor = store.floor(&history);
    for number in &numbers {
        if !history.entries.iter().any(|entry| entry.seq == *number) {
            return Err(no_such(*number, &history));
        }
        if *number <= floor {
            let message = format!(
                "change {number} can't be taken back: tenant.yaml was changed by hand since"
            );
            return Err(Diagnostic::new("HandEdited", Category::Stale, message)
                .about(number.to_string())
                .hint("see what it did with Get-Change, and change it as you would anew"));
        }
    }
    Ok((history, numbers))
}

/// A user that may be deleted.
fn user(tenant: &Tenant, name: &UserName) -> Result<Uuid, Diagnostic> {
    let found = find_user(tenant, name);
    let found = found.or_else(|missing| tenant.find_deleted_user(&name.text).map_err(|_| missing));
    found.map(|user| user.id)
}

/// Changes on their way back.
struct Undo<'a> {
    before: &'a Tenant,
    /// The tenant with what is taken back so far.
    tenant: Tenant,
    moment: &'a Moment<'a>,
    /// The only users to whom it is done; none for all.
    users: Option<HashSet<Uuid>>,
    /// The last change of each thing that came later and stays.
    since: HashMap<Subject<'a>, &'a Entry>,
    decided: Decided,
}

impl<'a> Undo<'a> {
    fn entry(&mut self, entry: &'a Entry) -> Result<(), Diagnostic> {
        let (changes, rows) = (self.decided.changes.len(), self.decided.rows.len());
        let failures = self.decided.failures.len();
        let mut untouched = self.users.clone().unwrap_or_default();
        for part in Part::of(&entry.changes) {
            if (self.moment.interrupted)() {
                return Err(Diagnostic::interrupted());
            }
            for subject in &part.subjects {
                if let Subject::User(id) = subject {
                    untouched.remove(id);
                }
            }
            let Some(users) = &self.users else {
                self.part(entry, &part);
                continue;
            };
            let is_wanted =
                |subject: &Subject| matches!(subject, Subject::User(id) if users.contains(id));
            if part.subjects.iter().all(is_wanted) {
                self.part(entry, &part);
            } else if part.subjects.iter().any(is_wanted) {
                let target = self.name(&part);
                let message = format!(
                    "what change {} did to {target} and its users can't be taken back for some of them",
                    entry.seq
                );
                let fault = Diagnostic::new("Inseparable", Category::Rule, message);
                let fault = fault
                    .about(&*target)
                    .hint(format!("take it back for all: Undo-Change {}", entry.seq));
                self.decided.refuse(&CHANGE_RESULT, &target, fault);
            }
        }
        if self.decided.changes.len() > changes {
            self.decided.undoes.push(entry.seq);
        }
        // They are told in the order in which they were done.
        self.decided.rows[rows..].reverse();
        self.decided.failures[failures..].reverse();
        let mut names: Vec<_> = untouched
            .iter()
            .filter_map(|id| self.before.user(*id))
            .map(|user| &*user.upn)
            .collect();
        names.sort_unstable();
        for name in names {
            let mut record = Record::new(&CHANGE_RESULT, vec![name.into()]);
            record.set("Outcome", "NothingToDo");
            record.set(
                "Reason",
                format!("change {} did nothing to this user", entry.seq),
            );
            self.decided.rows.push(Row::unchanged(record, "untouched"));
        }
        Ok(())
    }

    fn part(&mut self, entry: &'a Entry, part: &Part<'a>) {
        let inverse = part.inverse();
        let taken = self.seats(part);
        match self
            .tenant
            .undo(self.moment.actor, self.moment.now, &inverse)
        {
            Ok(warnings) => {
                let freed = taken.saturating_sub(self.seats(part));
                let row = self.row(part, &inverse, freed);
                self.decided.rows.push(row);
                self.decided.warnings.extend(warnings);
                self.decided.changes.extend(inverse);
            }
            Err(fault) => {
                self.refuse(entry, part, fault);
                for subject in &part.subjects {
                    self.since.entry(*subject).or_insert(entry);
                }
            }
        }
    }

    /// The seats that are taken of the products of a part.
    fn seats(&self, part: &Part) -> usize {
        let mut skus: Vec<_> = part.changes.iter().flat_map(|own| own.skus()).collect();
        skus.sort_unstable();
        skus.dedup();
        let taken = skus.into_iter().map(|sku| self.tenant.consumed(sku));
        taken.sum::<u32>() as usize
    }

    fn row(&self, part: &Part, inverse: &[Change], seats_freed: usize) -> Row {
        // Names are those of the tenant that has the thing.
        let is_there = match part.subjects.first() {
            Some(Subject::User(id)) => self.tenant.user(*id).is_some(),
            Some(Subject::Group(id)) => self.tenant.group(*id).is_some(),
            _ => true,
        };
        let tenant = if is_there { &self.tenant } else { self.before };
        let decision = Decision {
            changes: inverse.to_vec(),
            ..Decision::default()
        };
        let mut record = change_result(tenant, &self.name(part), &decision);
        let (others, main): (Vec<_>, Vec<_>) = inverse.iter().partition(|change| change.follows());
        // Of a group and its members the group is told, and the members below it.
        if part.subjects.len() == 1 && !main.is_empty() {
            let sentences: Vec<_> = main.iter().map(|own| tenant.describe(own)).collect();
            record.set("Action", sentences.join("; "));
            let others = others.iter().map(|own| tenant.describe(own).into());
            record.set("Consequences", Value::list(others.collect()));
        } else {
            let action = record.property("Action").unwrap_or_default();
            let sentences = inverse.iter().map(|change| tenant.describe(change));
            let others = sentences.filter(|own| *own != *action.to_text());
            let others = others.map(Value::from).collect();
            record.set("Consequences", Value::list(others));
        }
        record.set("Outcome", "Undone");
        record.set("SeatsFreed", Some(seats_freed).filter(|seats| *seats > 0));
        Row {
            record,
            changes: true,
            word: "undone",
            seats_freed,
            data_held: inverse.iter().any(|change| {
                matches!(change, Change::DataClockStarted { data, .. } if data.contains(&DataKind::Mailbox))
            }),
        }
    }

    /// What a part is called: the group or product of one that is about several things, else its only one.
    fn name(&self, part: &Part) -> String {
        let is_user = |subject: &&Subject| matches!(subject, Subject::User(_));
        let subjects = &part.subjects;
        let main = subjects.iter().find(|own| !is_user(own));
        let whole = part.changes.iter().find_map(|change| match change {
            Change::UserAdded { now: user } | Change::UserPurged { was: user } => {
                Some(user.upn.to_string())
            }
            Change::GroupAdded { now: group } | Change::GroupRemoved { was: group } => {
                Some(group.name.to_string())
            }
            _ => None,
        });
        let known = |tenant: &Tenant| match main.or(subjects.first())? {
            Subject::User(id) => Some(tenant.user(*id)?.upn.to_string()),
            Subject::Group(id) => Some(tenant.group(*id)?.name.to_string()),
            Subject::Product(sku) => Some(sku.to_string()),
            Subject::Organisation => Some(tenant.organisation().name.clone()),
        };
        let name = known(&self.tenant).or_else(|| known(self.before));
        name.or(whole).unwrap_or_default()
    }

    /// Tells why a part stays as it is: it isn't any more what the change left, or a rule is in the way.
    fn refuse(&mut self, entry: &Entry, part: &Part, fault: Diagnostic) {
        let target = self.name(part);
        if fault.id != "JournalMismatch" {
            return self.decided.refuse(&CHANGE_RESULT, &target, fault);
        }
        let number = entry.seq;
        let later = part.subjects.iter().filter_map(|own| self.since.get(own));
        let (message, hint) = match later.max_by_key(|later| later.seq) {
            Some(later) if later.undoes.contains(&number) => {
                let mut record = Record::new(&CHANGE_RESULT, vec![Value::from(target)]);
                record.set("Outcome", "AlreadyUndone");
                record.set("Reason", format!("change {} took it back", later.seq));
                self.decided
                    .rows
                    .push(Row::unchanged(record, "undone already"));
                return;
            }
            Some(Entry { seq, .. }) => (
                format!("changed again since change {number}, by change {seq}"),
                format!("take that back first, or see what it was: Get-Change {seq}"),
            ),
            None => (
                format!("not any more what change {number} left"),
                "Compare-Tenant shows what is different".to_owned(),
            ),
        };
        let fault = Diagnostic::new("ChangedSince", Category::Stale, message);
        let fault = fault.about(&*target).hint(hint);
        self.decided.refuse(&CHANGE_RESULT, &target, fault);
    }
}
