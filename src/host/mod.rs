//! Rhai, and only here: compiles what the front end lowered, and runs pipelines when evaluation meets them.

mod arithmetic;
mod check;
mod closures;
mod compile;
mod convert;
mod dead_end;
mod engine_error;
mod fault;
mod helpers;
mod import;
mod library;
mod memory;
mod methods;
mod patterns;
mod pipelines;
mod preferences;
mod script;
mod span;
mod state;
mod table;

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rhai::{AST, Dynamic, Engine, EvalAltResult, OptimizationLevel, Scope};

use crate::command::Catalog;
use crate::diagnostic::{Category, Diagnostic, Source};
use crate::lang::{self, Cursor, Highlight};
use crate::session::Session;
use crate::value::Value;
pub use check::Findings;
use convert::{to_dynamic, to_value};
use engine_error::Exit;
use fault::CompiledSource;
use import::Importer;
use memory::Memory;
use state::HostState;

/// How a text's last value is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A typed line: whatever it comes to is shown.
    Line,
    /// A script: only what a command puts out is shown.
    Script,
}

/// How a run ended that didn't fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Done,
    /// `exit(n)`.
    Exit(u8),
}

/// The script engine with its variables and functions.
pub struct Host {
    engine: Engine,
    scope: Scope<'static>,
    /// The functions of everything that ran so far.
    functions: AST,
    memory: Memory,
    world: Rc<HostState>,
}

impl Host {
    /// An engine on a session. `stop` is set by Ctrl-C.
    pub fn new(session: Rc<RefCell<Session>>, catalog: Catalog, stop: Arc<AtomicBool>) -> Self {
        let mut engine = Engine::new();
        engine
            .set_optimization_level(OptimizationLevel::Simple)
            .set_max_call_levels(96)
            .set_max_expr_depths(256, 256)
            .set_max_variables(10_000)
            .disable_symbol("eval");
        let flag = Arc::clone(&stop);
        let memory = Memory::new();
        let held = memory.clone();
        engine.on_progress(move |_| {
            if flag.load(Ordering::Relaxed) {
                return Some(Dynamic::from(
                    engine_error::Fault(Diagnostic::interrupted()),
                ));
            }
            held.is_over()
                .then(|| Dynamic::from(engine_error::Fault(held.fault())))
        });
        memory::register(&mut engine);
        let console = Rc::clone(&session);
        engine.on_print(move |text| {
            // A closed output is met again, and told, at the next result.
            let _ = console.borrow_mut().console.print(text);
        });
        let console = Rc::clone(&session);
        engine.on_debug(move |text, _, _| console.borrow_mut().console.notice(text));
        helpers::register(&mut engine, &session);
        helpers::register_sleep(&mut engine, &stop);
        preferences::register(&mut engine, &session);
        let world = Rc::new(HostState::new(session, catalog, stop));
        pipelines::register(&mut engine, &world);
        script::register(&mut engine, &world);
        engine.set_module_resolver(Importer::new(&world));
        Self {
            engine,
            scope: Scope::new(),
            functions: AST::empty(),
            memory,
            world,
        }
    }

    /// Sets how much memory a script may add, in bytes.
    pub fn limit_memory(&self, most: usize) {
        self.memory.limit(most);
    }

    /// Says where the script lies that is run: its imports come from there.
    pub fn set_folder(&mut self, folder: &Path) {
        *self.world.folder.borrow_mut() = folder.to_owned();
    }

    pub fn catalog(&self) -> &Catalog {
        &self.world.catalog
    }

    /// Gives scripts a variable.
    pub fn set_variable(&mut self, name: &str, value: Value) {
        self.scope.set_value(name, to_dynamic(value));
    }

    /// Whether more must be typed before the text can run: an open bracket, a trailing pipe.
    pub fn is_incomplete(&self, text: &str) -> bool {
        let variables = self.variables();
        let lowered = lang::lower(text, &self.world.surroundings(&variables, 0));
        !lowered.errors.is_empty()
            && lowered.errors.iter().all(|error| error.incomplete)
            && self.dead_end(text).is_empty()
    }

    /// What stands at a place of a line, for completion.
    pub fn cursor(&self, text: &str, offset: usize) -> Cursor {
        let variables = self.variables();
        lang::cursor(text, offset, &self.world.surroundings(&variables, 0))
    }

