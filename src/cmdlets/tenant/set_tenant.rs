//! Set-Tenant: changes the settings of the tenant.

use std::sync::Arc;

use crate::command::{
    Args, Cmdlet, Decided, Effect, Example, Impact, Moment, Names, Output, Param, Run, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::CHANGE_RESULT;
use crate::tenant::{Cloud, Permission, Tenant};

static NAME: Param<Option<Arc<str>>> = Param::new("Name", "The name of the organisation.");
static CLOUD: Param<Option<Arc<str>>> = Param::new(
    "Cloud",
    "The Microsoft cloud it lives in, which decides the portal's steps.",
)
.choice(&["worldwide", "germany", "21vianet"]);
static DEFAULT_ADMIN: Param<Option<Arc<str>>> = Param::new(
    "DefaultAdmin",
    "Who acts when --as names nobody: an operator, or a user with a role; '' for nobody.",
)
.offering(Names::Admin);
static DELICENSING_RESILIENCY: Param<Option<bool>> = Param::new(
    "DelicensingResiliency",
    "Whether a mailbox goes on working for a while after its license went.",
);

static ONEDRIVE_ARCHIVE: Param<Option<bool>> = Param::new(
    "OneDriveArchive",
    "Whether the archive of unlicensed OneDrives is paid for, so that none is deleted.",
);

pub static SET_TENANT: Cmdlet = Cmdlet {
    verb: Verb::Set,
    noun: "Tenant",
    aliases: &[],
    synopsis: "Changes the settings of the tenant",
    description: "What isn't named stays as it is.",
    parameters: &[
        &NAME.declaration,
        &CLOUD.declaration,
        &DEFAULT_ADMIN.declaration,
        &DELICENSING_RESILIENCY.declaration,
        &ONEDRIVE_ARCHIVE.declaration,
    ],
    requires: Permission::ManageTenant,
    effect: Effect::Changes(Impact::Low),
    output: Output::Records(&CHANGE_RESULT),
    examples: &[
        Example {
            line: "Set-Tenant -Cloud germany",
            explanation: "The portal's steps are then those of the German cloud.",
        },
        Example {
            line: "Set-Tenant -DefaultAdmin grace@contoso.com",
            explanation: "A user with a role acts when nobody else is named.",
        },
    ],
    graph: "Update-MgOrganization",
    run: Run::Change {
        decide,
        shape: &CHANGE_RESULT,
    },
};

fn decide(tenant: &Tenant, _: &Moment, args: &Args) -> Result<Decided, Diagnostic> {
    let mut next = tenant.organisation().clone();
    if let Some(name) = args.get(&NAME).filter(|name| !name.trim().is_empty()) {
        next.name = name.trim().to_owned();
    }
    if let Some(cloud) = args.get(&CLOUD)
        && let Some(known) = Cloud::ALL.into_iter().find(|own| *own.name() == *cloud)
    {
        next.cloud = known;
    }
    if let Some(admin) = args.get(&DEFAULT_ADMIN) {
        // As the tenant spells it.
        next.default_admin = match admin.trim() {
            "" => None,
            name => Some(tenant.actor(name)?.name),
        };
    }
    if let Some(on) = args.get(&DELICENSING_RESILIENCY) {
        next.delicensing_resiliency = on;
    }
    if let Some(on) = args.get(&ONEDRIVE_ARCHIVE) {
        next.onedrive_archive = on;
    }
    let name = next.name.clone();
    let decision = tenant.edit_organisation(next)?;
    Ok(Decided::about(tenant, &name, decision))
}
