//! Get-MgGroup: groups as Graph returns them.

use std::sync::Arc;

use super::parameters::{ALL, CONSISTENCY_LEVEL, PAGE_SIZE, PROPERTY, TOP};
use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, GroupName, Output, Param, Run, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::{GRAPH_GROUP, graph_group};
use crate::tenant::{Group, Permission};
use crate::value::Value;

static GROUP_ID: Param<Option<GroupName>> = Param::new("GroupId", "One group, by id or name.")
    .aliases(&["ObjectId", "Id"])
    .position(0)
    .by_value()
    .by_property();
static FILTER: Param<Option<Arc<str>>> = Param::new(
    "Filter",
    "Only those with this name: displayName eq 'Sales', startsWith(displayName,'S'), assignedLicenses/$count ne 0.",
);

pub static GET_MG_GROUP: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "MgGroup",
    aliases: &[
        "Get-MgBetaGroup",
        "Get-MsolGroup",
        "Get-AzureADGroup",
        "Get-EntraGroup",
    ],
    synopsis: "Gets groups as Microsoft Graph PowerShell does",
    description: "In this shell it is Get-Group, which shows members and licenses by name.",
    parameters: &[
        &GROUP_ID.declaration,
        &ALL.declaration,
        &FILTER.declaration,
        &TOP.declaration,
        &PROPERTY.declaration,
        &CONSISTENCY_LEVEL.declaration,
        &PAGE_SIZE.declaration,
    ],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&GRAPH_GROUP),
    examples: &[Example {
        line: "Get-MgGroup -All | Where-Object { $_.AssignedLicenses.Count -gt 0 }",
        explanation: "Groups that give licenses.",
    }],
    graph: "Get-MgGroup",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let tenant = call.tenant();
    if let Some(name) = args.get(&GROUP_ID) {
        if !args.piped() {
            call.is_exact();
        }
        let group = tenant.find_group(&name)?;
        return call.write(Value::object(graph_group(&tenant, group)));
    }
    let passes = match args.get(&FILTER) {
        None => Filter::All,
        Some(text) => Filter::parse(&text)?,
    };
    let top = args
        .get(&TOP)
        .map_or(usize::MAX, |top| usize::try_from(top).unwrap_or(0));
    let found = tenant.groups().iter().filter(|group| passes.passes(group));
    for group in found.take(top) {
        call.write(Value::object(graph_group(&tenant, group)))?;
    }
    Ok(())
}

/// The filters that scripts about licenses use on groups.
enum Filter {
    All,
    Named(String),
    Begins(String),
    Licensed(bool),
}

impl Filter {
    fn parse(text: &str) -> Result<Self, Diagnostic> {
        let dense: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let quoted = |text: &str| {
            let inner = text.trim().strip_prefix('\'')?.strip_suffix('\'')?;
            Some(inner.replace("''", "'"))
        };
        let lower = dense.to_ascii_lowercase();
        let cut = |prefix: &str| lower.starts_with(prefix).then(|| &dense[prefix.len()..]);
        let found = if let Some(rest) = cut("displayname eq ") {
            quoted(rest).map(Self::Named)
        } else if let Some(rest) = cut("startswith(displayname,") {
            rest.strip_suffix(')').and_then(quoted).map(Self::Begins)
        } else {
            match lower.as_str() {
                "assignedlicenses/$count ne 0" | "assignedlicenses/$count gt 0" => {
                    Some(Self::Licensed(true))
                }
                "assignedlicenses/$count eq 0" => Some(Self::Licensed(false)),
                _ => None,
            }
        };
        found.ok_or_else(|| {
            Diagnostic::usage(
                "InvalidFilter",
                format!("groups can't be filtered by \"{text}\" here"),
            )
            .hint("displayName eq '…', startsWith(displayName,'…') and assignedLicenses/$count work; | Where-Object takes the rest")
        })
    }

    fn passes(&self, group: &Group) -> bool {
        match self {
            Self::All => true,
            Self::Named(name) => group.name.eq_ignore_ascii_case(name),
            Self::Begins(text) => group.name.to_lowercase().starts_with(&text.to_lowercase()),
            Self::Licensed(any) => group.licenses.is_empty() != *any,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_understood_or_refused() {
        assert!(
            matches!(Filter::parse("displayName  eq 'O''Brien'"), Ok(Filter::Named(name)) if name == "O'Brien")
        );
        assert!(
            matches!(Filter::parse("startswith(displayName, 'S')"), Ok(Filter::Begins(text)) if text == "S")
        );
        assert!(matches!(
            Filter::parse("assignedLicenses/$count ne 0"),
            Ok(Filter::Licensed(true))
        ));
        for wrong in [
            "",
            "displayName eq Sales",
            "mail eq 'x'",
            "startsWith(displayName,'S'",
            "displayName eq '",
        ] {
            assert!(Filter::parse(wrong).is_err(), "{wrong}");
        }
    }
}
