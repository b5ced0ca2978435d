//! The internal keyword that pipelines are lowered to, and what it runs.

use std::rc::Rc;
use std::sync::Arc;

use rhai::{Dynamic, Engine, EvalAltResult, EvalContext, Expression, ImmutableString, Position};

use super::closures;
use super::compile::variables;
use super::convert::{Item, to_dynamic, to_value};
use super::engine_error::raise;
use super::library;
use super::script::Script;
use super::state::{HostState, Line};
use crate::command::{self, Flow, Place, dispatch, prepare};
use crate::diagnostic::{Category, Diagnostic};
use crate::help::{self, Part};
use crate::lang::{COLLECT, PIPELINE_KEYWORD};
use crate::value::{Block, Value, set_now};

impl HostState {
    fn error(&self, flow: Flow, line: &Line) -> Box<EvalAltResult> {
        match flow {
            Flow::Fail(fault) => raise(fault.at_if_unplaced(&line.source, line.pipeline.span)),
            Flow::Host => self.pending.take().unwrap_or_else(broken),
            // Who stopped the pipeline is a stage of it; dispatch ends there.
            Flow::Stop => broken(),
        }
    }
}

fn broken() -> Box<EvalAltResult> {
    raise(Diagnostic::new(
        "InternalError",
        Category::Runtime,
        "a pipeline ended without saying why",
    ))
}

/// Registers the keyword: `__ps <variable>(<id>, <slot>, …)`; a slot is a value or a block.
pub fn register(engine: &mut Engine, world: &Rc<HostState>) {
    let world = Rc::clone(world);
    engine.register_custom_syntax_with_state_raw(
        PIPELINE_KEYWORD,
        |symbols, ahead, _| {
            let next = match symbols.len() {
                1 => "$ident$",
                2 => "(",
                3 => "$int$",
                _ => match symbols.last().map(ImmutableString::as_str) {
                    Some(")") => return Ok(None),
                    Some(",") if ahead == "{" => "$block$",
                    Some(",") => "$expr$",
                    _ if ahead == "," => ",",
                    _ => ")",
                },
            };
            Ok(Some(next.into()))
        },
        false,
        move |context, inputs, _| run(context, inputs, &world),
    );
}

fn run(
    context: &mut EvalContext,
    inputs: &[Expression],
    world: &HostState,
) -> Result<Dynamic, Box<EvalAltResult>> {
    let id = inputs.get(1).and_then(Expression::get_literal_value::<i64>);
    set_now(world.session.borrow().tenant_now());
    if id == Some(COLLECT) {
        return collect(context, inputs.get(2).ok_or_else(broken)?, world);
    }
    let line = id.and_then(|id| world.line(id)).ok_or_else(broken)?;
    if let Some(asked) = line.stages.iter().find(|stage| stage.asks_for_help()) {
        let page = help::page(asked.cmdlet(), &Part::Page { full: false }).map_err(raise)?;
        let mut session = world.session.borrow_mut();
        session.output(page.into()).map_err(raise)?;
        return Ok(Dynamic::UNIT);
    }
    let variable = inputs
        .first()
        .and_then(Expression::get_string_value)
        .unwrap_or_default()
        .to_owned();
    let mut host = ActiveHost {
        context,
        slots: inputs.get(2..).unwrap_or_default(),
        variable,
        depth: None,
        position: inputs.first().map_or(Position::NONE, Expression::position),
        world,
    };
    let _closures = closures::Scope::enter();
    let head = match line.pipeline.head {
        Some(slot) => Some(to_value(&host.evaluate(slot)?)),
        None => None,
    };
    let mut stages = Vec::with_capacity(line.stages.len());
    for paired in &line.stages {
        let mut evaluate = |slot| match host.evaluate(slot) {
            Ok(value) => Ok(to_value(&value)),
            Err(error) => {
                world.pending.set(Some(error));
                Err(Flow::Host)
            }
        };
        let mut ask = |question: &str| world.session.borrow_mut().console.prompt(question);
        let prepared = prepare(paired, &mut evaluate, &mut ask);
        stages.push(prepared.map_err(|flow| world.error(flow, &line))?);
    }
    let quiet = stages.last().is_some_and(command::Prepared::is_quiet);
    let place = Place {
        session: &world.session,
        host: &mut host,
        catalog: &world.catalog,
        source: &line.source,
        discard: line.pipeline.discard,
    };
    let outcome = dispatch(stages, head, place);
    host.rewind();
    match outcome {
        Ok(mut yielded) if yielded.single => {
            Ok(yielded.values.pop().map_or(Dynamic::UNIT, to_dynamic))
        }
        Ok(_) if line.pipeline.discard => Ok(Dynamic::UNIT),
        Ok(yielded) => Ok(to_dynamic(Value::list(yielded.values))),
        Err(Flow::Fail(fault))
            if line.pipeline.condition && fault.category == Category::NotFound =>
        {
            Ok(false.into())
        }
        // `-ErrorAction SilentlyContinue`: what isn't there is nothing.
        Err(Flow::Fail(fault)) if quiet && fault.category == Category::NotFound => {
            let fault = fault.at_if_unplaced(&line.source, line.pipeline.span);
            world.session.borrow_mut().report(fault, true);
            Ok(Dynamic::UNIT)
        }
        Err(flow) => Err(world.error(flow, &line)),
    }
}

