//! Connections and the jobs that read them, in words.

use prodops::core::time::Timestamp;
use prodops::engine::Integration;
use prodops::store::contract::{ConnectionState, JobFailure, JobRecord, JobState};

use super::header::when;
use crate::ui::Label;
use crate::ui::number::{ahead, thousands};
use crate::ui::view::{IntegrationFailure, IntegrationRow, IntegrationState, When};

/// A connection as its page shows it. `open` says whether the workspace takes changes.
#[must_use]
pub fn integration(integration: &Integration, open: bool, now: Timestamp) -> IntegrationRow {
    let (connection, job) = (&integration.connection, integration.job.as_ref());
    let state = state(connection.state, job);
    IntegrationRow {
        id: connection.id.to_string(),
        connector: Label::new(connection.connector.as_str()),
        target: Label::new(connection.target.as_str()),
        state,
        last: job.and_then(|job| job.succeeded).map(|at| when(at, now)),
        next: job.filter(|job| job.state == JobState::Queued).map(|job| soon(job.run_after, now)),
        failure: job.and_then(|job| failure(job, now)),
        button: if open { button(state) } else { None },
    }
}

fn state(connection: ConnectionState, job: Option<&JobRecord>) -> IntegrationState {
    match (connection, job.map(|job| job.state), job.is_some_and(|job| job.failed.is_some())) {
        (ConnectionState::Disconnected, ..) => IntegrationState::Disconnected,
        (_, Some(JobState::Dead), _) => IntegrationState::GivenUp,
        (_, Some(JobState::Running { .. }), _) => IntegrationState::Reading,
        (_, _, true) => IntegrationState::Retrying,
        _ => IntegrationState::Healthy,
    }
}

const fn button(state: IntegrationState) -> Option<&'static str> {
    match state {
        IntegrationState::Healthy => Some("Read now"),
        IntegrationState::Retrying | IntegrationState::GivenUp => Some("Try again"),
        IntegrationState::Reading | IntegrationState::Disconnected => None,
    }
}

fn failure(job: &JobRecord, now: Timestamp) -> Option<IntegrationFailure> {
    let (at, code) = job.failed?;
    let under_way = u32::from(matches!(job.state, JobState::Running { .. }));
    let attempts = match job.attempts.saturating_sub(under_way) {
        1 => "Failed once".to_owned(),
        more => format!("Failed {} times", thousands(u64::from(more))),
    };
    Some(IntegrationFailure {
        what: words(code).to_owned(),
        code: code.as_str(),
        when: when(at, now),
        attempts,
    })
}

/// What happened and what to do. Errors themselves name paths and are for operators: they stand in the server's log.
const fn words(code: JobFailure) -> &'static str {
    match code {
        JobFailure::Unreachable => "It cannot be reached at the moment.",
        JobFailure::Refused => {
            "Reading it is refused: its permission is gone or too narrow. Connect it again."
        }
        JobFailure::Unusable => {
            "It is not where it was, or is not what it was. Put it back, or disconnect it."
        }
        JobFailure::Damaged => "What was read is damaged. Repair it at its source.",
        JobFailure::Busy => "Somebody else was reading it.",
        JobFailure::Denied => "The policies do not allow reading it.",
        JobFailure::Store => "What was read could not be stored. The server's log says why.",
        JobFailure::Keys => "The keys of this workspace could not be had. The server's log says why.",
        JobFailure::Abandoned => "The server ended while it was reading.",
        _ => "It ended by a defect. The server's log says more.",
    }
}

/// An instant to come, for the script and for people.
fn soon(at: Timestamp, now: Timestamp) -> When {
    When { machine: at.to_string(), text: ahead(u64::try_from(at.seconds_since(now)).unwrap_or(0)) }
}
