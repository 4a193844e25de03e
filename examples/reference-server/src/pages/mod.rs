//! The pages: one file each, thin. What they show is made in `present`, how it looks in `ui`.

mod asset;
mod audit;
mod commit_label;
mod definitions;
mod deletion;
mod duplicates;
mod events;
mod frame;
mod integrations;
mod investment;
mod investment_commits;
mod login;
mod overview;
mod ownership;
mod policies;
mod report;
mod repository;
mod sessions;
mod sign_in;
mod sign_out;
mod work;
mod work_commits;
mod workspaces;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use prodops::core::id::RequestId;

use crate::ui::RenderError;
use crate::ui::page;
use crate::ui::view::{self, ProblemKind, SignInReason};
use crate::web::{App, Problem, Routes};

/// Mounts every page.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    [
        asset::mount,
        workspaces::mount,
        sessions::mount,
        login::mount,
        sign_in::mount,
        sign_out::mount,
        overview::mount,
        repository::mount,
        investment::mount,
        investment_commits::mount,
        commit_label::mount,
        work::mount,
        work_commits::mount,
        ownership::mount,
        duplicates::mount,
        definitions::mount,
        deletion::mount,
        audit::mount,
        policies::mount,
        integrations::mount,
        events::mount,
    ]
    .into_iter()
    .fold(routes, |routes, mount| mount(routes))
}

/// Outside the API a problem is a page, whoever answered with it.
pub async fn problems_as_pages(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let machine = request.uri().path().starts_with("/api/");
    let wanted = login::wanted(request.method(), request.uri());
    let headers = request.headers().clone();
    let id = request.extensions().get::<RequestId>().map(ToString::to_string);
    let response = next.run(request).await;
    let Some(problem) = response.extensions().get::<Problem>().filter(|_| !machine) else { return response };
    let page = match problem.status_code() {
        StatusCode::UNAUTHORIZED => {
            let page = login::sign_in(&app, &headers, SignInReason::Needed, wanted);
            (problem.status_code(), page).into_response()
        }
        status => {
            let request = id.filter(|_| status.is_server_error());
            failed(&headers, kind(problem, status), status, problem.detail.clone(), request)
        }
    };
    with_headers_of(&response, page)
}

fn kind(problem: &Problem, status: StatusCode) -> ProblemKind {
    match status {
        _ if problem.kind == Problem::SEALED => ProblemKind::Sealed,
        _ if problem.kind == Problem::DENIED => ProblemKind::Denied,
        StatusCode::NOT_FOUND => ProblemKind::NotFound,
        status if status.is_client_error() => ProblemKind::Refused,
        _ => ProblemKind::Internal,
    }
}

/// The page in the place of an answer, with what else that answer said: a renewed cookie, above all. A browser that does not get
/// it would come back with an old token and lose its session.
fn with_headers_of(answer: &Response, mut page: Response) -> Response {
    for (name, value) in answer.headers() {
        if *name != header::CONTENT_TYPE && *name != header::CONTENT_LENGTH {
            page.headers_mut().append(name, value.clone());
        }
    }
    page
}

fn failed(
    headers: &HeaderMap,
    kind: ProblemKind,
    status: StatusCode,
    remedy: Option<String>,
    request: Option<String>,
) -> Response {
    let view = view::Problem { kind, status: status.as_u16(), remedy, request };
    let page = page::problem(&frame::outside(headers), &view);
    (status, show(page)).into_response()
}

/// A page that was rendered, or the plainest of answers when even that failed.
fn show(page: Result<String, RenderError>) -> Response {
    match page {
        Ok(text) => Html(text).into_response(),
        Err(error) => {
            tracing::error!(%error, "page");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

type Page = Result<Response, Problem>;
