//! What a signed-in user sees and does: their own team's report, and a sync of their own team's repository.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Redirect, Response};
use prodops::connectors::contract::Silent;
use prodops::core::fact::RepositoryFact;
use prodops::core::id::RepositoryId;
use prodops::core::input::WorkspaceSlug;
use prodops::engine::{ReportQuery, Workspace};
use prodops::metrics::{MetricResult, MetricView, Preset, Report, Window, time_zone};
use prodops::web::{self, Caller, SignedIn};
use serde::{Deserialize, Serialize};

use crate::platform::Platform;
use crate::web::{Query, Refusal};

/// What a request asks for. Nothing in it gives a right: a team selects among the caller's own, a repository among the
/// team's own.
#[derive(Debug, Default, Deserialize)]
pub struct Selection {
    team: Option<String>,
    repository: Option<String>,
}

impl Selection {
    /// The selected team, or the caller's first.
    async fn enter(&self, caller: &Caller) -> Result<Workspace, Refusal> {
        let first = match &self.team {
            Some(_) => None,
            None => caller.workspaces().await?.into_iter().next(),
        };
        let first = first.map(|row| row.slug.to_string());
        let team = self.team.as_ref().or(first.as_ref()).ok_or(Refusal::NOT_FOUND)?;
        Ok(caller.enter(team).await?)
    }

    async fn report(&self, platform: &Platform, workspace: &Workspace) -> Result<Report, Refusal> {
        let repository = self.repository.as_deref().map(str::parse::<RepositoryId>).transpose();
        let repository = repository.map_err(|_| Refusal::NOT_FOUND)?;
        let zone = time_zone("UTC").map_err(|_| Refusal::FAILED)?;
        let window =
            Window::preset(Preset::AllHistory, platform.clock.now(), zone).map_err(|_| Refusal::FAILED)?;
        Ok(workspace.report(&ReportQuery { repository, window }).await?)
    }
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage;

#[derive(Template)]
#[template(path = "dashboard.html")]
struct DashboardPage<'a> {
    team: &'a str,
    /// What the forms of the page send along.
    csrf: String,
    repositories: &'a [RepositoryFact],
    rows: Vec<Row>,
}

struct Row {
    name: &'static str,
    reading: String,
    n: u64,
}

impl Row {
    fn of(result: &MetricResult) -> Self {
        let reading = match (result.unknown(), result.value().and_then(|value| value.headline())) {
            (Some(unknown), _) => format!("unknown: {unknown}"),
            (None, Some(number)) => {
                let (digits, unit) =
                    (if number.fract() == 0.0 { 0 } else { 3 }, result.definition.unit.as_str());
                format!("{number:.digits$} {}", unit.replace('_', " "))
            }
            (None, None) => "in the JSON report".to_owned(),
        };
        Self { name: result.definition.name, reading, n: result.n }
    }
}

/// `GET /`: the report of the caller's team, or the login form for everybody else.
///
/// # Errors
/// When the engine refuses or fails.
pub async fn page(
    State(platform): State<Arc<Platform>>,
    Query(selection): Query<Selection>,
    caller: Result<SignedIn, web::Refusal>,
) -> Result<Html<String>, Refusal> {
    let caller = match caller {
        Ok(caller) => caller,
        Err(web::Refusal::SignIn) => return html(&LoginPage),
        Err(other) => return Err(other.into()),
    };
    let workspace = selection.enter(caller.caller()).await?;
    let report = selection.report(&platform, &workspace).await?;
    html(&DashboardPage {
        team: workspace.record().name.as_str(),
        csrf: caller.csrf(),
        repositories: &workspace.repositories().await?,
        rows: report.results.iter().map(Row::of).collect(),
    })
}

#[derive(Serialize)]
struct ReportBody<'a> {
    team: &'a WorkspaceSlug,
    repositories: Vec<RepositoryId>,
    metrics: Vec<MetricView<'a>>,
}

/// `GET /report.json?team=…&repository=…`: the same for programs.
///
/// # Errors
/// Not found for what is not the caller's; else as the engine refuses or fails.
pub async fn report_json(
    State(platform): State<Arc<Platform>>,
    caller: Caller,
    Query(selection): Query<Selection>,
) -> Result<Response, Refusal> {
    let workspace = selection.enter(&caller).await?;
    let report = selection.report(&platform, &workspace).await?;
    let repositories = workspace.repositories().await?.iter().map(|repository| repository.id).collect();
    let body = ReportBody { team: &workspace.record().slug, repositories, metrics: report.metrics() };
    let bytes = serde_json::to_vec(&body).map_err(|_| Refusal::FAILED)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], bytes).into_response())
}

/// `POST /sync?team=…`: reads what is new behind every connection of the team, and then shows the report.
///
/// # Errors
/// Not found for a team that is not the caller's; conflict while another sync runs; else as the engine fails.
pub async fn sync(
    State(platform): State<Arc<Platform>>,
    caller: Caller,
    Query(selection): Query<Selection>,
) -> Result<Redirect, Refusal> {
    let workspace = selection.enter(&caller).await?;
    for connection in workspace.connections().await? {
        let run = workspace.begin_sync(connection.id).await?;
        let stopping = platform.stopping.clone();
        // A task of its own: a browser that goes away takes the request with it, but not the sync.
        let task = tokio::spawn(async move { run.run(&Silent, &stopping).await });
        task.await.map_err(|_| Refusal::FAILED)??;
    }
    Ok(Redirect::to("/"))
}

fn html(page: &impl Template) -> Result<Html<String>, Refusal> {
    page.render().map(Html).map_err(|_| Refusal::FAILED)
}
