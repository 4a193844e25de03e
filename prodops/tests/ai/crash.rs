//! Runs that die at every single step, and what is left at the provider once somebody swept.

use std::collections::BTreeSet;

use prodops::ai::{Others, Silent};

use super::fuse::{Death, Fuse};
use super::scene::{Kit, Scene, commits};

/// Times at which a run may still be going on, or something of it may still arrive, are over.
const LATER: i64 = 3 * 3_600;
/// More steps than any run has.
const STEPS: usize = 400;

impl Scene {
    /// Nothing of ours is at the provider, and the journal knows it.
    pub(crate) async fn assert_empty(&self, what: &str) {
        let pending = pending(self).await;
        assert_eq!((self.double.left(), pending), (vec![], vec![]), "{what}");
    }

    /// Sweeps as a deployment does, now and then.
    pub(crate) async fn sweep_until_empty(&self, what: &str) {
        for _ in 0..8 {
            self.clock.advance_seconds(LATER);
            if self.sweep().await.left.is_empty() {
                break;
            }
        }
        self.assert_empty(what).await;
    }
}

pub(crate) async fn pending(scene: &Scene) -> Vec<String> {
    let entries = scene.journal.pending().await.unwrap();
    entries.iter().map(|entry| format!("{:?} {:?} {:?}", entry.kind, entry.id, entry.state)).collect()
}

pub(crate) async fn a_crash_between_any_two_steps_leaves_nothing(kit: Kit) {
    for death in [Death::Before, Death::After] {
        let mut seen = BTreeSet::new();
        for step in 0..=STEPS {
            assert!(step < STEPS, "a run does not end");
            let scene = Scene::new(kit).await;
            let fuse = Fuse::at(step, death);
            let (driver, consent, commits) = (scene.driver(&fuse), scene.consent(), commits(2));
            let is_done = tokio::select! {
                outcome = driver.run(&consent, &commits, &Silent) => outcome.is_ok(),
                () = fuse.burnt() => false,
            };
            drop(driver);
            if is_done {
                break;
            }
            seen.insert(pending(&scene).await);
            scene.sweep_until_empty(&format!("dead {death:?} step {step}")).await;
        }
        // Otherwise no crash was where something lay at the provider.
        assert!(!kit.batches || seen.len() >= 4, "{seen:?}");
    }
}

pub(crate) async fn a_crash_during_a_sweep_leaves_nothing(kit: Kit) {
    // A run dies right after its batch was begun, so that nobody has its id.
    let begin = if kit.batches { begun(kit).await } else { return };
    for step in 0..=STEPS {
        assert!(step < STEPS, "a sweep does not end");
        let scene = Scene::new(kit).await;
        die(&scene, begin).await;
        scene.clock.advance_seconds(LATER);
        let fuse = Fuse::at(step, Death::After);
        let driver = scene.driver(&fuse);
        let is_done = tokio::select! {
            swept = driver.sweep(Others::MayRun) => swept.is_ok(),
            () = fuse.burnt() => false,
        };
        drop(driver);
        scene.sweep_until_empty(&format!("a sweep dead after step {step}")).await;
        if is_done {
            break;
        }
    }
}

/// The step after which a batch is begun and its id not yet written down.
pub(crate) async fn begun(kit: Kit) -> usize {
    for step in 0..STEPS {
        let scene = Scene::new(kit).await;
        die(&scene, step).await;
        let last = scene.double.seen().last().cloned().unwrap_or_default();
        let is_begun =
            ["/batches HTTP", "/batches\n", ":batchGenerateContent\n"].iter().any(|end| last.contains(end));
        if is_begun && last.starts_with("POST") {
            return step;
        }
    }
    panic!("no batch is begun");
}

pub(crate) async fn die(scene: &Scene, step: usize) {
    let fuse = Fuse::at(step, Death::After);
    let (driver, consent, commits) = (scene.driver(&fuse), scene.consent(), commits(2));
    tokio::select! {
        _ = driver.run(&consent, &commits, &Silent) => {}
        () = fuse.burnt() => {}
    }
}
