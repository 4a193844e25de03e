//! Corrects the label of a commit, and goes back to the page that it was on.

use axum::http::Method;
use axum::response::{IntoResponse, Redirect};
use axum::routing::post;
use prodops::core::fact::Activity;
use prodops::policy::{CorrectActivity, ReadReport, ReadRepository};
use serde::Deserialize;

use super::Page;
use crate::ui::route;
use crate::web::{Access, Form, Path, Problem, Routes, SignedIn};

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(
        Access::session::<(ReadRepository, CorrectActivity, ReadReport)>(),
        Method::POST,
        "/w/{slug}/repositories/{id}/commits/{commit}/label",
        post(handler),
    )
}

/// What a commit is, and on which page that was said.
#[derive(Debug, Deserialize)]
struct Correction {
    /// What it is.
    label: Option<String>,
    /// Whether an earlier correction is taken back.
    withdraw: Option<String>,
    kind: String,
    window: String,
    #[serde(default)]
    skip: usize,
}

async fn handler(
    caller: SignedIn,
    Path((slug, repository, commit)): Path<(String, String, String)>,
    Form(said): Form<Correction>,
) -> Page {
    let workspace = caller.caller().enter(&slug).await?;
    let repository = repository.parse().map_err(|_| Problem::not_found())?;
    let commit = commit.parse().map_err(|_| Problem::not_found())?;
    if said.withdraw.is_some() {
        workspace.withdraw_correction(repository, commit).await?;
    } else {
        let label = said.label.as_deref().and_then(Activity::named);
        let label = label.ok_or_else(|| Problem::bad_request("choose what kind of work the commit is"))?;
        workspace.correct_label(repository, commit, label).await?;
    }
    let page = route::windowed(&route::investment_commits(&slug, &said.kind), &said.window);
    Ok(Redirect::to(&format!("{page}&skip={}", said.skip)).into_response())
}
