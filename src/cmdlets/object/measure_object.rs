//! Measure-Object: counts objects, and sums a property of them.

use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, PropertyName, Run, Stage, Verb,
};
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::Permission;
use crate::value::{Record, Shape, Value, order};

static PROPERTY: Param<Option<Vec<PropertyName>>> = Param::new(
    "Property",
    "The properties to measure; objects without a value don't count.",
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
                  what else is asked for.",
    parameters: &[
        &PROPERTY.declaration,
        &SUM.declaration,
        &AVERAGE.declaration,
        &MINIMUM.declaration,
        &MAXIMUM.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Records(&MEASURE),
    examples: &[
        Example {
            line: "Get-User -Department Sales | Measure-Object",
            explanation: "How many there are.",
        },
        Example {
            line: "Get-Subscription | Measure-Object Free -Sum",
            explanation: "How many seats are free in all.",
        },
    ],
    graph: "",
    run: Run::Stream(start),
};

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    let properties = args.get(&PROPERTY).unwrap_or_default();
    Ok(Box::new(Measure {
        columns: properties
            .into_iter()
            .map(|name| (name, Column::default()))
            .collect(),
        count: 0,
        sum: args.get(&SUM),
        average: args.get(&AVERAGE),
        minimum: args.get(&MINIMUM),
        maximum: args.get(&MAXIMUM),
    }))
}

#[derive(Default)]
struct Column {
    count: usize,
    sum: f64,
    least: Value,
    most: Value,
}

struct Measure {
    columns: Vec<(PropertyName, Column)>,
    count: usize,
    sum: bool,
    average: bool,
    minimum: bool,
    maximum: bool,
}

impl Stage for Measure {
    fn record(&mut self, _call: &mut Call, value: Value) -> Result<(), Flow> {
        self.count += 1;
        let adds = self.sum || self.average;
        for (name, column) in &mut self.columns {
            let value = super::property_of(&value, name)?;
            if value.is_null() {
                continue;
            }
            if adds {
                column.sum += value.as_number().ok_or_else(|| {
                    Diagnostic::new(
                        "NotANumber",
                        Category::Runtime,
                        format!("{} '{}' is not a number", &**name, value.to_text()),
                    )
                    .hint("leave out -Sum and -Average to count")
                })?;
            }
            if column.count == 0 || order(&value, &column.least, false).is_some_and(|o| o.is_lt()) {
                column.least = value.clone();
            }
            if column.count == 0 || order(&value, &column.most, false).is_some_and(|o| o.is_gt()) {
                column.most = value;
            }
            column.count += 1;
        }
        Ok(())
    }

    fn end(&mut self, call: &mut Call) -> Result<(), Flow> {
        if self.columns.is_empty() {
            return call.write(Value::object(Record::new(&COUNT, vec![self.count.into()])));
        }
        let asked = |yes: bool, value: Value| if yes { value } else { Value::Null };
        for (name, column) in &self.columns {
            #[allow(clippy::cast_precision_loss)] // Counts are far below 2^53.
            let mean = match column.count {
                0 => Value::Null,
                count => Value::Float(column.sum / count as f64),
            };
            let values = vec![
                Value::Text(name.0.clone()),
                column.count.into(),
                asked(self.sum, whole(column.sum)),
                asked(self.average, mean),
                asked(self.minimum, column.least.clone()),
                asked(self.maximum, column.most.clone()),
            ];
            call.write(Value::object(Record::new(&MEASURE, values)))?;
        }
        Ok(())
    }
}

/// A sum of whole numbers is shown as one.
fn whole(sum: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if sum.fract() == 0.0 && sum.abs() < EXACT {
        #[allow(clippy::cast_possible_truncation)] // Within 2^53.
        return Value::Int(sum as i64);
    }
    Value::Float(sum)
}
