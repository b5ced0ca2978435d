//! Cmdlets about groups, their members and their licenses.

mod add_group_license;
mod add_group_member;
mod get_group;
mod new_group;
mod remove_group;
mod remove_group_license;
mod remove_group_member;

use crate::command::{Decided, GroupName, Param, SkuName};
use crate::diagnostic::Diagnostic;
use crate::tenant::{Symbol, Tenant};

pub use add_group_license::ADD_GROUP_LICENSE;
pub use add_group_member::ADD_GROUP_MEMBER;
pub use get_group::GET_GROUP;
pub use new_group::NEW_GROUP;
pub use remove_group::REMOVE_GROUP;
pub use remove_group_license::REMOVE_GROUP_LICENSE;
pub use remove_group_member::REMOVE_GROUP_MEMBER;

/// The group that a change is about, which may come down the pipeline.
static GROUP: Param<GroupName> = Param::new("Group", "The group, by name or id.")
    .aliases(&["Identity", "GroupId", "GroupName", "Id", "Name"])
    .position(0)
    .by_value()
    .by_property();
/// The group whose members come down the pipeline.
static OF_GROUP: Param<GroupName> = Param::new("Group", "The group, by name or id.")
    .aliases(&["GroupId", "GroupName"])
    .position(0);
static SKU: Param<Vec<SkuName>> =
    Param::new("Sku", "The products: part number, GUID or display name.")
        .aliases(&["SkuPartNumber", "SkuId", "License"])
        .position(1);

/// Decides for one product after the other, each on the tenant as those before it leave it.
fn in_turn(
    tenant: &Tenant,
    skus: &[Symbol],
    decide: impl Fn(&Tenant, &Symbol) -> Result<Decided, Diagnostic>,
) -> Result<Decided, Diagnostic> {
    let Some((first, rest)) = skus.split_first() else {
        return Ok(Decided::default());
    };
    let mut decided = decide(tenant, first)?;
    if rest.is_empty() {
        return Ok(decided);
    }
    let mut then = tenant.clone();
    let mut applied = 0;
    for sku in rest {
        for change in &decided.changes[applied..] {
            then.apply(change)?;
        }
        applied = decided.changes.len();
        decided = decided.and(decide(&then, sku)?);
    }
    Ok(decided)
}
