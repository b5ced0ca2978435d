//! Running a pipeline: objects are pushed from stage to stage, and each stage ends when its input has.

use std::cell::RefCell;
use std::sync::Arc;

use super::args::Args;
use super::bind::Prepared;
use super::call::{Call, Flow, Host, RehearsedChanges, Shared, Stage};
use super::check::unknown_product;
use super::cmdlet::{Catalog, Run};
use super::function::Function;
use super::gate;
use super::input::Line;
use super::names::Names;
use super::parameter::Kind;
use crate::diagnostic::{Category, Diagnostic, Source, Span};
use crate::session::Session;
use crate::value::{DeferredVec, Predicate, Subject, Value};

/// What a pipeline came to.
pub struct PipelineOutput {
    pub values: Vec<Value>,
    /// It named one exact thing: its value is that thing, not a list of one.
    pub single: bool,
}

/// The world a pipeline runs in.
pub struct Place<'h> {
    pub session: &'h RefCell<Session>,
    pub host: &'h mut dyn Host,
    pub catalog: &'h Catalog,
    /// The text the pipeline stands in.
    pub source: &'h Arc<Source>,
    /// What comes out goes to the session's output instead of into the result.
    pub discard: bool,
}

/// A stage at work.
pub(super) struct Running {
    prepared: Prepared,
    work: Work,
    /// It, or one behind it, had enough.
    stopped: bool,
}

enum Work {
    Each(fn(&mut Call, &Args) -> Result<(), Flow>),
    Function(Function),
    Stream(Box<dyn Stage>),
    Change {
        /// Objects that wait for the gate.
        waiting: DeferredVec<Line>,
    },
}

/// Runs a pipeline whose arguments are evaluated. `head` is the value of the expression that begins it.
pub fn dispatch(
    stages: Vec<Prepared>,
    head: Option<Value>,
    place: Place,
) -> Result<PipelineOutput, Flow> {
    let source = place.source;
    let names = || {
        let names: Vec<_> = stages.iter().map(|stage| stage.cmdlet.name()).collect();
        names.join(" | ")
    };
    let total = match &head {
        Some(Value::List(items)) => Some(items.len()),
        _ => None,
    };
    let work = place.session.borrow_mut().console.begin(&names, total);
    let mut shared = Shared {
        session: place.session,
        host: place.host,
        catalog: place.catalog,
        source,
        yielded: Vec::new(),
        discard: place.discard,
        single: false,
        finishing: false,
        work,
        counted_before: match total {
            None => stages.len().saturating_sub(1),
            // What comes in is counted instead.
            Some(_) => usize::MAX,
        },
    };
    let mut running = Vec::new();
    for prepared in stages {
        let started = start(&shared, prepared)
            .map_err(|(fault, span)| Flow::Fail(fault.at_if_unplaced(source, span)))?;
        running.push(started);
    }
    let outcome = drive(&mut shared, &mut running, head);
    for stage in &running {
        stage.fill_variables(&mut shared);
    }
    match outcome {
        Ok(()) => Ok(PipelineOutput {
            single: shared.single && shared.yielded.len() == 1,
            values: shared.yielded,
        }),
        Err(other) => {
            // Nobody gets what was yielded so far; what it says of changes is told all the same.
            let yielded = std::mem::take(&mut shared.yielded);
            shared.session.borrow_mut().tell(yielded.into());
            Err(other)
        }
    }
}

