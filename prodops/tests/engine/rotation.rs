//! Data keys are rotated under load and killed again and again: nothing ever fails to open.
//!
//! The test runs itself as a child process, which rotates, re-seals and retires without an end while others read and write,
//! and says what it does next. The parent kills it at one of these words, whichever turn it is, and looks.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use prodops::core::clock::Clock;
use prodops::core::environment::Environment;
use prodops::core::fact::CommitFact;
use prodops::core::id::{RepositoryId, UserId};
use prodops::core::keyring::KeyOwner;
use prodops::core::time::Timestamp;
use prodops::engine::{Engine, StoreLocation, Workspace};
use prodops::store::contract::AuditQuery;
use prodops_core::testing::FixedClock;

use crate::place::{NOW, Place, build, enter, tenant};
use crate::repository::history;

const COMMITS: usize = 400;
/// Kills, each at another word.
const LIVES: usize = 24;

/// A clock that the child moves by hand, so that keys may be retired without waiting.
#[derive(Debug, Clone)]
struct Moved(Arc<FixedClock>);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

/// What the child is told.
struct Order {
    store: PathBuf,
    roots: PathBuf,
    owner: UserId,
    repository: RepositoryId,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "the child process of the test below; alone it has no orders"]
async fn life() {
    let mut lines = std::io::stdin().lines().map_while(Result::ok);
    let mut next = || lines.next().expect("orders on standard input");
    let order = Order {
        store: next().into(),
        roots: next().into(),
        owner: next().parse().unwrap(),
        repository: next().parse().unwrap(),
    };
    let clock = Moved(Arc::new(FixedClock::at(NOW)));
    let location = StoreLocation::File(order.store.clone());
    let engine = build(&order.roots, location, Environment::Test, clock.clone()).await.unwrap();
    let workspace = Arc::new(enter(&engine, order.owner, "one").await.unwrap());
    let failed = Arc::new(AtomicBool::new(false));
    for _ in 0..3 {
        tokio::spawn(reads(Arc::clone(&workspace), order.repository, Arc::clone(&failed)));
    }
    tokio::spawn(writes(Arc::clone(&workspace), engine.clone(), order.owner, Arc::clone(&failed)));
    let owners = engine.keyring().unwrap().owners().await.unwrap();
    for round in 0u64.. {
        for owner in &owners {
            rotate(&engine, *owner, round, &clock).await;
            assert!(!failed.load(Ordering::SeqCst), "something could not be opened");
        }
        println!("round {round} done");
    }
}

async fn rotate(engine: &Engine, owner: KeyOwner, round: u64, clock: &Moved) {
    println!("round {round}: rotate");
    engine.rotate_data_key(owner).await.unwrap();
    println!("round {round}: sweep");
    engine.sweep(owner).await.unwrap();
    clock.0.advance_seconds(11 * 60);
    println!("round {round}: retire");
    engine.retire_data_keys(owner).await.unwrap();
    // Sessions must not end by age in this test.
    clock.0.advance_seconds(-11 * 60);
}

async fn reads(workspace: Arc<Workspace>, repository: RepositoryId, failed: Arc<AtomicBool>) {
    loop {
        match workspace.commits(repository, None, 5_000).await {
            Ok(page) if page.items.len() == COMMITS => {}
            other => {
                println!("failed read: {:?}", other.map(|page| page.items.len()));
                failed.store(true, Ordering::SeqCst);
                return;
            }
        }
        tokio::task::yield_now().await;
    }
}

async fn writes(workspace: Arc<Workspace>, engine: Engine, owner: UserId, failed: Arc<AtomicBool>) {
    loop {
        // One write in the workspace (reading the audit log is an event) and one in the identity plane.
        let (seen, link) =
            (workspace.audit(&AuditQuery::default(), None, 10).await, engine.sign_in_link(owner, 60).await);
        if let (Err(error), _) | (_, Err(error)) = (seen.map(drop), link.map(drop)) {
            println!("failed write: {error:?}");
            failed.store(true, Ordering::SeqCst);
            return;
        }
    }
}

/// Lets a child live until it has said so many words, then kills it. Gives how many rounds it had done.
fn live(order: &Order, words: usize) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "rotation::life"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let Order { store, roots, owner, repository } = order;
    let mut orders = child.stdin.take().unwrap();
    writeln!(orders, "{}\n{}\n{owner}\n{repository}", store.display(), roots.display()).unwrap();
    let (mut said, mut rounds) = (0, 0);
    for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
        assert!(!line.contains("failed"), "{line}");
        said += usize::from(line.contains("round"));
        rounds += u64::from(line.contains("done"));
        if said >= words {
            break;
        }
    }
    assert!(said >= words, "the child ended by itself after {said} words");
    child.kill().unwrap();
    child.wait().unwrap();
    rounds
}

async fn contents(place: &Place, order: &Order) -> Vec<CommitFact> {
    let engine = place.engine_on(&order.store).await;
    let workspace = enter(&engine, order.owner, "one").await.unwrap();
    workspace.commits(order.repository, None, 5_000).await.unwrap().items
}

#[tokio::test]
async fn data_keys_that_are_rotated_under_load_and_killed_leave_nothing_that_cannot_be_opened() {
    let place = Place::new();
    let file: &Path = &place.path("store.redb");
    let engine = place.engine_on(file).await;
    let one = tenant(&engine, "one").await;
    one.read(&place.repository("api", &history(COMMITS))).await;
    let repository = one.workspace.repositories().await.unwrap()[0].id;
    let order = Order { store: file.to_owned(), roots: place.roots(), owner: one.owner, repository };
    drop((one, engine));
    let before = contents(&place, &order).await;
    let rounds = AtomicU64::new(0);
    for life in 0..LIVES {
        // Seven words a round: every kill comes at another one, in the first round or in a later one.
        rounds.fetch_add(live(&order, 1 + life * 5 % 16), Ordering::SeqCst);
        assert!(contents(&place, &order).await == before, "life {life}: a commit is not what it was");
    }
    let engine = place.engine_on(file).await;
    // What the last kill left is brought to its end by whoever works next.
    engine.worker().round().await.unwrap();
    let ring = engine.keyring().unwrap();
    assert!(ring.verify(&ring.roots()).await.unwrap().failures.is_empty());
    println!("killed {LIVES} times, after {} whole rounds", rounds.into_inner());
}
