//! Parameters: declared once with their type, read by binding, help, completion and docs.

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::names::Names;
use crate::tenant::User;
use crate::value::{Block, Value};

/// What a parameter takes; decides conversion and what Tab offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// True by being named; another value only after a colon (`-WhatIf:$false`).
    Switch,
    Bool,
    Int,
    Time,
    Block,
    /// Any value, unconverted.
    Any,
    Text,
    /// One of these, in any letter case.
    Choice(&'static [&'static str]),
    /// Text that names something that exists.
    Name(Names),
}

/// How a parameter takes what comes down the pipeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FromPipeline {
    /// The whole object, if it has the right type as it is.
    pub by_value: bool,
    /// The object's property of the parameter's name or of one of its aliases.
    pub by_property: bool,
}

/// One parameter, without its Rust type.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    /// One sentence.
    pub help: &'static str,
    pub kind: Kind,
    /// What Tab offers, where the kind says too little.
    pub offers: Option<Names>,
    pub list: bool,
    pub mandatory: bool,
    pub position: Option<usize>,
    pub pipeline: FromPipeline,
    /// The parameter sets it belongs to; empty for all of them.
    pub sets: &'static [&'static str],
}

impl Parameter {
    /// Whether `name` is the parameter's name or one of its aliases, in any letter case.
    pub fn is_called(&self, name: &str) -> bool {
        self.names().any(|own| own.eq_ignore_ascii_case(name))
    }

    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }

    pub fn takes_pipeline(&self) -> bool {
        self.pipeline.by_value || self.pipeline.by_property
    }

    /// The type as help and errors write it: `<sku[]>`.
    pub fn type_name(&self) -> String {
        let name = match self.kind {
            Kind::Switch => "switch",
            Kind::Bool => "bool",
            Kind::Int => "int",
            Kind::Time => "time",
            Kind::Block => "script block",
            Kind::Any => "object",
            Kind::Text | Kind::Choice(_) => "text",
            Kind::Name(names) => match names {
                Names::User => "user",
                Names::Sku => "sku",
                Names::Plan => "plan",
                Names::Group => "group",
                Names::Role => "role",
                Names::Property | Names::Column => "property",
                Names::Command => "command",
                Names::Path => "path",
                Names::Location => "country code",
                _ => "text",
            },
        };
        if self.list {
            format!("{name}[]")
        } else {
            name.to_owned()
        }
    }

    /// The parameter in a line of syntax: `[-Sku] <sku[]>`, `[-WhatIf]`.
    pub fn syntax(&self) -> String {
        let name = if self.position.is_some() {
            format!("[-{}]", self.name)
        } else {
            format!("-{}", self.name)
        };
        let whole = match self.kind {
            Kind::Switch => name,
            _ => format!("{name} <{}>", self.type_name()),
        };
        if self.mandatory {
            whole
        } else {
            format!("[{whole}]")
        }
    }
}

/// A parameter whose value is read as a `T`; the type says what is accepted and whether it must be given.
#[derive(Debug)]
pub struct Param<T> {
    pub declaration: Parameter,
    marker: PhantomData<fn() -> T>,
}

impl<T: FromArg> Param<T> {
    pub const fn new(name: &'static str, help: &'static str) -> Self {
        Self {
            declaration: Parameter {
                name,
                aliases: &[],
                help,
                kind: T::KIND,
                offers: None,
                list: T::LIST,
                mandatory: T::MANDATORY,
                position: None,
                pipeline: FromPipeline {
                    by_value: false,
                    by_property: false,
                },
                sets: &[],
            },
            marker: PhantomData,
        }
    }

    pub const fn position(mut self, position: usize) -> Self {
        self.declaration.position = Some(position);
        self
    }

    pub const fn aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.declaration.aliases = aliases;
        self
    }

    pub const fn by_value(mut self) -> Self {
        self.declaration.pipeline.by_value = true;
        self
    }

    pub const fn by_property(mut self) -> Self {
        self.declaration.pipeline.by_property = true;
        self
    }

    pub const fn in_sets(mut self, sets: &'static [&'static str]) -> Self {
        self.declaration.sets = sets;
        self
    }

    /// Mandatory within its sets, though the type allows it to be absent in others.
    pub const fn required(mut self) -> Self {
        self.declaration.mandatory = true;
        self
    }

    /// Tab and help treat the text as one of these.
    pub const fn choice(mut self, choices: &'static [&'static str]) -> Self {
        self.declaration.kind = Kind::Choice(choices);
        self
    }

    /// Tab offers these, whatever the type says.
    pub const fn offering(mut self, names: Names) -> Self {
        self.declaration.offers = Some(names);
        self
    }

    /// It is the name of such a thing, and Tab offers what exists of it.
    pub const fn naming(mut self, names: Names) -> Self {
        self.declaration.kind = Kind::Name(names);
        self
    }
}

/// A Rust type that an argument can be read as. Binding has already converted the value to `KIND`.
pub trait FromArg: Sized {
    const KIND: Kind;
    const LIST: bool = false;
    const MANDATORY: bool = true;

    /// `None` for an absent argument, which binding lets through only where it isn't mandatory.
    fn from_arg(value: Option<&Value>) -> Self;
}