    /// A line's words by kind, for colours.
    pub fn highlight(&self, text: &str) -> Vec<Highlight> {
        let variables = self.variables();
        lang::highlight(text, &self.world.surroundings(&variables, 0))
    }

    /// The variables that are set, for the front end and for completion.
    pub fn variables(&self) -> Vec<String> {
        compile::variables(&self.scope)
    }

    /// The properties of what a variable holds, or of the first in the list that it holds, by the path behind its name;
    /// none where it isn't set.
    pub fn properties_of(&self, name: &str, path: &[String]) -> Option<Vec<String>> {
        let held = self.scope.get(name)?;
        let first = held.as_array_ref().ok().map(|list| list.first().cloned());
        let mut value = match first {
            Some(first) => to_value(&first?),
            None => to_value(held),
        };
        for part in path {
            value = value.property(part)?;
        }
        let names = value.property_names().into_iter();
        Some(names.map(str::to_owned).collect())
    }

    /// Runs a text. Nothing of it runs when any of it can't.
    ///
    /// # Errors
    /// All faults that can be known before it runs, or the one that ended it.
    pub fn run(&mut self, source: &Arc<Source>, mode: Mode) -> Result<Ended, Vec<Diagnostic>> {
        let read = self.world.read(&self.scope, source, false, mode);
        helpers::register_enumerated(&mut self.engine, &read.lowered.properties);
        let compiled = self
            .world
            .finish(&self.engine, &self.scope, source, None, read);
        let (ast, unit) = compiled.map_err(|faults| {
            let unfinished = mode == Mode::Line && faults.iter().all(|fault| fault.incomplete);
            match self.dead_end(&source.text) {
                found if unfinished && !found.is_empty() => {
                    found.into_iter().map(|f| f.in_source(source)).collect()
                }
                _ => faults,
            }
        })?;
        self.functions = self.functions.merge(&ast);
        self.world.session.borrow_mut().begin_run();
        let outcome = self.evaluate();
        self.functions.clear_statements();
        match outcome {
            Ok(value) => {
                if mode == Mode::Line {
                    let value = to_value(&value);
                    let mut session = self.world.session.borrow_mut();
                    show(&mut session, value).map_err(|fault| vec![fault])?;
                }
                Ok(Ended::Done)
            }
            Err(error) => self.ended(*error, &unit),
        }
    }

    fn evaluate(&mut self) -> Result<Dynamic, Box<EvalAltResult>> {
        let depth = self.scope.len();
        let _watch = self.memory.watch();
        let (engine, scope, ast) = (&self.engine, &mut self.scope, &self.functions);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            engine.eval_ast_with_scope::<Dynamic>(scope, ast)
        }));
        match outcome {
            Ok(outcome) => outcome,
            Err(_) => {
                self.scope.rewind(depth);
                Err(engine_error::raise(
                    Diagnostic::new(
                        "InternalError",
                        Category::Runtime,
                        "the program itself failed here",
                    )
                    .hint("please report it with the line you typed; the store is as it was"),
                ))
            }
        }
    }

    fn ended(
        &self,
        error: EvalAltResult,
        unit: &Arc<CompiledSource>,
    ) -> Result<Ended, Vec<Diagnostic>> {
        if let Some(Exit(code)) = exit_code(&error) {
            return Ok(Ended::Exit(code));
        }
        let functions: Vec<String> = self
            .functions
            .iter_functions()
            .filter(|function| !function.name.contains('$') && !function.name.starts_with("_ps_"))
            .map(|function| format!("{}({})", function.name, function.params.join(", ")))
            .collect();
        let known = fault::Known {
            units: &self.world.units.borrow(),
            variables: &self.variables(),
            functions: &functions,
        };
        Err(vec![fault::of_running(error, unit, &known)])
    }
}

fn exit_code(error: &EvalAltResult) -> Option<Exit> {
    match error {
        EvalAltResult::ErrorTerminated(value, _) => value.read_lock::<Exit>().map(|exit| *exit),
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _)
        | EvalAltResult::ErrorInModule(_, inner, _) => exit_code(inner),
        _ => None,
    }
}

fn show(session: &mut Session, value: Value) -> Result<(), Diagnostic> {
    match value {
        Value::Null => Ok(()),
        Value::List(items) => items
            .iter()
            .try_for_each(|item| session.output(item.clone())),
        one => session.output(one),
    }
}
