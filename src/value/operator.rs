//! PowerShell's comparison operators on values: the one implementation that blocks and pushed-down filters share.

use std::cmp::Ordering;

use super::Value;
use super::pattern::with_regex;
use crate::diagnostic::Diagnostic;
use crate::wildcard::Wildcard;

/// What is compared, without the letter-case prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
    Like,
    NotLike,
    Match,
    NotMatch,
    Contains,
    NotContains,
    In,
    NotIn,
}

const OPERATIONS: [(&str, Operation); 14] = [
    ("eq", Operation::Eq),
    ("ne", Operation::Ne),
    ("gt", Operation::Gt),
    ("ge", Operation::Ge),
    ("lt", Operation::Lt),
    ("le", Operation::Le),
    ("like", Operation::Like),
    ("notlike", Operation::NotLike),
    ("match", Operation::Match),
    ("notmatch", Operation::NotMatch),
    ("contains", Operation::Contains),
    ("notcontains", Operation::NotContains),
    ("in", Operation::In),
    ("notin", Operation::NotIn),
];

/// An operation and whether letter case counts (`-ceq`); `-eq` and `-ieq` ignore it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operator {
    pub operation: Operation,
    pub case_sensitive: bool,
}

impl Operator {
    /// The operator of a name without its dash, in any letter case.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let find = |name: &str| {
            OPERATIONS
                .iter()
                .find(|(own, _)| *own == name)
                .map(|(_, operation)| *operation)
        };
        if let Some(operation) = find(&name) {
            return Some(Self {
                operation,
                case_sensitive: false,
            });
        }
        let case_sensitive = name.starts_with('c');
        if !case_sensitive && !name.starts_with('i') {
            return None;
        }
        find(&name[1..]).map(|operation| Self {
            operation,
            case_sensitive,
        })
    }

    /// The name without its dash: `eq`, `clike`.
    pub fn name(self) -> String {
        let plain = OPERATIONS
            .iter()
            .find(|(_, operation)| *operation == self.operation)
            .map_or("", |(name, _)| name);
        if self.case_sensitive {
            format!("c{plain}")
        } else {
            plain.to_owned()
        }
    }

    /// Every spelling, for completion.
    pub fn names() -> impl Iterator<Item = &'static str> {
        OPERATIONS.iter().map(|(name, _)| *name)
    }

    /// Compares as PowerShell does: a list on the left of `-eq` and its like filters, the left side's type decides.
    ///
    /// # Errors
    /// The right side of `-match` isn't a regular expression.
    pub fn apply(self, left: &Value, right: &Value) -> Result<Value, Diagnostic> {
        use Operation::{Contains, In, NotContains, NotIn};
        if left.is_unknown() || right.is_unknown() {
            return Ok(false.into());
        }
        match self.operation {
            Contains => Ok(self.member(left, right).into()),
            NotContains => Ok((!self.member(left, right)).into()),
            In => Ok(self.member(right, left).into()),
            NotIn => Ok((!self.member(right, left)).into()),
            _ => match left {
                Value::List(items) => {
                    let mut kept = Vec::new();
                    for item in items.iter() {
                        if self.test(item, right)? {
                            kept.push(item.clone());
                        }
                    }
                    Ok(Value::list(kept))
                }
                _ => self.test(left, right).map(Value::Bool),
            },
        }
    }

    /// What [`Operator::apply`] comes to with a text on the left, which needn't be a value for it.
    ///
    /// # Errors
    /// As there.
    pub fn test_text(self, left: &str, right: &Value) -> Result<bool, Diagnostic> {
        let case = self.case_sensitive;
        if right.is_unknown() {
            return Ok(false);
        }
        let ordered = |accept: fn(Ordering) -> bool| accept(order_from_text(left, right, case));
        Ok(match self.operation {
            Operation::Eq | Operation::Contains => equal_to_text(left, right, case),
            Operation::Ne | Operation::NotContains => !equal_to_text(left, right, case),
            Operation::Gt => ordered(Ordering::is_gt),
            Operation::Ge => ordered(Ordering::is_ge),
            Operation::Lt => ordered(Ordering::is_lt),
            Operation::Le => ordered(Ordering::is_le),
            Operation::Like => like(left, right, case),
            Operation::NotLike => !like(left, right, case),
            Operation::Match => matches(left, right, case)?,
            Operation::NotMatch => !matches(left, right, case)?,
            Operation::In => self.has_text(right, left),
            Operation::NotIn => !self.has_text(right, left),
        })
    }

    fn has_text(self, list: &Value, item: &str) -> bool {
        let is = |own: &Value| match own {
            Value::Text(own) => equal_texts(own, item, self.case_sensitive),
            own => equal(own, &item.into(), self.case_sensitive),
        };
        match list {
            Value::List(items) => items.iter().any(is),
            one => is(one),
        }
    }

    fn member(self, list: &Value, item: &Value) -> bool {
        match list {
            Value::List(items) => items
                .iter()
                .any(|own| equal(own, item, self.case_sensitive)),
            one => equal(one, item, self.case_sensitive),
        }
    }

    fn test(self, left: &Value, right: &Value) -> Result<bool, Diagnostic> {
        if let Value::Text(text) = left {
            return self.test_text(text, right);
        }
        if left.is_unknown() || right.is_unknown() {
            return Ok(false);
        }
        if let Value::Time(_) = left
            && !matches!(
                self.operation,
                Operation::Like | Operation::NotLike | Operation::Match | Operation::NotMatch
            )
        {
            check_time(right)?;
        }
        let case = self.case_sensitive;
        let ordered = |accept: fn(Ordering) -> bool| order(left, right, case).is_some_and(accept);
        Ok(match self.operation {
            Operation::Eq => equal(left, right, case),
            Operation::Ne => !equal(left, right, case),
            Operation::Gt => ordered(Ordering::is_gt),
            Operation::Ge => ordered(Ordering::is_ge),
            Operation::Lt => ordered(Ordering::is_lt),
            Operation::Le => ordered(Ordering::is_le),
            Operation::Like => like(&left.to_text(), right, case),
            Operation::NotLike => !like(&left.to_text(), right, case),
            Operation::Match => matches(&left.to_text(), right, case)?,
            Operation::NotMatch => !matches(&left.to_text(), right, case)?,
            Operation::Contains | Operation::NotContains | Operation::In | Operation::NotIn => {
                self.apply(left, right)?.truthy()
            }
        })
    }
}

