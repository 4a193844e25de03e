//! Reads under way, and what is known of a repository besides its numbers.

use prodops::core::fact::{CoverageFact, Gap, ObjectFormat, RepositoryFact};
use prodops::core::id::ConnectionId;
use prodops::core::time::Timestamp;

use super::header::when;
use crate::syncing::SyncState;
use crate::ui::Label;
use crate::ui::view::{Note, ReportState, RepositoryDetails, StreamProgress, SyncFailure, SyncProgress};

/// The reads of a workspace, named by their repositories. `None` when there is nothing to say.
#[must_use]
pub fn progress(
    states: &[(ConnectionId, SyncState)],
    repositories: &[RepositoryFact],
) -> Option<SyncProgress> {
    let running = states.iter().any(|(_, state)| matches!(state, SyncState::Running { .. }));
    let name = |connection: ConnectionId| {
        let known = repositories.iter().find(|repository| repository.connection == connection);
        Label::new(known.map_or("a repository", |repository| repository.name.as_str()))
    };
    // Why it ended names paths and is for operators: it stands in the server's log and in the terminal.
    let failure =
        states.iter().find(|(_, state)| *state == SyncState::Failed).map(|(connection, _)| SyncFailure {
            what: format!("The last read of {} ended early.", name(*connection)),
            remedy: "What was read before stays. The reason is in the server's log.".to_owned(),
        });
    if !running && failure.is_none() {
        return None;
    }
    let streams = states.iter().filter_map(|(connection, state)| {
        let (done, estimate, finished) = match state {
            SyncState::Running { done, total } => (*done, *total, false),
            SyncState::Complete { commits } => (*commits, Some(*commits), true),
            SyncState::Failed => return None,
        };
        Some(StreamProgress {
            key: connection.to_string(),
            name: name(*connection),
            done,
            estimate,
            finished,
        })
    });
    Some(SyncProgress { streams: streams.collect(), failure: if running { None } else { failure } })
}

/// Whether there is a report to show.
#[must_use]
pub fn report_state(
    repositories: &[RepositoryFact],
    sync: Option<&SyncProgress>,
    read: Option<Timestamp>,
) -> ReportState {
    let running = sync.is_some_and(SyncProgress::is_running);
    match (repositories.is_empty(), running, read) {
        (_, true, None) => ReportState::Loading,
        (true, false, _) => {
            ReportState::Empty { remedy: "Connect a repository to see its metrics.".to_owned() }
        }
        _ => ReportState::Ready,
    }
}

/// What is known of a repository besides its numbers.
#[must_use]
pub fn details(repository: &RepositoryFact, coverage: &[CoverageFact], now: Timestamp) -> RepositoryDetails {
    let notes = coverage.iter().flat_map(|read| &read.gaps).filter(|(gap, _)| *gap != Gap::Shallow);
    RepositoryDetails {
        branch: repository.branch.as_ref().map(|branch| Label::new(branch.as_str())),
        head: repository.head.map(|head| head.to_string().chars().take(12).collect()),
        shallow: repository.shallow,
        object_format: match repository.format {
            ObjectFormat::Sha1 => "SHA-1".to_owned(),
            ObjectFormat::Sha256 => "SHA-256".to_owned(),
        },
        read: coverage.iter().map(|read| read.to).max().map(|at| when(at, now)),
        notes: notes.map(|(gap, n)| Note { what: gap_words(*gap).to_owned(), n: *n }).collect(),
    }
}

const fn gap_words(gap: Gap) -> &'static str {
    match gap {
        Gap::Shallow => "commits at which the history is cut off",
        Gap::UnreadableObject => "objects missing or damaged",
        Gap::TooLargeFile => "files over the size limit, not read",
        Gap::Submodule => "changes of submodules, passed over",
        Gap::LossyText => "messages that were not UTF-8",
        Gap::ImpossibleTime => "times outside the calendar",
        _ => "records passed over",
    }
}
