//! What fingers type that know other shells and Microsoft's own modules, and what does it here.

use super::cmdlet::Cmdlet;

/// Names from elsewhere that no cmdlet declares in `graph`, and what is typed here in their place.
const COMMANDS: &[(&[&str], &str)] = &[
    // Other shells.
    (&["head"], "Select-Object -First 10"),
    (&["tail"], "Select-Object -Last 10"),
    (
        &["grep", "sls", "Select-String"],
        "Where-Object DisplayName -match text",
    ),
    (&["wc"], "Measure-Object"),
    (&["uniq"], "Select-Object -Unique"),
    (&["cut"], "Select-Object with the names of properties"),
    (&["cat", "gc", "type"], "Get-Content FILE"),
    (&["echo", "print"], "Write-Output TEXT"),
    (&["help", "man"], "Get-Help NAME"),
    (&["history", "h"], "Get-History"),
    (
        &["quit", "bye", "logout", ":q"],
        "exit() in a script, exit or Ctrl-D in the shell",
    ),
    (&["exit"], "exit() or exit(CODE)"),
    (&["gm"], "Get-Member"),
    (
        &["undo", "rollback", "Undo-Transaction"],
        "Undo-Change NUMBER; Get-Change has the numbers",
    ),
    (&["gcm"], "Get-Command"),
    (&["ipcsv"], "Import-Csv FILE"),
    (
        &[
            "where", "select", "sort", "group", "measure", "foreach", "ft", "fl",
        ],
        "behind a bar: Get-User | …",
    ),
    // PowerShell itself.
    (&["New-Object"], "a map: @{ Name = value }"),
    (
        &["Read-Host"],
        "a parameter of the script: let name = param(\"Name\")",
    ),
    (&["Clear-Host"], "clear"),
    (&["Set-Content", "Add-Content"], "Out-File FILE"),
    (
        &["Compare-Object"],
        "Compare-Tenant for two states; Where-Object … -in for two lists",
    ),
    // Microsoft's modules.
    (
        &[
            "Invoke-MgGraphRequest",
            "Invoke-GraphRequest",
            "Invoke-RestMethod",
            "Invoke-WebRequest",
        ],
        "one cmdlet for each thing: Get-User, Get-Subscription, Get-Group",
    ),
    (
        &[
            "Get-MgOrganization",
            "Get-MsolCompanyInformation",
            "Get-AzureADTenantDetail",
        ],
        "Get-Tenant",
    ),
    (&["Get-MgUserCount"], "(Get-User).Count"),
    (
        &["Set-ADUser"],
        "Set-User; Block-User and Unblock-User for the sign-in",
    ),
    (
        &[
            "Restore-MgDirectoryDeletedItem",
            "Restore-MsolUser",
            "Restore-AzureADMSDeletedDirectoryObject",
        ],
        "Restore-User",
    ),
    (
        &[
            "Get-MgDirectoryDeletedItemAsUser",
            "Get-MgDirectoryDeletedItem",
            "Get-AzureADMSDeletedDirectoryObject",
        ],
        "Get-User -Deleted",
    ),
    (&["Disable-ADAccount"], "Block-User"),
    (&["Enable-ADAccount"], "Unblock-User"),
    (
        &["Get-MsolSubscription", "Get-MgDirectorySubscription"],
        "Get-Subscription",
    ),
    (
        &["Set-MgGroupLicense", "Set-EntraGroupLicense"],
        "Add-GroupLicense -Group NAME -Sku SKU, or Remove-GroupLicense",
    ),
    (
        &["Invoke-MgLicenseUser", "Redo-MsolProvisionUser"],
        "Update-License -User UPN",
    ),
    (
        &["Get-MgGroupTransitiveMember", "Get-ADGroupMember"],
        "Get-User -Group NAME",
    ),
    (
        &[
            "Get-MgUserMemberOf",
            "Get-AzureADUserMembership",
            "Get-MgUserTransitiveMemberOf",
            "Get-EntraUserGroup",
        ],
        "(Get-User UPN).Groups",
    ),
    (
        &[
            "New-MgGroupMemberByRef",
            "Add-MsolGroupMember",
            "Add-AzureADGroupMember",
        ],
        "Add-GroupMember",
    ),
    (
        &[
            "Remove-MgGroupMemberByRef",
            "Remove-MgGroupMemberDirectoryObjectByRef",
            "Remove-MsolGroupMember",
            "Remove-AzureADGroupMember",
        ],
        "Remove-GroupMember",
    ),
    (&["Get-MgGroupMemberWithLicenseError"], "Get-User -HasError"),
    (
        &[
            "Get-MgDirectoryRole",
            "Get-MsolRole",
            "Get-AzureADDirectoryRole",
            "Get-MgRoleManagementDirectoryRoleAssignment",
        ],
        "Get-Role",
    ),
    (
        &[
            "Get-MgDirectoryRoleMember",
            "Get-MsolRoleMember",
            "Get-AzureADDirectoryRoleMember",
        ],
        "Get-Role, whose Members are there",
    ),
    (
        &[
            "New-MgDirectoryRoleMemberByRef",
            "Add-MsolRoleMember",
            "Add-AzureADDirectoryRoleMember",
        ],
        "Add-RoleMember",
    ),
    (
        &[
            "Remove-MgDirectoryRoleMemberByRef",
            "Remove-MsolRoleMember",
            "Remove-AzureADDirectoryRoleMember",
        ],
        "Remove-RoleMember",
    ),
    (
        &[
            "Search-UnifiedAuditLog",
            "Get-MgAuditLogDirectoryAudit",
            "Get-AzureADAuditDirectoryLogs",
        ],
        "Get-Change",
    ),
    (
        &["Get-MgAuditLogSignIn"],
        "the property LastSignIn of Get-User, or Get-User -InactiveDays 90",
    ),
    (&["Get-SPOSite"], "Get-OneDrive"),
    (
        &[
            "Get-EXOMailbox",
            "Get-EXOMailboxStatistics",
            "Get-MailboxStatistics",
            "Get-Recipient",
        ],
        "Get-Mailbox",
    ),
    (
        &[
            "Get-MgReportOffice365ActivationUserDetail",
            "Get-MgReportOffice365ActivationsUserDetail",
        ],
        "Get-OfficeActivation",
    ),
    (
        &["New-ComplianceSearch", "Start-ComplianceSearch"],
        "Search-Mailbox",
    ),
];

