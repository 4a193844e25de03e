//! What somebody says a commit is stands, is kept, is told, and is learned from.

use prodops::core::audit::AuditObject;
use prodops::core::fact::{Activity, CommitFact, CommitId, LabelSource};
use prodops::core::id::RepositoryId;
use prodops::core::tenancy::Role;
use prodops::engine::EngineError;
use prodops::metrics::value::ActivityClass;

use crate::place::{Place, Tenant, all_history, tenant};
use crate::repository::{Commit, FIRST};

/// A commit whose author declares nothing, or a kind.
fn commit(place: usize, message: &str) -> Commit {
    let body: String = (0..=place).map(|line| format!("let value_{line} = {};\n", line * place)).collect();
    Commit {
        author: ("One".to_owned(), "one@example.org".to_owned()),
        at: FIRST + place as i64 * 3_600,
        message: message.to_owned(),
        parents: place.checked_sub(1).into_iter().collect(),
        files: vec![(format!("src/module_{}.rs", place % 5), body)],
    }
}

async fn commits(tenant: &Tenant) -> (RepositoryId, Vec<CommitFact>) {
    let repository = tenant.workspace.repositories().await.unwrap()[0].id;
    let mut commits = tenant.workspace.commits(repository, None, 500).await.unwrap().items;
    commits.sort_by_key(|commit| commit.committed.at);
    (repository, commits)
}

fn label(commits: &[CommitFact], id: CommitId) -> (Activity, LabelSource) {
    let label = commits.iter().find(|commit| commit.id == id).unwrap().label.unwrap();
    (label.label, label.source)
}

#[tokio::test]
async fn a_correction_stands_everywhere_until_it_is_taken_back() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let history = [commit(0, "feat: a form"), commit(1, "Fix the crash of the form"), commit(2, "fix: b")];
    let repository = place.repository("api", &history);
    let connection = one.read(&repository).await;
    let (id, before) = commits(&one).await;
    let (wrong, was) = (before[1].id, label(&before, before[1].id));
    assert_eq!(was.1, LabelSource::Model);

    let manager = one.joined_by(&engine, Role::Manager).await.1;
    manager.correct_label(id, wrong, Activity::Chore).await.unwrap();
    assert_eq!(label(&commits(&one).await.1, wrong), (Activity::Chore, LabelSource::Person));
    let class = ActivityClass::named("chore").unwrap();
    let behind = one.workspace.commits_behind(&all_history(None), class).await.unwrap();
    assert_eq!(behind.iter().map(|commit| commit.id).collect::<Vec<_>>(), [wrong]);

    // What history is read again, also another one that has the commit, leaves it alone.
    repository.import(&[history[0].clone(), history[1].clone(), commit(2, "docs: c"), commit(3, "fix: d")]);
    one.sync(connection).await.unwrap();
    assert_eq!(label(&commits(&one).await.1, wrong), (Activity::Chore, LabelSource::Person));

    manager.withdraw_correction(id, wrong).await.unwrap();
    assert_eq!(label(&commits(&one).await.1, wrong), was);
    let again = manager.withdraw_correction(id, wrong).await;
    assert!(matches!(again, Err(EngineError::NotFound)), "{again:?}");
    let told: Vec<AuditObject> = one
        .log()
        .await
        .into_iter()
        .filter(|event| event.action == "CorrectActivity")
        .map(|event| event.object)
        .collect();
    let said =
        |before, corrected| AuditObject::CommitLabel { repository: id, commit: wrong, before, corrected };
    assert_eq!(told, [said(was.0, Some(Activity::Chore)), said(Activity::Chore, None)]);
}

#[tokio::test]
async fn who_may_not_corrects_nothing_and_a_merge_has_nothing_to_correct() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let mut merge = commit(3, "Merge the side line");
    (merge.parents, merge.files) = (vec![1, 2], Vec::new());
    let mut side = commit(2, "docs: b");
    side.parents = vec![0];
    one.read(&place.repository("api", &[commit(0, "feat: a"), commit(1, "fix: c"), side, merge])).await;
    let (id, before) = commits(&one).await;
    let member = one.joined_by(&engine, Role::Member).await.1;
    let refused = member.correct_label(id, before[0].id, Activity::Chore).await;
    assert!(matches!(refused, Err(EngineError::Denied)), "{refused:?}");
    let repository = &one.workspace.repositories().await.unwrap()[0];
    assert!(!member.may_correct_labels(repository) && one.workspace.may_correct_labels(repository));
    for commit in [before[3].id, CommitId::Sha1([7; 20])] {
        let refused = one.workspace.correct_label(id, commit, Activity::Chore).await;
        assert!(matches!(refused, Err(EngineError::NotFound)), "{refused:?}");
    }
    assert_eq!(commits(&one).await.1, before);
}

#[tokio::test]
async fn what_is_declared_in_a_repository_moves_the_labels_of_later_commits_in_every_answer() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    // Here people call a style what others call a fix.
    let mut history = vec![commit(0, "Tidy the form")];
    history.extend((1..80).map(|place| commit(place, "style: tidy the form")));
    history.push(commit(80, "Tidy the form"));
    one.read(&place.repository("api", &history)).await;
    let (_, commits) = commits(&one).await;
    let shares = |commit: &CommitFact| commit.model.unwrap().0[Activity::Style as usize].as_f64();
    let (early, late) = (commits[0].label.unwrap(), commits[80].label.unwrap());
    assert_eq!((early.source, late.source), (LabelSource::Model, LabelSource::Model));
    assert_eq!(late.label, Activity::Style);
    assert!(late.probability.as_f64() > shares(&commits[80]), "{late:?}");
    assert_ne!(early.label, Activity::Style, "what came later tells nothing about it");
    let class = ActivityClass::named("style").unwrap();
    let behind = one.workspace.commits_behind(&all_history(None), class).await.unwrap();
    assert_eq!(behind.len(), 80, "the list and the pages say the same");
}
