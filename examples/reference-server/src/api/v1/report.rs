//! The metrics of a window.

use std::sync::Arc;

use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use prodops::core::id::RepositoryId;
use prodops::engine::ReportQuery;
use prodops::metrics::{Preset, Window, time_zone};
use prodops::policy::{ListRepositories, ReadReport};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Answer, Body, id};
use crate::web::{Access, App, Caller, Path, Problem, Query, Routes};

/// What is asked for.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Asked {
    /// `30d`, `90d` (the default), `365d` or `all`.
    window: Option<String>,
    /// An IANA time zone such as `Europe/Berlin`; `UTC` unless given.
    zone: Option<String>,
    /// One repository; all unless given.
    repository: Option<String>,
}

/// The metrics of a window.
#[derive(Debug, Serialize, ToSchema)]
pub struct Report {
    /// The window that was asked for, half-open, with its zone.
    #[schema(value_type = Object)]
    window: Window,
    /// One result for every definition: `definition`, `value`, `unit`, `n`, `excluded`, `statistic`, and besides
    /// `reading` (why there is no value), `coverage`, `as_of` and `before`.
    #[schema(value_type = Vec<Object>)]
    metrics: Vec<prodops::metrics::MetricResult>,
}

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(
        Access::caller::<(ReadReport, ListRepositories)>(),
        Method::GET,
        "/api/v1/workspaces/{slug}/report",
        get(handler),
    )
}

/// The metrics of a window, each with how many things went in, what was left out, and what is unknown.
#[utoipa::path(get, path = "/api/v1/workspaces/{slug}/report", tag = "metrics",
    params(("slug" = String, Path, description = "one of the caller's workspaces"), Asked),
    responses((status = 200, body = Report), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn handler(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer<Report> {
    let workspace = caller.enter(&slug).await?;
    let window = asked.window(&app)?;
    let report = workspace.report(&ReportQuery { repository: asked.repository()?, window }).await?;
    Ok(Body(Report { window: report.window, metrics: report.results }))
}

impl Asked {
    pub(super) fn repository(&self) -> Result<Option<RepositoryId>, Problem> {
        self.repository.as_deref().map(id).transpose()
    }

    pub(super) fn window(&self, app: &App) -> Result<Window, Problem> {
        let name = self.window.as_deref().unwrap_or(Preset::Last90Days.as_str());
        let preset = Preset::from_name(name)
            .ok_or_else(|| Problem::bad_request("unknown window: expected 30d, 90d, 365d or all"))?;
        let unusable = |error: prodops::metrics::WindowError| Problem::bad_request(error.to_string());
        let zone = time_zone(self.zone.as_deref().unwrap_or("UTC")).map_err(unusable)?;
        Window::preset(preset, app.clock.now(), zone).map_err(unusable)
    }
}
