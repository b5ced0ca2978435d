//! A directory role of Graph's JSON, with who holds it where the page says so.

use super::record::Record;
use crate::interop::json;
use crate::tenant::Role;

pub(super) fn read(mut record: Record) {
    let name: Option<String> = record.text("displayName");
    record.name = format!("role {}", name.as_deref().unwrap_or("without a name"));
    let template = record.field("roleTemplateId", "no GUID", json::guid);
    let Some(role) = Role::of_directory(name.as_deref(), template) else {
        return record.unusable("it has neither a displayName nor a roleTemplateId");
    };
    let holders = record.members();
    if holders.is_empty() {
        record
            .tally("a role without members says nothing: /directoryRoles?$expand=members has them");
    }
    let holders = holders.into_iter().map(|user| (user, role));
    record.found.holders.extend(holders);
    record.used.extend(["id", "description"]);
    record.leave_out_the_rest();
}