/// All that the statements of a block come to: nothing, the one value, or the list of them.
fn collect(
    context: &mut EvalContext,
    block: &Expression,
    world: &HostState,
) -> Result<Dynamic, Box<EvalAltResult>> {
    world.session.borrow_mut().capture();
    let outcome = context.eval_expression_tree(block);
    let mut values = world.session.borrow_mut().captured();
    match outcome {
        Ok(last) => match to_value(&last) {
            Value::Null => {}
            Value::List(items) => values.extend(items.iter().cloned()),
            one => values.push(one),
        },
        Err(error) => {
            world.session.borrow_mut().tell(values.into());
            return Err(error);
        }
    }
    Ok(match values.len() {
        0 => Dynamic::UNIT,
        1 => values.pop().map_or(Dynamic::UNIT, to_dynamic),
        _ => to_dynamic(Value::list(values)),
    })
}

/// The engine in the middle of evaluating a pipeline.
struct ActiveHost<'e, 'a, 's, 'ps, 'g, 'c, 't> {
    context: &'e mut EvalContext<'a, 's, 'ps, 'g, 'c, 't>,
    slots: &'e [Expression<'e>],
    /// The name that blocks know `$_` by.
    variable: String,
    /// The length of the scope between blocks, once one has run.
    depth: Option<usize>,
    position: Position,
    world: &'e HostState,
}

