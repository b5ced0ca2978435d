//! Rows about what was written down: the journal's entries, a save, a check, a comparison.

use crate::value::Shape;

/// A commit as the journal holds it: Get-Change.
pub static CHANGE: Shape = Shape {
    name: "Change",
    properties: &[
        "Change",
        "At",
        "By",
        "Users",
        "Command",
        "Script",
        "Changes",
        "Skus",
        "Reason",
        "Undoes",
        "Run",
        "TenantTime",
    ],
    columns: &["Change", "At", "By", "Users", "Command"],
};

/// A snapshot that was written: Save-Tenant.
pub static SAVE: Shape = Shape {
    name: "Save",
    properties: &["Path", "Outcome", "Change", "Users", "Bytes", "Reason"],
    columns: &["Path", "Outcome", "Change", "Users", "Bytes", "Reason"],
};

/// One thing that was checked: Test-Tenant.
pub static CHECK: Shape = Shape {
    name: "Check",
    properties: &["Check", "Result", "Detail"],
    columns: &["Check", "Result", "Detail"],
};

/// One thing in which two tenants differ: Compare-Tenant.
pub static DIFFERENCE: Shape = Shape {
    name: "Difference",
    properties: &[
        "Name",
        "Kind",
        "Difference",
        "Sku",
        "Property",
        "Was",
        "Now",
    ],
    columns: &["Name", "Difference", "Sku", "Property", "Was", "Now"],
};
