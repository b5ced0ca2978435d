//! A declaration as a page: Get-Help, `-?` and docs/cmdlets.

mod topics;

use std::fmt::Write;

use crate::command::{Catalog, Cmdlet, Parameter};
use crate::diagnostic::Diagnostic;
use crate::tenant::Permission;
use crate::wildcard::Wildcard;

pub use topics::{TOPICS, Topic, topic};

/// Which part of a page is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Page { full: bool },
    Examples,
    Parameter(String),
}

/// Where to begin; whether what is changed is `kept` makes the difference between a game and the real thing.
pub fn tour(kept: bool) -> String {
    let (head, foot) = match kept {
        true => (
            "Five lines to begin with. This tenant is kept: without -WhatIf the fourth really changes it.",
            "Get-Change tells what was done, Undo-Change takes it back;
tenantsh --tenant DIR --what-if rehearses all that is typed.",
        ),
        false => (
            "Five lines to try; nothing you do here is kept.",
            "Your own tenant: leave with exit, then
  tenantsh init DIR --from users.json subscribedSkus.json",
        ),
    };
    format!(
        "{}\n\n{LINES}\n\n{}\n{foot}",
        wrapped(head, 0),
        wrapped(MORE, 0)
    )
}

const LINES: &str = "  1. Get-Subscription
     what is paid for, and what of it is used
  2. Get-User -Disabled -Licensed
     who holds licenses and can't even sign in
  3. Get-User -Disabled -Licensed | Remove-License -All -WhatIf
     what taking them away would do: seats, mailboxes, dates
  4. Get-User -Disabled -Licensed | Remove-License -All
     does exactly that, and says for each user what happened
  5. Get-User | Where-Object Department -eq Sales | Export-Csv sales.csv
     any list, as a file";

const MORE: &str =
    "Get-Command lists the cmdlets, Get-Help NAME explains one, Get-Help about_* the rest.";

/// A line of a list of cmdlets.
pub fn line(cmdlet: &Cmdlet) -> String {
    format!("{:<24} {}", cmdlet.name(), cmdlet.synopsis)
}

/// Everything whose name a pattern matches, a line each: cmdlets, then topics.
pub fn list(catalog: &Catalog, pattern: &Wildcard) -> Vec<String> {
    let cmdlets = catalog
        .iter()
        .filter(|cmdlet| pattern.matches(&cmdlet.name()))
        .map(line);
    let topics = TOPICS
        .iter()
        .filter(|topic| pattern.matches(&topic.title()))
        .map(|topic| format!("{:<24} {}", topic.title(), topic.synopsis));
    cmdlets.chain(topics).collect()
}

/// The cmdlets and topics in whose name or line a word is.
pub fn about(catalog: &Catalog, word: &str) -> Vec<String> {
    let word = word.to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&word);
    let named = list(catalog, &Wildcard::new("*"));
    let mut found: Vec<String> = named.into_iter().filter(|line| has(line)).collect();
    // Those whose name or line says it come first.
    let told = catalog.iter().filter(|cmdlet| has(cmdlet.description));
    for line in told.map(line) {
        if !found.contains(&line) {
            found.push(line);
        }
    }
    found
}

/// A page, or a part of it, as plain text.
///
/// # Errors
/// No parameter has the name asked for.
pub fn page(cmdlet: &Cmdlet, part: &Part) -> Result<String, Diagnostic> {
    let mut text = String::new();
    match part {
        Part::Examples => examples(&mut text, cmdlet),
        Part::Parameter(name) => {
            let pattern = Wildcard::new(name);
            let found: Vec<_> = cmdlet
                .all_parameters()
                .filter(|parameter| parameter.names().any(|own| pattern.matches(own)))
                .collect();
            if found.is_empty() {
                let names: Vec<_> = cmdlet.all_parameters().map(|p| p.name).collect();
                return Err(Diagnostic::usage(
                    "NamedParameterNotFound",
                    format!("{} has no parameter -{name}", cmdlet.name()),
                )
                .did_you_mean(name, names));
            }
            for parameter in found {
                describe(&mut text, parameter);
            }
        }
        Part::Page { full } => whole(&mut text, cmdlet, *full),
    }
    Ok(text.trim_end().to_owned())
}

// Writing to a String can't fail.
macro_rules! put {
    ($($part:tt)*) => {{ let _ = writeln!($($part)*); }};
}

