//! What an operator says about the identity provider.

use http::Uri;
use prodops_core::secret::Secret;

use super::error::LoginError;

/// A signature algorithm of ID tokens. There is no `none` and no shared-secret algorithm in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, at least 2048 bits.
    Rs256,
    /// RSASSA-PSS with SHA-256, at least 2048 bits.
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

/// An OpenID Connect provider and this client's registration there.
#[derive(Debug)]
pub struct OidcSettings {
    pub(super) issuer: String,
    pub(super) client_id: String,
    pub(super) client_secret: Option<Secret<String>>,
    pub(super) redirect: String,
    pub(super) scopes: Vec<String>,
    pub(super) max_age_seconds: Option<u32>,
    pub(super) algorithms: Vec<SigningAlgorithm>,
}

impl OidcSettings {
    /// A public client (PKCE alone) of this issuer; `redirect` is the callback's URL as it is registered.
    ///
    /// # Errors
    /// When the issuer or the redirect is no absolute http(s) URL without query and fragment, or the client id is empty.
    pub fn new(issuer: &str, client_id: &str, redirect: &str) -> Result<Self, LoginError> {
        for (url, what) in [(issuer, "the issuer"), (redirect, "the redirect")] {
            if !is_plain_url(url) {
                return Err(LoginError::Settings { what });
            }
        }
        if client_id.is_empty() || !client_id.bytes().all(|byte| matches!(byte, 0x20..=0x7e)) {
            return Err(LoginError::Settings { what: "the client id" });
        }
        Ok(Self {
            issuer: issuer.to_owned(),
            client_id: client_id.to_owned(),
            client_secret: None,
            redirect: redirect.to_owned(),
            scopes: Vec::new(),
            max_age_seconds: None,
            algorithms: vec![
                SigningAlgorithm::Rs256,
                SigningAlgorithm::Ps256,
                SigningAlgorithm::Es256,
                SigningAlgorithm::EdDsa,
            ],
        })
    }

    /// Makes it a confidential client.
    #[must_use]
    pub fn client_secret(mut self, secret: Secret<String>) -> Self {
        self.client_secret = Some(secret);
        self
    }

    /// Asks for one more scope than `openid`.
    #[must_use]
    pub fn scope(mut self, scope: &str) -> Self {
        self.scopes.push(scope.to_owned());
        self
    }

    /// Asks people to prove again who they are when they did so longer ago than this.
    #[must_use]
    pub const fn max_age_seconds(mut self, seconds: u32) -> Self {
        self.max_age_seconds = Some(seconds);
        self
    }

    /// Accepts these algorithms only.
    #[must_use]
    pub fn algorithms(mut self, algorithms: &[SigningAlgorithm]) -> Self {
        self.algorithms = algorithms.to_vec();
        self
    }
}

fn is_plain_url(text: &str) -> bool {
    let parsed = text.parse::<Uri>().ok().filter(|uri| matches!(uri.scheme_str(), Some("https" | "http")));
    parsed.is_some_and(|uri| uri.authority().is_some() && uri.query().is_none()) && !text.contains(['#', '@'])
}
