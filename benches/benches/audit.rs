//! The audit log at size: appending to 50 logs, bringing entries into the tree, verifying, and asking for one member's entries.
//!
//! Each step is run once over what the one before left: `cargo bench -p benches --bench audit`, with another number of events
//! than 100,000 behind `--`.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement reads the clock and prints what it read"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use prodops::core::audit::verify::SequencedTree;
use prodops::core::audit::{Actor, AuditEvent, Checkpoint, KeyName};
use prodops::core::environment::Environment;
use prodops::core::id::MembershipId;
use prodops::store::backend::{AuditBackend, Backend};
use prodops::store::contract::{AuditFilter, AuditQuery, SequencedBatch, SignedCheckpoint};
use prodops::store::embedded::Embedded;
use prodops::store::testing::{Fixture, KeysOnDemand, Tenant};

type Failure = Box<dyn std::error::Error>;

const LOGS: usize = 50;
/// Events in all, unless told otherwise.
const EVENTS: usize = 100_000;
/// Events that are appended in one transaction: what a busy second of a workspace brings.
const BATCH: usize = 100;
/// Members who act in each workspace.
const MEMBERS: u8 = 100;

/// So many events of a workspace, each by another of its members.
fn events(fixture: &Fixture, tenant: &Tenant) -> Vec<AuditEvent> {
    let event = |n: usize| {
        let member = u8::try_from(n % usize::from(MEMBERS)).unwrap_or_default();
        AuditEvent {
            actor: Actor::Member(MembershipId::from_bytes([member; 16])),
            ..fixture.event(&tenant.scope)
        }
    };
    (0..BATCH).map(event).collect()
}

async fn append(
    backend: &dyn AuditBackend,
    fixture: &Fixture,
    tenants: &[Tenant],
    total: usize,
) -> Result<(), Failure> {
    let mut took = Duration::ZERO;
    for _ in 0..total / LOGS / BATCH {
        for tenant in tenants {
            let events = events(fixture, tenant);
            let begun = Instant::now();
            backend.append_audit(Some(tenant.workspace.id), &events).await?;
            took += begun.elapsed();
        }
    }
    let rate = total as f64 / took.as_secs_f64();
    println!(
        "append: {total} events to {LOGS} logs in {took:.2?}, {rate:.0} a second, durable in batches of {BATCH}"
    );
    Ok(())
}

async fn sequence(fixture: &Fixture) -> Result<(), Failure> {
    let (audit, begun) = (fixture.audit(), Instant::now());
    loop {
        let mut frontier = audit.tree().await?.frontier;
        let (expected, leaves) = (frontier.size(), audit.queue(None, 1_000).await?);
        if leaves.is_empty() {
            break;
        }
        frontier.extend(leaves.iter().map(|leaf| leaf.hash));
        let (size, root) = (frontier.size(), frontier.root());
        let checkpoint = SignedCheckpoint { size, root, time: fixture.now(), note: String::new() };
        audit.sequence(&SequencedBatch { expected, leaves, frontier, checkpoint }).await?;
    }
    println!(
        "sequence: {} leaves in {:.2?}, in steps of 1,000",
        audit.tree().await?.frontier.size(),
        begun.elapsed()
    );
    Ok(())
}

async fn verify(fixture: &Fixture) -> Result<(), Failure> {
    let (audit, begun) = (fixture.audit(), Instant::now());
    let mut snapshot = audit.snapshot().await?;
    let origin = KeyName::new("bench")?;
    let own = snapshot.checkpoints().await?.into_iter();
    let own = own.map(|one| Checkpoint { origin: origin.clone(), size: one.size, root: one.root });
    let mut tree = SequencedTree::new(own.collect(), vec![]);
    for (index, leaf) in snapshot.leaves(0, usize::MAX).await? {
        tree.leaf(index, leaf);
    }
    let mut findings = tree.finish(snapshot.right_edge().await?.as_ref()).len();
    for workspace in tree.logs().collect::<Vec<_>>() {
        let mut check = tree.log(workspace);
        for (seq, row) in snapshot.log(workspace, 0, usize::MAX).await? {
            check.entry(seq, row.as_ref());
        }
        findings += usize::from(check.finish(snapshot.head(workspace).await?).is_err());
    }
    println!("verify: {} entries in {:.2?}, {findings} findings", tree.size(), begun.elapsed());
    Ok(())
}

async fn query(fixture: &Fixture, tenant: &Tenant, total: usize) -> Result<(), Failure> {
    let actor = Some(Actor::Member(MembershipId::from_bytes([7; 16])));
    let asked = AuditQuery { filter: AuditFilter { actor, ..AuditFilter::default() }, newest_first: true };
    let begun = Instant::now();
    let page = fixture.inside(tenant).audit_events(&asked, None, 5_000).await?;
    println!(
        "query: {} entries of one member among {} of a log in {:.2?}",
        page.items.len(),
        total / LOGS,
        begun.elapsed()
    );
    Ok(())
}

fn main() -> Result<(), Failure> {
    let total = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(EVENTS);
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
    runtime.block_on(async {
        let keys = KeysOnDemand::new(Environment::Test).await;
        let store =
            Arc::new(Embedded::open(&folder.path().join("store.redb"), Environment::Test, keys).await?);
        let backend: Arc<dyn Backend> = store.clone();
        let fixture = Fixture::new(backend, 1);
        let mut tenants = Vec::with_capacity(LOGS);
        for _ in 0..LOGS {
            tenants.push(fixture.tenant().await);
        }
        append(store.as_ref(), &fixture, &tenants, total).await?;
        sequence(&fixture).await?;
        verify(&fixture).await?;
        match tenants.first() {
            Some(tenant) => query(&fixture, tenant, total).await,
            None => Ok(()),
        }
    })
}
