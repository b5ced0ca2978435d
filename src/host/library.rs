//! An imported file as the text sees it that imports it: its functions are cmdlets there (L19).

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rhai::EvalAltResult;

use super::import;
use super::world::World;
use crate::command::{Cmdlet, of_functions};
use crate::diagnostic::Diagnostic;
use crate::files;
use crate::lang::FunctionSignature;

/// What the callers of imported functions are named by; the front end refuses such names in an admin's text.
const PREFIX: &str = "_ps_lib";

/// What stands before the number of an import that has run. No file can have that name.
const LOADED: char = ':';

/// What a file gives to the texts that import it.
#[derive(Debug)]
pub struct Library {
    file: PathBuf,
    /// What it was made of: an edited file is read anew.
    text: String,
    /// Its functions that are cmdlets.
    pub cmdlets: Vec<&'static Cmdlet>,
    /// A function of the importing text for each of these, in plain Rhai. The engine finds a module's functions only by
    /// the name that the module has where the call is written; a cmdlet is called from anywhere.
    pub callers: String,
}

impl Library {
    fn new(number: usize, file: PathBuf, text: String, functions: &[FunctionSignature]) -> Self {
        let prefix = format!("{PREFIX}{number}_");
        let mut callers = String::new();
        for function in functions.iter().filter(|own| own.name.contains('_')) {
            let name = &function.name;
            let count = function.parameters.len();
            let arguments: Vec<String> = (0..count).map(|index| format!("a{index}")).collect();
            let arguments = arguments.join(",");
            // Writing to a text can't fail.
            let _ = writeln!(
                callers,
                "private fn {prefix}{name}({arguments}){{import \"{LOADED}{number}\" as m;m::{name}({arguments})}}"
            );
        }
        let cmdlets = of_functions(functions, &prefix).into_iter();
        Self {
            file,
            text,
            cmdlets: cmdlets.map(|(cmdlet, _)| cmdlet).collect(),
            callers,
        }
    }
}

impl World {
    /// What an import gives, found without running it.
    ///
    /// # Errors
    /// There is no such file, it can't be read, or it imports itself.
    pub fn library(&self, name: &str) -> Result<Rc<Library>, Diagnostic> {
        let file = import::find(&self.folder.borrow(), name)?;
        let text = files::read_text(&file)?.content;
        let known = |file: &Path| self.libraries.borrow().iter().position(|l| l.file == file);
        if let Some(number) = known(&file)
            && let Some(library) = self.libraries.borrow().get(number)
            && library.text == text
        {
            return Ok(Rc::clone(library));
        }
        if self.reading.borrow().contains(&file) {
            return Err(import::circle(&file));
        }
        self.reading.borrow_mut().push(file.clone());
        let lowered = self.lower(&[], &text, &self.catalog.built_ins()).lowered;
        self.reading.borrow_mut().pop();
        let public = lowered.functions.into_iter().filter(|own| !own.private);
        let public: Vec<FunctionSignature> = public.collect();
        let number = known(&file).unwrap_or_else(|| self.libraries.borrow().len());
        let library = Rc::new(Library::new(number, file, text, &public));
        let mut libraries = self.libraries.borrow_mut();
        match libraries.get_mut(number) {
            Some(old) => *old = Rc::clone(&library),
            None => libraries.push(Rc::clone(&library)),
        }
        Ok(library)
    }

    /// The file whose module a caller asks for.
    pub fn asked_for(&self, path: &str) -> Option<PathBuf> {
        let number: usize = path.strip_prefix(LOADED)?.parse().ok()?;
        let libraries = self.libraries.borrow();
        libraries.get(number).map(|library| library.file.clone())
    }
}

/// The error of what a caller called, and whether one did: the caller itself is no step of the script's.
pub fn without_caller(error: Box<EvalAltResult>) -> (Box<EvalAltResult>, bool) {
    match *error {
        EvalAltResult::ErrorInFunctionCall(name, _, inner, _) if name.starts_with(PREFIX) => {
            (inner, true)
        }
        other => (other.into(), false),
    }
}
