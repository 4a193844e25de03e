//! Filters as SQL against the interpreter, and against the embedded backend: on the same rows, all three admit the same.

use std::sync::Arc;

use prodops_core::environment::Environment;
use prodops_core::fact::RepositoryFact;
use prodops_core::filter::{Column, Comparison, Filter, FilterRow, Predicate, Value};
use prodops_store::contract::{ConnectionRecord, ConnectionState, Versioned};
use prodops_store::embedded::Embedded;
use prodops_store::testing::postgres::{TestDatabase, skipped};
use prodops_store::testing::{Fixture, KeysOnDemand, Tenant};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

const FILTERS: usize = 400;

/// Three connections, one of them cut, each with two repositories; the same for the same seed.
async fn fill(fixture: &Fixture) -> Tenant {
    let tenant = fixture.tenant().await;
    let store = fixture.inside(&tenant);
    for number in 0..3 {
        let source = fixture.source(&tenant).await;
        let histories = [0, 1].map(|_| fixture.generate.history(source.connection, 1, 1));
        let facts = histories.iter().flat_map(|history| history.facts()).collect();
        store.ingest(source.batch(None, b"1", facts)).await.unwrap();
        if number == 1 {
            let mut row = store.connection(source.connection).await.unwrap().unwrap();
            row.value.state = ConnectionState::Disconnected;
            let event = fixture.event(&tenant.scope);
            store.put_connection_if(row.version, &row.value, &event).await.unwrap();
        }
    }
    tenant
}

fn column() -> impl Strategy<Value = Column> {
    prop::sample::select(vec![
        ConnectionRecord::ID,
        ConnectionRecord::STATE,
        RepositoryFact::ID,
        RepositoryFact::CONNECTION,
        Column::new("no-such-column"),
    ])
}

fn value(ids: Vec<[u8; 16]>) -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => prop::sample::select(ids).prop_map(Value::Id),
        1 => any::<[u8; 16]>().prop_map(Value::Id),
        4 => prop::sample::select(vec!["active", "disconnected", "", "b", "z"]).prop_map(Value::Name),
        1 => any::<i64>().prop_map(Value::Int),
        1 => any::<bool>().prop_map(Value::Bool),
    ]
}

fn comparison() -> impl Strategy<Value = Comparison> {
    prop::sample::select(vec![
        Comparison::Less,
        Comparison::LessOrEqual,
        Comparison::Greater,
        Comparison::GreaterOrEqual,
    ])
}

fn predicate(ids: Vec<[u8; 16]>) -> impl Strategy<Value = Predicate> {
    let leaf = prop_oneof![
        (column(), value(ids.clone())).prop_map(|(column, value)| Predicate::Eq(column, value)),
        (column(), prop::collection::vec(value(ids.clone()), 0..4))
            .prop_map(|(column, values)| Predicate::In(column, values)),
        (column(), comparison(), value(ids))
            .prop_map(|(column, comparison, value)| Predicate::Cmp(column, comparison, value)),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Predicate::And),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Predicate::Or),
            inner.prop_map(|inner| Predicate::Not(Box::new(inner))),
        ]
    })
}

fn admitted<R: Clone>(rows: &[R], filter: &Filter, row: impl Fn(&R) -> &dyn FilterRow) -> Vec<R> {
    rows.iter().filter(|each| filter.admits(row(each))).cloned().collect()
}

#[tokio::test]
async fn filters_mean_the_same_everywhere() {
    if skipped() {
        return;
    }
    let (database, keys) = (TestDatabase::new().await, KeysOnDemand::new(Environment::Test).await);
    let postgres = Fixture::new(Arc::new(database.store(keys.clone()).await), 930);
    let embedded = Fixture::new(Arc::new(Embedded::memory(Environment::Test, keys).unwrap()), 930);
    let (in_postgres, in_embedded) = (fill(&postgres).await, fill(&embedded).await);
    let (postgres, embedded) = (postgres.inside(&in_postgres), embedded.inside(&in_embedded));
    let connections = embedded.connections(&Filter::all()).await.unwrap();
    let repositories = embedded.repositories(&Filter::all()).await.unwrap();
    assert_eq!((connections.len(), repositories.len()), (3, 6));
    let of_connections = connections.iter().map(|row| *row.value.id.as_bytes());
    let ids: Vec<_> = of_connections.chain(repositories.iter().map(|row| *row.id.as_bytes())).collect();

    let (mut runner, filters) = (TestRunner::deterministic(), predicate(ids));
    let mut some = 0;
    for _ in 0..FILTERS {
        let filter = Filter::Pred(filters.new_tree(&mut runner).unwrap().current());
        let expected = admitted(&connections, &filter, |row: &Versioned<ConnectionRecord>| &row.value);
        assert_eq!(embedded.connections(&filter).await.unwrap(), expected, "{filter:?}");
        assert_eq!(postgres.connections(&filter).await.unwrap(), expected, "{filter:?}");
        some += usize::from(!expected.is_empty() && expected.len() < connections.len());
        let expected = admitted(&repositories, &filter, |row| row);
        assert_eq!(embedded.repositories(&filter).await.unwrap(), expected, "{filter:?}");
        assert_eq!(postgres.repositories(&filter).await.unwrap(), expected, "{filter:?}");
        some += usize::from(!expected.is_empty() && expected.len() < repositories.len());
    }
    println!("{FILTERS} filters on two lists each, {some} of which admit some rows and not others");
    assert!(some > FILTERS / 10);
}