impl ActiveHost<'_, '_, '_, '_, '_, '_, '_> {
    fn evaluate(&mut self, slot: usize) -> Result<Dynamic, Box<EvalAltResult>> {
        let expression = self.slots.get(slot).ok_or_else(broken)?;
        self.context.eval_expression_tree(expression)
    }

    /// Runs a block with `$_` set to the item.
    fn block(&mut self, block: &Block, item: &Value) -> Result<Dynamic, Box<EvalAltResult>> {
        if let Some(closure) = closures::closure(block) {
            let captured = closure.iter_curry().cloned();
            let arguments = captured.chain([to_dynamic(item.clone())]).collect();
            return self.call(closure.fn_name(), arguments);
        }
        self.set_item(item);
        // `return` in a block ends this object only.
        self.evaluate(block.id).or_else(|error| match *error {
            EvalAltResult::Return(value, _) => Ok(value),
            other => Err(other.into()),
        })
    }

    /// Sets `$_`. An object takes the place of the one before it: a filter over a million makes no new variable.
    fn set_item(&mut self, item: &Value) {
        let scope = self.context.scope_mut();
        match self.depth {
            // What the block declared is gone with it.
            Some(depth) if scope.len() > depth => {
                scope.rewind(depth);
            }
            Some(_) => {}
            None => {
                if !scope.contains(&self.variable) {
                    scope.push_dynamic(self.variable.clone(), Dynamic::UNIT);
                }
                self.depth = Some(scope.len());
            }
        }
        let Some(slot) = scope.get_mut(&self.variable) else {
            return;
        };
        // A closure that caught the variable keeps what it caught.
        if let Value::Object(object) = item
            && !slot.is_shared()
            && let Some(mut own) = slot.write_lock::<Item>()
        {
            own.0 = Arc::clone(object);
            return;
        }
        *slot = to_dynamic(item.clone());
    }

    /// Takes what the last block declared off the scope.
    fn rewind(&mut self) {
        if let Some(depth) = self.depth.take() {
            self.context.scope_mut().rewind(depth);
        }
    }

    /// Runs a piece of the script: what its commands put out comes first, its value last. With `streams` what they put
    /// out isn't held back and only the value comes.
    fn run_piece(
        &mut self,
        streams: bool,
        run: impl FnOnce(&mut Self) -> Result<Dynamic, Box<EvalAltResult>>,
    ) -> Result<Vec<Value>, Flow> {
        if !streams {
            self.world.session.borrow_mut().capture();
        }
        let outcome = run(self);
        let mut values = match streams {
            true => Vec::new(),
            false => self.world.session.borrow_mut().captured(),
        };
        match outcome {
            Ok(last) => {
                values.push(to_value(&last));
                Ok(values)
            }
            Err(error) => {
                self.world.session.borrow_mut().tell(values.into());
                self.world.pending.set(Some(error));
                Err(Flow::Host)
            }
        }
    }

    /// Calls a function of the script.
    fn call(
        &mut self,
        name: &str,
        mut arguments: Vec<Dynamic>,
    ) -> Result<Dynamic, Box<EvalAltResult>> {
        let mut arguments: Vec<&mut Dynamic> = arguments.iter_mut().collect();
        let called = self.context.call_fn_raw(name, false, false, &mut arguments);
        // Where it was called the engine can't know.
        called.map_err(|error| {
            let (mut error, within) = library::without_caller(*error);
            if within || error.position().is_none() {
                error.set_position(self.position);
            }
            error
        })
    }
}

impl command::Host for ActiveHost<'_, '_, '_, '_, '_, '_, '_> {
    fn run_block(&mut self, block: &Block, item: Value) -> Result<Vec<Value>, Flow> {
        self.run_piece(false, |host| host.block(block, &item))
    }

    fn test_block(&mut self, block: &Block, item: &Value) -> Result<bool, Flow> {
        self.world.session.borrow_mut().capture();
        let outcome = self.block(block, item);
        self.world.session.borrow_mut().captured();
        match outcome {
            Ok(last) => Ok(last.as_bool().unwrap_or_else(|_| to_value(&last).truthy())),
            Err(error) => {
                self.world.pending.set(Some(error));
                Err(Flow::Host)
            }
        }
    }

    fn call_function(
        &mut self,
        name: &str,
        arguments: Vec<Value>,
        streams: bool,
    ) -> Result<Vec<Value>, Flow> {
        let arguments = arguments.into_iter().map(to_dynamic).collect();
        self.run_piece(streams, |host| host.call(name, arguments))
    }

    fn run_script(
        &mut self,
        path: &str,
        parameters: Value,
        streams: bool,
    ) -> Result<Vec<Value>, Flow> {
        let script = Script::load(self.world, self.context.engine(), path, &parameters)?;
        self.run_piece(streams, |host| {
            script.run(host.world, host.context.engine(), host.position)
        })
    }

    fn set_variable(&mut self, name: &str, value: Value) {
        self.rewind();
        self.context
            .scope_mut()
            .set_value(name.to_owned(), to_dynamic(value));
    }

    fn variable(&self, name: &str) -> Option<Value> {
        self.context.scope().get(name).map(to_value)
    }

    fn variables(&self) -> Vec<(String, Value)> {
        let scope = self.context.scope();
        let mut names = variables(scope);
        names.sort_unstable();
        names.dedup();
        let value = |name: &String| scope.get(name).map(to_value);
        names
            .into_iter()
            .filter_map(|name| value(&name).map(|value| (name, value)))
            .collect()
    }

    fn interrupted(&self) -> bool {
        self.world.interrupted()
    }
}
