//! From text to blocks: what was copied is found, whatever became of its names and its form, and nothing else is.

use prodops::classify::{TipInput, TipReader};
use prodops::connectors::contract::Silent;
use prodops::core::environment::Environment;
use prodops::core::fact::{CoverageFact, Entity, TipFile};
use prodops::core::id::{ConnectionId, RepositoryId};
use prodops::core::index_key::IndexKey;
use prodops::core::source::{Content, Transient};
use prodops::core::time::Timestamp;
use prodops::metrics::duplicates::{Duplicates, duplicates};
use prodops::metrics::{FactSet, Preset, ReportOptions, Window, time_zone};
use prodops::store::embedded::{Embedded, Room};
use prodops_core::entropy::Entropy;
use prodops_core::testing::SeededEntropy;
use tokio_util::sync::CancellationToken;

use crate::place::{Place, git, store, target, tenant};
use crate::repository::{Commit, FIRST, Repository};

/// Thirty statements that are no list, the same for the same seed but for names that begin with `name`.
pub(crate) fn body(seed: usize, name: &str) -> String {
    let entropy = SeededEntropy::new(seed as u64 + 1_000);
    let below = |limit: usize| {
        let mut bytes = [0; 8];
        entropy.fill(&mut bytes).unwrap();
        (u64::from_le_bytes(bytes) % limit as u64) as usize
    };
    let operator = || ["+", "-", "*", "/", "%", "<<", ">>", "&", "|", "^", "==", "<="][below(12)];
    let value = |number: usize| match number % 4 {
        0 => format!("{name}_{number}"),
        1 => format!("{name}_{number}({number}, \"{number}\")"),
        2 => format!("[{number}; {number}]"),
        _ => format!("({number} {} !{name}_{number})", operator()),
    };
    let statement = |number: usize| {
        let terms = 2 + below(4);
        let sum: Vec<String> = (0..terms).map(|_| format!("{} {}", value(below(40)), operator())).collect();
        let end = value(below(40));
        match below(4) {
            0 => format!("let {name}_{number} = {} {end};\n", sum.join(" ")),
            1 => format!("if {} {end} {{ return {name}_{number}; }}\n", sum.join(" ")),
            2 => format!("while {} {end} {{ {name}_{number} += 1; }}\n", sum.join(" ")),
            _ => format!("{name}_{number}.push({} {end});\n", sum.join(" ")),
        }
    };
    (0..30).map(statement).collect()
}

fn read(text: &str, path: &str) -> TipFile {
    let mut reader = TipReader::new(&IndexKey::from_bytes([7; 32]));
    let content = Content::Bytes(Transient::new(text.as_bytes().to_vec()));
    let repository = RepositoryId::from_bytes([1; 16]);
    reader.read(TipInput { repository, path: path.as_bytes(), revision: b"", content: &content })
}

fn found(files: &[TipFile]) -> Duplicates {
    let now = Timestamp::from_seconds(1_700_000_000).unwrap();
    let repository = RepositoryId::from_bytes([1; 16]);
    let coverage = CoverageFact {
        connection: ConnectionId::from_bytes([2; 16]),
        repository,
        entity: Entity::TipFile,
        from: None,
        to: now,
        gaps: Vec::new(),
    };
    let facts = FactSet { coverage: &[coverage], ..FactSet::default() };
    let window = Window::preset(Preset::Last90Days, now, time_zone("UTC").unwrap()).unwrap();
    duplicates(&facts, files, &window, &ReportOptions::new(now), repository)
}

/// Another form of the same: every token on a line of its own, and a comment behind some.
fn spread(text: &str) -> String {
    text.replace(' ', "\n    ").replace(";\n", "; // as before\n")
}

#[test]
fn copies_are_found_though_they_were_renamed_or_put_in_another_form() {
    for seed in 0..10 {
        let original = body(seed, "one");
        let copies = [original.clone(), body(seed, "another_name"), spread(&original)];
        for (kind, copy) in copies.iter().enumerate() {
            let around =
                |text: &str, n: usize| [body(100 + n, "x"), text.to_owned(), body(200 + n, "y")].concat();
            let files = [read(&around(&original, seed), "a.rs"), read(&around(copy, seed + 50), "src/b.rs")];
            let found = found(&files);
            assert_eq!((found.hot_spots.len(), found.hot_spots[0].copies), (1, 2), "{seed} {kind}");
            let inside = found.hot_spots[0].places.iter().find(|place| place.path == files[0].path).unwrap();
            // 30 of 90 lines, but for what lies within 15 tokens of its ends or happens to be the same beside it.
            assert!((29..=33).contains(&inside.from) && (57..=62).contains(&inside.to), "{inside:?}");
        }
    }
}

