//! Search-Mailbox: which mailboxes eDiscovery could search (R28).

use jiff::Timestamp;

use crate::cmdlets::mailbox::{USERS, living_or_dead};
use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Run, Verb};
use crate::diagnostic::{Category, Diagnostic};
use crate::objects;
use crate::tenant::{MailboxState, Permission, Tenant, User};
use crate::value::Value;
use crate::wildcard::{Wildcard, is_pattern};

pub static SEARCH_MAILBOX: Cmdlet = Cmdlet {
    verb: Verb::Search,
    noun: "Mailbox",
    aliases: &[],
    synopsis: "Finds the mailboxes that eDiscovery can search",
    description: "The tenant holds no mail, so this tells what a search could reach, not what it would find. A mailbox \
                  without a license can't be searched, unless a hold was placed on it before: the refusal says until \
                  when a license makes it searchable again.",
    parameters: &[&USERS.declaration],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&objects::MAILBOX),
    examples: &[
        Example {
            line: "Search-Mailbox walter@contoso.com",
            explanation: "Without a license, but on hold: it is found.",
        },
        Example {
            line: "Get-User -Department Sales -Licensed | Search-Mailbox",
            explanation: "Whether a department can be searched as a whole.",
        },
    ],
    graph: "New-ComplianceSearch",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let tenant = call.tenant();
    let now = call.session().borrow().tenant_now();
    let Some(names) = args.get(&USERS) else {
        for user in tenant.users() {
            search(call, &tenant, user, now)?;
        }
        return Ok(());
    };
    for name in &names {
        if is_pattern(&name.text) {
            let pattern = Wildcard::new(&name.text);
            for user in tenant.users() {
                if pattern.matches(&user.upn) || pattern.matches(&user.display_name) {
                    search(call, &tenant, user, now)?;
                }
            }
            continue;
        }
        match living_or_dead(&tenant, name) {
            Ok(user)
                if name.id.is_none() && tenant.mailbox_state(user, now) == MailboxState::None =>
            {
                call.fail(
                    Diagnostic::new(
                        "MailboxNotFound",
                        Category::NotFound,
                        format!("{} has no mailbox", user.upn),
                    )
                    .about(&*user.upn),
                )?;
            }
            Ok(user) => search(call, &tenant, user, now)?,
            Err(fault) => call.fail(fault)?,
        }
    }
    Ok(())
}

/// Writes a mailbox that can be searched; one that can't is a failure of its own.
fn search(call: &mut Call, tenant: &Tenant, user: &User, now: Timestamp) -> Result<(), Flow> {
    let Some(record) = objects::mailbox(tenant, user, now) else {
        return Ok(());
    };
    let state = tenant.mailbox_state(user, now);
    // R28
    if state.is_searchable(user.data.as_ref().and_then(|data| data.mailbox.as_ref())) {
        return call.write(Value::object(record));
    }
    let (why, cure) = match state {
        MailboxState::Disconnected { until } => (
            "has no license and no hold was placed before it went",
            format!(
                "license it{} to search it: Add-License {} -Sku SKU",
                until.map_or_else(String::new, |until| format!(" before {until}")),
                user.upn
            ),
        ),
        MailboxState::SoftDeleted { until } => (
            "is deleted with its user",
            format!("Restore-User {} brings it back until {until}", user.upn),
        ),
        _ => (
            "is deleted for good",
            "a litigation hold keeps a mailbox, if it is placed in time".to_owned(),
        ),
    };
    call.fail(
        Diagnostic::new(
            "MailboxNotSearchable",
            Category::Rule,
            format!("the mailbox of {} can't be searched: it {why}", user.upn),
        )
        .about(&*user.upn)
        .hint(cure),
    )
}
