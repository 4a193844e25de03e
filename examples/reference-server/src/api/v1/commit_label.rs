//! Says what kind of work a commit is, or takes that back.

use axum::http::{Method, StatusCode};
use axum::routing::{delete, put};
use prodops::core::fact::{Activity, CommitId};
use prodops::core::id::RepositoryId;
use prodops::policy::{CorrectActivity, ReadReport, ReadRepository};
use serde::Deserialize;
use utoipa::ToSchema;

use super::id;
use crate::web::{Access, Caller, Json, Path, Problem, Routes};

/// What somebody says a commit is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// A label such as `feature` or `build_ci`.
    #[schema(value_type = String)]
    label: Activity,
}

const PATH: &str = "/api/v1/workspaces/{slug}/repositories/{id}/commits/{commit}/label";

pub(super) fn mount(routes: Routes) -> Routes {
    let access = || Access::caller::<(ReadRepository, CorrectActivity, ReadReport)>();
    routes.mount(access(), Method::PUT, PATH, put(correct)).mount(
        access(),
        Method::DELETE,
        PATH,
        delete(withdraw),
    )
}

fn place(repository: &str, commit: &str) -> Result<(RepositoryId, CommitId), Problem> {
    Ok((id(repository)?, commit.parse().map_err(|_| Problem::not_found())?))
}

/// Says what kind of work a commit is, against what was decided. It is kept when the history is read again.
#[utoipa::path(put, path = PATH, tag = "repositories", request_body = Correction,
    params(("slug" = String, Path, description = "one of the caller's workspaces"),
        ("id" = String, Path, description = "the repository"), ("commit" = String, Path, description = "the commit")),
    responses((status = 204, description = "corrected"), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn correct(
    caller: Caller,
    Path((slug, repository, commit)): Path<(String, String, String)>,
    Json(correction): Json<Correction>,
) -> Result<StatusCode, Problem> {
    let (repository, commit) = place(&repository, &commit)?;
    caller.enter(&slug).await?.correct_label(repository, commit, correction.label).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the correction of a commit's label back: what was decided without it stands again.
#[utoipa::path(delete, path = PATH, tag = "repositories",
    params(("slug" = String, Path, description = "one of the caller's workspaces"),
        ("id" = String, Path, description = "the repository"), ("commit" = String, Path, description = "the commit")),
    responses((status = 204, description = "taken back"), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn withdraw(
    caller: Caller,
    Path((slug, repository, commit)): Path<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    let (repository, commit) = place(&repository, &commit)?;
    caller.enter(&slug).await?.withdraw_correction(repository, commit).await?;
    Ok(StatusCode::NO_CONTENT)
}
