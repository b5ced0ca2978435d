//! From an admin's text to something the engine can run: lowered, paired, compiled, and remembered for its faults.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use rhai::{AST, Engine, EvalAltResult, Scope};

use super::fault::{self, Unit};
use super::pipelines::Lines;
use crate::command::pair;
use crate::diagnostic::{Diagnostic, Source};
use crate::lang::{self, Lowered, Surroundings};

/// All texts that were compiled.
pub struct Texts {
    lines: Rc<Lines>,
    /// In which text each script function stands.
    functions: RefCell<HashMap<String, Arc<Unit>>>,
    /// How each of them is called: `f(a, b)`.
    signatures: RefCell<BTreeMap<String, String>>,
    is_command: Box<dyn Fn(&str) -> bool>,
}

impl Texts {
    pub fn new(lines: &Rc<Lines>) -> Self {
        let known = Rc::clone(lines);
        Self {
            lines: Rc::clone(lines),
            functions: RefCell::default(),
            signatures: RefCell::default(),
            is_command: Box::new(move |name| known.catalog.find(name).is_some()),
        }
    }

    /// What the front end may know of the world.
    pub fn surroundings<'a>(&'a self, variables: &'a [String]) -> Surroundings<'a> {
        Surroundings {
            is_command: &*self.is_command,
            variables,
            first_pipeline: self.lines.next_id(),
        }
    }

    pub fn lower(&self, text: &str, variables: &[String]) -> Lowered {
        lang::lower(text, &self.surroundings(variables))
    }

    /// Compiles a text; nothing of it runs when any of it can't.
    ///
    /// # Errors
    /// All faults that can be known before it runs, in the order in which they stand.
    pub fn compile(
        &self,
        engine: &Engine,
        scope: &Scope,
        source: &Arc<Source>,
    ) -> Result<(AST, Arc<Unit>), Vec<Diagnostic>> {
        let lowered = self.lower(&source.text, &names(scope));
        let mut faults: Vec<Diagnostic> = lowered
            .errors
            .iter()
            .map(|fault| self.name_unknown(fault.clone()).in_source(source))
            .collect();
        let mut paired = Vec::new();
        for pipeline in &lowered.pipelines {
            match pair(pipeline, &self.lines.catalog) {
                Ok(stages) => paired.push(stages),
                Err(found) => {
                    let news = found.into_iter().filter(|f| !is_told(f, &lowered.errors));
                    faults.extend(news.map(|f| f.in_source(source)));
                }
            }
        }
        if !faults.is_empty() {
            faults.sort_by_key(|fault| fault.span.map_or(0, |span| span.start));
            return Err(faults);
        }
        for warning in lowered.warnings {
            let warning = warning.in_source(source);
            self.lines.session.borrow_mut().console.warning(&warning);
        }
        let unit = Arc::new(Unit {
            source: Arc::clone(source),
            map: lowered.map,
        });
        let compiled = engine.compile_with_scope(scope, &lowered.text);
        let ast = compiled.map_err(|error| vec![fault::of_parsing(&error, &unit)])?;
        let mut pipelines = lowered.pipelines;
        for index in lowered.tail {
            // Nobody takes the last value: what its commands yield goes out as it comes.
            if let Some(pipeline) = pipelines.get_mut(index) {
                pipeline.discard = true;
            }
        }
        self.lines.add(pipelines, paired, source);
        let mut functions = self.functions.borrow_mut();
        let mut signatures = self.signatures.borrow_mut();
        for function in ast.iter_functions() {
            let name = function.name.to_owned();
            if !name.contains('$') {
                let signature = format!("{name}({})", function.params.join(", "));
                signatures.insert(name.clone(), signature);
            }
            functions.insert(name, Arc::clone(&unit));
        }
        Ok((ast, unit))
    }

    /// An error of a run of the text.
    pub fn fault(
        &self,
        error: EvalAltResult,
        unit: &Arc<Unit>,
        variables: &[String],
    ) -> Diagnostic {
        let functions: Vec<String> = self.signatures.borrow().values().cloned().collect();
        let known = fault::Known {
            units: &self.functions.borrow(),
            variables,
            functions: &functions,
        };
        fault::of_running(error, unit, &known)
    }

    /// The front end knows no names; what it found unknown is told with the nearest one.
    fn name_unknown(&self, fault: Diagnostic) -> Diagnostic {
        match (&fault.target, fault.id) {
            (Some(name), "UnknownCmdlet") => {
                let named = self.lines.catalog.unknown(name);
                match fault.span {
                    Some(span) => named.at(span),
                    None => named,
                }
            }
            _ => fault,
        }
    }
}

/// The variables of a scope that an admin knows of.
pub fn names(scope: &Scope) -> Vec<String> {
    scope
        .iter()
        .map(|(name, _, _)| name.to_owned())
        .filter(|name| !name.starts_with("_ps_"))
        .collect()
}

/// Whether the front end found fault with the same words already: then what binding says of them is a consequence.
fn is_told(fault: &Diagnostic, told: &[Diagnostic]) -> bool {
    let Some(own) = fault.span else {
        return false;
    };
    told.iter()
        .filter_map(|told| told.span)
        .any(|told| told.start < own.end && own.start < told.end)
}
