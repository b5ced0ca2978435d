//! An imported file as the text sees it that imports it: its functions are cmdlets there (L19).

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use rhai::EvalAltResult;

use super::Mode;
use super::import;
use super::state::{HostState, Library};
use crate::command::{Catalog, Cmdlet, of_functions};
use crate::diagnostic::{Diagnostic, Source};
use crate::files;
use crate::lang::{self, Environment, FunctionSignature, Import, Lowered};

/// What the callers of imported functions are named by; the front end refuses such names in an admin's text.
const PREFIX: &str = "_ps_lib";

/// What stands before the number of an import that has run. No file can have that name.
const LOADED: char = ':';

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

    pub fn has(&self, cmdlet: &str) -> bool {
        self.cmdlets.iter().any(|own| own.is_called(cmdlet))
    }
}

/// What an import gives, or why nothing.
pub type Found = Result<Rc<Library>, Diagnostic>;

/// A text that the front end has been through.
pub struct Front {
    pub lowered: Lowered,
    /// The imports that hold for all of it, as they stand in it, each with what it gives.
    pub imports: Vec<(Import, Found)>,
}

impl HostState {
    /// Lowers a text, with the functions of what it imports among the commands.
    pub fn lower(&self, variables: &[String], text: &str, commands: &Catalog, mode: Mode) -> Front {
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
            let around = Environment {
                is_command: &|name| catalog.find(name).is_some(),
                variables,
                first_pipeline: self.next_id(),
            };
            let lowered = match mode {
                Mode::Line => lang::lower_line(text, &around),
                Mode::Script => lang::lower(text, &around),
            };
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
        let lowered = self
            .lower(&[], &text, &self.catalog.built_ins(), Mode::Script)
            .lowered;
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

/// An unknown command with the imports that aren't there, since it may be of one of them.
pub fn with_missing(
    fault: Diagnostic,
    imports: &[(Import, Found)],
    source: &Arc<Source>,
) -> Diagnostic {
    if fault.id != "UnknownCmdlet" {
        return fault;
    }
    imports
        .iter()
        .fold(fault, |fault, (import, found)| match found {
            Ok(_) => fault,
            Err(missing) => fault.note(&*missing.message, Some(source), Some(import.span)),
        })
}

/// A warning for each name that two imports give to different functions, unless the text's own function has it.
pub fn given_twice(imports: &[(Import, Found)], own: &[&Cmdlet]) -> Vec<Diagnostic> {
    let mut warnings = Vec::new();
    for (later, (import, library)) in imports.iter().enumerate() {
        for (other, theirs) in &imports[..later] {
            let (Ok(library), Ok(theirs)) = (library, theirs) else {
                continue;
            };
            if Rc::ptr_eq(library, theirs) {
                continue;
            }
            let names = library.cmdlets.iter().map(|cmdlet| cmdlet.name());
            let shared = names.filter(|name| theirs.has(name));
            let shared = shared.filter(|name| !own.iter().any(|own| own.is_called(name)));
            warnings.extend(shared.map(|name| hides(import, other, &name)));
        }
    }
    warnings
}

fn hides(import: &Import, other: &Import, cmdlet: &str) -> Diagnostic {
    let text = format!(
        "{cmdlet} is this import's function, no longer that of \"{}\"",
        other.path
    );
    Diagnostic::usage("ImportHidesFunction", text)
        .at(import.span)
        .hint(match called_in_full(other, cmdlet) {
            Some(full) => format!("call that one as {full}"),
            None => "give that import a name: as other".to_owned(),
        })
}

/// How Rhai calls the function that a cmdlet of an import is.
pub fn called_in_full(import: &Import, cmdlet: &str) -> Option<String> {
    let name = import.name.as_ref()?;
    Some(format!("{name}::{}(…)", cmdlet.replacen('-', "_", 1)))
}

/// The files that were found.
pub fn libraries(imports: &[(Import, Found)]) -> Vec<Rc<Library>> {
    let found = imports.iter().filter_map(|(_, found)| found.as_ref().ok());
    found.map(Rc::clone).collect()
}

/// The error of what a caller called, and whether one did: the caller itself is no step of the script's.
pub fn without_caller(error: EvalAltResult) -> (Box<EvalAltResult>, bool) {
    match error {
        EvalAltResult::ErrorInFunctionCall(name, _, inner, _) if name.starts_with(PREFIX) => {
            (inner, true)
        }
        other => (other.into(), false),
    }
}
