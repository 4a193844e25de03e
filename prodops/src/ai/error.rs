//! Why a call to a provider failed, and why a run did.

use std::time::Duration;

use prodops_connectors::http::egress::EgressError;
use prodops_core::entropy::EntropyError;

use super::consent::ConsentError;
use super::driver::{BEGINNING, UPLOADING};
use super::journal::JournalError;

/// A call to a provider that brought nothing. No text of the provider is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The provider has too much to do, and did nothing of what was asked (429, 529, 503 with `Retry-After`).
    #[error("the provider is busy and asks to come back later")]
    Busy {
        /// How long it asks to wait.
        after: Option<Duration>,
    },
    /// It is not known whether the provider did what was asked: no answer came, or any other 5xx.
    #[error("the provider did not say whether it did what was asked")]
    Unclear,
    /// There is no such object (404).
    #[error("the provider has no such object")]
    NotFound,
    /// The provider refuses (any other 4xx).
    #[error("the provider refuses with status {status}: check its key, its model and its quota")]
    Refused {
        /// The status.
        status: u16,
    },
    /// The answer is not what the provider's documentation says.
    #[error("the provider's answer has no {what} where its documentation puts one")]
    Unexpected {
        /// What was looked for.
        what: &'static str,
    },
    /// The request never left, or its answer was not taken.
    #[error(transparent)]
    Egress(#[from] EgressError),
}

impl CallError {
    /// Whether asking again later can help.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::Unclear)
    }
}

/// A run that brought no labels.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AiError {
    /// The workspace did not agree to it.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// Something failed at the provider; what lies there is in the journal.
    #[error("{step} failed")]
    Call {
        /// What was being done.
        step: &'static str,
        /// Why it failed.
        #[source]
        error: CallError,
    },
    /// The provider did not finish in time; the batch was given up.
    #[error("the provider did not finish within {} minutes: the batch was given up and is being deleted", waited.as_secs() / 60)]
    Late {
        /// How long was waited.
        waited: Duration,
    },
    /// It was told to stop; what lies at the provider is deleted by the next sweep.
    #[error("the run was stopped: what it left at the provider is deleted by the next sweep")]
    Stopped,
    /// The provider gave the whole batch up.
    #[error("the provider failed the whole batch: look at its console for the reason")]
    BatchFailed,
    /// What is about to be uploaded could not be written down, so that it was not uploaded, or what was done could not.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// No random bytes.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl AiError {
    /// Whether nothing was worked on at the provider for certain, so that nothing is owed for it.
    #[must_use]
    pub fn is_free(&self) -> bool {
        match self {
            Self::Consent(_) | Self::Entropy(_) => true,
            Self::Call { step, error } => {
                let refused = matches!(
                    error,
                    CallError::Busy { .. }
                        | CallError::NotFound
                        | CallError::Refused { .. }
                        | CallError::Egress(_)
                );
                refused && matches!(*step, UPLOADING | BEGINNING)
            }
            Self::Journal(_) | Self::Late { .. } | Self::Stopped | Self::BatchFailed => false,
        }
    }
}
