//! A script as a cmdlet: `let department = param("Department", "Sales")` in it is the parameter -Department.

use super::bind::prepare;
use super::call::Flow;
use super::check::unknown_names;
use super::cmdlet::{Cmdlet, Run, Verb};
use super::common::Common;
use super::convert::convert;
use super::function::{Doc, Function, leak, scripted, text};
use super::names::Names;
use super::parameter::{FromPipeline, Kind, Parameter};
use super::resolve::{find_parameter, resolve_stage};
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::lang::{Argument, ArgumentKind, Operand, ParameterSignature, Stage};
use crate::tenant::Tenant;
use crate::value::{Value, number};

/// A script as a cmdlet: what `param` declares in it are its parameters.
pub fn of_script(name: &str, script: &str, parameters: &[ParameterSignature]) -> &'static Cmdlet {
    let doc = Doc::of(&leading_comment(script));
    let own = parameters.iter().map(|signature| {
        let (kind, list) = kind(signature);
        let mut help = signature.help.clone();
        if help.is_empty() {
            help = doc
                .of_parameter(&signature.name)
                .unwrap_or("A parameter of the script.")
                .to_owned();
        }
        if let Some(default) = signature.default.as_ref().filter(|_| kind != Kind::Switch) {
            help = format!("{help} Without it: {default}.");
        }
        leak(Parameter {
            name: text(&signature.name),
            aliases: &[],
            help: text(&help),
            kind,
            offers: Names::of_name(&signature.name),
            list,
            mandatory: signature.default.is_none(),
            position: None,
            pipeline: FromPipeline::default(),
            sets: &[],
        })
    });
    // It is called by its path: the host runs it, and no catalogue has it.
    let run = Run::Function(Function {
        name: "",
        arities: &[],
    });
    scripted((Verb::Own(text(name)), ""), &doc, own.collect(), run)
}

