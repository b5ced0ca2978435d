//! What Microsoft's modules call the properties that have another name here.

/// Our names, and how they are called there.
const PROPERTIES: &[(&str, &[&str])] = &[
    ("UserPrincipalName", &["UPN", "SignInName", "LoginName"]),
    ("Enabled", &["AccountEnabled", "BlockCredential"]),
    (
        "Licenses",
        &["AssignedLicenses", "IsLicensed", "LicenseDetails"],
    ),
    ("Synced", &["OnPremisesSyncEnabled", "DirSyncEnabled"]),
    ("Created", &["CreatedDateTime", "WhenCreated"]),
    ("Deleted", &["DeletedDateTime", "SoftDeletionTimestamp"]),
    (
        "LastSignIn",
        &[
            "SignInActivity",
            "LastSignInDateTime",
            "LastLogonDate",
            "ApproximateLastSignInDateTime",
        ],
    ),
    ("Office", &["OfficeLocation", "PhysicalDeliveryOfficeName"]),
    ("JobTitle", &["Title"]),
    ("GivenName", &["FirstName"]),
    ("Surname", &["LastName", "sn"]),
    (
        "Mail",
        &["EmailAddress", "PrimarySmtpAddress", "WindowsEmailAddress"],
    ),
    ("Groups", &["MemberOf"]),
    ("Id", &["ObjectId", "ExternalDirectoryObjectId", "Guid"]),
    ("Name", &["DisplayName"]),
    ("Consumed", &["ConsumedUnits"]),
    ("Seats", &["ActiveUnits", "PrepaidUnits"]),
    ("Warning", &["WarningUnits"]),
    ("Suspended", &["SuspendedUnits"]),
    ("Status", &["CapabilityStatus"]),
    ("SkuPartNumber", &["AccountSkuId", "AccountSku"]),
    ("Sku", &["SkuPartNumber", "SkuId", "AccountSkuId"]),
    ("ServicePlan", &["ServicePlanName"]),
    ("Enabled", &["ProvisioningStatus"]),
    ("Type", &["RecipientTypeDetails", "RecipientType"]),
];

/// The cure for a property that is called so elsewhere and that an object has under another name.
pub fn property_hint<'a>(
    name: &str,
    own: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<String> {
    let means = |names: &[&str]| names.iter().any(|other| other.eq_ignore_ascii_case(name));
    PROPERTIES
        .iter()
        .filter(|(_, names)| means(names))
        .find(|(here, _)| own.clone().into_iter().any(|own| own == *here))
        .map(
            |(here, _)| match name.eq_ignore_ascii_case("BlockCredential") {
                true => format!("here it is {here}, the other way round"),
                false => format!("here it is {here}"),
            },
        )
}
