//! Import-Module and Install-Module: Microsoft's modules are noted and pass, others are refused with what to do.

use std::sync::Arc;

use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, Run, Verb};
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::Permission;
use crate::value::Value;

static NAME: Param<Vec<Arc<str>>> = Param::new("Name", "The modules.").position(0).by_value();
static VERSION: Param<Option<Value>> = Param::new("MinimumVersion", "Changes nothing.")
    .aliases(&["RequiredVersion", "MaximumVersion"]);
static SCOPE: Param<Option<Value>> =
    Param::new("Scope", "Changes nothing.").aliases(&["Repository"]);
static FORCE: Param<bool> = Param::new("Force", "Changes nothing.").aliases(&[
    "AllowClobber",
    "DisableNameChecking",
    "UseWindowsPowerShell",
    "AllowPrerelease",
]);

pub static IMPORT_MODULE: Cmdlet = Cmdlet {
    verb: Verb::Import,
    noun: "Module",
    aliases: &["ipmo"],
    synopsis: "Lets scripts pass that load Microsoft's modules",
    description: "The cmdlets about users and licenses of these modules are there from the start. A module of your own is \
                  a Rhai file: import \"tools\".",
    parameters: &[
        &NAME.declaration,
        &VERSION.declaration,
        &SCOPE.declaration,
        &FORCE.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Nothing,
    examples: &[Example {
        line: "Import-Module Microsoft.Graph.Users",
        explanation: "Passes.",
    }],
    graph: "",
    run: Run::Each(run),
};

pub static INSTALL_MODULE: Cmdlet = Cmdlet {
    verb: Verb::Install,
    noun: "Module",
    aliases: &["Install-PSResource", "Update-Module"],
    synopsis: "Lets scripts pass that install Microsoft's modules",
    description: "Nothing is installed: the cmdlets about users and licenses of these modules are there from the start.",
    parameters: &[
        &NAME.declaration,
        &VERSION.declaration,
        &SCOPE.declaration,
        &FORCE.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Nothing,
    examples: &[Example {
        line: "Install-Module Microsoft.Graph -Scope CurrentUser -Force",
        explanation: "Passes, and installs nothing.",
    }],
    graph: "",
    run: Run::Each(run),
};

/// Modules whose cmdlets about users and licenses are built in.
const KNOWN: [&str; 7] = [
    "Microsoft.Graph",
    "Microsoft.Entra",
    "MSOnline",
    "AzureAD",
    "ExchangeOnlineManagement",
    "Microsoft.Online.SharePoint.PowerShell",
    "PnP.PowerShell",
];

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    for name in args.get(&NAME) {
        let lower = name.to_ascii_lowercase();
        let known = KNOWN
            .iter()
            .any(|own| lower.starts_with(&own.to_ascii_lowercase()));
        if !known {
            return Err(Diagnostic::new(
                "ModuleNotFound",
                Category::NotFound,
                format!("there is no module '{name}'"),
            )
            .about(&*name)
            .hint("a module of your own is a Rhai file: import \"tools\", for tools.rhai beside the script or in its lib")
            .into());
        }
        call.verbose(&format!(
            "{name}: its cmdlets about users and licenses are built in"
        ));
    }
    Ok(())
}
