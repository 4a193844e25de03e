//! Pages of a repository's commits.

use axum::http::Method;
use axum::routing::get;
use prodops::core::fact::CommitFact;
use prodops::policy::{ReadReport, ReadRepository};
use prodops::store::contract::PageToken;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Answer, Body, id};
use crate::web::{Access, Caller, Path, Problem, Query, Routes};

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Asked {
    /// The `next` of the page before.
    after: Option<String>,
    /// How many, at most 5,000; 500 unless given.
    limit: Option<usize>,
}

/// A commit without the people behind it: who works when is nobody's to read off a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Commit {
    /// Its id.
    id: String,
    /// Its parents, first parent first.
    parents: Vec<String>,
    /// When it was brought in, in UTC.
    committed: String,
    /// Whether it has more than one parent.
    merge: bool,
    /// Whether its author is a program.
    bot: bool,
    /// How many files it changes.
    files: usize,
    /// Lines added.
    added: u64,
    /// Lines deleted.
    deleted: u64,
    /// The kind of work; `null` for merges.
    label: Option<&'static str>,
    /// How likely the label is right.
    probability: Option<f64>,
    /// Who decided the label.
    source: Option<&'static str>,
}

impl From<CommitFact> for Commit {
    fn from(fact: CommitFact) -> Self {
        Self {
            id: fact.id.to_string(),
            parents: fact.parents.iter().map(ToString::to_string).collect(),
            committed: fact.committed.at.to_string(),
            merge: fact.is_merge(),
            bot: fact.bot,
            files: fact.changes.len(),
            added: fact.added(),
            deleted: fact.deleted(),
            label: fact.label.map(|label| label.label.as_str()),
            probability: fact.label.map(|label| label.probability.as_f64()),
            source: fact.label.map(|label| label.source.as_str()),
        }
    }
}

/// A page of commits.
#[derive(Debug, Serialize, ToSchema)]
pub struct Commits {
    /// The commits, ordered by id.
    items: Vec<Commit>,
    /// The next page; `null` after the last.
    next: Option<String>,
}

pub(super) fn mount(routes: Routes) -> Routes {
    let access = Access::caller::<(ReadRepository, ReadReport)>();
    routes.mount(access, Method::GET, "/api/v1/workspaces/{slug}/repositories/{id}/commits", get(handler))
}

/// A page of a repository's commits.
#[utoipa::path(get, path = "/api/v1/workspaces/{slug}/repositories/{id}/commits", tag = "repositories",
    params(("slug" = String, Path, description = "one of the caller's workspaces"),
        ("id" = String, Path, description = "the repository"), Asked),
    responses((status = 200, body = Commits), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn handler(
    caller: Caller,
    Path((slug, repository)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Answer<Commits> {
    let workspace = caller.enter(&slug).await?;
    let after = asked.after.as_deref().map(str::parse::<PageToken>).transpose();
    let after = after.map_err(|error| Problem::bad_request(error.to_string()))?;
    let page = workspace.commits(id(&repository)?, after.as_ref(), asked.limit.unwrap_or(500)).await?;
    let items = page.items.into_iter().map(Commit::from).collect();
    Ok(Body(Commits { items, next: page.next.map(|next| next.to_string()) }))
}
