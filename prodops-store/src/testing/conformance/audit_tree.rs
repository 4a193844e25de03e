//! The tree over all audit logs, and the permit counters.

use prodops_core::audit::verify::{SequencedLeaf, SequencedTree};
use prodops_core::audit::{Actor, AuditEvent, Checkpoint, KeyName};
use prodops_core::time::Timestamp;
use std::collections::BTreeSet;

use super::super::fixture::{Fixture, Subject, Tenant};
use crate::contract::{PermitCount, SequencedBatch, SignedCheckpoint};
use crate::plane::AuditStore;
use crate::{Current, StoreError};

/// The batch that a sequencer makes of the first `limit` entries in the queue.
async fn batch(audit: &AuditStore<'_>, now: Timestamp, limit: usize) -> SequencedBatch {
    let mut frontier = audit.tree().await.unwrap().frontier;
    let (expected, leaves) = (frontier.size(), audit.queue(None, limit).await.unwrap());
    frontier.extend(leaves.iter().map(|leaf| leaf.hash));
    let (size, root) = (frontier.size(), frontier.root());
    let checkpoint = SignedCheckpoint { size, root, time: now, note: format!("{size}\n") };
    SequencedBatch { expected, leaves, frontier, checkpoint }
}

async fn append(fixture: &Fixture, tenant: &Tenant, count: usize) {
    for _ in 0..count {
        fixture.inside(tenant).append_audit(&fixture.event(&tenant.scope)).await.unwrap();
    }
}

/// Compares every log with the leaves of the tree and the queue, and tells how many entries there are.
async fn verified(audit: &AuditStore<'_>) -> u64 {
    let mut snapshot = audit.snapshot().await.unwrap();
    let origin = KeyName::new("test").unwrap();
    let own = snapshot.checkpoints().await.unwrap().into_iter();
    let own = own.map(|own| Checkpoint { origin: origin.clone(), size: own.size, root: own.root });
    let mut tree = SequencedTree::new(own.collect(), vec![]);
    for (index, leaf) in snapshot.leaves(0, 100_000).await.unwrap() {
        assert!(tree.leaf(index, leaf));
    }
    snapshot.queue(None, 100_000).await.unwrap().into_iter().for_each(|leaf| tree.queued(leaf));
    assert_eq!(tree.finish(snapshot.right_edge().await.unwrap().as_ref()), []);
    let registry = snapshot.registry().await.unwrap().into_iter().map(Some);
    let mut all = 0;
    for workspace in registry.chain([None]) {
        let mut check = tree.log(workspace);
        for (seq, row) in snapshot.log(workspace, 0, 100_000).await.unwrap() {
            check.entry(seq, row.as_ref());
        }
        all += check.finish(snapshot.head(workspace).await.unwrap()).unwrap();
    }
    all
}

/// Whatever is appended gets its place in the tree once, in order, however it is cut into batches.
pub async fn the_sequencer_takes_each_entry_once(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 80);
    let (one, two) = (fixture.tenant().await, fixture.tenant().await);
    let audit = fixture.audit();
    assert_eq!(audit.tree().await.unwrap().checkpoint, None);
    let deployment = AuditEvent { workspace: None, actor: Actor::Operator, ..fixture.event(&one.scope) };
    let mut appended = 2;
    for limit in [3, 100, 4, 1] {
        append(&fixture, &one, 3).await;
        append(&fixture, &two, 2).await;
        audit.append(&deployment).await.unwrap();
        appended += 6;
        let batch = batch(&audit, fixture.now(), limit).await;
        audit.sequence(&batch).await.unwrap();
        let tree = audit.tree().await.unwrap();
        assert_eq!((tree.frontier, tree.checkpoint), (batch.frontier, Some(batch.checkpoint)));
        assert_eq!(verified(&audit).await, appended);
    }
    let rest = batch(&audit, fixture.now(), 100).await;
    audit.sequence(&rest).await.unwrap();
    assert_eq!(
        (audit.queue(None, 10).await.unwrap(), audit.tree().await.unwrap().frontier.size()),
        (vec![], appended)
    );
    let sizes: Vec<_> = audit.checkpoints(2).await.unwrap().iter().map(|signed| signed.size).collect();
    assert_eq!(sizes[0], appended, "newest first");
    let leaves: BTreeSet<SequencedKey> = audit.leaves(0, 100).await.unwrap().iter().map(key).collect();
    assert_eq!(u64::try_from(leaves.len()).unwrap(), appended);
}

