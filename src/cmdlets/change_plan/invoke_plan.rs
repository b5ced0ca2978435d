//! Invoke-Plan: does what a plan says, exactly or not at all.

use std::collections::HashSet;

use super::{PLAN, approval, known};
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Param, Row, Run, Verb,
};
use crate::diagnostic::{Category, Diagnostic};
use crate::files::typed;
use crate::objects::CHANGE_RESULT;
use crate::plan::{self, Fit};
use crate::session::read_policy;
use crate::tenant::{Permission, Subject, Tenant};
use crate::value::Record;

static SKIP_MOVED: Param<bool> = Param::new(
    "SkipMoved",
    "Does what still fits, and lists what doesn't as failed; without it one row that moved stops all.",
);

pub static INVOKE_PLAN: Cmdlet = Cmdlet {
    verb: Verb::Invoke,
    noun: "Plan",
    aliases: &[],
    synopsis: "Does what a plan says, exactly or not at all",
    description: "Everything that the plan touches must be what it was when the plan was made; if something moved, nothing \
                  is done, each row that moved is named with how, and the program ends with exit code 6. The rules, the \
                  roles and the policy hold as for any change. It is one change in the journal, which Undo-Change takes \
                  back. A plan is applied once: the second time says so and does nothing.",
    parameters: &[&PLAN.declaration, &SKIP_MOVED.declaration],
    requires: Permission::None,
    effect: Effect::Changes(Impact::Whole),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[
        Example {
            line: "Invoke-Plan legal.yaml -WhatIf",
            explanation: "Rehearses a plan once more, on the tenant as it is now.",
        },
        Example {
            line: "Invoke-Plan legal.yaml",
            explanation: "Does it.",
        },
    ],
    graph: "",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

/// So many rows that moved are named in the error; Test-Plan lists all.
const NAMED: usize = 20;

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let path = args.get(&PLAN);
    let (document, hash) = plan::open(&typed(&path))?;
    let known = known(&document, tenant, moment.store)?;
    let mut decided = Decided::default();
    if let Some(entry) = known.application(&hash) {
        let mut record = Record::new(&CHANGE_RESULT, vec![(&*path).into()]);
        record.set("Outcome", "AlreadyApplied");
        let reason = format!(
            "change {} by {} applied it on {}; a plan is applied once",
            entry.seq, entry.by, entry.at
        );
        record.set("Reason", reason);
        decided.rows.push(Row::unchanged(record, "applied already"));
        return Ok(decided);
    }
    let Fit { rows, moved } = document.fit(tenant, moment.now);
    if !moved.is_empty() && !args.get(&SKIP_MOVED) {
        let count = moved.len();
        let mut fault = Diagnostic::new(
            "PlanMoved",
            Category::Stale,
            format!(
                "the tenant moved since the plan was made: {count} of its {} rows {} touched; nothing was changed",
                document.rows.len(),
                if count == 1 { "is" } else { "are" },
            ),
        )
        .about(&*path)
        .hint("rehearse it again, or do the rest with --skip-moved (Invoke-Plan -SkipMoved)");
        for moved in moved.iter().take(NAMED) {
            fault = fault.note(
                format!("{}: {}", moved.row.row, known.how(moved)),
                None,
                None,
            );
        }
        if count > NAMED {
            let more = format!("and {} more: Test-Plan lists them", count - NAMED);
            fault = fault.note(more, None, None);
        }
        return Err(fault);
    }
    let later = moment.now.duration_since(document.rehearsed);
    for (row, changes) in rows {
        if (moment.interrupted)() {
            return Err(Diagnostic::interrupted());
        }
        decided.rows.push(Row {
            record: plan::result(row, later),
            changes: true,
            word: "applied",
            seats_freed: row.frees.len(),
            data_held: row.data_until.is_some(),
        });
        decided.changes.extend(changes);
    }
    if let Some(store) = moment.store
        && let Some(policy) = read_policy(&store.dir().join("policy.yaml"))?
        && let Some(rule) = policy.approval()
    {
        let users: HashSet<_> = decided
            .changes
            .iter()
            .filter_map(|change| match change.subject() {
                Subject::User(id) => Some(id),
                _ => None,
            })
            .collect();
        approval::require(&typed(&path), &document, users.len(), rule, store.dir())?;
    }
    for moved in &moved {
        let fault = Diagnostic::new("RowMoved", Category::Stale, known.how(moved));
        decided.refuse(&CHANGE_RESULT, &moved.row.row, fault.about(&*moved.row.row));
    }
    decided.undoes.extend(&document.undoes);
    decided.plan = Some(hash);
    Ok(decided)
}
