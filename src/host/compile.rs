//! From a text to what the engine runs: lowered, bound, compiled; and the texts that faults point into.

use std::sync::Arc;

use rhai::{AST, Engine, Scope};

use super::Mode;
use super::fault::{self, CompiledSource, Place};
use super::library::{Found, Front, called_in_full, given_twice, libraries, with_missing};
use super::state::HostState;
use crate::command::{Catalog, Cmdlet, ResolvedCommand, of_functions, resolve_commands};
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::lang::{Import, Lowered};

impl HostState {
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
        mode: Mode,
    ) -> Result<(AST, Arc<CompiledSource>), Vec<Diagnostic>> {
        let read = self.read(scope, source, module.is_some(), mode);
        self.finish(engine, scope, source, module, read)
    }

    /// The second half of [`HostState::compile`]: a text that was read becomes what the engine runs.
    pub fn finish(
        &self,
        engine: &Engine,
        scope: &Scope,
        source: &Arc<Source>,
        module: Option<&str>,
        read: Read,
    ) -> Result<(AST, Arc<CompiledSource>), Vec<Diagnostic>> {
        let Read {
            lowered,
            imports,
            functions,
            paired,
            faults,
            warnings,
            ..
        } = read;
        if !faults.is_empty() {
            // A command may be unknown because its import isn't there.
            let missing = |fault| with_missing(fault, &imports, source);
            let faults = faults.into_iter().map(missing).collect();
            return Err(faults);
        }
        for warning in &warnings {
            self.session.borrow_mut().console.warning(warning);
        }
        let libraries = libraries(&imports);
        if module.is_none() {
            for library in &libraries {
                self.catalog.define(&library.cmdlets);
            }
            self.catalog.define(&functions);
        }
        let unit = Arc::new(CompiledSource {
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
        let callers: String = libraries.iter().map(|l| l.callers.as_str()).collect();
        // Those of a file that can't be compiled can't be either; its import will say so.
        if !callers.is_empty()
            && let Ok(callers) = engine.compile(callers)
        {
            ast.combine(callers);
        }
        Ok((ast, unit))
    }

    /// Lowers and binds a text, and finds all that can be wrong with it before the engine sees it. A module knows the
    /// cmdlets of nobody else.
    pub fn read(&self, scope: &Scope, source: &Arc<Source>, module: bool, mode: Mode) -> Read {
        let catalog = match module {
            true => self.catalog.built_ins(),
            false => Catalog::clone(&self.catalog),
        };
        let Front { lowered, imports } =
            self.lower(&variables(scope), &source.text, &catalog, mode);
        for library in libraries(&imports) {
            catalog.define(&library.cmdlets);
        }
        let found = of_functions(&lowered.functions, "");
        let functions: Vec<_> = found.iter().map(|(cmdlet, _)| *cmdlet).collect();
        catalog.define(&functions);
        let mut faults: Vec<Diagnostic> = lowered
            .errors
            .iter()
            .map(|fault| self.name_unknown(&catalog, &lowered.imports, fault.clone()))
            .collect();
        let attended = self.session.borrow().console.interactive();
        let mut paired = Vec::new();
        for pipeline in &lowered.pipelines {
            match resolve_commands(pipeline, &catalog, attended) {
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
        let warnings = warnings.chain(given_twice(&imports, &functions));
        Read {
            faults: faults.into_iter().map(|f| f.in_source(source)).collect(),
            warnings: warnings.map(|warning| warning.in_source(source)).collect(),
            catalog,
            lowered,
            imports,
            functions,
            paired,
        }
    }

    /// The front end knows no names; what it found unknown is told with the nearest one.
    fn name_unknown(&self, catalog: &Catalog, imports: &[Import], fault: Diagnostic) -> Diagnostic {
        let (Some(name), "UnknownCmdlet") = (&fault.target, fault.id) else {
            return fault;
        };
        let mut named = catalog.unknown(name);
        let mut inner = imports.iter().filter(|import| !import.direct);
        let has_it = |import: &&Import| {
            let library = self.library(&import.path);
            library.is_ok_and(|library| library.has(name))
        };
        if let Some(import) = inner.find(has_it) {
            let cure = format!("import \"{}\" at the top level of the script", import.path);
            named = named.hint(match called_in_full(import, name) {
                Some(full) => format!("call it as {full}, or {cure}"),
                None => cure,
            });
        }
        match fault.span {
            Some(span) => named.at(span),
            None => named,
        }
    }
}

/// A text that the front end and the binder have been through.
pub struct Read {
    /// What can be called in it.
    pub catalog: Catalog,
    pub lowered: Lowered,
    imports: Vec<(Import, Found)>,
    /// Its functions that are cmdlets.
    pub functions: Vec<&'static Cmdlet>,
    /// The commands of its pipelines, but for those at fault.
    pub paired: Vec<Vec<ResolvedCommand>>,
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
