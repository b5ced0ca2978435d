//! A total order over all values, for sorting, grouping, and the smallest and largest.

use std::cmp::Ordering;

use crate::value::{Value, order};

/// Kinds apart (nothing, booleans, numbers, times, text, lists), then within a kind; text without regard to letter case.
/// Objects and maps stand among the texts by what names them.
pub fn total(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => floats(*a, *b),
        (Value::Int(a), Value::Float(b)) => int_and_float(*a, *b),
        (Value::Float(a), Value::Int(b)) => int_and_float(*b, *a).reverse(),
        (Value::List(a), Value::List(b)) => by_keys(a, b).then(a.len().cmp(&b.len())),
        _ => rank(a)
            .cmp(&rank(b))
            .then_with(|| order(&key(a), &key(b), false).unwrap_or(Ordering::Equal)),
    }
}

/// The order of the first of several keys that differ.
pub fn by_keys(a: &[Value], b: &[Value]) -> Ordering {
    let pairs = a.iter().zip(b);
    pairs
        .map(|(a, b)| total(a, b))
        .find(|ordering| ordering.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Int(_) | Value::Float(_) => 2,
        Value::Time(_) => 3,
        Value::Text(_) | Value::Map(_) | Value::Object(_) | Value::Block(_) => 4,
        Value::List(_) => 5,
    }
}

fn key(value: &Value) -> Value {
    match value {
        Value::Map(_) | Value::Object(_) | Value::Block(_) => Value::Text(value.to_shared_text()),
        other => other.clone(),
    }
}

/// What isn't a number comes last.
fn floats(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b)
        .unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// Exact, where a float holds the whole number only nearly.
fn int_and_float(int: i64, float: f64) -> Ordering {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    if float.is_nan() || float >= BEYOND {
        return Ordering::Less;
    }
    if float < -BEYOND {
        return Ordering::Greater;
    }
    #[allow(clippy::cast_possible_truncation)] // In range, and the fraction is compared next.
    let whole = float.trunc() as i64;
    int.cmp(&whole).then(floats(0.0, float.fract()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Map;
    use proptest::prelude::*;

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            prop_oneof![Just(i64::MAX), Just(i64::MAX - 1), Just(0), Just(1)].prop_map(Value::from),
            any::<f64>().prop_map(Value::Float),
            prop_oneof![
                Just(f64::NAN),
                Just(9.223_372_036_854_776e18),
                Just(0.0),
                Just(-0.0),
                Just(0.5)
            ]
            .prop_map(Value::Float),
            "[a-cA-C0-9ß]{0,3}".prop_map(Value::from),
            (0_i64..3).prop_map(|day| crate::value::time(&format!("2026-11-2{day}")).into()),
            "[ab]".prop_map(|text| Value::map(Map::from_iter([("N", Value::from(text))]))),
        ];
        leaf.prop_recursive(2, 8, 3, |inner| {
            proptest::collection::vec(inner, 0..3).prop_map(Value::list)
        })
    }

    proptest! {
        #[test]
        fn the_order_is_total(a in any_value(), b in any_value(), c in any_value()) {
            prop_assert_eq!(total(&a, &a), Ordering::Equal);
            prop_assert_eq!(total(&a, &b), total(&b, &a).reverse());
            if total(&a, &b).is_le() && total(&b, &c).is_le() {
                prop_assert!(total(&a, &c).is_le(), "{:?} {:?} {:?}", a, b, c);
            }
        }
    }
}
