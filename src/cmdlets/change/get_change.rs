//! Get-Change: what the journal holds, commit by commit.

use std::any::Any;
use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use crate::cmdlets::shared::AnyOf;
use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Names, Output, Param, Run, SkuName, UserName, Verb,
};
use crate::diagnostic::{Category, Diagnostic};
use crate::objects::CHANGE;
use crate::store::{Entry, History};
use crate::tenant::{Change, Permission, Subject, Symbol, Tenant};
use crate::value::{Object, Value};
use crate::wildcard::{Wildcard, is_pattern};

static NUMBER: Param<Option<Vec<i64>>> = Param::new("Change", "Only these, by number.")
    .aliases(&["Number", "Id"])
    .offering(Names::Change)
    .position(0);
static USERS: Param<Option<Vec<UserName>>> = Param::new(
    "User",
    "Only what touched one of these users, by UPN or id, deleted ones too; wildcards match UPNs.",
)
.aliases(&["UserPrincipalName", "UPN", "UserId"]);
static SKU: Param<Option<Vec<SkuName>>> =
    Param::new("Sku", "Only what touched one of these products.");
static AFTER: Param<Option<Timestamp>> =
    Param::new("After", "Only what was done at this time or later.").aliases(&["Since"]);
static BEFORE: Param<Option<Timestamp>> =
    Param::new("Before", "Only what was done before this time.").aliases(&["Until"]);
static BY: Param<Option<Vec<Arc<str>>>> =
    Param::new("By", "Only what these admins did; wildcards are allowed.")
        .aliases(&["Actor"])
        .offering(Names::Admin);
static LAST: Param<Option<i64>> =
    Param::new("Last", "Only so many, the latest of those that pass.");

pub static GET_CHANGE: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "Change",
    aliases: &[],
    synopsis: "Gets what was changed, when, by whom and with which command",
    description: "The journal, oldest first: one object for each commit, which is one run of a changing command. Users \
                  counts those it touched, Changes says each change in a sentence. Numbers have gaps: the store's own \
                  notes are numbered too. One exact number gives the change itself and is an error if there is none.",
    parameters: &[
        &NUMBER.declaration,
        &USERS.declaration,
        &SKU.declaration,
        &AFTER.declaration,
        &BEFORE.declaration,
        &BY.declaration,
        &LAST.declaration,
    ],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&CHANGE),
    examples: &[
        Example {
            line: "Get-Change -User anna@contoso.com",
            explanation: "The story of one user.",
        },
        Example {
            line: "Get-Change -Sku ENTERPRISEPACK -Since 2026-11-01 -By megan*",
            explanation: "Who took what away from whom this month.",
        },
        Example {
            line: "Get-Change -Last 1 | Select-Object -ExpandProperty Changes",
            explanation: "All that the latest command did.",
        },
    ],
    graph: "Get-MgAuditLogDirectoryAudit",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let numbers = numbers(args.get(&NUMBER))?;
    let from = numbers.as_ref().and_then(|all| all.iter().min().copied());
    let history = call
        .session()
        .borrow()
        .store()?
        .history(from.unwrap_or(0))?;
    if history.first > 1 && numbers.is_none() {
        let message = format!(
            "the records before {} are missing: the older journal files are gone",
            history.first
        );
        call.warn(Diagnostic::new(
            "RecordsMissing",
            Category::NotFound,
            message,
        ))?;
    }
    let tenant = Arc::new(Tenant::clone(&call.tenant()));
    let filter = Filter::new(&tenant, &history, args)?;
    if let Some([number]) = numbers.as_deref() {
        call.is_exact();
        let found = history.entries.iter().find(|entry| entry.seq == *number);
        let entry = found.ok_or_else(|| no_such(*number, &history))?;
        if filter.passes(entry) {
            call.write(row(entry.clone(), &tenant))?;
        }
        return Ok(());
    }
    for number in numbers.iter().flatten() {
        if !history.entries.iter().any(|entry| entry.seq == *number) {
            call.fail(no_such(*number, &history))?;
        }
    }
    let asked = |entry: &Entry| numbers.as_ref().is_none_or(|all| all.contains(&entry.seq));
    let mut passing: Vec<Entry> = history.entries;
    passing.retain(|entry| asked(entry) && filter.passes(entry));
    let skipped = filter
        .last
        .map_or(0, |last| passing.len().saturating_sub(last));
    for entry in passing.into_iter().skip(skipped) {
        call.check_interrupt()?;
        call.write(row(entry, &tenant))?;
    }
    Ok(())
}