#[test]
fn files_that_nobody_copied_have_no_block() {
    let files: Vec<TipFile> = (0..60).map(|n| read(&body(n, "x"), &format!("{n}.rs"))).collect();
    let found = found(&files);
    assert_eq!((found.blocks, found.lines.n), (0, 60 * 30));
}

/// What a store takes after a sync, and what of the repository is at its head.
#[derive(Debug)]
struct Budget {
    /// Tables with rows.
    rooms: Vec<Room>,
    /// The file without room to spare, in bytes.
    file: u64,
    /// Code and tests at the head, in bytes.
    source: u64,
    commits: u64,
}

impl Budget {
    async fn of(place: &Place, repository: &Repository) -> Self {
        let file = place.path("store.redb");
        let engine = place.engine_on(&file).await;
        let workspace = tenant(&engine, "one").await.workspace;
        let connection = workspace.connect(&git(), &target(repository.path())).await.unwrap().id;
        workspace.sync(connection, &Silent, &CancellationToken::new()).await.unwrap();
        drop((workspace, engine));
        drop(store(&file, &place.roots()).await);
        let compacted = Embedded::compact(&file, Environment::Test).await.unwrap();
        let mut rooms = Embedded::room(&file, Environment::Test).await.unwrap();
        rooms.retain(|room| room.rows > 0);
        let mut reader = TipReader::new(&IndexKey::from_bytes([7; 32]));
        let listed = repository.git(&["ls-tree", "-r", "-l", "HEAD"], b"");
        let size = |line: &str| {
            let (entry, path) = line.split_once('\t').unwrap();
            let size = entry.split_whitespace().nth(3).unwrap().parse::<u64>().ok()?;
            reader.wants(path.as_bytes()).then_some(size)
        };
        let source = listed.lines().filter_map(size).sum();
        let commits = repository.git(&["rev-list", "--count", "HEAD"], b"").trim().parse().unwrap();
        Self { rooms, file: compacted.after, source, commits }
    }

    fn bytes(&self, table: &str) -> u64 {
        self.rooms.iter().filter(|room| room.table == table).map(|room| room.bytes).sum()
    }

    /// What rows that grow with a history and its head were once meant to take.
    const fn allowed(&self) -> u64 {
        self.source / 5 + 200 * self.commits
    }

    fn tell(&self) {
        println!("{} bytes of source at the head, {} commits", self.source, self.commits);
        for room in &self.rooms {
            println!("{:>20} {:>9} rows {:>12} bytes", room.table, room.rows, room.bytes);
        }
        let taken: u64 = self.rooms.iter().map(|room| room.bytes).sum();
        let files = self.bytes("tip_files") as f64 / self.source.max(1) as f64;
        let per_commit = self.bytes("commits") as f64 / self.commits.max(1) as f64;
        println!("all rows {taken}, file {}, allowed {}", self.file, self.allowed());
        println!("files at the head: {:.1} % of its source; a commit: {per_commit:.0} bytes", 100.0 * files);
    }
}

/// No row may grow unseen. Made-up code has more tokens to a byte than what people write, of which files at the head take 15 %.
#[tokio::test]
async fn rows_of_commits_and_files_stay_small() {
    let place = Place::new();
    let commit = |n: usize| Commit {
        author: (format!("Person {}", n % 3), format!("{}@example.org", n % 3)),
        at: FIRST + n as i64 * 3_600,
        message: format!("step {n}"),
        parents: n.checked_sub(1).into_iter().collect(),
        files: vec![(format!("src/module_{}.rs", n % 20), [body(n, "one"), body(n + 500, "two")].concat())],
    };
    let repository = place.repository("generated", &(0..60).map(commit).collect::<Vec<_>>());
    let budget = Budget::of(&place, &repository).await;
    assert_eq!((budget.source > 90_000, budget.commits), (true, 60));
    let taken = ["tip_files", "commits", "line_log"].map(|table| budget.bytes(table));
    assert!(taken[0] < budget.source * 30 / 100, "{taken:?} of {}", budget.source);
    assert!(taken[1] < 400 * budget.commits && taken[2] < 150 * budget.commits, "{taken:?}");
}

/// `PRODOPS_TEST_REPOSITORY=<paths> cargo test -p prodops --release --test engine -- --ignored --nocapture what_a_store`
#[tokio::test]
#[ignore = "reads the repositories that PRODOPS_TEST_REPOSITORY names"]
async fn what_a_store_takes_of_a_real_repository() {
    let Some(paths) = option_env!("PRODOPS_TEST_REPOSITORY") else { panic!("set PRODOPS_TEST_REPOSITORY") };
    for path in paths.split(':') {
        let place = Place::new();
        let repository = Repository::init(&place.roots().join("real"));
        repository.git(&["fetch", "--quiet", path, "+HEAD:refs/heads/main"], b"");
        println!("{path}");
        Budget::of(&place, &repository).await.tell();
    }
}
