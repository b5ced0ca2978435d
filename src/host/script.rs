//! A script as something to call: its parameters, and how one script runs another.

use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use rhai::{AST, Dynamic, Engine, EvalAltResult, Position, Scope};

use super::Host;
use super::Mode;
use super::convert::to_dynamic;
use super::engine_error::raise;
use super::import;
use super::state::HostState;
use crate::command::{Cmdlet, of_script, read_map};
use crate::diagnostic::{Category, Diagnostic, Source};
use crate::files;
use crate::lang::ParameterSignature;
use crate::value::Value;

type Outcome = Result<Dynamic, Box<EvalAltResult>>;

/// Registers `param(name)` and `param(name, default)`.
pub fn register(engine: &mut Engine, world: &Rc<HostState>) {
    let given = |world: &HostState, name: &str| {
        let parameters = world.parameters.borrow();
        parameters
            .get(&name.to_lowercase())
            .cloned()
            .map(to_dynamic)
    };
    let own = Rc::clone(world);
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
    let own = Rc::clone(world);
    engine.register_fn("param", move |name: &str, default: Dynamic| {
        given(&own, name).unwrap_or(default)
    });
}

/// How many scripts may run inside each other; a deeper call is one that never ends.
const DEEPEST: usize = 16;

/// A script file that another script, or a line, runs.
pub struct Script {
    ast: AST,
    path: PathBuf,
    /// Its imports come from here.
    folder: PathBuf,
    parameters: HashMap<String, Value>,
}

impl Script {
    /// Reads and compiles a file.
    ///
    /// # Errors
    /// The file can't be read or compiled, or the parameters are not those that it declares.
    pub fn load(
        world: &HostState,
        engine: &Engine,
        path: &str,
        parameters: &Value,
    ) -> Result<Self, Diagnostic> {
        if world.depth.get() >= DEEPEST {
            return Err(Diagnostic::new(
                "TooDeep",
                Category::Runtime,
                format!("{path} is run by itself again and again"),
            )
            .hint("a script that runs itself needs a case in which it doesn't"));
        }
        let path = files::typed(path);
        world.session.borrow_mut().note_read(&path);
        let source = files::read_text(&path)?.source();
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let outer = world.folder.replace(folder.clone());
        let compiled = Self::compile(world, engine, &source, parameters);
        world.folder.replace(outer);
        let (ast, parameters) = compiled?;
        Ok(Self {
            ast,
            path,
            folder,
            parameters,
        })
    }

    fn compile(
        world: &HostState,
        engine: &Engine,
        source: &Arc<Source>,
        parameters: &Value,
    ) -> Result<(AST, HashMap<String, Value>), Diagnostic> {
        let read = world.read(&Scope::new(), source, true, Mode::Script);
        let cmdlet = declared(source, &read.lowered.parameters);
        let values = read_map(cmdlet, parameters)?;
        let (ast, _) = world
            .finish(engine, &Scope::new(), source, Some(&source.name), read)
            .map_err(import::one)?;
        Ok((ast, by_name(values)))
    }

    /// Runs it with variables of its own; its imports come from its own folder. `exit` ends it and nothing else.
    pub fn run(self, world: &HostState, engine: &Engine, position: Position) -> Outcome {
        let folder = world.folder.replace(self.folder);
        let parameters = world.parameters.replace(self.parameters);
        world.depth.set(world.depth.get() + 1);
        let outcome = engine.eval_ast_with_scope::<Dynamic>(&mut Scope::new(), &self.ast);
        world.depth.set(world.depth.get() - 1);
        world.parameters.replace(parameters);
        world.folder.replace(folder);
        outcome.or_else(|error| {
            if super::exit_code(&error).is_some() {
                return Ok(Dynamic::UNIT);
            }
            Err(match *error {
                EvalAltResult::ErrorTerminated(..) => error,
                _ => {
                    let path = self.path.display().to_string();
                    EvalAltResult::ErrorInModule(path, error, position).into()
                }
            })
        })
    }
}

fn by_name(values: impl IntoIterator<Item = (&'static str, Value)>) -> HashMap<String, Value> {
    let values = values.into_iter();
    values
        .map(|(name, value)| (name.to_lowercase(), value))
        .collect()
}

/// A script's declaration as a cmdlet.
fn declared(source: &Source, parameters: &[ParameterSignature]) -> &'static Cmdlet {
    let name = source.name.rsplit(['/', '\\']).next();
    of_script(name.unwrap_or(&source.name), &source.text, parameters)
}

impl Host {
    /// A script's declaration as a cmdlet.
    pub fn script(&self, source: &Source) -> &'static Cmdlet {
        let variables = self.variables();
        let world = &self.world;
        let front = world.lower(&variables, &source.text, &world.catalog, Mode::Script);
        declared(source, &front.lowered.parameters)
    }

    /// What `param` finds.
    pub fn set_parameters(&mut self, values: impl IntoIterator<Item = (&'static str, Value)>) {
        *self.world.parameters.borrow_mut() = by_name(values);
    }
}
