//! What the operators compute. Checked: what overflows fails, as in Cedar.

use super::machine::{Halt, truth};
use super::node::{Binary, Unary};
use super::value::{Terms, Value};

const DAY: i64 = 86_400_000;

/// Computes an operator with one operand.
pub(crate) fn unary(operator: Unary, value: Value, terms: &Terms<'_>) -> Result<Value, Halt> {
    Ok(match (operator, value) {
        (Unary::Not, value) => Value::Bool(!truth(value)?),
        (Unary::Negate, Value::Long(number)) => Value::Long(checked(number.checked_neg())?),
        (Unary::IsEmpty, Value::Set(set)) => Value::Bool(terms.members(set).is_empty()),
        (Unary::ToDate, Value::Datetime(at)) => Value::Datetime(checked(at.checked_sub(at.rem_euclid(DAY)))?),
        (Unary::ToTime, Value::Datetime(at)) => Value::Duration(at.rem_euclid(DAY)),
        (Unary::ToMilliseconds, Value::Duration(span)) => Value::Long(span),
        (Unary::ToSeconds, Value::Duration(span)) => Value::Long(span / 1_000),
        (Unary::ToMinutes, Value::Duration(span)) => Value::Long(span / 60_000),
        (Unary::ToHours, Value::Duration(span)) => Value::Long(span / 3_600_000),
        (Unary::ToDays, Value::Duration(span)) => Value::Long(span / DAY),
        _ => return Err(Halt::Error),
    })
}

/// Computes an operator with two operands.
pub(crate) fn binary(operator: Binary, left: Value, right: Value, terms: &Terms<'_>) -> Result<Value, Halt> {
    match operator {
        Binary::Equal => Ok(Value::Bool(left == right)),
        Binary::Less => ordered(left, right).map(|(left, right)| Value::Bool(left < right)),
        Binary::LessOrEqual => ordered(left, right).map(|(left, right)| Value::Bool(left <= right)),
        Binary::Add => long(i64::checked_add, left, right),
        Binary::Subtract => long(i64::checked_sub, left, right),
        Binary::Multiply => long(i64::checked_mul, left, right),
        Binary::Contains => members(left, terms).map(|set| Value::Bool(has(set, right))),
        Binary::ContainsAll => {
            let (set, part) = (members(left, terms)?, members(right, terms)?);
            Ok(Value::Bool(part.iter().all(|&each| has(set, each))))
        }
        Binary::ContainsAny => {
            let (set, part) = (members(left, terms)?, members(right, terms)?);
            Ok(Value::Bool(part.iter().any(|&each| has(set, each))))
        }
        Binary::Offset => match (left, right) {
            (Value::Datetime(at), Value::Duration(span)) => {
                Ok(Value::Datetime(checked(at.checked_add(span))?))
            }
            _ => Err(Halt::Error),
        },
        Binary::DurationSince => match (left, right) {
            (Value::Datetime(at), Value::Datetime(since)) => {
                Ok(Value::Duration(checked(at.checked_sub(since))?))
            }
            _ => Err(Halt::Error),
        },
    }
}

/// Numbers, datetimes and durations can be ordered, each among themselves.
pub(crate) const fn ordered(left: Value, right: Value) -> Result<(i64, i64), Halt> {
    match (left, right) {
        (Value::Long(left), Value::Long(right))
        | (Value::Datetime(left), Value::Datetime(right))
        | (Value::Duration(left), Value::Duration(right)) => Ok((left, right)),
        _ => Err(Halt::Error),
    }
}

fn long(operate: fn(i64, i64) -> Option<i64>, left: Value, right: Value) -> Result<Value, Halt> {
    match (left, right) {
        (Value::Long(left), Value::Long(right)) => checked(operate(left, right)).map(Value::Long),
        _ => Err(Halt::Error),
    }
}

fn checked(number: Option<i64>) -> Result<i64, Halt> {
    number.ok_or(Halt::Error)
}

fn members<'a>(value: Value, terms: &'a Terms<'_>) -> Result<&'a [Value], Halt> {
    match value {
        Value::Set(set) => Ok(terms.members(set)),
        _ => Err(Halt::Error),
    }
}

fn has(set: &[Value], member: Value) -> bool {
    set.binary_search(&member).is_ok()
}
