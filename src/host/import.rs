//! Rhai's `import`, confined to the script's own folder and the `lib` in it (L20).

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rhai::{Engine, EvalAltResult, Module, ModuleResolver, Position, Scope, Shared};

use super::compile::Texts;
use super::fault::raise;
use crate::diagnostic::{Category, Diagnostic};
use crate::files;

/// Resolves `import "name"` to `name.rhai`, and runs the front end on it.
pub struct ScriptFolder {
    texts: Rc<Texts>,
    folder: PathBuf,
    loaded: RefCell<HashMap<PathBuf, Shared<Module>>>,
    /// The imports that are under way: one of them again is a circle.
    busy: RefCell<Vec<PathBuf>>,
}

impl ScriptFolder {
    pub fn new(texts: &Rc<Texts>, folder: &Path) -> Self {
        Self {
            texts: Rc::clone(texts),
            folder: folder.to_owned(),
            loaded: RefCell::default(),
            busy: RefCell::default(),
        }
    }

    fn find(&self, name: &str) -> Result<PathBuf, Diagnostic> {
        let plain = |part: &str| !matches!(part, "" | "." | "..");
        let confined = name.split('/').all(plain) && !name.contains(['\\', ':', '\0']);
        let refused = |what: String| Diagnostic::new("ImportRefused", Category::Runtime, what);
        if !confined {
            return Err(refused(format!("'{name}' is no name inside the script's folder"))
                .hint("write the path below the script's folder, such as \"leavers\" or \"lib/leavers\""));
        }
        let file = format!("{name}.rhai");
        [self.folder.join(&file), self.folder.join("lib").join(&file)]
            .iter()
            .find_map(|path| files::inside(&self.folder, path))
            .ok_or_else(|| {
                refused(format!("there is no {file} to import")).hint(format!(
                    "it was looked for in {0} and {0}/lib",
                    self.folder.display()
                ))
            })
    }

    fn load(&self, engine: &Engine, name: &str) -> Result<Shared<Module>, Diagnostic> {
        let path = self.find(name)?;
        if let Some(module) = self.loaded.borrow().get(&path) {
            return Ok(Shared::clone(module));
        }
        if self.busy.borrow().contains(&path) {
            return Err(Diagnostic::new(
                "ImportCircle",
                Category::Runtime,
                format!("{} imports itself", path.display()),
            )
            .hint("move what both need into a third file"));
        }
        self.busy.borrow_mut().push(path.clone());
        let module = self.run(engine, &path);
        self.busy.borrow_mut().pop();
        let module = Shared::new(module?);
        self.loaded
            .borrow_mut()
            .insert(path, Shared::clone(&module));
        Ok(module)
    }

    fn run(&self, engine: &Engine, path: &Path) -> Result<Module, Diagnostic> {
        let source = files::read_text(path)?.source();
        let compiled = self.texts.compile(engine, &Scope::new(), &source);
        // The others are told when the first is mended.
        let (ast, unit) = compiled.map_err(|mut faults| faults.swap_remove(0))?;
        Module::eval_ast_as_new(Scope::new(), &ast, engine)
            .map_err(|error| self.texts.fault(*error, &unit, &[]))
    }
}

impl ModuleResolver for ScriptFolder {
    fn resolve(
        &self,
        engine: &Engine,
        _: Option<&str>,
        name: &str,
        position: Position,
    ) -> Result<Shared<Module>, Box<EvalAltResult>> {
        self.load(engine, name).map_err(|fault| {
            let mut error = raise(fault);
            error.set_position(position);
            error
        })
    }
}
