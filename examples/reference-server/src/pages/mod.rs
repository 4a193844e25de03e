//! The pages: one file each, thin. What they show is made in `present`, how it looks in `ui`.

mod asset;
mod audit;
mod definitions;
mod events;
mod frame;
mod overview;
mod repository;
mod sessions;
mod sign_in;
mod sign_out;
mod workspaces;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use crate::ui::RenderError;
use crate::ui::page;
use crate::ui::view::{self, ProblemKind};
use crate::web::{Problem, Routes};

/// Mounts every page.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    [
        asset::mount,
        workspaces::mount,
        sessions::mount,
        sign_in::mount,
        sign_out::mount,
        overview::mount,
        repository::mount,
        definitions::mount,
        audit::mount,
        events::mount,
    ]
    .into_iter()
    .fold(routes, |routes, mount| mount(routes))
}

/// Outside the API a problem is a page, whoever answered with it.
pub async fn problems_as_pages(request: Request, next: Next) -> Response {
    let machine = request.uri().path().starts_with("/api/");
    let response = next.run(request).await;
    match response.extensions().get::<Problem>() {
        Some(problem) if !machine => page_of(problem),
        _ => response,
    }
}

fn page_of(problem: &Problem) -> Response {
    let kind = match problem.status_code() {
        _ if problem.kind == Problem::SEALED => ProblemKind::Sealed,
        StatusCode::UNAUTHORIZED => ProblemKind::SignedOut,
        StatusCode::NOT_FOUND => ProblemKind::NotFound,
        status if status.is_client_error() => ProblemKind::Refused,
        _ => ProblemKind::Internal,
    };
    failed(kind, problem.status_code(), problem.detail.clone())
}

fn failed(kind: ProblemKind, status: StatusCode, remedy: Option<String>) -> Response {
    let page = page::problem(&frame::bare(), &view::Problem { kind, remedy, request: None });
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
