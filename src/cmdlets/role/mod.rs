//! Cmdlets about directory roles and who holds them.

mod add_role_member;
mod get_role;
mod remove_role_member;

use std::sync::Arc;

use crate::cmdlets::shared::find_user;
use crate::command::{Args, Decided, Names, Param, UserName};
use crate::diagnostic::Diagnostic;
use crate::tenant::Tenant;

pub use add_role_member::ADD_ROLE_MEMBER;
pub use get_role::GET_ROLE;
pub use remove_role_member::REMOVE_ROLE_MEMBER;

static ROLE: Param<Arc<str>> = Param::new("Role", "The role, by its display name.")
    .aliases(&["RoleName"])
    .naming(Names::Role)
    .position(0);

/// Gives a role to a user, or takes it.
fn hold(
    tenant: &Tenant,
    args: &Args,
    member: &'static Param<UserName>,
    held: bool,
) -> Result<Decided, Diagnostic> {
    let role = tenant.find_role(&args.get(&ROLE))?;
    let user = find_user(tenant, &args.get(member))?;
    let decision = tenant.set_role(user.id, role, held)?;
    Ok(Decided::about(tenant, &user.upn, decision))
}
