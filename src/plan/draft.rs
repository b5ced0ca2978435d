//! From a rehearsal to a plan.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use super::document::VERSION;
use super::row::Undo;
use super::{Before, Document, FileMark, LeftOut, ProductTotal, Rehearsal, Row, TenantMark};
use crate::tenant::catalogue::{self, Clock};
use crate::tenant::{Actor, Change, DataKind, Part, Subject, Symbol, Tenant, set_times};

/// Where a plan comes from.
pub struct Origin {
    pub made: Timestamp,
    pub reason: Option<String>,
    pub tenant: TenantMark,
    pub command: Option<String>,
    pub script: Option<FileMark>,
    pub parameters: Vec<String>,
    pub inputs: Vec<FileMark>,
    pub policy: Option<FileMark>,
}

/// Makes the plan of a rehearsal. `after` is the tenant with all that was rehearsed.
pub fn draft(mut rehearsal: Rehearsal, after: &Tenant, actor: &Actor, origin: Origin) -> Document {
    let at = rehearsal.from;
    let span = rehearsal.from..=rehearsal.to;
    let mut after = after.clone();
    if rehearsal.from != rehearsal.to {
        // One moment for all: what was rehearsed second by second is applied at once.
        set_times(&mut rehearsal.changes, &|time| span.contains(&time), at);
        let mut again = (*rehearsal.before).clone();
        if rehearsal
            .changes
            .iter()
            .all(|change| again.apply(change).is_ok())
        {
            after = again;
        }
    }
    let before = &*rehearsal.before;
    let mut follows: HashMap<&str, Vec<&String>> = HashMap::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut left_out = Vec::new();
    for result in &rehearsal.results {
        *counts.entry(result.word.clone()).or_default() += 1;
        match result.changes {
            true => follows
                .entry(&result.subject)
                .or_default()
                .extend(&result.consequences),
            false => left_out.push(LeftOut {
                what: result.subject.clone(),
                sku: result.sku.clone(),
                outcome: result.word.clone(),
                why: result.reason.clone(),
            }),
        }
    }
    let parts = Part::of(&rehearsal.changes);
    let rows = parts.iter().rev().map(|part| {
        let mut row = row(before, &after, part, actor, at);
        if let Some(sentences) = follows.get(&*row.row) {
            let mut seen = HashSet::new();
            let once = sentences.iter().filter(|own| seen.insert(own.as_str()));
            row.follows = once.map(|own| (*own).clone()).collect();
        }
        row
    });
    let rows = rows.collect();
    Document {
        plan: VERSION,
        made: origin.made,
        by: actor.name.clone(),
        reason: origin.reason,
        tenant: origin.tenant,
        rehearsed: at,
        command: origin.command,
        script: origin.script,
        parameters: origin.parameters,
        inputs: origin.inputs,
        undoes: rehearsal.undoes.clone(),
        policy: origin.policy,
        catalogue: catalogue::DATE.to_owned(),
        counts,
        products: products(before, &after),
        left_out,
        rows,
    }
}

fn row(before: &Tenant, after: &Tenant, part: &Part, actor: &Actor, at: Timestamp) -> Row {
    let images: Vec<Before> = part
        .subjects
        .iter()
        .map(|subject| Before::of(before, subject))
        .collect();
    let named = part
        .subjects
        .iter()
        .position(|subject| !matches!(subject, Subject::User(_)))
        .unwrap_or_default();
    let name = match images.get(named) {
        Some(Before::Missing { .. }) | None => part
            .subjects
            .get(named)
            .map(|subject| Before::of(after, subject).name())
            .unwrap_or_default(),
        Some(image) => image.name(),
    };
    let sentences = |wanted: bool| {
        let chosen = part
            .changes
            .iter()
            .filter(move |own| own.follows() != wanted);
        chosen.map(|change| {
            let known = match change.subject() {
                Subject::User(id) => before.user(id).is_some(),
                Subject::Group(id) => before.group(id).is_some(),
                _ => true,
            };
            if known { before } else { after }.describe(change)
        })
    };
    let mut does: Vec<String> = sentences(true).collect();
    if does.is_empty() {
        does = sentences(false).collect();
    }
    let (mut frees, mut takes) = (Vec::new(), Vec::new());
    let (mut loses, mut gains) = (Vec::new(), Vec::new());
    for subject in &part.subjects {
        let Subject::User(id) = subject else { continue };
        let (was, now) = (before.user(*id), after.user(*id));
        let seats = |user: Option<&std::sync::Arc<crate::tenant::User>>| -> Vec<Symbol> {
            user.map(|user| user.seats().into_iter().cloned().collect())
                .unwrap_or_default()
        };
        let (had, has) = (seats(was), seats(now));
        frees.extend(had.iter().filter(|sku| !has.contains(sku)).cloned());
        takes.extend(has.iter().filter(|sku| !had.contains(sku)).cloned());
        if part.subjects.len() == 1 {
            let plans = |tenant: &Tenant, user: Option<&std::sync::Arc<crate::tenant::User>>| {
                user.map(|user| tenant.active_plans(user))
                    .unwrap_or_default()
            };
            let (had, has) = (plans(before, was), plans(after, now));
            loses.extend(had.iter().filter(|plan| !has.contains(plan)).cloned());
            gains.extend(has.iter().filter(|plan| !had.contains(plan)).cloned());
        }
    }
    let data_until = part
        .changes
        .iter()
        .filter_map(|change| data_until(after, change))
        .min();
    Row {
        row: name,
        does,
        frees,
        takes,
        loses,
        gains,
        follows: Vec::new(),
        data_until,
        undo: undo(after, part, actor, at, data_until),
        before: images,
        changes: part.changes.iter().map(|own| (*own).clone()).collect(),
    }
}

/// When something would be deleted for good that a change lets go of.
fn data_until(after: &Tenant, change: &Change) -> Option<Timestamp> {
    match change {
        Change::DataClockStarted { user, data, .. } if data.contains(&DataKind::Mailbox) => {
            let data = after.user(*user)?.data.as_deref()?;
            after.mailbox_held_until(data.mailbox.as_ref()?)
        }
        Change::UserDeleted { at, .. } => Some(Clock::DeletedUser.from(*at)),
        _ => None,
    }
}

fn undo(
    after: &Tenant,
    part: &Part,
    actor: &Actor,
    at: Timestamp,
    data_until: Option<Timestamp>,
) -> Undo {
    for change in &part.changes {
        let why = match change {
            Change::UserPurged { .. } => "the user is deleted for good",
            Change::SessionsRevoked { .. } => "sessions that were signed out stay so",
            Change::MailboxChanged { was, now, .. }
                if was.deleted.is_none() && now.deleted.is_some() =>
            {
                "the mailbox's content is deleted for good"
            }
            _ => continue,
        };
        return Undo::Impossible(why.to_owned());
    }
    match after.check_rules(actor, at, &part.inverse()) {
        Err(refusal) => Undo::Impossible(refusal.message.clone()),
        Ok(_) => data_until.map_or(Undo::Possible, Undo::Until),
    }
}

/// The products whose seats in use differ.
fn products(before: &Tenant, after: &Tenant) -> Vec<ProductTotal> {
    let every = after.products().iter().map(|product| {
        let seats = after.seats(&product.sku);
        ProductTotal {
            sku: product.sku.clone(),
            name: product.name.clone(),
            used: before.consumed(&product.sku),
            used_then: seats.consumed,
            bought: seats.usable(),
        }
    });
    every.filter(|own| own.used != own.used_then).collect()
}