/// Names from elsewhere that nothing has to take the place of, and why.
const NEEDLESS: &[(&[&str], &str)] = &[
    (
        &["less", "more"],
        "what is taller than the screen goes through $PAGER by itself",
    ),
    (
        &[
            "ls",
            "dir",
            "pwd",
            "cd",
            "git",
            "m365",
            "gam",
            "az",
            "pwsh",
            "powershell",
            "sudo",
        ],
        "files and other programs are for another window; Get-Command lists what there is",
    ),
    (
        &["Get-Module", "Select-MgProfile", "Set-ExecutionPolicy"],
        "not needed: every cmdlet is there from the start",
    ),
    (
        &["Start-Sleep"],
        "not needed: no server has to be waited for",
    ),
    (
        &["Start-Job", "Start-ThreadJob"],
        "not needed: 100,000 users take seconds",
    ),
];

/// Parameters of Microsoft's cmdlets that have no like here, and what to do about them.
const PARAMETERS: &[(&[&str], &str)] = &[
    (
        &["WhatIf", "Confirm", "Force"],
        "leave it out: this changes nothing",
    ),
    (&["Encoding"], "leave it out: it is always UTF-8"),
    (
        &[
            "All",
            "ConsistencyLevel",
            "CountVariable",
            "PageSize",
            "ResultSize",
            "MaxResults",
        ],
        "leave it out: nothing comes in pages",
    ),
    (
        &["Top", "First", "Limit"],
        "write | Select-Object -First 10 behind it",
    ),
    (
        &["TotalCount", "Head"],
        "write | Select-Object -First 10 behind it",
    ),
    (
        &["Tail", "Last"],
        "write | Select-Object -Last 10 behind it",
    ),
    (&["Skip"], "write | Select-Object -Skip 10 behind it"),
    (
        &["Property", "Properties", "Select", "ExpandProperty"],
        "leave it out: every property is there; | Select-Object takes some",
    ),
    (&["Sort", "OrderBy"], "write | Sort-Object behind it"),
    (
        &[
            "Scopes",
            "Credential",
            "ClientId",
            "TenantId",
            "CertificateThumbprint",
            "Headers",
        ],
        "leave it out: nothing goes over a network",
    ),
    (
        &["NoTypeInformation", "NTI"],
        "leave it out: there is no type line",
    ),
    (
        &["Append"],
        "collect the rows first: | Tee-Object -Variable rows, then $rows | Export-Csv",
    ),
    (
        &["RecipientTypeDetails"],
        "write | Where-Object Type -eq Shared behind it",
    ),
    (&["RemoveLicenses"], "Remove-License -Sku takes licenses"),
    (&["AddLicenses"], "Add-License -Sku gives licenses"),
    (
        &["BodyParameter"],
        "write ordinary parameters; @map splats them",
    ),
    (
        &["AccountEnabled", "BlockCredential"],
        "Block-User and Unblock-User do that",
    ),
    (&["EnabledFilter"], "-Disabled, or -Enabled:$false"),
    (&["UnlicensedUsersOnly"], "-Unlicensed"),
    (&["ReturnDeletedUsers"], "-Deleted"),
    (
        &[
            "MailNickname",
            "PasswordProfile",
            "ForceChangePassword",
            "Password",
        ],
        "leave it out: passwords and nicknames aren't kept here",
    ),
];

