//! What can be known of a command before it runs: the rules in tables.

use super::*;
use crate::cmdlets::{CATALOG, FOREIGN};
use crate::lang::{Environment, lower};

fn refusal(line: &str) -> Option<(&'static str, String)> {
    let catalog = Catalog::new(CATALOG).with_foreign(FOREIGN);
    let around = Environment {
        is_command: &|name| catalog.find(name).is_some(),
        variables: &[],
        first_pipeline: 0,
    };
    let lowered = lower(line, &around);
    assert!(lowered.errors.is_empty(), "{line}: {:?}", lowered.errors);
    let fault = resolve_commands(&lowered.pipelines[0], &catalog, false)
        .err()?
        .remove(0);
    let span = fault.span.unwrap_or_default();
    Some((fault.id, line[span.start..span.end].to_owned()))
}

#[test]
fn l15b_an_unknown_parameter_is_never_data() {
    for (line, id, at) in [
        (
            "Get-User -Department -abc",
            "MissingArgument",
            "-Department",
        ),
        ("Get-User anna -abc", "NamedParameterNotFound", "-abc"),
        ("Get-User -abc anna", "NamedParameterNotFound", "-abc"),
        (
            "Get-User -Department -City",
            "MissingArgument",
            "-Department",
        ),
    ] {
        assert_eq!(refusal(line), Some((id, at.to_owned())), "{line}");
    }
    for line in [
        "Get-User -Department '-abc'",
        "Get-User -- -abc",
        "Get-User -Dep Sales -City:x",
    ] {
        assert_eq!(refusal(line), None, "{line}");
    }
}
