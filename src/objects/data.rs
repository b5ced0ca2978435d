//! What stands behind a user's licenses, as rows: mailbox, OneDrive, installed Office apps.

use jiff::Timestamp;

use crate::tenant::{
    Mailbox, MailboxState, OfficeState, OneDrive, OnedriveState, Tenant, User, needs_license,
};
use crate::value::{Record, Shape, Value};

/// A row for each mailbox: Get-Mailbox, Search-Mailbox.
pub static MAILBOX: Shape = Shape {
    name: "Mailbox",
    properties: &[
        "UserPrincipalName",
        "State",
        "Type",
        "SizeMB",
        "LitigationHold",
        "Searchable",
        "KeptUntil",
        "Archive",
        "ForwardsTo",
        "NeedsLicense",
        "DisplayName",
    ],
    columns: &[
        "UserPrincipalName",
        "State",
        "SizeMB",
        "LitigationHold",
        "Searchable",
        "KeptUntil",
    ],
};

/// A row for each OneDrive: Get-OneDrive.
pub static ONEDRIVE: Shape = Shape {
    name: "OneDrive",
    properties: &[
        "UserPrincipalName",
        "State",
        "SizeMB",
        "ReadOnlyFrom",
        "ArchivedFrom",
        "KeptUntil",
        "DisplayName",
    ],
    columns: &[
        "UserPrincipalName",
        "State",
        "SizeMB",
        "ReadOnlyFrom",
        "ArchivedFrom",
        "KeptUntil",
    ],
};

/// A row for each user with installed Office apps: Get-OfficeActivation.
pub static OFFICE_ACTIVATION: Shape = Shape {
    name: "OfficeActivation",
    properties: &[
        "UserPrincipalName",
        "Devices",
        "State",
        "Functionality",
        "DisplayName",
    ],
    columns: &["UserPrincipalName", "Devices", "State", "Functionality"],
};

/// A user's mailbox as it stands; none where there never was one.
pub fn mailbox(tenant: &Tenant, user: &User, now: Timestamp) -> Option<Record> {
    let state = tenant.mailbox_state(user, now);
    if state == MailboxState::None {
        return None;
    }
    let known = user.data.as_ref().and_then(|data| data.mailbox.as_ref());
    let none = Mailbox::default();
    let mailbox = known.unwrap_or(&none);
    Some(Record::new(
        &MAILBOX,
        vec![
            Value::from(&*user.upn),
            mailbox_state(state).into(),
            if mailbox.shared { "Shared" } else { "Regular" }.into(),
            match state {
                MailboxState::Deleted => Value::Null,
                _ => size(mailbox.size_mb),
            },
            mailbox.litigation_hold.into(),
            state.is_searchable(known).into(),
            kept_until(state)
                .or_else(|| tenant.mailbox_held_until(mailbox))
                .filter(|_| state != MailboxState::Deleted)
                .into(),
            mailbox.archive.into(),
            mailbox.forwards_to.as_deref().map(Value::from).into(),
            (!mailbox.shared || needs_license(mailbox)).into(),
            Value::from(&*user.display_name),
        ],
    ))
}

pub fn mailbox_state(state: MailboxState) -> &'static str {
    match state {
        MailboxState::None => "None",
        MailboxState::Active => "Active",
        MailboxState::Disconnected { .. } => "Disconnected",
        MailboxState::SoftDeleted { .. } => "SoftDeleted",
        MailboxState::Inactive => "Inactive",
        MailboxState::Deleted => "Deleted",
    }
}

/// When its content is deleted, if that is certain.
fn kept_until(state: MailboxState) -> Option<Timestamp> {
    match state {
        MailboxState::Disconnected { until } => until,
        MailboxState::SoftDeleted { until } => Some(until),
        _ => None,
    }
}

/// A user's OneDrive as it stands; none where there never was one.
pub fn onedrive(tenant: &Tenant, user: &User, now: Timestamp) -> Option<Record> {
    let state = tenant.onedrive_state(user, now);
    let (name, read_only, archived, until) = match state {
        OnedriveState::None => return None,
        OnedriveState::Active => ("Active", None, None, None),
        OnedriveState::Unlicensed {
            read_only,
            archived,
        } => ("Unlicensed", Some(read_only), Some(archived), None),
        OnedriveState::ReadOnly { archived } => ("ReadOnly", None, Some(archived), None),
        OnedriveState::Archived => ("Archived", None, None, None),
        OnedriveState::Retained { until } => ("Retained", None, None, Some(until)),
        OnedriveState::RecycleBin { until } => ("RecycleBin", None, None, Some(until)),
        OnedriveState::Deleted => ("Deleted", None, None, None),
    };
    let known = user.data.as_ref().and_then(|data| data.onedrive.as_ref());
    Some(Record::new(
        &ONEDRIVE,
        vec![
            Value::from(&*user.upn),
            name.into(),
            size(known.map_or(0, |drive: &OneDrive| drive.size_mb)),
            read_only.into(),
            archived.into(),
            until.into(),
            Value::from(&*user.display_name),
        ],
    ))
}

/// What a user's installed Office apps say; none where none are installed (R32).
pub fn office_activation(tenant: &Tenant, user: &User, now: Timestamp) -> Option<Record> {
    let (state, functionality) = match tenant.office_state(user, now) {
        OfficeState::NotInstalled => return None,
        OfficeState::Licensed => ("Licensed", "Full"),
        OfficeState::ReducedFunctionality => ("Reduced Functionality", "View and print"),
        OfficeState::UnlicensedProduct => ("Unlicensed Product", "View and print"),
    };
    let devices = user.data.as_ref().map_or(0, |data| data.office_devices);
    Some(Record::new(
        &OFFICE_ACTIVATION,
        vec![
            Value::from(&*user.upn),
            devices.into(),
            state.into(),
            functionality.into(),
            Value::from(&*user.display_name),
        ],
    ))
}

fn size(mb: u64) -> Value {
    i64::try_from(mb).unwrap_or(i64::MAX).into()
}
