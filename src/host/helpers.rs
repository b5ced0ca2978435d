//! The native functions behind PowerShell's operators, properties and expanded strings.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use rhai::{Array, Dynamic, Engine, EvalAltResult, ImmutableString, Position};

use super::convert::{Item, Row, Time, is_value, to_dynamic, to_value};
use super::engine_error::{Exit, Fault, raise};
use super::fault::snapshot;
use crate::diagnostic::{Category, Diagnostic};
use crate::lang::runtime;
use crate::objects;
use crate::session::Session;
use crate::value::{Object, Operator, Value, property_named};

type Outcome = Result<Dynamic, Box<EvalAltResult>>;

/// Registers all of them.
pub fn register(engine: &mut Engine, session: &Rc<RefCell<Session>>) {
    register_types(engine);
    register_operators(engine);
    let errors = Rc::clone(session);
    engine.register_fn(runtime::ERRORS, move || -> Array {
        let session = errors.borrow();
        let faults = session.errors.iter().cloned();
        faults.map(|error| Dynamic::from(Fault(error))).collect()
    });
    let shown = Rc::clone(session);
    engine.register_fn(runtime::SHOW, move |value: Dynamic| {
        super::show(&mut shown.borrow_mut(), to_value(&value)).map_err(raise)
    });
    engine.register_fn("exit", |code: i64| -> Outcome { Err(exit(code)) });
    engine.register_fn("exit", || -> Outcome { Err(exit(0)) });
}

/// Rhai's own pause, which Ctrl-C ends.
pub fn register_sleep(engine: &mut Engine, stop: &Arc<AtomicBool>) {
    let pause = |seconds: f64, stop: &AtomicBool| -> Result<(), Box<EvalAltResult>> {
        const STEP: Duration = Duration::from_millis(20);
        let mut rest = Duration::try_from_secs_f64(seconds).unwrap_or_default();
        while !rest.is_zero() {
            if stop.load(Ordering::Relaxed) {
                return Err(raise(Diagnostic::interrupted()));
            }
            let step = rest.min(STEP);
            std::thread::sleep(step);
            rest -= step;
        }
        Ok(())
    };
    let flag = Arc::clone(stop);
    engine.register_fn("sleep", move |seconds: f64| pause(seconds, &flag));
    let flag = Arc::clone(stop);
    engine.register_fn("sleep", move |seconds: i64| {
        // More than a century is no pause.
        pause(f64::from(u32::try_from(seconds).unwrap_or(0)), &flag)
    });
}

fn exit(code: i64) -> Box<EvalAltResult> {
    let code = Exit(u8::try_from(code).unwrap_or(1));
    EvalAltResult::ErrorTerminated(Dynamic::from(code), Position::NONE).into()
}

