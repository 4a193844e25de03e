//! Syncs a repository into a store in memory and remembers everything that came by on the way.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use prodops_connectors::contract::{
    Api, AttributesFile, CommitContent, CommitCursor, ContentLimits, Intake, IntakeWorker, Silent,
    TipContent, Yield, add_gaps, decode_cursor,
};
use prodops_connectors::driver::{SyncDriver, SyncError, SyncSummary};
use prodops_connectors::git::GitConnector;
use prodops_core::fact::{
    Artefact, CommitFact, CommitId, CommitWork, ContentKey, CountState, Fact, FileChange, FileStatus, Gap,
    PathKey, TipFile, TipGrams,
};
use prodops_core::id::{ConnectionId, PersonId};
use prodops_core::input::{ConnectionTarget, StreamName};
use prodops_core::source::{Change, ChangeKind, Content};
use prodops_core::testing::FixedClock;
use prodops_core::time::OffsetTimestamp;
use tokio_util::sync::CancellationToken;

use crate::sink::{MemorySink, number};

/// One side of a change, without its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Absent,
    Bytes(usize),
    TooLarge(u64),
    Submodule,
    Unreadable,
}

/// A changed path as it came by.
pub(crate) type SeenChange = (Vec<u8>, ChangeKind, Side, Side);

/// A commit as it came by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) author: (Vec<u8>, Vec<u8>),
    pub(crate) committer: (Vec<u8>, Vec<u8>),
    pub(crate) authored: OffsetTimestamp,
    pub(crate) message: usize,
    pub(crate) changes: Vec<SeenChange>,
}

/// What to do when a commit comes by, before it is derived.
type Interlude = Box<dyn Fn(CommitId) + Send + Sync>;

/// An intake that counts bytes instead of lines.
#[derive(Default)]
pub(crate) struct Recorder {
    pub(crate) seen: Mutex<BTreeMap<CommitId, Seen>>,
    pub(crate) interlude: Mutex<Option<Interlude>>,
}

struct Worker(Arc<Recorder>);

pub(crate) struct Intakes(pub(crate) Arc<Recorder>);

impl Intake for Intakes {
    fn worker(&self) -> Box<dyn IntakeWorker> {
        Box::new(Worker(Arc::clone(&self.0)))
    }
}

impl IntakeWorker for Worker {
    fn derive(&mut self, content: CommitContent) -> Yield {
        if let Some(interlude) = &*self.0.interlude.lock().unwrap() {
            interlude(content.header.id);
        }
        let mut gaps = content.gaps.clone();
        let changes = content.changes.iter().map(|change| derive_change(change, &mut gaps)).collect();
        let CommitContent { header, changes: raw, .. } = content;
        let person = |email: &[u8]| (!email.is_empty()).then(|| PersonId::derive(&[email]));
        let fact = CommitFact {
            repository: header.repository,
            id: header.id,
            parents: header.parents,
            author: person(&header.author.email),
            authored: header.author.time,
            committer: person(&header.committer.email),
            committed: header.committer.time,
            bot: false,
            label: None,
            model: None,
            changes,
            work: CommitWork::default(),
        };
        let seen = Seen {
            author: (header.author.name, header.author.email),
            committer: (header.committer.name, header.committer.email),
            authored: header.author.time,
            message: header.message.len(),
            changes: raw.into_iter().map(|c| (c.path, c.kind, side(&c.old), side(&c.new))).collect(),
        };
        self.0.seen.lock().unwrap().insert(header.id, seen);
        Yield { facts: vec![Fact::Commit(fact)], gaps, edits: None }
    }

    fn wants(&mut self, path: &[u8], _attributes: &[AttributesFile]) -> bool {
        !path.ends_with(b".unwanted")
    }

    fn file(&mut self, file: TipContent) -> Option<Fact> {
        let (counted, bytes) = match side(&file.content) {
            Side::Bytes(bytes) => (CountState::Counted, bytes as u32),
            Side::Absent => (CountState::Binary, 0),
            Side::TooLarge(_) => (CountState::TooLarge, 0),
            Side::Submodule => (CountState::Submodule, 0),
            Side::Unreadable => (CountState::Unreadable, 0),
        };
        Some(Fact::TipFile(TipFile {
            repository: file.repository,
            path: PathKey(number(&file.entry.path)),
            content: ContentKey(number(&file.entry.revision())),
            artefact: Artefact::Other,
            language: None,
            counted,
            lines: bytes,
            grams: TipGrams::default(),
        }))
    }
}

fn side(content: &Content) -> Side {
    match content {
        Content::Absent => Side::Absent,
        Content::Bytes(bytes) => Side::Bytes(bytes.len()),
        Content::TooLarge { bytes } => Side::TooLarge(*bytes),
        Content::Submodule => Side::Submodule,
        Content::Unreadable => Side::Unreadable,
    }
}

