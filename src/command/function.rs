//! A script's function as a cmdlet: `fn Remove_Leaver(user)` is Remove-Leaver -User.

use super::args::Args;
use super::call::{Call, Flow};
use super::cmdlet::{Cmdlet, Effect, Output, Run, Verb};
use super::names::Names;
use super::parameter::{FromPipeline, Kind, Parameter};
use crate::diagnostic::Span;
use crate::lang::FunctionSignature;
use crate::tenant::Permission;

/// A function of a script, as a cmdlet calls it.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// What the engine calls it.
    pub(super) name: &'static str,
    /// With how many arguments it can be called, fewest first: Rhai tells functions of one name apart by that.
    pub(super) arities: &'static [usize],
}

impl Function {
    pub(super) fn run(self, call: &mut Call, args: &Args) -> Result<(), Flow> {
        let own = args.values.get(..self.most()).unwrap_or_default();
        let given = own
            .iter()
            .rposition(Option::is_some)
            .map_or(0, |last| last + 1);
        let count = self.arities.iter().find(|count| **count >= given);
        let values = args.values.iter().take(count.copied().unwrap_or(given));
        let values = values
            .map(|value| value.clone().unwrap_or_default())
            .collect();
        call.run_scripted(|host, streams| host.call_function(self.name, values, streams))
    }

    fn most(self) -> usize {
        self.arities.last().copied().unwrap_or(0)
    }
}

/// The cmdlets that functions named `Verb_Noun` are, each with the place of its name; the engine knows each by its name
/// behind `prefix`. Declarations live as long as the program, as the built-in ones do; a function that is defined a thousand times is a thousand small declarations.
pub fn of_functions(
    signatures: &[FunctionSignature],
    prefix: &str,
) -> Vec<(&'static Cmdlet, Span)> {
    let mut found: Vec<(&'static Cmdlet, Span)> = Vec::new();
    for signature in signatures {
        let Some((verb, noun)) = signature.name.split_once('_') else {
            continue;
        };
        if verb.is_empty() || noun.is_empty() || found.iter().any(|(_, at)| *at == signature.span) {
            continue;
        }
        let mut overloads: Vec<_> = signatures
            .iter()
            .filter(|other| other.name == signature.name)
            .collect();
        overloads.sort_by_key(|overload| overload.parameters.len());
        let (Some(first), Some(longest)) = (overloads.first(), overloads.last()) else {
            continue;
        };
        if longest.span != signature.span {
            continue;
        }
        let fewest = first.parameters.len();
        let doc = overloads
            .iter()
            .rev()
            .find(|overload| !overload.doc.is_empty());
        let doc = Doc::of(doc.map_or("", |overload| &overload.doc));
        let flag = |flags: &[bool], index: usize| flags.get(index).copied().unwrap_or(false);
        let is_switch = |index: usize| flag(&longest.switches, index);
        let parameters = longest.parameters.iter().enumerate().map(|(index, name)| {
            leak(Parameter {
                name: text(&pascal(name)),
                aliases: leak_all(if name.contains('_') {
                    vec![text(name)]
                } else {
                    vec![]
                }),
                help: text(
                    doc.of_parameter(name)
                        .unwrap_or("A parameter of the function."),
                ),
                kind: match is_switch(index) {
                    true => Kind::Switch,
                    false => Kind::Any,
                },
                offers: Names::of_name(&pascal(name)),
                list: false,
                mandatory: index < fewest && !flag(&longest.optional, index),
                position: (!is_switch(index)).then_some(index),
                pipeline: FromPipeline {
                    by_value: index == 0,
                    by_property: true,
                },
                sets: &[],
            })
        });
        let cmdlet = scripted(
            (Verb::Own(text(verb)), text(noun)),
            &doc,
            parameters.collect(),
            Run::Function(Function {
                name: text(&format!("{prefix}{}", signature.name)),
                arities: leak_all(overloads.iter().map(|o| o.parameters.len()).collect()),
            }),
        );
        found.push((cmdlet, signature.span));
    }
    found
}

pub(super) fn scripted(
    (verb, noun): (Verb, &'static str),
    doc: &Doc,
    parameters: Vec<&'static Parameter>,
    run: Run,
) -> &'static Cmdlet {
    leak(Cmdlet {
        verb,
        noun,
        aliases: &[],
        synopsis: text(doc.synopsis()),
        description: text(&doc.description()),
        parameters: leak_all(parameters),
        requires: Permission::None,
        effect: Effect::Scripted,
        output: Output::Any,
        examples: &[],
        graph: "",
        run,
    })
}

/// A doc comment: its first line, its other lines, and those of the form `-Name: …`, which are about parameters.
pub(super) struct Doc {
    lines: Vec<String>,
    parameters: Vec<(String, String)>,
}

impl Doc {
    pub fn of(text: &str) -> Self {
        let mut doc = Self {
            lines: Vec::new(),
            parameters: Vec::new(),
        };
        for line in text.lines() {
            match line
                .trim()
                .strip_prefix('-')
                .and_then(|line| line.split_once(':'))
            {
                Some((name, help)) if name.chars().all(|c| c.is_alphanumeric() || c == '_') => {
                    doc.parameters
                        .push((name.to_owned(), help.trim().to_owned()));
                }
                _ => doc.lines.push(line.to_owned()),
            }
        }
        doc
    }

    pub fn synopsis(&self) -> &str {
        let first = self.lines.iter().find(|line| !line.trim().is_empty());
        first.map_or("A function of a script", |line| {
            line.trim().trim_end_matches('.')
        })
    }

    pub fn description(&self) -> String {
        self.lines.join("\n").trim().to_owned()
    }

    pub fn of_parameter(&self, name: &str) -> Option<&str> {
        let called = |own: &str| own == name || own.eq_ignore_ascii_case(&pascal(name));
        let found = self.parameters.iter().find(|(own, _)| called(own));
        found.map(|(_, help)| help.as_str())
    }
}

/// `max_age` as a parameter is written: `MaxAge`.
fn pascal(name: &str) -> String {
    let parts = name.split('_').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let mut chars = part.chars();
            let first = chars.next().into_iter().flat_map(char::to_uppercase);
            first.collect::<String>() + chars.as_str()
        })
        .collect()
}

pub(super) fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

pub(super) fn leak_all<T>(values: Vec<T>) -> &'static [T] {
    Box::leak(values.into_boxed_slice())
}

pub(super) fn text(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}
