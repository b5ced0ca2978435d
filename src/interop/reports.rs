//! Tables about mailboxes, OneDrives and installed apps: `Get-Mailbox | Export-Csv`, and the CSVs of the usage reports.

use std::collections::HashMap;

use jiff::Timestamp;
use uuid::Uuid;

use super::parsed::{Found, FoundReport, FoundUser};
use super::table::{Row, Table};
use crate::files::Text;
use crate::tenant::{Activity, UserData};
use crate::value;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `Get-Mailbox` and `Get-EXOMailbox`.
    Mailboxes,
    MailboxUsage,
    OneDriveUsage,
    Activations,
}

const USER: &[&str] = &["User Principal Name", "Owner Principal Name"];
const SIZE: &[&str] = &["Storage Used (Byte)"];
const LAST: &[&str] = &["Last Activity Date"];

/// What a table is, by the columns that only one kind has.
pub(super) fn kind(table: &Table) -> Option<Kind> {
    let has = |name| table.column(&[name]).is_some();
    if has("RecipientTypeDetails") {
        Some(Kind::Mailboxes)
    } else if !has("Report Refresh Date") {
        None
    } else if has("Owner Principal Name") {
        Some(Kind::OneDriveUsage)
    } else if has("Last Activated Date") {
        Some(Kind::Activations)
    } else if has("Storage Used (Byte)") {
        Some(Kind::MailboxUsage)
    } else {
        None
    }
}

pub(super) fn read(text: &Text, kind: Kind, table: &Table, found: &mut Found) {
    let user = match kind {
        Kind::Mailboxes => table.column(&["ExternalDirectoryObjectId"]),
        _ => None,
    };
    let user = (
        user,
        table.column(USER),
        table.column(&["PrimarySmtpAddress"]),
    );
    let rows = table.rows(found);
    let mut concealed = 0;
    let mut made: HashMap<Box<str>, usize> = HashMap::new();
    for row in &rows {
        let name = [user.0, user.1, user.2]
            .into_iter()
            .find_map(|column| row.cell(column));
        let Some(name) = name else {
            found.unused(row.place, "a row", "it names no user");
            continue;
        };
        if kind != Kind::Mailboxes && is_concealed(name) {
            concealed += 1;
            continue;
        }
        let mut report = FoundReport {
            user: name.into(),
            data: UserData::default(),
            last_used: row.cell(table.column(LAST)).and_then(value::time),
        };
        let size = row
            .cell(table.column(SIZE))
            .and_then(|cell| cell.parse::<u64>().ok());
        match kind {
            Kind::Mailboxes => mailbox(row, table, &mut report, found),
            Kind::MailboxUsage => {
                let own = report.data.mailbox.get_or_insert_default();
                own.size_mb = size.unwrap_or_default() / MB;
                own.archive = is_true(row.cell(table.column(&["Has Archive"])));
            }
            Kind::OneDriveUsage => {
                let own = report.data.onedrive.get_or_insert_default();
                own.size_mb = size.unwrap_or_default() / MB;
            }
            Kind::Activations => {
                let devices = ["Windows", "Mac", "Windows 10 Mobile", "iOS", "Android"]
                    .iter()
                    .filter_map(|name| row.cell(table.column(&[name]))?.parse::<u32>().ok());
                report.data.office_devices = devices.sum();
                // One row for each product of a user.
                if let Some(index) = made.get(&report.user) {
                    let first: &mut FoundReport = &mut found.reports[*index];
                    let devices = &mut first.data.office_devices;
                    *devices = devices.saturating_add(report.data.office_devices);
                    continue;
                }
            }
        }
        made.insert(report.user.clone(), found.reports.len());
        found.reports.push(report);
    }
    if concealed > 0 {
        found.notice(format!(
            "{} of {} rows of {} have concealed names and can't be used: show names in the Microsoft 365 admin center, \
             Settings > Org settings > Reports, and export the report again",
            concealed,
            rows.len(),
            text.name()
        ));
    }
}

const MB: u64 = 1 << 20;

/// A usage report shows a hash in the place of a name, where the tenant conceals them.
fn is_concealed(name: &str) -> bool {
    name.len() == 32 && name.bytes().all(|b| b.is_ascii_hexdigit())
}

