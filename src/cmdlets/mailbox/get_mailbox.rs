//! Get-Mailbox: mailboxes as they stand, with or without a license (R27-R29, R32a).

use std::sync::Arc;

use crate::cmdlets::mailbox::{USERS, write_each};
use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, Run, Verb};
use crate::objects;
use crate::tenant::Permission;

static STATE: Param<Option<Arc<str>>> = Param::new("State", "Only mailboxes in this state.")
    .choice(&[
        "Active",
        "Disconnected",
        "SoftDeleted",
        "Inactive",
        "Deleted",
    ]);
static ON_HOLD: Param<bool> = Param::new("OnHold", "Only mailboxes on litigation hold.");
static SHARED: Param<bool> = Param::new("Shared", "Only shared mailboxes.");

pub static GET_MAILBOX: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "Mailbox",
    aliases: &[],
    synopsis: "Gets mailboxes and what becomes of them",
    description: "A mailbox whose license went is Disconnected: it comes back whole with a license until KeptUntil, and is \
                  deleted then. That of a deleted user is SoftDeleted for as long as the user can be restored, or \
                  Inactive while a hold keeps it. Searchable tells whether eDiscovery finds what is in it. Exports say \
                  nothing of mailboxes: their sizes are 0 until Set-Mailbox or tenant.yaml says otherwise.",
    parameters: &[
        &USERS.declaration,
        &STATE.declaration,
        &ON_HOLD.declaration,
        &SHARED.declaration,
    ],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&objects::MAILBOX),
    examples: &[
        Example {
            line: "Get-Mailbox -State Disconnected",
            explanation: "What will be lost unless somebody acts, and when.",
        },
        Example {
            line: "Get-Mailbox walter@contoso.com | Format-List",
            explanation: "One mailbox with all that is known of it.",
        },
    ],
    graph: "Get-EXOMailbox",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let now = call.session().borrow().tenant_now();
    let state = args.get(&STATE);
    let (on_hold, shared) = (args.get(&ON_HOLD), args.get(&SHARED));
    let lacks = match state.is_some() || on_hold || shared {
        true => "no such mailbox",
        false => "no mailbox",
    };
    write_each(call, args, lacks, |tenant, user| {
        let mailbox = user.data.as_ref().and_then(|data| data.mailbox.as_ref());
        let own = objects::mailbox_state(tenant.mailbox_state(user, now));
        let passes = state.as_deref().is_none_or(|state| state == own)
            && (!on_hold || mailbox.is_some_and(|own| own.litigation_hold.is_some()))
            && (!shared || mailbox.is_some_and(|own| own.shared));
        passes
            .then(|| objects::mailbox(tenant, user, now))
            .flatten()
    })
}