/// Equality as `-eq` has it: the right side is read as the left side's type.
pub fn equal(left: &Value, right: &Value, case_sensitive: bool) -> bool {
    match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Null, _) | (_, Value::Null) => false,
        (Value::Bool(a), b) => *a == as_bool(b),
        (Value::Text(a), b) => equal_to_text(a, b, case_sensitive),
        _ => order(left, right, case_sensitive) == Some(Ordering::Equal),
    }
}

/// The order of two values; `None` where they can't be compared.
pub fn order(left: &Value, right: &Value, case_sensitive: bool) -> Option<Ordering> {
    match (left, right) {
        (Value::Null, Value::Null) => Some(Ordering::Equal),
        (Value::Null, _) => Some(Ordering::Less),
        (_, Value::Null) => Some(Ordering::Greater),
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Int(_) | Value::Float(_), b) => left.as_number()?.partial_cmp(&b.as_number()?),
        (Value::Bool(a), b) => Some(a.cmp(&as_bool(b))),
        (Value::Time(a), b) => Some(a.cmp(&b.as_time()?)),
        (Value::List(a), Value::List(b)) => a
            .iter()
            .zip(b.iter())
            .find_map(|(x, y)| match order(x, y, case_sensitive) {
                Some(Ordering::Equal) => None,
                other => Some(other),
            })
            .unwrap_or_else(|| Some(a.len().cmp(&b.len()))),
        (Value::Text(a), b) => Some(order_from_text(a, b, case_sensitive)),
        (a, b) => Some(order_text(&a.to_text(), &b.to_text(), case_sensitive)),
    }
}

fn as_bool(value: &Value) -> bool {
    match value {
        // `-eq 'false'` against a CSV's cell: what admins mean, where PowerShell takes any text for true.
        Value::Text(text) if text.eq_ignore_ascii_case("false") => false,
        other => other.truthy(),
    }
}

fn equal_to_text(left: &str, right: &Value, case_sensitive: bool) -> bool {
    match right {
        Value::Null => false,
        Value::Text(right) => equal_texts(left, right, case_sensitive),
        _ => order_from_text(left, right, case_sensitive).is_eq(),
    }
}

fn order_from_text(left: &str, right: &Value, case_sensitive: bool) -> Ordering {
    match right {
        Value::Null => Ordering::Greater,
        _ => order_text(left, &right.to_text(), case_sensitive),
    }
}

fn equal_texts(a: &str, b: &str, case_sensitive: bool) -> bool {
    if case_sensitive {
        a == b
    } else if a.is_ascii() && b.is_ascii() {
        a.eq_ignore_ascii_case(b)
    } else {
        order_text(a, b, false) == Ordering::Equal
    }
}

fn order_text(a: &str, b: &str, case_sensitive: bool) -> Ordering {
    if case_sensitive {
        return a.cmp(b);
    }
    a.chars()
        .flat_map(char::to_lowercase)
        .cmp(b.chars().flat_map(char::to_lowercase))
}

fn like(left: &str, right: &Value, case_sensitive: bool) -> bool {
    let pattern = right.to_text();
    let wildcard = if case_sensitive {
        Wildcard::case_sensitive(&pattern)
    } else {
        Wildcard::new(&pattern)
    };
    wildcard.matches(left)
}