/// The cure for a command from elsewhere, if one is known: what is listed, or the cmdlet that declares it as its like,
/// or the one that has the name without the module's part: `Get-AzureADUser`.
pub fn command<'a>(
    name: &str,
    cmdlets: impl Iterator<Item = &'a Cmdlet> + Clone,
) -> Option<String> {
    // The beta module has every name with four letters more.
    let plain = name.replacen("-MgBeta", "-Mg", 1);
    if let Some(known) = word(&plain) {
        return Some(known);
    }
    let is_like = |cmdlet: &&Cmdlet| {
        let like = cmdlet.graph.split(' ').next();
        like.is_some_and(|like| like.eq_ignore_ascii_case(&plain))
    };
    let like = cmdlets.clone().find(is_like).map(Cmdlet::name);
    like.or_else(|| {
        let bare = without_module(&plain).unwrap_or(plain);
        let (verb, noun) = bare.split_once('-')?;
        let named = |verb: &str| {
            let own = format!("{verb}-{noun}");
            let mut all = cmdlets.clone();
            all.find(|cmdlet| cmdlet.is_called(&own)).map(Cmdlet::name)
        };
        named(verb).or_else(|| other_verbs(verb).iter().find_map(|verb| named(verb)))
    })
    .map(|own| format!("here it is {own}"))
}

/// The cure for a single word from another shell, if one is known.
pub fn word(name: &str) -> Option<String> {
    let needless = || listed(NEEDLESS, name).map(str::to_owned);
    listed(COMMANDS, name)
        .map(|own| format!("here it is {own}"))
        .or_else(needless)
}

/// What to do about a parameter from elsewhere, if one is known.
pub fn parameter(name: &str) -> Option<&'static str> {
    listed(PARAMETERS, name)
}

/// All the cures there are.
pub fn cures() -> impl Iterator<Item = &'static str> {
    let all = [COMMANDS, NEEDLESS, PARAMETERS];
    all.into_iter().flatten().map(|(_, cure)| *cure)
}

fn listed(table: &[(&[&str], &'static str)], name: &str) -> Option<&'static str> {
    let called = |names: &[&str]| names.iter().any(|other| other.eq_ignore_ascii_case(name));
    let found = table.iter().find(|(names, _)| called(names));
    found.map(|(_, cure)| *cure)
}

/// The verbs for which another one is typed, likeliest first.
fn other_verbs(verb: &str) -> &'static [&'static str] {
    const MEANT: &[(&[&str], &[&str])] = &[
        (
            &["delete", "unassign", "take", "drop", "clear"],
            &["Remove"],
        ),
        (
            &["list", "show", "find", "view", "read"],
            &["Get", "Search"],
        ),
        (&["create", "make"], &["New", "Add"]),
        (&["change", "edit", "modify", "update"], &["Set"]),
        (&["assign", "give", "grant"], &["Add"]),
        (&["disable", "lock", "suspend"], &["Block", "Disable"]),
        (&["enable", "unlock", "allow"], &["Unblock", "Enable"]),
        (&["revert", "rollback"], &["Undo"]),
        (&["undelete", "recover"], &["Restore"]),
    ];
    let typed = verb.to_lowercase();
    let meant = MEANT
        .iter()
        .find(|(verbs, _)| verbs.contains(&typed.as_str()));
    meant.map_or(&[], |(_, own)| own)
}

/// `Get-MgUser` as `Get-User`.
fn without_module(name: &str) -> Option<String> {
    const MODULES: [&str; 6] = ["mg", "msol", "azuread", "entra", "exo", "ad"];
    let (verb, noun) = name.split_once('-')?;
    MODULES.iter().find_map(|module| {
        let (prefix, own) = noun.split_at_checked(module.len())?;
        let found = prefix.eq_ignore_ascii_case(module);
        found.then(|| format!("{verb}-{own}"))
    })
}
