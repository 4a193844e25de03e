//! The transit engine of HashiCorp Vault and OpenBao as a root key: it wraps and unwraps, and the root key never leaves it.
//!
//! # Security
//! What is wrapped is bound to its place twice. The place is the associated data of the engine's AEAD, so the engine
//! refuses to open it elsewhere; and it is authenticated under the wrapped key itself, because an engine older than that
//! parameter ignores it, and because a wrong answer must not be taken for a key. A wrapping is returned after it was opened
//! again: a data key whose only wrapping does not open would be lost with all that it seals.
//!
//! The engine's key must be of an AEAD type (`aes256-gcm96`, `chacha20-poly1305`), not derived and not exportable. The
//! policy needs `update` on `<mount>/encrypt/<key>` and `<mount>/decrypt/<key>`, nothing else.

mod api;
mod binding;
mod lease;
mod settings;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use prodops_connectors::http::egress::EgressClient;
use prodops_core::clock::Clock;
use prodops_core::keyring::{KeyProvider, RootError};
use prodops_core::secret::Secret;
use prodops_core::vault::{Context, KeyId, VaultKey};

use self::api::{Api, Reply};
use self::lease::Session;

pub use settings::{SettingsError, TransitAuth, TransitSettings};

/// The longest ciphertext that is believed to be one.
const LONGEST: usize = 4096;

/// A root key in a transit engine.
pub struct Transit {
    root: KeyId,
    key: String,
    mount: String,
    api: Api,
    session: Session,
}

impl Transit {
    /// Sets it up; the service is asked when the first key is wrapped or unwrapped.
    #[must_use]
    pub fn new(settings: TransitSettings, egress: EgressClient, clock: Arc<dyn Clock>) -> Self {
        let root = settings.root();
        let TransitSettings { address, namespace, mount, key, auth, .. } = settings;
        let api = Api::new(egress, address, namespace);
        Self { root, key, mount, api, session: Session::new(auth, clock) }
    }

    /// Renews the token if that is due. Call it now and then where nothing is wrapped or unwrapped for longer than the
    /// token lives; every other call does the same.
    ///
    /// # Errors
    /// When the service cannot be reached or refuses.
    pub async fn keep_alive(&self) -> Result<(), RootError> {
        self.session.token(&self.api).await.map(drop)
    }

    /// Wraps a key again if the engine's key was rotated since; `None` when the wrapping is of the newest version.
    ///
    /// # Errors
    /// Like [`KeyProvider::unwrap`] and [`KeyProvider::wrap`].
    pub async fn rewrap(
        &self,
        wrapped: &[u8],
        id: KeyId,
        context: &Context<'_>,
    ) -> Result<Option<Vec<u8>>, RootError> {
        let key = self.unwrap(wrapped, id, context).await?;
        let again = self.wrap(&key, context).await?;
        Ok((version(wrapped) != version(&again)).then_some(again))
    }

    async fn encrypt(&self, plaintext: &Secret<Vec<u8>>, place: &[u8]) -> Result<Vec<u8>, RootError> {
        match self.call("encrypt", &api::body("plaintext", plaintext, place)).await? {
            Reply::Done(answer) => {
                let ciphertext = answer.text("ciphertext").filter(|text| version(text.as_bytes()).is_some());
                ciphertext
                    .map(String::into_bytes)
                    .ok_or_else(|| unavailable("it answered with no ciphertext"))
            }
            Reply::BadRequest => Err(denied("it does not encrypt with this key: is its type an AEAD")),
        }
    }

    async fn decrypt(&self, wrapped: &[u8], place: &[u8]) -> Result<Secret<Vec<u8>>, RootError> {
        if version(wrapped).is_none() {
            return Err(RootError::Refused(self.root));
        }
        match self.call("decrypt", &api::ciphertext_body(wrapped, place)).await? {
            Reply::Done(answer) => {
                answer.bytes("plaintext").ok_or_else(|| unavailable("it answered with no plaintext"))
            }
            Reply::BadRequest => Err(RootError::Refused(self.root)),
        }
    }

    /// Calls the engine; a login that ran out early is made again, once.
    async fn call(&self, operation: &str, body: &Secret<Vec<u8>>) -> Result<Reply, RootError> {
        let path = format!("{}/{operation}/{}", self.mount, self.key);
        let token = self.session.token(&self.api).await?;
        match self.api.post(&path, Some(&token), body).await {
            Err(RootError::Denied { .. }) if self.session.forget(&token).await => {
                let token = self.session.token(&self.api).await?;
                self.api.post(&path, Some(&token), body).await
            }
            answer => answer,
        }
    }
}

#[async_trait]
impl KeyProvider for Transit {
    fn root(&self) -> KeyId {
        self.root
    }

    async fn wrap(&self, key: &VaultKey, context: &Context<'_>) -> Result<Vec<u8>, RootError> {
        let place = binding::place(key.id(), context);
        let wrapped = self.encrypt(&binding::bind(key, &place), &place).await?;
        let again = match self.decrypt(&wrapped, &place).await {
            Ok(plaintext) => binding::open(&plaintext, key.id(), &place),
            Err(RootError::Refused(_)) => None,
            Err(error) => return Err(error),
        };
        match again {
            Some(again) if again.ct_eq(key) => Ok(wrapped),
            _ => Err(unavailable("it does not open what it just wrapped")),
        }
    }

    async fn unwrap(&self, wrapped: &[u8], id: KeyId, context: &Context<'_>) -> Result<VaultKey, RootError> {
        let place = binding::place(id, context);
        let plaintext = self.decrypt(wrapped, &place).await?;
        binding::open(&plaintext, id, &place).ok_or(RootError::Refused(self.root))
    }
}

impl fmt::Debug for Transit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Transit({} at {}/{})", self.root, self.mount, self.key)
    }
}

/// The version of the engine's key in `vault:v<version>:<base64>`; `None` for every other text.
fn version(wrapped: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(wrapped).ok().filter(|text| text.len() <= LONGEST)?;
    let (version, body) = text.strip_prefix("vault:v")?.split_once(':')?;
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let plain =
        version.bytes().all(|byte| byte.is_ascii_digit()) && !body.is_empty() && body.bytes().all(base64);
    version.parse().ok().filter(|_| plain)
}

fn denied(reason: impl Into<String>) -> RootError {
    RootError::Denied { reason: reason.into() }
}

fn unavailable(reason: impl Into<String>) -> RootError {
    RootError::Unavailable { reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ciphertext_names_its_version() {
        assert_eq!(version(b"vault:v1:AAAA"), Some(1));
        assert_eq!(version(b"vault:v27:a+/b=="), Some(27));
        let long = format!("vault:v1:{}", "A".repeat(LONGEST));
        for bad in [
            "",
            "vault:v1:",
            "vault:v:AAAA",
            "vault:1:AAAA",
            "v1:AAAA",
            "vault:v1:A A",
            "vault:v-1:AAAA",
            "vault:v+1:AAAA",
            "vault:v1:AA\"",
            &long,
        ] {
            assert_eq!(version(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(version(b"vault:v1:\xff"), None);
    }
}
