//! What of a repository is written more than once, in it or in another repository of the workspace.
//!
//! Names of files are not stored: they are asked of the connectors whenever somebody looks, and forgotten again.

use std::collections::{BTreeSet, HashMap};

use futures_util::TryStreamExt;
use prodops_core::fact::{CommitFact, PathKey, RepositoryFact};
use prodops_core::id::RepositoryId;
use prodops_core::index_key::IndexSubkey;
use prodops_metrics::duplicates::{Duplicates, HotSpot, Place, duplicates};
use prodops_metrics::{FactSet, MetricResult, ReportOptions, Window};
use prodops_policy::{MetricReportFacts, ReadReport};

use super::error::EngineError;
use super::workspace::Workspace;

/// A part of a file that stands elsewhere, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicatePlace {
    /// In which repository.
    pub repository: RepositoryFact,
    /// In which file, read leniently where its name is not UTF-8; `None` where names cannot be had now.
    pub path: Option<String>,
    /// What the file is known by, whether or not its name can be had.
    pub key: PathKey,
    /// Its first line, from 1.
    pub from: u32,
    /// Its last line.
    pub to: u32,
}

/// A block that stands in more than one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicatedBlock {
    /// The first of its places.
    pub places: Vec<DuplicatePlace>,
    /// In how many places it stands.
    pub copies: u64,
    /// Its tokens.
    pub tokens: u32,
    /// Its lines in all places together.
    pub lines: u64,
    /// The commits of people in the window that touched one of its files.
    pub commits: u64,
}

/// What of a repository is written more than once.
#[derive(Debug, Clone, PartialEq)]
pub struct RepositoryDuplicates {
    /// The repository.
    pub repository: RepositoryFact,
    /// `duplicated_lines` of it.
    pub lines: MetricResult,
    /// Its blocks, those first that cost most work.
    pub hot_spots: Vec<DuplicatedBlock>,
    /// How many blocks there are, told or not.
    pub blocks: u64,
    /// Whether the names of its files could be had.
    pub named: bool,
}

impl Workspace {
    /// What of a repository is written more than once at the heads of all repositories that the caller may see, and how often the
    /// files were touched in a window.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for a repository that the workspace does not have; [`EngineError::Denied`] when the caller may
    /// not read reports.
    pub async fn duplicates(
        &self,
        repository: RepositoryId,
        window: &Window,
    ) -> Result<RepositoryDuplicates, EngineError> {
        let fact = self.repository(repository).await?;
        let repositories = self.repositories().await?;
        let Duplicates { lines, hot_spots, blocks } =
            self.find_duplicates(repository, repositories.clone(), window.clone()).await?;
        let places = hot_spots.iter().flat_map(|spot| &spot.places);
        let shown: BTreeSet<RepositoryId> =
            places.map(|place| place.repository).chain([repository]).collect();
        let mut names = Names { key: self.path_key().await?, named: HashMap::new() };
        for one in repositories.into_iter().filter(|one| shown.contains(&one.id)) {
            names.add(self, one).await?;
        }
        let named = names.named.get(&repository).is_some_and(|(_, paths)| !paths.is_empty());
        let hot_spots = hot_spots.into_iter().map(|spot| names.block(spot)).collect();
        Ok(RepositoryDuplicates { repository: fact, lines, hot_spots, blocks, named })
    }

    async fn find_duplicates(
        &self,
        repository: RepositoryId,
        repositories: Vec<RepositoryFact>,
        window: Window,
    ) -> Result<Duplicates, EngineError> {
        let permit = self.permit::<ReadReport>(&MetricReportFacts::of(&self.scope)).await?;
        let guarded = self.guarded()?;
        let (mut commits, mut coverage, mut files) = (Vec::<CommitFact>::new(), Vec::new(), Vec::new());
        for one in &repositories {
            let inside = |commit: &CommitFact| {
                window.from() <= commit.committed.at && commit.committed.at < window.to()
            };
            let mut stream = std::pin::pin!(guarded.commit_stream(&permit, one.id)?);
            while let Some(commit) = stream.try_next().await? {
                commits.extend(Some(commit).filter(inside));
            }
            coverage.extend(guarded.coverage(&permit, one.id).await?);
            files.extend(guarded.tip_files(&permit, one.id).await?);
        }
        let options = ReportOptions::new(self.engine.parts().clock.now());
        // Long enough to hold up leases and other callers on an executor's thread.
        let found = tokio::task::spawn_blocking(move || {
            let facts = FactSet {
                repositories: &repositories,
                commits: &commits,
                coverage: &coverage,
                ..FactSet::default()
            };
            duplicates(&facts, &files, &window, &options, repository)
        });
        found.await.map_err(|_| EngineError::Report)
    }
}

/// The names of the files of some repositories, as their connectors know them now.
struct Names {
    key: IndexSubkey,
    named: HashMap<RepositoryId, (RepositoryFact, HashMap<PathKey, String>)>,
}

impl Names {
    async fn add(&mut self, workspace: &Workspace, repository: RepositoryFact) -> Result<(), EngineError> {
        let name =
            |path: Vec<u8>| (PathKey(self.key.hash64(&path)), String::from_utf8_lossy(&path).into_owned());
        let paths = workspace.paths(&repository).await?.unwrap_or_default().into_iter().map(name).collect();
        self.named.insert(repository.id, (repository, paths));
        Ok(())
    }

    fn block(&self, spot: HotSpot) -> DuplicatedBlock {
        let HotSpot { places, copies, tokens, lines, commits } = spot;
        let places = places.into_iter().filter_map(|place| self.place(place)).collect();
        DuplicatedBlock { places, copies, tokens, lines, commits }
    }

    fn place(&self, place: Place) -> Option<DuplicatePlace> {
        let (repository, paths) = self.named.get(&place.repository)?;
        let Place { path: key, from, to, .. } = place;
        Some(DuplicatePlace { repository: repository.clone(), path: paths.get(&key).cloned(), key, from, to })
    }
}
