//! From a text to what the engine runs: lowered, bound, compiled; and the texts that faults point into.

use std::sync::Arc;

use rhai::{AST, Engine, Scope};

use super::fault::{self, Place, Unit};
use super::world::World;
use crate::command::{Catalog, Cmdlet, Paired, of_functions, pair};
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::lang::{self, Lowered};

impl World {
    /// Compiles a text that sees the scope's variables; a module's goes by its path.
    ///
    /// # Errors
    /// All faults that can be known before it runs.
    pub fn compile(
        &self,
        engine: &Engine,
        scope: &Scope,
        source: &Arc<Source>,
        module: Option<&str>,
    ) -> Result<(AST, Arc<Unit>), Vec<Diagnostic>> {
        let read = self.read(scope, source);
        self.finish(engine, scope, source, module, read)
    }

    /// The second half of [`World::compile`]: a text that was read becomes what the engine runs.
    pub fn finish(
        &self,
        engine: &Engine,
        scope: &Scope,
        source: &Arc<Source>,
        module: Option<&str>,
        read: Read,
    ) -> Result<(AST, Arc<Unit>), Vec<Diagnostic>> {
        let Read {
            lowered,
            functions,
            paired,
            faults,
            warnings,
        } = read;
        if !faults.is_empty() {
            return Err(faults);
        }
        for warning in &warnings {
            self.session.borrow_mut().console.warning(warning);
        }
        if module.is_none() {
            self.catalog.define(&functions);
        }
        let unit = Arc::new(Unit {
            source: Arc::clone(source),
            map: lowered.map,
        });
        let mut ast = engine
            .compile_with_scope(scope, &lowered.text)
            .map_err(|error| vec![fault::of_parsing(&error, &unit)])?;
        let mut pipelines = lowered.pipelines;
        for index in lowered.tail {
            // Nobody takes the last value: what its commands yield goes out as it comes.
            if let Some(pipeline) = pipelines.get_mut(index) {
                pipeline.discard = true;
            }
        }
        self.add(pipelines, paired, source);
        let mut units = self.units.borrow_mut();
        if let Some(path) = module {
            ast.set_source(path);
            units.insert(Place::module(path), Arc::clone(&unit));
        }
        for function in ast.iter_functions() {
            let place = Place::function(module.unwrap_or_default(), function.name);
            units.insert(place, Arc::clone(&unit));
        }
        drop(units);
        Ok((ast, unit))
    }

    /// Lowers and binds a text, and finds all that can be wrong with it before the engine sees it.
    pub fn read(&self, scope: &Scope, source: &Arc<Source>) -> Read {
        let variables = variables(scope);
        let around = self.surroundings(&variables, self.next_id());
        let lowered = lang::lower(&source.text, &around);
        let catalog = Catalog::clone(&self.catalog);
        let found = of_functions(&lowered.functions);
        let functions: Vec<_> = found.iter().map(|(cmdlet, _)| *cmdlet).collect();
        catalog.define(&functions);
        let mut faults: Vec<Diagnostic> = lowered
            .errors
            .iter()
            .map(|fault| name_unknown(&catalog, fault.clone()))
            .collect();
        let attended = self.session.borrow().console.interactive();
        let mut paired = Vec::new();
        for pipeline in &lowered.pipelines {
            match pair(pipeline, &catalog, attended) {
                Ok(stages) => paired.push(stages),
                Err(found) => {
                    let news = found.into_iter().filter(|f| !is_told(f, &lowered.errors));
                    faults.extend(news);
                }
            }
        }
        faults.sort_by_key(|fault| fault.span.map_or(0, |span| span.start));
        let hidden = found.iter().filter_map(|(function, span)| {
            let hidden = catalog.built_in(&function.name())?;
            Some(hides(hidden, *span))
        });
        let warnings = lowered.warnings.iter().cloned().chain(hidden);
        Read {
            faults: faults.into_iter().map(|f| f.in_source(source)).collect(),
            warnings: warnings.map(|warning| warning.in_source(source)).collect(),
            lowered,
            functions,
            paired,
        }
    }
}

/// A text that the front end and the binder have been through.
pub struct Read {
    pub lowered: Lowered,
    /// Its functions that are cmdlets.
    pub functions: Vec<&'static Cmdlet>,
    /// The commands of its pipelines, but for those at fault.
    pub paired: Vec<Vec<Paired>>,
    pub faults: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
}

fn hides(cmdlet: &Cmdlet, span: Span) -> Diagnostic {
    let name = cmdlet.name();
    Diagnostic::usage(
        "FunctionHidesCmdlet",
        format!("this function takes the place of the cmdlet {name}"),
    )
    .at(span)
    .hint("another name keeps both")
}

/// The front end knows no names; what it found unknown is told with the nearest one.
fn name_unknown(catalog: &Catalog, fault: Diagnostic) -> Diagnostic {
    match (&fault.target, fault.id) {
        (Some(name), "UnknownCmdlet") => {
            let named = catalog.unknown(name);
            match fault.span {
                Some(span) => named.at(span),
                None => named,
            }
        }
        _ => fault,
    }
}

/// The variables of a scope that an admin gave.
pub fn variables(scope: &Scope) -> Vec<String> {
    // Not `iter`, which copies the values: this runs at each key, and a variable may hold a million users.
    let names = scope.iter_raw().map(|(name, _, _)| name.to_owned());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with("_ps_")).collect();
    // The latest came first.
    names.reverse();
    names
}

/// Whether the front end found fault with the same words already: then what binding says of them is a consequence.
fn is_told(fault: &Diagnostic, told: &[Diagnostic]) -> bool {
    let Some(own) = fault.span else {
        return false;
    };
    told.iter()
        .filter_map(|told| told.span)
        .any(|told| told == own || told.start < own.end && own.start < told.end)
}
