//! What every provider must do: the same cases for all of them.

use std::sync::Mutex;

use prodops::ai::{AiError, Counts, Others, RemoteObjectState, RunProgress, Stage};
use prodops::core::clock::Clock as _;
use prodops::core::fact::{Activity, LabelSource};

use super::crash::{begun, die, pending};
use super::double::{Day, Fault, Manner};
use super::fuse::Fuse;
use super::scene::{Kit, Scene, commits};

macro_rules! conformance {
    ($($provider:ident: $kit:expr),+ $(,)?) => {$(
        mod $provider {
            #[tokio::test]
            async fn labels_come_back_and_nothing_stays() {
                super::labels_come_back_and_nothing_stays($kit).await;
            }

            #[tokio::test]
            async fn every_bad_answer_is_counted_and_none_is_a_label() {
                super::every_bad_answer_is_counted_and_none_is_a_label($kit).await;
            }

            #[tokio::test]
            async fn a_crash_between_any_two_steps_leaves_nothing() {
                crate::crash::a_crash_between_any_two_steps_leaves_nothing($kit).await;
            }

            #[tokio::test]
            async fn a_crash_during_a_sweep_leaves_nothing() {
                crate::crash::a_crash_during_a_sweep_leaves_nothing($kit).await;
            }

            #[tokio::test]
            async fn any_request_may_fail_once() {
                super::any_request_may_fail_once($kit).await;
            }

            #[tokio::test]
            async fn a_provider_that_is_gone_for_good_is_given_up_on() {
                super::a_provider_that_is_gone_for_good_is_given_up_on($kit).await;
            }

            #[tokio::test]
            async fn a_batch_that_never_ends_is_given_up() {
                super::a_batch_that_never_ends_is_given_up($kit).await;
            }

            #[tokio::test]
            async fn a_batch_that_fails_is_deleted() {
                super::a_batch_that_fails_is_deleted($kit).await;
            }

            #[tokio::test]
            async fn what_is_still_there_is_not_taken_for_gone() {
                super::what_is_still_there_is_not_taken_for_gone($kit).await;
            }

            #[tokio::test]
            async fn a_run_that_is_alive_is_left_alone() {
                super::a_run_that_is_alive_is_left_alone($kit).await;
            }

            #[tokio::test]
            async fn nothing_but_metadata_leaves() {
                crate::traffic::traffic_holds_nothing_else($kit).await;
            }

            #[tokio::test]
            async fn progress_is_told() {
                super::progress_is_told($kit).await;
            }
        }
    )+};
}

conformance! {
    openai: super::super::scene::OPENAI,
    azure: super::super::scene::AZURE,
    anthropic: super::super::scene::ANTHROPIC,
    gemini: super::super::scene::GEMINI,
    compatible: super::super::scene::COMPATIBLE,
}

async fn labels_come_back_and_nothing_stays(kit: Kit) {
    let scene = Scene::new(kit).await;
    let outcome = scene.run(&commits(3)).await.unwrap();
    let labels: Vec<_> = outcome.labels.iter().flatten().collect();
    assert_eq!(labels.len(), 3);
    assert!(labels.iter().all(|label| label.label == Activity::Bugfix && label.source == LabelSource::Ai));
    assert_eq!((outcome.counts.labelled, outcome.left), (3, 0));
    scene.assert_empty("after a run").await;
}

/// How many answers came to be what a manner is expected to be.
type Count = fn(&Counts) -> u64;

async fn every_bad_answer_is_counted_and_none_is_a_label(kit: Kit) {
    let rows: [(Manner, bool, Count); 12] = [
        (Manner::Good, true, |counts| counts.labelled),
        (Manner::Refusal, true, |counts| counts.refused),
        (Manner::Truncated, true, |counts| counts.truncated),
        (Manner::Failed, kit.batches, |counts| counts.failed),
        (Manner::Prose, true, |counts| counts.garbage),
        (Manner::Invented, true, |counts| counts.garbage),
        (Manner::Broken, true, |counts| counts.garbage),
        (Manner::Foreign, kit.batches, |counts| counts.foreign.min(counts.missing)),
        (Manner::Beyond, kit.batches, |counts| counts.foreign.min(counts.missing)),
        (Manner::Missing, kit.batches, |counts| counts.missing),
        (Manner::Twice, kit.batches, |counts| counts.doubled.min(counts.labelled)),
        (Manner::Contradicting, kit.batches, |counts| counts.doubled.min(counts.conflicting)),
    ];
    for (manner, applies, count) in rows {
        if !applies {
            continue;
        }
        let day = Day { manners: vec![Manner::Good, manner, Manner::Good], ..Day::default() };
        let scene = Scene::on(kit, day).await;
        let outcome = scene.run(&commits(3)).await.unwrap();
        let is_label = matches!(manner, Manner::Good | Manner::Twice);
        let expected = [true, is_label, true];
        let got: Vec<bool> = outcome.labels.iter().map(Option::is_some).collect();
        assert_eq!(got, expected, "{manner:?}: {outcome:?}");
        assert!(count(&outcome.counts) >= 1, "{manner:?}: {outcome:?}");
        scene.assert_empty(&format!("{manner:?}")).await;
    }
}

