//! The sign-in by OpenID Connect, from the first redirect to a verified subject.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use jsonwebtoken::DecodingKey;
use oauth2::url::Url;
use oauth2::{AuthUrl, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope};
use prodops_connectors::http::egress::EgressClient;
use prodops_core::clock::Clock;
use prodops_core::entropy::Entropy;
use prodops_core::secret::Secret;
use prodops_core::session::VerifiedSubject;
use prodops_core::time::Timestamp;

use super::attempt::{LoginAttempt, ProviderId};
use super::authenticator::Authenticator;
use super::cached::Cached;
use super::callback::{Answer, Callback};
use super::discovery::Provider;
use super::error::{DiscoveryFault, IdTokenFault, LoginError};
use super::exchange::{self, Tokens};
use super::id_token::{self, Expected};
use super::key_set::KeySet;
use super::return_path::ReturnPath;
use super::settings::OidcSettings;
use super::spent::Spent;

/// How long a provider's description and keys are used, in seconds.
const FRESH_SECONDS: i64 = 60 * 60;
/// An unknown key id has the keys read again, but not more often than this, in seconds.
const REREAD_SECONDS: i64 = 30;

/// Signs people in at one OpenID Connect provider.
pub struct Oidc {
    settings: OidcSettings,
    egress: EgressClient,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    provider: Cached<Provider>,
    keys: Cached<KeySet>,
    spent: Spent,
}

/// The beginning of a sign-in.
#[derive(Debug)]
pub struct LoginStart {
    /// Where to send the browser.
    pub authorization_url: Secret<String>,
    /// What to keep until it comes back.
    pub attempt: LoginAttempt,
}

impl Oidc {
    /// Sets it up. The provider is asked when the first person signs in.
    #[must_use]
    pub fn new(
        settings: OidcSettings,
        egress: EgressClient,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        // Which backend signs is otherwise guessed from features, which another crate of the program may have changed.
        // Whoever chose one before keeps it.
        let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
        let (provider, keys, spent) = (Cached::default(), Cached::default(), Spent::default());
        Self { settings, egress, clock, entropy, provider, keys, spent }
    }

    /// Whether the provider can be asked: reads its description unless it was read within the hour.
    ///
    /// # Errors
    /// As [`Oidc::begin`].
    pub async fn check(&self) -> Result<(), LoginError> {
        self.provider().await.map(drop)
    }

    /// Begins a sign-in.
    ///
    /// # Errors
    /// When the provider cannot be asked, or there are no random bytes.
    pub async fn begin(&self, return_to: ReturnPath) -> Result<LoginStart, LoginError> {
        let provider = self.provider().await?;
        let attempt = LoginAttempt::begin(self.id(), return_to, self.clock.now(), self.entropy.as_ref())?;
        let url = self.authorization_url(&provider, &attempt)?;
        Ok(LoginStart { authorization_url: Secret::new(url.into()), attempt })
    }

    /// Completes a sign-in.
    ///
    /// # Security
    /// The attempt is used up, whatever comes of it; remove what it was kept in.
    ///
    /// # Errors
    /// When anything about it does not hold; see the module's documentation for what is checked.
    pub async fn finish(
        &self,
        attempt: LoginAttempt,
        callback: Callback,
    ) -> Result<VerifiedSubject, LoginError> {
        let now = self.clock.now();
        attempt.check(self.id(), now, &callback.state)?;
        let provider = self.provider().await?;
        if !provider.answers_as(callback.issuer.as_deref()) {
            return Err(LoginError::MixUp);
        }
        if !self.spent.mark(&attempt.state, attempt.begun(), now) {
            return Err(LoginError::Replayed);
        }
        let code = match callback.answer {
            Answer::Code(code) => code,
            Answer::Error(code) => return Err(LoginError::Denied { code }),
        };
        let tokens =
            exchange::exchange(&self.egress, &self.settings, &provider, code, &attempt.verifier).await?;
        self.verify(&provider, &attempt, &tokens).await
    }

