//! Measure-Object: counts objects, and sums a property of them.

use super::column::Columns;
use super::total_order::total;
use crate::command::{
    Args, Call, Cmdlet, Column, Effect, Example, Flow, Output, OutputColumns, Param,
    PartialCommand, Run, Stage, Verb, names,
};
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::Permission;
use crate::value::{Record, Shape, Value};

static PROPERTY: Param<Option<Vec<Column>>> = Param::new(
    "Property",
    "The properties or blocks to measure; objects without a value don't count.",
)
.position(0);
static SUM: Param<bool> = Param::new("Sum", "Adds the values up.");
static AVERAGE: Param<bool> = Param::new("Average", "Their mean.");
static MINIMUM: Param<bool> = Param::new("Minimum", "The smallest.");
static MAXIMUM: Param<bool> = Param::new("Maximum", "The largest.");

static MEASURE: Shape = Shape {
    name: "Measure",
    properties: &["Property", "Count", "Sum", "Average", "Minimum", "Maximum"],
    columns: &["Property", "Count", "Sum", "Average", "Minimum", "Maximum"],
};

static COUNT: Shape = Shape {
    name: "Measure",
    properties: &["Count"],
    columns: &["Count"],
};

pub static MEASURE_OBJECT: Cmdlet = Cmdlet {
    verb: Verb::Measure,
    noun: "Object",
    aliases: &["measure"],
    synopsis: "Counts objects, and sums a property of them",
    description: "Without parameters it counts. With a property it counts the objects that have a value of it, and gives \
                  what else is asked for; without a property, of the objects themselves.",
    parameters: &[
        &PROPERTY.declaration,
        &SUM.declaration,
        &AVERAGE.declaration,
        &MINIMUM.declaration,
        &MAXIMUM.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Depends(output),
    examples: &[
        Example {
            line: "Get-User -Department Sales | Measure-Object",
            explanation: "How many there are.",
        },
        Example {
            line: "Get-User | Measure-Object { $_.Licenses.Count } -Average -Maximum",
            explanation: "How many products a user holds.",
        },
        Example {
            line: "Get-Subscription | Measure-Object Free -Sum",
            explanation: "How many seats are free in all.",
        },
    ],
    graph: "",
    run: Run::Stream(start),
};

fn output(draft: &PartialCommand, _: OutputColumns) -> OutputColumns {
    let asked = [&SUM, &AVERAGE, &MINIMUM, &MAXIMUM];
    let counts = !draft.has(&PROPERTY) && !asked.iter().any(|own| draft.has(own));
    let shape = if counts { &COUNT } else { &MEASURE };
    Some(names(shape.properties))
}

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    let columns = Columns::of(args, &PROPERTY)?.without_patterns()?;
    let asked = Asked {
        sum: args.get(&SUM),
        average: args.get(&AVERAGE),
        minimum: args.get(&MINIMUM),
        maximum: args.get(&MAXIMUM),
    };
    let tallies = match columns.labels() {
        labels if !labels.is_empty() => labels.into_iter().map(Tally::of).collect(),
        _ if asked.anything() => vec![Tally::default()],
        _ => Vec::new(),
    };
    Ok(Box::new(Measure {
        columns,
        tallies,
        count: 0,
        asked,
    }))
}

struct Asked {
    sum: bool,
    average: bool,
    minimum: bool,
    maximum: bool,
}

impl Asked {
    fn anything(&self) -> bool {
        self.sum || self.average || self.minimum || self.maximum
    }
}

/// What was seen of one property.
#[derive(Default)]
struct Tally {
    label: Option<String>,
    count: usize,
    /// Whole numbers are added up exactly, beside the others.
    whole: i128,
    rest: f64,
    least: Option<Value>,
    most: Option<Value>,
}

struct Measure {
    columns: Columns,
    tallies: Vec<Tally>,
    count: usize,
    asked: Asked,
}

impl Stage for Measure {
    fn record(&mut self, call: &mut Call, value: Value) -> Result<(), Flow> {
        self.count += 1;
        if self.columns.is_empty() {
            if let Some(tally) = self.tallies.first_mut() {
                tally.add(value, &self.asked)?;
            }
            return Ok(());
        }
        self.columns.note(&value);
        let values = self.columns.values(call, &value)?;
        for (tally, value) in self.tallies.iter_mut().zip(values) {
            tally.add(value, &self.asked)?;
        }
        Ok(())
    }

    fn end(&mut self, call: &mut Call) -> Result<(), Flow> {
        self.columns.check()?;
        call.is_exact();
        if self.tallies.is_empty() {
            return call.write(Value::object(Record::new(&COUNT, vec![self.count.into()])));
        }
        for tally in &self.tallies {
            call.write(Value::object(Record::new(&MEASURE, tally.row(&self.asked))))?;
        }
        Ok(())
    }
}

impl Tally {
    fn of(label: String) -> Self {
        Self {
            label: Some(label),
            ..Self::default()
        }
    }

    fn add(&mut self, value: Value, asked: &Asked) -> Result<(), Diagnostic> {
        if value.is_null() {
            return Ok(());
        }
        self.count += 1;
        if asked.sum || asked.average {
            match (&value, value.as_number()) {
                (Value::Int(int), _) => self.whole += i128::from(*int),
                (Value::Bool(_), _) | (_, None) => return Err(self.no_number(&value)),
                (_, Some(number)) => self.rest += number,
            }
        }
        if asked.minimum
            && self
                .least
                .as_ref()
                .is_none_or(|own| total(&value, own).is_lt())
        {
            self.least = Some(value.clone());
        }
        if asked.maximum
            && self
                .most
                .as_ref()
                .is_none_or(|own| total(&value, own).is_gt())
        {
            self.most = Some(value);
        }
        Ok(())
    }

    fn no_number(&self, value: &Value) -> Diagnostic {
        let what = self.label.as_deref().unwrap_or("the object");
        Diagnostic::new(
            "NotANumber",
            Category::Runtime,
            format!("{what} '{}' is not a number", value.to_text()),
        )
        .hint("leave out -Sum and -Average to count")
    }

    fn row(&self, asked: &Asked) -> Vec<Value> {
        #[allow(clippy::cast_precision_loss)]
        // A mean is a float anyway, and counts are far below 2^53.
        let mean = || (self.whole as f64 + self.rest) / self.count as f64;
        vec![
            self.label.clone().into(),
            self.count.into(),
            asked.sum.then(|| self.sum()).into(),
            (asked.average && self.count > 0)
                .then(|| Value::Float(mean()))
                .into(),
            self.least.clone().into(),
            self.most.clone().into(),
        ]
    }

    /// A sum of whole numbers is shown as one.
    fn sum(&self) -> Value {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let whole = if self.rest.fract() == 0.0 && self.rest.abs() < EXACT {
            #[allow(clippy::cast_possible_truncation)] // Within 2^53.
            i64::try_from(self.whole + self.rest as i128).ok()
        } else {
            None
        };
        #[allow(clippy::cast_precision_loss)] // No whole number can hold it.
        whole.map_or_else(|| Value::Float(self.whole as f64 + self.rest), Value::Int)
    }
}
