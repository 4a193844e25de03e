//! Values that nobody can guess.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use prodops_core::entropy::{Entropy, EntropyError};
use prodops_core::secret::Secret;

/// Length of [`text`]: 256 bits in base64url.
pub(super) const TEXT_LEN: usize = 43;

/// 256 random bits as text; also a PKCE verifier of the length that RFC 7636 recommends.
pub(super) fn text(entropy: &dyn Entropy) -> Result<Secret<String>, EntropyError> {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes)?;
    let bytes = Secret::new(bytes);
    Ok(Secret::new(bytes.expose(|bytes| URL_SAFE_NO_PAD.encode(bytes))))
}
