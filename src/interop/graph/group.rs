//! A group of Graph's JSON, with the licenses it gives its members where the page says so.

use super::record::{Record, word};
use crate::interop::parsed::FoundGroup;
use crate::tenant::Symbol;

/// How many members `$expand` gives at most.
const FEW: usize = 20;

pub(super) fn read(mut record: Record) {
    let name: Option<String> = record.text("displayName");
    record.name = format!("group {}", name.as_deref().unwrap_or("without a name"));
    let Some(id) = record.id("id") else {
        return;
    };
    let told = record.has("assignedLicenses");
    let licenses = record.licenses("assignedLicenses");
    let rule = record.text("membershipRule");
    let kinds = record.items("groupTypes");
    let dynamic = kinds
        .iter()
        .any(|kind| word::<String>(kind).is_some_and(|kind| kind == "DynamicMembership"));
    let synced = record.boolean("onPremisesSyncEnabled").unwrap_or_default();
    let group = FoundGroup {
        place: record.place(),
        id,
        name: name.as_deref().map(Symbol::new),
        membership_rule: rule.or_else(|| dynamic.then(|| "(unknown)".into())),
        synced,
        licenses: told.then_some(licenses),
    };
    let members = record.members();
    if members.len() == FEW {
        record
            .tally("a group shows exactly 20 members, as many as Graph expands: it may have more");
    }
    let of_group = members.into_iter().map(|user| (user, id));
    record.found.members.extend(of_group);
    record.found.groups.push(group);
    record.leave_out_the_rest();
}
