//! The two locks, each with the other one taken away: the workspace that a statement names, and row-level security.

pub(crate) mod calls;
mod rest;
mod statements;
mod world;

use std::sync::Arc;

use prodops_core::environment::Environment;
use prodops_core::id::WorkspaceId;
use prodops_core::keyring::KeyOwner;
use prodops_store::postgres::Postgres;
use prodops_store::testing::postgres::{Tamper, TestDatabase, skipped};
use prodops_store::testing::{Fixture, Generate, KeysOnDemand};

use calls::Caller;
use world::rows_of;
pub(crate) use world::{Known, furnish};

/// The lock that is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Without {
    Nothing,
    RowSecurity,
    Conditions,
    Both,
}

/// Whose ids the caller has in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ids {
    Own,
    Foreign,
}

/// What every call came to, and whether the victim's rows were changed or told.
struct Seen {
    outcomes: Vec<(&'static str, String)>,
    changed: bool,
    told: bool,
}

/// What every call comes to in a database that the victim is in, or is not.
struct World<'a> {
    keys: &'a Arc<KeysOnDemand>,
    without: Without,
    ids: Ids,
}

impl World<'_> {
    async fn seen(&self, victim: Option<&Known>) -> Seen {
        let database = TestDatabase::new().await;
        let store = Arc::new(database.store(self.keys.clone()).await);
        let theirs = match victim {
            Some(_) => None,
            None => Some(furnish(&Fixture::new(Arc::<Postgres>::clone(&store), 1)).await),
        };
        let fixture = Fixture::new(Arc::<Postgres>::clone(&store), 2);
        let own = furnish(&fixture).await;
        let wire = database.wire(self.tamper());
        let store =
            Postgres::connect(&database.through(&wire), Environment::Test, self.keys.clone()).await.unwrap();
        if matches!(self.without, Without::RowSecurity | Without::Both) {
            database.drop_row_security().await;
        }
        let known = match self.ids {
            Ids::Own => &own,
            Ids::Foreign => theirs.as_ref().or(victim).unwrap(),
        };
        let before = rows_everywhere(&database, theirs.as_ref()).await;
        let outcomes = calls::all(&self.caller(store, &fixture, own.workspace.id, known).await).await;
        let changed = rows_everywhere(&database, theirs.as_ref()).await != before;
        assert!(theirs.is_none() || before.len() > 20, "there is something to change");
        // Who comes with the victim's ids has the mark already.
        let theirs = theirs.filter(|_| self.ids == Ids::Own);
        let told =
            theirs.is_some_and(|theirs| outcomes.iter().any(|(_, outcome)| theirs.is_told_by(outcome)));
        Seen { outcomes, changed, told }
    }

    fn tamper(&self) -> Tamper {
        match self.without {
            Without::Conditions | Without::Both => Tamper::DropConditions,
            Without::Nothing | Without::RowSecurity => Tamper::Nothing,
        }
    }

    async fn caller<'a>(
        &self,
        store: Postgres,
        fixture: &'a Fixture,
        acting: WorkspaceId,
        known: &'a Known,
    ) -> Caller<'a> {
        let key = self.keys.0.keys(KeyOwner::Workspace(acting)).await.unwrap().active();
        Caller { backend: Arc::new(store), fixture, acting, known, key, generate: Generate::new(3) }
    }
}

async fn rows_everywhere(database: &TestDatabase, victim: Option<&Known>) -> Vec<String> {
    let Some(victim) = victim else { return Vec::new() };
    let mut rows = rows_of(database, "prodops", victim.workspace.id).await;
    rows.extend(rows_of(database, "prodops_control", victim.workspace.id).await);
    rows.extend(rows_of(database, "prodops_identity", victim.workspace.id).await);
    rows
}

/// The victim's ids, which are the same in every database that they are in.
async fn victim(keys: &Arc<KeysOnDemand>) -> Known {
    let database = TestDatabase::new().await;
    furnish(&Fixture::new(Arc::new(database.store(keys.clone()).await), 1)).await
}

