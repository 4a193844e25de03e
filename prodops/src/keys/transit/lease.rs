//! The token that this deployment works with, as long as it is good.

use std::sync::Arc;

use http::Method;
use prodops_core::clock::Clock;
use prodops_core::keyring::RootError;
use prodops_core::secret::Secret;
use prodops_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::api::Api;
use super::denied;
use super::settings::TransitAuth;

/// Makes, renews and hands out the token. Whoever comes while it is being made waits for it.
pub(super) struct Session {
    auth: TransitAuth,
    clock: Arc<dyn Clock>,
    lease: Mutex<Option<Lease>>,
}

/// A token and how long it is good for.
struct Lease {
    token: Arc<Secret<String>>,
    since: Timestamp,
    /// 0 where it does not end.
    seconds: i64,
    renewable: bool,
}

impl Lease {
    /// Whether it should be renewed: after two thirds of its time, so that a service that is away for a while is back
    /// before the token ends. A clock that went back says nothing about age.
    fn is_due(&self, now: Timestamp) -> bool {
        let age = now.seconds_since(self.since);
        self.seconds > 0 && (age < 0 || age.saturating_mul(3) >= self.seconds.saturating_mul(2))
    }

    fn is_over(&self, now: Timestamp) -> bool {
        self.seconds > 0 && now.seconds_since(self.since) >= self.seconds
    }
}

#[derive(Serialize)]
struct RoleLogin<'a> {
    role_id: &'a str,
    secret_id: &'a str,
}

/// The answer to a login or a renewal.
#[derive(Deserialize)]
struct Granted {
    auth: Grant,
}

#[derive(Deserialize)]
struct Grant {
    client_token: String,
    lease_duration: i64,
    renewable: bool,
}

/// The answer to a question about the token itself.
#[derive(Deserialize)]
struct Looked {
    data: Look,
}

#[derive(Deserialize)]
struct Look {
    ttl: i64,
    #[serde(default)]
    renewable: bool,
}

impl Session {
    pub(super) fn new(auth: TransitAuth, clock: Arc<dyn Clock>) -> Self {
        Self { auth, clock, lease: Mutex::new(None) }
    }

    /// A token that is good now.
    pub(super) async fn token(&self, api: &Api) -> Result<Arc<Secret<String>>, RootError> {
        let mut slot = self.lease.lock().await;
        let now = self.clock.now();
        let lease = match slot.take() {
            Some(lease) if !lease.is_due(now) => lease,
            Some(lease) => self.continued(api, lease, now).await?,
            None => self.begin(api, now).await?,
        };
        let token = Arc::clone(&lease.token);
        *slot = Some(lease);
        Ok(token)
    }

    /// Drops a token that the service refused; `false` when no other one can be had.
    pub(super) async fn forget(&self, token: &Arc<Secret<String>>) -> bool {
        let mut slot = self.lease.lock().await;
        // Somebody else may have logged in again already.
        if slot.as_ref().is_some_and(|lease| Arc::ptr_eq(&lease.token, token)) {
            *slot = None;
        }
        matches!(self.auth, TransitAuth::AppRole { .. })
    }

    async fn begin(&self, api: &Api, now: Timestamp) -> Result<Lease, RootError> {
        match &self.auth {
            TransitAuth::AppRole { mount, role_id, secret_id } => {
                let body = role_id.expose(|role_id| {
                    secret_id.expose(|secret_id| serde_json::to_vec(&RoleLogin { role_id, secret_id }))
                });
                let body = Secret::new(body.map_err(|_| denied("the role is no text"))?);
                let path = format!("auth/{mount}/login");
                Ok(granted(api.ask(Method::POST, &path, None, &body).await?, now))
            }
            TransitAuth::Token(token) => {
                let token = Arc::new(Secret::new(token.expose(String::clone)));
                let looked = api.ask(Method::GET, "auth/token/lookup-self", Some(&token), &empty()).await;
                let Looked { data } = match looked {
                    Ok(looked) => looked,
                    // A token may be forbidden to look at itself; the work will show whether it is good.
                    Err(RootError::Denied { .. }) => Looked { data: Look { ttl: 0, renewable: false } },
                    Err(error) => return Err(error),
                };
                Ok(Lease { token, since: now, seconds: data.ttl, renewable: data.renewable })
            }
        }
    }

    /// Goes on with a token that is due: renewed, made anew, or as it is for as long as it lasts.
    async fn continued(&self, api: &Api, lease: Lease, now: Timestamp) -> Result<Lease, RootError> {
        if lease.renewable && !lease.is_over(now) {
            let path = "auth/token/renew-self";
            if let Ok(answer) = api.ask(Method::POST, path, Some(&lease.token), &empty()).await {
                return Ok(granted(answer, now));
            }
        }
        match self.auth {
            TransitAuth::AppRole { .. } => match self.begin(api, now).await {
                // The service is away for a while, and the old token still has some time.
                Err(RootError::Unavailable { .. }) if !lease.is_over(now) => Ok(lease),
                begun => begun,
            },
            TransitAuth::Token(_) => Ok(lease),
        }
    }
}

fn granted(answer: Granted, now: Timestamp) -> Lease {
    let Grant { client_token, lease_duration, renewable } = answer.auth;
    Lease { token: Arc::new(Secret::new(client_token)), since: now, seconds: lease_duration, renewable }
}

fn empty() -> Secret<Vec<u8>> {
    Secret::new(Vec::new())
}
