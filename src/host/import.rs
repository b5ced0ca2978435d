//! `import`: scripts from the folder of the running script and from its `lib`, and from nowhere else (L20).

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rhai::{Engine, EvalAltResult, Module, ModuleResolver, Position, Scope};

use super::Mode;
use super::engine_error::{Fault, raise};
use super::state::HostState;
use crate::diagnostic::{Category, Diagnostic};
use crate::files;

/// Finds and runs what scripts import.
pub struct Importer {
    world: Rc<HostState>,
    /// What is being imported right now, to notice a circle.
    busy: RefCell<Vec<PathBuf>>,
    /// What was imported, with the text it was made of: an edited file is read anew.
    done: RefCell<HashMap<PathBuf, (String, Rc<Module>)>>,
}

type Imported = Result<Rc<Module>, Box<EvalAltResult>>;

impl Importer {
    pub fn new(world: &Rc<HostState>) -> Self {
        Self {
            world: Rc::clone(world),
            busy: RefCell::default(),
            done: RefCell::default(),
        }
    }

    fn import(&self, engine: &Engine, file: &Path, position: Position) -> Imported {
        self.world.session.borrow_mut().note_read(file);
        let text = files::read_text(file).map_err(raise)?;
        if let Some((own, module)) = self.done.borrow().get(file)
            && *own == text.content
        {
            return Ok(Rc::clone(module));
        }
        if self.busy.borrow().iter().any(|busy| busy == file) {
            return Err(raise(circle(file)));
        }
        let path = file.display().to_string();
        let inside = |error: Box<EvalAltResult>| match *error {
            // What no script can catch stays so.
            EvalAltResult::ErrorTerminated(..) => error,
            _ => EvalAltResult::ErrorInModule(path.clone(), error, position).into(),
        };
        let (ast, _) = self
            .world
            .compile(
                engine,
                &Scope::new(),
                &text.source(),
                Some(&path),
                Mode::Script,
            )
            .map_err(|faults| inside(raise(one(faults))))?;
        self.busy.borrow_mut().push(file.to_owned());
        let module = Module::eval_ast_as_new(Scope::new(), &ast, engine);
        self.busy.borrow_mut().pop();
        let module = Rc::new(module.map_err(inside)?);
        let made = (text.content, Rc::clone(&module));
        self.done.borrow_mut().insert(file.to_owned(), made);
        Ok(module)
    }

    /// The module of an import that has run: a cmdlet of it is called.
    fn loaded(&self, file: &Path) -> Imported {
        let done = self.done.borrow();
        done.get(file)
            .map(|(_, module)| Rc::clone(module))
            .ok_or_else(|| raise(not_run(file)))
    }
}

/// The file of a name, with its links followed.
pub fn find(folder: &Path, name: &str) -> Result<PathBuf, Diagnostic> {
    let refused = |what: String| Diagnostic::new("ImportRefused", Category::Runtime, what);
    let plain = |part: &str| !matches!(part, "" | "." | "..");
    if !name.split('/').all(plain) || name.contains(['\\', ':', '\0']) {
        return Err(
            refused(format!("'{name}' is no name inside the script's folder")).hint(
                "write the path below the script's folder, such as \"leavers\" or \"lib/leavers\"",
            ),
        );
    }
    let file = format!("{}.rhai", name.strip_suffix(".rhai").unwrap_or(name));
    [folder.join(&file), folder.join("lib").join(&file)]
        .iter()
        .find_map(|path| files::inside(folder, path))
        .ok_or_else(|| {
            refused(format!("there is no {file} to import")).hint(format!(
                "it was looked for in {0} and {0}/lib",
                folder.display()
            ))
        })
}

impl ModuleResolver for Importer {
    fn resolve(
        &self,
        engine: &Engine,
        _: Option<&str>,
        path: &str,
        position: Position,
    ) -> Imported {
        let imported = match self.world.asked_for(path) {
            Some(file) => self.loaded(&file),
            None => {
                let found = find(&self.world.folder.borrow(), path).map_err(raise);
                found.and_then(|file| self.import(engine, &file, position))
            }
        };
        imported.map_err(|error| match *error {
            // Known only here: where the import stands.
            EvalAltResult::ErrorRuntime(fault, Position::NONE) if fault.is::<Fault>() => {
                EvalAltResult::ErrorRuntime(fault, position).into()
            }
            other => other.into(),
        })
    }
}

pub fn circle(file: &Path) -> Diagnostic {
    let text = format!("{} imports itself", file.display());
    Diagnostic::usage("ImportCircle", text).hint("move what both need into a third file")
}

fn not_run(file: &Path) -> Diagnostic {
    let file = file.display();
    let text = format!("this cmdlet is a function of {file}, and no import of it has run yet");
    Diagnostic::new("ImportNotRun", Category::Runtime, text)
        .hint("move the import to the front of the script")
}

/// An engine's error carries one fault; the others are its notes.
pub fn one(faults: Vec<Diagnostic>) -> Diagnostic {
    let mut faults = faults.into_iter();
    let first = faults.next().unwrap_or_else(|| {
        Diagnostic::usage("SyntaxError", "the imported script can't be compiled")
    });
    faults.fold(first, |first, other| {
        first.note(&*other.message, other.source.as_ref(), other.span)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l20_where_a_name_leads() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("scripts");
        std::fs::create_dir_all(folder.join("lib")).unwrap();
        for file in ["scripts/a.rhai", "scripts/lib/b.rhai", "outside.rhai"] {
            std::fs::write(outer.path().join(file), "").unwrap();
        }
        let folder = folder.canonicalize().unwrap();
        for (name, file) in [
            ("a", Some("a.rhai")),
            ("a.rhai", Some("a.rhai")),
            ("b", Some("lib/b.rhai")),
            ("lib/b", Some("lib/b.rhai")),
            ("c", None),
            ("lib/a", None),
            ("../outside", None),
            ("lib/../../outside", None),
            ("./a", None),
            ("lib//b", None),
            ("lib\\b", None),
            ("C:a", None),
            ("/etc/passwd", None),
            ("a\0", None),
            ("", None),
        ] {
            let found = find(&folder, name).ok();
            assert_eq!(found, file.map(|file| folder.join(file)), "{name}");
        }
    }
}
