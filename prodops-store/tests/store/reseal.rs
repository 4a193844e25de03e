//! Rows under new keys, step by step.

use std::sync::Arc;

use prodops_core::environment::Environment;
use prodops_core::keyring::KeyOwner;
use prodops_store::contract::Resealed;
use prodops_store::embedded::Embedded;
use prodops_store::testing::{Fixture, KeysOnDemand};

const ROWS: usize = 200;
const STEP: usize = 30;

/// Every step of a sweep.
async fn sweep(fixture: &Fixture, owner: KeyOwner, limit: usize) -> Vec<Resealed> {
    let (control, mut steps) = (fixture.authority.control(), Vec::<Resealed>::new());
    loop {
        let after = steps.last().and_then(|step| step.next.clone());
        if after.is_none() && !steps.is_empty() {
            return steps;
        }
        steps.push(
            fixture.store.control(&control).unwrap().reseal(owner, after.as_ref(), limit).await.unwrap(),
        );
    }
}

fn rows(steps: &[Resealed]) -> u64 {
    steps.iter().map(|step| step.rows).sum()
}

#[tokio::test]
async fn a_step_looks_at_so_many_rows_whether_or_not_they_need_it() {
    let keys = KeysOnDemand::new(Environment::Test).await;
    let store = Embedded::memory(Environment::Test, keys.clone()).unwrap();
    let fixture = Fixture::new(Arc::new(store), 1);
    let tenant = fixture.tenant().await;
    let source = fixture.source(&tenant).await;
    let history = fixture.generate.history(source.connection, ROWS, 2);
    fixture.inside(&tenant).ingest(source.batch(None, b"1", history.facts())).await.unwrap();
    let owner = KeyOwner::Workspace(tenant.workspace.id);

    let idle = sweep(&fixture, owner, STEP).await;
    assert_eq!(rows(&idle), 0, "nothing is under an older key");
    assert!(idle.len() > ROWS / STEP, "{} steps: none of them looks at everything", idle.len());

    let old = keys.0.keys(owner).await.unwrap().active();
    keys.0.rotate_data_key(owner).await.unwrap();
    let under = async |key| {
        let control = fixture.authority.control();
        fixture.store.control(&control).unwrap().rows_under(owner, key).await.unwrap()
    };
    let before = under(old).await;
    let busy = sweep(&fixture, owner, STEP).await;
    assert_eq!((rows(&busy), under(old).await), (before, 0));
    assert_eq!(busy.len(), idle.len(), "the same rows, the same steps");
    assert!(busy.iter().all(|step| step.rows <= STEP as u64));
    assert_eq!(rows(&sweep(&fixture, owner, 1).await), 0);
}
