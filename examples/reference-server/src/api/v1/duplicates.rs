//! What of a repository is written more than once.

use std::sync::Arc;

use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use prodops::core::id::RepositoryId;
use prodops::engine::{DuplicatePlace, DuplicatedBlock};
use prodops::metrics::MetricResult;
use prodops::policy::{ListRepositories, ReadReport, ReadRepository};
use serde::Serialize;
use utoipa::ToSchema;

use super::report::Asked;
use super::{Answer, Body, id};
use crate::web::{Access, App, Caller, Path, Problem, Query, Routes};

/// A part of a file that stands elsewhere, too.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlockPlace {
    /// In which repository.
    #[schema(value_type = String)]
    repository: RepositoryId,
    /// In which file; `null` where names cannot be had now.
    path: Option<String>,
    /// Its first line, from 1.
    from: u32,
    /// Its last line.
    to: u32,
}

/// A block that stands in more than one place.
#[derive(Debug, Serialize, ToSchema)]
pub struct Block {
    /// The first of its places.
    places: Vec<BlockPlace>,
    /// In how many places it stands.
    copies: u64,
    /// Its tokens.
    tokens: u32,
    /// Its lines in all places together.
    lines: u64,
    /// The commits of people in the window that touched one of its files.
    commits: u64,
}

/// What of a repository is written more than once.
#[derive(Debug, Serialize, ToSchema)]
pub struct Duplicates {
    /// `duplicated_lines@1`, as in reports.
    #[schema(value_type = Object)]
    lines: MetricResult,
    /// The blocks, those first whose lines times commits are most: a hundred at most.
    hot_spots: Vec<Block>,
    /// How many blocks there are.
    blocks: u64,
}

pub(super) fn mount(routes: Routes) -> Routes {
    let access = Access::caller::<(ListRepositories, ReadRepository, ReadReport)>();
    routes.mount(access, Method::GET, "/api/v1/workspaces/{slug}/repositories/{id}/duplicates", get(handler))
}

/// What of a repository is written more than once, in it or in another repository of the workspace, and what of it costs work.
#[utoipa::path(get, path = "/api/v1/workspaces/{slug}/repositories/{id}/duplicates", tag = "repositories",
    params(("slug" = String, Path, description = "one of the caller's workspaces"),
        ("id" = String, Path, description = "the repository"), Asked),
    responses((status = 200, body = Duplicates), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn handler(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, repository)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Answer<Duplicates> {
    let workspace = caller.enter(&slug).await?;
    let found = workspace.duplicates(id(&repository)?, &asked.window(&app)?).await?;
    let hot_spots = found.hot_spots.into_iter().map(Block::from).collect();
    Ok(Body(Duplicates { lines: found.lines, hot_spots, blocks: found.blocks }))
}

impl From<DuplicatedBlock> for Block {
    fn from(block: DuplicatedBlock) -> Self {
        let DuplicatedBlock { places, copies, tokens, lines, commits } = block;
        Self { places: places.into_iter().map(BlockPlace::from).collect(), copies, tokens, lines, commits }
    }
}

impl From<DuplicatePlace> for BlockPlace {
    fn from(place: DuplicatePlace) -> Self {
        Self { repository: place.repository.id, path: place.path, from: place.from, to: place.to }
    }
}
