//! `analyze`: the metrics of repositories, once, to the terminal.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use prodops::core::clock::{Clock, SystemClock};
use prodops::core::fact::{Activity, CommitFact, CommitId, RepositoryFact};
use prodops::core::time::Timestamp;
use prodops::engine::ReportQuery;
use prodops::metrics::{MetricResult, MetricView, Preset, Report, Window, time_zone};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::CliError;
use super::commits::all_commits;
use super::local::Local;
use super::progress::Bars;
use crate::ui::number;

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
struct Summary<'a> {
    repository: &'a str,
    head: Option<CommitId>,
    commits: Commits,
    lines: Lines,
    labels: BTreeMap<&'static str, u64>,
    metrics: Vec<MetricView<'a>>,
}

#[derive(Debug, Default, Serialize)]
struct Commits {
    total: u64,
    merges: u64,
    bots: u64,
}

#[derive(Debug, Default, Serialize)]
struct Lines {
    added: u64,
    deleted: u64,
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
            let Some(repository) = repositories.iter().find(|one| one.connection == *connection) else { continue };
            let query = ReportQuery { repository: Some(repository.id), window: window.clone() };
            let report = local.workspace.report(&query).await?;
            let commits = all_commits(&local.workspace, repository.id).await?;
            let summary = Summary::new(repository, &commits, &window, &report);
            match self.format {
                Format::Json => {
                    serde_json::to_writer(&mut out, &summary).map_err(std::io::Error::from)?;
                    out.write_all(b"\n")?;
                }
                Format::Table => table(&mut out, &summary, &report)?,
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
    fn new(repository: &'a RepositoryFact, commits: &[CommitFact], window: &Window, report: &'a Report) -> Self {
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

fn table(out: &mut impl Write, summary: &Summary<'_>, report: &Report) -> std::io::Result<()> {
    let Summary { commits, lines, .. } = summary;
    let head = summary.head.map_or_else(|| "no commit".to_owned(), |head| head.to_string().chars().take(12).collect());
    writeln!(out, "{}  at {head}", summary.repository)?;
    writeln!(
        out,
        "  {} commits ({} merges, {} by programs), +{} −{} lines\n",
        number::count(commits.total),
        number::count(commits.merges),
        number::count(commits.bots),
        number::count(lines.added),
        number::count(lines.deleted)
    )?;
    for result in &report.results {
        writeln!(out, "  {:<34} {:<40} {}", result.definition.name, reading(result), small_print(result))?;
    }
    writeln!(out)
}

fn reading(result: &MetricResult) -> String {
    match (result.value(), result.unknown()) {
        (Some(value), _) => value.to_string(),
        (None, Some(unknown)) => format!("unknown: {unknown}"),
        (None, None) => "none".to_owned(),
    }
}

fn small_print(result: &MetricResult) -> String {
    if result.unknown().is_some() {
        return String::new();
    }
    let left_out: u64 = result.excluded.iter().map(|(_, count)| count).sum();
    let left_out = if left_out > 0 { format!(", {} left out", number::count(left_out)) } else { String::new() };
    format!("n = {}{left_out}", number::count(result.n))
}
