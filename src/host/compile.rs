//! From a text to what the engine runs: lowered, bound, compiled; and the texts that faults point into.

use std::rc::Rc;
use std::sync::Arc;

use rhai::{AST, Engine, Scope};

use super::fault::{self, Place, Unit};
use super::library::Library;
use super::world::World;
use crate::command::{Catalog, Cmdlet, Paired, of_functions, pair};
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::lang::{self, Import, Lowered, Surroundings};

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
        let read = self.read(scope, source, module.is_some());
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
            imports,
            functions,
            paired,
            mut faults,
            warnings,
            ..
        } = read;
        if !faults.is_empty() {
            // A command may be unknown because its import isn't there.
            let missing = imports.iter().filter_map(|(import, found)| {
                let fault = found.as_ref().err()?;
                Some(fault.clone().at(import.span).in_source(source))
            });
            faults.extend(missing);
            in_order(&mut faults);
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
        let callers: String = libraries.iter().map(|l| l.callers.as_str()).collect();
        // Those of a file that can't be compiled can't be either; its import will say so.
        if !callers.is_empty()
            && let Ok(callers) = engine.compile(callers)
        {
            ast.combine(callers);
        }
        Ok((ast, unit))
    }

    /// Lowers a text, with the functions of what it imports among the commands.
    pub fn lower(&self, variables: &[String], text: &str, commands: &Catalog) -> Front {
        let mut found: Vec<(String, Found)> = Vec::new();
        // A name that is no command yet may keep an import behind it from being seen.
        let lowered = loop {
            let catalog = commands.clone();
            for library in found
                .iter()
                .filter_map(|(_, library)| library.as_ref().ok())
            {
                catalog.define(&library.cmdlets);
            }
            let around = Surroundings {
                is_command: &|name| catalog.find(name).is_some(),
                variables,
                first_pipeline: self.next_id(),
            };
            let lowered = lang::lower(text, &around);
            let before = found.len();
            for import in lowered.imports.iter().filter(|import| import.direct) {
                if found.iter().all(|(path, _)| *path != import.path) {
                    found.push((import.path.clone(), self.library(&import.path)));
                }
            }
            if found.len() == before {
                break lowered;
            }
        };
        let direct = lowered.imports.iter().filter(|import| import.direct);
        let imports = direct.filter_map(|import| {
            let (_, library) = found.iter().find(|(path, _)| *path == import.path)?;
            Some((import.clone(), library.clone()))
        });
        Front {
            imports: imports.collect(),
            lowered,
        }
    }

    /// Lowers and binds a text, and finds all that can be wrong with it before the engine sees it. A module knows the
    /// cmdlets of nobody else.
    pub fn read(&self, scope: &Scope, source: &Arc<Source>, module: bool) -> Read {
        let catalog = match module {
            true => self.catalog.built_ins(),
            false => Catalog::clone(&self.catalog),
        };
        let Front { lowered, imports } = self.lower(&variables(scope), &source.text, &catalog);
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
            match pair(pipeline, &catalog, attended) {
                Ok(stages) => paired.push(stages),
                Err(found) => {
                    let news = found.into_iter().filter(|f| !is_told(f, &lowered.errors));
                    faults.extend(news);
                }
            }
        }
        in_order(&mut faults);
        let hidden = found.iter().filter_map(|(function, span)| {
            let hidden = catalog.built_in(&function.name())?;
            Some(hides(hidden, *span))
        });
        let warnings = lowered.warnings.iter().cloned().chain(hidden);
        let warnings = warnings.chain(twice(&imports, &functions));
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
        let inner = imports.iter().filter(|import| !import.direct);
        let has_it = |import: &&Import| {
            let library = self.library(&import.path);
            library.is_ok_and(|library| library.cmdlets.iter().any(|own| own.is_called(name)))
        };
        if let Some(import) = inner.clone().find(has_it) {
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

type Found = Result<Rc<Library>, Diagnostic>;

/// A text that the front end has been through.
pub struct Front {
    pub lowered: Lowered,
    /// The imports that hold for all of it, as they stand in it, each with what it gives.
    pub imports: Vec<(Import, Found)>,
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

/// A name that two imports give to different functions, unless the text's own function has it.
fn twice(imports: &[(Import, Found)], own: &[&Cmdlet]) -> Vec<Diagnostic> {
    let mut warnings = Vec::new();
    let mut earlier: Vec<(&Import, &Rc<Library>)> = Vec::new();
    for (import, library) in imports {
        let Ok(library) = library else { continue };
        let others = earlier
            .iter()
            .filter(|(_, other)| !Rc::ptr_eq(other, library));
        for (other, theirs) in others {
            let shared = library
                .cmdlets
                .iter()
                .map(|cmdlet| cmdlet.name())
                .filter(|name| {
                    let called = |cmdlet: &&Cmdlet| cmdlet.is_called(name);
                    theirs.cmdlets.iter().any(|c| called(c)) && !own.iter().any(|c| called(c))
                });
            warnings.extend(shared.map(|name| {
                let text = format!(
                    "{name} is this import's function, no longer that of \"{}\"",
                    other.path
                );
                let warning = Diagnostic::usage("ImportHidesFunction", text).at(import.span);
                match called_in_full(other, &name) {
                    Some(full) => warning.hint(format!("call that one as {full}")),
                    None => warning.hint("import that one with a name: as other"),
                }
            }));
        }
        earlier.push((import, library));
    }
    warnings
}

/// How Rhai calls the function that a cmdlet of an import is.
fn called_in_full(import: &Import, cmdlet: &str) -> Option<String> {
    let name = import.name.as_ref()?;
    Some(format!("{name}::{}(…)", cmdlet.replacen('-', "_", 1)))
}

fn libraries(imports: &[(Import, Found)]) -> Vec<Rc<Library>> {
    let found = imports.iter().filter_map(|(_, found)| found.as_ref().ok());
    found.map(Rc::clone).collect()
}

fn in_order(faults: &mut [Diagnostic]) {
    faults.sort_by_key(|fault| fault.span.map_or(0, |span| span.start));
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
        .any(|told| told.start < own.end && own.start < told.end)
}
