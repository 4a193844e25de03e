//! A sign-in that was begun and not yet completed.

use prodops_core::entropy::{Entropy, EntropyError};
use prodops_core::secret::Secret;
use prodops_core::time::Timestamp;
use sha2::{Digest as _, Sha256};

use super::error::LoginError;
use super::random::{self, TEXT_LEN};
use super::return_path::ReturnPath;

const VERSION: u8 = 1;
/// How long a sign-in may take.
const LIFETIME_SECONDS: i64 = 10 * 60;

/// Which provider and client an attempt was begun with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ProviderId([u8; 32]);

impl ProviderId {
    pub(super) fn of(issuer: &str, client_id: &str) -> Self {
        let hash = Sha256::new().chain_update(issuer).chain_update([0]).chain_update(client_id);
        Self(hash.finalize().into())
    }
}

/// What must be remembered between sending somebody to the provider and their coming back.
///
/// # Security
/// Keep it where only this browser can bring it back and nobody can read or change it: a sealed cookie of ten minutes that is
/// removed when it is used. It holds the PKCE verifier.
#[derive(Debug)]
pub struct LoginAttempt {
    begun: Timestamp,
    provider: ProviderId,
    pub(super) state: Secret<String>,
    pub(super) nonce: Secret<String>,
    pub(super) verifier: Secret<String>,
    return_to: ReturnPath,
}

impl LoginAttempt {
    /// How long an attempt is good for, in seconds: the lifetime of its cookie.
    pub const LIFETIME_SECONDS: i64 = LIFETIME_SECONDS;

    pub(super) fn begin(
        provider: ProviderId,
        return_to: ReturnPath,
        begun: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Self, EntropyError> {
        let (state, nonce, verifier) =
            (random::text(entropy)?, random::text(entropy)?, random::text(entropy)?);
        Ok(Self { begun, provider, state, nonce, verifier, return_to })
    }

    /// Where to bring the person afterwards.
    #[must_use]
    pub const fn return_to(&self) -> &ReturnPath {
        &self.return_to
    }

    pub(super) const fn begun(&self) -> Timestamp {
        self.begun
    }

    /// Whether it was begun with this provider, not too long ago, and the callback's state is its own.
    pub(super) fn check(
        &self,
        provider: ProviderId,
        now: Timestamp,
        state: &Secret<String>,
    ) -> Result<(), LoginError> {
        if self.provider != provider {
            return Err(LoginError::Attempt);
        }
        if !(0..=LIFETIME_SECONDS).contains(&now.seconds_since(self.begun)) {
            return Err(LoginError::Expired);
        }
        if self.state.ct_eq(state) { Ok(()) } else { Err(LoginError::State) }
    }

    /// The bytes to seal.
    #[must_use]
    pub fn to_bytes(&self) -> Secret<Vec<u8>> {
        let mut bytes = Vec::with_capacity(1 + 8 + 32 + 3 * TEXT_LEN + self.return_to.as_str().len());
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.begun.as_millis().to_be_bytes());
        bytes.extend_from_slice(&self.provider.0);
        for text in [&self.state, &self.nonce, &self.verifier] {
            text.expose(|text| bytes.extend_from_slice(text.as_bytes()));
        }
        bytes.extend_from_slice(self.return_to.as_str().as_bytes());
        Secret::new(bytes)
    }

    /// Reads what [`LoginAttempt::to_bytes`] wrote, after it was unsealed.
    ///
    /// # Errors
    /// When it is something else.
    pub fn from_bytes(bytes: &Secret<Vec<u8>>) -> Result<Self, LoginError> {
        bytes.expose(|bytes| read(bytes)).ok_or(LoginError::Attempt)
    }
}

