//! Pages and filters.

use std::collections::BTreeSet;

use prodops_core::fact::{Fact, RepositoryFact};
use prodops_core::filter::{Column, Filter, Predicate, Value};

use super::super::contents::all_commits;
use super::super::fixture::{Fixture, Subject};
use crate::StoreError;
use crate::contract::{AuditQuery, ConnectionRecord, ConnectionState, PageToken};

/// Whatever the size of a page, every commit comes once, in one order.
pub async fn commits_are_paged_exactly_once(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 40);
    let tenant = fixture.tenant().await;
    let (store, source) = (fixture.inside(&tenant), fixture.source(&tenant).await);
    let (history, other) = (
        fixture.generate.history(source.connection, 100, 1),
        fixture.generate.history(source.connection, 10, 1),
    );
    let facts = [history.facts(), other.facts()].concat();
    store.ingest(source.batch(None, b"1", facts)).await.unwrap();
    let mut expected = history.commits.clone();
    expected.sort_by(|a, b| a.id.as_bytes().cmp(b.id.as_bytes()));
    for limit in [0, 1, 7, 50, 99, 100, 101, usize::MAX] {
        assert_eq!(all_commits(&store, history.repository.id, limit).await.unwrap(), expected, "{limit}");
    }
    let page = store.commits(history.repository.id, None, 100).await.unwrap();
    assert!(page.next.is_none(), "a list that ends with its page has no next one");
    assert_eq!(store.commits(history.repository.id, None, 0).await.unwrap().items.len(), 1);
}

/// Rows that come and go between two pages neither repeat nor hide others, the page's last row included.
pub async fn pages_are_stable_while_rows_come_and_go(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 41);
    let tenant = fixture.tenant().await;
    let (store, source) = (fixture.inside(&tenant), fixture.source(&tenant).await);
    let mut history = fixture.generate.history(source.connection, 40, 1);
    let late = history.commits.split_off(20);
    store.ingest(source.batch(None, b"1", history.facts())).await.unwrap();
    let id = history.repository.id;

    let first = store.commits(id, None, 8).await.unwrap();
    let facts = late.iter().cloned().map(Fact::Commit).collect();
    store.ingest(source.batch(Some(b"1"), b"2", facts)).await.unwrap();
    let last_seen = first.items.last().unwrap().id;
    let keep: BTreeSet<_> =
        history.commits.iter().chain(&late).map(|commit| commit.id).filter(|id| *id != last_seen).collect();
    store.retain_commits(source.connection, id, source.lease.epoch, &keep).await.unwrap();

    let mut seen: Vec<_> = first.items.iter().map(|commit| commit.id).collect();
    let mut after = first.next;
    while let Some(token) = after {
        let page = store.commits(id, Some(&token), 8).await.unwrap();
        seen.extend(page.items.iter().map(|commit| commit.id));
        after = page.next;
    }
    let distinct: BTreeSet<_> = seen.iter().copied().collect();
    assert_eq!(distinct.len(), seen.len(), "nothing repeats");
    let stayed = history.commits.iter().map(|commit| commit.id);
    assert!(
        stayed.into_iter().all(|id| distinct.contains(&id)),
        "nothing that was there all along is missing"
    );
}

/// A token leads nowhere but on in the list and workspace that it came from, also after a trip through text.
pub async fn a_page_token_is_good_for_its_list_only(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 42);
    let (mine, theirs) = (fixture.tenant().await, fixture.tenant().await);
    let source = fixture.source(&mine).await;
    let (history, other) = (
        fixture.generate.history(source.connection, 4, 1),
        fixture.generate.history(source.connection, 4, 1),
    );
    let facts = [history.facts(), other.facts()].concat();
    let store = fixture.inside(&mine);
    store.ingest(source.batch(None, b"1", facts)).await.unwrap();
    let id = history.repository.id;
    let token = store.commits(id, None, 2).await.unwrap().next.unwrap();
    let again: PageToken = token.to_string().parse().unwrap();
    assert_eq!(store.commits(id, Some(&again), 2).await.unwrap().items.len(), 2);

    let foreign = fixture.inside(&theirs);
    let refused = [
        foreign.commits(id, Some(&token), 2).await.map(drop),
        store.commits(other.repository.id, Some(&token), 2).await.map(drop),
        store.audit_events(&AuditQuery::default(), Some(&token), 2).await.map(drop),
    ];
    for outcome in refused {
        assert!(matches!(outcome, Err(StoreError::Invalid { what: "page token", .. })), "{outcome:?}");
    }
}

/// A list holds what its filter admits, no more and no less.
pub async fn filters_are_obeyed(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 43);
    let tenant = fixture.tenant().await;
    let store = fixture.inside(&tenant);
    let (one, two) = (fixture.source(&tenant).await, fixture.source(&tenant).await);
    let mut repositories = Vec::new();
    for source in [&one, &two] {
        let histories: Vec<_> = (0..3).map(|_| fixture.generate.history(source.connection, 1, 1)).collect();
        let facts = histories.iter().flat_map(|history| history.facts()).collect();
        store.ingest(source.batch(None, b"1", facts)).await.unwrap();
        repositories.extend(histories.into_iter().map(|history| history.repository));
    }
    repositories.sort_by_key(|repository| repository.id);

    let of_one = Predicate::Eq(RepositoryFact::CONNECTION, Value::Id(*one.connection.as_bytes()));
    let first = Predicate::Eq(RepositoryFact::ID, Value::Id(*repositories[0].id.as_bytes()));
    let unknown = Predicate::Eq(Column::new("no-such-column"), Value::Bool(true));
    let filters = [
        Filter::None,
        Filter::all(),
        Filter::Pred(of_one.clone()),
        Filter::Pred(Predicate::Not(Box::new(of_one.clone()))),
        Filter::Pred(Predicate::Or(vec![of_one.clone(), first.clone()])),
        Filter::Pred(Predicate::And(vec![of_one, first])),
        Filter::Pred(unknown.clone()),
        Filter::Pred(Predicate::Not(Box::new(unknown))),
    ];
    for filter in filters {
        let expected: Vec<_> =
            repositories.iter().filter(|repository| filter.admits(*repository)).cloned().collect();
        assert_eq!(store.repositories(&filter).await.unwrap(), expected, "{filter:?}");
    }

    let active = Value::Name(ConnectionState::Active.as_str());
    let active = Filter::Pred(Predicate::Eq(ConnectionRecord::STATE, active));
    assert_eq!(store.connections(&active).await.unwrap().len(), 2);
    let mut row = store.connection(one.connection).await.unwrap().unwrap();
    row.value.state = ConnectionState::Disconnected;
    store.put_connection_if(row.version, &row.value, &fixture.event(&tenant.scope)).await.unwrap();
    let left = store.connections(&active).await.unwrap();
    assert_eq!(left.iter().map(|row| row.value.id).collect::<Vec<_>>(), [two.connection]);
    assert_eq!(store.connections(&Filter::None).await.unwrap(), []);
    assert_eq!(store.connections(&Filter::all()).await.unwrap().len(), 2);
}
