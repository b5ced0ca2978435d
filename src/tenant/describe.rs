//! A change in one sentence, as -WhatIf, -Confirm and the audit say it: `remove Office 365 E3 from anna@contoso.com`.

use std::fmt;

use uuid::Uuid;

use super::license_edit::describe_switch;
use super::lookup::join;
use super::{Change, DataKind, Mailbox, OneDrive, Subscription, Symbol, Tenant, UserFields};

/// With ids and keys alone; [`Tenant::describe`] says names.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&sentence(self, Names(None)))
    }
}

impl Tenant {
    /// The change in one sentence without a full stop, with the names that its things have in this tenant.
    pub fn describe(&self, change: &Change) -> String {
        sentence(change, Names(Some(self)))
    }
}

impl Change {
    pub fn describe(&self, tenant: &Tenant) -> String {
        tenant.describe(self)
    }
}

#[derive(Clone, Copy)]
struct Names<'a>(Option<&'a Tenant>);

impl Names<'_> {
    fn user(self, id: &Uuid) -> String {
        match self.0.and_then(|tenant| tenant.user(*id)) {
            Some(user) => user.upn.to_string(),
            None => format!("user {id}"),
        }
    }

    fn group(self, id: &Uuid) -> String {
        match self.0.and_then(|tenant| tenant.group(*id)) {
            Some(group) => format!("group {}", group.name),
            None => format!("group {id}"),
        }
    }

    fn sku(self, sku: &Symbol) -> String {
        match self.0 {
            Some(tenant) => tenant.title(sku),
            None => sku.to_string(),
        }
    }

    fn through(self, group: &Option<Uuid>) -> String {
        match group {
            Some(group) => format!(" through the {}", self.group(group)),
            None => String::new(),
        }
    }
}

fn sentence(change: &Change, names: Names<'_>) -> String {
    use Change::*;
    match change {
        LicenseAssigned {
            user,
            sku,
            group,
            disabled,
            error,
        } => format!(
            "assign {} to {}{}{}{}",
            names.sku(sku),
            names.user(user),
            names.through(group),
            without(disabled),
            match error {
                Some(error) => format!(", in error ({error:?})"),
                None => String::new(),
            }
        ),
        LicenseRemoved {
            user, sku, group, ..
        } => format!(
            "remove {} from {}{}",
            names.sku(sku),
            names.user(user),
            names.through(group)
        ),
        PlansSwitched {
            user,
            sku,
            group,
            was,
            now,
        } => format!(
            "switch plans of {} for {}{}: {}",
            names.sku(sku),
            names.user(user),
            names.through(group),
            describe_switch(was, now)
        ),
        LicenseErrorChanged {
            user,
            sku,
            group,
            now,
            ..
        } => format!(
            "{} {} for {}{}",
            match now {
                Some(error) => format!("record the error {error:?} of"),
                None => "clear the error of".to_string(),
            },
            names.sku(sku),
            names.user(user),
            names.through(&Some(*group))
        ),
        UserAdded { now } => format!("create the user {} ({})", now.upn, now.display_name),
        UserPurged { was } => format!("delete {} for good", was.upn),
        UserEdited { user, was, now } => {
            format!("edit {}: {}", names.user(user), edits(was, now))
        }
        UserDeleted { user, .. } => format!("delete {}", names.user(user)),
        UserRestored { user, .. } => format!("restore {}", names.user(user)),
        SignInBlocked { user } => format!("block the sign-in of {}", names.user(user)),
        SignInAllowed { user } => format!("allow the sign-in of {}", names.user(user)),
        SessionsRevoked {
            user, now: Some(_), ..
        } => format!("revoke the sessions of {}", names.user(user)),
        SessionsRevoked { user, .. } => {
            format!(
                "take back the revocation of the sessions of {}",
                names.user(user)
            )
        }
        RoleAssigned { user, role } => format!("give {} the role {role}", names.user(user)),
        RoleRemoved { user, role } => {
            format!("take the role {role} from {}", names.user(user))
        }
        GroupAdded { now } => format!("create the group {}", now.name),
        GroupRemoved { was } => format!("delete the group {}", was.name),
        GroupLicenseAssigned {
            group,
            sku,
            disabled,
        } => format!(
            "assign {} to the {}{}",
            names.sku(sku),
            names.group(group),
            without(disabled)
        ),
        GroupLicenseRemoved { group, sku, .. } => {
            format!("remove {} from the {}", names.sku(sku), names.group(group))
        }
        MemberAdded { group, user } => {
            format!("add {} to the {}", names.user(user), names.group(group))
        }
        MemberRemoved { group, user } => {
            format!(
                "take {} out of the {}",
                names.user(user),
                names.group(group)
            )
        }
        ProductAdded { now } => format!("add the product {} ({})", now.name, now.part_number()),
        ProductRemoved { was } => {
            format!("remove the product {} ({})", was.name, was.part_number())
        }
        ProductEdited { now, .. } => format!("edit the product {}", now.name),
        SubscriptionChanged { sku, was, now, .. } => {
            format!("{} of {}", subscription(was, now), names.sku(sku))
        }
        DataClockStarted { user, data, .. } => format!(
            "disconnect the {} of {}",
            join(data.iter().map(kind)),
            names.user(user)
        ),
        DataClockStopped { user, data, .. } => format!(
            "reconnect the {} of {}",
            join(data.iter().map(kind)),
            names.user(user)
        ),
        MailboxChanged { user, was, now } => mailbox(was, now, &names.user(user)),
        OnedriveChanged { user, was, now } => {
            format!("{} of {}", onedrive(was, now), names.user(user))
        }
        PhoneNumberReleased { user, was } => {
            format!("release the phone number {was} of {}", names.user(user))
        }
        PhoneNumberAssigned { user, now } => {
            format!("give {} the phone number {now}", names.user(user))
        }
        ClockMoved { now: 0, .. } => "take the tenant's clock back to real time".to_string(),
        ClockMoved { was, now } => format!(
            "move the tenant's clock by {} to {} ahead of real time",
            span(now.saturating_sub(*was)),
            span(*now)
        ),
        OrganisationEdited { now, .. } => format!("change the settings of {}", now.name),
    }
}