/// Numbers that changes can have.
pub(super) fn numbers(numbers: Option<Vec<i64>>) -> Result<Option<Vec<u64>>, Diagnostic> {
    let Some(numbers) = numbers else {
        return Ok(None);
    };
    let read = numbers.into_iter().map(|number| {
        u64::try_from(number)
            .ok()
            .filter(|number| *number > 0)
            .ok_or_else(|| {
                Diagnostic::usage(
                    "InvalidArgument",
                    format!("a change can't have the number {number}"),
                )
                .hint("changes are numbered from 1: Get-Change lists them")
            })
    });
    read.collect::<Result<_, _>>().map(Some)
}

pub(super) fn no_such(number: u64, history: &History) -> Diagnostic {
    let message = match number {
        _ if number > history.last => {
            format!(
                "there is no change {number}: the last record is {}",
                history.last
            )
        }
        _ if number < history.first => {
            format!("change {number} is in an older journal file, which is gone")
        }
        _ => format!("record {number} is no change but a note of the store"),
    };
    Diagnostic::new("NoSuchChange", Category::NotFound, message)
        .about(number.to_string())
        .hint("Get-Change lists the changes")
}

/// The filters of one call, made ready for a long journal.
struct Filter {
    users: Option<HashSet<Uuid>>,
    skus: Option<Vec<Symbol>>,
    after: Option<Timestamp>,
    before: Option<Timestamp>,
    by: Option<AnyOf>,
    last: Option<usize>,
}

impl Filter {
    fn new(tenant: &Tenant, history: &History, args: &Args) -> Result<Self, Diagnostic> {
        let last = args.get(&LAST).map(|last| {
            usize::try_from(last).map_err(|_| {
                Diagnostic::usage("InvalidArgument", format!("-Last can't be {last}"))
                    .hint("it is how many of the latest, such as 10")
            })
        });
        let users = args.get(&USERS).map(|names| users(tenant, history, &names));
        let skus = args.get(&SKU).map(|names| skus(tenant, history, &names));
        Ok(Self {
            users: users.transpose()?,
            skus: skus.transpose()?,
            after: args.get(&AFTER),
            before: args.get(&BEFORE),
            by: args.get(&BY).map(|names: Vec<Arc<str>>| AnyOf::of(&names)),
            last: last.transpose()?,
        })
    }

    fn passes(&self, entry: &Entry) -> bool {
        let touches = |change: &Change| {
            let user = self.users.as_ref().is_none_or(
                |users| matches!(change.subject(), Subject::User(id) if users.contains(&id)),
            );
            user && self
                .skus
                .as_ref()
                .is_none_or(|skus| change.skus().into_iter().any(|sku| skus.contains(sku)))
        };
        self.after.is_none_or(|time| entry.at >= time)
            && self.before.is_none_or(|time| entry.at < time)
            && self
                .by
                .as_ref()
                .is_none_or(|by| by.matches(Some(&entry.by)))
            && (self.users.is_none() && self.skus.is_none() || entry.changes.iter().any(touches))
    }
}

