//! The front end against Rhai itself: what it leaves alone, what it lowers to, and bad input.

use rhai::{AST, Dynamic, Engine, EvalContext, Expression};
use tenantsh::lang::{self, ArgumentKind, Lowered, Operand, Pipeline, Surroundings};
use tenantsh::value::Value;

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

fn is_command(name: &str) -> bool {
    COMMANDS.iter().any(|own| own.eq_ignore_ascii_case(name))
}

fn lower_with(text: &str, variables: &[&str]) -> Lowered {
    let variables: Vec<String> = variables.iter().map(|name| (*name).to_owned()).collect();
    lang::lower(
        text,
        &Surroundings {
            is_command: &is_command,
            variables: &variables,
            first_pipeline: 0,
        },
    )
}

fn lower(text: &str) -> Lowered {
    lower_with(text, &[])
}

/// An engine that can parse lowered text and runs a pipeline to an array of what its slots say.
fn engine() -> Engine {
    let mut engine = Engine::new();
    engine.set_max_expr_depths(256, 256);
    engine.register_custom_syntax_with_state_raw(
        lang::PIPELINE_KEYWORD,
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
        run_pipeline,
    );
    engine
}

fn run_pipeline(
    context: &mut EvalContext,
    inputs: &[Expression],
    _: &Dynamic,
) -> Result<Dynamic, Box<rhai::EvalAltResult>> {
    let mut values = rhai::Array::new();
    for input in &inputs[2..] {
        values.push(context.eval_expression_tree(input)?);
    }
    Ok(values.into())
}

fn compile(text: &str) -> Result<AST, rhai::ParseError> {
    engine().compile(text)
}

const EXAMPLES: [&str; 8] = [
    "Get-User -Department Sales -Disabled | Where-Object { $_.Licenses.len() > 1 } | Remove-License -Sku ENTERPRISEPACK -WhatIf",
    "Get-User anna@contoso.com                                  // barewords: UPNs, wildcards a*, GUIDs, C:\\paths",
    "let leavers = Import-Csv leavers.csv | Select-Object UserPrincipalName",
    "for u in Get-User -Enabled:$false { if u.Licenses.len() > 0 { Remove-License $u -All } }",
    "Get-User | Where-Object { $_.Department -eq 'Sales' -and $_.Licenses -contains 'ENTERPRISEPACK' }",
    "Get-User | Where-Object Department -eq Sales",
    "leavers | Remove-License -Sku ENTERPRISEPACK                           // an expression may begin a pipeline",
    "let n = (Get-User -Unlicensed).len();",
];

/// A pipeline in one line, for tests: names, parameters, `=`-marked texts, slots, blocks.
fn show(lowered: &Lowered) -> Vec<String> {
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
    }
}

#[test]
fn the_examples_of_the_language_lower_and_compile() {
    let expected: [&[&str]; 8] = [
        &[
            "Get-User -Department <Sales> -Disabled | Where-Object {0} | Remove-License -Sku <ENTERPRISEPACK> -WhatIf",
        ],
        &["Get-User <anna@contoso.com>"],
        &["Import-Csv <leavers.csv> | Select-Object <UserPrincipalName>"],
        &[
            "Get-User -Enabled: <bool:false>",
            "Remove-License $0 -All [discard]",
        ],
        &["Get-User | Where-Object {0 native}"],
        &["Get-User | Where-Object <Department> -eq <Sales>"],
        &["head | Remove-License -Sku <ENTERPRISEPACK>"],
        &["Get-User -Unlicensed"],
    ];
    for (text, expected) in EXAMPLES.iter().zip(expected) {
        let lowered = lower_with(text, &["leavers"]);
        assert!(lowered.errors.is_empty(), "{text}: {:?}", lowered.errors);
        compile(&lowered.text).unwrap_or_else(|error| panic!("{}: {error}", lowered.text));
        assert_eq!(show(&lowered), expected, "{text}");
    }
    let whole = lower(&EXAMPLES.join("\n"));
    assert!(whole.errors.is_empty(), "{:?}", whole.errors);
    compile(&whole.text).unwrap();
    assert_eq!(whole.pipelines.len(), 9);
}
