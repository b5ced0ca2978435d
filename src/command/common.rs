//! The parameters that every cmdlet has, and those of every cmdlet that changes the tenant.

use std::cell::RefCell;
use std::sync::Arc;

use super::args::Args;
use super::gate::MaxFailures;
use super::names::Names;
use super::parameter::{Param, Parameter};
use crate::diagnostic::Diagnostic;
use crate::session::Policy;
use crate::value::Value;

pub static VERBOSE: Param<bool> =
    Param::new("Verbose", "Says what it does on the way.").aliases(&["vb"]);

pub static ERROR_ACTION: Param<Option<Arc<str>>> = Param::new(
    "ErrorAction",
    "What a failed record does: Continue with the rest, Stop and take the command back, or pass in silence.",
)
.aliases(&["ea"])
.choice(&["Continue", "Stop", "SilentlyContinue", "Ignore"]);

pub static ERROR_VARIABLE: Param<Option<Arc<str>>> = Param::new(
    "ErrorVariable",
    "The variable that gets the errors; with a leading + they are appended.",
)
.aliases(&["ev"])
.naming(Names::Variable);

pub static WARNING_ACTION: Param<Option<Arc<str>>> = Param::new(
    "WarningAction",
    "What a warning does: Continue shows it, SilentlyContinue does not.",
)
.aliases(&["wa"])
.choice(&["Continue", "Stop", "SilentlyContinue", "Ignore"]);

pub static OUT_VARIABLE: Param<Option<Arc<str>>> = Param::new(
    "OutVariable",
    "The variable that gets the output as well; with a leading + it is appended.",
)
.aliases(&["ov"])
.naming(Names::Variable);

pub static WHAT_IF: Param<bool> =
    Param::new("WhatIf", "Shows every consequence and changes nothing.").aliases(&["wi"]);

pub static CONFIRM: Param<Option<bool>> = Param::new(
    "Confirm",
    "Asks before each record; -Confirm:$false asks nothing at all.",
)
.aliases(&["cf"]);

pub static FORCE: Param<bool> =
    Param::new("Force", "Does not ask, however many users it is about.");

pub static BATCH_SIZE: Param<Option<i64>> = Param::new(
    "BatchSize",
    "Commits after every so many records instead of all at once.",
);

pub static FIRST: Param<Option<i64>> = Param::new(
    "First",
    "Commits so many lines of the input, says what became of them, and asks before the rest.",
);

pub static STOP_AFTER: Param<Option<i64>> = Param::new(
    "StopAfter",
    "Ends when so many lines are changed; the same command again goes on from there.",
);

pub static MAX_FAILURES: Param<Option<Arc<str>>> = Param::new(
    "MaxFailures",
    "How many lines may fail, as a number or a part such as 1%; nothing is changed where more would.",
);

pub static FAILED_TO: Param<Option<Arc<str>>> = Param::new(
    "FailedTo",
    "A CSV file for the lines that failed or weren't reached: all their columns, and why. Fed to the same command it \
     asks for them again.",
);

pub static REASON: Param<Option<Arc<str>>> = Param::new(
    "Reason",
    "Why it is done, or the number of a ticket, for the journal.",
);

/// On every cmdlet.
pub static ALWAYS: &[&Parameter] = &[
    &VERBOSE.declaration,
    &ERROR_ACTION.declaration,
    &ERROR_VARIABLE.declaration,
    &WARNING_ACTION.declaration,
    &OUT_VARIABLE.declaration,
];

/// On every cmdlet that changes the tenant.
pub static CHANGING: &[&Parameter] = &[
    &WHAT_IF.declaration,
    &CONFIRM.declaration,
    &FORCE.declaration,
    &BATCH_SIZE.declaration,
    &FIRST.declaration,
    &STOP_AFTER.declaration,
    &MAX_FAILURES.declaration,
    &FAILED_TO.declaration,
    &REASON.declaration,
];

/// On every function and script: how the changes that it makes on the way are handled.
pub static SCRIPTED: &[&Parameter] = &[
    &WHAT_IF.declaration,
    &CONFIRM.declaration,
    &FORCE.declaration,
    &REASON.declaration,
];

