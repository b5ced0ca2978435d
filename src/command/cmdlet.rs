//! What a cmdlet is: one declaration, from which binding, help, completion, docs and the role check are read.

use std::cell::RefCell;
use std::fmt;

use super::args::Args;
use super::call::{Call, Flow, Stage};
use super::common;
use super::foreign_names;
use super::function::Function;
use super::outcome::{Decided, Moment};
use super::parameter::Parameter;
use super::partial::{OutputColumns, PartialCommand};
use crate::diagnostic::{Diagnostic, nearest};
use crate::tenant::{Permission, Tenant};
use crate::value::Shape;

macro_rules! verbs {
    ($($verb:ident),* $(,)?) => {
        /// The approved PowerShell verbs that the catalogue uses.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Verb {
            $($verb,)*
            /// The first part of a script function's name.
            Own(&'static str),
        }

        impl Verb {
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Verb::$verb => stringify!($verb),)*
                    Verb::Own(verb) => verb,
                }
            }
        }
    };
}

verbs! {
    Add, Approve, Block, Clear, Compare, Connect, ConvertFrom, ConvertTo, Copy, Disable, Disconnect, Enable, Export, ForEach,
    Format, Get, Group, Import, Install, Invoke, Measure, New, Out, Remove, Restore, Resume, Revoke, Save, Search, Select, Set,
    Sort, Start, Stop, Switch, Tee, Test, Unblock, Undo, Update, Where, Write,
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One cmdlet. Adding one is adding a value of this type to the catalogue.
#[derive(Debug)]
pub struct Cmdlet {
    pub verb: Verb,
    pub noun: &'static str,
    /// Short names, usable after a pipe: `where`, `?`.
    pub aliases: &'static [&'static str],
    /// One line, without a full stop.
    pub synopsis: &'static str,
    /// Paragraphs for Get-Help, in plain text.
    pub description: &'static str,
    /// Its own parameters; the common ones come on top.
    pub parameters: &'static [&'static Parameter],
    /// What the acting admin must be allowed to do.
    pub requires: Permission,
    pub effect: Effect,
    /// What it writes: Tab offers its properties to the commands behind.
    pub output: Output,
    pub examples: &'static [Example],
    /// The equivalent in Microsoft Graph PowerShell; empty where there is none.
    pub graph: &'static str,
    pub run: Run,
}

/// What a cmdlet writes to the pipeline.
#[derive(Clone, Copy, Debug)]
pub enum Output {
    Nothing,
    /// What a block yields, or a file holds.
    Any,
    /// What came in, all of it or some.
    Input,
    Text,
    Records(&'static Shape),
    /// The properties hang on what it is given and on what comes in.
    Depends(fn(&PartialCommand, OutputColumns) -> OutputColumns),
}

/// Whether a cmdlet changes the tenant, and how much is at stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    ReadOnly,
    Changes(Impact),
    /// A script or a function of one: what it calls may change the tenant, and is rehearsed or asked about as a whole.
    Scripted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Impact {
    /// Takes nothing away from anybody: done without asking.
    Low,
    /// Takes something away: asks once per command before its commit.
    High,
    /// The same, and is done whole or not at all: its first fault ends it.
    Whole,
}

/// A line that shows a cmdlet at work on the sample tenant. Every one runs as a test.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    pub line: &'static str,
    pub explanation: &'static str,
}

/// How a cmdlet is run.
#[derive(Clone, Copy, Debug)]
pub enum Run {
    /// Once for each object that comes down the pipeline, or once without one.
    Each(fn(&mut Call, &Args) -> Result<(), Flow>),
    /// Keeps state between the objects.
    Stream(fn(&Args) -> Result<Box<dyn Stage>, Diagnostic>),
    /// Decides what one object's request takes; the gate asks, commits and writes the results.
    Change {
        decide: fn(&Tenant, &Moment, &Args) -> Result<Decided, Diagnostic>,
        /// The shape of the result rows.
        shape: &'static Shape,
    },
    /// A function that a script defines.
    Function(Function),
}

impl Cmdlet {
    /// `Verb-Noun`; of a script the name of its file, which has no noun.
    pub fn name(&self) -> String {
        if self.noun.is_empty() {
            return self.verb.to_string();
        }
        format!("{}-{}", self.verb, self.noun)
    }

    /// How its parameters are shown.
    pub(super) fn help_hint(&self) -> String {
        if self.noun.is_empty() {
            "-? shows its parameters".to_owned()
        } else {
            format!("Get-Help {} shows its parameters", self.name())
        }
    }

