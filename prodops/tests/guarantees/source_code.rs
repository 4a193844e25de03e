//! Section 6: code passes through and leaves numbers.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use prodops::connectors::contract::{Progress, ProgressEvent};
use prodops::core::id::{ConnectionId, UserId};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::place::{Place, enter, git, target, tenant};
use crate::repository::{Commit, FIRST, Repository};
use crate::sealing::plain_rows;

/// No word of any language, so that finding it means that it was kept.
const CANARY: &str = "xyqqzvkanarybird";
/// Names of authors are kept on purpose: finding this one shows that the search sees what is there.
const KEPT: &str = "Wilhelmina Kept";
const COMMITS: usize = 300;

/// The canary in code that stays, in code that goes, in messages, in names of files and in addresses.
fn planted() -> Vec<Commit> {
    let commit = |place: usize| {
        let function = format!("fn {CANARY}_{place}() {{ /* {CANARY} */ }}\n");
        let files = vec![
            (format!("src/{CANARY}_{}.rs", place % 5), function.clone()),
            (format!("docs/{CANARY}/notes.md"), format!("{CANARY} {place}\n{function}")),
            ("Cargo.lock".to_owned(), format!("name = \"{CANARY}-{place}\"\n")),
        ];
        Commit {
            author: (KEPT.to_owned(), format!("{CANARY}@example.org")),
            at: FIRST + place as i64 * 60,
            message: format!(
                "feat({CANARY}): {CANARY} {place}\n\n{CANARY} because of {CANARY}\n\nRefs: {CANARY}"
            ),
            parents: place.checked_sub(1).into_iter().collect(),
            files,
        }
    };
    (0..COMMITS).map(commit).collect()
}

/// How a text can hide in a file: as it is, in the other cases, in two-byte characters, as hexadecimal digits, backwards.
fn forms(text: &str) -> Vec<Vec<u8>> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    vec![
        text.as_bytes().to_vec(),
        text.to_uppercase().into_bytes(),
        text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        hex(text.as_bytes()).into_bytes(),
        hex(text.as_bytes()).to_uppercase().into_bytes(),
        text.bytes().rev().collect(),
    ]
}

fn holds(bytes: &[u8], text: &str) -> bool {
    // A part of it is enough: a cut-off word is kept as well.
    let part = &text[..text.len().min(9)];
    forms(part).iter().any(|form| bytes.windows(form.len()).any(|window| window == form))
}

/// Every file beside the repositories: the store, and whatever else a sync may have left.
fn files(folder: &Path, repositories: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path == repositories {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path, repositories));
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    found
}

struct Planted {
    place: Place,
    repository: Repository,
    owner: UserId,
    connection: ConnectionId,
}

impl Planted {
    async fn new() -> Self {
        let place = Place::new();
        let repository = place.repository("api", &planted());
        let engine = place.engine_on(&place.path("store.redb")).await;
        let one = tenant(&engine, "one").await;
        let connection = one.workspace.connect(&git(), &target(repository.path())).await.unwrap().id;
        Self { owner: one.owner, place, repository, connection }
    }

    /// Syncs in a task of its own, with this progress, and tells how that ended.
    async fn sync(&self, progress: impl Progress + 'static, cancel: CancellationToken) -> &'static str {
        let engine = self.place.engine_on(&self.place.path("store.redb")).await;
        let workspace = enter(&engine, self.owner, "one").await.unwrap();
        let connection = self.connection;
        let run = async move { workspace.sync(connection, &progress, &cancel).await };
        match tokio::spawn(run).await {
            Ok(Ok(_)) => "success",
            Ok(Err(error)) => {
                assert!(!holds(format!("{error} {error:?}").as_bytes(), CANARY), "the error quotes code");
                "error"
            }
            Err(_) => "panic",
        }
    }

    /// Searches everything that is on disk now, with nobody having it open, and every row as it was before it was
    /// sealed: what the keys could show must not hold source text either.
    async fn search(&self, after: &str) {
        let left = files(self.place.path("").as_path(), &self.place.roots());
        let mut names: Vec<_> = left.iter().filter_map(|(name, _)| name.rsplit('/').next()).collect();
        names.sort_unstable();
        let own = ["root.key", "store.redb", "store.redb.keyring", "store.redb.keyring.lock"];
        assert_eq!(names, own, "after {after}");
        for (name, bytes) in &left {
            assert!(!holds(bytes, CANARY), "after {after}: source text is in {name}");
        }
        let rows = plain_rows(&self.place, &self.place.path("store.redb")).await;
        assert!(rows.iter().any(|row| holds(row, KEPT)), "after {after}: the search sees nothing");
        assert!(!rows.iter().any(|row| holds(row, CANARY)), "after {after}: source text is in the store");
    }
}

/// Does something once so many commits are stored.
struct At<F>(u64, F);

impl<F: Fn() + Send + Sync> Progress for At<F> {
    fn report(&self, event: ProgressEvent<'_>) {
        if event.stream == "commits" && event.done >= self.0 {
            (self.1)();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn p6_2_no_source_text_is_kept_after_a_success() {
    let planted = Planted::new().await;
    assert!(holds(planted.repository.git(&["log", "-p", "main"], b"").as_bytes(), CANARY), "it is planted");
    assert_eq!(planted.sync(At(u64::MAX, || ()), CancellationToken::new()).await, "success");
    planted.search("a success").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p6_2_no_source_text_is_kept_after_an_error() {
    let planted = Planted::new().await;
    let folder = planted.repository.path().to_owned();
    // Every object is gone in the middle of the reading; a second sync finds no repository at all.
    let vanish = At(1, move || drop(std::fs::remove_dir_all(&folder)));
    let first = planted.sync(vanish, CancellationToken::new()).await;
    planted.search("the repository was taken away").await;
    assert_eq!(planted.sync(At(u64::MAX, || ()), CancellationToken::new()).await, "error", "first: {first}");
    planted.search("an error").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p6_2_no_source_text_is_kept_after_a_panic() {
    let planted = Planted::new().await;
    let boom = At(1, || panic!("on purpose"));
    assert_eq!(planted.sync(boom, CancellationToken::new()).await, "panic");
    planted.search("a panic").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p6_2_no_source_text_is_kept_after_a_stop() {
    let planted = Planted::new().await;
    let cancel = CancellationToken::new();
    let (told, count) = (cancel.clone(), Arc::new(AtomicU64::new(0)));
    let counted = Arc::clone(&count);
    let stop = At(1, move || {
        counted.fetch_add(1, Ordering::SeqCst);
        told.cancel();
    });
    assert_eq!(planted.sync(stop, cancel).await, "error");
    assert!(count.load(Ordering::SeqCst) > 0, "it was stopped on the way");
    planted.search("a stop").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p6_2_no_source_text_is_kept_after_a_time_out() {
    let planted = Planted::new().await;
    let engine = planted.place.engine_on(&planted.place.path("store.redb")).await;
    let workspace = enter(&engine, planted.owner, "one").await.unwrap();
    let (over, connection) = (Arc::new(Notify::new()), planted.connection);
    let told = Arc::clone(&over);
    let run = async move {
        let progress = At(1, move || told.notify_one());
        workspace.sync(connection, &progress, &CancellationToken::new()).await.map(drop)
    };
    // What a time-out does: the call is dropped where it stands.
    tokio::select! {
        biased;
        () = over.notified() => {}
        ended = run => panic!("it came to its end: {ended:?}"),
    }
    drop(engine);
    planted.search("a time-out").await;
}
