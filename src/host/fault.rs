//! Rhai's errors as diagnostics, in the admin's own text and words.

use std::collections::HashMap;
use std::sync::Arc;

use rhai::{Dynamic, EvalAltResult, LexError, ParseError, ParseErrorType, Position};

use super::convert::to_value;
use super::engine_error::Fault;
use crate::command::foreign_names;
use crate::diagnostic::{Category, Diagnostic, Source, Span};
use crate::lang::SourceMap;
use crate::objects;

/// A text that was lowered and compiled.
#[derive(Debug)]
pub struct CompiledSource {
    pub source: Arc<Source>,
    pub map: SourceMap,
}

impl CompiledSource {
    /// Where a position of the lowered text is in the admin's own.
    pub fn span(&self, position: Position) -> Option<Span> {
        let offset = self
            .map
            .offset(position.line()?, position.position().unwrap_or(1))?;
        let text = self.source.text.get(offset..).unwrap_or_default();
        // Of a property that isn't there the engine gives the dot.
        let behind = text
            .trim_start_matches('?')
            .trim_start_matches('.')
            .trim_start();
        let is_property = text.starts_with(['.', '?']) && behind.starts_with(char::is_alphabetic);
        let (offset, text) = if is_property {
            (offset + text.len() - behind.len(), behind)
        } else {
            (offset, text)
        };
        if let Some(quoted) = text.strip_prefix('"')
            && let Some(end) = quoted.find('"')
        {
            return Some(Span::new(offset, offset + end + 2));
        }
        let word = text
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(text.len());
        let one = text.chars().next().map_or(0, char::len_utf8);
        Some(Span::new(offset, offset + word.max(one)))
    }
}

/// A compile error of lowered text.
pub fn of_parsing(error: &ParseError, unit: &CompiledSource) -> Diagnostic {
    let mut text = match error.err_type() {
        ParseErrorType::MissingToken(token, _) => format!("'{token}' is missing here"),
        ParseErrorType::UnexpectedEOF => "the script ends too early".to_owned(),
        ParseErrorType::BadInput(LexError::UnexpectedInput(found))
            if found.starts_with(char::is_alphabetic) =>
        {
            format!("a name can't have '{found}': names are made of a to z, digits and _")
        }
        other => lower_first(&other.to_string()),
    };
    if text.contains("__ps") || text.contains("_ps_") {
        text = "this can't stand here".to_owned();
    }
    let diagnostic = Diagnostic::usage("SyntaxError", text).in_source(&unit.source);
    match unit.span(error.position()) {
        Some(span) if unit.source.text[span.start..].starts_with(',') => diagnostic
            .at(span)
            .hint("a list stands in brackets here: ['a', 'b']"),
        Some(span) => diagnostic.at(span),
        None => {
            let end = unit.source.text.trim_end().len();
            diagnostic.at(Span::new(end, end))
        }
    }
}

/// What a unit is found by: a function of the script (of no module) or of a module, or the module itself.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Place {
    module: String,
    function: String,
}

impl Place {
    pub fn function(module: &str, name: &str) -> Self {
        Self {
            module: module.to_owned(),
            function: name.to_owned(),
        }
    }

    pub fn module(path: &str) -> Self {
        Self::function(path, "")
    }
}

/// What errors of a run are told with.
pub struct Known<'a> {
    pub units: &'a HashMap<Place, Arc<CompiledSource>>,
    pub variables: &'a [String],
    /// The script's own functions, each with its parameters: `f(a, b)`.
    pub functions: &'a [String],
}

