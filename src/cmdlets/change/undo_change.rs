//! Undo-Change: takes back a commit, as a whole or for some of its users.

use std::sync::Arc;

use uuid::Uuid;

use crate::cmdlets::shared::find_user;
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Names, Output, Param, Run, UserName,
    Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::LICENSE_RESULT;
use crate::session::Session;
use crate::tenant::{Change, Decision, LicenseOutcome, OutcomeKind, Permission, Tenant, User};
use crate::value::Value;

static NUMBER: Param<i64> = Param::new("Change", "The change, by its number.")
    .aliases(&["Number"])
    .position(0)
    .required()
    .by_property()
    .offering(Names::Change);
static USER: Param<Option<UserName>> = Param::new(
    "User",
    "Only what it did to this user, by UPN or id; users may come down the pipeline.",
)
.aliases(&["UserPrincipalName", "UPN", "UserId"])
.position(1)
.by_value()
.by_property();

pub static UNDO_CHANGE: Cmdlet = Cmdlet {
    verb: Verb::Undo,
    noun: "Change",
    aliases: &[],
    synopsis: "Takes back what a change did, for all of its users or for some",
    description: "Licenses come back with the plans that were off, users and groups as they were. It is a change like any \
                  other: the rules are asked, seats included, the journal gets an entry that names the one taken back, \
                  and that entry can be undone too. Each user is one step: where a later change stands in the way, the \
                  others go on. What touched groups or products is taken back as a whole or not at all. Get-Change has \
                  the numbers; look first with -WhatIf.",
    parameters: &[&USER.declaration, &NUMBER.declaration],
    requires: Permission::AssignLicense,
    effect: Effect::Changes(Impact::High),
    output: Output::Records(&LICENSE_RESULT),
    examples: &[
        Example {
            line: "Undo-Change 2 -WhatIf",
            explanation: "What would come back.",
        },
        Example {
            line: "Get-User -Department Sales | Undo-Change 2",
            explanation: "Takes it back for one department.",
        },
        Example {
            line: "Get-Change -Last 1 | Undo-Change",
            explanation: "Takes the latest change back.",
        },
    ],
    graph: "",
    run: Run::ChangeEach {
        spread,
        decide,
        shape: &LICENSE_RESULT,
    },
};

/// A request for each user of a change that can be taken back user by user.
fn spread(session: &Session, args: &Args) -> Result<Vec<Args>, Diagnostic> {
    if args.has(&USER) {
        return Ok(vec![args.clone()]);
    }
    let done = session.done(number(args)?)?;
    let Some(users) = done.one_by_one() else {
        return Ok(vec![args.clone()]);
    };
    let tenant = session.tenant();
    let each = users.iter().map(|id| {
        let live = tenant.user(*id).filter(|user| user.deleted.is_none());
        let name = live.map_or_else(
            || Value::from(id.to_string()),
            |user| Value::from(&*user.upn),
        );
        args.with(&USER, name)
    });
    Ok(each.collect())
}

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let done = moment.session.done(number(args)?)?;
    let Some(name) = args.get(&USER) else {
        let all: Vec<&Change> = done.changes.iter().collect();
        let decision = tenant.undo(&all, &done.since)?;
        let target = format!("change {}", done.number);
        let decided = Decided::about_many(tenant, &target, decision);
        return Ok(decided.undoing(done.number));
    };
    let id = match Uuid::try_parse(&name.text) {
        // One whom the change deleted for good, or made.
        Ok(id) if tenant.user(id).is_none() => id,
        _ => find_user(tenant, &name)?.id,
    };
    let own = done.of_user(id);
    let nothing = match done.undone(id) {
        Some(number) => Some((
            OutcomeKind::AlreadyHeld,
            format!("change {number} took it back"),
        )),
        None if own.is_empty() => {
            let number = done.number;
            Some((
                OutcomeKind::NotHeld,
                format!("change {number} did nothing to this user"),
            ))
        }
        None => None,
    };
    if let Some((kind, reason)) = nothing {
        return Ok(Decided::from(Decision {
            outcomes: vec![row(tenant.user(id), kind, reason)],
            ..Decision::default()
        }));
    }
    if done.one_by_one().is_none() {
        return Err(Diagnostic::usage(
            "UndoneAsAWhole",
            format!("change {} touched groups or products too", done.number),
        )
        .hint(format!(
            "Undo-Change {} without -User takes it back as a whole",
            done.number
        )));
    }
    let decision = tenant.undo(&own, &done.since)?;
    let upn = tenant
        .user(id)
        .map_or_else(|| name.text.to_string(), |user| user.upn.to_string());
    let decided = match is_about_licenses(&decision) {
        true => Decided::from(decision),
        false => Decided::about(tenant, &upn, decision),
    };
    Ok(decided.undoing(done.number))
}

/// The row of a user for whom there is nothing to take back.
fn row(user: Option<&Arc<User>>, kind: OutcomeKind, reason: String) -> LicenseOutcome {
    LicenseOutcome {
        user: user.map(|user| user.upn.clone()).unwrap_or_default(),
        sku: None,
        product: None,
        kind,
        reason: Some(reason),
        plans_lost: Vec::new(),
        seat_freed: false,
        data_held_until: None,
        consequences: Vec::new(),
    }
}

/// Whether what is done to licenses is all that has to be told.
fn is_about_licenses(decision: &Decision) -> bool {
    let told = |change: &Change| {
        !matches!(
            change,
            Change::UserAdded { .. }
                | Change::UserPurged { .. }
                | Change::UserEdited { .. }
                | Change::UserDeleted { .. }
                | Change::UserRestored { .. }
                | Change::SignInBlocked { .. }
                | Change::SignInAllowed { .. }
                | Change::SessionsRevoked { .. }
                | Change::RoleAssigned { .. }
                | Change::RoleRemoved { .. }
                | Change::MemberAdded { .. }
                | Change::MemberRemoved { .. }
        )
    };
    !decision.outcomes.is_empty() && decision.changes.iter().all(told)
}

fn number(args: &Args) -> Result<u64, Diagnostic> {
    let number = args.get(&NUMBER);
    u64::try_from(number).map_err(|_| {
        Diagnostic::usage(
            "InvalidArgument",
            format!("a change can't have the number {number}"),
        )
        .hint("Get-Change lists the changes")
    })
}