/// The ids of users by what they are or were called: the journal knows those who are gone.
fn users(
    tenant: &Tenant,
    history: &History,
    names: &[UserName],
) -> Result<HashSet<Uuid>, Diagnostic> {
    let mut found = HashSet::new();
    let changes = || history.entries.iter().flat_map(|entry| &entry.changes);
    for name in names {
        let before = found.len();
        let pattern = Wildcard::new(name.text.trim());
        let id = name.id.or_else(|| Uuid::try_parse(&name.text).ok());
        let means = |own: Uuid, upn: &str| id == Some(own) || pattern.matches(upn);
        let present = tenant
            .users()
            .iter()
            .filter(|user| means(user.id, &user.upn));
        found.extend(present.map(|user| user.id));
        for change in changes() {
            match change {
                Change::UserAdded { now: user } | Change::UserPurged { was: user } => {
                    found.extend(means(user.id, &user.upn).then_some(user.id));
                }
                Change::UserEdited { user, was, .. } => {
                    let renamed = was.upn.as_deref().is_some_and(|upn| means(*user, upn));
                    found.extend(renamed.then_some(*user));
                }
                _ => {}
            }
        }
        if found.len() == before && !is_pattern(&name.text) {
            tenant.find_user(&name.text)?;
        }
    }
    Ok(found)
}

/// The keys of products by what they are called, or were in the journal.
fn skus(tenant: &Tenant, history: &History, names: &[SkuName]) -> Result<Vec<Symbol>, Diagnostic> {
    let mut found: Vec<Symbol> = Vec::new();
    for name in names {
        match tenant.products_matching(name) {
            Ok(products) => found.extend(products.iter().map(|product| product.sku.clone())),
            Err(unknown) => {
                let pattern = Wildcard::new(name.trim());
                let changes = history.entries.iter().flat_map(|entry| &entry.changes);
                let gone = changes
                    .flat_map(Change::skus)
                    .find(|sku| pattern.matches(sku));
                found.push(gone.ok_or(unknown)?.clone());
            }
        }
    }
    Ok(found)
}

/// An entry as an object: its sentences are made when they are asked for, since a commit may hold 100,000 changes.
#[derive(Debug)]
struct Row {
    entry: Entry,
    tenant: Arc<Tenant>,
}

fn row(entry: Entry, tenant: &Arc<Tenant>) -> Value {
    let tenant = Arc::clone(tenant);
    Value::object(Row { entry, tenant })
}

impl Object for Row {
    fn type_name(&self) -> &'static str {
        CHANGE.name
    }

    fn properties(&self) -> &'static [&'static str] {
        CHANGE.properties
    }

    fn columns(&self) -> &'static [&'static str] {
        CHANGE.columns
    }

    fn at(&self, index: usize) -> Value {
        let entry = &self.entry;
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        match index {
            0 => number(entry.seq).into(),
            1 => entry.at.into(),
            2 => Value::from(&*entry.by),
            3 => {
                let users = entry
                    .changes
                    .iter()
                    .filter_map(|change| match change.subject() {
                        Subject::User(id) => Some(id),
                        _ => None,
                    });
                users.collect::<HashSet<_>>().len().into()
            }
            4 => entry.command.clone().into(),
            5 => entry.script.clone().into(),
            6 => {
                let changes = entry.changes.iter();
                Value::list(
                    changes
                        .map(|change| self.tenant.describe(change).into())
                        .collect(),
                )
            }
            7 => {
                let mut skus: Vec<&Symbol> = entry.changes.iter().flat_map(Change::skus).collect();
                skus.sort();
                skus.dedup();
                Value::list(skus.into_iter().map(|sku| sku.shared().into()).collect())
            }
            8 => entry.reason.clone().into(),
            9 => match entry.undoes.as_slice() {
                [] => Value::Null,
                [one] => number(*one).into(),
                several => Value::list(several.iter().map(|own| number(*own).into()).collect()),
            },
            10 => entry.run.map(number).into(),
            11 => entry.tenant_at.into(),
            _ => Value::Null,
        }
    }

    fn identity(&self) -> String {
        self.entry.seq.to_string()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
