//! What the queue keeps of a failure: a code, and how long to wait.

use prodops_connectors::contract::ConnectorError;
use prodops_store::contract::{Backoff, JobFailure, JobTask};

use super::super::error::EngineError;

/// The code of an error. Its text is for the process log only.
pub(super) const fn code(error: &EngineError) -> JobFailure {
    match error {
        EngineError::Connector(error) => of_connector(error),
        EngineError::UnknownConnector { .. } => JobFailure::Unusable,
        EngineError::Busy => JobFailure::Busy,
        EngineError::Denied => JobFailure::Denied,
        EngineError::Store(_) | EngineError::Backup(_) => JobFailure::Store,
        #[cfg(feature = "ai")]
        EngineError::Ai(error) => super::super::ai::failure(error),
        EngineError::Sealed(_) | EngineError::Keys(_) => JobFailure::Keys,
        _ => JobFailure::Defect,
    }
}

const fn of_connector(error: &ConnectorError) -> JobFailure {
    match error {
        ConnectorError::Transient { .. } | ConnectorError::Cancelled => JobFailure::Unreachable,
        ConnectorError::Unusable { .. } | ConnectorError::Gone { .. } => JobFailure::Unusable,
        ConnectorError::Corrupt { .. } => JobFailure::Damaged,
        ConnectorError::ExcessScope => JobFailure::Refused,
        _ => JobFailure::Defect,
    }
}

/// How long to wait before the next attempt. What others depend on comes back soon.
pub(super) const fn backoff(task: JobTask) -> Backoff {
    match task {
        JobTask::SyncConnection(_) => Backoff { first: 60, longest: 3_600 },
        JobTask::ClassifyCommits => Backoff { first: 300, longest: 6 * 3_600 },
        JobTask::SequenceAudit => Backoff { first: 5, longest: 60 },
        JobTask::RenewKeys | JobTask::PurgeDue | JobTask::BackUp | JobTask::SweepProviders => {
            Backoff { first: 30, longest: 600 }
        }
    }
}
