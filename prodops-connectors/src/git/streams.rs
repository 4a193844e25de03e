//! The two streams: the repository itself, and its commits.

use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use gix::{ObjectId, ThreadSafeRepository};
use prodops_core::fact::{CommitId, Gap, ObjectFormat, RepositoryFact};
use prodops_core::id::{ConnectionId, RepositoryId};
use prodops_core::input::{BranchName, ConnectionTarget, RepositoryName, readable_line};
use prodops_core::source::{WIPED_BYTES, on_wiped_stack};
use serde::{Deserialize, Serialize};

use super::again;
use super::client::{Roots, open, reopen, still_there};
use super::history::Cut;
use super::mailmap::mailmap;
use super::model::commit_id;
use super::plan::Planner;
use super::reader::{Frame, Reader};
use super::tip;
use crate::contract::{
    Api, Caps, CommitCursor, ConnectorError, ContentSource, Cursor, Intake, Page, PageToken, Passage, Result,
    Source, TipEntry, TipPassage, Window,
};

/// So many neighbouring commits are read by the same thread: their files are deltas of each other.
pub(super) const NEIGHBOURS: usize = 64;
/// More threads than this wait for each other's memory.
const MOST_THREADS: usize = 8;

/// What the reading threads are called, for those who look at the threads of a process.
const READER: &str = "git-reader";
/// The stack of a reading thread, in bytes, whatever the environment says of others.
const READER_STACK: usize = (2 << 20) + WIPED_BYTES;

/// Runs blocking work where it does not hold up the executor.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let defect = |_| ConnectorError::Bug { what: "a reading thread panicked" };
    tokio::task::spawn_blocking(|| on_wiped_stack(work)).await.map_err(defect)?
}

fn repository_id(connection: ConnectionId) -> RepositoryId {
    // A connection of this connector is one repository, whatever its folder is called today.
    RepositoryId::derive(&[connection.as_bytes(), b"git"])
}

/// The head commit; `None` when there is no commit yet.
pub(super) fn head_of(repository: &gix::Repository) -> Result<Option<ObjectId>> {
    let damaged = |_| ConnectorError::Corrupt { what: "the repository's HEAD" };
    let mut head = repository.head().map_err(damaged)?;
    let id = head.try_peel_to_id().map_err(damaged)?;
    Ok(id.map(gix::Id::detach))
}

fn has_refs(repository: &gix::Repository) -> bool {
    let Ok(refs) = repository.references() else { return false };
    refs.all().is_ok_and(|mut all| all.next().is_some())
}

/// The stream of the one repository.
pub(super) struct Repositories {
    pub(super) roots: Arc<Roots>,
}

/// The head that the repository had when it was last looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct HeadCursor(Option<CommitId>);

impl Cursor for HeadCursor {
    const VERSION: u16 = 1;
}

#[async_trait]
impl Source for Repositories {
    type Record = RepositoryFact;
    type Cursor = HeadCursor;
    const CAPS: Caps = Caps { server_filter: false, stable_order: true };

    fn name(&self) -> &'static str {
        "repositories"
    }

    async fn page(
        &self,
        api: &Api,
        window: Window<HeadCursor>,
        _token: Option<PageToken>,
    ) -> Result<Page<RepositoryFact, HeadCursor>> {
        let (roots, target, connection) = (Arc::clone(&self.roots), api.target().clone(), api.connection());
        let known = window.since.is_some();
        let fact = blocking(move || {
            let shared = if known { reopen(&roots, &target)? } else { open(&roots, &target)? };
            describe(&shared.to_thread_local(), &target, connection)
        })
        .await?;
        let cursor = HeadCursor(fact.head);
        Ok(Page { records: vec![fact], next: None, cursor })
    }
}

fn describe(
    repository: &gix::Repository,
    target: &ConnectionTarget,
    connection: ConnectionId,
) -> Result<RepositoryFact> {
    let head = head_of(repository)?;
    let branch = repository.head_name().ok().flatten().map(|name| name.shorten().to_string());
    let branch =
        branch.and_then(|name| readable_line(&name, 300)).and_then(|name| BranchName::new(&name).ok());
    let format = match repository.object_hash() {
        gix::hash::Kind::Sha1 => ObjectFormat::Sha1,
        _ => ObjectFormat::Sha256,
    };
    Ok(RepositoryFact {
        id: repository_id(connection),
        connection,
        name: name_of(target)?,
        branch,
        head: head.as_ref().and_then(commit_id),
        shallow: repository.is_shallow().unwrap_or(false),
        format,
    })
}

/// The name of the folder, without the ending of bare repositories.
fn name_of(target: &ConnectionTarget) -> Result<RepositoryName> {
    let real = Path::new(target.as_str())
        .canonicalize()
        .map_err(|_| ConnectorError::Gone { what: "the repository" })?;
    let folder = real.file_name().filter(|name| *name != ".git");
    let folder = folder.or_else(|| real.parent().and_then(Path::file_name));
    let text = folder.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let text = text.strip_suffix(".git").unwrap_or(&text);
    let line = readable_line(text, 300).unwrap_or_else(|| "repository".to_owned());
    RepositoryName::new(&line)
        .map_err(|_| ConnectorError::Bug { what: "a readable line is no repository name" })
}

/// The stream of commits with their contents.
pub(super) struct Commits {
    pub(super) roots: Arc<Roots>,
    pub(super) threads: Option<NonZero<usize>>,
}