/// What a script was called with.
pub struct Called {
    /// The values of its own parameters.
    pub values: Vec<(&'static str, Value)>,
    pub common: Common,
}

/// Reads the words behind `run SCRIPT --` as a script's arguments; `None` where `-?` asks for its help. A script that
/// declares no parameters reads its words itself, but `-WhatIf` and the other common switches hold for it too: nobody who
/// types them means the run to be real.
///
/// # Errors
/// A word that fits no parameter, or a parameter that is missing; its place is in the line of the words.
pub fn read_words(
    cmdlet: &'static Cmdlet,
    words: &[String],
    tenant: &Tenant,
) -> Result<Option<Called>, Diagnostic> {
    let line = words.join(" ");
    let source = Source::new("<arguments>", line.as_str());
    let end = Span::new(0, line.len());
    let mut stage = Stage {
        span: end,
        name: cmdlet.name(),
        name_span: end,
        arguments: Vec::new(),
    };
    let mut start = 0;
    let mut list = false;
    for word in words {
        let span = Span::new(start, start + word.len());
        start = span.end + 1;
        let word = if word == "--help" { "-?" } else { word };
        let named = word
            .strip_prefix('-')
            .filter(|name| *name == "?" || name.starts_with(char::is_alphabetic));
        if cmdlet.parameters.is_empty() && !named.is_some_and(|name| is_switch(cmdlet, name)) {
            continue;
        }
        match named {
            Some(name) => {
                let (name, value) = name
                    .split_once(':')
                    .map_or((name, None), |(n, v)| (n, Some(v)));
                list = find_parameter(cmdlet, name).is_ok_and(|(_, parameter)| parameter.list);
                stage.arguments.push(Argument {
                    span,
                    kind: ArgumentKind::Parameter {
                        name: name.to_owned(),
                        colon: value.is_some(),
                    },
                });
                stage
                    .arguments
                    .extend(value.map(|value| argument(value, span, list)));
            }
            None => stage.arguments.push(argument(word, span, list)),
        }
    }
    let bind = || {
        let paired = resolve_stage(cmdlet, &stage, false, false)?;
        if paired.asks_for_help() {
            return Ok(None);
        }
        // Words are literals: nothing is left to evaluate, and nobody is asked.
        match prepare(&paired, &mut |_| Ok(Value::Null), &mut |_| None) {
            Ok(prepared) => match unknown_names(&[vec![paired]], tenant).pop() {
                Some(fault) => Err(fault),
                None => Ok(Some(prepared)),
            },
            Err(Flow::Fail(fault)) => Err(fault),
            Err(Flow::Stop | Flow::Host) => Ok(None),
        }
    };
    let prepared = bind().map_err(|fault: Diagnostic| {
        if words.is_empty() {
            // There is no word to point at.
            let mut fault = fault;
            fault.span = None;
            return fault.hint(format!(
                "write them behind --: tenantsh run {} -- {}",
                cmdlet.name(),
                usage(cmdlet)
            ));
        }
        fault.in_source(&source)
    })?;
    Ok(prepared.map(|prepared| {
        let own = prepared.args.iter().filter(|(parameter, ..)| {
            cmdlet
                .parameters
                .iter()
                .any(|one| std::ptr::eq(*one, *parameter))
        });
        let values = own
            .map(|(parameter, value, _)| (parameter.name, value.clone()))
            .collect();
        let common = Common::of(&prepared.args).unwrap_or_default();
        Called { values, common }
    }))
}

/// Whether a word is `?` or the whole name of a switch, with or without a value behind a colon.
fn is_switch(cmdlet: &Cmdlet, word: &str) -> bool {
    let name = word.split(':').next().unwrap_or_default();
    let mut switches = cmdlet
        .all_parameters()
        .filter(|parameter| parameter.kind == Kind::Switch);
    name == "?" || switches.any(|parameter| parameter.is_called(name))
}

/// Reads a map as a script's arguments.
///
/// # Errors
/// A name or a value that fits no parameter, or a parameter that is missing.
pub fn read_map(
    cmdlet: &'static Cmdlet,
    map: &Value,
) -> Result<Vec<(&'static str, Value)>, Diagnostic> {
    let mut values: Vec<(&'static str, Value)> = Vec::new();
    match map {
        Value::Null => {}
        Value::Map(map) => {
            for (name, value) in map.iter() {
                let (_, parameter) = find_parameter(cmdlet, name)?;
                values.push((parameter.name, convert(parameter, value.clone(), None)?));
            }
        }
        other => {
            return Err(Diagnostic::usage(
                "InvalidArgument",
                format!("parameters are a map, not a {}", other.type_name()),
            )
            .hint("write -Parameters @{ Department = 'Sales' }"));
        }
    }
    let given = |parameter: &Parameter| values.iter().any(|(name, _)| *name == parameter.name);
    match cmdlet
        .parameters
        .iter()
        .find(|parameter| parameter.mandatory && !given(parameter))
    {
        Some(missing) => Err(Diagnostic::usage(
            "MissingMandatoryParameter",
            format!("{} needs -{}", cmdlet.name(), missing.name),
        )
        .hint(format!("write -Parameters @{{ {} = … }}", missing.name))),
        None => Ok(values),
    }
}

/// The mandatory parameters, as they are typed.
fn usage(cmdlet: &Cmdlet) -> String {
    let mandatory = cmdlet
        .parameters
        .iter()
        .filter(|parameter| parameter.mandatory);
    let shown: Vec<_> = mandatory
        .map(|p| format!("-{} <{}>", p.name, p.type_name()))
        .collect();
    shown.join(" ")
}

fn argument(word: &str, span: Span, list: bool) -> Argument {
    let literal = |word: &str| Operand::Literal {
        value: match word.to_ascii_lowercase().as_str() {
            "$true" => Value::Bool(true),
            "$false" => Value::Bool(false),
            "$null" => Value::Null,
            // What is a number only for a program, such as 0123, is not meant as one.
            _ => number(word)
                .filter(|number| number.to_text() == word)
                .unwrap_or_else(|| word.into()),
        },
        raw: word.to_owned(),
    };
    let operand = if list && word.contains(',') {
        Operand::List(word.split(',').map(|item| literal(item.trim())).collect())
    } else {
        literal(word)
    };
    Argument {
        span,
        kind: ArgumentKind::Value(operand),
    }
}

/// The type of a script's parameter, by its default; without one by its name.
fn kind(signature: &ParameterSignature) -> (Kind, bool) {
    let named = |unnamed| match signature.name.to_ascii_lowercase().as_str() {
        "sku" => Kind::Name(Names::Sku),
        "department" => Kind::Name(Names::Department),
        "path" | "file" => Kind::Name(Names::Path),
        _ => unnamed,
    };
    match signature.default.as_deref() {
        // A number stays one, so that the script can compare it.
        None => (named(Kind::Any), false),
        Some("true" | "false" | "$true" | "$false") => (Kind::Switch, false),
        Some(default) if default.starts_with(['"', '\'', '`']) => (named(Kind::Text), false),
        Some(default) if default.starts_with('[') || default.starts_with("@(") => {
            (named(Kind::Text), true)
        }
        Some(default) if matches!(number(default), Some(Value::Int(_))) => (Kind::Int, false),
        Some(_) => (Kind::Any, false),
    }
}

/// The comment that a script begins with, up to the first blank line or statement.
fn leading_comment(script: &str) -> String {
    let comment = script.lines().skip_while(|line| line.starts_with("#!"));
    let lines = comment.map_while(|line| line.trim().strip_prefix("//"));
    let lines: Vec<_> = lines
        .map(|line| line.trim_start_matches('/'))
        // What is moved in stays moved in: it is an example.
        .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end())
        .collect();
    lines.join("\n")
}