/// An error of a run that began in `unit`.
pub fn of_running(error: EvalAltResult, unit: &Arc<CompiledSource>, known: &Known) -> Diagnostic {
    match error {
        EvalAltResult::ErrorInFunctionCall(name, module, inner, position) => {
            let units = known.units;
            let callee = units.get(&Place::function(&module, &name));
            let Some(callee) = callee.or_else(|| units.get(&Place::function("", &name))) else {
                // A native function such as `map` is no step of the script's.
                return of_running(*inner, unit, known);
            };
            let shown = if name.starts_with("anon$") {
                "a closure"
            } else {
                &name
            };
            of_running(*inner, callee, known).note(
                format!("called from here, as {shown}"),
                Some(&unit.source),
                unit.span(position),
            )
        }
        EvalAltResult::ErrorInModule(path, inner, position) => {
            let module = known.units.get(&Place::module(&path)).unwrap_or(unit);
            of_running(*inner, module, known).note(
                "loaded from here",
                Some(&unit.source),
                unit.span(position),
            )
        }
        EvalAltResult::ErrorRuntime(thrown, position)
        | EvalAltResult::ErrorTerminated(thrown, position) => {
            match thrown.clone().try_cast::<Fault>() {
                Some(Fault(inner)) => match unit.span(position) {
                    Some(span) => inner.at_if_unplaced(&unit.source, span),
                    None => inner,
                },
                None => placed(
                    Diagnostic::new("Thrown", Category::Runtime, thrown_text(&thrown)),
                    unit,
                    position,
                ),
            }
        }
        other => {
            let position = other.position();
            meant_as_command(placed(words(&other, known), unit, position))
        }
    }
}

/// A variable that isn't there, with `-Noun` behind it, was meant for a command: `Delete-User`.
fn meant_as_command(fault: Diagnostic) -> Diagnostic {
    let (Some(source), Some(span)) = (&fault.source, fault.span) else {
        return fault;
    };
    let Some(behind) = source.text.get(span.end..) else {
        return fault;
    };
    let Some(noun) = behind
        .strip_prefix('-')
        .filter(|noun| noun.starts_with(char::is_uppercase))
    else {
        return fault;
    };
    if fault.id != "UnknownVariable" {
        return fault;
    }
    let noun: String = noun.chars().take_while(|c| c.is_alphanumeric()).collect();
    let name = format!("{}-{noun}", &source.text[span.start..span.end]);
    Diagnostic::new(
        "UnknownCmdlet",
        fault.category,
        format!("there is no cmdlet '{name}'"),
    )
    .at_if_unplaced(source, Span::new(span.start, span.start + name.len()))
    .about(&*name)
    .hint(format!("Get-Command *{noun}* lists those about it"))
}

fn placed(diagnostic: Diagnostic, unit: &CompiledSource, position: Position) -> Diagnostic {
    match unit.span(position) {
        Some(span) => diagnostic.at_if_unplaced(&unit.source, span),
        None => diagnostic.in_source(&unit.source),
    }
}

fn thrown_text(thrown: &Dynamic) -> String {
    to_value(thrown).to_text().into_owned()
}

/// An object was to be changed like a variable.
pub fn snapshot(property: &str, owner: &str) -> Diagnostic {
    Diagnostic::new(
        "ObjectIsASnapshot",
        Category::Runtime,
        format!("'{property}' of {owner} can't be set"),
    )
    .about(property)
    .hint("to compare write -eq; objects are snapshots of the tenant, and cmdlets such as Set-User change it")
}

