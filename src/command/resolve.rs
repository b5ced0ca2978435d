//! Binding, the part that needs no running: names to cmdlets, arguments to parameters, literals to their types.

use super::cmdlet::{Catalog, Cmdlet};
use super::convert::convert;
use super::foreign_names;
use super::parameter::{Kind, Parameter};
use super::suggestions;
use crate::diagnostic::{Diagnostic, Span};
use crate::lang::{ArgumentKind, Operand, Pipeline, Stage};
use crate::value::Value;

/// A command with its arguments paired to parameters.
#[derive(Debug)]
pub struct ResolvedCommand {
    pub(super) cmdlet: &'static Cmdlet,
    pub(super) span: Span,
    pub(super) name_span: Span,
    pub(super) arguments: Vec<Pair>,
    /// Slots of `@map` arguments.
    pub(super) splats: Vec<(usize, Span)>,
    /// `-?`: its help is asked for.
    pub(super) help: bool,
    /// Whether objects come down a pipeline.
    pub(super) piped: bool,
    /// Mandatory parameters are missing, and somebody is there to be asked for them.
    pub(super) asks: bool,
}

#[derive(Debug)]
pub(super) struct Pair {
    /// The position in [`Cmdlet::all_parameters`].
    pub index: usize,
    pub value: Given,
    pub span: Span,
}

#[derive(Debug)]
pub(super) enum Given {
    /// Known and converted.
    Value(Value),
    /// To be evaluated first.
    Operand(Operand),
}

const MISSING: &str = "MissingMandatoryParameter";

/// Pairs a whole pipeline; every fault that can be known is found. What is missing is no fault where somebody
/// `attended` can be asked for it.
pub fn resolve_commands(
    pipeline: &Pipeline,
    catalog: &Catalog,
    attended: bool,
) -> Result<Vec<ResolvedCommand>, Vec<Diagnostic>> {
    let mut paired = Vec::new();
    let mut faults = Vec::new();
    for (position, stage) in pipeline.stages.iter().enumerate() {
        let piped = position > 0 || pipeline.head.is_some();
        match catalog.resolve(&stage.name) {
            Ok(cmdlet) => match resolve_stage(cmdlet, stage, piped, attended) {
                Ok(one) => paired.push(one),
                Err(fault) => faults.push(fault),
            },
            Err(fault) => faults.push(fault.at(stage.name_span)),
        }
    }
    if faults.is_empty() {
        Ok(paired)
    } else {
        Err(faults)
    }
}

pub(super) fn resolve_stage(
    cmdlet: &'static Cmdlet,
    stage: &Stage,
    piped: bool,
    attended: bool,
) -> Result<ResolvedCommand, Diagnostic> {
    let mut paired = ResolvedCommand {
        cmdlet,
        span: stage.span,
        name_span: stage.name_span,
        arguments: Vec::new(),
        splats: Vec::new(),
        help: false,
        piped,
        asks: false,
    };
    let mut positional: Vec<(&Operand, Span)> = Vec::new();
    let mut arguments = stage.arguments.iter().peekable();
    while let Some(argument) = arguments.next() {
        match &argument.kind {
            ArgumentKind::EndOfParameters => {}
            ArgumentKind::Splat(slot) => paired.splats.push((*slot, argument.span)),
            ArgumentKind::Value(operand) => positional.push((operand, argument.span)),
            ArgumentKind::Parameter { name, .. } if name == "?" => paired.help = true,
            ArgumentKind::Parameter { name, colon } => {
                let (index, parameter) =
                    find_parameter(cmdlet, name).map_err(|fault| fault.at(argument.span))?;
                if parameter.kind == Kind::Switch && !colon {
                    let given = Given::Value(Value::Bool(true));
                    add(&mut paired, index, parameter, given, argument.span)?;
                    continue;
                }
                let value = arguments.next_if(|next| matches!(next.kind, ArgumentKind::Value(_)));
                let Some((operand, span)) = value.and_then(|next| match &next.kind {
                    ArgumentKind::Value(operand) => Some((operand, next.span)),
                    _ => None,
                }) else {
                    return Err(Diagnostic::usage(
                        "MissingArgument",
                        format!("-{} needs a value", parameter.name),
                    )
                    .at(argument.span)
                    .hint(format!(
                        "write -{} <{}>",
                        parameter.name,
                        parameter.type_name()
                    )));
                };
                let given = give(parameter, operand).map_err(|fault| fault.at(span))?;
                add(&mut paired, index, parameter, given, span)?;
            }
        }
    }
    for (operand, span) in positional {
        suggestions::misspelt(cmdlet, operand).map_err(|fault| fault.at(span))?;
        let bound: Vec<usize> = paired
            .arguments
            .iter()
            .map(|resolve_commands| resolve_commands.index)
            .collect();
        let Some((index, parameter)) = next_positional(cmdlet, &bound) else {
            return Err(suggestions::one_too_many(
                cmdlet, stage, &bound, operand, span,
            ));
        };
        let given = give(parameter, operand).map_err(|fault| fault.at(span))?;
        add(&mut paired, index, parameter, given, span)?;
    }
    if !paired.help && paired.splats.is_empty() {
        let bound: Vec<usize> = paired
            .arguments
            .iter()
            .map(|resolve_commands| resolve_commands.index)
            .collect();
        match check_sets(cmdlet, &bound, piped) {
            Err(fault) if attended && fault.id == MISSING => paired.asks = true,
            Err(fault) => {
                let span = fault.span.unwrap_or(stage.name_span);
                return Err(fault.at(span));
            }
            Ok(()) => {}
        }
    }
    Ok(paired)
}

