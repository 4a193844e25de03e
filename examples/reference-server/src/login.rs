//! Signing in at the operator's identity provider: its parts put together, and whether it can be reached.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use prodops::connectors::http::egress::{Egress, EgressError, Roots};
use prodops::core::clock::Clock;
use prodops::core::entropy::Entropy;
use prodops::login::{LoginError, Oidc};

use crate::cli::with_causes;
use crate::config::{LOGIN_PURPOSE, LoginConfig, LoginConfigError};

/// How often a provider that could not be reached at start is asked again.
const AGAIN: Duration = Duration::from_secs(60);

/// The login cannot be put together.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoginSetupError {
    /// The configuration is at fault.
    #[error("`[login]`: {0}")]
    Config(#[from] LoginConfigError),
    /// There is no way out.
    #[error("`[login]`: {0}")]
    Egress(#[from] EgressError),
}

/// The identity provider of this server.
#[derive(Debug)]
pub struct Login {
    oidc: Oidc,
    provider: String,
    /// Whether the last question to it was answered.
    reachable: AtomicBool,
    /// Whether it can end its own session, too.
    ends_sessions: AtomicBool,
}

impl Login {
    /// Puts it together; the provider is not asked yet. `callback` is the address that is registered there, `roots` whose word is
    /// taken for who it is.
    ///
    /// # Errors
    /// When the secret cannot be had, or the configuration cannot work.
    pub fn new(
        config: &LoginConfig,
        callback: &str,
        roots: Roots,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, LoginSetupError> {
        let settings = match config.secret()? {
            Some(secret) => config.settings(callback)?.client_secret(secret),
            None => config.settings(callback)?,
        };
        let egress = Egress::builder(roots, Arc::clone(&clock));
        let egress = config.destinations()?.into_iter().fold(egress, |egress, one| egress.allow(one)).build();
        Ok(Self {
            oidc: Oidc::new(settings, egress.client(LOGIN_PURPOSE)?, clock, entropy),
            provider: config.provider(),
            reachable: AtomicBool::new(true),
            ends_sessions: AtomicBool::new(false),
        })
    }

    /// The protocol's side of it.
    #[must_use]
    pub const fn oidc(&self) -> &Oidc {
        &self.oidc
    }

    /// The provider's host.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// Whether the provider answered when it was last asked; `true` before.
    #[must_use]
    pub fn is_reachable(&self) -> bool {
        self.reachable.load(Ordering::Relaxed)
    }

    /// Whether the provider is known to end its own session when somebody asks it to.
    #[must_use]
    pub fn ends_sessions(&self) -> bool {
        self.ends_sessions.load(Ordering::Relaxed)
    }

    /// Notes whether a question to the provider was answered.
    pub fn note(&self, answered: bool) {
        self.reachable.store(answered, Ordering::Relaxed);
    }

    /// Asks the provider for its description, unless it gave one within the hour.
    ///
    /// # Errors
    /// When it cannot be had, or is refused.
    pub async fn check(&self) -> Result<(), LoginError> {
        let checked = self.oidc.check().await;
        self.note(checked.is_ok());
        if checked.is_ok() {
            let ends = self.oidc.end_session_url(None).await?.is_some();
            self.ends_sessions.store(ends, Ordering::Relaxed);
        }
        checked
    }

    /// Asks the provider until it answers once. That it does not keeps nobody from starting the server: the sign-in page says so,
    /// and whoever tries to sign in asks it again.
    pub async fn await_provider(&self) {
        while let Err(error) = self.check().await {
            let error = with_causes(&error);
            tracing::warn!(provider = %self.provider, error, "people cannot sign in yet: it is tried again");
            tokio::time::sleep(AGAIN).await;
        }
        tracing::info!(provider = %self.provider, "people sign in at this identity provider");
    }
}
