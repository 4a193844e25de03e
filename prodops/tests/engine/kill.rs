//! A sync that is killed again and again ends where an undisturbed one does.
//!
//! The test runs itself as a child process, which syncs into a file and says after each stored batch how far it is. Most
//! children stand still right after a batch and are killed there, so that the points are spread over the history; the
//! others are killed while they go on, wherever that hits them.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use prodops::connectors::contract::{CommitCursor, Progress, ProgressEvent, Silent, decode_cursor};
use prodops::core::environment::Environment;
use prodops::core::fact::{CommitFact, CoverageFact, PersonFact, RepositoryFact};
use prodops::core::filter::Filter;
use prodops::core::id::{ConnectionId, UserId};
use prodops::core::input::StreamName;
use prodops::core::time::Timestamp;
use prodops::engine::StoreLocation;
use prodops::store::testing::Fixture;
use prodops_core::testing::FixedClock;

use crate::place::{NOW, Place, build, enter, git, slug, store, target, tenant};
use crate::repository::history;

const COMMITS: usize = 3_200;
/// Children that stand still before they are killed, so many commits apart. The last stands far enough from the end for
/// one batch of the largest size.
const HELD: u64 = 20;
const APART: u64 = 120;
/// Children that are killed while they go on, unless they come to the end.
const GOING: u64 = 10;
/// For the children that do not stand still.
const NEVER: u64 = u64::MAX;

/// What a child is told, a line each.
struct Order {
    store: PathBuf,
    roots: PathBuf,
    owner: UserId,
    connection: ConnectionId,
    /// It stands still with the first batch that ends here or further on.
    hold: u64,
}

impl Order {
    fn read(lines: &mut impl Iterator<Item = String>) -> Option<Self> {
        Some(Self {
            store: lines.next()?.into(),
            roots: lines.next()?.into(),
            owner: lines.next()?.parse().ok()?,
            connection: lines.next()?.parse().ok()?,
            hold: lines.next()?.parse().ok()?,
        })
    }

    fn write(&self, mut to: impl Write) {
        let Self { store, roots, owner, connection, hold } = self;
        writeln!(to, "{}\n{}\n{owner}\n{connection}\n{hold}", store.display(), roots.display()).unwrap();
        to.flush().unwrap();
    }
}

/// Says how many commits are stored, and stands still when it has to.
struct Loud {
    hold: u64,
}

impl Loud {
    fn say(&self, done: u64) {
        println!("\nstored {done}");
        if done >= self.hold {
            // Nobody writes any more: this ends with the parent, should it forget to kill.
            std::io::stdin().lines().for_each(drop);
        }
    }
}

