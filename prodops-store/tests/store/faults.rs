//! A disk that fails at any of its operations, and what is there after the machine comes back.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use prodops_core::environment::Environment;
use prodops_core::keyring::RowKeySource;
use prodops_store::StoreError;
use prodops_store::contract::IngestBatch;
use prodops_store::embedded::Embedded;
use prodops_store::testing::{Contents, Fixture, Generate, History, KeysOnDemand, Source, Tenant};
use proptest::prelude::*;
use redb::StorageBackend;

use crate::sequencer::{next_batch, verified};

/// An operation that the disk was told but not yet made to keep.
#[derive(Debug, Clone)]
enum Pending {
    Write(u64, Vec<u8>),
    Length(u64),
}

#[derive(Debug, Default)]
struct Platter {
    /// What a power cut cannot take.
    durable: Vec<u8>,
    /// What the process sees.
    seen: Vec<u8>,
    /// What came after the last sync.
    pending: Vec<Pending>,
    /// Bytes written so far.
    written: usize,
    /// Operations left before every further one fails; `None` for a healthy disk.
    left: Option<u32>,
}

#[derive(Debug, Clone, Default)]
struct Disk(Arc<Mutex<Platter>>);

fn apply(bytes: &mut Vec<u8>, operation: &Pending) {
    match operation {
        Pending::Length(length) => bytes.resize(usize::try_from(*length).unwrap(), 0),
        Pending::Write(offset, data) => {
            let from = usize::try_from(*offset).unwrap();
            let to = from + data.len();
            if bytes.len() < to {
                bytes.resize(to, 0);
            }
            bytes[from..to].copy_from_slice(data);
        }
    }
}

impl Disk {
    fn platter(&self) -> MutexGuard<'_, Platter> {
        self.0.lock().unwrap()
    }

    fn fail_after(&self, operations: u32) {
        self.platter().left = Some(operations);
    }

    fn change(&self, operation: Pending) -> io::Result<()> {
        let mut platter = self.platter();
        platter.pending.push(operation.clone());
        platter.spend()?;
        apply(&mut platter.seen, &operation);
        Ok(())
    }

    /// The disk after a power cut: what was synced, and of the rest whatever happened to be written, in part or whole.
    fn after_power_cut(&self, luck: &Generate) -> Self {
        let platter = self.platter();
        let mut durable = platter.durable.clone();
        for operation in &platter.pending {
            match (luck.below(3), operation) {
                (0, _) => {}
                (1, Pending::Write(offset, data)) => {
                    let torn = usize::try_from(luck.below(data.len() as u64 + 1)).unwrap();
                    apply(&mut durable, &Pending::Write(*offset, data[..torn].to_vec()));
                }
                _ => apply(&mut durable, operation),
            }
        }
        let seen = durable.clone();
        Self(Arc::new(Mutex::new(Platter { durable, seen, ..Platter::default() })))
    }

    fn is_spent(&self) -> bool {
        self.platter().left == Some(0)
    }
}

