//! How an embedder brings a login of its own.

use async_trait::async_trait;
use prodops_core::session::VerifiedSubject;

/// Turns what a sign-in brought along into somebody verified.
///
/// # Security
/// The engine believes the answer. It says who somebody is and nothing else: which workspaces they enter is decided by
/// their memberships.
#[async_trait]
pub trait Authenticator: Send + Sync {
    /// What a sign-in brings along, such as a callback's parameters or a header that a trusted proxy sets.
    type Evidence: Send + 'static;
    /// Why nobody was verified.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Verifies the evidence.
    ///
    /// # Errors
    /// When it proves nothing.
    async fn authenticate(&self, evidence: Self::Evidence) -> Result<VerifiedSubject, Self::Error>;
}