impl Progress for Loud {
    fn report(&self, event: ProgressEvent<'_>) {
        if event.stream == "commits" {
            self.say(event.done);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the child process of the test below; alone it has no orders"]
async fn life() {
    let mut lines = std::io::stdin().lines().take(5).map(Result::unwrap);
    let order = Order::read(&mut lines).expect("orders on standard input");
    let location = StoreLocation::File(order.store);
    let clock = FixedClock::at(NOW);
    let engine = build(&order.roots, location, Environment::Test, clock).await.unwrap();
    let workspace = enter(&engine, order.owner, "one").await.unwrap();
    let loud = Loud { hold: order.hold };
    loud.say(0);
    workspace.sync(order.connection, &loud, &Default::default()).await.unwrap();
}

/// Runs a child until it has said something that satisfies `enough`, then kills it. `false` when it came to its end.
fn live(order: &Order, enough: impl FnMut(u64) -> bool) -> bool {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "kill::life"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The pipe stays open for as long as the child lives: its end would set a child that stands still going.
    let mut orders = child.stdin.take().unwrap();
    order.write(&mut orders);
    let reached = said(child.stdout.take().unwrap()).any(enough);
    end(child, reached)
}

fn said(output: ChildStdout) -> impl Iterator<Item = u64> {
    let lines = BufReader::new(output).lines().map_while(Result::ok);
    lines.filter_map(|line| line.strip_prefix("stored ")?.parse().ok())
}

fn end(mut child: Child, kill: bool) -> bool {
    if kill {
        child.kill().unwrap();
    }
    let status = child.wait().unwrap();
    assert!(kill || status.success(), "a child failed by itself: {status}");
    !status.success()
}

/// Everything that a sync left behind, read from the file without an engine.
#[derive(Debug, PartialEq)]
struct Left {
    repositories: Vec<RepositoryFact>,
    commits: Vec<CommitFact>,
    people: Vec<PersonFact>,
    coverage: Vec<CoverageFact>,
    head: Option<Vec<u8>>,
    cursor: Option<CommitCursor>,
}

async fn left(order: &Order) -> Left {
    let backend = store(&order.store, &order.roots).await;
    // Tokens of sessions are drawn from the seed: another one for each look.
    static LOOKS: AtomicU64 = AtomicU64::new(1);
    let fixture = Fixture::new(Arc::new(backend), LOOKS.fetch_add(1, Ordering::SeqCst));
    let scope = fixture.enter(order.owner, &slug("one")).await;
    let store = fixture.store.workspace(&scope).unwrap();
    let mut left = Left {
        repositories: store.repositories(&Filter::all()).await.unwrap(),
        commits: Vec::new(),
        people: store.people().await.unwrap(),
        coverage: Vec::new(),
        head: None,
        cursor: None,
    };
    for repository in &left.repositories {
        let page = store.commits(repository.id, None, 5_000).await.unwrap();
        assert!(page.next.is_none());
        left.commits.extend(page.items);
        left.coverage.extend(store.coverage(repository.id).await.unwrap());
    }
    let stream = |name| StreamName::new(name).unwrap();
    left.head = store.cursor(order.connection, &stream("repositories")).await.unwrap();
    let cursor = store.cursor(order.connection, &stream("commits")).await.unwrap();
    // Everything but how many walks it took and when they began.
    left.cursor = cursor.map(|bytes| CommitCursor { walk: 0, ..decode_cursor(&bytes).unwrap() });
    left.coverage.iter_mut().for_each(|fact| fact.to = Timestamp::UNIX_EPOCH);
    left
}

#[tokio::test]
async fn a_sync_that_is_killed_at_many_points_ends_like_an_undisturbed_one() {
    let place = Place::new();
    let repository = place.repository("api", &history(COMMITS));
    let (plain, killed) = (place.path("plain.redb"), place.path("killed.redb"));
    let engine = place.engine_on(&plain).await;
    let one = tenant(&engine, "one").await;
    let connection = one.workspace.connect(&git(), &target(repository.path())).await.unwrap().id;
    let owner = one.owner;
    drop((one, engine));
    std::fs::copy(&plain, &killed).unwrap();
    std::fs::copy(place.path("plain.redb.keyring"), place.path("killed.redb.keyring")).unwrap();
    let order =
        |store: &Path, hold| Order { store: store.to_owned(), roots: place.roots(), owner, connection, hold };

    let engine = place.engine_on(&plain).await;
    let workspace = enter(&engine, owner, "one").await.unwrap();
    workspace.sync(connection, &Silent, &Default::default()).await.unwrap();
    drop((workspace, engine));
    let undisturbed = left(&order(&plain, NEVER)).await;
    assert_eq!(undisturbed.commits.len(), COMMITS);

    let mut points = Vec::new();
    for life in 0..HELD {
        let hold = life * APART;
        assert!(live(&order(&killed, hold), |done| done >= hold), "life {life} came to its end");
        points.push(left(&order(&killed, hold)).await.commits.len());
    }
    assert!(points.is_sorted() && points[0] == 0, "what was stored stays: {points:?}");
    let mut going = 0;
    while going < GOING && live(&order(&killed, NEVER), |done| done > 0) {
        going += 1;
    }
    println!("killed {HELD} times while it stood still, at {points:?}, and {going} times on the way");
    assert!(going > 0, "at least one was killed on the way");

    let engine = place.engine_on(&killed).await;
    let workspace = enter(&engine, owner, "one").await.unwrap();
    workspace.sync(connection, &Silent, &Default::default()).await.unwrap();
    assert_eq!(workspace.sync(connection, &Silent, &Default::default()).await.unwrap().commits, 0);
    drop((workspace, engine));
    let after = left(&order(&killed, NEVER)).await;
    assert_eq!(after.commits.len(), COMMITS);
    // Not compared as a whole: a difference would print every commit.
    assert!(after.commits == undisturbed.commits, "every commit is the same");
    assert_eq!(after.repositories, undisturbed.repositories);
    assert_eq!(after.people, undisturbed.people);
    assert_eq!(after.coverage, undisturbed.coverage);
    assert_eq!(after.head, undisturbed.head);
    assert_eq!(after.cursor, undisturbed.cursor);
}
