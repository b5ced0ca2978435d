//! Cmdlets about what stands behind licenses: mailboxes, OneDrives, installed Office apps.

mod get_mailbox;
mod get_office_activation;
mod get_one_drive;
mod search_mailbox;
mod set_mailbox;

pub use get_mailbox::GET_MAILBOX;
pub use get_office_activation::GET_OFFICE_ACTIVATION;
pub use get_one_drive::GET_ONE_DRIVE;
pub use search_mailbox::SEARCH_MAILBOX;
pub use set_mailbox::SET_MAILBOX;

use std::sync::Arc;

use crate::cmdlets::shared::{USER_NAMES, find_user};
use crate::command::{Args, Call, Flow, Param, UserName};
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::{Tenant, User};
use crate::value::{Record, Value};
use crate::wildcard::{Wildcard, is_pattern};

/// Whose data it is; the data of deleted users is found too.
static USERS: Param<Option<Vec<UserName>>> = Param::new(
    "User",
    "Users by UPN or id, deleted ones too; wildcards match UPN and display name.",
)
.aliases(USER_NAMES)
.position(0)
.by_value()
.by_property();

/// Writes a row for each user who has the thing and is meant; a user who is named and lacks it is an error.
fn write_each(
    call: &mut Call,
    args: &Args,
    lacks: &str,
    row: impl Fn(&Tenant, &User) -> Option<Record>,
) -> Result<(), Flow> {
    let tenant = call.tenant();
    let Some(names) = args.get(&USERS) else {
        return write_all(call, &tenant, row, |_| true);
    };
    for name in &names {
        if is_pattern(&name.text) {
            let pattern = Wildcard::new(&name.text);
            write_all(call, &tenant, &row, |user| {
                pattern.matches(&user.upn) || pattern.matches(&user.display_name)
            })?;
            continue;
        }
        let one = names.len() == 1 && !args.piped();
        let found = living_or_dead(&tenant, name).map(|user| (user, row(&tenant, user)));
        match found {
            Ok((_, Some(record))) => {
                if one {
                    call.is_exact();
                }
                call.write(Value::object(record))?;
            }
            // Of users who came down the pipeline nobody said that they have it.
            Ok((_, None)) if name.id.is_some() => {}
            Ok((user, None)) => call.fail(
                Diagnostic::new(
                    "DataNotFound",
                    Category::NotFound,
                    format!("{} has {lacks}", user.upn),
                )
                .about(&*user.upn),
            )?,
            Err(fault) if one => return Err(fault.into()),
            Err(fault) => call.fail(fault)?,
        }
    }
    Ok(())
}

fn write_all(
    call: &mut Call,
    tenant: &Tenant,
    row: impl Fn(&Tenant, &User) -> Option<Record>,
    meant: impl Fn(&User) -> bool,
) -> Result<(), Flow> {
    for (index, user) in tenant.users().iter().enumerate() {
        if index % 4096 == 0 {
            call.check_interrupt()?;
        }
        if meant(user)
            && let Some(record) = row(tenant, user)
        {
            call.write(Value::object(record))?;
        }
    }
    Ok(())
}

/// The user of this name, else the one deleted last who had it.
fn living_or_dead<'t>(tenant: &'t Tenant, name: &UserName) -> Result<&'t Arc<User>, Diagnostic> {
    find_user(tenant, name)
        .or_else(|refusal| tenant.find_deleted_user(&name.text).map_err(|_| refusal))
}
