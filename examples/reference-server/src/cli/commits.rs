//! `commits`: one JSON object per commit, newest first.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use prodops::core::fact::{CommitFact, CommitId};
use prodops::core::id::RepositoryId;
use prodops::core::time::OffsetTimestamp;
use prodops::engine::{EngineError, Workspace};
use prodops::store::contract::PageToken;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::CliError;
use super::local::Local;
use super::progress::Bars;

#[derive(Debug, Args)]
pub(super) struct Commits {
    /// The folder of a git repository.
    path: PathBuf,
}

/// What is printed of a commit.
#[derive(Debug, Serialize)]
struct Line {
    sha: CommitId,
    parents: Vec<CommitId>,
    author_time: String,
    committer_time: String,
    merge: bool,
    bot: bool,
    files: usize,
    added: u64,
    deleted: u64,
    label: Option<&'static str>,
    probability: Option<f64>,
    source: Option<&'static str>,
    moved: u32,
    copied: u32,
    format_only: u32,
    comment_only: u32,
    /// By how many points the files became more complex, and of how many that is known.
    complexity: Option<i64>,
    complexity_files: usize,
    rework_own: u32,
    rework_others: u32,
    patch_id: Option<String>,
    files_by_artefact: BTreeMap<&'static str, u64>,
}

impl Line {
    fn new(commit: &CommitFact) -> Self {
        let mut files_by_artefact = BTreeMap::new();
        let (mut rework_own, mut rework_others) = (0, 0);
        for change in &commit.changes {
            let turnover = change.turnover.unwrap_or_default();
            rework_own += turnover.rework_own;
            rework_others += turnover.rework_others;
            *files_by_artefact.entry(change.artefact.as_str()).or_default() += 1;
        }
        let complexity = commit.complexity();
        Self {
            sha: commit.id,
            parents: commit.parents.clone(),
            author_time: with_offset(commit.authored),
            committer_time: with_offset(commit.committed),
            merge: commit.is_merge(),
            bot: commit.bot,
            files: commit.changes.len(),
            added: commit.added(),
            deleted: commit.deleted(),
            label: commit.label.map(|label| label.label.as_str()),
            probability: commit.label.map(|label| label.probability.as_f64()),
            source: commit.label.map(|label| label.source.as_str()),
            moved: commit.work.moved,
            copied: commit.work.copied,
            format_only: commit.work.format_only,
            comment_only: commit.work.comment_only,
            complexity: complexity.map(|(points, _)| points),
            complexity_files: complexity.map_or(0, |(_, files)| files),
            rework_own,
            rework_others,
            patch_id: commit.work.patch.map(|patch| patch.to_string()),
            files_by_artefact,
        }
    }
}

/// RFC 3339 on the clock that the commit was made by.
pub(super) fn with_offset(time: OffsetTimestamp) -> String {
    let (sign, minutes) =
        (if time.offset_minutes < 0 { '-' } else { '+' }, time.offset_minutes.unsigned_abs());
    format!("{}{sign}{:02}:{:02}", time.local().strftime("%Y-%m-%dT%H:%M:%S"), minutes / 60, minutes % 60)
}

impl Commits {
    pub(super) async fn run(self) -> Result<(), CliError> {
        let local = Local::over(std::slice::from_ref(&self.path)).await?;
        local.read(&Bars::default(), &CancellationToken::new()).await?;
        let mut out = BufWriter::new(std::io::stdout().lock());
        for repository in local.workspace.repositories().await? {
            let mut commits = all_commits(&local.workspace, repository.id).await?;
            commits.sort_by(|a, b| b.committed.at.cmp(&a.committed.at).then_with(|| a.id.cmp(&b.id)));
            for commit in &commits {
                serde_json::to_writer(&mut out, &Line::new(commit)).map_err(std::io::Error::from)?;
                out.write_all(b"\n")?;
            }
        }
        Ok(out.flush()?)
    }
}

/// Every commit of a repository, in the order of the store.
pub(super) async fn all_commits(
    workspace: &Workspace,
    id: RepositoryId,
) -> Result<Vec<CommitFact>, EngineError> {
    let (mut commits, mut after) = (Vec::new(), None);
    loop {
        let page = workspace.commits(id, after.as_ref(), PageToken::MAX_LIMIT).await?;
        commits.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(commits),
        }
    }
}

impl Local {
    /// Reads every repository to the end.
    pub(super) async fn read(&self, bars: &Bars, cancel: &CancellationToken) -> Result<(), CliError> {
        for (path, connection) in &self.connections {
            self.workspace.sync(*connection, &bars.add(path), cancel).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_on_the_commits_own_clock() {
        let time = |text: &str, offset_minutes| {
            with_offset(OffsetTimestamp { at: text.parse().unwrap(), offset_minutes })
        };
        assert_eq!(time("2026-01-01T00:00:00Z", 120), "2026-01-01T02:00:00+02:00");
        assert_eq!(time("2026-01-01T00:00:00Z", -210), "2025-12-31T20:30:00-03:30");
        assert_eq!(time("2106-02-07T06:28:16Z", 0), "2106-02-07T06:28:16+00:00");
    }
}
