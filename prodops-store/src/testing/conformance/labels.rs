//! Labels that commits were given stay beside them.

use prodops_core::fact::{Activity, AssignedLabel, Assigner, CommitId, Probability};
use prodops_core::id::RepositoryId;

use super::super::fixture::{Fixture, Subject};
use crate::StoreError;

/// What somebody assigned to a commit.
pub(super) fn label(fixture: &Fixture, repository: RepositoryId, commit: CommitId) -> AssignedLabel {
    AssignedLabel {
        repository,
        commit,
        by: Assigner::Person,
        activity: Activity::Chore,
        probability: Probability::ONE,
        at: fixture.now(),
    }
}

/// A commit has one label of a person and one of an AI provider, and keeps both when its history is read again.
pub async fn assigned_labels_stay_beside_their_commits(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 98);
    let tenant = fixture.tenant().await;
    let (store, source) = (fixture.inside(&tenant), fixture.source(&tenant).await);
    let history = fixture.generate.history(source.connection, 3, 1);
    store.ingest(source.batch(None, b"1", history.facts())).await.unwrap();
    let (repository, event) = (history.repository.id, || fixture.event(&tenant.scope));
    assert_eq!(store.assigned_labels(repository).await.unwrap(), []);

    let person = label(&fixture, repository, history.commits[0].id);
    let ai = AssignedLabel { by: Assigner::Ai, probability: Probability::from_f64(0.7), ..person };
    let other = AssignedLabel { commit: history.commits[1].id, ..ai };
    let again = AssignedLabel { activity: Activity::Docs, ..other };
    store.assign_labels(&[person, ai, other, again], &event()).await.unwrap();
    let mut expected = vec![ai, person, again];
    expected.sort_by_key(|row| (row.commit, row.by));
    assert_eq!(store.assigned_labels(repository).await.unwrap(), expected);

    store.ingest(source.batch(Some(b"1"), b"2", history.facts())).await.unwrap();
    assert_eq!(store.assigned_labels(repository).await.unwrap(), expected);
    assert!(store.withdraw_label(repository, person.commit, Assigner::Person, &event()).await.unwrap());
    assert!(!store.withdraw_label(repository, person.commit, Assigner::Person, &event()).await.unwrap());
    expected.retain(|row| *row != person);
    assert_eq!(store.assigned_labels(repository).await.unwrap(), expected);
}

/// A label on a repository that is not there takes the others with it, and its audit event.
pub async fn labels_hang_on_repositories(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 99);
    let tenant = fixture.tenant().await;
    let (store, source) = (fixture.inside(&tenant), fixture.source(&tenant).await);
    let history = fixture.generate.history(source.connection, 1, 1);
    store.ingest(source.batch(None, b"1", history.facts())).await.unwrap();
    let good = label(&fixture, history.repository.id, history.commits[0].id);
    let lost = AssignedLabel { repository: RepositoryId::from_bytes(fixture.generate.bytes()), ..good };
    let (event, all) = (fixture.event(&tenant.scope), crate::contract::AuditQuery::default());
    let before = store.audit_events(&all, None, 100).await.unwrap().items.len();
    let refused = store.assign_labels(&[good, lost], &event).await;
    assert!(matches!(refused, Err(StoreError::Invalid { what: "repository", .. })), "{refused:?}");
    assert_eq!(store.assigned_labels(history.repository.id).await.unwrap(), []);
    assert!(!store.withdraw_label(lost.repository, lost.commit, lost.by, &event).await.unwrap());
    assert_eq!(store.audit_events(&all, None, 100).await.unwrap().items.len(), before);
    store.assign_labels(&[good], &event).await.unwrap();
    assert_eq!(store.audit_events(&all, None, 100).await.unwrap().items.len(), before + 1);
}