fn add(
    paired: &mut ResolvedCommand,
    index: usize,
    parameter: &Parameter,
    value: Given,
    span: Span,
) -> Result<(), Diagnostic> {
    if paired
        .arguments
        .iter()
        .any(|resolve_commands| resolve_commands.index == index)
    {
        return Err(Diagnostic::usage(
            "ParameterAlreadyBound",
            format!("-{} is given twice", parameter.name),
        )
        .at(span)
        .hint(if parameter.list {
            "write its values as a list: a, b"
        } else {
            "keep one of them"
        }));
    }
    paired.arguments.push(Pair { index, value, span });
    Ok(())
}

fn give(parameter: &Parameter, operand: &Operand) -> Result<Given, Diagnostic> {
    match constant(parameter, operand) {
        Some(value) => value.map(Given::Value),
        None => Ok(Given::Operand(operand.clone())),
    }
}

/// The converted value of an operand that needs no evaluation; a block stays an operand, its slot is the host's.
fn constant(parameter: &Parameter, operand: &Operand) -> Option<Result<Value, Diagnostic>> {
    match operand {
        Operand::Literal { value, raw } => Some(convert(parameter, value.clone(), Some(raw))),
        Operand::List(items) => {
            let mut values = Vec::new();
            for item in items {
                let Operand::Literal { value, raw } = item else {
                    return None;
                };
                let text = matches!(parameter.kind, Kind::Text | Kind::Name(_));
                values.push(if text && !value.is_null() {
                    Value::from(raw.as_str())
                } else {
                    value.clone()
                });
            }
            Some(convert(parameter, Value::list(values), None))
        }
        Operand::Slot(_) | Operand::Block { .. } | Operand::Map(_) => None,
    }
}

/// The parameter of a name, an alias, or the unambiguous beginning of one.
pub(super) fn find_parameter(
    cmdlet: &Cmdlet,
    name: &str,
) -> Result<(usize, &'static Parameter), Diagnostic> {
    let exact = cmdlet
        .all_parameters()
        .enumerate()
        .find(|(_, parameter)| parameter.is_called(name));
    if let Some(found) = exact {
        return Ok(found);
    }
    let begins = |own: &str| {
        own.get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name))
    };
    let mut candidates: Vec<_> = cmdlet
        .all_parameters()
        .enumerate()
        .filter(|(_, parameter)| !name.is_empty() && parameter.names().any(begins))
        .collect();
    match candidates.len() {
        1 => Ok(candidates.remove(0)),
        0 => {
            let names: Vec<_> = cmdlet
                .all_parameters()
                .map(|p| format!("-{}", p.name))
                .collect();
            let fault = Diagnostic::usage(
                "NamedParameterNotFound",
                format!("{} has no parameter -{name}", cmdlet.name()),
            )
            .about(format!("-{name}"));
            Err(match foreign_names::parameter(name) {
                Some(cure) => fault.hint(cure),
                None => fault
                    .hint(cmdlet.help_hint())
                    .did_you_mean(&format!("-{name}"), names.iter().map(String::as_str)),
            })
        }
        _ => {
            let names: Vec<_> = candidates
                .iter()
                .map(|(_, parameter)| format!("-{}", parameter.name))
                .collect();
            Err(Diagnostic::usage(
                "AmbiguousParameter",
                format!("-{name} may be {}", names.join(" or ")),
            )
            .hint("write more of its name"))
        }
    }
}