/// The common parameters of one stage, read.
#[derive(Debug, Default)]
pub struct Common {
    pub verbose: bool,
    pub error_action: Option<Arc<str>>,
    pub warning_action: Option<Arc<str>>,
    pub error_variable: Option<Arc<str>>,
    pub out_variable: Option<Arc<str>>,
    pub what_if: bool,
    /// `-WhatIf` or `-WhatIf:$false` was given.
    what_if_given: bool,
    pub confirm: Option<bool>,
    pub force: bool,
    pub batch_size: Option<usize>,
    /// How many lines are done and shown before the rest.
    pub first: Option<usize>,
    /// How many lines may change.
    pub stop_after: Option<usize>,
    pub max_failures: Option<MaxFailures>,
    /// Where the lines go that failed.
    pub failed_to: Option<Arc<str>>,
    pub reason: Option<Arc<str>>,
    /// What goes into `-OutVariable`.
    pub(super) collected: RefCell<Vec<Value>>,
    /// What goes into `-ErrorVariable`.
    pub(super) failures: RefCell<Vec<Diagnostic>>,
}

impl Common {
    /// Reads the common parameters.
    ///
    /// # Errors
    /// A number of lines below 1, or `-MaxFailures` that is neither a number nor a part.
    pub fn of(args: &Args) -> Result<Self, Diagnostic> {
        let count = |param: &'static Param<Option<i64>>| match args.get(param) {
            None => Ok(None),
            Some(size) => match usize::try_from(size) {
                Ok(size) if size > 0 => Ok(Some(size)),
                _ => Err(Diagnostic::usage(
                    "InvalidArgument",
                    format!("-{} is at least 1, not {size}", param.declaration.name),
                )),
            },
        };
        let most = args.get(&MAX_FAILURES);
        Ok(Self {
            verbose: args.get(&VERBOSE),
            error_action: args.get(&ERROR_ACTION),
            warning_action: args.get(&WARNING_ACTION),
            error_variable: args.get(&ERROR_VARIABLE),
            out_variable: args.get(&OUT_VARIABLE),
            what_if: args.get(&WHAT_IF),
            what_if_given: args.has(&WHAT_IF),
            confirm: args.get(&CONFIRM),
            force: args.get(&FORCE),
            batch_size: count(&BATCH_SIZE)?,
            first: count(&FIRST)?,
            stop_after: count(&STOP_AFTER)?,
            max_failures: most.map(|most| most.parse()).transpose()?,
            failed_to: args.get(&FAILED_TO),
            reason: args.get(&REASON),
            ..Self::default()
        })
    }

    /// What was given to the script or the function around, and not here.
    pub(super) fn inherit(&mut self, policy: &Policy) {
        self.verbose |= policy.verbose;
        self.what_if |= policy.prefers_what_if && !self.what_if_given;
        self.confirm = self.confirm.or(policy.confirm.then_some(true));
        let inherited = |own: &mut Option<Arc<str>>, outer: &Option<Arc<str>>| {
            if own.is_none() {
                own.clone_from(outer);
            }
        };
        inherited(&mut self.error_action, &policy.error_action);
        inherited(&mut self.warning_action, &policy.warning_action);
    }

    /// The policy for all that a function or a script does that was called with these.
    pub fn policy_inside(&self, outer: &Policy) -> Policy {
        Policy {
            what_if: self.what_if || outer.what_if,
            yes: outer.yes || self.force || self.confirm == Some(false),
            confirm: self.confirm.unwrap_or(outer.confirm),
            error_action: self.error_action.clone().or(outer.error_action.clone()),
            warning_action: self.warning_action.clone().or(outer.warning_action.clone()),
            verbose: self.verbose || outer.verbose,
            reason: self.reason.clone().or(outer.reason.clone()),
            ..*outer
        }
    }

    /// Whether a failed record ends the command.
    pub fn stops(&self) -> bool {
        self.error_action.as_deref() == Some("Stop")
    }

    /// Whether errors pass without being shown; `$Error` has them.
    pub fn is_silent(&self) -> bool {
        self.error_action.as_deref() == Some("SilentlyContinue")
    }

    /// Whether errors leave no trace but the exit code and `-ErrorVariable`.
    pub fn ignores(&self) -> bool {
        self.error_action.as_deref() == Some("Ignore")
    }
}
