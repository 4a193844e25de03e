//! [`Filter`]s as conditions of SQL. Whatever becomes part of a text is a constant of this crate; every value is bound.
//!
//! A condition is unknown to the server exactly where the interpreter in `prodops-core` finds it so: columns that lists can
//! be filtered by are never NULL, and what compares as nothing (another kind of value, a column that the list does not have)
//! is written as NULL.

use std::slice;

use prodops_core::filter::{Column, Comparison, Filter, Predicate, Value};
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::types::Uuid;
use sqlx::{Postgres as Server, QueryBuilder};

use super::value::id;

/// A column that a list can be filtered by, and which column of the table it is.
pub(super) struct FilterColumn {
    column: Column,
    sql: &'static str,
    kind: Kind,
}

enum Kind {
    Id,
    /// A name from a closed list, with the number that the table has for it.
    Name(&'static [(&'static str, i16)]),
}

impl FilterColumn {
    pub(super) const fn id(column: Column, sql: &'static str) -> Self {
        Self { column, sql, kind: Kind::Id }
    }

    pub(super) const fn name(
        column: Column,
        sql: &'static str,
        names: &'static [(&'static str, i16)],
    ) -> Self {
        Self { column, sql, kind: Kind::Name(names) }
    }
}

/// A statement that answers with the rows of one workspace that a filter admits.
pub(super) struct Filtered {
    query: QueryBuilder<Server>,
    columns: &'static [FilterColumn],
}

impl Filtered {
    /// `beginning` ends where the workspace's id is to follow, as in `… WHERE workspace_id = `.
    pub(super) fn new(
        beginning: &'static str,
        workspace: Uuid,
        columns: &'static [FilterColumn],
        filter: &Filter,
        end: &'static str,
    ) -> Self {
        let mut filtered = Self { query: QueryBuilder::new(beginning), columns };
        filtered.query.push_bind(workspace);
        filtered.text(" AND (");
        match filter {
            Filter::None => filtered.text("false"),
            Filter::All { .. } => filtered.text("true"),
            Filter::Pred(predicate) => filtered.predicate(predicate),
        }
        filtered.text(")");
        filtered.text(end);
        filtered
    }

    pub(super) fn build(&mut self) -> Query<'_, Server, PgArguments> {
        self.query.build()
    }

    /// INVARIANT: the only way into the text.
    fn text(&mut self, text: &'static str) {
        self.query.push(text);
    }

    fn predicate(&mut self, predicate: &Predicate) {
        match predicate {
            Predicate::Eq(column, value) => self.one_of(*column, slice::from_ref(value)),
            Predicate::In(column, values) => self.one_of(*column, values),
            Predicate::Cmp(column, comparison, value) => self.compare(*column, *comparison, value),
            Predicate::And(all) => self.joined(all, "true", " AND "),
            Predicate::Or(some) => self.joined(some, "false", " OR "),
            Predicate::Not(inner) => {
                self.text("(NOT ");
                self.predicate(inner);
                self.text(")");
            }
        }
    }

    /// `neutral` is what no condition at all comes to.
    fn joined(&mut self, terms: &[Predicate], neutral: &'static str, with: &'static str) {
        self.text("(");
        self.text(neutral);
        for term in terms {
            self.text(with);
            self.predicate(term);
        }
        self.text(")");
    }

    fn find(&self, column: Column) -> Option<&'static FilterColumn> {
        self.columns.iter().find(|known| known.column == column)
    }

    fn one_of(&mut self, column: Column, values: &[Value]) {
        let Some(FilterColumn { sql, kind, .. }) = self.find(column) else { return self.unknown() };
        match kind {
            Kind::Id => self.among(sql, values.iter().filter_map(as_id).collect::<Vec<_>>()),
            Kind::Name(names) => {
                let named = |(name, _): &&(&'static str, i16)| values.contains(&Value::Name(name));
                self.among(sql, numbers(names.iter().filter(named)));
            }
        }
        // None of the values may be the row's, and then a value of another kind leaves it open.
        if values.iter().any(|value| !kind.takes(value)) {
            self.text(" OR NULL");
        }
        self.text(")");
    }

    /// Leaves a bracket open.
    fn among<T>(&mut self, sql: &'static str, values: Vec<T>)
    where
        Vec<T>: for<'q> sqlx::Encode<'q, Server> + sqlx::Type<Server>,
    {
        self.text("(");
        self.text(sql);
        self.text(" = ANY(");
        self.query.push_bind(values);
        self.text(")");
    }

    fn compare(&mut self, column: Column, comparison: Comparison, value: &Value) {
        let Some(FilterColumn { sql, kind, .. }) = self.find(column) else { return self.unknown() };
        match (kind, value) {
            (Kind::Id, Value::Id(bytes)) => {
                self.text("(");
                self.text(sql);
                self.text(sign(comparison));
                self.query.push_bind(id(bytes));
                self.text(")");
            }
            // Names are ordered as names, not as the table's numbers for them.
            (Kind::Name(names), Value::Name(value)) => {
                let compares = |(name, _): &&(&str, i16)| holds(*name, comparison, *value);
                self.among(sql, numbers(names.iter().filter(compares)));
                self.text(")");
            }
            _ => self.unknown(),
        }
    }

    fn unknown(&mut self) {
        self.text("NULL::boolean");
    }
}

impl Kind {
    const fn takes(&self, value: &Value) -> bool {
        matches!((self, value), (Self::Id, Value::Id(_)) | (Self::Name(_), Value::Name(_)))
    }
}

fn as_id(value: &Value) -> Option<Uuid> {
    match value {
        Value::Id(bytes) => Some(id(bytes)),
        _ => None,
    }
}

fn numbers<'n>(named: impl Iterator<Item = &'n (&'static str, i16)>) -> Vec<i16> {
    named.map(|(_, number)| *number).collect()
}

const fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Less => " < ",
        Comparison::LessOrEqual => " <= ",
        Comparison::Greater => " > ",
        Comparison::GreaterOrEqual => " >= ",
    }
}

fn holds<T: Ord>(left: T, comparison: Comparison, right: T) -> bool {
    match comparison {
        Comparison::Less => left < right,
        Comparison::LessOrEqual => left <= right,
        Comparison::Greater => left > right,
        Comparison::GreaterOrEqual => left >= right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Column = Column::new("own");
    const COLUMNS: &[FilterColumn] = &[FilterColumn::id(OWN, "id")];

    fn sql(filter: &Filter) -> String {
        let beginning = "SELECT id FROM t WHERE workspace_id = ";
        let mut filtered = Filtered::new(beginning, Uuid::nil(), COLUMNS, filter, " ORDER BY id");
        use sqlx::Execute;
        filtered.build().sql().as_str().to_owned()
    }

    #[test]
    fn values_are_bound_and_the_workspace_comes_first() {
        let own = Predicate::Eq(OWN, Value::Id([0x27; 16]));
        let foreign = Predicate::Cmp(Column::new("'; DROP"), Comparison::Less, Value::Int(7));
        let mixed = Predicate::In(OWN, vec![Value::Name("'; DROP")]);
        let filter = Filter::Pred(Predicate::Or(vec![own, Predicate::Not(Box::new(foreign)), mixed]));
        assert_eq!(
            sql(&filter),
            "SELECT id FROM t WHERE workspace_id = $1 AND ((false OR (id = ANY($2)) OR (NOT NULL::boolean) \
             OR (id = ANY($3) OR NULL))) ORDER BY id"
        );
        assert!(sql(&Filter::None).contains("AND (false)"));
    }
}
