//! The connections of a workspace: how reading them goes, and a button that has one read.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use prodops::ai::{AiSettings, Budget};
use prodops::core::fact::Probability;
use prodops::core::tenancy::WorkspaceState;
use prodops::engine::{AiEstimate, Workspace};
use prodops::policy::{ListConnections, ReadWorkspace, RunSync, UpdateWorkspace};
use serde::Deserialize;

use super::{Page, frame, show};
use crate::config::cost;
use crate::present;
use crate::ui::view::{Integrations, Place};
use crate::ui::{page, route};
use crate::web::{Access, App, Form, Path, Problem, Routes, SignedIn};

pub(super) fn mount(routes: Routes) -> Routes {
    let read = "/w/{slug}/integrations/{id}/read";
    routes
        .mount(
            Access::session::<(ListConnections, ReadWorkspace)>(),
            Method::GET,
            "/w/{slug}/integrations",
            get(handler),
        )
        .mount(Access::session::<(RunSync,)>(), Method::POST, read, post(read_now))
        .mount(
            Access::session::<(UpdateWorkspace,)>(),
            Method::POST,
            "/w/{slug}/integrations/ai",
            post(choose_ai),
        )
}

async fn handler(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    caller: SignedIn,
    Path(slug): Path<String>,
) -> Page {
    let workspace = caller.caller().enter(&slug).await?;
    shown(&app, &headers, &caller, &workspace, None).await
}

async fn shown(
    app: &App,
    headers: &HeaderMap,
    caller: &SignedIn,
    workspace: &Workspace,
    estimate: Option<AiEstimate>,
) -> Page {
    let (now, open) = (app.clock.now(), workspace.record().state == WorkspaceState::Active);
    let integrations = workspace.integrations().await?;
    let rows = integrations.iter().map(|each| present::integration(each, open, now)).collect();
    let status = workspace.ai_status().await?;
    let may_choose = open && workspace.may::<UpdateWorkspace>();
    let ai = present::ai(&status, app.engine.ai_providers(), estimate.as_ref(), may_choose, now);
    let frame = frame::frame(headers, caller, Place::Integrations, Some(workspace));
    Ok(show(page::integrations(&frame, &Integrations { rows, ai })))
}

/// What somebody chose in the form, or wants to have estimated.
#[derive(Debug, Deserialize)]
struct Chosen {
    task: Task,
    provider: String,
    percent: u8,
    commits: u64,
    cost: f64,
    #[serde(default)]
    acknowledged: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Task {
    Choose,
    Estimate,
}

impl Chosen {
    fn settings(self) -> Result<AiSettings, Problem> {
        let money = cost(self.cost).ok_or_else(|| Problem::bad_request("no amount of money".to_owned()))?;
        let filled = |text: String| Some(text).filter(|text| !text.is_empty());
        Ok(AiSettings {
            provider: filled(self.provider),
            acknowledged: filled(self.acknowledged),
            threshold: Probability::from_f64(f64::from(self.percent) / 100.0),
            budget: Budget { commits: self.commits, cost: money },
        })
    }
}

async fn choose_ai(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    caller: SignedIn,
    Path(slug): Path<String>,
    Form(chosen): Form<Chosen>,
) -> Page {
    let workspace = caller.caller().enter(&slug).await?;
    let task = chosen.task;
    let settings = chosen.settings()?;
    if task == Task::Estimate {
        let estimate = workspace.estimate_ai(&settings).await?;
        return shown(&app, &headers, &caller, &workspace, Some(estimate)).await;
    }
    workspace.choose_ai(&settings).await?;
    Ok(Redirect::to(&format!("{}#ai", route::integrations(&slug))).into_response())
}

async fn read_now(caller: SignedIn, Path((slug, connection)): Path<(String, String)>) -> Page {
    let workspace = caller.caller().enter(&slug).await?;
    let id = connection.parse().map_err(|_| Problem::not_found())?;
    workspace.request_sync(id).await?;
    Ok(Redirect::to(&route::integrations(&slug)).into_response())
}