fn is_true(cell: Option<&str>) -> bool {
    cell.is_some_and(|cell| cell.eq_ignore_ascii_case("true"))
}

fn mailbox(row: &Row, table: &Table, report: &mut FoundReport, found: &mut Found) {
    let cell = |name| row.cell(table.column(&[name]));
    let own = report.data.mailbox.get_or_insert_default();
    let kind = cell("RecipientTypeDetails").unwrap_or_default();
    own.shared = kind.eq_ignore_ascii_case("SharedMailbox");
    if !own.shared && !kind.eq_ignore_ascii_case("UserMailbox") {
        found.tally(
            "a mailbox that is neither a user's nor shared counts as a user's",
            &report.user,
        );
    }
    let empty_id = "00000000-0000-0000-0000-000000000000";
    own.archive = match cell("ArchiveStatus") {
        Some(status) => !status.eq_ignore_ascii_case("None"),
        None => cell("ArchiveGuid").is_some_and(|id| id != empty_id),
    };
    let since = cell("LitigationHoldDate").and_then(super::user_csv::time);
    let is_held = is_true(cell("LitigationHoldEnabled"));
    if is_held {
        own.litigation_hold = Some(since.unwrap_or_else(|| {
            found.tally(
                "a litigation hold without a date counts as placed long ago",
                &report.user,
            );
            Timestamp::UNIX_EPOCH
        }));
    }
    // Export-Csv writes the type of a list that holds several.
    let holds = cell("InPlaceHolds").filter(|cell| !cell.starts_with("System."));
    if !is_held && holds.is_some() {
        found.tally(
            "a hold of a retention policy or a case is not known here: only litigation holds are",
            &report.user,
        );
    }
    own.forwards_to = cell("ForwardingSmtpAddress")
        .or_else(|| cell("ForwardingAddress"))
        .map(|to| to.trim_start_matches("smtp:").into());
    own.size_mb = cell("TotalItemSize").and_then(size).unwrap_or_default() / MB;
}

/// The bytes of `1.2 GB (1,288,490,189 bytes)`.
fn size(cell: &str) -> Option<u64> {
    let (_, bytes) = cell.split_once('(')?;
    let digits: String = bytes.chars().filter(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Gives the users what the reports say of them.
pub(super) fn join(users: &mut [FoundUser], found: &mut Found) {
    let reports = std::mem::take(&mut found.reports);
    if reports.is_empty() {
        return;
    }
    let mut places: HashMap<String, usize> = HashMap::new();
    for (place, item) in users.iter().enumerate() {
        let user = &item.user;
        if user.deleted.is_some() {
            continue;
        }
        places.insert(user.id.to_string(), place);
        places.insert(user.upn.to_lowercase(), place);
        if let Some(mail) = &user.mail {
            places.entry(mail.to_lowercase()).or_insert(place);
        }
    }
    for report in reports {
        let name = report.user.to_lowercase();
        let name = Uuid::try_parse(&name).map_or(name, |id| id.to_string());
        let Some(item) = places.get(&name).and_then(|place| users.get_mut(*place)) else {
            found.tally(
                "a mailbox, OneDrive or activation of one who is not among the users was left out",
                &report.user,
            );
            continue;
        };
        let data = item.user.data.get_or_insert_default();
        if let Some(new) = report.data.mailbox {
            match &mut data.mailbox {
                // A report on usage and Get-Mailbox know different things.
                Some(own) => {
                    own.size_mb = own.size_mb.max(new.size_mb);
                    own.shared |= new.shared;
                    own.archive |= new.archive;
                    own.litigation_hold = own.litigation_hold.or(new.litigation_hold);
                    if own.forwards_to.is_none() {
                        own.forwards_to = new.forwards_to;
                    }
                }
                none => *none = Some(new),
            }
        }
        if report.data.onedrive.is_some() {
            data.onedrive = report.data.onedrive;
        }
        data.office_devices = data.office_devices.max(report.data.office_devices);
        if let Some(used) = report.last_used {
            let activity = item
                .user
                .activity
                .get_or_insert_with(|| Box::new(Activity::default()));
            activity.last_used = activity.last_used.max(Some(used.into()));
        }
    }
}
