//! What scripts declare as cmdlets: their functions (`fn Remove_Leaver(user)` is Remove-Leaver), and they themselves.

use super::args::Args;
use super::bind::prepare;
use super::call::{Call, Flow};
use super::check::unknown_names;
use super::cmdlet::{Cmdlet, Effect, Output, Run, Verb};
use super::common::Common;
use super::pair::{find_parameter, pair_stage};
use super::parameter::{FromPipeline, Kind, Names, Parameter};
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::lang::{Argument, ArgumentKind, FunctionSignature, Operand, ParameterSignature, Stage};
use crate::tenant::{Permission, Tenant};
use crate::value::{Value, number};

/// A function of a script, as a cmdlet calls it.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// Its name in the script.
    name: &'static str,
    /// With how many arguments it can be called, fewest first: Rhai tells functions of one name apart by that.
    arities: &'static [usize],
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
        let common = &call.common;
        let (what_if, confirm, force) = (common.what_if, common.confirm, common.force);
        let outer = call
            .shared
            .session
            .borrow_mut()
            .enter(what_if, confirm, force);
        let outcome = call.shared.host.call_function(self.name, values);
        call.shared.session.borrow_mut().leave(outer)?;
        outcome?
            .into_iter()
            .try_for_each(|value| call.write_each(value))
    }

    fn most(self) -> usize {
        self.arities.last().copied().unwrap_or(0)
    }
}

/// The cmdlets that functions named `Verb_Noun` are, each with the place of its name. Declarations live as long as the
/// program, as the built-in ones do; a function that is defined a thousand times is a thousand small declarations.
pub fn of_functions(signatures: &[FunctionSignature]) -> Vec<(&'static Cmdlet, Span)> {
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
                kind: Kind::Any,
                list: false,
                mandatory: index < fewest,
                position: Some(index),
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
                name: text(&signature.name),
                arities: leak_all(overloads.iter().map(|o| o.parameters.len()).collect()),
            }),
        );
        found.push((cmdlet, signature.span));
    }
    found
}

/// A script as a cmdlet: what `param` declares in it are its parameters. None where it declares none.
pub fn of_script(
    name: &str,
    script: &str,
    parameters: &[ParameterSignature],
) -> Option<&'static Cmdlet> {
    if parameters.is_empty() {
        return None;
    }
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
            list,
            mandatory: signature.default.is_none(),
            position: None,
            pipeline: FromPipeline::default(),
            sets: &[],
        })
    });
    let run = Run::Function(Function {
        name: "",
        arities: &[],
    });
    Some(scripted(
        (Verb::Own(text(name)), ""),
        &doc,
        own.collect(),
        run,
    ))
}

/// Reads the words behind `run SCRIPT --` as a script's arguments; `None` where `-?` asks for its help.
///
/// # Errors
/// A word that fits no parameter, or a parameter that is missing; its place is in the line of the words.
pub fn read_words(
    cmdlet: &'static Cmdlet,
    words: &[String],
    tenant: &Tenant,
) -> Result<Option<(Vec<(&'static str, Value)>, Common)>, Diagnostic> {
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
        let named = word
            .strip_prefix('-')
            .filter(|name| *name == "?" || name.starts_with(char::is_alphabetic));
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
        let paired = pair_stage(cmdlet, &stage, false, false)?;
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
        (values, common)
    }))
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
            _ => number(word).unwrap_or_else(|| word.into()),
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

fn scripted(
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

/// The type of a script's parameter, by its default; without one by its name.
fn kind(signature: &ParameterSignature) -> (Kind, bool) {
    let named = || match signature.name.to_ascii_lowercase().as_str() {
        "sku" => Kind::Name(Names::Sku),
        "department" => Kind::Name(Names::Department),
        "path" | "file" => Kind::Name(Names::Path),
        _ => Kind::Text,
    };
    match signature.default.as_deref() {
        None => (named(), false),
        Some("true" | "false" | "$true" | "$false") => (Kind::Switch, false),
        Some(default) if default.starts_with(['"', '\'', '`']) => (named(), false),
        Some(default) if default.starts_with('[') || default.starts_with("@(") => (named(), true),
        Some(default) if matches!(number(default), Some(Value::Int(_))) => (Kind::Int, false),
        Some(_) => (Kind::Any, false),
    }
}

/// A doc comment: its first line, its other lines, and those of the form `-Name: …`, which are about parameters.
struct Doc {
    lines: Vec<String>,
    parameters: Vec<(String, String)>,
}

impl Doc {
    fn of(text: &str) -> Self {
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

    fn synopsis(&self) -> &str {
        let first = self.lines.iter().find(|line| !line.trim().is_empty());
        first.map_or("A function of a script", |line| {
            line.trim().trim_end_matches('.')
        })
    }

    fn description(&self) -> String {
        self.lines.join("\n").trim().to_owned()
    }

    fn of_parameter(&self, name: &str) -> Option<&str> {
        let called = |own: &str| own == name || own.eq_ignore_ascii_case(&pascal(name));
        let found = self.parameters.iter().find(|(own, _)| called(own));
        found.map(|(_, help)| help.as_str())
    }
}

/// The comment that a script begins with, up to the first blank line or statement.
fn leading_comment(script: &str) -> String {
    let comment = script.lines().skip_while(|line| line.starts_with("#!"));
    let lines = comment.map_while(|line| line.trim().strip_prefix("//"));
    let lines: Vec<_> = lines
        .map(|line| line.trim_start_matches('/').trim())
        .collect();
    lines.join("\n")
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

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn leak_all<T>(values: Vec<T>) -> &'static [T] {
    Box::leak(values.into_boxed_slice())
}

fn text(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}
