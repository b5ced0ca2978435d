//! Set-Mailbox: hold, forwarding, archive and kind of mailboxes (R29, R32a, R32b).

use std::sync::Arc;

use crate::cmdlets::mailbox::living_or_dead;
use crate::cmdlets::shared::USER;
use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Names, Output, Param, Run, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Mailbox, Permission, Tenant};

static LITIGATION_HOLD: Param<Option<bool>> = Param::new(
    "LitigationHold",
    "Places a hold, which keeps all content for as long as it lasts; -LitigationHold:$false lifts it.",
)
.aliases(&["LitigationHoldEnabled"]);
static FORWARD_TO: Param<Option<Arc<str>>> = Param::new(
    "ForwardTo",
    "Where mail is forwarded to; '' stops forwarding.",
)
.aliases(&["ForwardingSmtpAddress", "ForwardingAddress"])
.offering(Names::User);
static TYPE: Param<Option<Arc<str>>> = Param::new(
    "Type",
    "Regular, or Shared, which needs no license up to 50 GB.",
)
.choice(&["Regular", "Shared"]);
static ARCHIVE: Param<Option<bool>> = Param::new(
    "Archive",
    "Whether it has an archive; -Archive:$false for none.",
);
static SIZE_MB: Param<Option<i64>> = Param::new(
    "SizeMB",
    "How large it is, for a tenant whose export didn't tell.",
);

pub static SET_MAILBOX: Cmdlet = Cmdlet {
    verb: Verb::Set,
    noun: "Mailbox",
    aliases: &[],
    synopsis: "Changes hold, forwarding, archive and kind of mailboxes",
    description: "What isn't named stays as it is. A hold must be placed while the mailbox is licensed and its user is \
                  there: it then outlives both, as an inactive mailbox, until it is lifted. A policy that only deletes \
                  is no hold. Turning a mailbox to Shared keeps it working without a license, unless it is over 50 GB \
                  or has an archive or a hold.",
    parameters: &[
        &USER.declaration,
        &LITIGATION_HOLD.declaration,
        &FORWARD_TO.declaration,
        &TYPE.declaration,
        &ARCHIVE.declaration,
        &SIZE_MB.declaration,
    ],
    requires: Permission::EditMailbox,
    effect: Effect::Changes(Impact::Low),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[
        Example {
            line: "Set-Mailbox anna@contoso.com -LitigationHold",
            explanation: "Before a leaver's license goes: nothing in the mailbox is lost.",
        },
        Example {
            line: "Set-Mailbox bob@contoso.com -Type Shared -ForwardTo anna@contoso.com",
            explanation: "A colleague takes over what still comes in.",
        },
    ],
    graph: "Set-Mailbox (Exchange Online PowerShell)",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let user = living_or_dead(tenant, &args.get(&USER))?;
    let known = user.data.as_ref().and_then(|data| data.mailbox.clone());
    let mut next: Mailbox = known.unwrap_or_default();
    match args.get(&LITIGATION_HOLD) {
        // One that is placed already keeps its date.
        Some(true) => {
            next.litigation_hold.get_or_insert(moment.now);
        }
        Some(false) => next.litigation_hold = None,
        None => {}
    }
    if let Some(to) = args.get(&FORWARD_TO) {
        let to = to.trim();
        next.forwards_to = (!to.is_empty()).then(|| to.into());
    }
    if let Some(kind) = args.get(&TYPE) {
        next.shared = &*kind == "Shared";
    }
    if let Some(archive) = args.get(&ARCHIVE) {
        next.archive = archive;
    }
    if let Some(size) = args.get(&SIZE_MB) {
        next.size_mb = u64::try_from(size).map_err(|_| {
            Diagnostic::usage("InvalidArgument", format!("-SizeMB can't be {size}"))
                .hint("it is a number of megabytes, such as 4096")
        })?;
    }
    let decision = tenant.set_mailbox(user.id, next, moment.now)?;
    Ok(Decided::about(tenant, &user.upn, decision))
}
