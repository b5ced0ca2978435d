//! The lines that come to a changing stage, and what becomes of each: every line has exactly one fate.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::args::Args;
use super::outcome::Decided;
use crate::diagnostic::{Category, Diagnostic};
use crate::value::{Map, Object, Record, Value};

/// What one object of the pipeline asks for.
pub(super) struct Line {
    /// Bound, or why it can't be.
    pub args: Result<Args, Diagnostic>,
    /// The object itself; null for a command without a pipeline.
    pub input: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Changed,
    AlreadySo,
    /// What it names is there through a group only.
    Inherited,
    /// It names nothing that exists.
    Unknown,
    /// An earlier line asked for the same.
    Duplicate,
    Failed,
    /// The admin said no to it.
    Declined,
    /// The command ended before.
    NotReached,
}

impl Fate {
    const ALL: [Self; 8] = [
        Self::Changed,
        Self::AlreadySo,
        Self::Inherited,
        Self::Unknown,
        Self::Duplicate,
        Self::Failed,
        Self::Declined,
        Self::NotReached,
    ];

    /// What became of a line that could be decided.
    pub fn of(decided: &Decided) -> Self {
        let inherited = || decided.rows.iter().any(|row| row.word == "inherited");
        match () {
            () if !decided.changes.is_empty() => Self::Changed,
            () if !decided.failures.is_empty() => Self::Failed,
            () if inherited() => Self::Inherited,
            () => Self::AlreadySo,
        }
    }

    pub fn of_fault(fault: &Diagnostic) -> Self {
        match fault.category {
            Category::NotFound => Self::Unknown,
            _ => Self::Failed,
        }
    }

    fn word(self, ahead: bool) -> &'static str {
        match self {
            Self::Changed if ahead => "to change",
            Self::Changed => "changed",
            Self::AlreadySo => "already so",
            Self::Inherited => "inherited",
            Self::Unknown => "unknown",
            Self::Duplicate => "twice",
            Self::Failed => "failed",
            Self::Declined => "declined",
            Self::NotReached => "not reached",
        }
    }
}

/// How many lines have which fate; the sum is the size of the input.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Account([usize; Fate::ALL.len()]);

impl Account {
    pub fn add(&mut self, fate: Fate, lines: usize) {
        self.0[fate as usize] += lines;
    }

    pub fn merge(&mut self, other: &Self) {
        for (own, more) in self.0.iter_mut().zip(other.0) {
            *own += more;
        }
    }

    pub fn count(&self, fate: Fate) -> usize {
        self.0[fate as usize]
    }

    pub fn lines(&self) -> usize {
        self.0.iter().sum()
    }

    /// Those that a report names as not done because something is wrong with them.
    pub fn failed(&self) -> usize {
        self.count(Fate::Failed) + self.count(Fate::Unknown)
    }

    /// `9 lines: 6 changed, 2 already so, 1 unknown`; nothing for a single line. `ahead` of the change it says "to change".
    pub fn text(&self, noun: &str, ahead: bool) -> String {
        let lines = self.lines();
        if lines < 2 {
            return String::new();
        }
        let counts: Vec<String> = Fate::ALL
            .iter()
            .filter(|fate| self.count(**fate) > 0)
            .map(|fate| format!("{} {}", self.count(*fate), fate.word(ahead)))
            .collect();
        format!("{lines} {noun}: {}", counts.join(", "))
    }
}

/// What to call the input: rows and texts are lines.
pub(super) fn noun(lines: &[Line]) -> &'static str {
    let is_line = |input: &Value| match input {
        Value::Text(_) | Value::Map(_) => true,
        Value::Object(object) => object.as_any().is::<Record>(),
        _ => false,
    };
    match lines.first() {
        Some(line) if is_line(&line.input) => "lines",
        _ => "objects",
    }
}

/// The lines that asked for something so far, to tell those that ask for it again.
#[derive(Default)]
pub(super) struct Seen(HashMap<u64, usize>);

impl Seen {
    /// The earlier line (from 0) that asked for the same, or this one is remembered. The subject is known by the name that
    /// its row gives it, in whatever spelling it came.
    pub fn earlier(&mut self, line: usize, args: &Args, decided: &Decided) -> Option<usize> {
        let row = decided.rows.first()?;
        let mut hasher = DefaultHasher::new();
        row.record.identity().to_lowercase().hash(&mut hasher);
        let given = args
            .iter()
            .filter(|(parameter, ..)| parameter.takes_pipeline());
        for (parameter, value, _) in given.skip(1) {
            parameter.name.hash(&mut hasher);
            value.to_shared_text().to_lowercase().hash(&mut hasher);
        }
        let key = hasher.finish();
        let earlier = *self.0.entry(key).or_insert(line);
        (earlier < line).then_some(earlier)
    }

    /// Forgets lines that are to be decided again.
    pub fn forget_from(&mut self, line: usize) {
        self.0.retain(|_, known| *known < line);
    }
}

/// A line that wasn't done, as a row for `-FailedTo`: what came in, and why. Fed to the same command it asks for the same.
pub(super) fn failed_row(line: &Line, subject: &str, fate: Fate, why: &str) -> Value {
    let mut row = Map::new();
    match &line.input {
        Value::Null => {
            if let Ok(args) = &line.args {
                for (parameter, value, _) in args.iter() {
                    if parameter.takes_pipeline() {
                        row.set(parameter.name, value.clone());
                    }
                }
            }
        }
        input => match input.property_names() {
            names if names.is_empty() => row.set(subject, input.clone()),
            names => {
                for name in names {
                    row.set(name, input.property(name).unwrap_or_default());
                }
            }
        },
    }
    row.set("Outcome", outcome(fate).into());
    row.set("Why", why.into());
    Value::map(row)
}

pub(super) fn outcome(fate: Fate) -> &'static str {
    match fate {
        Fate::Unknown => "Unknown",
        Fate::NotReached => "NotReached",
        _ => "Failed",
    }
}