async fn any_request_may_fail_once(kit: Kit) {
    let scene = Scene::new(kit).await;
    scene.run(&commits(2)).await.unwrap();
    let requests = scene.double.seen().len();
    let faults = [
        Fault::Status(429, Some(7)),
        Fault::Status(529, None),
        Fault::Status(503, Some(90)),
        Fault::Status(503, None),
        Fault::Status(500, None),
        Fault::Status(401, None),
        Fault::DoneAnd500,
        Fault::DoneAndGarbage,
    ];
    for number in 0..requests {
        for fault in faults {
            let scene = Scene::new(kit).await;
            scene.double.state.lock().unwrap().faults.insert(number, fault);
            let before = scene.clock.now();
            let result = scene.run(&commits(2)).await;
            let waited = scene.clock.now().seconds_since(before);
            if let Fault::Status(429 | 503, Some(after)) = fault {
                assert!(waited >= i64::try_from(after).unwrap(), "request {number} {fault:?}: {waited} s");
            }
            if matches!(fault, Fault::Status(429 | 529, _) | Fault::Status(503, Some(_))) {
                assert_eq!(result.unwrap().counts.labelled, 2, "request {number} {fault:?}");
            }
            scene.sweep_until_empty(&format!("request {number} {fault:?}")).await;
        }
    }
}

async fn a_provider_that_is_gone_for_good_is_given_up_on(kit: Kit) {
    let scene = Scene::new(kit).await;
    scene.run(&commits(1)).await.unwrap();
    for from in 0..scene.double.seen().len() {
        let scene = Scene::new(kit).await;
        let all = (from..10_000).map(|number| (number, Fault::Status(529, None)));
        scene.double.state.lock().unwrap().faults.extend(all);
        // It may have answered before it went.
        if let Err(error) = scene.run(&commits(1)).await {
            assert!(matches!(error, AiError::Call { .. }), "{error}");
        }
        assert!(scene.double.seen().len() < 100, "{} requests", scene.double.seen().len());
        let stays = scene.double.left();
        let known = pending(&scene).await;
        assert!(stays.is_empty() || !known.is_empty(), "{stays:?} is at the provider, and nobody knows");
        // It comes back.
        scene.double.state.lock().unwrap().faults.clear();
        scene.sweep_until_empty(&format!("gone from request {from} on")).await;
    }
}

async fn a_batch_that_never_ends_is_given_up(kit: Kit) {
    if !kit.batches {
        return;
    }
    let scene = Scene::on(kit, Day { looks: None, ..Day::default() }).await;
    let error = scene.run(&commits(2)).await.expect_err("it never ends");
    assert!(matches!(error, AiError::Late { .. }), "{error}");
    scene.assert_empty("given up").await;
}

async fn a_batch_that_fails_is_deleted(kit: Kit) {
    if !kit.batches {
        return;
    }
    let scene = Scene::on(kit, Day { fails: true, ..Day::default() }).await;
    match scene.run(&commits(2)).await {
        Err(AiError::BatchFailed) => {}
        // Where each request fails by itself.
        Ok(outcome) => assert_eq!((outcome.counts.failed, outcome.counts.labelled), (2, 0)),
        Err(error) => panic!("{error}"),
    }
    scene.assert_empty("failed").await;
}

async fn what_is_still_there_is_not_taken_for_gone(kit: Kit) {
    if !kit.batches {
        return;
    }
    let scene = Scene::on(kit, Day { ghosts: 1_000, ..Day::default() }).await;
    let outcome = scene.run(&commits(2)).await.unwrap();
    assert_eq!(outcome.counts.labelled, 2);
    let entries = scene.journal.pending().await.unwrap();
    assert_eq!(outcome.left, entries.len());
    assert!(entries.iter().any(|entry| entry.state == RemoteObjectState::DeletionAsked), "{entries:?}");
    // Nobody runs it any more, so that a sweep need not wait; and as long as the object is seen, it is pending.
    assert!(!scene.sweep().await.left.is_empty());
}

async fn a_run_that_is_alive_is_left_alone(kit: Kit) {
    if !kit.batches {
        return;
    }
    let scene = Scene::new(kit).await;
    die(&scene, begun(kit).await + 1).await;
    let before = pending(&scene).await;
    let requests = scene.double.seen().len();
    let swept = scene.sweep().await;
    assert_eq!((swept.gone, pending(&scene).await, scene.double.seen().len()), (0, before, requests));
    // Whoever knows that nobody runs anything need not wait.
    scene.driver(&Fuse::never()).sweep(Others::NoneRun).await.unwrap();
    assert!(scene.double.seen().len() > requests);
}

#[derive(Default)]
struct Told(Mutex<Vec<(Stage, u64, u64)>>);

impl RunProgress for Told {
    fn moved(&self, stage: Stage, done: u64, total: u64) {
        self.0.lock().unwrap().push((stage, done, total));
    }
}

async fn progress_is_told(kit: Kit) {
    let (scene, told) = (Scene::new(kit).await, Told::default());
    scene.driver(&Fuse::never()).run(&scene.consent(), &commits(2), &told).await.unwrap();
    let told = told.0.into_inner().unwrap();
    assert_eq!(told.first(), Some(&(Stage::Sending, 0, 2)));
    assert_eq!(told.last(), Some(&(Stage::Done, 2, 2)));
    assert!(told.is_sorted_by_key(|(_, done, _)| *done), "{told:?}");
    assert!(!kit.batches || told.iter().any(|(stage, ..)| *stage == Stage::Deleting), "{told:?}");
}
