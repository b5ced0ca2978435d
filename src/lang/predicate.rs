//! What an expression is known to be without running it, and when a whole block is a native predicate.

use crate::value::{Operation, Operator, Predicate, Property, Value};

/// What the front end knows of an expression.
#[derive(Clone, Debug, Default)]
pub(super) enum Shape {
    #[default]
    Other,
    /// `$_`, or a property of it.
    Item(Vec<String>),
    Literal(Value),
    /// Comparisons of properties with literals.
    Test(Predicate),
    /// A comparison whose value the front end doesn't know: a list, if its left side is one.
    Truth,
    /// A pipeline and nothing else, by its place among the pipelines; parentheses don't count.
    Command(usize),
}

impl Shape {
    /// The expression as a filter, where it can be one.
    pub fn test(self) -> Option<Predicate> {
        match self {
            Shape::Item(path) => Some(Predicate::Truthy(Property::new(path))),
            Shape::Test(predicate) => Some(predicate),
            _ => None,
        }
    }

    pub fn not(self) -> Self {
        match self.test() {
            Some(predicate) => Shape::Test(Predicate::Not(Box::new(predicate))),
            None => Shape::Other,
        }
    }

    /// `left -operator right`. A literal on the left of `-in` is one on the right of `-contains`.
    pub fn compare(self, operator: Operator, right: Shape) -> Self {
        let (path, operand, operation) = match (self, right) {
            (Shape::Item(path), Shape::Literal(operand)) => (path, operand, operator.operation),
            (Shape::Literal(operand), Shape::Item(path)) => match operator.operation {
                Operation::In => (path, operand, Operation::Contains),
                Operation::NotIn => (path, operand, Operation::NotContains),
                Operation::Contains => (path, operand, Operation::In),
                Operation::NotContains => (path, operand, Operation::NotIn),
                _ => return Shape::Other,
            },
            _ => return Shape::Other,
        };
        Shape::Test(Predicate::Compare {
            property: Property::new(path),
            operator: Operator {
                operation,
                ..operator
            },
            operand,
        })
    }

    /// Rhai's `left == right`, or `!=`.
    pub fn equal(self, right: Shape, same: bool) -> Self {
        match (self, right) {
            (Shape::Item(path), Shape::Literal(literal)) if !matches!(literal, Value::List(_)) => {
                let property = Property::new(path);
                let equal = Shape::Test(Predicate::Same { property, literal });
                if same { equal } else { equal.not() }
            }
            _ => Shape::Other,
        }
    }

    pub fn all(parts: Vec<Shape>) -> Self {
        Self::join(parts, Predicate::And)
    }

    pub fn any(parts: Vec<Shape>) -> Self {
        Self::join(parts, Predicate::Or)
    }

    fn join(parts: Vec<Shape>, join: fn(Vec<Predicate>) -> Predicate) -> Self {
        let tests: Option<Vec<_>> = parts.into_iter().map(Shape::test).collect();
        tests.map_or(Shape::Other, |tests| Shape::Test(join(tests)))
    }

    pub fn list(parts: Vec<Shape>) -> Self {
        let literals: Option<Vec<_>> = parts
            .into_iter()
            .map(|part| match part {
                Shape::Literal(value) => Some(value),
                _ => None,
            })
            .collect();
        literals.map_or(Shape::Other, |values| Shape::Literal(Value::list(values)))
    }

    /// `-5` is as known as `5`.
    pub fn negative(self) -> Self {
        match self {
            Shape::Literal(Value::Int(i)) => i
                .checked_neg()
                .map_or(Shape::Other, |i| Shape::Literal(Value::Int(i))),
            Shape::Literal(Value::Float(f)) => Shape::Literal(Value::Float(-f)),
            _ => Shape::Other,
        }
    }

    /// The property `name` of it.
    pub fn member(self, name: &str) -> Self {
        match self {
            Shape::Item(mut path) => {
                path.push(name.to_owned());
                Shape::Item(path)
            }
            _ => Shape::Other,
        }
    }
}

/// A number as Rhai spells it.
pub(super) fn number(text: &str) -> Shape {
    let plain = text.replace('_', "");
    if let Ok(int) = plain.parse::<i64>() {
        return Shape::Literal(Value::Int(int));
    }
    match plain.parse::<f64>() {
        Ok(float) if plain.contains('.') => Shape::Literal(Value::Float(float)),
        _ => Shape::Other,
    }
}