fn whole(text: &mut String, cmdlet: &Cmdlet, full: bool) {
    put!(text, "{}\n    {}\n", cmdlet.name(), cmdlet.synopsis);
    put!(text, "SYNTAX");
    for set in cmdlet.parameter_sets() {
        put!(text, "    {}", syntax(cmdlet, set));
    }
    put!(text, "\nDESCRIPTION");
    for paragraph in cmdlet.description.split("\n\n") {
        let typed = paragraph.lines().any(|line| line.starts_with("  "));
        let lines = || paragraph.lines().map(|line| format!("    {line}"));
        match typed {
            // Lines to be typed stay apart.
            true => put!(text, "{}\n", lines().collect::<Vec<_>>().join("\n")),
            false => put!(text, "{}\n", indent(paragraph)),
        }
    }
    put!(text, "PARAMETERS");
    for parameter in cmdlet.parameters {
        describe(text, parameter);
    }
    if full || cmdlet.noun.is_empty() {
        for parameter in cmdlet.all_parameters().skip(cmdlet.parameters.len()) {
            describe(text, parameter);
        }
    } else {
        let names: Vec<_> = cmdlet
            .all_parameters()
            .skip(cmdlet.parameters.len())
            .map(|parameter| format!("-{}", parameter.name))
            .collect();
        put!(
            text,
            "{}\n",
            indent(&format!(
                "And {} (Get-Help {} -Full).",
                names.join(", "),
                cmdlet.name()
            ))
        );
    }
    if !cmdlet.aliases.is_empty() {
        put!(text, "ALIASES\n    {}\n", cmdlet.aliases.join(", "));
    }
    if let Some(role) = role(cmdlet.requires) {
        put!(text, "ROLE\n{}\n", indent(&role));
    }
    if !cmdlet.graph.is_empty() {
        put!(text, "IN GRAPH POWERSHELL\n    {}\n", cmdlet.graph);
    }
    examples(text, cmdlet);
}

fn examples(text: &mut String, cmdlet: &Cmdlet) {
    if !cmdlet.examples.is_empty() {
        put!(text, "EXAMPLES");
    }
    for example in cmdlet.examples {
        put!(text, "    PS> {}", example.line);
        put!(text, "        {}\n", example.explanation);
    }
}

fn syntax(cmdlet: &Cmdlet, set: &str) -> String {
    let mut parts = vec![cmdlet.name()];
    let belongs = |p: &&&Parameter| p.sets.is_empty() || p.sets.contains(&set);
    parts.extend(cmdlet.parameters.iter().filter(belongs).map(|p| p.syntax()));
    if cmdlet.changes() {
        parts.push("[-WhatIf] [-Confirm]".to_owned());
    }
    let mut lines = String::new();
    let mut width = 0;
    for part in parts {
        if width > 0 && width + part.len() > 72 {
            lines.push_str("\n        ");
            width = 4;
        } else if width > 0 {
            lines.push(' ');
        }
        width += part.len() + 1;
        lines.push_str(&part);
    }
    lines
}

fn describe(text: &mut String, parameter: &Parameter) {
    let kind = match parameter.kind {
        crate::command::Kind::Choice(choices) => choices.join(" | "),
        _ => parameter.type_name(),
    };
    put!(text, "    -{} <{kind}>", parameter.name);
    put!(text, "{}", indent(&format!("    {}", parameter.help)));
    let mut facts = Vec::new();
    if !parameter.aliases.is_empty() {
        facts.push(format!("also -{}", parameter.aliases.join(", -")));
    }
    if let Some(position) = parameter.position {
        facts.push(format!("position {}", position + 1));
    }
    match (parameter.pipeline.by_value, parameter.pipeline.by_property) {
        (true, true) => {
            facts.push("from the pipeline, as an object or by property name".to_owned())
        }
        (true, false) => facts.push("from the pipeline".to_owned()),
        (false, true) => facts.push("from the pipeline by property name".to_owned()),
        (false, false) => {}
    }
    if !facts.is_empty() {
        put!(text, "{}", indent(&format!("    ({})", facts.join("; "))));
    }
    put!(text);
}

/// Which roles a permission takes, in words (R1-R5).
fn role(permission: Permission) -> Option<String> {
    match permission {
        Permission::None => None,
        Permission::Read => Some("any, or nobody signed in".to_owned()),
        other => Some(other.holders().join(", ")),
    }
}

/// A paragraph, four from the left and as much more as it begins with.
fn indent(paragraph: &str) -> String {
    wrapped(
        paragraph,
        4 + paragraph.len() - paragraph.trim_start().len(),
    )
}

/// A paragraph wrapped at 80 columns, so many from the left.
fn wrapped(paragraph: &str, left: usize) -> String {
    let margin = " ".repeat(left);
    let mut lines = vec![margin.clone()];
    for word in paragraph.split_whitespace() {
        let line = lines.last_mut();
        match line {
            Some(line) if line.chars().count() + word.chars().count() < 80 => {
                if line.len() > margin.len() {
                    line.push(' ');
                }
                line.push_str(word);
            }
            _ => lines.push(format!("{margin}{word}")),
        }
    }
    lines.join("\n")
}
