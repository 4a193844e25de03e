//! Rotations at size: 10,000 workspaces under a new root key, and a million rows under a new data key.
//!
//! Each is run once, since it changes what it measures: `cargo bench -p benches --bench keys`.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement reads the clock and prints what it read"
)]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use prodops::core::clock::SystemClock;
use prodops::core::entropy::SystemEntropy;
use prodops::core::environment::Environment;
use prodops::core::id::WorkspaceId;
use prodops::core::keyring::{
    Change, ExistingData, KeyOwner, Keyring, KeyringParts, KeyringStore, LocalRoot, MemoryKeyring, Roots,
};
use prodops::core::secret::Secret;
use prodops::store::embedded::Embedded;
use prodops::store::keyring::FileKeyring;
use prodops::store::testing::{Fixture, KeysOnDemand};

type Failure = Box<dyn std::error::Error>;

const WORKSPACES: u32 = 10_000;
const ROWS: usize = 1_000_000;
const BATCH: usize = 10_000;
const STEP: usize = 2_000;

fn root(byte: u8) -> LocalRoot {
    LocalRoot::from_bytes(Secret::new([byte; 32]), Arc::new(SystemEntropy))
}

async fn open(store: Arc<dyn KeyringStore>, roots: Roots, data: ExistingData) -> Result<Keyring, Failure> {
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    let parts = KeyringParts { environment: Environment::Test, store, roots, clock, entropy };
    Ok(Keyring::open(parts, data).await?)
}

/// A keyring file with many workspaces: made in memory, then written in a few steps.
async fn filled(path: &Path) -> Result<Arc<FileKeyring>, Failure> {
    let memory = Arc::new(MemoryKeyring::default());
    let ring = open(memory.clone(), Roots::new(root(1)), ExistingData::Absent).await?;
    for n in 0..WORKSPACES {
        ring.create_workspace(WorkspaceId::derive(&[&n.to_be_bytes()])).await?;
    }
    let file = Arc::new(FileKeyring::open(path, Environment::Test)?);
    let mut changes: Vec<Change> = memory
        .roots()
        .await?
        .into_iter()
        .map(|row| Change::Root { before: None, after: Some(row) })
        .collect();
    for owner in memory.owners(None, usize::MAX).await? {
        let keys = memory.data_keys(owner).await?.into_iter();
        changes.extend(keys.map(|row| Change::DataKey { before: None, after: Box::new(row) }));
        let sealed = memory.sealed_keys(owner).await?.into_iter();
        changes.extend(sealed.map(|row| Change::SealedKey { before: None, after: Some(Box::new(row)) }));
    }
    file.apply(changes).await?;
    Ok(file)
}

async fn rotate_root(folder: &Path) -> Result<(), Failure> {
    let path = folder.join("keyring");
    let file = filled(&path).await?;
    let ring = open(file, Roots::new(root(2)).and(root(1)), ExistingData::Present).await?;
    let begun = Instant::now();
    ring.rotate_roots().await?;
    let took = begun.elapsed();
    let bytes = std::fs::metadata(&path)?.len();
    println!("root rotation: {WORKSPACES} workspaces in {took:.2?}, keyring of {bytes} bytes");
    let begun = Instant::now();
    let found = ring.verify(&ring.roots()).await?;
    println!(
        "verification: {} wrappings in {:.2?}, {} failures",
        found.wrappings,
        begun.elapsed(),
        found.failures.len()
    );
    Ok(())
}

async fn rotate_data_key(folder: &Path) -> Result<(), Failure> {
    let path = folder.join("store.redb");
    let keys = KeysOnDemand::new(Environment::Test).await;
    let store = Embedded::open(&path, Environment::Test, keys.clone()).await?;
    let fixture = Fixture::new(Arc::new(store), 1);
    let tenant = fixture.tenant().await;
    let (source, mut cursor) = (fixture.source(&tenant).await, None);
    for n in 0..ROWS / BATCH {
        let history = fixture.generate.history(source.connection, BATCH - 10, 2);
        let next = n.to_be_bytes().to_vec();
        let batch = source.batch(cursor.as_deref(), &next, history.facts());
        fixture.inside(&tenant).ingest(batch).await?;
        cursor = Some(next);
    }
    let owner = KeyOwner::Workspace(tenant.workspace.id);
    let begun = Instant::now();
    keys.0.rotate_data_key(owner).await?;
    let (control, mut rows, mut after) = (fixture.authority.control(), 0, None);
    loop {
        let step = fixture.store.control(&control)?.reseal(owner, after.as_ref(), STEP).await?;
        rows += step.rows;
        match step.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    println!("data key rotation: {rows} rows in {:.2?}, in steps of {STEP}", begun.elapsed());
    Ok(())
}

fn main() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
    runtime.block_on(async {
        rotate_root(folder.path()).await?;
        rotate_data_key(folder.path()).await
    })
}
