//! `analyze`: the metrics of repositories, once, to the terminal.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use prodops::core::clock::{Clock, SystemClock};
use prodops::core::fact::{Activity, CommitFact, CommitId, RepositoryFact};
use prodops::core::time::Timestamp;
use prodops::engine::ReportQuery;
use prodops::metrics::{MetricView, Preset, Report, Window, time_zone};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::CliError;
use super::commits::all_commits;
use super::local::Local;
use super::progress::Bars;
use super::table;

#[derive(Debug, Args)]
pub(super) struct Analyze {
    /// Folders of git repositories.
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Only what was committed since this day (UTC), such as 2026-01-31; all history unless given.
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// One JSON object per repository and line.
    Json,
}

/// What is printed of a repository.
#[derive(Debug, Serialize)]
pub(super) struct Summary<'a> {
    pub(super) repository: &'a str,
    pub(super) head: Option<CommitId>,
    pub(super) commits: Commits,
    pub(super) lines: Lines,
    labels: BTreeMap<&'static str, u64>,
    metrics: Vec<MetricView<'a>>,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Commits {
    pub(super) total: u64,
    pub(super) merges: u64,
    pub(super) bots: u64,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Lines {
    pub(super) added: u64,
    pub(super) deleted: u64,
}

impl Analyze {
    pub(super) async fn run(self) -> Result<(), CliError> {
        let now = SystemClock.now();
        let window = self.window(now)?;
        let local = Local::over(&self.paths).await?;
        local.read(&Bars::default(), &CancellationToken::new()).await?;
        let mut out = BufWriter::new(std::io::stdout().lock());
        let repositories = local.workspace.repositories().await?;
        for (_, connection) in &local.connections {
            // In the order of the command line, not of the ids.
            let Some(repository) = repositories.iter().find(|one| one.connection == *connection) else {
                continue;
            };
            let query = ReportQuery { repository: Some(repository.id), window: window.clone() };
            let report = local.workspace.report(&query).await?;
            let commits = all_commits(&local.workspace, repository.id).await?;
            let summary = Summary::new(repository, &commits, &window, &report);
            match self.format {
                Format::Json => {
                    serde_json::to_writer(&mut out, &summary).map_err(std::io::Error::from)?;
                    out.write_all(b"\n")?;
                }
                Format::Table => table::print(&mut out, &summary, &report)?,
            }
        }
        Ok(out.flush()?)
    }

    fn window(&self, now: Timestamp) -> Result<Window, CliError> {
        let zone = time_zone("UTC")?;
        let Some(day) = &self.since else { return Ok(Window::preset(Preset::AllHistory, now, zone)?) };
        let from: Timestamp = format!("{day}T00:00:00Z")
            .parse()
            .map_err(|_| CliError::Argument(format!("--since {day:?} is no day: write it as 2026-01-31")))?;
        Ok(Window::since(from, now, zone)?)
    }
}

impl<'a> Summary<'a> {
    fn new(
        repository: &'a RepositoryFact,
        commits: &[CommitFact],
        window: &Window,
        report: &'a Report,
    ) -> Self {
        let all = window.as_preset() == Some(Preset::AllHistory);
        let mut summary = Self {
            repository: repository.name.as_str(),
            head: repository.head,
            commits: Commits::default(),
            lines: Lines::default(),
            labels: Activity::ALL.iter().map(|activity| (activity.as_str(), 0)).collect(),
            metrics: report.metrics(),
        };
        for commit in commits.iter().filter(|commit| all || window.contains(commit.committed.at)) {
            summary.commits.total += 1;
            summary.commits.merges += u64::from(commit.is_merge());
            summary.commits.bots += u64::from(commit.bot);
            summary.lines.added += commit.added();
            summary.lines.deleted += commit.deleted();
            if let Some(label) = commit.label {
                *summary.labels.entry(label.label.as_str()).or_default() += 1;
            }
        }
        summary
    }
}
