//! What is wrong with a script and with what it imports, found without running any of it.

use std::path::PathBuf;
use std::sync::Arc;

use rhai::Scope;

use super::Mode;
use super::compile::variables;
use super::fault::{self, CompiledSource};
use super::{Host, import};
use crate::command::unknown_names;
use crate::diagnostic::{Diagnostic, Source};
use crate::files;
use crate::lang::{self, Environment};

/// What is wrong with a script.
#[derive(Debug, Default)]
pub struct Findings {
    /// It can't run, or would fail for a name that doesn't exist.
    pub errors: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
    /// How many commands were looked at.
    pub commands: usize,
}

impl Host {
    /// Looks through a script and all that it imports.
    pub fn check(&mut self, source: &Arc<Source>) -> Findings {
        let name = source.name.rsplit(['/', '\\']).next().unwrap_or_default();
        let itself = import::find(&self.world.folder.borrow(), name);
        let mut check = Check {
            busy: itself.into_iter().collect(),
            done: Vec::new(),
            findings: Findings::default(),
            host: self,
        };
        let scope = check.host.scope.clone();
        check.text(source, &scope, false);
        check.findings
    }
}

struct Check<'h> {
    host: &'h mut Host,
    /// The files from the script to the one that is being looked at, each imported by the one before.
    busy: Vec<PathBuf>,
    done: Vec<PathBuf>,
    findings: Findings,
}

impl Check<'_> {
    fn text(&mut self, source: &Arc<Source>, scope: &Scope, module: bool) {
        let read = self.host.world.read(scope, source, module, Mode::Script);
        let tenant = self.host.world.session.borrow().tenant();
        let mut errors = unknown_names(&read.paired, &tenant);
        errors.extend(read.faults);
        let unit = CompiledSource {
            source: Arc::clone(source),
            map: read.lowered.map,
        };
        let compiled = self
            .host
            .engine
            .compile_with_scope(scope, &read.lowered.text);
        match compiled {
            // A name that isn't known doesn't keep the rest from being read.
            _ if !read.lowered.errors.iter().all(is_unknown) => {}
            Err(error) if read.lowered.errors.is_empty() => {
                errors.push(fault::of_parsing(&error, &unit));
            }
            _ => errors.extend(lang::unknown_variables(
                &source.text,
                &Environment {
                    is_command: &|name| read.catalog.find(name).is_some(),
                    variables: &variables(scope),
                    first_pipeline: 0,
                },
            )),
        }
        let mut inner = Vec::new();
        for import in read.lowered.imports {
            match self.import(&import.path) {
                Ok(Some(found)) => inner.push(found),
                Ok(None) => {}
                Err(fault) => errors.push(fault.at(import.span)),
            }
        }
        errors.sort_by_key(|fault| fault.span.map_or(0, |span| span.start));
        let errors = errors.into_iter().map(|fault| fault.in_source(source));
        self.findings.errors.extend(errors);
        self.findings.warnings.extend(read.warnings);
        let stages = read.lowered.pipelines.iter().map(|p| p.stages.len());
        self.findings.commands += stages.sum::<usize>();
        for (file, text) in inner {
            if self.done.contains(&file) {
                continue;
            }
            self.busy.push(file.clone());
            self.text(&text, &Scope::new(), true);
            self.busy.pop();
            self.done.push(file);
        }
    }

    /// The text of an import that wasn't looked at yet.
    fn import(&self, name: &str) -> Result<Option<(PathBuf, Arc<Source>)>, Diagnostic> {
        let file = import::find(&self.host.world.folder.borrow(), name)?;
        if self.busy.contains(&file) {
            return Err(import::circle(&file));
        }
        if self.done.contains(&file) {
            return Ok(None);
        }
        let text = files::read_text(&file)?;
        Ok(Some((file, text.source())))
    }
}

fn is_unknown(fault: &Diagnostic) -> bool {
    matches!(fault.id, "UnknownCmdlet" | "UndefinedVariable")
}
