//! The workspace's repositories.

use axum::http::Method;
use axum::routing::get;
use prodops::core::fact::RepositoryFact;
use prodops::policy::ListRepositories;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, Body};
use crate::web::{Access, Caller, Path, Problem, Routes};

/// A repository.
#[derive(Debug, Serialize, ToSchema)]
pub struct Repository {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// The branch that is read; `null` when the head is detached.
    branch: Option<String>,
    /// The newest commit of that branch; `null` when there is no commit.
    head: Option<String>,
    /// Whether history is cut off at some depth.
    shallow: bool,
}

impl From<RepositoryFact> for Repository {
    fn from(fact: RepositoryFact) -> Self {
        Self {
            id: fact.id.to_string(),
            name: fact.name.to_string(),
            branch: fact.branch.map(|branch| branch.to_string()),
            head: fact.head.map(|head| head.to_string()),
            shallow: fact.shallow,
        }
    }
}

pub(super) fn mount(routes: Routes) -> Routes {
    let access = Access::caller::<(ListRepositories,)>();
    routes.mount(access, Method::GET, "/api/v1/workspaces/{slug}/repositories", get(handler))
}

/// The repositories that the caller may see.
#[utoipa::path(get, path = "/api/v1/workspaces/{slug}/repositories", tag = "repositories",
    params(("slug" = String, Path, description = "one of the caller's workspaces")),
    responses((status = 200, body = Vec<Repository>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn handler(caller: Caller, Path(slug): Path<String>) -> Answer<Vec<Repository>> {
    let rows = caller.enter(&slug).await?.repositories().await?;
    Ok(Body(rows.into_iter().map(Repository::from).collect()))
}