/// Whatever is asked for from another workspace, with its own ids or with the victim's, the answer is the one that comes where
/// there is no victim; and no row of the victim changes.
async fn answers_are_those_of_a_world_without_the_victim(without: Without) {
    if skipped() {
        return;
    }
    let keys = KeysOnDemand::new(Environment::Test).await;
    let victim = victim(&keys).await;
    for ids in [Ids::Own, Ids::Foreign] {
        let world = World { keys: &keys, without, ids };
        let (with, alone) = (world.seen(None).await, world.seen(Some(&victim)).await);
        assert!(!with.changed && !with.told, "a row of the victim was changed or told");
        let with = with.outcomes;
        for ((method, with), (_, alone)) in with.iter().zip(&alone.outcomes) {
            if without == Without::Nothing && ids == Ids::Foreign {
                println!("{method} with the ids of another workspace | {}", short(with));
            }
            assert_eq!(with, alone, "{method} tells whether the victim is there");
        }
        let answered = with.iter().filter(|(_, outcome)| !outcome.starts_with("error")).count();
        let calls = with.len();
        println!(
            "{calls} calls with {ids:?} ids, without {without:?} | {answered} answered, all as if alone"
        );
        assert!(ids == Ids::Foreign || answered > 30, "calls on one's own rows come through: {answered}");
    }
}

fn short(outcome: &str) -> String {
    let cut: String = outcome.chars().take(70).collect();
    if cut.len() < outcome.len() { format!("{cut}…") } else { cut }
}

#[tokio::test]
async fn p5_1_both_locks_together_hide_one_workspace_from_another() {
    answers_are_those_of_a_world_without_the_victim(Without::Nothing).await;
}

#[tokio::test]
async fn p5_1_the_conditions_of_statements_hold_without_row_security() {
    answers_are_those_of_a_world_without_the_victim(Without::RowSecurity).await;
}

#[tokio::test]
async fn p5_1_row_security_holds_without_the_conditions_of_statements() {
    answers_are_those_of_a_world_without_the_victim(Without::Conditions).await;
}

/// The attacks are attacks: with both locks away, most of them come through.
#[tokio::test]
async fn p5_1_without_either_lock_the_victim_is_seen_and_changed() {
    if skipped() {
        return;
    }
    let keys = KeysOnDemand::new(Environment::Test).await;
    let victim = victim(&keys).await;
    let world = World { keys: &keys, without: Without::Both, ids: Ids::Foreign };
    let (with, alone) = (world.seen(None).await, world.seen(Some(&victim)).await);
    let pairs = with.outcomes.iter().zip(&alone.outcomes);
    let differ: Vec<_> =
        pairs.filter(|(with, alone)| with != alone).map(|((method, _), _)| *method).collect();
    println!("without both locks | {} calls tell of the victim | {}", differ.len(), differ.join(", "));
    assert!(with.changed && differ.len() > 15, "{differ:?}");
}

/// Every statement names the victim, as if a scope were mixed up, in a frame that is the attacker's: row-level security alone
/// lets none of it through, in neither direction.
#[tokio::test]
async fn p5_1_statements_of_another_workspace_than_their_frame_reach_nothing() {
    if skipped() {
        return;
    }
    let keys = KeysOnDemand::new(Environment::Test).await;
    let database = TestDatabase::new().await;
    let store = Arc::new(database.store(keys.clone()).await);
    let fixture = Fixture::new(Arc::<Postgres>::clone(&store), 1);
    let (theirs, own) = (furnish(&fixture).await, furnish(&fixture).await);
    let wire = database.wire(Tamper::SwapFrames { from: theirs.workspace.id, to: own.workspace.id });
    let store = Postgres::connect(&database.through(&wire), Environment::Test, keys.clone()).await.unwrap();
    let world = World { keys: &keys, without: Without::Conditions, ids: Ids::Foreign };
    let before = [
        rows_of(&database, "prodops", theirs.workspace.id).await,
        rows_of(&database, "prodops", own.workspace.id).await,
    ];
    let caller = world.caller(store, &fixture, theirs.workspace.id, &theirs).await;
    for (method, outcome) in calls::all(&caller).await {
        println!("statements of another workspace than the frame | {method} | {}", short(&outcome));
        assert!(
            !theirs.is_told_by(&outcome) && !own.is_told_by(&outcome),
            "{method} tells of the victim: {outcome}"
        );
    }
    let after = [
        rows_of(&database, "prodops", theirs.workspace.id).await,
        rows_of(&database, "prodops", own.workspace.id).await,
    ];
    assert_eq!(after, before, "a row was changed through a frame of another workspace");
}
