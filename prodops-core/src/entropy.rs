//! Random bytes, as a parameter.

use std::fmt::Debug;

/// The operating system gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no random bytes from the operating system")]
pub struct EntropyError;

/// Gives random bytes.
///
/// # Security
/// Implementations outside tests must be cryptographically secure: ids, tokens and keys come from here.
pub trait Entropy: Debug + Send + Sync {
    /// Fills the buffer with random bytes.
    ///
    /// # Errors
    /// When no random bytes can be had; the buffer must not be used then.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), EntropyError>;
}

/// The operating system's random number generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that asks the operating system for random bytes"
    )]
    fn fill(&self, buffer: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(buffer).map_err(|_| EntropyError)
    }
}
