//! A command while it is being typed: which parameter comes next, what the others were given, what it will put out.

use super::cmdlet::{Catalog, Cmdlet, Output};
use super::names::Names;
use super::parameter::{Kind, Param, Parameter};
use super::resolve::{find_parameter, fitting, next_positional};
use crate::lang::{self, ArgumentKind, Environment, Operand, Stage, Start};

/// The names of the properties of what passes a place of a pipeline; none where they can't be known without running it.
pub type OutputColumns = Option<Vec<String>>;

/// A command as far as it is typed. Nothing in it is at fault yet.
#[derive(Debug)]
pub struct PartialCommand<'a> {
    pub cmdlet: &'static Cmdlet,
    /// The parameter that the value to come belongs to.
    pub at: Option<&'static Parameter>,
    /// Whether objects come down a pipeline.
    pub piped: bool,
    catalog: &'a Catalog,
    bound: Vec<usize>,
    given: Vec<(&'static Parameter, Option<&'a Operand>)>,
}

impl<'a> PartialCommand<'a> {
    /// Reads a command. A value that is still to come stands behind the first `front` of its arguments, if one does.
    pub fn new(
        catalog: &'a Catalog,
        cmdlet: &'static Cmdlet,
        stage: &'a Stage,
        front: Option<usize>,
        piped: bool,
    ) -> Self {
        let mut draft = Self {
            cmdlet,
            at: None,
            piped,
            catalog,
            bound: Vec::new(),
            given: Vec::new(),
        };
        // None is the value to come.
        let mut positional: Vec<Option<&Operand>> = Vec::new();
        // A parameter that waits for its value; one that isn't known takes it too.
        let mut waiting: Option<Option<&'static Parameter>> = None;
        for (index, argument) in stage.arguments.iter().enumerate() {
            if front == Some(index) {
                draft.expect(waiting.take(), &mut positional);
            }
            match &argument.kind {
                ArgumentKind::Parameter { name, colon } => {
                    waiting = match find_parameter(cmdlet, name) {
                        Ok((index, parameter)) => {
                            draft.bound.push(index);
                            if parameter.kind == Kind::Switch && !colon {
                                draft.given.push((parameter, None));
                                None
                            } else {
                                Some(Some(parameter))
                            }
                        }
                        Err(_) => Some(None),
                    };
                }
                ArgumentKind::Value(operand) => match waiting.take() {
                    Some(Some(parameter)) => draft.given.push((parameter, Some(operand))),
                    Some(None) => {}
                    None => positional.push(Some(operand)),
                },
                ArgumentKind::Splat(_) | ArgumentKind::EndOfParameters => waiting = None,
            }
        }
        if front == Some(stage.arguments.len()) {
            draft.expect(waiting, &mut positional);
        }
        for operand in positional {
            let Some((index, parameter)) = next_positional(cmdlet, &draft.bound) else {
                break;
            };
            draft.bound.push(index);
            match operand {
                Some(operand) => draft.given.push((parameter, Some(operand))),
                None => draft.at = Some(parameter),
            }
        }
        draft
    }

    /// The value to come belongs to the parameter that waits for one, or has a position.
    fn expect(
        &mut self,
        waiting: Option<Option<&'static Parameter>>,
        positional: &mut Vec<Option<&'a Operand>>,
    ) {
        match waiting {
            Some(parameter) => self.at = parameter,
            None => positional.push(None),
        }
    }

    /// The parameters that can still be given.
    pub fn open_parameters(&self) -> impl Iterator<Item = &'static Parameter> {
        fitting(self.cmdlet, &self.bound).map(|(_, parameter)| parameter)
    }

    /// Whether a parameter is given.
    pub fn has<T>(&self, param: &Param<T>) -> bool {
        self.given
            .iter()
            .any(|(own, _)| std::ptr::eq(*own, &param.declaration))
    }

    /// Whether a switch is given.
    pub fn is_on(&self, name: &str) -> bool {
        self.given
            .iter()
            .any(|(own, value)| value.is_none() && own.is_called(name))
    }

    /// What a parameter is given.
    pub fn operand<T>(&self, param: &Param<T>) -> Option<&'a Operand> {
        let mut given = self.given.iter();
        given
            .find(|(own, _)| std::ptr::eq(*own, &param.declaration))
            .and_then(|(_, operand)| *operand)
    }

    /// The texts that a parameter is given, where they are written out.
    pub fn texts<T>(&self, param: &Param<T>) -> Vec<&'a str> {
        self.operand(param).map(literals).unwrap_or_default()
    }

    /// What a block that a parameter is given puts out for the objects that come in.
    pub fn yielded<T>(&self, param: &Param<T>, input: OutputColumns) -> OutputColumns {
        let Some(Operand::Block { text, .. }) = self.operand(param) else {
            return None;
        };
        let is_command = |name: &str| self.catalog.find(name).is_some();
        let around = Environment {
            is_command: &is_command,
            variables: &[],
            first_pipeline: 0,
        };
        let (start, stages) = lang::yielded(text, &around)?;
        let head = match start {
            Start::Nothing => None,
            Start::Item => Some(input),
            Start::Map(keys) => Some(Some(keys)),
            Start::Unknown => Some(None),
        };
        passing(head, &stages, self.catalog)
    }

    /// The texts on the command's line that name things of a kind, where they are written out.
    pub fn named(&self, names: Names) -> Vec<&'a str> {
        self.given
            .iter()
            .filter(|(parameter, _)| {
                parameter.kind == Kind::Name(names) || parameter.offers == Some(names)
            })
            .filter_map(|(_, operand)| *operand)
            .flat_map(literals)
            .collect()
    }
}

/// The texts of an operand that are written out.
fn literals(operand: &Operand) -> Vec<&str> {
    match operand {
        Operand::Literal { raw, .. } => vec![raw],
        Operand::List(items) => items.iter().flat_map(literals).collect(),
        Operand::Slot(_) | Operand::Block { .. } | Operand::Map(_) => Vec::new(),
    }
}

/// What passes behind the commands of a pipeline, given what comes to the first of them.
pub fn passing(head: Option<OutputColumns>, stages: &[Stage], catalog: &Catalog) -> OutputColumns {
    let mut piped = head.is_some();
    let mut passing = head.flatten();
    for stage in stages {
        let cmdlet = catalog.find(&stage.name)?;
        let draft = PartialCommand::new(catalog, cmdlet, stage, None, piped);
        passing = match cmdlet.output {
            Output::Nothing | Output::Text => Some(Vec::new()),
            Output::Any => None,
            Output::Input => passing,
            Output::Records(shape) => Some(names(shape.properties)),
            Output::Depends(output) => output(&draft, passing),
        };
        piped = true;
    }
    passing
}

/// The properties of a shape, as [`OutputColumns`] has them.
pub fn names(properties: &[&str]) -> Vec<String> {
    properties.iter().map(|name| (*name).to_owned()).collect()
}
