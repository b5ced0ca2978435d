//! Export-Plan: writes what was rehearsed as a plan.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::cmdlets::output::{OutputFile, WriteMode};
use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, PathName, RehearsedChanges, Run,
    Stage, Verb,
};
use crate::diagnostic::{Category, Diagnostic};
use crate::files::typed;
use crate::plan::{self, Rehearsal, draft};
use crate::tenant::{Part, Permission, Tenant};
use crate::value::Value;

static PATH: Param<PathName> =
    Param::new("Path", "The plan's file; a plan that is there is replaced.")
        .aliases(&["LiteralPath"])
        .position(0);

pub static EXPORT_PLAN: Cmdlet = Cmdlet {
    verb: Verb::Export,
    noun: "Plan",
    aliases: &[],
    synopsis: "Writes what was rehearsed as a plan",
    description: "Behind a command with -WhatIf it writes down what that command would change: for each user what it was, \
                  what would be done, what follows and until when it can be taken back, as YAML that can be read, \
                  compared and reviewed. Invoke-Plan then does exactly that, or nothing. Rows that a filter in between \
                  holds back are left out of the plan.",
    parameters: &[&PATH.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Text,
    examples: &[Example {
        line: "Get-User -Department Sales | Remove-License -All -WhatIf | Export-Plan sales.yaml",
        explanation: "A plan for a colleague to look at.",
    }],
    graph: "",
    run: Run::Stream(start),
};

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    // Told before anything runs.
    OutputFile::of(args, &PATH, WriteMode::Replace)?;
    Ok(Box::new(Exporter {
        path: args.get(&PATH).to_string(),
        rehearsal: None,
        after: None,
        came: HashMap::new(),
    }))
}

struct Exporter {
    path: String,
    rehearsal: Option<Rehearsal>,
    after: Option<Rc<Tenant>>,
    /// How many rows of changes came for each thing.
    came: HashMap<String, usize>,
}

impl Stage for Exporter {
    fn keeps_changes(&self) -> bool {
        true
    }

    fn rehearsed(&mut self, rehearsed: &RehearsedChanges) {
        let kept = self
            .rehearsal
            .get_or_insert_with(|| Rehearsal::new(Rc::clone(rehearsed.before), rehearsed.from));
        kept.add(rehearsed.changes, rehearsed.undoes, rehearsed.now);
        kept.results.extend_from_slice(rehearsed.results);
        self.after = Some(Rc::clone(rehearsed.after));
    }

    fn record(&mut self, _call: &mut Call, value: Value) -> Result<(), Flow> {
        if let Value::Object(object) = &value {
            let would = object.property("Would").unwrap_or_default();
            if !would.is_null() {
                *self.came.entry(object.identity()).or_default() += 1;
            }
        }
        Ok(())
    }

    fn end(&mut self, call: &mut Call) -> Result<(), Flow> {
        let (Some(mut rehearsal), Some(after)) = (self.rehearsal.take(), self.after.take()) else {
            return Err(Diagnostic::new(
                "NothingRehearsed",
                Category::Runtime,
                "there is nothing to plan: no command in front of it was rehearsed",
            )
            .hint("Remove-License … -WhatIf | Export-Plan plan.yaml; of a script: tenantsh plan SCRIPT")
            .into());
        };
        let after = self.only_what_came(&mut rehearsal, after)?;
        let document = {
            let session = call.session().borrow();
            draft(rehearsal, &after, &session.actor, session.plan_origin())
        };
        let files = call.session().borrow().files.clone();
        match plan::save(files, &typed(&self.path), &document)? {
            Ok(_) => Ok(call.write(self.path.as_str())?),
            Err(sentence) => {
                call.session().borrow_mut().console.notice(&sentence);
                Ok(())
            }
        }
    }
}

impl Exporter {
    /// Leaves out what a filter held back.
    fn only_what_came(
        &self,
        rehearsal: &mut Rehearsal,
        after: Rc<Tenant>,
    ) -> Result<Rc<Tenant>, Diagnostic> {
        let mut rows: HashMap<&str, usize> = HashMap::new();
        for result in rehearsal.results.iter().filter(|own| own.changes) {
            *rows.entry(&result.subject).or_default() += 1;
        }
        let mut held_back = HashSet::new();
        for (name, count) in &rows {
            match self.came.get(*name) {
                None => {
                    held_back.insert((*name).to_owned());
                }
                Some(came) if came < count => {
                    return Err(Diagnostic::new(
                        "PartOfAUser",
                        Category::Runtime,
                        format!("of {name} {came} of {count} rows came: a plan holds all of a user or nothing"),
                    )
                    .about(*name)
                    .hint("filter the users before the command, or choose products with its -Sku"));
                }
                Some(_) => {}
            }
        }
        if held_back.is_empty() {
            return Ok(after);
        }
        let before = &rehearsal.before;
        let parts = Part::of(&rehearsal.changes);
        let mut kept = Vec::new();
        for part in parts.iter().rev() {
            let mut names = part
                .subjects
                .iter()
                .map(|own| plan::Before::of(before, own).name());
            if !names.any(|name| held_back.contains(&name)) {
                kept.extend(part.changes.iter().map(|own| (*own).clone()));
            }
        }
        rehearsal.changes = kept;
        rehearsal
            .results
            .retain(|own| !held_back.contains(&own.subject));
        let mut after = (*rehearsal.before).clone();
        for change in &rehearsal.changes {
            after.apply(change)?;
        }
        Ok(Rc::new(after))
    }
}
