//! The arguments of one call, bound and converted, read by the parameter that declares them.

use super::cmdlet::Cmdlet;
use super::parameter::{FromArg, Param, Parameter};
use crate::diagnostic::Span;
use crate::value::Value;

/// Bound arguments. Values stand at the positions of [`Cmdlet::all_parameters`].
#[derive(Clone, Debug)]
pub struct Args {
    pub(super) cmdlet: &'static Cmdlet,
    pub(super) values: Vec<Option<Value>>,
    /// Where each value was typed, for errors that are found later.
    pub(super) spans: Vec<Option<Span>>,
    /// Whether the call is fed by a pipeline.
    pub(super) piped: bool,
}

impl Args {
    pub(super) fn empty(cmdlet: &'static Cmdlet, piped: bool) -> Self {
        let count = cmdlet.all_parameters().count();
        Self {
            cmdlet,
            values: vec![None; count],
            spans: vec![None; count],
            piped,
        }
    }

    /// The value of a parameter of this cmdlet.
    pub fn get<T: FromArg>(&self, param: &'static Param<T>) -> T {
        T::from_arg(self.value(&param.declaration))
    }

    /// Whether it was given, by the line or by the pipeline.
    pub fn has<T>(&self, param: &'static Param<T>) -> bool {
        self.value(&param.declaration).is_some()
    }

    /// Where the parameter's value was typed.
    pub fn span<T>(&self, param: &'static Param<T>) -> Option<Span> {
        let index = self.position(&param.declaration)?;
        self.spans.get(index).copied().flatten()
    }

    /// Whether objects come down a pipeline.
    pub fn piped(&self) -> bool {
        self.piped
    }

    /// The parameters that have a value, with it.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Parameter, &Value, Option<Span>)> {
        self.cmdlet
            .all_parameters()
            .zip(&self.values)
            .zip(&self.spans)
            .filter_map(|((parameter, value), span)| Some((parameter, value.as_ref()?, *span)))
    }

    fn value(&self, parameter: &'static Parameter) -> Option<&Value> {
        self.values.get(self.position(parameter)?)?.as_ref()
    }

    fn position(&self, parameter: &'static Parameter) -> Option<usize> {
        self.cmdlet
            .all_parameters()
            .position(|own| std::ptr::eq(own, parameter))
    }
}
