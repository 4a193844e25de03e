//! Signing in at the identity provider: away, back, and out again.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use prodops::core::session::VerifiedSubject;
use prodops::engine::{Admission, EngineError};
use prodops::login::ReturnPath;
use prodops::web::{Refusal, Web, begin_login, finish_login};
use serde::Deserialize;

use super::{Page, frame, show, with_headers_of};
use crate::login::Login;
use crate::ui::view::{SignIn, SignInReason};
use crate::ui::{Label, page, route};
use crate::web::{Access, App, Problem, Query, Routes, SignedIn};

pub(super) fn mount(routes: Routes) -> Routes {
    let away = Access::Public("the way in: it tells only where the identity provider is");
    let back =
        Access::Public("the provider's answer is the evidence, for the browser that began the sign-in");
    let out = Access::Public("it tells only where the identity provider ends its session");
    routes
        .mount(away, Method::GET, route::LOGIN, get(begin))
        .mount(back, Method::GET, route::LOGIN_CALLBACK, get(finish))
        .mount(out, Method::GET, route::END_PROVIDER_SESSION, get(end_provider_session))
}

#[derive(Debug, Deserialize)]
struct Asked {
    return_to: Option<String>,
}

async fn begin(State(app): State<Arc<App>>, headers: HeaderMap, Query(asked): Query<Asked>) -> Page {
    // Whoever is sent elsewhere by a link of somebody else's is brought to the first page instead.
    let return_to = asked.return_to.and_then(|path| ReturnPath::new(&path).ok()).unwrap_or_default();
    let kept = return_to.as_str().to_owned();
    unsealed(&app)?;
    let Some(login) = app.login.as_ref().filter(|_| is_own_doing(&headers)) else {
        return Ok(sign_in(&app, &headers, SignInReason::Asked, Some(kept)));
    };
    let response = begin_login(&web(&app), login.oidc(), return_to).await;
    login.note(refusal(&response).is_none());
    Ok(match refusal(&response) {
        None => response,
        Some(_) => {
            let page = sign_in(&app, &headers, SignInReason::Unreachable, Some(kept));
            (StatusCode::SERVICE_UNAVAILABLE, page).into_response()
        }
    })
}

/// Whether the person themselves asked for it, here or by its address. A provider that knows them answers silently, so that
/// another site could have signed them in without their doing anything: from there, they see the page with the button.
fn is_own_doing(headers: &HeaderMap) -> bool {
    headers.get_all("sec-fetch-site").iter().all(|site| site == "same-origin" || site == "none")
}

async fn finish(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    before: Result<SignedIn, Refusal>,
    RawQuery(query): RawQuery,
) -> Page {
    let login = login(&app)?;
    unsealed(&app)?;
    let before = before.ok();
    let before = before.as_ref().map(SignedIn::session);
    let query = query.unwrap_or_default();
    let response = finish_login(&web(&app), login.oidc(), Admission::Members, before, &headers, &query).await;
    let Some(refusal) = refusal(&response) else { return Ok(response) };
    let reason = match (refusal, response.extensions().get::<VerifiedSubject>()) {
        (Refusal::Stranger, Some(subject)) => {
            SignInReason::Stranger { subject: Label::new(subject.subject()) }
        }
        (Refusal::Unavailable, _) => SignInReason::Unreachable,
        _ => SignInReason::Refused,
    };
    let page = (refusal.status(), sign_in(&app, &headers, reason, None)).into_response();
    Ok(with_headers_of(&response, page))
}

async fn end_provider_session(State(app): State<Arc<App>>, headers: HeaderMap) -> Page {
    let login = login(&app)?;
    match login.oidc().end_session_url(None).await {
        Ok(Some(url)) => Ok(Redirect::to(&url).into_response()),
        Ok(None) => Err(Problem::not_found()),
        Err(error) => {
            tracing::warn!(%error, "the identity provider cannot be asked where it ends sessions");
            login.note(false);
            let page = sign_in(&app, &headers, SignInReason::Unreachable, None);
            Ok((StatusCode::SERVICE_UNAVAILABLE, page).into_response())
        }
    }
}

/// A deployment without its keys cannot remember who went away; whose fault that is must not be taken for the provider's.
fn unsealed(app: &App) -> Result<(), Problem> {
    app.engine.sealed().map_or(Ok(()), |reason| Err(EngineError::Sealed(reason.clone()).into()))
}

fn login(app: &App) -> Result<&Login, Problem> {
    app.login.as_ref().ok_or_else(Problem::not_found)
}

fn web(app: &App) -> Web {
    Web { engine: app.engine.clone(), site: app.site.clone() }
}

fn refusal(response: &Response) -> Option<Refusal> {
    response.extensions().get::<Refusal>().copied()
}

/// The page for those who have no session.
pub(super) fn sign_in(
    app: &App,
    headers: &HeaderMap,
    reason: SignInReason,
    return_to: Option<String>,
) -> Response {
    let view = SignIn {
        reason,
        provider: app.login.as_ref().map(|login| Label::new(login.provider())),
        reachable: app.login.as_ref().is_none_or(Login::is_reachable),
        ends_sessions: app.login.as_ref().is_some_and(Login::ends_sessions),
        return_to,
    };
    show(page::sign_in(&frame::outside(headers), &view))
}

/// Where somebody wanted to go who has no session: a page that they asked for by its address.
pub(super) fn wanted(method: &Method, uri: &Uri) -> Option<String> {
    let path = uri.path_and_query().filter(|_| *method == Method::GET)?;
    ReturnPath::new(path.as_str()).ok().map(|path| path.as_str().to_owned())
}
