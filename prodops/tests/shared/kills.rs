//! Three processes that are killed at random points: what was acknowledged is there once, the log verifies, the facts are those
//! of an undisturbed run, no job is lost or done twice at one epoch.

use std::collections::{BTreeMap, BTreeSet};

use prodops::core::audit::Decision;
use prodops::core::clock::{Clock, SystemClock};
use prodops::core::fact::CommitFact;
use prodops::core::id::PersonId;
use prodops::engine::{Engine, Workspace};
use prodops::store::contract::{AuditQuery, ConnectionState, JobState};
use prodops::store::testing::postgres::{TestDatabase, skipped};
use prodops_core::testing::SeededEntropy;

use crate::database::{Urls, builder};
use crate::life::{Order, Process, below, repository_path};
use crate::place::{Place, enter, git, slug, stranger, target, tenant};
use crate::repository::history;
use crate::time::FastClock;

const PROCESSES: u64 = 3;
const REPOSITORIES: u64 = 6;
/// Longer than any hold, so that what a killed process had in hand is up again.
const HOLD_OVER: i64 = 61;

/// Everything that the processes said.
#[derive(Debug, Default)]
struct Heard {
    members: BTreeSet<String>,
    sessions: Vec<String>,
    connected: BTreeSet<String>,
    epochs: BTreeSet<(String, String)>,
    rotated: u64,
    acknowledged: u64,
    failures: BTreeMap<String, u64>,
}

impl Heard {
    fn hear(&mut self, line: &str) {
        let words: Vec<&str> = line.splitn(3, ' ').collect();
        match words[..] {
            ["done", "member", name] => assert!(self.members.insert(name.to_owned())),
            ["done", "session", cookie] => self.sessions.push(cookie.to_owned()),
            ["done", "connected", path] => {
                assert!(self.connected.insert(path.to_owned()), "connected twice: {path}");
            }
            ["done", "rotated"] => self.rotated += 1,
            ["epoch", connection, epoch] => {
                let fresh = self.epochs.insert((connection.to_owned(), epoch.to_owned()));
                assert!(fresh, "{connection} was read twice at epoch {epoch}");
            }
            ["failed", ..] => *self.failures.entry(line.to_owned()).or_default() += 1,
            _ => {}
        }
        self.acknowledged += u64::from(words[0] == "done");
    }
}

/// What is known of a commit that does not depend on the keys of its workspace.
type Plain = (String, Vec<String>, String, String, bool, String, u64, u64, usize, usize);

fn plain(facts: &[CommitFact]) -> Vec<Plain> {
    let mut people: BTreeMap<PersonId, usize> = BTreeMap::new();
    let facts = facts.iter().map(|fact| {
        let next = people.len() + 1;
        let author = fact.author.map_or(0, |author| *people.entry(author).or_insert(next));
        (
            fact.id.to_string(),
            fact.parents.iter().map(ToString::to_string).collect(),
            format!("{:?}", fact.authored),
            format!("{:?}", fact.committed),
            fact.bot,
            format!("{:?}", fact.label),
            fact.added(),
            fact.deleted(),
            fact.changes.len(),
            author,
        )
    });
    facts.collect()
}

async fn facts(workspace: &Workspace) -> BTreeMap<String, Vec<Plain>> {
    let mut all = BTreeMap::new();
    for repository in workspace.repositories().await.unwrap() {
        let page = workspace.commits(repository.id, None, 500).await.unwrap();
        assert!(page.next.is_none());
        all.insert(repository.name.as_str().to_owned(), plain(&page.items));
    }
    all
}

/// The facts of an engine that nobody disturbs.
async fn undisturbed(place: &Place) -> BTreeMap<String, Vec<Plain>> {
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    for number in 0..REPOSITORIES {
        let path = repository_path(&place.roots(), number);
        let connection = one.workspace.connect(&git(), &target(&path)).await.unwrap();
        one.sync(connection.id).await.unwrap();
    }
    facts(&one.workspace).await
}

/// Works until nobody holds a job and every connection was read.
async fn settle(engine: &Engine, workspace: &Workspace, clock: &FastClock) {
    for _ in 0..20 {
        clock.stop_ahead(HOLD_OVER);
        engine.worker().round().await.unwrap();
        let integrations = workspace.integrations().await.unwrap();
        let active = integrations.iter().filter(|row| row.connection.state == ConnectionState::Active);
        let rests = |row: &prodops::engine::Integration| {
            row.job.as_ref().is_some_and(|job| job.state == JobState::Queued && job.succeeded.is_some())
        };
        if active.clone().count() > 0 && active.clone().all(rests) {
            return;
        }
    }
    panic!("jobs do not come to rest: {:?}", workspace.integrations().await.unwrap());
}

