//! A workspace, from the choice of a provider to its labels in the facts.

use prodops::ai::{AiSettings, Budget, ConsentError, merge};
use prodops::core::audit::AuditObject;
use prodops::core::fact::{Activity, LabelSource};
use prodops::core::tenancy::Role;
use prodops::engine::{Engine, EngineError};

use super::deployment::{Deployment, labels, planted};
use super::double::{Day, Manner};
use super::place::Tenant;
use super::scene::{COMPATIBLE, OPENAI, random_key};

/// Longer than the time between two runs.
const LATER: i64 = 7 * 3_600;

async fn round(engine: &Engine) {
    engine.worker().round().await.unwrap();
}

async fn by_ai(tenant: &Tenant) -> usize {
    let labels = labels(tenant).await;
    labels.values().flatten().filter(|label| label.source == LabelSource::Ai).count()
}

#[tokio::test]
async fn what_the_model_is_unsure_of_gets_a_providers_label_and_nothing_else_does() {
    let deployment = Deployment::of(OPENAI).await;
    let engine = deployment.engine().await;
    let one = deployment.reader(&engine, &planted(&random_key())).await;
    let before = labels(&one).await;
    let by_model = |label: &prodops::core::fact::ActivityLabel| label.source == LabelSource::Model;
    let unsure = before.values().flatten().filter(|label| by_model(label)).count();
    assert!(unsure >= 3 && unsure < before.len(), "both kinds are there: {before:?}");
    round(&engine).await;
    assert!(deployment.scene.double.seen().is_empty(), "nobody chose it");

    let settings = deployment.settings(100);
    let estimate = one.workspace.estimate_ai(&settings).await.unwrap();
    assert_eq!((estimate.commits, estimate.measured), (unsure as u64, unsure as u64));
    assert!(deployment.scene.double.seen().is_empty(), "an estimate sends nothing");
    one.workspace.choose_ai(&settings).await.unwrap();
    round(&engine).await;

    let after = labels(&one).await;
    for (id, label) in &before {
        let (Some(label), Some(now)) = (label, after[id]) else { continue };
        if !by_model(label) {
            assert_eq!(now, *label, "what was declared or follows from a rule stays");
            continue;
        }
        assert_eq!((now.label, now.source), (Activity::Bugfix, LabelSource::Ai));
        assert_eq!(now, merge(label, &now).label, "the model's own answer is not lost");
    }
    let status = one.workspace.ai_status().await.unwrap();
    let run = status.last_run.unwrap();
    assert_eq!((run.sent, run.labelled, run.passed_over), (unsure as u64, unsure as u64, 0));
    assert_eq!((status.spent.commits, status.spent.cost), (unsure as u64, estimate.cost));
    assert_eq!((status.refusal, status.progress), (None, None));
    assert_eq!((deployment.scene.double.left(), engine.remote_objects().await.unwrap()), (vec![], vec![]));

    // All of it stands in the log, the request before anything was sent.
    let log = one.log().await;
    let of_ai = log.into_iter().map(|event| event.object).filter(|object| {
        matches!(
            object,
            AuditObject::AiUse { .. } | AuditObject::AiRequest { .. } | AuditObject::AiLabels { .. }
        )
    });
    let said: Vec<AuditObject> = of_ai.collect();
    assert_eq!(said.len(), 3, "{said:?}");
    let position = |wanted: fn(&AuditObject) -> bool| said.iter().position(wanted).unwrap();
    let request = position(|object| matches!(object, AuditObject::AiRequest { commits: 3.., .. }));
    let brought = position(|object| matches!(object, AuditObject::AiLabels { commits: 3.., .. }));
    assert_eq!(request.abs_diff(brought), 1);

    // Nothing is left to ask about.
    let asked = deployment.scene.double.seen().len();
    deployment.scene.clock.advance_seconds(LATER);
    round(&engine).await;
    assert_eq!(deployment.scene.double.seen().len(), asked);
}