/// The parameter that the next value without a name belongs to.
pub(super) fn next_positional(
    cmdlet: &Cmdlet,
    bound: &[usize],
) -> Option<(usize, &'static Parameter)> {
    fitting(cmdlet, bound)
        .filter_map(|(index, parameter)| Some((parameter.position?, index, parameter)))
        .min_by_key(|(position, _, _)| *position)
        .map(|(_, index, parameter)| (index, parameter))
}

/// The parameters that can still be given beside those that are bound.
pub(super) fn fitting(
    cmdlet: &Cmdlet,
    bound: &[usize],
) -> impl Iterator<Item = (usize, &'static Parameter)> {
    let sets = open_sets(cmdlet, bound);
    cmdlet
        .all_parameters()
        .enumerate()
        .filter(move |(index, parameter)| {
            !bound.contains(index)
                && (parameter.sets.is_empty()
                    || parameter.sets.iter().any(|set| sets.contains(set)))
        })
}

/// The parameter sets that still fit what is bound.
pub(super) fn open_sets(cmdlet: &Cmdlet, bound: &[usize]) -> Vec<&'static str> {
    let mut sets = cmdlet.parameter_sets();
    for (index, parameter) in cmdlet.all_parameters().enumerate() {
        if bound.contains(&index) && !parameter.sets.is_empty() {
            sets.retain(|set| parameter.sets.contains(set));
        }
    }
    sets
}

/// Whether the bound parameters go together, and none is missing that the pipeline can't bring.
pub(super) fn check_sets(cmdlet: &Cmdlet, bound: &[usize], piped: bool) -> Result<(), Diagnostic> {
    let sets = open_sets(cmdlet, bound);
    if sets.is_empty() {
        let names: Vec<_> = cmdlet
            .all_parameters()
            .enumerate()
            .filter(|(index, p)| bound.contains(index) && !p.sets.is_empty())
            .map(|(_, parameter)| format!("-{}", parameter.name))
            .collect();
        return Err(Diagnostic::usage(
            "AmbiguousParameterSet",
            format!("{} can't be used together", names.join(" and ")),
        )
        .hint(format!(
            "Get-Help {} shows which go together",
            cmdlet.name()
        )));
    }
    let by_set: Vec<_> = sets
        .iter()
        .map(|set| missing(cmdlet, set, bound, piped))
        .collect();
    match by_set
        .iter()
        .min_by_key(|missing| missing.len())
        .map(Vec::as_slice)
    {
        Some([(_, first), ..]) => {
            let mut others: Vec<String> = Vec::new();
            for (_, parameter) in by_set.iter().filter_map(|missing| missing.first()) {
                let name = format!("-{}", parameter.name);
                if !others.contains(&name) {
                    others.push(name);
                }
            }
            let hint = if first.takes_pipeline() {
                format!(
                    "pipe objects into it, or write {} -{} <{}>",
                    cmdlet.name(),
                    first.name,
                    first.type_name()
                )
            } else {
                cmdlet.help_hint()
            };
            Err(Diagnostic::usage(
                MISSING,
                format!("{} needs {}", cmdlet.name(), others.join(" or ")),
            )
            .hint(hint))
        }
        _ => Ok(()),
    }
}

/// The mandatory parameters of a set that are not bound and that the pipeline can't bring.
fn missing(
    cmdlet: &Cmdlet,
    set: &str,
    bound: &[usize],
    piped: bool,
) -> Vec<(usize, &'static Parameter)> {
    cmdlet
        .all_parameters()
        .enumerate()
        .filter(|(index, p)| {
            p.mandatory
                && !bound.contains(index)
                && (p.sets.is_empty() || p.sets.contains(&set))
                && !(piped && p.takes_pipeline())
        })
        .collect()
}

/// What is still to be asked for: the missing parameters of the set that lacks the fewest.
pub(super) fn to_ask(
    cmdlet: &Cmdlet,
    bound: &[usize],
    piped: bool,
) -> Vec<(usize, &'static Parameter)> {
    open_sets(cmdlet, bound)
        .iter()
        .map(|set| missing(cmdlet, set, bound, piped))
        .min_by_key(Vec::len)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
