//! Invoke-Retention: does what is due by the tenant's clock (R26, R27, R30, R35).

use crate::command::{Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Output, Run, Verb};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Change, Permission, Tenant};

pub static INVOKE_RETENTION: Cmdlet = Cmdlet {
    verb: Verb::Invoke,
    noun: "Retention",
    aliases: &[],
    synopsis: "Does what is due by the tenant's clock",
    description: "Users deleted longer ago than they can be restored are deleted for good, mailboxes without a license lose \
                  their content after their time, and subscriptions that weren't renewed go on to Warning, Suspended and \
                  Deleted. A hold keeps its mailbox. Microsoft does this by itself; here it is a command, so that -WhatIf \
                  after Set-TenantClock shows what would be lost by a day.",
    parameters: &[],
    requires: Permission::ManageTenant,
    effect: Effect::Changes(Impact::High),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[
        Example {
            line: "Invoke-Retention -WhatIf",
            explanation: "What is due today.",
        },
        Example {
            line: "Set-TenantClock +31d; Invoke-Retention",
            explanation: "What a month does, rehearsed.",
        },
    ],
    graph: "",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, moment: &Moment, _: &Args) -> Result<Decided, Diagnostic> {
    let mut decided = Decided::default();
    for decision in tenant.retention_steps(moment.now) {
        let target = decision
            .changes
            .first()
            .map(|change| target(tenant, change));
        decided = decided.and(Decided::about(
            tenant,
            &target.unwrap_or_default(),
            decision,
        ));
    }
    Ok(decided)
}

/// Whose data or which product a step is about.
fn target(tenant: &Tenant, change: &Change) -> String {
    match change {
        Change::UserPurged { was } => was.upn.to_string(),
        Change::SubscriptionChanged { sku, .. } => sku.to_string(),
        Change::MailboxChanged { user, .. } => tenant
            .user(*user)
            .map_or_else(|| user.to_string(), |user| user.upn.to_string()),
        _ => tenant.organisation().name.clone(),
    }
}
