//! A script as something to call and to check: its parameters, and what can be known of it before it runs.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use rhai::{Dynamic, Engine, EvalAltResult, Scope};

use super::Host;
use super::convert::to_dynamic;
use super::fault::{self, Unit, raise};
use super::import;
use crate::command::{Cmdlet, of_script, unknown_names};
use crate::diagnostic::{Category, Diagnostic, Source};
use crate::files;
use crate::lang;
use crate::value::Value;

/// What the script was called with, by the parameters' names in lower case.
pub type Parameters = Rc<RefCell<HashMap<String, Value>>>;

/// What is wrong with a script.
#[derive(Debug, Default)]
pub struct Findings {
    /// It can't run, or would fail for a name that doesn't exist.
    pub errors: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
    /// How many commands were looked at.
    pub commands: usize,
}

/// Registers `param(name)` and `param(name, default)`.
pub fn register(engine: &mut Engine, parameters: &Parameters) {
    type Outcome = Result<Dynamic, Box<EvalAltResult>>;
    let given = |parameters: &Parameters, name: &str| {
        let parameters = parameters.borrow();
        parameters
            .get(&name.to_lowercase())
            .cloned()
            .map(to_dynamic)
    };
    let own = Rc::clone(parameters);
    engine.register_fn("param", move |name: &str| -> Outcome {
        given(&own, name).ok_or_else(|| {
            raise(
                Diagnostic::new(
                    "MissingMandatoryParameter",
                    Category::Usage,
                    format!("the script needs -{name}"),
                )
                .hint(format!("tenantsh run SCRIPT -- -{name} VALUE, or give it a default: param(\"{name}\", VALUE)")),
            )
        })
    });
    let own = Rc::clone(parameters);
    engine.register_fn("param", move |name: &str, default: Dynamic| {
        given(&own, name).unwrap_or(default)
    });
}

impl Host {
    /// A script's declaration as a cmdlet, if it declares parameters.
    pub fn script(&self, source: &Source) -> Option<&'static Cmdlet> {
        let variables = self.variables();
        let lowered = lang::lower(&source.text, &self.compiler.surroundings(&variables, 0));
        let name = source
            .name
            .rsplit(['/', '\\'])
            .next()
            .unwrap_or(&source.name);
        of_script(name, &source.text, &lowered.parameters)
    }

    /// What `param` finds.
    pub fn set_parameters(&mut self, values: impl IntoIterator<Item = (&'static str, Value)>) {
        let values = values
            .into_iter()
            .map(|(name, value)| (name.to_lowercase(), value));
        *self.parameters.borrow_mut() = values.collect();
    }

    /// Everything that is wrong with a script and with what it imports, found without running any of it.
    pub fn check(&mut self, source: &Arc<Source>) -> Findings {
        let mut findings = Findings::default();
        self.check_text(source, &mut vec![], &mut findings);
        findings
    }

    fn check_text(
        &mut self,
        source: &Arc<Source>,
        around: &mut Vec<PathBuf>,
        findings: &mut Findings,
    ) {
        let scope = if around.is_empty() {
            self.scope.clone()
        } else {
            Scope::new()
        };
        let read = self.compiler.read(&scope, source);
        let tenant = self.compiler.lines.session.borrow().tenant();
        let names = unknown_names(&read.paired, &tenant);
        let names = names.into_iter().map(|fault| fault.in_source(source));
        findings.commands += read
            .lowered
            .pipelines
            .iter()
            .map(|p| p.stages.len())
            .sum::<usize>();
        findings.warnings.extend(read.warnings);
        let mut errors: Vec<_> = read.faults.into_iter().chain(names).collect();
        if read.lowered.errors.is_empty() {
            let unit = Unit {
                source: Arc::clone(source),
                map: read.lowered.map,
            };
            errors.extend(self.check_code(&scope, &read.lowered.text, &unit));
        }
        errors.sort_by_key(|fault| fault.span.map_or(0, |span| span.start));
        findings.errors.append(&mut errors);
        for (name, span) in &read.lowered.imports {
            let found = import::find(&self.folder.borrow(), name).and_then(|file| {
                let text = files::read_text(&file)?;
                Ok((file, text.source()))
            });
            match found {
                Ok((file, _)) if around.contains(&file) => {}
                Ok((file, text)) => {
                    around.push(file);
                    self.check_text(&text, around, findings);
                }
                Err(fault) => findings.errors.push(fault.at(*span).in_source(source)),
            }
        }
    }

    /// The engine's own compiling, which also knows the variables that don't exist.
    fn check_code(&mut self, scope: &Scope, lowered: &str, unit: &Unit) -> Option<Diagnostic> {
        let error = self.engine.compile_with_scope(scope, lowered).err();
        if let Some(error) = error {
            return Some(fault::of_parsing(&error, unit));
        }
        self.engine.set_strict_variables(true);
        let strict = self.engine.compile_with_scope(scope, lowered).err();
        self.engine.set_strict_variables(false);
        strict.and_then(|error| fault::of_unknown_variable(&error, unit))
    }
}