impl Platter {
    fn spend(&mut self) -> io::Result<()> {
        match &mut self.left {
            None => Ok(()),
            Some(0) => Err(io::ErrorKind::StorageFull.into()),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
        }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.platter().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let platter = self.platter();
        let from = usize::try_from(offset).unwrap();
        let found = platter.seen.get(from..from + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(found);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.change(Pending::Length(length))
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut platter = self.platter();
        platter.spend()?;
        platter.durable = platter.seen.clone();
        platter.pending.clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.platter().written += data.len();
        self.change(Pending::Write(offset, data.to_vec()))
    }
}

fn open(disk: &Disk, keys: &Arc<KeysOnDemand>, seed: u64) -> Fixture {
    let keys: Arc<dyn RowKeySource> = Arc::<KeysOnDemand>::clone(keys);
    let store = Embedded::on_storage(disk.clone(), Environment::Test, keys).unwrap();
    Fixture::new(Arc::new(store), seed)
}

/// A store with a first batch in it, and a second one that changes, adds and names.
struct Prepared {
    disk: Disk,
    keys: Arc<KeysOnDemand>,
    fixture: Fixture,
    tenant: Tenant,
    source: Source,
    history: History,
    second: IngestBatch,
    before: Contents,
}

async fn prepare(seed: u64) -> Prepared {
    let (disk, keys) = (Disk::default(), KeysOnDemand::new(Environment::Test).await);
    let fixture = open(&disk, &keys, seed);
    let tenant = fixture.tenant().await;
    let source = fixture.source(&tenant).await;
    let mut history = fixture.generate.history(source.connection, 60, 4);
    let later = history.commits.split_off(30);
    let store = fixture.inside(&tenant);
    store.ingest(source.batch(None, b"1", history.facts())).await.unwrap();
    let before = Contents::of(&store, &source, &history).await;
    history.commits.iter_mut().for_each(|commit| commit.label = None);
    history.commits.extend(later);
    history.people.push(fixture.generate.person());
    history.repository.shallow = !history.repository.shallow;
    let second = source.batch(Some(b"1"), b"2", history.facts());
    Prepared { disk, keys, fixture, tenant, source, history, second, before }
}

impl Prepared {
    /// Comes back after a power cut and looks.
    async fn again(self, luck: &Generate) -> (Contents, Fixture, Contents) {
        let Self { disk, keys, fixture, tenant, source, history, before, .. } = self;
        // The process is gone before the machine: its last attempts to write fail like all others.
        drop(fixture);
        let fixture = open(&disk.after_power_cut(luck), &keys, 99);
        let scope = fixture.enter(tenant.user, &tenant.workspace.slug).await;
        let store = fixture.store.workspace(&scope).unwrap();
        let now = Contents::of(&store, &source, &history).await;
        (before, fixture, now)
    }
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

/// What a healthy disk holds after the second batch.
async fn after(seed: u64) -> Contents {
    let prepared = prepare(seed).await;
    let store = prepared.fixture.inside(&prepared.tenant);
    store.ingest(prepared.second.clone()).await.unwrap();
    Contents::of(&store, &prepared.source, &prepared.history).await
}

/// Lets the disk fail after so many operations of the second batch. Tells whether the batch got through.
async fn batch_on_failing_disk(seed: u64, operations: u32, luck: u64) -> bool {
    let prepared = prepare(seed).await;
    prepared.disk.fail_after(operations);
    let store = prepared.fixture.inside(&prepared.tenant);
    let outcome = store.ingest(prepared.second.clone()).await;
    drop(store);
    let stored = match outcome {
        Ok(_) => true,
        Err(StoreError::Full) => false,
        Err(other) => panic!("after {operations} operations: {other:?}"),
    };
    let expected = after(seed).await;
    let (before, _fixture, now) = prepared.again(&Generate::new(luck)).await;
    assert_ne!(before, expected);
    assert!(
        now == expected || (!stored && now == before),
        "after {operations} operations: neither old nor new"
    );
    stored
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_batch_is_whole_or_absent_wherever_the_disk_fails(
        seed in 0u64..1_000,
        operations in 0u32..60,
        luck in any::<u64>(),
    ) {
        run(batch_on_failing_disk(seed, operations, luck));
    }
}

#[test]
fn every_point_of_failure_of_one_batch_is_tried() {
    let mut failures = 0;
    while !run(batch_on_failing_disk(5, failures, u64::from(failures))) {
        failures += 1;
    }
    assert!(failures > 10, "a commit is more than {failures} operations");
}

#[test]
fn unchanged_rows_do_not_reach_the_disk() {
    run(async {
        let (disk, keys) = (Disk::default(), KeysOnDemand::new(Environment::Test).await);
        let fixture = open(&disk, &keys, 8);
        let tenant = fixture.tenant().await;
        let (store, source) = (fixture.inside(&tenant), fixture.source(&tenant).await);
        let history = fixture.generate.history(source.connection, 2_000, 5);
        let start = disk.platter().written;
        store.ingest(source.batch(None, b"1", history.facts())).await.unwrap();
        let first = disk.platter().written - start;
        store.ingest(source.batch(Some(b"1"), b"2", history.facts())).await.unwrap();
        let again = disk.platter().written - start - first;
        assert!(again * 10 < first, "{again} bytes for nothing new, {first} for everything");
    });
}

#[test]
fn pruning_is_whole_or_absent_too() {
    for operations in 0..12 {
        run(async {
            let prepared = prepare(6).await;
            prepared.disk.fail_after(operations);
            let (source, id) = (prepared.source.clone(), prepared.history.repository.id);
            let store = prepared.fixture.inside(&prepared.tenant);
            let outcome =
                store.retain_commits(source.connection, id, source.lease.epoch, &BTreeSet::new()).await;
            drop(store);
            let luck = Generate::new(u64::from(operations));
            let (before, _fixture, now) = prepared.again(&luck).await;
            let gone = Contents { commits: Vec::new(), ..before.clone() };
            assert!(now == gone || (outcome.is_err() && now == before), "after {operations} operations");
        });
    }
}

#[test]
fn after_a_full_disk_the_store_stays_shut_until_it_is_opened_again() {
    run(async {
        let prepared = prepare(7).await;
        prepared.disk.fail_after(0);
        let store = prepared.fixture.inside(&prepared.tenant);
        let full = store.ingest(prepared.second.clone()).await.unwrap_err();
        assert!(matches!(full, StoreError::Full) && !full.is_retryable(), "{full:?}");
        assert!(prepared.disk.is_spent());
        let shut = store.ingest(prepared.second.clone()).await.unwrap_err();
        assert!(matches!(shut, StoreError::Unavailable(None)), "{shut:?}");
        drop(store);

        let (second, tenant) = (prepared.second.clone(), prepared.tenant.user);
        let slug = prepared.tenant.workspace.slug.clone();
        let (_, fixture, _) = prepared.again(&Generate::new(1)).await;
        let scope = fixture.enter(tenant, &slug).await;
        fixture.store.workspace(&scope).unwrap().ingest(second).await.expect("there is room again");
    });
}

/// Lets the disk fail after so many operations while leaves get their place in the tree. Tells whether they got it.
async fn sequencing_on_failing_disk(operations: u32) -> bool {
    let prepared = prepare(9).await;
    for _ in 0..20 {
        let store = prepared.fixture.inside(&prepared.tenant);
        store.append_audit(&prepared.fixture.event(&prepared.tenant.scope)).await.unwrap();
    }
    let first = next_batch(&prepared.fixture.audit(), 7).await;
    prepared.fixture.audit().sequence(&first).await.unwrap();
    let second = next_batch(&prepared.fixture.audit(), 7).await;
    prepared.disk.fail_after(operations);
    let stored = prepared.fixture.audit().sequence(&second).await.is_ok();

    let (_, fixture, _) = prepared.again(&Generate::new(u64::from(operations))).await;
    let audit = fixture.audit();
    let size = audit.tree().await.unwrap().frontier.size();
    assert!(size == 14 || (!stored && size == 7), "after {operations} operations: {size} leaves");
    // Whoever goes on repeats nothing and leaves nothing out.
    loop {
        let batch = next_batch(&audit, 7).await;
        if batch.leaves.is_empty() {
            break;
        }
        audit.sequence(&batch).await.unwrap();
    }
    assert_eq!(verified(&audit).await, Ok(22), "20 events, a connection and a workspace");
    stored
}

#[test]
fn a_sequencer_that_is_killed_anywhere_repeats_nothing_and_leaves_nothing_out() {
    let mut failures = 0;
    while !run(sequencing_on_failing_disk(failures)) {
        failures += 1;
    }
    assert!(failures > 5, "a commit is more than {failures} operations");
}

#[test]
fn an_entry_is_chained_or_absent_wherever_the_disk_fails() {
    for operations in 0..12 {
        run(async {
            let prepared = prepare(10).await;
            prepared.disk.fail_after(operations);
            let event = prepared.fixture.event(&prepared.tenant.scope);
            let appended = prepared.fixture.inside(&prepared.tenant).append_audit(&event).await.is_ok();
            let (_, fixture, _) = prepared.again(&Generate::new(u64::from(operations))).await;
            let entries = verified(&fixture.audit()).await.unwrap();
            assert!(entries == 3 || (!appended && entries == 2), "after {operations} operations: {entries}");
        });
    }
}
