//! Connect-MgGraph and its like: nothing to sign in to.

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, Run, Verb};
use crate::tenant::Permission;
use crate::value::Value;

static SCOPES: Param<Option<Vec<Value>>> =
    Param::new("Scopes", "Changes nothing: roles decide, which -As names.").position(0);
static TENANT_ID: Param<Option<Value>> = Param::new("TenantId", "Changes nothing.");
static CLIENT_ID: Param<Option<Value>> =
    Param::new("ClientId", "Changes nothing.").aliases(&["AppId", "ApplicationId"]);
static THUMBPRINT: Param<Option<Value>> = Param::new("CertificateThumbprint", "Changes nothing.");
static CREDENTIAL: Param<Option<Value>> =
    Param::new("Credential", "Changes nothing: no password is needed here.")
        .aliases(&["ClientSecretCredential"]);
static ACCOUNT: Param<Option<Value>> = Param::new(
    "UserPrincipalName",
    "Changes nothing: Connect-Tenant -As acts as somebody else.",
)
.aliases(&["AccountId"]);
static ORGANIZATION: Param<Option<Value>> = Param::new("Organization", "Changes nothing.");
static URL: Param<Option<Value>> = Param::new("Url", "Changes nothing.");
static ENVIRONMENT: Param<Option<Value>> =
    Param::new("Environment", "Changes nothing.").aliases(&["AzureEnvironmentName"]);
static CONTEXT_SCOPE: Param<Option<Value>> = Param::new("ContextScope", "Changes nothing.");
static NO_WELCOME: Param<bool> =
    Param::new("NoWelcome", "Leaves the notice out.").aliases(&["ShowBanner", "NoBanner"]);
static IDENTITY: Param<bool> = Param::new("Identity", "Changes nothing.").aliases(&[
    "ManagedIdentity",
    "UseDeviceCode",
    "UseDeviceAuthentication",
    "DeviceCode",
]);

pub static CONNECT_MG_GRAPH: Cmdlet = Cmdlet {
    verb: Verb::Connect,
    noun: "MgGraph",
    aliases: &[
        "Connect-MsolService",
        "Connect-AzureAD",
        "Connect-Entra",
        "Connect-ExchangeOnline",
        "Connect-SPOService",
        "Connect-IPPSSession",
        "Connect-AzAccount",
        "Connect-PnPOnline",
    ],
    synopsis: "Says which tenant a script of another module works on",
    description: "Scripts begin with it, so it passes: there is nothing to sign in to, and no password or certificate is read. Connect-Tenant -As acts as somebody else.",
    parameters: &[
        &SCOPES.declaration,
        &TENANT_ID.declaration,
        &CLIENT_ID.declaration,
        &THUMBPRINT.declaration,
        &CREDENTIAL.declaration,
        &ACCOUNT.declaration,
        &ORGANIZATION.declaration,
        &URL.declaration,
        &ENVIRONMENT.declaration,
        &CONTEXT_SCOPE.declaration,
        &NO_WELCOME.declaration,
        &IDENTITY.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Nothing,
    examples: &[Example {
        line: "Connect-MgGraph -Scopes User.ReadWrite.All, Organization.Read.All",
        explanation: "Passes, and says which tenant the script works on.",
    }],
    graph: "Connect-MgGraph",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    if !args.get(&NO_WELCOME) {
        let name = call.tenant().organisation().name.clone();
        call.notice(&format!(
            "nothing is connected to: the commands work on the tenant {name} here"
        ));
    }
    Ok(())
}