impl FromArg for bool {
    const KIND: Kind = Kind::Switch;
    const MANDATORY: bool = false;

    fn from_arg(value: Option<&Value>) -> Self {
        value.is_some_and(Value::truthy)
    }
}

/// A bool that is told apart from its absence: `-Enabled:$false`.
impl FromArg for Option<bool> {
    const KIND: Kind = Kind::Switch;
    const MANDATORY: bool = false;

    fn from_arg(value: Option<&Value>) -> Self {
        value.map(Value::truthy)
    }
}

/// A bool that is a value of its own, as .NET's cmdlets take it: `-AccountEnabled $false`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truth(pub bool);

impl FromArg for Truth {
    const KIND: Kind = Kind::Bool;

    fn from_arg(value: Option<&Value>) -> Self {
        Self(value.is_some_and(Value::truthy))
    }
}

impl FromArg for Value {
    const KIND: Kind = Kind::Any;

    fn from_arg(value: Option<&Value>) -> Self {
        value.cloned().unwrap_or_default()
    }
}

impl FromArg for i64 {
    const KIND: Kind = Kind::Int;

    fn from_arg(value: Option<&Value>) -> Self {
        match value {
            Some(Value::Int(i)) => *i,
            _ => 0,
        }
    }
}

impl FromArg for Timestamp {
    const KIND: Kind = Kind::Time;

    fn from_arg(value: Option<&Value>) -> Self {
        match value {
            Some(Value::Time(time)) => *time,
            _ => Timestamp::UNIX_EPOCH,
        }
    }
}

impl FromArg for Arc<str> {
    const KIND: Kind = Kind::Text;

    fn from_arg(value: Option<&Value>) -> Self {
        value.map_or_else(|| Arc::from(""), Value::to_shared_text)
    }
}

impl FromArg for Option<Arc<Block>> {
    const KIND: Kind = Kind::Block;
    const MANDATORY: bool = false;

    fn from_arg(value: Option<&Value>) -> Self {
        match value {
            Some(Value::Block(block)) => Some(Arc::clone(block)),
            _ => None,
        }
    }
}

/// What may be absent or many; the scalar types it can hold are the ones above and the names below.
trait Scalar: FromArg {}
impl Scalar for Value {}
impl Scalar for Truth {}
impl Scalar for i64 {}
impl Scalar for Timestamp {}
impl Scalar for Arc<str> {}

#[allow(private_bounds)]
impl<T: Scalar> FromArg for Option<T> {
    const KIND: Kind = T::KIND;
    const MANDATORY: bool = false;

    fn from_arg(value: Option<&Value>) -> Self {
        value.map(|value| T::from_arg(Some(value)))
    }
}

#[allow(private_bounds)]
impl<T: Scalar> FromArg for Vec<T> {
    const KIND: Kind = T::KIND;
    const LIST: bool = true;

    fn from_arg(value: Option<&Value>) -> Self {
        match value {
            Some(Value::List(items)) => items.iter().map(|item| T::from_arg(Some(item))).collect(),
            Some(one) => vec![T::from_arg(Some(one))],
            None => Vec::new(),
        }
    }
}

#[allow(private_bounds)]
impl<T: Scalar> FromArg for Option<Vec<T>> {
    const KIND: Kind = T::KIND;
    const LIST: bool = true;
    const MANDATORY: bool = false;

    fn from_arg(value: Option<&Value>) -> Self {
        value.map(|value| Vec::from_arg(Some(value)))
    }
}

macro_rules! names {
    ($($name:ident => $kind:ident),* $(,)?) => {$(
        /// A text that names a thing of this kind.
        #[derive(Clone, Debug)]
        pub struct $name(pub Arc<str>);

        impl Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl FromArg for $name {
            const KIND: Kind = Kind::Name(Names::$kind);

            fn from_arg(value: Option<&Value>) -> Self {
                Self(Arc::from_arg(value))
            }
        }

        impl Scalar for $name {}
    )*};
}

names! {
    SkuName => Sku,
    PlanName => Plan,
    GroupName => Group,
    PropertyName => Property,
    CommandName => Command,
    PathName => Path,
    LocationName => Location,
}

/// A user: as typed, or the very one that came down the pipeline.
#[derive(Clone, Debug)]
pub struct UserName {
    pub text: Arc<str>,
    /// Known when an object came: it is found again by id, whatever it is called by now.
    pub id: Option<Uuid>,
}

impl FromArg for UserName {
    const KIND: Kind = Kind::Name(Names::User);

    fn from_arg(value: Option<&Value>) -> Self {
        let id = match value {
            Some(Value::Object(object)) => {
                object.as_any().downcast_ref::<User>().map(|user| user.id)
            }
            _ => None,
        };
        Self {
            text: Arc::from_arg(value),
            id,
        }
    }
}

impl Scalar for UserName {}

/// What a column of a result is made of, as given: the name of a property, a block, or a map with both.
#[derive(Clone, Debug)]
pub struct Column(pub Value);

impl FromArg for Column {
    const KIND: Kind = Kind::Name(Names::Column);

    fn from_arg(value: Option<&Value>) -> Self {
        Self(Value::from_arg(value))
    }
}

impl Scalar for Column {}