fn matches(left: &str, right: &Value, case_sensitive: bool) -> Result<bool, Diagnostic> {
    with_regex(&right.to_text(), case_sensitive, |regex| {
        regex.is_match(left)
    })
}

/// A text that is compared with a time must be one.
fn check_time(right: &Value) -> Result<(), Diagnostic> {
    match right {
        Value::Text(text) if right.as_time().is_none() => Err(Diagnostic::usage(
            "NotADate",
            format!("'{text}' can't be read as a date"),
        )
        .about(text.to_string())
        .hint("write 2026-08-01, 2026-08-01T10:00:00Z, -90d, or what Get-Date gives")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(left: impl Into<Value>, operator: &str, right: impl Into<Value>) -> bool {
        Operator::named(operator)
            .unwrap()
            .apply(&left.into(), &right.into())
            .unwrap()
            .truthy()
    }

    #[test]
    fn nothing_is_true_of_what_is_unknown() {
        for operator in Operator::names() {
            for other in [
                Value::Null,
                Value::unknown(),
                1_i64.into(),
                "unknown".into(),
                Value::list(vec!["unknown".into()]),
            ] {
                assert!(
                    !test(Value::unknown(), operator, other.clone()),
                    "{operator}"
                );
                let left = Operator::named(operator).unwrap();
                assert!(!left.apply(&other, &Value::unknown()).unwrap().truthy());
            }
        }
    }

    #[test]
    fn table() {
        assert!(test("Sales", "eq", "sales"));
        assert!(!test("Sales", "ceq", "sales"));
        assert!(test("Sales", "ieq", "SALES"));
        assert!(test(5_i64, "eq", "5"), "the right side becomes a number");
        assert!(test("5", "eq", 5_i64));
        assert!(test("10", "lt", "9"), "text is compared as text");
        assert!(test(10_i64, "gt", "9"));
        assert!(
            !test(10_i64, "gt", "many"),
            "what can't be compared is false"
        );
        assert!(test("anna", "like", "A*"));
        assert!(test("anna", "notlike", "b*"));
        assert!(test("anna", "match", "^AN+A$"));
        assert!(!test("anna", "cmatch", "^AN+A$"));
        assert!(test(true, "eq", "True"));
        assert!(test(false, "eq", "false"));
        assert!(!test(Value::Null, "eq", ""));
        assert!(test(Value::Null, "lt", 1_i64));
        assert!(test("Ärger", "eq", "äRGER"));
        let list = || Value::list(vec!["E3".into(), "E5".into(), Value::Null]);
        assert!(test(list(), "contains", "e5"));
        assert!(test("e5", "in", list()));
        assert!(test("e1", "notin", list()));
        assert!(!test(list(), "notcontains", "E3"));
        assert!(test("E3", "contains", "E3"), "one thing is a list of one");
    }

    #[test]
    fn a_lent_text_is_compared_as_a_value() {
        let texts = ["", "Sales", "sales", "5", "true", "FALSE", "Ärger", "a*"];
        let mut rights: Vec<Value> = texts.iter().map(|text| (*text).into()).collect();
        rights.extend([Value::Null, true.into(), false.into(), 5_i64.into()]);
        rights.push(Value::Float(1.5));
        rights.push(Value::list(rights.clone()));
        rights.push(Value::list(Vec::new()));
        for name in Operator::names().flat_map(|name| [name.to_owned(), format!("c{name}")]) {
            let operator = Operator::named(&name).unwrap();
            for text in texts {
                for right in &rights {
                    let value = operator.apply(&text.into(), right).map(|own| own.truthy());
                    let lent = operator.test_text(text, right);
                    assert_eq!(lent.ok(), value.ok(), "{text} -{name} {right:?}");
                }
            }
        }
    }

    #[test]
    fn a_list_on_the_left_filters() {
        let list = Value::list(vec![1_i64.into(), 2_i64.into(), 3_i64.into()]);
        let kept = Operator::named("ge")
            .unwrap()
            .apply(&list, &2_i64.into())
            .unwrap();
        let Value::List(kept) = kept else {
            panic!("{kept:?}")
        };
        assert_eq!(kept.len(), 2);
    }

    #[test]
    fn a_bad_pattern_says_what_to_use_instead() {
        let error = Operator::named("match")
            .unwrap()
            .apply(&"a".into(), &"*a".into())
            .unwrap_err();
        assert_eq!(error.id, "BadPattern");
        assert!(error.hint.as_ref().unwrap().contains("-like"));
    }

    #[test]
    fn every_name_is_its_operator() {
        for name in Operator::names() {
            assert_eq!(Operator::named(name).unwrap().name(), name);
            assert_eq!(
                Operator::named(&format!("c{name}")).unwrap().name(),
                format!("c{name}")
            );
        }
        assert_eq!(Operator::named("xeq"), None);
        assert_eq!(Operator::named(""), None);
    }
}
