//! Values that no parameter takes: what was meant, and what to write.

use super::cmdlet::Cmdlet;
use super::names::Names;
use super::parameter::{Kind, Parameter};
use crate::diagnostic::{Diagnostic, Span};
use crate::lang::{Argument, ArgumentKind, Operand, Stage};

/// Refuses a value that names a parameter.
pub(super) fn misspelt(cmdlet: &'static Cmdlet, operand: &Operand) -> Result<(), Diagnostic> {
    let Some(name) = misspelt_parameter(cmdlet, operand) else {
        return Ok(());
    };
    let message = format!(
        "a parameter begins with one dash, unlike {}",
        shown(operand)
    );
    Err(Diagnostic::usage("BadParameter", message).hint(format!("write -{name}")))
}

/// The fault of a value behind the last one that a parameter takes.
pub(super) fn one_too_many(
    cmdlet: &Cmdlet,
    stage: &Stage,
    bound: &[usize],
    operand: &Operand,
    span: Span,
) -> Diagnostic {
    let name = cmdlet.name();
    let message = format!("{name} takes no further value, but got {}", shown(operand));
    Diagnostic::usage("PositionalParameterNotFound", message)
        .at(span)
        .hint(cure(cmdlet, stage, bound, span))
}

/// What to write in its place.
fn cure(cmdlet: &Cmdlet, stage: &Stage, bound: &[usize], value: Span) -> String {
    let is_literal = |argument: &Argument, texts: &[&str]| {
        matches!(&argument.kind, ArgumentKind::Value(Operand::Literal { raw, .. })
            if texts.contains(&raw.as_str()))
    };
    let compares = |argument| is_literal(argument, &["=", "==", "eq", "!="]);
    if stage.arguments.iter().any(compares) {
        return "to compare write -eq or -ne".to_owned();
    }
    let mut pairs = stage.arguments.windows(2);
    let switch = pairs.find_map(|pair| match (&pair[0].kind, &pair[1]) {
        (ArgumentKind::Parameter { name, .. }, next)
            if next.span == value && is_literal(next, &["$true", "$false", "true", "false"]) =>
        {
            Some(name)
        }
        _ => None,
    });
    if let Some(name) = switch {
        return format!("-{name} is a switch: write -{name}, -{name}:$true or -{name}:$false");
    }
    let path = match bound.iter().any(|index| takes_path(cmdlet, *index)) {
        true => "quotes hold a path with blanks together, or ",
        false => "",
    };
    format!(
        "{path}name the parameter it belongs to; {}",
        cmdlet.help_hint()
    )
}

/// Whether the parameter of this place takes a path.
fn takes_path(cmdlet: &Cmdlet, index: usize) -> bool {
    let parameter = cmdlet.all_parameters().nth(index);
    parameter.is_some_and(|it| it.kind == Kind::Name(Names::Path))
}

/// The parameter that a value names as other programs do: `--department`, `/department`.
fn misspelt_parameter(cmdlet: &'static Cmdlet, operand: &Operand) -> Option<&'static str> {
    let Operand::Literal { raw, .. } = operand else {
        return None;
    };
    let name = raw.strip_prefix("--").or_else(|| raw.strip_prefix('/'))?;
    let name = name.split(['=', ':']).next()?.replace('-', "");
    let named = |parameter: &&'static Parameter| {
        parameter.names().any(|own| own.eq_ignore_ascii_case(&name))
    };
    cmdlet
        .all_parameters()
        .find(named)
        .map(|parameter| parameter.name)
}

fn shown(operand: &Operand) -> String {
    match operand {
        Operand::Literal { raw, .. } => format!("'{raw}'"),
        Operand::Block { .. } => "a script block".to_owned(),
        Operand::List(_) => "a list".to_owned(),
        Operand::Map(_) => "a map".to_owned(),
        Operand::Slot(_) => "a value".to_owned(),
    }
}
