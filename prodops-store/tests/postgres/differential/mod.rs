//! The two backends against each other: the same steps, drawn by chance, give the same answers, the same errors and the same
//! end.

mod steps;
mod universe;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use prodops_core::audit::verify::SequencedLeaf;
use prodops_core::environment::Environment;
use prodops_core::keyring::{KeyOwner, RowKeySource};
use prodops_store::backend::Backend;
use prodops_store::embedded::Embedded;
use prodops_store::testing::KeysOnDemand;
use prodops_store::testing::postgres::{TestDatabase, skipped};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseResult, TestRunner};

use steps::{STEPS, take};
use universe::{Draw, histories};

/// A method, by its place in the list, and the bytes that its arguments are drawn from.
#[derive(Clone)]
struct Step(usize, [u8; 8]);

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", STEPS[self.0], self.1)
    }
}

/// Steps that make things come more often than those that look: what is looked for is then there.
fn step() -> impl Strategy<Value = Step> {
    const OFTEN: &[&str] = &[
        "create_user",
        "create_workspace",
        "put_membership",
        "create_session",
        "create_connection",
        "acquire_lease",
        "ingest",
        "enqueue_job",
        "claim_job",
        "append_audit",
        "sequence_audit",
    ];
    let often: Vec<usize> =
        OFTEN.iter().map(|name| STEPS.iter().position(|step| step == name).unwrap()).collect();
    let method = prop_oneof![2 => prop::sample::select(often), 3 => 0..STEPS.len()];
    (method, any::<[u8; 8]>()).prop_map(|(method, bytes)| Step(method, bytes))
}

/// Takes the steps on both backends.
async fn agree(steps: &[Step]) -> TestCaseResult {
    let keys = KeysOnDemand::new(Environment::Test).await;
    let source: Arc<dyn RowKeySource> = keys.clone();
    let embedded = Embedded::memory(Environment::Test, source).unwrap();
    let database = TestDatabase::new().await;
    let postgres = database.store(keys).await;
    let histories = histories();
    for (number, Step(method, bytes)) in steps.iter().enumerate() {
        let name = STEPS[*method];
        let one = take(name, &embedded, &Draw::new(bytes, &histories)).await;
        let two = take(name, &postgres, &Draw::new(bytes, &histories)).await;
        prop_assert_eq!(one, two, "step {}, {}: embedded, then PostgreSQL", number, name);
    }
    let (one, two) = (everything(&embedded).await, everything(&postgres).await);
    for (what, one) in &one {
        prop_assert_eq!(Some(one), two.get(what), "at the end, {}: embedded, then PostgreSQL", what);
    }
    prop_assert_eq!(one.len(), two.len());
    Ok(())
}

/// All that a store shows of itself: what it exports, in one order for both, its logs and its tree as a verifier sees them.
async fn everything(store: &dyn Backend) -> BTreeMap<String, Vec<String>> {
    let mut snapshot = store.snapshot().await.unwrap();
    let workspaces = snapshot.workspaces().await.unwrap();
    let mut all = BTreeMap::from([("workspaces".to_owned(), vec![format!("{workspaces:?}")])]);
    let (histories, zeros) = (histories(), [0; 8]);
    let both = [[0; 8], [1; 8]].map(|bytes| Draw::new(&bytes, &histories).workspace());
    for owner in both.map(KeyOwner::Workspace).into_iter().chain([KeyOwner::Deployment]) {
        let found = snapshot.rows(owner, None, usize::MAX).await.unwrap();
        let mut rows: Vec<String> = found.rows.iter().map(|row| format!("{row:?}")).collect();
        rows.sort();
        all.insert(format!("{owner:?}"), rows);
    }
    let draw = Draw::new(&zeros, &histories);
    for name in ["heartbeats", "tombstones", "remote_objects", "audit_tree", "is_restoring"] {
        all.insert(name.to_owned(), vec![take(name, store, &draw).await]);
    }
    let mut audit = store.audit_snapshot().await.unwrap();
    let (edge, leaves) = (audit.right_edge().await.unwrap(), audit.leaves(0, 1_000).await.unwrap());
    let (registry, checkpoints) = (audit.registry().await.unwrap(), audit.checkpoints().await.unwrap());
    all.insert("audit".to_owned(), vec![format!("{edge:?} {leaves:?} {registry:?} {checkpoints:?}")]);
    let queue: Vec<SequencedLeaf> = audit.queue(None, 1_000).await.unwrap();
    all.insert("queue".to_owned(), vec![format!("{queue:?}")]);
    for log in both.map(Some).into_iter().chain([None]) {
        let seen = (audit.log(log, 0, 1_000).await.unwrap(), audit.head(log).await.unwrap());
        all.insert(format!("log of {log:?}"), vec![format!("{seen:?}")]);
    }
    all
}

/// The seed is the runner's own, printed with the smallest steps that disagree.
fn run(cases: u32, longest: usize) {
    if skipped() {
        return;
    }
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let strategy = prop::collection::vec(step(), 1..longest);
    let outcome = runner.run(&strategy, |steps| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(agree(&steps))
    });
    if let Err(error) = outcome {
        panic!("the backends disagree: {error}");
    }
    println!("{cases} sequences of up to {longest} steps over {} methods: the backends agree", STEPS.len());
}

#[test]
fn both_backends_do_the_same() {
    run(24, 60);
}

#[test]
#[ignore = "minutes: cargo xtask soak"]
fn soak_both_backends_do_the_same() {
    run(1_500, 150);
}

/// Methods that no step takes, each with the reason.
const NOT_A_STEP: &[(&str, &str)] = &[
    ("snapshot", "the end is compared through it"),
    ("audit_snapshot", "the end is compared through it"),
    ("rows_under", "counts rows, of which each backend has its own"),
    ("rows_of", "counts rows, of which each backend has its own"),
];

/// A method that is new in the contract becomes a step.
#[test]
fn every_method_of_the_contract_is_a_step() {
    let steps: BTreeSet<&str> =
        STEPS.iter().chain(NOT_A_STEP.iter().map(|(name, _)| name)).copied().collect();
    let of_snapshots =
        ["workspaces", "rows", "registry", "right_edge", "checkpoints", "leaves", "queue", "log", "head"];
    let contract = crate::locks::calls::contract();
    let missing: Vec<&String> = contract
        .keys()
        .filter(|method| !steps.contains(method.as_str()) && !of_snapshots.contains(&method.as_str()))
        .collect();
    assert!(missing.is_empty(), "no step for {missing:?}");
    assert!(steps.iter().all(|step| contract.contains_key(*step)));
}