/// Seconds in the largest unit that they are a whole number of.
fn span(seconds: i64) -> String {
    let (count, unit) = match seconds {
        _ if seconds % 86_400 == 0 => (seconds / 86_400, "day"),
        _ if seconds % 3_600 == 0 => (seconds / 3_600, "hour"),
        _ => (seconds, "second"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

fn without(disabled: &[Symbol]) -> String {
    if disabled.is_empty() {
        String::new()
    } else {
        format!(" without {}", join(disabled))
    }
}

fn kind(data: &DataKind) -> &'static str {
    match data {
        DataKind::Mailbox => "mailbox",
        DataKind::OneDrive => "OneDrive",
    }
}

fn edits(was: &UserFields, now: &UserFields) -> String {
    let mut list = Vec::new();
    macro_rules! edit {
        ($($field:ident $name:literal)*) => {$(
            if was.$field != now.$field {
                list.push(match &now.$field {
                    Some(value) => format!(concat!($name, " {}"), value),
                    None => concat!("no ", $name).to_string(),
                });
            }
        )*};
    }
    edit!(upn "UPN" display_name "display name" given_name "given name" surname "surname" mail "mail"
        job_title "job title" department "department" office "office" city "city" country "country"
        usage_location "usage location");
    if was.kind != now.kind {
        list.push("kind".to_string());
    }
    for (name, value) in now.extra.iter() {
        match value.text() {
            Some(text) => list.push(format!("{name} {text}")),
            None => list.push(name.to_string()),
        }
    }
    let gone = was
        .extra
        .iter()
        .filter(|own| now.extra.get(&own.0).is_none());
    list.extend(gone.map(|(name, _)| format!("no {name}")));
    join(list)
}

fn subscription(was: &Option<Subscription>, now: &Option<Subscription>) -> String {
    match (was, now) {
        (None, Some(now)) => format!("buy {} seats", now.seats),
        (Some(was), None) => format!("end the subscription for {} seats", was.seats),
        (Some(was), Some(now)) if was.seats != now.seats => {
            format!("change the seats from {} to {}", was.seats, now.seats)
        }
        (Some(was), Some(now)) if was.status != now.status => {
            format!(
                "turn the subscription from {:?} to {:?}",
                was.status, now.status
            )
        }
        _ => "change the renewal".to_string(),
    }
}

fn mailbox(was: &Mailbox, now: &Mailbox, of: &str) -> String {
    if was.deleted.is_none() && now.deleted.is_some() {
        return format!("delete the content of the mailbox of {of}");
    }
    let began_anew = *now == Mailbox::default();
    if began_anew && (was.deleted.is_some() || was.disconnected.is_some()) {
        return format!("begin an empty mailbox of {of}");
    }
    if was.litigation_hold.is_none() && now.litigation_hold.is_some() {
        return format!("place a litigation hold on the mailbox of {of}");
    }
    if was.litigation_hold.is_some() && now.litigation_hold.is_none() {
        return format!("lift the litigation hold on the mailbox of {of}");
    }
    if was.shared != now.shared {
        let kind = if now.shared { "shared" } else { "regular" };
        return format!("turn the mailbox of {of} into a {kind} one");
    }
    if was.forwards_to != now.forwards_to {
        return match &now.forwards_to {
            Some(to) => format!("forward the mail of {of} to {to}"),
            None => format!("stop forwarding the mail of {of}"),
        };
    }
    format!("change the mailbox of {of}")
}

fn onedrive(was: &OneDrive, now: &OneDrive) -> String {
    if was.deleted.is_none() && now.deleted.is_some() {
        return "delete the OneDrive".to_string();
    }
    "change the OneDrive".to_string()
}
