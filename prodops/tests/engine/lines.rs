//! Ages of lines through the engine: the same however a history came to be read.

use prodops::connectors::contract::Silent;
use prodops::core::fact::{Artefact, CommitFact, CommitId, LineTurnover};
use prodops::core::id::ConnectionId;
use prodops::engine::{DuplicatePlace, DuplicatedBlock, Workspace};
use prodops::store::contract::PageToken;
use prodops_core::entropy::Entropy;
use prodops_core::testing::SeededEntropy;
use tokio_util::sync::CancellationToken;

use crate::duplicates::body;
use crate::place::{Place, all_history, git, target, tenant};
use crate::repository::{Commit, FIRST};

/// What a commit does to the lines of each of its files, and what sort of file that is.
type Turnovers = Vec<(CommitId, Vec<(Artefact, Option<LineTurnover>)>)>;

/// Branches that begin at some earlier commit and are merged later, files that are renamed and rewritten by three people.
fn branching(seed: u64, count: usize) -> Vec<Commit> {
    let [entropy, copies] = [seed, seed + 1_000].map(SeededEntropy::new);
    let draw = |entropy: &SeededEntropy, limit: usize| {
        let mut bytes = [0; 8];
        entropy.fill(&mut bytes).unwrap();
        (u64::from_le_bytes(bytes) % limit as u64) as usize
    };
    let (below, other) = (|limit| draw(&entropy, limit), |limit| draw(&copies, limit));
    let line = || format!("let value_{} = compute({});\n", below(1 << 30), below(99));
    let mut commits: Vec<Commit> = Vec::with_capacity(count);
    for place in 0..count {
        let parents = match (place, below(6)) {
            (0, _) => Vec::new(),
            (1..6, _) | (_, 0..3) => vec![place - 1],
            // What nobody merges is no part of the history: most of it is merged some day.
            (_, 3 | 4) => vec![place - 1, place - 2 - below(4)],
            // A branch from long ago: the walk over it goes on from a commit that it has passed.
            _ => vec![place - 1 - below(6)],
        };
        let text = (0..3 + below(5)).map(|_| line()).collect::<String>();
        let mut files =
            vec![(format!("src/file_{}.rs", below(4)), format!("// the same in all of them\n{text}"))];
        // Copies come, differ in names, are changed, move and go.
        let copy = body(other(2), ["one", "two"][other(2)]);
        let copy = if other(4) == 0 { String::new() } else { copy };
        files.push((format!("src/copy_{}.rs", other(5)), copy));
        if place == 3 {
            files.push(("src/.gitattributes".to_owned(), "file_0.rs linguist-generated\n".to_owned()));
        }
        let who = below(3);
        commits.push(Commit {
            author: (format!("Person {who}"), format!("{who}@example.org")),
            at: FIRST + place as i64 * 86_400,
            message: format!("step {place}"),
            parents,
            files,
        });
    }
    commits
}

/// What the files at the head have in common, without what differs between workspaces.
async fn copies(workspace: &Workspace) -> (u64, Vec<String>) {
    let repository = workspace.repositories().await.unwrap()[0].id;
    let window = all_history(Some(repository)).window;
    let found = workspace.duplicates(repository, &window).await.unwrap();
    let place =
        |place: &DuplicatePlace| format!("{} {}-{}", place.path.clone().unwrap(), place.from, place.to);
    let block = |block: &DuplicatedBlock| {
        let mut places: Vec<String> = block.places.iter().map(place).collect();
        places.sort();
        format!("{} {} {} {places:?}", block.copies, block.lines, block.commits)
    };
    let mut blocks: Vec<String> = found.hot_spots.iter().map(block).collect();
    blocks.push(format!("{:?} {:?}", found.lines.reading, found.lines.excluded));
    blocks.sort();
    (found.lines.n, blocks)
}

async fn turnovers(workspace: &Workspace) -> Turnovers {
    let repository = workspace.repositories().await.unwrap()[0].id;
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = workspace.commits(repository, after.as_ref(), PageToken::MAX_LIMIT).await.unwrap();
        let of = |commit: CommitFact| {
            (commit.id, commit.changes.iter().map(|one| (one.artefact, one.turnover)).collect())
        };
        found.extend(page.items.into_iter().map(of));
        after = page.next;
        if after.is_none() {
            return found;
        }
    }
}

async fn sync(workspace: &Workspace, connection: ConnectionId) {
    workspace.sync(connection, &Silent, &CancellationToken::new()).await.unwrap();
}

#[tokio::test]
async fn lines_are_as_old_after_many_syncs_and_rewrites_as_after_one() {
    let place = Place::new();
    let engine = place.engine().await;
    let mut common = 0;
    for seed in 1..=3 {
        let commits = branching(seed, 90);
        let repository = place.repository(&format!("r{seed}"), &commits[..1]);
        let often = tenant(&engine, &format!("often-{seed}")).await.workspace;
        let connection = often.connect(&git(), &target(repository.path())).await.unwrap().id;
        for until in [1, 9, 10, 31, 58] {
            repository.import(&commits[..until]);
            sync(&often, connection).await;
        }
        // The branch is set to another history with the same beginning, and then to the first one again, further on.
        let mut other = commits[..40].to_vec();
        other.extend(branching(seed + 100, 70).into_iter().skip(40));
        repository.import(&other);
        sync(&often, connection).await;
        for until in [77, 90] {
            repository.import(&commits[..until]);
            sync(&often, connection).await;
        }
        let once = tenant(&engine, &format!("once-{seed}")).await.workspace;
        let connection = once.connect(&git(), &target(repository.path())).await.unwrap().id;
        sync(&once, connection).await;
        let (tip, whole) = (copies(&often).await, copies(&once).await);
        assert_eq!(tip, whole, "seed {seed}");
        common += tip.1.len() - 1;
        let (often, once) = (turnovers(&often).await, turnovers(&once).await);
        assert_eq!(often, once, "seed {seed}");
        let files = || once.iter().flat_map(|(_, files)| files);
        let known = files().filter_map(|(_, turnover)| *turnover);
        let rework: (u32, u32) =
            known.fold((0, 0), |sum, one| (sum.0 + one.rework_own, sum.1 + one.rework_others));
        assert!(rework.0 > 20 && rework.1 > 20, "{rework:?}");
        assert!(files().all(|(_, turnover)| turnover.is_some()), "all of it was read");
        let of = |wanted| files().filter(|(artefact, _)| *artefact == wanted).count();
        let told = [Artefact::Generated, Artefact::Code].map(of);
        assert!(told[0] > 5 && told[1] > 30, "seed {seed}: what a folder says of its files counts: {told:?}");
    }
    assert!(common > 0, "some heads hold copies");
}
