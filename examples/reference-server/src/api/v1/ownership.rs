//! Whose lines are left in a folder of a repository.

use axum::http::Method;
use axum::routing::get;
use prodops::engine::FolderEntry;
use prodops::metrics::ownership::PlaceOwnership;
use prodops::policy::{ReadReport, ReadRepository};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Answer, Body, id};
use crate::web::{Access, Caller, Path, Problem, Query, Routes};

/// Which folder.
#[derive(Debug, Deserialize, IntoParams)]
pub struct In {
    /// From the root of the repository; the root unless given.
    #[serde(default)]
    folder: String,
}

/// Whose lines are left. People are counted, never named, and held back where there are few.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ownership {
    /// `bus_factor_lines@1`.
    definition: String,
    /// One entry per file and folder: `place`, `files`, `lines`, and as readings `people`, `bus_factor` and `largest`; `null` when
    /// the lines of the repository were not read.
    #[schema(value_type = Option<Vec<Object>>)]
    places: Option<Vec<PlaceOwnership<FolderEntry>>>,
    /// Files whose place is not known, because their names cannot be had now.
    unplaced: u64,
    /// Lines that were left out, by reason.
    #[schema(value_type = Object)]
    excluded: prodops::metrics::exclusion::Excluded,
}

pub(super) fn mount(routes: Routes) -> Routes {
    let access = Access::caller::<(ReadRepository, ReadReport)>();
    routes.mount(access, Method::GET, "/api/v1/workspaces/{slug}/repositories/{id}/ownership", get(handler))
}

/// Whose lines are left at the head of a repository, for everything that lies in a folder.
#[utoipa::path(get, path = "/api/v1/workspaces/{slug}/repositories/{id}/ownership", tag = "repositories",
    params(("slug" = String, Path, description = "one of the caller's workspaces"),
        ("id" = String, Path, description = "the repository"), In),
    responses((status = 200, body = Ownership), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn handler(
    caller: Caller,
    Path((slug, repository)): Path<(String, String)>,
    Query(place): Query<In>,
) -> Answer<Ownership> {
    let workspace = caller.enter(&slug).await?;
    let found = workspace.ownership(id(&repository)?, place.folder.trim_matches('/')).await?;
    let definition = prodops::metrics::ownership::BUS_FACTOR_LINES.key().to_string();
    let (unplaced, excluded) =
        found.table.as_ref().map_or_else(Default::default, |table| (table.unplaced, table.excluded.clone()));
    Ok(Body(Ownership { definition, places: found.table.map(|table| table.places), unplaced, excluded }))
}
