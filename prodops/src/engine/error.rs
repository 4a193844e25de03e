//! What an engine call can answer instead of a result.

use prodops_connectors::contract::ConnectorError;
use prodops_connectors::driver::SyncError;
use prodops_core::audit::{CheckpointError, NoteError};
use prodops_core::entropy::EntropyError;
use prodops_core::input::InputError;
use prodops_core::keyring::{KeyringError, Sealed};
use prodops_core::tenancy::AuthorityError;
use prodops_core::vault::SealError;
use prodops_policy::{PolicyError, ReloadError};
use prodops_store::StoreError;
use prodops_store::ledger::LedgerError;

use super::lifecycle::BackupError;

/// Why an engine call did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// There is no such thing, or the caller may not know of it: the two look the same.
    #[error("not found")]
    NotFound,
    /// The caller may know of it, but may not do this.
    #[error("not allowed")]
    Denied,
    /// Policies were not taken.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// Other policies were not taken; those in force stay.
    #[error(transparent)]
    Reload(#[from] ReloadError),
    /// An input breaks a rule.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A page token belongs to another list.
    #[error("not a page token of this list")]
    Page,
    /// No connector has this id.
    #[error("unknown connector: this deployment offers {offered}")]
    UnknownConnector {
        /// The ids that there are, separated by commas.
        offered: String,
    },
    /// The provider or the target is at fault.
    #[error(transparent)]
    Connector(#[from] ConnectorError),
    /// Another sync of this connection is under way.
    #[error("a sync of this connection is already under way")]
    Busy,
    /// The connection was cut: there is nothing to read through.
    #[error("the connection is disconnected")]
    Disconnected,
    /// A report could not be computed: a defect.
    #[error("the report could not be computed")]
    Report,
    /// The deployment has no access to its keys. Its operator must put the right root key back; nothing was changed.
    #[error(transparent)]
    Sealed(Sealed),
    /// A key could not be had or changed.
    #[error(transparent)]
    Keys(KeyringError),
    /// The store failed; nothing of the call is stored.
    #[error(transparent)]
    Store(StoreError),
    /// Identity data could not be checked.
    #[error(transparent)]
    Authority(AuthorityError),
    /// The audit log cannot go on: what is stored of its tree is not what was signed.
    #[error("the audit tree is not the one that was signed: verify the log before anything is signed again")]
    AuditTree,
    /// A checkpoint of the audit log could not be signed or read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Personal data of an event could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A purge did all that it could, and rows of the workspace are still found.
    #[error("rows of a deleted workspace are left: something keeps writing them, stop it and purge again")]
    RowsLeft,
    /// The ledger of deletions cannot be used: nothing is deleted or restored without it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A backup could not be made or restored.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// A manifest could not be signed.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The deployment has no such AI provider.
    #[cfg(feature = "ai")]
    #[error("unknown AI provider: this deployment offers {offered}")]
    UnknownProvider {
        /// The names that there are, separated by commas.
        offered: String,
    },
    /// What was chosen is not enough to ask an AI provider.
    #[cfg(feature = "ai")]
    #[error(transparent)]
    Consent(#[from] crate::ai::ConsentError),
    /// A run at an AI provider brought no labels.
    #[cfg(feature = "ai")]
    #[error(transparent)]
    Ai(#[from] crate::ai::AiError),
    /// No random bytes could be had.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl EngineError {
    /// Whether what was to be made is there already.
    #[must_use]
    pub const fn is_already_there(&self) -> bool {
        matches!(self, Self::Store(StoreError::AlreadyExists { .. }))
    }
}

impl From<StoreError> for EngineError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Sealed(reason) => Self::Sealed(reason),
            other => Self::Store(other),
        }
    }
}

impl From<AuthorityError> for EngineError {
    fn from(error: AuthorityError) -> Self {
        match error {
            AuthorityError::Source(source) => match source.downcast::<StoreError>() {
                Ok(error) => Self::from(*error),
                Err(source) => Self::Authority(AuthorityError::Source(source)),
            },
            other => Self::Authority(other),
        }
    }
}

impl From<KeyringError> for EngineError {
    fn from(error: KeyringError) -> Self {
        match error {
            KeyringError::Sealed(reason) => Self::Sealed(reason),
            other => Self::Keys(other),
        }
    }
}

impl From<SyncError> for EngineError {
    fn from(error: SyncError) -> Self {
        use prodops_connectors::driver::SinkError;
        match error {
            SyncError::Connector(error) => Self::Connector(error),
            SyncError::Sink(SinkError::Store(source)) => match source.downcast::<StoreError>() {
                Ok(error) => Self::from(*error),
                Err(_) => Self::Connector(ConnectorError::Bug { what: "the sink failed in an unknown way" }),
            },
            // Somebody else moved the cursor: they hold the connection now.
            SyncError::Sink(_) | _ => Self::Busy,
        }
    }
}
