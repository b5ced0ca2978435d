//! What is known of sign-ins, before anybody is called inactive.

use crate::command::{Args, Call, Flow, Param};
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::{SignIn, Tenant};

pub(super) static INACTIVE_DAYS: Param<Option<i64>> = Param::new(
    "InactiveDays",
    "Only whose last sign-in and last activity are at least so many days ago; not who never signed in, nor of whom it isn't known.",
);
pub(super) static NEVER_SIGNED_IN: Param<bool> = Param::new(
    "NeverSignedIn",
    "Only of whom an export says that they never signed in.",
);

/// Refuses to tell who is inactive where no export said when anybody signed in, and warns of those it said nothing of.
///
/// # Errors
/// `SignInsUnknown`.
pub fn check(call: &mut Call, tenant: &Tenant, args: &Args) -> Result<(), Flow> {
    let (name, span) = if args.get(&INACTIVE_DAYS).is_some() {
        ("-InactiveDays", args.span(&INACTIVE_DAYS))
    } else if args.get(&NEVER_SIGNED_IN) {
        ("-NeverSignedIn", args.span(&NEVER_SIGNED_IN))
    } else {
        return Ok(());
    };
    let users = tenant.users().iter().filter(|user| user.deleted.is_none());
    let (mut all, mut unknown) = (0_usize, 0_usize);
    for user in users {
        all += 1;
        unknown += usize::from(user.signed_in() == SignIn::Unknown);
    }
    let placed = |fault: Diagnostic| match span {
        Some(span) => fault.at(span),
        None => fault,
    };
    if all > 0 && unknown == all {
        return Err(placed(
            Diagnostic::new(
                "SignInsUnknown",
                Category::InvalidData,
                format!("{name} can't tell: no export of this tenant says when anybody signed in"),
            )
            .hint(EXPORT),
        )
        .into());
    }
    // Once for a pipe that brings the names one by one.
    if unknown > 0 && !args.piped() {
        let are = if unknown == 1 { "user is" } else { "users are" };
        call.warn(placed(
            Diagnostic::new(
                "SignInsUnknown",
                Category::InvalidData,
                format!("{unknown} {are} left out: no export says when they signed in"),
            )
            .hint(EXPORT),
        ))?;
    }
    Ok(())
}

const EXPORT: &str = "init from what Graph answers to /users?$select=id,userPrincipalName,…,signInActivity \
                      (AuditLog.Read.All, and a tenant with Entra ID P1); the CSV of the admin center has no sign-ins";