fn derive_change(change: &Change, gaps: &mut Vec<(Gap, u64)>) -> FileChange {
    let sides = [side(&change.old), side(&change.new)];
    let found = |side: fn(&Side) -> bool| sides.iter().any(side);
    let (counted, gap) = if found(|side| *side == Side::Submodule) {
        (CountState::Submodule, Some(Gap::Submodule))
    } else if found(|side| *side == Side::Unreadable) {
        (CountState::Unreadable, Some(Gap::UnreadableObject))
    } else if found(|side| matches!(side, Side::TooLarge(_))) {
        (CountState::TooLarge, Some(Gap::TooLargeFile))
    } else {
        (CountState::Counted, None)
    };
    add_gaps(gaps, &gap.map(|gap| (gap, 1)).into_iter().collect::<Vec<_>>());
    let bytes = |side: &Side| if let Side::Bytes(n) = side { *n as u32 } else { 0 };
    FileChange {
        path: PathKey(number(&change.path)),
        status: match change.kind {
            ChangeKind::Added => FileStatus::Added,
            ChangeKind::Deleted => FileStatus::Deleted,
            ChangeKind::Modified => FileStatus::Modified,
            ChangeKind::TypeChanged => FileStatus::TypeChanged,
        },
        artefact: Artefact::Other,
        language: None,
        added: bytes(&sides[1]),
        deleted: bytes(&sides[0]),
        counted,
        turnover: None,
        complexity: None,
    }
}

/// A connection to one repository, with the store it is read into.
pub(crate) struct Reading {
    pub(crate) sink: MemorySink,
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) clock: FixedClock,
    pub(crate) api: Api,
    pub(crate) connector: GitConnector,
}

impl Reading {
    /// Of the repository at this path; its parent folder is the one allowed.
    pub(crate) fn of(path: &Path) -> Self {
        Self::within(path.parent().unwrap(), path)
    }

    pub(crate) fn within(allowed: &Path, path: &Path) -> Self {
        Self {
            sink: MemorySink::default(),
            recorder: Arc::default(),
            clock: FixedClock::at("2026-01-01T00:00:00Z"),
            api: api(path, ContentLimits::default()),
            connector: GitConnector::within([PathBuf::from(allowed)]).unwrap(),
        }
    }

    pub(crate) fn with_limit(mut self, max_file_bytes: u64) -> Self {
        let path = PathBuf::from(self.api.target().as_str());
        self.api = api(&path, ContentLimits { max_file_bytes });
        self
    }

    pub(crate) fn with_threads(mut self, threads: usize) -> Self {
        self.connector = self.connector.with_threads(NonZero::new(threads).unwrap());
        self
    }

    /// Whenever a commit comes by, on the thread that reads it.
    pub(crate) fn meanwhile(self, interlude: impl Fn(CommitId) + Send + Sync + 'static) -> Self {
        *self.recorder.interlude.lock().unwrap() = Some(Box::new(interlude));
        self
    }

    pub(crate) async fn sync(&self) -> Result<SyncSummary, SyncError> {
        let intake = Arc::new(Intakes(Arc::clone(&self.recorder)));
        let driver = SyncDriver { sink: &self.sink, intake, progress: &Silent, clock: &self.clock };
        driver.run(&self.connector, &self.api).await
    }

    /// A first sync that must succeed.
    pub(crate) async fn read(self) -> Self {
        self.sync().await.unwrap();
        self
    }

    /// Whether exactly these commits are stored.
    pub(crate) fn holds(&self, mut expected: Vec<CommitId>) {
        expected.sort_unstable();
        assert_eq!(self.sink.stored().commits.keys().copied().collect::<Vec<_>>(), expected);
    }

    pub(crate) fn gaps(&self) -> Vec<(Gap, u64)> {
        self.sink.stored().coverage.as_ref().expect("coverage is stored").gaps.clone()
    }

    pub(crate) fn seen(&self, id: CommitId) -> Seen {
        self.recorder.seen.lock().unwrap().get(&id).cloned().expect("the commit came by")
    }

    pub(crate) fn cursor(&self) -> CommitCursor {
        let stream = StreamName::new("commits").unwrap();
        decode_cursor(self.sink.stored().cursors.get(&stream).expect("a cursor is stored")).unwrap()
    }
}

fn api(path: &Path, limits: ContentLimits) -> Api {
    let target = ConnectionTarget::new(path.to_str().unwrap()).unwrap();
    Api::new(ConnectionId::from_bytes([5; 16]), target, limits, CancellationToken::new())
}