type SequencedKey = (Option<[u8; 16]>, u64);

fn key(leaf: &SequencedLeaf) -> SequencedKey {
    (leaf.workspace.map(|workspace| *workspace.as_bytes()), leaf.seq)
}

/// Of two sequencers at once one is refused, and nothing of what it wanted is kept.
pub async fn a_sequencer_that_is_overtaken_keeps_nothing(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 81);
    let tenant = fixture.tenant().await;
    let audit = fixture.audit();
    append(&fixture, &tenant, 5).await;
    let (first, second) = (batch(&audit, fixture.now(), 3).await, batch(&audit, fixture.now(), 5).await);
    audit.sequence(&first).await.unwrap();
    for late in [&second, &first] {
        let refused = audit.sequence(late).await;
        assert!(
            matches!(&refused, Err(StoreError::Conflict { current: Current::Version(size) }) if size.number() == 3),
            "{refused:?}"
        );
    }
    // A leaf that is not in the queue: taken already, or never appended.
    let mut again = batch(&audit, fixture.now(), 2).await;
    again.leaves.clone_from(&first.leaves);
    again.leaves.truncate(2);
    let refused = audit.sequence(&again).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    let mut unsigned = batch(&audit, fixture.now(), 2).await;
    unsigned.checkpoint.size -= 1;
    assert!(matches!(audit.sequence(&unsigned).await, Err(StoreError::Invalid { .. })));
    assert_eq!((audit.tree().await.unwrap().frontier, verified(&audit).await), (first.frontier, 6));
}

/// Many who append at once make whole chains, and the sequencer that runs meanwhile loses none of it.
pub async fn chains_stay_whole_under_many_writers(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 82);
    let (one, two) = (fixture.tenant().await, fixture.tenant().await);
    let audit = fixture.audit();
    let drain = async {
        for _ in 0..20 {
            let batch = batch(&audit, fixture.now(), 7).await;
            if !batch.leaves.is_empty() {
                audit.sequence(&batch).await.unwrap();
            }
            let mut snapshot = audit.snapshot().await.unwrap();
            let before = snapshot.leaves(0, 100_000).await.unwrap().len();
            let waiting = snapshot.queue(None, 100_000).await.unwrap();
            audit.sequence(&self::batch(&audit, fixture.now(), 3).await).await.unwrap();
            assert_eq!(
                snapshot.queue(None, 100_000).await.unwrap(),
                waiting,
                "a leaf that moved stays where it was"
            );
            assert_eq!(snapshot.leaves(0, 100_000).await.unwrap().len(), before);
            tokio::task::yield_now().await;
        }
    };
    let (a, b, c) = (append(&fixture, &one, 20), append(&fixture, &one, 20), append(&fixture, &two, 20));
    tokio::join!(a, b, c, drain);
    assert_eq!(verified(&audit).await, 62);
    assert_eq!(audit.head(Some(one.workspace.id)).await.unwrap().seq, 40);
}

/// Counters add up, hour by hour, and each workspace has its own.
pub async fn permit_counts_add_up(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 83);
    let (one, two) = (fixture.tenant().await, fixture.tenant().await);
    let audit = fixture.audit();
    let counted = |hour: i64, action: &str, count| PermitCount {
        hour: fixture.now().plus_seconds(hour * 3600),
        actor: Actor::from(one.scope.principal()),
        action: action.to_owned(),
        object: "MetricReport".to_owned(),
        count,
    };
    let id = one.workspace.id;
    audit.add_permit_counts(id, &[counted(1, "ReadReport", 2), counted(0, "ReadReport", 1)]).await.unwrap();
    audit.add_permit_counts(id, &[counted(1, "ReadReport", 3), counted(1, "ReadAudit", 1)]).await.unwrap();
    audit.add_permit_counts(two.workspace.id, &[counted(0, "ReadReport", 100)]).await.unwrap();
    let store = fixture.inside(&one);
    let all = store.permit_counts(fixture.now(), fixture.now().plus_seconds(7200)).await.unwrap();
    let expected = [counted(0, "ReadReport", 1), counted(1, "ReadAudit", 1), counted(1, "ReadReport", 5)];
    assert_eq!(all, expected);
    let hour = fixture.now().plus_seconds(3600);
    assert_eq!(store.permit_counts(fixture.now(), hour).await.unwrap(), expected[..1]);
    assert_eq!(store.permit_counts(hour, hour.plus_seconds(1)).await.unwrap(), expected[1..]);
}
