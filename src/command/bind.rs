//! Binding, the part that runs: evaluated values, splatted maps, and what comes down the pipeline.

use std::sync::Arc;

use super::args::Args;
use super::call::Flow;
use super::cmdlet::Cmdlet;
use super::common::Common;
use super::convert::convert;
use super::names::Names;
use super::parameter::{Kind, Parameter};
use super::resolve::{Given, ResolvedCommand, check_sets, find_parameter, open_sets, to_ask};
use crate::diagnostic::{Diagnostic, Span};
use crate::lang::Operand;
use crate::tenant::User;
use crate::value::{Block, Map, Value};

/// A command ready to run: all it was given is evaluated and converted.
pub struct Prepared {
    pub(super) cmdlet: &'static Cmdlet,
    pub(super) args: Args,
    pub(super) common: Common,
    pub(super) span: Span,
    pub(super) name_span: Span,
}

/// Evaluates what was typed; `evaluate` gives the value of a slot, `ask` what the admin types for a parameter.
pub fn prepare(
    paired: &ResolvedCommand,
    evaluate: &mut dyn FnMut(usize) -> Result<Value, Flow>,
    ask: &mut dyn FnMut(&str) -> Option<String>,
) -> Result<Prepared, Flow> {
    let cmdlet = paired.cmdlet;
    let mut args = Args::empty(cmdlet, paired.piped);
    for pair in &paired.arguments {
        let value = match &pair.value {
            Given::Value(value) => value.clone(),
            Given::Operand(operand) => {
                let value = operand_value(operand, evaluate)?;
                let parameter = cmdlet.all_parameters().nth(pair.index);
                match parameter {
                    Some(parameter) => {
                        convert(parameter, value, None).map_err(|fault| fault.at(pair.span))?
                    }
                    None => value,
                }
            }
        };
        args.values[pair.index] = Some(value);
        args.spans[pair.index] = Some(pair.span);
    }
    for (slot, span) in &paired.splats {
        splat(&mut args, evaluate(*slot)?, *span)?;
    }
    if paired.asks {
        ask_missing(&mut args, ask).map_err(|fault| fault.at(paired.name_span))?;
    }
    if paired.asks || !paired.splats.is_empty() {
        check_sets(cmdlet, &bound(&args), paired.piped)
            .map_err(|fault| fault.at(paired.name_span))?;
    }
    let common = Common::of(&args).map_err(|fault| fault.at(paired.name_span))?;
    Ok(Prepared {
        cmdlet,
        args,
        common,
        span: paired.span,
        name_span: paired.name_span,
    })
}

/// Asks for what is missing; a list's items are typed with commas between them, and no answer leaves it missing.
fn ask_missing(
    args: &mut Args,
    ask: &mut dyn FnMut(&str) -> Option<String>,
) -> Result<(), Diagnostic> {
    for (index, parameter) in to_ask(args.cmdlet, &bound(args), args.piped) {
        let question = format!("{} <{}>", parameter.name, parameter.type_name());
        let Some(text) = ask(&question).filter(|text| !text.trim().is_empty()) else {
            return Ok(());
        };
        let value = if parameter.list {
            Value::list(text.split(',').map(|item| item.trim().into()).collect())
        } else {
            Value::from(text.trim())
        };
        args.values[index] = Some(convert(parameter, value, None)?);
    }
    Ok(())
}

fn operand_value(
    operand: &Operand,
    evaluate: &mut dyn FnMut(usize) -> Result<Value, Flow>,
) -> Result<Value, Flow> {
    match operand {
        Operand::Literal { value, .. } => Ok(value.clone()),
        Operand::Slot(slot) => evaluate(*slot),
        Operand::Block {
            slot,
            text,
            predicate,
        } => Ok(Value::Block(Arc::new(Block {
            id: *slot,
            text: text.clone(),
            predicate: predicate.clone(),
        }))),
        Operand::List(items) => {
            let mut values = Vec::new();
            for item in items {
                values.push(operand_value(item, evaluate)?);
            }
            Ok(Value::list(values))
        }
        Operand::Map(entries) => {
            let mut map = Map::new();
            for (name, value) in entries {
                map.set(name.as_str(), operand_value(value, evaluate)?);
            }
            Ok(Value::map(map))
        }
    }
}

/// An explicit argument wins over the map's.
fn splat(args: &mut Args, map: Value, span: Span) -> Result<(), Flow> {
    let Value::Map(map) = map else {
        return Err(Diagnostic::usage(
            "InvalidArgument",
            format!("@ takes a map of parameters, not a {}", map.type_name()),
        )
        .at(span)
        .hint("write let p = #{ Sku: \"SPE_E3\" }; and then @p")
        .into());
    };
    let given = bound(args);
    for (name, value) in map.iter() {
        let (index, parameter) =
            find_parameter(args.cmdlet, name).map_err(|fault| fault.at(span))?;
        if !given.contains(&index) {
            let value = convert(parameter, value.clone(), None).map_err(|fault| fault.at(span))?;
            args.values[index] = Some(value);
            args.spans[index] = Some(span);
        }
    }
    Ok(())
}