fn words(error: &EvalAltResult, known: &Known) -> Diagnostic {
    let runtime = |id, text: String| Diagnostic::new(id, Category::Runtime, text);
    match error {
        EvalAltResult::ErrorVariableNotFound(name, _) => {
            let fault =
                runtime("UnknownVariable", format!("there is no variable '{name}'")).about(name);
            match foreign_names::word(name) {
                Some(cure) => fault.hint(cure),
                None if objects::property_names().any(|own| own.eq_ignore_ascii_case(name)) => {
                    fault.hint(format!("a property of the object is $_.{name}"))
                }
                None => fault
                    .hint("text in code needs quotes; let declares a variable")
                    .did_you_mean(name, known.variables.iter().map(String::as_str)),
            }
        }
        EvalAltResult::ErrorFunctionNotFound(signature, _) => unknown_function(signature, known),
        EvalAltResult::ErrorModuleNotFound(name, _) => {
            runtime("UnknownImport", format!("nothing is imported as '{name}' here"))
                .about(name)
                .hint("that name holds for the line or the script of its import; the cmdlets of an import hold for the session")
        }
        EvalAltResult::ErrorDotExpr(text, _) => {
            let mut quoted = text.split('\'').skip(1).step_by(2);
            let property = quoted.next().unwrap_or(text);
            let owner = kind(quoted.next().unwrap_or("value"));
            if text.contains("setter") {
                snapshot(property, &owner)
            } else {
                let fault = runtime(
                    "UnknownProperty",
                    format!("{owner} has no property '{property}'"),
                );
                match owner.as_str() {
                    "a list" => fault.about(property).hint(format!(
                        "that of each of its objects: … | Select-Object -ExpandProperty {property}"
                    )),
                    _ => fault.about(property),
                }
            }
        }
        EvalAltResult::ErrorStackOverflow(_) => {
            runtime("TooDeep", "functions call each other too deeply".to_owned())
                .hint("a function that calls itself needs a case in which it doesn't")
        }
        EvalAltResult::ErrorMismatchDataType(wanted, got, _) => runtime(
            "WrongType",
            format!("this takes {}, not {}", kind(wanted), kind(got)),
        ),
        EvalAltResult::ErrorMismatchOutputType(wanted, got, _) => runtime(
            "WrongType",
            format!("this should be {}, not {}", kind(wanted), kind(got)),
        ),
        other => runtime(
            "ScriptError",
            lower_first(&strip_position(&other.to_string())),
        ),
    }
}

fn unknown_function(signature: &str, known: &Known) -> Diagnostic {
    let (name, arguments) = signature.split_once('(').unwrap_or((signature, ""));
    let name = name.trim();
    let operator = name.strip_prefix("_ps_").map(|name| format!("-{name}"));
    let arguments: Vec<String> = arguments
        .trim_end_matches(')')
        .split(',')
        .map(|argument| kind(argument.trim()))
        .filter(|argument| !argument.is_empty())
        .collect();
    let taken = match arguments.as_slice() {
        [] => "no value".to_owned(),
        some => some.join(" and "),
    };
    let what = match operator {
        Some(operator) => format!("{operator} can't be used on {taken}"),
        None if name.chars().all(|c| c.is_ascii_punctuation()) => {
            format!("'{name}' can't be used on {taken}")
        }
        None => format!("there is no function '{name}' that takes {taken}"),
    };
    let fault = Diagnostic::new("UnknownFunction", Category::Runtime, what).about(name);
    let own_name = |own: &str| own.split('(').next().unwrap_or_default().to_owned();
    match known.functions.iter().find(|own| own_name(own) == name) {
        Some(own) => fault.hint(format!("the script's own is {own}")),
        None => {
            let names: Vec<String> = known.functions.iter().map(|own| own_name(own)).collect();
            fault.did_you_mean(name, names.iter().map(String::as_str))
        }
    }
}

/// Rhai's type names in an admin's words.
fn kind(name: &str) -> String {
    // Text goes by all the types it can be: `&str | ImmutableString | String`.
    match name.rsplit('|').next().unwrap_or(name).trim() {
        "i64" | "f64" | "u8" | "i32" | "usize" => "a number",
        "bool" => "true or false",
        "string" | "String" | "&str" | "ImmutableString" | "char" => "text",
        "array" | "blob" => "a list",
        "map" => "a map",
        "()" => "nothing",
        "Fn" => "a function",
        "object" => "an object",
        "time" => "a time",
        "error" => "an error",
        other if other.starts_with("range") => "a range",
        other => return other.to_owned(),
    }
    .to_owned()
}

fn strip_position(text: &str) -> String {
    match text.rfind(" (line ") {
        Some(at) => text[..at].to_owned(),
        None => text.to_owned(),
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if chars.as_str().starts_with(char::is_lowercase) => {
            first.to_lowercase().collect::<String>() + chars.as_str()
        }
        _ => text.to_owned(),
    }
}
