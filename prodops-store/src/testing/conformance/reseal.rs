//! Sweeps that bring rows under new keys.

use prodops_core::keyring::KeyOwner;

use super::super::fixture::{Fixture, Subject};
use crate::contract::ResealPosition;

/// A step of a sweep looks at so many rows and no more, also where none of them needs to be sealed anew: writers wait for one
/// step, and not for a look at everything.
pub async fn a_sweep_looks_at_so_many_rows_a_step(subject: Subject) {
    const ROWS: usize = 60;
    let fixture = Fixture::new(subject.backend(), 45);
    let tenant = fixture.tenant().await;
    let (store, source) = (fixture.inside(&tenant), fixture.source(&tenant).await);
    let history = fixture.generate.history(source.connection, ROWS, 1);
    store.ingest(source.batch(None, b"1", history.facts())).await.unwrap();
    let (control, owner) = (fixture.authority.control(), KeyOwner::Workspace(tenant.workspace.id));
    for limit in [1, 7, 20] {
        let (mut steps, mut after) = (0, None::<ResealPosition>);
        loop {
            let step = fixture.store.control(&control).unwrap();
            let step = step.reseal(owner, after.as_ref(), limit).await.unwrap();
            assert_eq!(step.rows, 0, "every row is sealed under the newest key");
            steps += 1;
            after = step.next;
            if after.is_none() {
                break;
            }
        }
        assert!(steps >= ROWS / limit, "{steps} steps of {limit}");
    }
}
