//! What everything in the host shares: the session, the catalogue, and what was compiled so far.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rhai::EvalAltResult;

use super::fault::{CompiledSource, Place};
use crate::command::{Catalog, Cmdlet, ResolvedCommand};
use crate::diagnostic::Source;
use crate::lang::{Environment, Pipeline};
use crate::session::Session;
use crate::value::Value;

/// A pipeline that was compiled.
pub struct Line {
    pub pipeline: Pipeline,
    pub stages: Vec<ResolvedCommand>,
    /// The text it stands in.
    pub source: Arc<Source>,
}

/// What a file gives to the texts that import it.
#[derive(Debug)]
pub struct Library {
    pub file: PathBuf,
    /// What it was made of: an edited file is read anew.
    pub text: String,
    /// Its functions that are cmdlets.
    pub cmdlets: Vec<&'static Cmdlet>,
    /// A function of the importing text for each of these, in plain Rhai. The engine finds a module's functions only by
    /// the name that the module has where the call is written; a cmdlet is called from anywhere.
    pub callers: String,
}

pub struct HostState {
    pub session: Rc<RefCell<Session>>,
    pub catalog: Rc<Catalog>,
    stop: Arc<AtomicBool>,
    /// Where imports are looked for.
    pub folder: RefCell<PathBuf>,
    /// The files that texts import, each at its number.
    pub libraries: RefCell<Vec<Rc<Library>>>,
    /// The files whose functions are being looked for, each imported by the one before.
    pub reading: RefCell<Vec<PathBuf>>,
    /// What the script that runs was called with, by the parameters' names in lower case.
    pub parameters: RefCell<HashMap<String, Value>>,
    /// How many scripts are running, each called by the one before.
    pub depth: Cell<usize>,
    /// The texts that faults point into.
    pub units: RefCell<HashMap<Place, Arc<CompiledSource>>>,
    lines: RefCell<Vec<Rc<Line>>>,
    /// An error of the engine's own that passes through a pipeline unharmed.
    pub pending: Cell<Option<Box<EvalAltResult>>>,
    is_command: Box<dyn Fn(&str) -> bool>,
}

impl HostState {
    pub fn new(session: Rc<RefCell<Session>>, catalog: Catalog, stop: Arc<AtomicBool>) -> Self {
        let catalog = Rc::new(catalog);
        let known = Rc::clone(&catalog);
        Self {
            session,
            catalog,
            stop,
            folder: RefCell::new(PathBuf::from(".")),
            libraries: RefCell::default(),
            reading: RefCell::default(),
            parameters: RefCell::default(),
            depth: Cell::new(0),
            units: RefCell::default(),
            lines: RefCell::default(),
            pending: Cell::new(None),
            is_command: Box::new(move |name| known.find(name).is_some()),
        }
    }

    /// What the front end must know of the world around a text.
    pub fn surroundings<'a>(
        &'a self,
        variables: &'a [String],
        first_pipeline: usize,
    ) -> Environment<'a> {
        Environment {
            is_command: &*self.is_command,
            variables,
            first_pipeline,
        }
    }

    /// Whether the admin pressed Ctrl-C.
    pub fn interrupted(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// The id of the next pipeline.
    pub fn next_id(&self) -> usize {
        self.lines.borrow().len()
    }

    pub fn add(
        &self,
        pipelines: Vec<Pipeline>,
        paired: Vec<Vec<ResolvedCommand>>,
        source: &Arc<Source>,
    ) {
        let lines = pipelines.into_iter().zip(paired).map(|(pipeline, stages)| {
            Rc::new(Line {
                pipeline,
                stages,
                source: Arc::clone(source),
            })
        });
        self.lines.borrow_mut().extend(lines);
    }

    pub fn line(&self, id: i64) -> Option<Rc<Line>> {
        let id = usize::try_from(id).ok()?;
        self.lines.borrow().get(id).cloned()
    }
}
