//! Tables of sources and what they become, for the tests of each rule.

#[cfg(test)]
use rhai::{AST, Dynamic, Engine};

use super::{ArgumentKind, Environment, Lowered, Operand, PIPELINE_KEYWORD, Pipeline};
use crate::value::Value;

const COMMANDS: [&str; 21] = [
    "Get-User",
    "Remove-License",
    "Add-License",
    "Where-Object",
    "ForEach-Object",
    "Select-Object",
    "Sort-Object",
    "Import-Csv",
    "Export-Csv",
    "Get-License",
    "Write-Host",
    "Invoke-Transaction",
    "Set-User",
    "Measure-Object",
    "Out-File",
    "where",
    "foreach",
    "select",
    "sort",
    "?",
    "%",
];

pub fn is_command(name: &str) -> bool {
    COMMANDS.iter().any(|own| own.eq_ignore_ascii_case(name))
}

pub fn lower_with(text: &str, variables: &[&str]) -> Lowered {
    let variables: Vec<String> = variables.iter().map(|name| (*name).to_owned()).collect();
    super::lower(
        text,
        &Environment {
            is_command: &is_command,
            variables: &variables,
            first_pipeline: 0,
        },
    )
}

pub fn lower(text: &str) -> Lowered {
    lower_with(text, &[])
}

/// An engine that can parse lowered text and runs a pipeline to an array of what its slots say.
fn engine() -> Engine {
    let mut engine = Engine::new();
    engine.set_max_expr_depths(256, 256);
    engine.register_custom_syntax_with_state_raw(
        PIPELINE_KEYWORD,
        |symbols, look, _| {
            Ok(match symbols.len() {
                1 => Some("$ident$".into()),
                2 => Some("(".into()),
                3 => Some("$int$".into()),
                _ => match symbols.last().map_or("", |symbol| symbol.as_str()) {
                    ")" => None,
                    "," => Some(if look == "{" { "$block$" } else { "$expr$" }.into()),
                    _ => Some(if look == "," { "," } else { ")" }.into()),
                },
            })
        },
        false,
        |_, _, _| Ok(Dynamic::UNIT),
    );
    engine
}

pub fn compile(text: &str) -> Result<AST, rhai::ParseError> {
    engine().compile(text)
}

/// A pipeline in one line, for tests: names, parameters, `=`-marked texts, slots, blocks.
pub fn show(lowered: &Lowered) -> Vec<String> {
    lowered.pipelines.iter().map(show_pipeline).collect()
}

fn show_pipeline(pipeline: &Pipeline) -> String {
    let mut text = String::new();
    if pipeline.head.is_some() {
        text.push_str("head | ");
    }
    let stages: Vec<String> = pipeline
        .stages
        .iter()
        .map(|stage| {
            let mut words = vec![stage.name.clone()];
            words.extend(stage.arguments.iter().map(|argument| match &argument.kind {
                ArgumentKind::Parameter { name, colon } => {
                    format!("-{name}{}", if *colon { ":" } else { "" })
                }
                ArgumentKind::Value(operand) => show_operand(operand),
                ArgumentKind::Splat(slot) => format!("@{slot}"),
                ArgumentKind::EndOfParameters => "--".to_owned(),
            }));
            words.join(" ")
        })
        .collect();
    text.push_str(&stages.join(" | "));
    if pipeline.discard {
        text.push_str(" [discard]");
    }
    if pipeline.condition {
        text.push_str(" [condition]");
    }
    text
}

fn show_operand(operand: &Operand) -> String {
    match operand {
        Operand::Literal {
            value: Value::Text(text),
            raw,
        } if **text == *raw => format!("<{raw}>"),
        Operand::Literal { value, raw } => format!("<{}:{raw}>", value.type_name()),
        Operand::Slot(slot) => format!("${slot}"),
        Operand::Block {
            slot, predicate, ..
        } => format!(
            "{{{slot}{}}}",
            if predicate.is_some() { " native" } else { "" }
        ),
        Operand::List(items) => {
            let items: Vec<String> = items.iter().map(show_operand).collect();
            format!("({})", items.join(","))
        }
        Operand::Map(entries) => {
            let show =
                |(name, value): &(String, Operand)| format!("{name}={}", show_operand(value));
            let entries: Vec<String> = entries.iter().map(show).collect();
            format!("@[{}]", entries.join(","))
        }
    }
}

/// Sources with what they become; `leavers`, `u` and `m` are variables.
pub fn becomes(table: &[(&str, &str, &[&str])]) {
    for (source, text, pipelines) in table {
        let lowered = lower_with(source, &["leavers", "u", "m"]);
        assert!(lowered.errors.is_empty(), "{source}: {:?}", lowered.errors);
        assert_eq!(lowered.text, *text, "{source}");
        assert_eq!(show(&lowered), *pipelines, "{source}");
        let error = compile(text).err();
        assert!(error.is_none(), "{text}: {error:?}");
    }
}

/// Sources with the finding that stops them: its id, the text it points at, and whether more input would help.
pub fn refused(table: &[(&str, &str, &str, bool)]) {
    for (source, id, at, incomplete) in table {
        let lowered = lower_with(source, &["leavers", "u", "m"]);
        assert!(!lowered.errors.is_empty(), "accepted: {source}");
        let error = &lowered.errors[0];
        let span = error.span.unwrap_or_default();
        assert_eq!(
            (error.id, &source[span.start..span.end], error.incomplete),
            (*id, *at, *incomplete),
            "{source}"
        );
    }
}