fn drive(shared: &mut Shared, running: &mut [Running], head: Option<Value>) -> Result<(), Flow> {
    let fed = feed(shared, running, head);
    match fed {
        Err(Flow::Stop) | Ok(()) => {}
        Err(other) => return Err(other),
    }
    // Producers in front of a stage that had enough end without their last word.
    let from = running.iter().rposition(|stage| stage.stopped).unwrap_or(0);
    for index in from..running.len() {
        let (stage, rest) = running[index..].split_at_mut(1);
        match stage[0].end(shared, rest) {
            Ok(()) | Err(Flow::Stop) => {}
            Err(other) if shared.finishing => {
                finish(shared, &mut running[index + 1..]);
                return Err(other);
            }
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

/// Lets the stages behind one that ended early make their reports of what it had done.
fn finish(shared: &mut Shared, stages: &mut [Running]) {
    for index in 0..stages.len() {
        let (stage, rest) = stages[index..].split_at_mut(1);
        if let Err(Flow::Fail(fault)) = stage[0].end(shared, rest) {
            shared.session.borrow_mut().report(fault, false);
        }
    }
}

fn feed(shared: &mut Shared, running: &mut [Running], head: Option<Value>) -> Result<(), Flow> {
    let Some((first, rest)) = running.split_first_mut() else {
        return Ok(());
    };
    match head {
        Some(Value::List(items)) => {
            for item in items.iter() {
                shared.work.step();
                first.record(shared, rest, item.clone())?;
            }
            Ok(())
        }
        Some(Value::Null) => Ok(()),
        Some(one) => first.record(shared, rest, one),
        None => first.alone(shared, rest),
    }
}

fn start(shared: &Shared, mut prepared: Prepared) -> Result<Running, (Diagnostic, Span)> {
    prepared.common.inherit(&shared.session.borrow().policy);
    let cmdlet = prepared.cmdlet;
    let at_name = |fault| (fault, prepared.name_span);
    shared
        .session
        .borrow()
        .actor
        .require(cmdlet.requires)
        .map_err(at_name)?;
    check_names(shared, &prepared)?;
    let work = match cmdlet.run {
        Run::Each(run) => Work::Each(run),
        Run::Function(function) => Work::Function(function),
        Run::Stream(make) => Work::Stream(make(&prepared.args).map_err(at_name)?),
        Run::Change { .. } => Work::Change {
            waiting: DeferredVec::default(),
        },
    };
    Ok(Running {
        prepared,
        work,
        stopped: false,
    })
}

/// A product that doesn't exist is told once, before anything runs, and not for each of a thousand users.
fn check_names(shared: &Shared, prepared: &Prepared) -> Result<(), (Diagnostic, Span)> {
    let tenant = shared.session.borrow().tenant();
    for (parameter, value, span) in prepared.args.iter() {
        if parameter.kind != Kind::Name(Names::Sku) {
            continue;
        }
        let texts = match value {
            Value::List(items) => items.to_vec(),
            one => vec![one.clone()],
        };
        for text in texts.iter().map(Value::to_text) {
            if let Some(fault) = unknown_product(&text, &tenant) {
                return Err((fault, span.unwrap_or(prepared.name_span)));
            }
        }
    }
    Ok(())
}

/// How many filters at the head of the stages an object passes; none of them does anything else with it. `None` where
/// one holds it back.
///
/// # Errors
/// The object can't be asked, placed at the filter.
pub(super) fn sift(
    shared: &Shared,
    stages: &[Running],
    object: &dyn Subject,
) -> Result<Option<usize>, Flow> {
    for (passed, stage) in stages.iter().enumerate() {
        let Some(predicate) = stage.sieve() else {
            return Ok(Some(passed));
        };
        match predicate.test(object) {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(fault) => stage.placed(shared, Err(fault.into()))?,
        }
    }
    Ok(Some(stages.len()))
}

impl Running {
    /// Whether the changes that are rehearsed before it are handed to it.
    pub(super) fn keeps_changes(&self) -> bool {
        matches!(&self.work, Work::Stream(stage) if stage.keeps_changes())
    }

    pub(super) fn rehearsed(&mut self, rehearsed: &RehearsedChanges) {
        if let Work::Stream(stage) = &mut self.work {
            stage.rehearsed(rehearsed);
        }
    }

    fn sieve(&self) -> Option<&Predicate> {
        match &self.work {
            Work::Stream(stage) if self.prepared.common.out_variable.is_none() => stage.sieve(),
            _ => None,
        }
    }

    fn call<'a, 'h>(
        prepared: &'a Prepared,
        shared: &'a mut Shared<'h>,
        rest: &'a mut [Running],
    ) -> Call<'a, 'h> {
        Call {
            shared,
            rest,
            common: &prepared.common,
            span: prepared.span,
        }
    }

    /// Runs without input.
    fn alone(&mut self, shared: &mut Shared, rest: &mut [Running]) -> Result<(), Flow> {
        let args = &self.prepared.args;
        let done = match &mut self.work {
            Work::Each(run) => run(&mut Self::call(&self.prepared, shared, rest), args),
            Work::Function(function) => {
                function.run(&mut Self::call(&self.prepared, shared, rest), args)
            }
            Work::Stream(_) => Ok(()),
            Work::Change { waiting } => {
                waiting.push(Line {
                    args: Ok(args.clone()),
                    input: Value::Null,
                });
                Ok(())
            }
        };
        self.placed(shared, done)
    }

    /// Takes one object of the pipeline.
    pub(super) fn record(
        &mut self,
        shared: &mut Shared,
        rest: &mut [Running],
        value: Value,
    ) -> Result<(), Flow> {
        let mut call = Self::call(&self.prepared, shared, rest);
        let done = match &mut self.work {
            Work::Stream(stage) => stage.record(&mut call, value),
            Work::Function(function) => match self.prepared.bind(&value) {
                Ok(args) => function.run(&mut call, &args),
                Err(fault) => call.fail(fault),
            },
            Work::Each(run) => match self.prepared.bind(&value) {
                Ok(args) => match run(&mut call, &args) {
                    Err(Flow::Fail(fault)) if ends_record_only(&fault) => call.fail(fault),
                    other => other,
                },
                Err(fault) => call.fail(fault),
            },
            Work::Change { waiting } => match self.prepared.bind(&value) {
                Err(fault) if call.common.stops() => Err(Flow::Fail(fault)),
                args => {
                    waiting.push(Line { args, input: value });
                    Ok(())
                }
            },
        };
        match done {
            Ok(()) => Ok(()),
            ended => {
                self.stopped |= matches!(ended, Err(Flow::Stop));
                self.placed(shared, ended)
            }
        }
    }

    /// A fault that doesn't say where is this stage's: those further down already said theirs. It is at the argument
    /// that it is about, if there is one.
    fn placed(&self, shared: &Shared, done: Result<(), Flow>) -> Result<(), Flow> {
        done.map_err(|flow| match flow {
            Flow::Fail(fault) => {
                let span = self.argument(&fault).unwrap_or(self.prepared.span);
                Flow::Fail(fault.at_if_unplaced(shared.source, span))
            }
            other => other,
        })
    }

    /// Where the fault's target was typed: as an argument, or as a word of a block that ran natively.
    fn argument(&self, fault: &Diagnostic) -> Option<Span> {
        let target = fault.target.as_deref()?;
        self.prepared.args.iter().find_map(|(_, value, span)| {
            let span = span?;
            match value {
                Value::Block(block) => {
                    const BRACE: usize = 1;
                    let start = span.start + BRACE + block.text.find(target)?;
                    Some(Span::new(start, start + target.len()))
                }
                Value::List(items) => items
                    .iter()
                    .any(|item| match item {
                        Value::Block(_) | Value::Map(_) => item.to_text().contains(target),
                        one => one.to_text() == target,
                    })
                    .then_some(span),
                one => (one.to_text() == target).then_some(span),
            }
        })
    }

    fn end(&mut self, shared: &mut Shared, rest: &mut [Running]) -> Result<(), Flow> {
        let mut call = Self::call(&self.prepared, shared, rest);
        let done = match &mut self.work {
            Work::Each(_) | Work::Function(_) => Ok(()),
            Work::Stream(stage) => stage.end(&mut call),
            Work::Change { waiting } if waiting.is_empty() => {
                let mut session = call.session().borrow_mut();
                if !session.policy.quiet {
                    let name = self.prepared.cmdlet.name();
                    let text = format!("nothing changed: no object came for {name}");
                    session.console.notice(&text);
                }
                Ok(())
            }
            Work::Change { waiting } => {
                gate::pass(&mut call, self.prepared.cmdlet, &std::mem::take(waiting))
            }
        };
        self.placed(shared, done)
    }

    fn fill_variables(&self, shared: &mut Shared) {
        let common = &self.prepared.common;
        let errors = || {
            let failures = common.failures.take();
            failures.iter().map(|e| e.message.clone().into()).collect()
        };
        if let Some(name) = &common.error_variable {
            fill(shared, name, errors());
        }
        if let Some(name) = &common.out_variable {
            fill(shared, name, common.collected.take());
        }
    }
}

/// Sets a variable to a list; with a leading `+` it is appended.
fn fill(shared: &mut Shared, name: &str, values: Vec<Value>) {
    let (name, mut list) = match name.strip_prefix('+') {
        None => (name, Vec::new()),
        Some(name) => match shared.host.variable(name) {
            Some(Value::List(items)) => (name, items.to_vec()),
            Some(Value::Null) | None => (name, Vec::new()),
            Some(one) => (name, vec![one]),
        },
    };
    list.extend(values);
    shared.host.set_variable(name, Value::list(list));
}

/// Whether a fault is about one object, so that the others go on.
fn ends_record_only(fault: &Diagnostic) -> bool {
    !matches!(
        fault.category,
        Category::Interrupted | Category::Denied | Category::Io | Category::Stale
    )
}