#[tokio::test]
async fn a_history_that_is_read_anew_keeps_the_labels_that_were_paid_for() {
    let deployment = Deployment::of(COMPATIBLE).await;
    let engine = deployment.engine().await;
    let mut commits = planted(&random_key());
    let one = deployment.reader(&engine, &commits).await;
    one.workspace.choose_ai(&deployment.settings(100)).await.unwrap();
    round(&engine).await;
    let (kept, before) = (by_ai(&one).await, labels(&one).await);
    let asked = deployment.scene.double.seen().len();
    commits.last_mut().unwrap().message = "Say it once more".to_owned();
    super::repository::Repository::with(&deployment.place.roots().join("api"), &commits);
    let connection = one.workspace.connections().await.unwrap()[0].id;
    let report = one.sync(connection).await.unwrap();
    assert_eq!((report.commits, report.pruned), (6, 1), "everything was read again");
    assert_eq!(by_ai(&one).await, kept);
    let after = labels(&one).await;
    assert_eq!(before.iter().filter(|(id, label)| after.get(id) == Some(label)).count(), 5);
    deployment.scene.clock.advance_seconds(LATER);
    round(&engine).await;
    assert_eq!(deployment.scene.double.seen().len(), asked, "nothing is asked twice");
}

#[tokio::test]
async fn a_month_has_a_budget_and_an_unanswered_commit_is_not_asked_about_again() {
    let day = Day { manners: vec![Manner::Prose], ..Day::default() };
    let deployment = Deployment::of(OPENAI).await;
    deployment.scene.double.state.lock().unwrap().day = day;
    let engine = deployment.engine().await;
    let one = deployment.reader(&engine, &planted(&random_key())).await;
    one.workspace.choose_ai(&deployment.settings(2)).await.unwrap();
    round(&engine).await;
    let status = one.workspace.ai_status().await.unwrap();
    let run = status.last_run.unwrap();
    assert_eq!((run.sent, run.labelled, run.out_of_budget), (2, 1, true));
    assert_eq!(status.spent.commits, 2);
    let asked = deployment.scene.double.seen().len();
    deployment.scene.clock.advance_seconds(LATER);
    round(&engine).await;
    assert_eq!(deployment.scene.double.seen().len(), asked, "nothing is left of the budget");
    // In February there is another one; what brought no label is passed over.
    deployment.scene.clock.advance_seconds(31 * 86_400);
    round(&engine).await;
    let status = one.workspace.ai_status().await.unwrap();
    assert_eq!((status.spent.commits, by_ai(&one).await), (2, 2));
}

#[tokio::test]
async fn only_those_who_may_change_a_workspace_choose_and_everybody_sees() {
    let deployment = Deployment::of(OPENAI).await;
    let engine = deployment.engine().await;
    let one = super::place::tenant(&engine, "one").await;
    let (_, member) = one.joined_by(&engine, Role::Member).await;
    let settings = deployment.settings(5);
    assert!(matches!(member.choose_ai(&settings).await, Err(EngineError::Denied)));
    assert!(matches!(member.estimate_ai(&settings).await, Err(EngineError::Denied)));
    assert_eq!(member.ai_status().await.unwrap().settings, AiSettings::default());
    let vague = AiSettings { acknowledged: None, ..settings.clone() };
    let refused = one.workspace.choose_ai(&vague).await;
    assert!(matches!(refused, Err(EngineError::Consent(ConsentError::Unacknowledged { .. }))), "{refused:?}");
    let unknown = AiSettings { provider: Some("nobody".to_owned()), ..settings.clone() };
    let refused = one.workspace.choose_ai(&unknown).await.unwrap_err().to_string();
    assert_eq!(refused, "unknown AI provider: this deployment offers openai");
    one.workspace.choose_ai(&settings).await.unwrap();
    assert_eq!(member.ai_status().await.unwrap().settings, settings);
    one.workspace.choose_ai(&AiSettings::default()).await.unwrap();
    let status = member.ai_status().await.unwrap();
    assert_eq!((status.settings, status.spent), (AiSettings::default(), Budget::default()));
}