fn register_types(engine: &mut Engine) {
    engine
        .register_type_with_name::<Item>("object")
        .register_type_with_name::<Row>("map")
        .register_type_with_name::<Time>("time")
        .register_type_with_name::<Fault>("error");

    let mut known: Vec<&str> = objects::property_names().collect();
    known.sort_unstable();
    known.dedup();
    let texts = Rc::new(Texts::new());
    for name in known {
        engine.register_get(name, getter(name, Rc::clone(&texts)));
        engine.register_set(name, setter(name));
        // The engine's own lists have no fallback for other letter cases, so these are the usual ones.
        let mut camel = name.to_owned();
        camel[..1].make_ascii_lowercase();
        for spelling in [name, &camel, &name.to_ascii_lowercase()] {
            if !LIST_MEMBERS.contains(&spelling) {
                engine.register_get(spelling, move |list: &mut Array| of_each(list, name));
            }
        }
    }
    engine
        .register_indexer_get(|item: &mut Item, name: ImmutableString| property(item, &name))
        .register_indexer_set(|item: &mut Item, name: ImmutableString, value: Dynamic| {
            let index = property_named(item.0.properties(), &name);
            set(item, &name, index, &value)
        })
        .register_indexer_get(|row: &mut Row, name: ImmutableString| cell(row, &name))
        .register_indexer_set(|row: &mut Row, name: ImmutableString, value: Dynamic| {
            row.set(&name, to_value(&value));
        });
    engine
        .register_fn("to_string", |item: &mut Item| item.0.identity())
        .register_fn("to_debug", |item: &mut Item| item.0.identity())
        .register_fn("to_string", |row: &mut Row| {
            Value::Map(row.map()).to_text().into_owned()
        })
        .register_fn("keys", |row: &mut Row| -> Array {
            let map = row.map();
            map.keys().map(|name| name.to_owned().into()).collect()
        })
        .register_fn("keys", |item: &mut Item| -> Array {
            item.0
                .properties()
                .iter()
                .map(|name| (*name).into())
                .collect()
        })
        .register_fn("to_string", |time: &mut Time| {
            crate::value::show_time(time.0)
        })
        .register_fn("to_debug", |time: &mut Time| {
            crate::value::show_time(time.0)
        })
        .register_fn("==", |a: Time, b: Time| a == b)
        .register_fn("!=", |a: Time, b: Time| a != b)
        .register_fn("<", |a: Time, b: Time| a < b)
        .register_fn("<=", |a: Time, b: Time| a <= b)
        .register_fn(">", |a: Time, b: Time| a > b)
        .register_fn(">=", |a: Time, b: Time| a >= b);
    for (name, seconds) in [("AddDays", 86_400), ("AddHours", 3_600), ("AddMinutes", 60)] {
        engine.register_fn(name, move |time: Time, count: i64| -> Outcome {
            let span = count.checked_mul(seconds).map(SignedDuration::from_secs);
            let moved = span.and_then(|span| time.0.checked_add(span).ok());
            let moved = moved.ok_or_else(|| {
                let what = format!("{count} is too far: no such date exists");
                raise(Diagnostic::new("InvalidArgument", Category::Runtime, what))
            })?;
            Ok(Dynamic::from(Time(moved)))
        });
    }
    engine
        .register_get("message", |fault: &mut Fault| fault.0.message.clone())
        .register_get("Message", |fault: &mut Fault| fault.0.message.clone())
        .register_get("id", |fault: &mut Fault| fault.0.id)
        .register_get("target", |fault: &mut Fault| {
            fault.0.target.clone().map_or(Dynamic::UNIT, Dynamic::from)
        })
        .register_get("hint", |fault: &mut Fault| {
            fault.0.hint.clone().map_or(Dynamic::UNIT, Dynamic::from)
        })
        .register_fn("to_string", |fault: &mut Fault| fault.0.message.clone())
        .register_fn("to_debug", |fault: &mut Fault| fault.0.message.clone());
    register_members(engine);
    // One object is a list of itself: `for u in Get-User anna@contoso.com`.
    engine
        .register_iterator::<Item>()
        .register_iterator::<Row>();
}

const LIST_MEMBERS: [&str; 4] = ["Count", "count", "Length", "length"];

/// A list has the properties of its objects; the engine wants each of them registered by name.
pub fn register_enumerated(engine: &mut Engine, names: &[String]) {
    for name in names {
        let known = LIST_MEMBERS.contains(&name.as_str())
            || objects::property_names().any(|own| own.eq_ignore_ascii_case(name));
        if !known {
            let own = name.clone();
            engine.register_get(name, move |list: &mut Array| of_each(list, &own));
        }
    }
}

/// A property of a list is that of each of its objects, lists among them laid end to end: `(Get-User).City`.
fn of_each(list: &Array, name: &str) -> Outcome {
    let mut found = Array::with_capacity(list.len());
    for item in list {
        match to_value(item).member(name).map_err(raise)? {
            Value::List(items) => found.extend(items.iter().cloned().map(to_dynamic)),
            value => found.push(to_dynamic(value)),
        }
    }
    Ok(found.into())
}

/// What PowerShell finds on every list and text, and on nothing. Properties of tenant objects come in any letter
/// case through their indexer, which Rhai's own types can't have.
fn register_members(engine: &mut Engine) {
    for name in LIST_MEMBERS {
        engine.register_get(name, |list: &mut Array| count(list.len()));
    }
    for name in ["Length", "length"] {
        engine.register_get(name, |text: &mut ImmutableString| {
            count(text.chars().count())
        });
    }
    engine.register_indexer_get(|_: &mut (), _: ImmutableString| Dynamic::UNIT);
}

fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Texts as the engine holds them, lately handed out: a million users share a few departments.
struct Texts(RefCell<Vec<ImmutableString>>);

impl Texts {
    /// A power of two.
    const SLOTS: usize = 256;

    fn new() -> Self {
        Self(RefCell::new(vec![ImmutableString::default(); Self::SLOTS]))
    }

    /// Texts that are shared lie at one address.
    fn of(&self, text: &str) -> ImmutableString {
        const ALIGNMENT: usize = 8;
        let slot = text.as_ptr().addr() / ALIGNMENT % Self::SLOTS;
        let known = &mut self.0.borrow_mut()[slot];
        if known.as_str() != text {
            *known = text.into();
        }
        known.clone()
    }
}

/// A property by name, and where the objects of the last kind have it: a filter asks a million of them.
struct Place {
    name: &'static str,
    last: Cell<(*const &'static str, usize)>,
}

impl Place {
    fn new(name: &'static str) -> Self {
        let last = Cell::new((std::ptr::null(), 0));
        Self { name, last }
    }

    fn of(&self, object: &dyn Object) -> Option<usize> {
        let properties = object.properties();
        let (known, index) = self.last.get();
        if known == properties.as_ptr() {
            return Some(index);
        }
        let index = property_named(properties, self.name)?;
        self.last.set((properties.as_ptr(), index));
        Some(index)
    }
}

fn getter(name: &'static str, texts: Rc<Texts>) -> impl Fn(&mut Item) -> Outcome {
    let place = Place::new(name);
    move |item| {
        let object = &*item.0;
        let Some(index) = place.of(object) else {
            return property(item, name);
        };
        Ok(match object.text_at(index) {
            Some(text) => texts.of(text).into(),
            None => to_dynamic(object.at(index)),
        })
    }
}

/// Behind every method of a property the engine writes the property back, as the method may have changed it: to say
/// that nothing changed is cheaper than to have no setter. A change is refused.
fn setter(name: &'static str) -> impl Fn(&mut Item, Dynamic) -> Result<(), Box<EvalAltResult>> {
    let place = Place::new(name);
    move |item, value| set(item, name, place.of(&*item.0), &value)
}

fn set(
    item: &Item,
    name: &str,
    index: Option<usize>,
    value: &Dynamic,
) -> Result<(), Box<EvalAltResult>> {
    let object = &*item.0;
    let same = index.is_some_and(|index| match object.text_at(index) {
        Some(text) => value
            .as_immutable_string_ref()
            .is_ok_and(|own| *own == text),
        None => is_value(value, &object.at(index)),
    });
    if same {
        Ok(())
    } else {
        Err(raise(snapshot(name, "an object")))
    }
}

/// A row's cell; what a CSV file has no column for is an error.
fn cell(row: &Row, name: &str) -> Outcome {
    let map = row.map();
    match map.get(name) {
        Some(value) => Ok(to_dynamic(value.clone())),
        None if map.is_fixed() => Value::Map(map).member(name).map(to_dynamic).map_err(raise),
        None => Ok(Dynamic::UNIT),
    }
}

fn property(item: &Item, name: &str) -> Outcome {
    match Value::Object(item.0.clone()).member(name) {
        Ok(value) => Ok(to_dynamic(value)),
        Err(fault) => Err(raise(fault)),
    }
}

fn register_operators(engine: &mut Engine) {
    for name in Operator::names() {
        for name in [name.to_owned(), format!("c{name}")] {
            let Some(operator) = Operator::named(&name) else {
                continue;
            };
            engine.register_fn(
                format!("{}{name}", runtime::PREFIX),
                move |left: Dynamic, right: Dynamic| -> Outcome {
                    let right = to_value(&right);
                    match left.as_immutable_string_ref() {
                        Ok(text) => operator.test_text(&text, &right).map(Dynamic::from),
                        Err(_) => operator.apply(&to_value(&left), &right).map(to_dynamic),
                    }
                    .map_err(raise)
                },
            );
        }
    }
    let operator = |name: &str| format!("{}{name}", runtime::PREFIX);
    engine
        .register_fn(runtime::TRUTHY, |value: Dynamic| to_value(&value).truthy())
        .register_fn(runtime::LIST, |value: Dynamic| -> Array {
            match super::convert::range(&value) {
                Some(items) => items,
                None if value.is_unit() => Array::new(),
                None if value.is_array() => value.into_array().unwrap_or_default(),
                None => vec![value],
            }
        })
        .register_fn(operator("xor"), |left: Dynamic, right: Dynamic| {
            to_value(&left).truthy() != to_value(&right).truthy()
        })
        .register_fn(operator("join"), |list: Dynamic, between: Dynamic| {
            let between = to_value(&between);
            match to_value(&list) {
                Value::List(items) => items
                    .iter()
                    .map(Value::to_text)
                    .collect::<Vec<_>>()
                    .join(&between.to_text()),
                one => one.to_text().into_owned(),
            }
        })
        .register_fn(operator("is"), |value: Dynamic, name: Dynamic| {
            is_a(&to_value(&value), &to_value(&name).to_text())
        })
        .register_fn(operator("isnot"), |value: Dynamic, name: Dynamic| {
            !is_a(&to_value(&value), &to_value(&name).to_text())
        })
        .register_fn(operator("as"), |value: Dynamic, name: Dynamic| {
            to_dynamic(as_a(&to_value(&value), &to_value(&name).to_text()))
        });
    super::patterns::register(engine);
    super::arithmetic::register(engine);
    super::methods::register(engine);
    super::table::register(engine);
    super::span::register(engine);
    register_text(engine);
}

/// `_ps_text` joins the parts of an expanded string; Rhai has no variadic functions, so it stands for each length.
fn register_text(engine: &mut Engine) {
    use std::any::TypeId;
    const MOST: usize = 32;
    for count in 1..=MOST {
        let types = vec![TypeId::of::<Dynamic>(); count];
        engine.register_raw_fn(runtime::TEXT, types, |_, parts| {
            let texts: Vec<String> = parts
                .iter()
                .map(|part| match to_value(part) {
                    Value::List(items) => items
                        .iter()
                        .map(Value::to_text)
                        .collect::<Vec<_>>()
                        .join(" "),
                    one => one.to_text().into_owned(),
                })
                .collect();
            Ok(texts.concat())
        });
    }
}

/// The names that `-is` and `-as` take; PowerShell's brackets around them are optional.
pub fn plain_type(name: &str) -> String {
    name.trim_matches(['[', ']']).to_lowercase()
}

fn is_a(value: &Value, name: &str) -> bool {
    match plain_type(name).as_str() {
        "string" | "text" => matches!(value, Value::Text(_)),
        "int" | "int32" | "int64" | "long" => matches!(value, Value::Int(_)),
        "double" | "float" => matches!(value, Value::Float(_)),
        "bool" | "boolean" => matches!(value, Value::Bool(_)),
        "array" | "list" => matches!(value, Value::List(_)),
        "hashtable" | "map" => matches!(value, Value::Map(_)),
        "datetime" | "time" => matches!(value, Value::Time(_)),
        other => value.type_name().eq_ignore_ascii_case(other),
    }
}

pub fn as_a(value: &Value, name: &str) -> Value {
    match plain_type(name).as_str() {
        "string" | "text" => value.to_text().into_owned().into(),
        "int" | "int32" | "int64" | "long" => match value.as_number() {
            #[allow(clippy::cast_possible_truncation)] // Saturates, which is what is wanted.
            Some(number) => Value::Int(number.round_ties_even() as i64),
            None => Value::Null,
        },
        "double" | "float" => value.as_number().map_or(Value::Null, Value::Float),
        "bool" | "boolean" => value.truthy().into(),
        "datetime" | "time" => value.as_time().into(),
        _ => Value::Null,
    }
}