fn read(bytes: &[u8]) -> Option<LoginAttempt> {
    let ([VERSION], rest) = bytes.split_first_chunk()? else { return None };
    let (begun, rest) = rest.split_first_chunk()?;
    let (provider, rest) = rest.split_first_chunk()?;
    let (state, rest) = text(rest)?;
    let (nonce, rest) = text(rest)?;
    let (verifier, rest) = text(rest)?;
    let begun = Timestamp::from_millis(i64::from_be_bytes(*begun)).ok()?;
    let return_to = ReturnPath::new(std::str::from_utf8(rest).ok()?).ok()?;
    Some(LoginAttempt { begun, provider: ProviderId(*provider), state, nonce, verifier, return_to })
}

fn text(bytes: &[u8]) -> Option<(Secret<String>, &[u8])> {
    let (text, rest) = bytes.split_first_chunk::<TEXT_LEN>()?;
    Some((Secret::new(std::str::from_utf8(text).ok()?.to_owned()), rest))
}

#[cfg(test)]
mod tests {
    use prodops_core::testing::SeededEntropy;

    use super::*;

    fn attempt() -> LoginAttempt {
        let path = ReturnPath::new("/w/platform").unwrap();
        let provider = ProviderId::of("https://id.example", "client");
        LoginAttempt::begin(provider, path, Timestamp::UNIX_EPOCH, &SeededEntropy::new(7)).unwrap()
    }

    #[test]
    fn it_comes_back_from_its_bytes() {
        let (first, second) = (attempt(), LoginAttempt::from_bytes(&attempt().to_bytes()).unwrap());
        assert!(first.state.ct_eq(&second.state) && first.nonce.ct_eq(&second.nonce));
        assert!(first.verifier.ct_eq(&second.verifier) && first.provider == second.provider);
        assert_eq!((first.begun, first.return_to), (second.begun, second.return_to));
    }

    #[test]
    fn damaged_bytes_are_refused() {
        let bytes = attempt().to_bytes();
        let whole = bytes.expose(Vec::clone);
        let without_path = 1 + 8 + 32 + 3 * TEXT_LEN;
        for length in 0..=without_path {
            assert!(LoginAttempt::from_bytes(&Secret::new(whole[..length].to_vec())).is_err(), "{length}");
        }
        for (offset, byte) in [(0, 2), (60, 0xff), (without_path, b'x'), (without_path + 1, b'/')] {
            let mut changed = whole.clone();
            changed[offset] = byte;
            assert!(LoginAttempt::from_bytes(&Secret::new(changed)).is_err(), "{offset}");
        }
    }

    #[test]
    fn the_three_secrets_differ_and_are_not_shown() {
        let attempt = attempt();
        assert!(!attempt.state.ct_eq(&attempt.nonce) && !attempt.nonce.ct_eq(&attempt.verifier));
        let shown = format!("{attempt:?}");
        for secret in [&attempt.state, &attempt.nonce, &attempt.verifier] {
            secret.expose(|text| assert!(text.len() == TEXT_LEN && !shown.contains(text)));
        }
    }

    #[test]
    fn it_is_good_for_ten_minutes_one_provider_and_one_state() {
        let attempt = attempt();
        let provider = ProviderId::of("https://id.example", "client");
        let state = Secret::new(attempt.state.expose(String::clone));
        let at = |seconds| attempt.check(provider, Timestamp::UNIX_EPOCH.plus_seconds(seconds), &state);
        assert!(at(0).is_ok() && at(600).is_ok());
        assert!(matches!(at(601), Err(LoginError::Expired)) && matches!(at(-1), Err(LoginError::Expired)));
        for (issuer, client) in [
            ("https://id.example/", "client"),
            ("https://id.example", "clien"),
            ("https://id.examplec", "lient"),
        ] {
            let other = attempt.check(ProviderId::of(issuer, client), Timestamp::UNIX_EPOCH, &state);
            assert!(matches!(other, Err(LoginError::Attempt)), "{issuer} {client}");
        }
        let other = attempt.check(provider, Timestamp::UNIX_EPOCH, &attempt.nonce);
        assert!(matches!(other, Err(LoginError::State)));
    }
}
