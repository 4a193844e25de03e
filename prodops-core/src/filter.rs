//! Which rows a caller may see: the language that policy produces and stores obey.

use std::cmp::Ordering;

/// The name of a filterable column. Columns are a closed list per table; none holds personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Column(&'static str);

impl Column {
    /// The column with this name.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }
}

/// A value of a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// The sixteen bytes of an id.
    Id([u8; 16]),
    /// A name from a closed list, such as a state.
    Name(&'static str),
}

/// How two values are compared. Values of different kinds compare as nothing: neither less, equal nor greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// Less.
    Less,
    /// Less or equal.
    LessOrEqual,
    /// Greater.
    Greater,
    /// Greater or equal.
    GreaterOrEqual,
}

/// A condition on one row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Predicate {
    /// The column has this value.
    Eq(Column, Value),
    /// The column has one of these values.
    In(Column, Vec<Value>),
    /// The column compares so with this value.
    Cmp(Column, Comparison, Value),
    /// Every condition holds.
    And(Vec<Predicate>),
    /// Some condition holds.
    Or(Vec<Predicate>),
    /// The condition does not hold.
    Not(Box<Predicate>),
}

/// The rows of a list that a caller may see.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Filter {
    /// No row.
    None,
    /// Every row of the workspace. Made by [`Filter::all`] only: other crates match it as `All { .. }`.
    #[non_exhaustive]
    All,
    /// The rows for which this holds.
    Pred(Predicate),
}

/// A row that can be filtered.
pub trait FilterRow {
    /// The value of a column; `None` when the row has no such column or no value in it.
    fn column(&self, column: Column) -> Option<Value>;
}

impl Filter {
    /// Every row of the workspace. Disallowed by lint outside the policy crate and tests.
    #[must_use]
    pub const fn all() -> Self {
        Self::All
    }

    /// Whether the row may be seen. A condition on a value that the row does not have hides the row, negated or not.
    #[must_use]
    pub fn admits(&self, row: &dyn FilterRow) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Pred(predicate) => predicate.holds(row) == Some(true),
        }
    }
}

impl Predicate {
    /// Three-valued, as in SQL: `None` when a value is missing or of another kind, so that no negation widens a list.
    fn holds(&self, row: &dyn FilterRow) -> Option<bool> {
        match self {
            Self::Eq(column, value) => compare(&row.column(*column)?, value).map(Ordering::is_eq),
            Self::In(column, values) => {
                let own = row.column(*column)?;
                any(values.iter().map(|value| compare(&own, value).map(Ordering::is_eq)))
            }
            Self::Cmp(column, comparison, value) => {
                let order = compare(&row.column(*column)?, value)?;
                Some(match comparison {
                    Comparison::Less => order.is_lt(),
                    Comparison::LessOrEqual => order.is_le(),
                    Comparison::Greater => order.is_gt(),
                    Comparison::GreaterOrEqual => order.is_ge(),
                })
            }
            Self::And(all) => {
                any(all.iter().map(|each| each.holds(row).map(|held| !held))).map(|failed| !failed)
            }
            Self::Or(some) => any(some.iter().map(|each| each.holds(row))),
            Self::Not(inner) => inner.holds(row).map(|held| !held),
        }
    }
}

fn any(terms: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(false);
    for term in terms {
        match term {
            Some(true) => return Some(true),
            Some(false) => {}
            None => result = None,
        }
    }
    result
}

fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Id(a), Value::Id(b)) => Some(a.cmp(b)),
        (Value::Name(a), Value::Name(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGE: Column = Column::new("age");
    const STATE: Column = Column::new("state");

    struct Row;
    impl FilterRow for Row {
        fn column(&self, column: Column) -> Option<Value> {
            match column.name() {
                "age" => Some(Value::Int(7)),
                _ => None,
            }
        }
    }

    fn admits(predicate: Predicate) -> bool {
        Filter::Pred(predicate).admits(&Row)
    }

    #[test]
    fn conditions_mean_what_they_say() {
        assert!(admits(Predicate::Eq(AGE, Value::Int(7))));
        assert!(admits(Predicate::In(AGE, vec![Value::Int(1), Value::Int(7)])));
        assert!(admits(Predicate::Cmp(AGE, Comparison::GreaterOrEqual, Value::Int(7))));
        assert!(!admits(Predicate::Cmp(AGE, Comparison::Less, Value::Int(7))));
        assert!(admits(Predicate::And(vec![])));
        assert!(!admits(Predicate::Or(vec![])));
        assert!(Filter::All.admits(&Row) && !Filter::None.admits(&Row));
    }

    #[test]
    fn no_negation_of_something_missing_widens_a_list() {
        let missing = || Predicate::Eq(STATE, Value::Name("open"));
        assert!(!admits(missing()));
        assert!(!admits(Predicate::Not(Box::new(missing()))));
        assert!(!admits(Predicate::Not(Box::new(Predicate::In(STATE, vec![])))));
        assert!(!admits(Predicate::Not(Box::new(Predicate::Eq(AGE, Value::Name("7"))))));
        assert!(admits(Predicate::Or(vec![missing(), Predicate::Eq(AGE, Value::Int(7))])));
        assert!(!admits(Predicate::And(vec![missing(), Predicate::Eq(AGE, Value::Int(7))])));
    }
}
