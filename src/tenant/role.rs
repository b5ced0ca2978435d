//! Who may do what: directory roles and the permissions they carry (R1-R5).

use serde::{Deserialize, Serialize};

/// A directory role, by its display name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Role {
    #[serde(rename = "Global Administrator")]
    GlobalAdministrator,
    #[serde(rename = "License Administrator")]
    LicenseAdministrator,
    #[serde(rename = "User Administrator")]
    UserAdministrator,
    #[serde(rename = "Groups Administrator")]
    GroupsAdministrator,
    #[serde(rename = "Billing Administrator")]
    BillingAdministrator,
    #[serde(rename = "Global Reader")]
    GlobalReader,
    #[serde(rename = "Helpdesk Administrator")]
    HelpdeskAdministrator,
    #[serde(rename = "Password Administrator")]
    PasswordAdministrator,
    #[serde(rename = "Directory Readers")]
    DirectoryReaders,
    #[serde(rename = "Guest Inviter")]
    GuestInviter,
    #[serde(rename = "Message Center Reader")]
    MessageCenterReader,
    #[serde(rename = "Reports Reader")]
    ReportsReader,
    #[serde(rename = "Usage Summary Reports Reader")]
    UsageSummaryReportsReader,
    #[serde(rename = "Exchange Administrator")]
    ExchangeAdministrator,
    #[serde(rename = "Privileged Role Administrator")]
    PrivilegedRoleAdministrator,
}

/// What is done, in the words of a cmdlet's declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    /// Reading needs no role where nobody is signed in (R5).
    Read,
    /// Touches nothing of the tenant: Where-Object, Get-Help.
    None,
    AssignLicense,
    EditUser,
    DeleteUser,
    BlockSignIn,
    SetSeats,
    EditGroup,
    AssignGroupLicense,
    AssignRole,
    EditMailbox,
    /// The tenant's own settings: its clock, its retention runs.
    ManageTenant,
}