    pub fn is_called(&self, name: &str) -> bool {
        let split = name.split_once('-');
        split.is_some_and(|(verb, noun)| {
            verb.eq_ignore_ascii_case(self.verb.as_str()) && noun.eq_ignore_ascii_case(self.noun)
        }) || self
            .aliases
            .iter()
            .any(|alias| alias.eq_ignore_ascii_case(name))
    }

    pub fn changes(&self) -> bool {
        self.effect != Effect::ReadOnly
    }

    /// Its own parameters, then the common ones that apply to it.
    pub fn all_parameters(&self) -> impl Iterator<Item = &'static Parameter> {
        let changing: &[&Parameter] = match self.effect {
            Effect::ReadOnly => &[],
            Effect::Changes(_) => common::CHANGING,
            Effect::Scripted => common::SCRIPTED,
        };
        self.parameters
            .iter()
            .chain(common::ALWAYS)
            .chain(changing)
            .copied()
    }

    /// The names of its parameter sets; one unnamed set where it declares none.
    pub fn parameter_sets(&self) -> Vec<&'static str> {
        let mut sets = Vec::new();
        for set in self.parameters.iter().flat_map(|p| p.sets) {
            if !sets.contains(set) {
                sets.push(*set);
            }
        }
        if sets.is_empty() {
            sets.push("");
        }
        sets
    }
}

/// All cmdlets that can be called, by name: the built-in ones, and in front of them the functions of scripts.
#[derive(Clone, Debug)]
pub struct Catalog {
    cmdlets: Vec<&'static Cmdlet>,
    /// The names of Microsoft's modules: found by name, but neither listed nor offered.
    foreign: &'static [&'static Cmdlet],
    functions: RefCell<Vec<&'static Cmdlet>>,
}

impl Catalog {
    pub fn new(cmdlets: &[&'static Cmdlet]) -> Self {
        Self {
            cmdlets: cmdlets.to_vec(),
            foreign: &[],
            functions: RefCell::default(),
        }
    }

    /// The same with cmdlets under the names of other modules, which are found but not listed.
    pub fn with_foreign(mut self, foreign: &'static [&'static Cmdlet]) -> Self {
        self.foreign = foreign;
        self
    }

    /// The cmdlet of a name or alias, in any letter case; a script's function comes first.
    pub fn find(&self, name: &str) -> Option<&'static Cmdlet> {
        self.iter()
            .chain(self.foreign.iter().copied())
            .find(|cmdlet| cmdlet.is_called(name))
    }

    /// The built-in cmdlet of a name, whether or not a function hides it.
    pub fn built_in(&self, name: &str) -> Option<&'static Cmdlet> {
        let built_in = self.cmdlets.iter().chain(self.foreign);
        built_in.copied().find(|c| c.is_called(name))
    }

    /// The cmdlets under the names of other modules.
    pub fn foreign(&self) -> impl Iterator<Item = &'static Cmdlet> {
        self.foreign.iter().copied()
    }

    /// The same without functions.
    pub fn built_ins(&self) -> Self {
        Self {
            cmdlets: self.cmdlets.clone(),
            foreign: self.foreign,
            functions: RefCell::default(),
        }
    }

    /// Adds functions; one of the same name as an earlier one takes its place.
    pub fn define(&self, functions: &[&'static Cmdlet]) {
        let mut own = self.functions.borrow_mut();
        for function in functions {
            own.retain(|old| !old.is_called(&function.name()));
            own.push(function);
        }
    }

    /// The same, or an error with the nearest name.
    pub fn resolve(&self, name: &str) -> Result<&'static Cmdlet, Diagnostic> {
        self.find(name).ok_or_else(|| self.unknown(name))
    }

    /// The error for a name that is none; also fills in a finding of the front end, which knows no names.
    pub fn unknown(&self, name: &str) -> Diagnostic {
        let fault = Diagnostic::usage("UnknownCmdlet", format!("there is no cmdlet '{name}'"));
        let fault = fault.about(name);
        if let Some(cure) = foreign_names::command(name, self.cmdlets.iter().copied()) {
            return fault.hint(cure);
        }
        // Verbs are few and alike: what is meant has a noun that is near too.
        let noun = |name: &str| {
            name.split_once('-')
                .map_or(String::new(), |(_, n)| n.to_owned())
        };
        let is_near = |own: &String| nearest(&noun(name), [&*noun(own)]).is_some();
        let names: Vec<String> = self.iter().map(Cmdlet::name).filter(is_near).collect();
        fault
            .hint("Get-Command lists all of them")
            .did_you_mean(name, names.iter().map(String::as_str))
    }

    pub fn iter(&self) -> impl Iterator<Item = &'static Cmdlet> {
        let functions = self.functions.borrow().clone();
        functions.into_iter().chain(self.cmdlets.iter().copied())
    }
}
