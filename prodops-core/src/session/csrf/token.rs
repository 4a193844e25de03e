//! What a page of a session knows and another site does not.

use std::fmt;

use crate::hex;
use crate::secret::Secret;

/// The session-bound token of forms and scripts. It stays the same through every renewal of the session's own token, so
/// that a page that is open goes on working.
pub struct CsrfToken(Secret<[u8; 32]>);

impl CsrfToken {
    pub(in crate::session) const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    /// The text for a hidden field or a header.
    #[must_use]
    pub fn reveal(&self) -> String {
        self.0.expose(|bytes| hex::encode(bytes))
    }

    /// Whether this text is the token, in time that does not tell how much of it is right.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let mut given = [0u8; 32];
        hex::decode_into(text.as_bytes(), &mut given).is_some() && self.0.ct_eq(&Secret::new(given))
    }
}

impl fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfToken([redacted])")
    }
}