async fn assert_kept(engine: &Engine, workspace: &Workspace, heard: &Heard) {
    // Members: each once, whoever made them.
    for name in &heard.members {
        let user = stranger(engine, name).await;
        assert!(enter(engine, user, "one").await.is_ok(), "member {name} was acknowledged");
    }
    let mut after = None;
    let mut made = BTreeMap::new();
    loop {
        let page = workspace.audit(&AuditQuery::default(), after.as_ref(), 500).await.unwrap();
        for entry in &page.items {
            let event = &entry.event;
            if event.action == "ManageMembers" && event.decision == Decision::Allowed {
                *made.entry(format!("{:?}", event.object)).or_insert(0) += 1;
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert!(made.values().all(|count| *count == 1), "each member was made once: {made:?}");
    assert!(made.len() >= heard.members.len());
    // Sessions: each opens its workspace in this process, which made none of them.
    for cookie in &heard.sessions {
        let token = engine.open_session(cookie).await.unwrap().expect("a cookie of this deployment");
        let session = engine.session(&token).await.unwrap().expect("the session was acknowledged");
        assert!(engine.enter(&session, &slug("one")).await.is_ok());
    }
    // Connections: one to each target.
    let connections = workspace.connections().await.unwrap();
    let mut targets: Vec<&str> = connections.iter().map(|row| row.target.as_str()).collect();
    targets.sort_unstable();
    let count = targets.len();
    targets.dedup();
    assert_eq!(targets.len(), count, "a target is connected once");
    assert!(heard.connected.iter().all(|path| targets.contains(&path.as_str())));
}

async fn kill_at_random(kills: u64, seed: u64) {
    println!("seed {seed}");
    let place = Place::new();
    for number in 0..REPOSITORIES {
        place
            .repository(&format!("repository-{number}"), &history(20 + usize::try_from(number).unwrap() * 7));
    }
    let expected = undisturbed(&place).await;
    let (data, keys) = (TestDatabase::new().await, TestDatabase::keyring().await);
    let urls = Urls { data: data.url(), keys: keys.url() };
    let clock = FastClock::since(SystemClock.now());
    let engine = builder(&urls, &place.roots(), &clock).build().await.unwrap();
    let one = tenant(&engine, "one").await;
    let luck = SeededEntropy::new(seed);
    let mut lives = 0;
    let mut start = || {
        lives += 1;
        let seed = seed.wrapping_mul(1_000).wrapping_add(lives);
        let (urls, roots) = (urls.clone(), place.roots());
        Process::start(&Order {
            urls,
            roots,
            owner: one.owner,
            begun: clock.begun(),
            seed,
            repositories: REPOSITORIES,
        })
    };
    let mut heard = Heard::default();
    let mut processes: Vec<Process> = (0..PROCESSES).map(|_| start()).collect();
    for _ in 0..kills {
        let at = usize::try_from(below(&luck, PROCESSES)).unwrap();
        // Wherever it is when it has said so much: between any two steps of what it does then.
        for _ in 0..=below(&luck, 24) {
            let line = processes[at].next().expect("it lives until it is killed");
            heard.hear(&line);
        }
        let killed = std::mem::replace(&mut processes[at], start());
        killed.kill().iter().for_each(|line| heard.hear(line));
    }
    for process in processes {
        process.kill().iter().for_each(|line| heard.hear(line));
    }
    for number in 0..REPOSITORIES {
        let path = repository_path(&place.roots(), number);
        match one.workspace.connect(&git(), &target(&path)).await {
            Err(error) if !error.is_already_there() => panic!("{error:?}"),
            _ => {}
        }
    }
    settle(&engine, &one.workspace, &clock).await;
    assert_eq!(heard.failures, BTreeMap::new(), "nobody was refused what they may do");
    assert_kept(&engine, &one.workspace, &heard).await;
    assert!(facts(&one.workspace).await == expected, "the facts are those of an undisturbed run");
    engine.audit_upkeep().await.unwrap();
    let found = engine.audit_source("VerifyAudit").await.unwrap().verify(Vec::new()).await.unwrap();
    assert_eq!(found.findings, []);
    println!(
        "{kills} kills of {PROCESSES} processes: {} acknowledged ({} members, {} sessions, {} connections, {} rotations), {} syncs \
         begun, {} entries in {} logs verified",
        heard.acknowledged,
        heard.members.len(),
        heard.sessions.len(),
        heard.connected.len(),
        heard.rotated,
        heard.epochs.len(),
        found.entries,
        found.logs
    );
    assert!(heard.acknowledged > kills && heard.rotated > 0 && !heard.epochs.is_empty());
}

fn any_seed() -> u64 {
    u64::try_from(SystemClock.now().as_millis()).unwrap() % 1_000_000
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_are_killed_lose_nothing_that_was_acknowledged() {
    if skipped() {
        return;
    }
    kill_at_random(20, any_seed()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the long form: `cargo xtask soak`"]
async fn soak_processes_that_are_killed_lose_nothing_that_was_acknowledged() {
    kill_at_random(200, any_seed()).await;
}
