//! Get-PortalStep: the clicks in the admin center that do what a cmdlet does.

use std::sync::Arc;

use crate::command::{
    Args, Call, Cmdlet, CommandName, Effect, Example, Flow, Output, Param, Run, Verb,
};
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::Permission;
use crate::value::Value;

/// What each cmdlet is in each cloud; the steps of `*` come before all others, a cloud of `*` is every cloud.
const STEPS: &str = include_str!("../../../data/portal-steps.csv");

static COMMAND: Param<CommandName> = Param::new("Command", "The cmdlet.")
    .aliases(&["Name"])
    .position(0)
    .by_value()
    .by_property();
static CLOUD: Param<Option<Arc<str>>> = Param::new(
    "Cloud",
    "The Microsoft cloud; that of the tenant if none is named.",
)
.choice(&["worldwide", "germany", "21vianet"]);

pub static GET_PORTAL_STEP: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "PortalStep",
    aliases: &[],
    synopsis: "Gets the clicks in the admin center that do the same",
    description: "For those who rehearse here and act there, or have to explain it to somebody. Portals change: the steps \
                  say where to look, and Microsoft's own pages have the last word.",
    parameters: &[&COMMAND.declaration, &CLOUD.declaration],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Text,
    examples: &[
        Example {
            line: "Get-PortalStep Remove-License",
            explanation: "How to unassign licenses by hand, in the tenant's cloud.",
        },
        Example {
            line: "Get-PortalStep Set-Subscription -Cloud 21vianet",
            explanation: "In another cloud.",
        },
    ],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let typed = args.get(&COMMAND);
    // An alias or another letter case is the cmdlet all the same.
    let name = call.catalog().resolve(&typed)?.name();
    let cloud = match args.get(&CLOUD) {
        Some(cloud) => cloud,
        None => call.tenant().organisation().cloud.name().into(),
    };
    let steps = steps(&name, &cloud);
    if steps.is_empty() {
        return Err(Diagnostic::new(
            "NoPortalStep",
            Category::NotFound,
            format!("{name} is nothing that is done in the admin center"),
        )
        .about(name)
        .hint("Get-PortalStep knows the cmdlets about users, licenses, plans, seats, groups and mailboxes")
        .into());
    }
    for (index, step) in steps.iter().enumerate() {
        call.write(Value::from(format!("{}. {step}", index + 1)))?;
    }
    Ok(())
}

/// The steps of a cmdlet in a cloud, signing in first; none where the cmdlet has no counterpart.
fn steps(name: &str, cloud: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(STEPS.as_bytes());
    let rows: Vec<_> = reader.records().flatten().collect();
    let of = |wanted: &str| -> Vec<String> {
        rows.iter()
            .filter(|row| &row[0] == wanted && (&row[1] == "*" || &row[1] == cloud))
            .map(|row| row[2].to_owned())
            .collect()
    };
    let mut steps = of(name);
    if !steps.is_empty() {
        steps.splice(0..0, of("*"));
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cmdlets::CATALOG;
    use crate::tenant::Cloud;

    #[test]
    fn every_row_is_of_a_cmdlet_and_every_cmdlet_with_steps_has_them_in_every_cloud() {
        let mut reader = csv::Reader::from_reader(STEPS.as_bytes());
        let mut count = 0;
        for row in reader.records() {
            let row = row.unwrap();
            count += 1;
            let known = CATALOG.iter().any(|cmdlet| cmdlet.name() == row[0]);
            assert!(known || &row[0] == "*", "{row:?}");
            assert!(row[2].ends_with('.'), "{row:?}");
            for cloud in Cloud::ALL {
                assert!(
                    steps(&row[0], cloud.name()).len() > 1 || &row[0] == "*",
                    "{row:?}"
                );
            }
        }
        assert!(count > 60);
    }
}
