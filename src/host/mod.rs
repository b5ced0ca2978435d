//! Rhai, and only here: compiles what the front end lowered, and runs pipelines when evaluation meets them.

mod convert;
mod fault;
mod helpers;
mod pipelines;

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rhai::{AST, Dynamic, Engine, EvalAltResult, OptimizationLevel, Scope};

use crate::command::{Catalog, pair};
use crate::diagnostic::{Category, Diagnostic, Source};
use crate::lang::{self, Cursor, Highlight, Lowered, Surroundings};
use crate::session::Session;
use crate::value::Value;
use convert::{to_dynamic, to_value};
use fault::{Exit, Unit};
use pipelines::Lines;

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
    units: HashMap<String, Arc<Unit>>,
    lines: Rc<Lines>,
    is_command: IsCommand,
}

type IsCommand = Box<dyn Fn(&str) -> bool>;

impl Host {
    /// An engine on a session. `stop` is set by Ctrl-C.
    pub fn new(session: Rc<RefCell<Session>>, catalog: Catalog, stop: Arc<AtomicBool>) -> Self {
        let mut engine = Engine::new();
        engine
            .set_optimization_level(OptimizationLevel::Simple)
            .set_max_call_levels(96)
            .set_max_expr_depths(256, 256)
            .set_max_string_size(16 << 20)
            .set_max_variables(10_000)
            .disable_symbol("eval");
        let flag = Arc::clone(&stop);
        engine.on_progress(move |_| {
            flag.load(Ordering::Relaxed)
                .then(|| Dynamic::from(fault::Fault(pipelines::interrupted())))
        });
        let console = Rc::clone(&session);
        engine.on_print(move |text| {
            // A closed output is met again, and told, at the next result.
            let _ = console.borrow_mut().console.print(text);
        });
        let console = Rc::clone(&session);
        engine.on_debug(move |text, _, _| console.borrow_mut().console.notice(text));
        helpers::register(&mut engine, &session);
        let lines = Rc::new(Lines::new(session, catalog, stop));
        pipelines::register(&mut engine, &lines);
        let known = Rc::clone(&lines);
        Self {
            is_command: Box::new(move |name| known.catalog.find(name).is_some()),
            engine,
            scope: Scope::new(),
            functions: AST::empty(),
            units: HashMap::new(),
            lines,
        }
    }

    pub fn catalog(&self) -> &Catalog {
        &self.lines.catalog
    }

    /// Gives scripts a variable.
    pub fn set_variable(&mut self, name: &str, value: Value) {
        self.scope.set_value(name, to_dynamic(value));
    }

    /// Whether more must be typed before the text can run: an open bracket, a trailing pipe.
    pub fn is_incomplete(&self, text: &str) -> bool {
        let lowered = self.lower(text, 0);
        !lowered.errors.is_empty() && lowered.errors.iter().all(|error| error.incomplete)
    }

    fn surroundings<'a>(
        &'a self,
        variables: &'a [String],
        first_pipeline: usize,
    ) -> Surroundings<'a> {
        Surroundings {
            is_command: &*self.is_command,
            variables,
            first_pipeline,
        }
    }

    fn lower(&self, text: &str, first_pipeline: usize) -> Lowered {
        let variables = self.variables();
        lang::lower(text, &self.surroundings(&variables, first_pipeline))
    }

    /// What stands at a place of a line, for completion.
    pub fn cursor(&self, text: &str, offset: usize) -> Cursor {
        let variables = self.variables();
        lang::cursor(text, offset, &self.surroundings(&variables, 0))
    }

    /// A line's words by kind, for colours.
    pub fn highlight(&self, text: &str) -> Vec<Highlight> {
        let variables = self.variables();
        lang::highlight(text, &self.surroundings(&variables, 0))
    }

    /// The variables that are set, for the front end and for completion.
    pub fn variables(&self) -> Vec<String> {
        self.scope
            .iter()
            .map(|(name, _, _)| name.to_owned())
            .filter(|name| !name.starts_with("_ps_"))
            .collect()
    }

    /// Runs a text. Nothing of it runs when any of it can't.
    ///
    /// # Errors
    /// All faults that can be known before it runs, or the one that ended it.
    pub fn run(&mut self, source: &Arc<Source>, mode: Mode) -> Result<Ended, Vec<Diagnostic>> {
        let lowered = self.lower(&source.text, self.lines.next_id());
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
        let compiled = self.engine.compile_with_scope(&self.scope, &lowered.text);
        let ast = compiled.map_err(|error| vec![fault::of_parsing(&error, &unit)])?;
        let mut pipelines = lowered.pipelines;
        for index in lowered.tail {
            // Nobody takes the last value: what its commands yield goes out as it comes.
            if let Some(pipeline) = pipelines.get_mut(index) {
                pipeline.discard = true;
            }
        }
        self.lines.add(pipelines, paired, source);
        for function in ast.iter_functions() {
            self.units
                .insert(function.name.to_owned(), Arc::clone(&unit));
        }
        self.functions = self.functions.merge(&ast);
        let outcome = self.evaluate();
        self.functions.clear_statements();
        match outcome {
            Ok(value) => {
                if mode == Mode::Line {
                    let value = to_value(&value);
                    let mut session = self.lines.session.borrow_mut();
                    show(&mut session, value).map_err(|fault| vec![fault])?;
                }
                Ok(Ended::Done)
            }
            Err(error) => self.ended(*error, &unit),
        }
    }

    fn evaluate(&mut self) -> Result<Dynamic, Box<EvalAltResult>> {
        let depth = self.scope.len();
        let (engine, scope, ast) = (&self.engine, &mut self.scope, &self.functions);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            engine.eval_ast_with_scope::<Dynamic>(scope, ast)
        }));
        match outcome {
            Ok(outcome) => outcome,
            Err(_) => {
                self.scope.rewind(depth);
                Err(fault::raise(
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

    fn ended(&self, error: EvalAltResult, unit: &Arc<Unit>) -> Result<Ended, Vec<Diagnostic>> {
        if let Some(Exit(code)) = exit_code(&error) {
            return Ok(Ended::Exit(code));
        }
        let functions: Vec<String> = self
            .functions
            .iter_functions()
            .filter(|function| !function.name.contains('$'))
            .map(|function| format!("{}({})", function.name, function.params.join(", ")))
            .collect();
        let known = fault::Known {
            units: &self.units,
            variables: &self.variables(),
            functions: &functions,
        };
        Err(vec![fault::of_running(error, unit, &known)])
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

/// Whether the front end found fault with the same words already: then what binding says of them is a consequence.
fn is_told(fault: &Diagnostic, told: &[Diagnostic]) -> bool {
    let Some(own) = fault.span else {
        return false;
    };
    told.iter()
        .filter_map(|told| told.span)
        .any(|told| told.start < own.end && own.start < told.end)
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