#[async_trait]
impl ContentSource for Commits {
    fn name(&self) -> &'static str {
        "commits"
    }

    async fn run(&self, api: &Api, window: Window<CommitCursor>, out: Passage) -> Result<()> {
        let (roots, threads, api) = (Arc::clone(&self.roots), self.threads(), api.clone());
        blocking(move || {
            let known = window.since.is_some();
            let shared = if known { reopen(&roots, api.target())? } else { open(&roots, api.target())? };
            read_commits(&shared, threads, &api, window, &out)
        })
        .await
    }

    async fn read_again(
        &self,
        api: &Api,
        repository: RepositoryId,
        commits: Vec<CommitId>,
        out: Arc<dyn Intake>,
    ) -> Result<()> {
        if repository != repository_id(api.connection()) {
            return Ok(());
        }
        let (roots, api) = (Arc::clone(&self.roots), api.clone());
        blocking(move || {
            let shared = reopen(&roots, api.target())?;
            again::read(&shared, repository, &commits, &api, out.as_ref())
        })
        .await
    }

    async fn tip(
        &self,
        api: &Api,
        repository: RepositoryId,
        head: CommitId,
    ) -> Result<Option<Vec<TipEntry>>> {
        if repository != repository_id(api.connection()) {
            return Ok(None);
        }
        let (roots, target) = (Arc::clone(&self.roots), api.target().clone());
        blocking(move || Ok(tip::list(&reopen(&roots, &target)?.to_thread_local(), &head))).await
    }

    async fn read_tip(
        &self,
        api: &Api,
        repository: RepositoryId,
        files: Vec<TipEntry>,
        out: TipPassage,
    ) -> Result<()> {
        let (roots, api, threads) = (Arc::clone(&self.roots), api.clone(), self.threads());
        blocking(move || tip::read(&reopen(&roots, api.target())?, repository, &files, (&api, threads, &out)))
            .await
    }
}

impl Commits {
    fn threads(&self) -> usize {
        let own = || std::thread::available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS);
        self.threads.map_or_else(own, NonZero::get)
    }
}

fn read_commits(
    shared: &ThreadSafeRepository,
    threads: usize,
    api: &Api,
    window: Window<CommitCursor>,
    out: &Passage,
) -> Result<()> {
    let repository = shared.to_thread_local();
    let (id, head, cut) = (repository_id(api.connection()), head_of(&repository)?, Cut::of(&repository));
    let read_before = window.since.as_ref().is_some_and(|since| since.done.is_some());
    if head.is_none() && read_before && has_refs(&repository) {
        // A mirror whose default branch was renamed looks so: "no commits" would delete a history that is still there.
        return Err(ConnectorError::unusable(
            "HEAD names a branch that does not exist: point it at one with `git symbolic-ref HEAD refs/heads/NAME`",
        ));
    }
    let planned = Planner { repository: &repository, cut: &cut, id, head }.plan(window.since);
    let mailmap = mailmap(&repository, head);
    let first = usize::try_from(planned.plan.from.position).unwrap_or(usize::MAX);
    out.plan(planned.plan)?;
    let lane = Lane { order: &planned.order, next: AtomicUsize::new(first), api, out };
    let max_file_bytes = api.limits().max_file_bytes;
    let frame = Frame { shared, id, cut: &cut, mailmap: &mailmap, max_file_bytes };
    let read = read_on(threads, || lane.read(Reader::new(&frame)));
    // What went missing while it was taken away is no gap in it: the walk must not be closed.
    if read.is_ok() && !still_there(&repository) {
        return Err(ConnectorError::Gone { what: "the repository" });
    }
    read
}

/// Lets so many threads do the same work to its end, and answers the first failure that is not an echo of another one.
pub(super) fn read_on(threads: usize, work: impl Fn() -> Result<()> + Sync) -> Result<()> {
    let thread = || std::thread::Builder::new().name(READER.to_owned()).stack_size(READER_STACK);
    std::thread::scope(|scope| {
        let start = |_| thread().spawn_scoped(scope, || on_wiped_stack(&work));
        let (readers, failed): (Vec<_>, Vec<_>) = (0..threads).map(start).partition(std::io::Result::is_ok);
        if readers.is_empty() && !failed.is_empty() {
            return Err(ConnectorError::Transient { what: "starting a reading thread" });
        }
        let defect = |_| Err(ConnectorError::Bug { what: "a reading thread panicked" });
        let results: Vec<Result<()>> =
            readers.into_iter().flatten().map(|reader| reader.join().unwrap_or_else(defect)).collect();
        let (echoes, causes): (Vec<_>, Vec<_>) =
            results.into_iter().partition(|result| matches!(result, Ok(()) | Err(ConnectorError::Cancelled)));
        causes.into_iter().chain(echoes).find(Result::is_err).unwrap_or(Ok(()))
    })
}

/// A walk that several threads read, a few neighbouring commits at a time.
struct Lane<'a> {
    order: &'a [ObjectId],
    next: AtomicUsize,
    api: &'a Api,
    out: &'a Passage,
}

impl Lane<'_> {
    fn read(&self, mut reader: Reader<'_>) -> Result<()> {
        let mut worker = self.out.worker();
        let result = loop {
            let start = self.next.fetch_add(NEIGHBOURS, Ordering::Relaxed);
            let Some(rest) = self.order.get(start..).filter(|rest| !rest.is_empty()) else { break Ok(()) };
            let chunk = rest.iter().take(NEIGHBOURS).zip(start as u64..);
            let sent = chunk.into_iter().try_for_each(|(id, position)| {
                self.api.proceed()?;
                match reader.commit(id)? {
                    Some(content) => worker.send(position, content),
                    None => worker.skip(position, Gap::UnreadableObject),
                }
            });
            if sent.is_err() {
                break sent;
            }
        };
        if result.is_err() {
            self.out.abandon();
        }
        result
    }
}