    /// Where to send a browser so that the session at the provider ends, too; `None` when the provider has no such
    /// place. `back` is where the provider sends the browser afterwards, a URL that is registered there for this; without it
    /// people stay there.
    ///
    /// # Errors
    /// When the provider cannot be asked.
    pub async fn end_session_url(&self, back: Option<&str>) -> Result<Option<String>, LoginError> {
        let provider = self.provider().await?;
        let Some(endpoint) = &provider.end_session_endpoint else { return Ok(None) };
        let mut url = Url::parse(endpoint).map_err(|_| DiscoveryFault::Endpoint)?;
        let mut query = url.query_pairs_mut();
        query.append_pair("client_id", &self.settings.client_id);
        if let Some(back) = back {
            query.append_pair("post_logout_redirect_uri", back);
        }
        drop(query);
        Ok(Some(url.into()))
    }

    async fn verify(
        &self,
        provider: &Provider,
        attempt: &LoginAttempt,
        tokens: &Tokens,
    ) -> Result<VerifiedSubject, LoginError> {
        let header = tokens.id_token.expose(|token| id_token::header(token, &self.settings.algorithms))?;
        let key = self.key(provider, header.kid.as_deref(), header.alg).await?;
        let expected = Expected {
            issuer: &self.settings.issuer,
            client_id: &self.settings.client_id,
            nonce: &attempt.nonce,
            access_token: &tokens.access_token,
            begun: attempt.begun(),
            // The exchange took its time.
            now: self.clock.now(),
            max_age_seconds: self.settings.max_age_seconds,
        };
        Ok(tokens.id_token.expose(|token| id_token::verify(token, header.alg, &key, &expected))?)
    }

    /// The key of that id. Providers change keys: one that is unknown has the set read again, once.
    async fn key(
        &self,
        provider: &Provider,
        kid: Option<&str>,
        algorithm: jsonwebtoken::Algorithm,
    ) -> Result<DecodingKey, LoginError> {
        for max_age in [FRESH_SECONDS, REREAD_SECONDS] {
            let fetch = KeySet::fetch(&self.egress, &provider.jwks_uri);
            let keys = self.keys.get(self.clock.now(), max_age, fetch).await?;
            if let Some(key) = keys.find(kid, algorithm) {
                return Ok(key);
            }
        }
        Err(IdTokenFault::UnknownKey.into())
    }

    async fn provider(&self) -> Result<Arc<Provider>, LoginError> {
        let discover = Provider::discover(&self.egress, &self.settings.issuer);
        self.provider.get(self.now(), FRESH_SECONDS, discover).await
    }

    fn authorization_url(&self, provider: &Provider, attempt: &LoginAttempt) -> Result<Url, LoginError> {
        let endpoint =
            AuthUrl::new(provider.authorization_endpoint.clone()).map_err(|_| DiscoveryFault::Endpoint)?;
        let redirect = RedirectUrl::new(self.settings.redirect.clone())
            .map_err(|_| LoginError::Settings { what: "the redirect" })?;
        let client =
            exchange::client(&self.settings, provider).set_auth_uri(endpoint).set_redirect_uri(redirect);
        let verifier = PkceCodeVerifier::new(attempt.verifier.expose(String::clone));
        let request = client
            .authorize_url(|| CsrfToken::new(attempt.state.expose(String::clone)))
            .add_scope(Scope::new("openid".to_owned()))
            .add_scopes(self.settings.scopes.iter().cloned().map(Scope::new))
            .add_extra_param("nonce", attempt.nonce.expose(String::clone))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        let request = match self.settings.max_age_seconds {
            Some(seconds) => request.add_extra_param("max_age", seconds.to_string()),
            None => request,
        };
        Ok(request.url().0)
    }

    fn id(&self) -> ProviderId {
        ProviderId::of(&self.settings.issuer, &self.settings.client_id)
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

#[async_trait]
impl Authenticator for Oidc {
    type Evidence = (LoginAttempt, Callback);
    type Error = LoginError;

    async fn authenticate(&self, (attempt, callback): Self::Evidence) -> Result<VerifiedSubject, LoginError> {
        self.finish(attempt, callback).await
    }
}

impl fmt::Debug for Oidc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oidc({} as {})", self.settings.issuer, self.settings.client_id)
    }
}
