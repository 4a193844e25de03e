//! One repository and what of it was read.

use axum::http::Method;
use axum::routing::get;
use prodops::core::fact::CoverageFact;
use prodops::policy::{ReadReport, ReadRepository};
use serde::Serialize;
use utoipa::ToSchema;

use super::repositories::Repository;
use super::{Answer, Body, id};
use crate::web::{Access, Caller, Path, Problem, Routes};

/// A repository with its coverage.
#[derive(Debug, Serialize, ToSchema)]
pub struct Detail {
    #[serde(flatten)]
    repository: Repository,
    /// Which kinds of records were completely read, up to when, and with which gaps.
    #[schema(value_type = Vec<Object>)]
    coverage: Vec<CoverageFact>,
}

pub(super) fn mount(routes: Routes) -> Routes {
    let access = Access::caller::<(ReadRepository, ReadReport)>();
    routes.mount(access, Method::GET, "/api/v1/workspaces/{slug}/repositories/{id}", get(handler))
}

/// One repository.
#[utoipa::path(get, path = "/api/v1/workspaces/{slug}/repositories/{id}", tag = "repositories",
    params(("slug" = String, Path, description = "one of the caller's workspaces"),
        ("id" = String, Path, description = "the repository")),
    responses((status = 200, body = Detail), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn handler(caller: Caller, Path((slug, repository)): Path<(String, String)>) -> Answer<Detail> {
    let workspace = caller.enter(&slug).await?;
    let repository = id(&repository)?;
    let fact = workspace.repository(repository).await?;
    let coverage = workspace.coverage(repository).await?;
    Ok(Body(Detail { repository: fact.into(), coverage }))
}