fn bound(args: &Args) -> Vec<usize> {
    args.values
        .iter()
        .enumerate()
        .filter(|(_, value)| value.is_some())
        .map(|(index, _)| index)
        .collect()
}

impl Prepared {
    /// Whether what it doesn't find passes in silence.
    pub fn is_quiet(&self) -> bool {
        self.common.is_silent() || self.common.ignores()
    }

    /// The arguments for one object of the pipeline: by value first, then by property name.
    pub(super) fn bind(&self, item: &Value) -> Result<Args, Diagnostic> {
        let mut args = self.args.clone();
        let mut taken = false;
        // What was typed chooses the parameter set; a property doesn't choose another.
        let sets = open_sets(self.cmdlet, &bound(&self.args));
        let is_open = |parameter: &Parameter| {
            parameter.sets.is_empty() || parameter.sets.iter().any(|set| sets.contains(set))
        };
        for (index, parameter) in self.cmdlet.all_parameters().enumerate() {
            if !taken
                && args.values[index].is_none()
                && parameter.pipeline.by_value
                && fits(parameter, item)
                && !(parameter.kind == Kind::Any && has_property(parameter, item))
            {
                args.values[index] = Some(convert(parameter, item.clone(), None)?);
                taken = true;
            }
        }
        for (index, parameter) in self.cmdlet.all_parameters().enumerate() {
            let takes = parameter.pipeline.by_property && is_open(parameter);
            if args.values[index].is_some() || !takes {
                continue;
            }
            // An empty cell of a CSV gives an optional parameter nothing.
            let says = |value: &Value| match value {
                Value::Null => false,
                Value::Text(text) => parameter.mandatory || !text.trim().is_empty(),
                _ => true,
            };
            let property = parameter
                .names()
                .find_map(|name| item.property(name).filter(says));
            if let Some(value) = property {
                args.values[index] = Some(convert(parameter, value, None)?);
                taken = true;
            }
        }
        if !taken {
            return Err(self.unbound(item));
        }
        check_sets(self.cmdlet, &bound(&args), false)?;
        Ok(args)
    }

    fn unbound(&self, item: &Value) -> Diagnostic {
        let wanted: Vec<&Parameter> = self
            .cmdlet
            .all_parameters()
            .enumerate()
            .filter(|(index, p)| p.takes_pipeline() && self.args.values[*index].is_none())
            .map(|(_, parameter)| parameter)
            .collect();
        let name = self.cmdlet.name();
        let mut fault = Diagnostic::new(
            "InputObjectNotBound",
            crate::diagnostic::Category::InvalidData,
            match item {
                Value::Map(_) | Value::Object(_) => {
                    let what = match item {
                        Value::Map(_) => "row",
                        object => object.type_name(),
                    };
                    format!("{name} finds nothing in this {what} that it can take")
                }
                other => format!(
                    "{name} can't take a {} from the pipeline",
                    other.type_name()
                ),
            },
        );
        fault.hint = Some(match wanted.as_slice() {
            [] => {
                let own = self.cmdlet.all_parameters().enumerate();
                let mut open = own.filter(|(index, parameter)| {
                    self.args.values[*index].is_none() && matches!(parameter.kind, Kind::Name(_))
                });
                match open.next() {
                    Some((_, parameter)) => format!(
                        "what is left of its parameters takes no pipe: write -{} (…)",
                        parameter.name
                    ),
                    None => "all its parameters are given already; leave out the pipe".to_owned(),
                }
            }
            [first, ..] => {
                let names: Vec<_> = first.names().collect();
                let has = item.property_names();
                if has.iter().any(|name| name.contains('@')) {
                    // The first of a list was taken for the names of the columns.
                    return fault
                        .hint("the file has no header line: Get-Content FILE reads a plain list");
                }
                let has = if has.is_empty() {
                    String::new()
                } else {
                    format!("; it has {}", has.join(", "))
                };
                format!("it needs a property named {}{has}", names.join(", "))
            }
        });
        fault
    }
}

/// Whether a parameter that takes anything is meant by one of the object's columns, and not by the whole of it.
fn has_property(parameter: &Parameter, item: &Value) -> bool {
    parameter.pipeline.by_property && parameter.names().any(|name| item.property(name).is_some())
}

/// Whether an object has the parameter's type as it is.
fn fits(parameter: &Parameter, item: &Value) -> bool {
    match (parameter.kind, item) {
        (Kind::Any, _) => true,
        (Kind::Name(Names::User), Value::Object(object)) => object.as_any().is::<User>(),
        (Kind::Text | Kind::Name(_) | Kind::Choice(_), Value::Text(_)) => true,
        (Kind::Int, Value::Int(_)) => true,
        (Kind::Time, Value::Time(_)) => true,
        _ => false,
    }
}
