//! The two requests of a sign-in by OpenID Connect: away to the provider, and back.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use prodops_core::audit::Decision;
use prodops_core::keyring::{DataKeys, KeyOwner};
use prodops_core::session::{VerifiedSession, VerifiedSubject};

use super::cookie::{SessionCookie, client_family};
use super::credential::cookies;
use super::guard::Web;
use super::refusal::Refusal;
use crate::engine::{Admission, Engine, EngineError};
use crate::login::{Callback, LoginError, Oidc, ReturnPath, cookie};

/// Answers a request to sign in: sends the browser to the provider, and keeps the attempt in it.
pub async fn begin_login(web: &Web, oidc: &Oidc, return_to: ReturnPath) -> Response {
    let begun = async {
        let start = oidc.begin(return_to).await?;
        let keys = deployment_keys(web).await?;
        let kept = cookie::set(&keys, &start.attempt).map_err(EngineError::from)?;
        let mut response = see_other(&start.authorization_url.expose(String::clone))?;
        set_cookie(&mut response, &kept);
        Ok::<_, Failure>(response)
    };
    begun.await.unwrap_or_else(Failure::answer)
}

/// Answers the provider's callback: begins a session and brings the person to where they wanted to go. `before` is the
/// session that the browser had, which ends; `query` is the query of the callback's URL.
///
/// Whatever fails looks the same from outside, [`Refusal::SignIn`]; the reason is in the log. An attempt is used up by its
/// callback in any case. Somebody whom the provider vouches for and `admission` does not let in is told so:
/// [`Refusal::Stranger`], with their [`VerifiedSubject`] in the extensions of the answer. Every refusal leaves an entry in the
/// deployment's audit log.
pub async fn finish_login(
    web: &Web,
    oidc: &Oidc,
    admission: Admission,
    before: Option<&VerifiedSession>,
    headers: &HeaderMap,
    query: &str,
) -> Response {
    let mut response = match finished(web, oidc, admission, before, headers, query).await {
        Ok(response) => response,
        Err(failure) => {
            failure.leave_entry(&web.engine).await;
            failure.answer()
        }
    };
    set_cookie(&mut response, &cookie::clear());
    response
}

async fn finished(
    web: &Web,
    oidc: &Oidc,
    admission: Admission,
    before: Option<&VerifiedSession>,
    headers: &HeaderMap,
    query: &str,
) -> Result<Response, Failure> {
    let keys = deployment_keys(web).await?;
    let attempt = cookie::find(&keys, cookies(headers)).ok_or(LoginError::Attempt)?;
    let return_to = attempt.return_to().clone();
    let subject = oidc.finish(attempt, Callback::parse(query)?).await?;
    let Some(token) = web.engine.admit(&subject, admission, client_family(headers)).await? else {
        return Err(Failure::Stranger(Box::new(subject)));
    };
    // Whatever session the browser had before is not gone on with.
    if let Some(before) = before {
        web.engine.sign_out(before).await?;
    }
    let session = SessionCookie::begin(&web.engine, &token).await?;
    Ok((session, see_other(return_to.as_str())?).into_response())
}

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Login(#[from] LoginError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error("nobody has added them")]
    Stranger(Box<VerifiedSubject>),
}

impl Failure {
    fn answer(self) -> Response {
        tracing::warn!(error = %self, "a sign-in did not succeed");
        match self {
            Self::Login(LoginError::Unreachable(_)) | Self::Engine(_) => Refusal::Unavailable.into_response(),
            Self::Login(_) => Refusal::SignIn.into_response(),
            Self::Stranger(subject) => {
                let mut response = Refusal::Stranger.into_response();
                response.extensions_mut().insert(*subject);
                response
            }
        }
    }

    async fn leave_entry(&self, engine: &Engine) {
        let decision = match self {
            Self::Login(LoginError::Unreachable(_)) | Self::Engine(_) => Decision::Failed,
            Self::Login(_) | Self::Stranger(_) => Decision::Denied,
        };
        if let Err(error) = engine.log_refused_sign_in(decision).await {
            tracing::error!(%error, "a refused sign-in left no entry");
        }
    }
}

async fn deployment_keys(web: &Web) -> Result<Arc<DataKeys>, EngineError> {
    Ok(web.engine.keyring()?.current_keys(KeyOwner::Deployment).await?)
}

/// A redirect that no cache keeps and no page learns the origin of.
fn see_other(place: &str) -> Result<Response, LoginError> {
    let mut place = HeaderValue::from_str(place).map_err(|_| LoginError::Callback)?;
    place.set_sensitive(true);
    let fixed = [(header::CACHE_CONTROL, "no-store"), (header::REFERRER_POLICY, "no-referrer")];
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, place)], fixed).into_response())
}

fn set_cookie(response: &mut Response, cookie: &str) {
    // What is sealed is base64url, which every header takes.
    if let Ok(mut value) = HeaderValue::from_str(cookie) {
        value.set_sensitive(true);
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
