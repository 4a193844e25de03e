//! What AI providers may be asked in a workspace, and what that came to.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::routing::{get, put};
use prodops::ai::{AiSettings, Budget, Cost, ProviderEntry, Training};
use prodops::core::fact::Probability;
use prodops::engine::{AiStatus, Engine};
use prodops::policy::{ReadWorkspace, UpdateWorkspace};
use prodops::store::contract::{AiRunRecord, JobState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Answer, Body};
use crate::config::cost;
use crate::present::stage;
use crate::web::{Access, App, Caller, Json, Path, Problem, Routes};

const PATH: &str = "/api/v1/workspaces/{slug}/ai";

/// So many commits, and so much money.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// Commits.
    commits: u64,
    /// Money, in the currency of the provider's prices.
    cost: f64,
}

/// An AI provider of the deployment.
#[derive(Debug, Serialize, ToSchema)]
pub struct Provider {
    /// The name to choose it by.
    name: String,
    /// Purpose, region, terms, what it keeps, whether it trains, hosts: a line each.
    about: Vec<String>,
    /// The condition to acknowledge, word for word; `null` when it never trains on what it is sent.
    condition: Option<String>,
}

/// A run that goes on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Run {
    /// What it is doing: `sending`, `waiting`, `deleting` or `done`.
    stage: &'static str,
    /// Commits that are answered.
    done: u64,
    /// Commits that were sent.
    total: u64,
}

/// How the last run went.
#[derive(Debug, Serialize, ToSchema)]
pub struct LastRun {
    /// When it ended, RFC 3339.
    finished: String,
    /// Commits that were sent.
    sent: u64,
    /// Commits that got a label.
    labelled: u64,
    /// Labels that differ from the offline model's.
    differing: u64,
    /// Labels that differ from what the author declared.
    contradicting: u64,
    /// Commits that could not be read again.
    unreadable: u64,
    /// Whether commits were left for want of a budget.
    out_of_budget: bool,
    /// Objects at the provider that were not yet seen to be gone when it ended; they are deleted by sweeps.
    left: u64,
}

/// What AI providers may be asked, and what that came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ai {
    /// The provider that was chosen; `null` when nobody may be asked.
    provider: Option<String>,
    /// The condition that somebody made sure of.
    acknowledged: Option<String>,
    /// Commits that the offline model is less sure of are asked about, from 0 to 1.
    threshold: f64,
    /// As much as may be sent and spent in a month.
    monthly: Amount,
    /// What was set aside this month.
    spent: Amount,
    /// Why nothing is sent all the same.
    refusal: Option<String>,
    /// The run that goes on in this process.
    run: Option<Run>,
    /// How the last one went.
    last_run: Option<LastRun>,
    /// When the next one begins, RFC 3339.
    next_run: Option<String>,
    /// Why the last attempts failed, such as `unreachable`.
    failure: Option<&'static str>,
    /// What there is to choose from.
    providers: Vec<Provider>,
}

/// What AI providers may be asked from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The provider; `null` for none.
    provider: Option<String>,
    /// Its condition, word for word.
    acknowledged: Option<String>,
    /// Commits that the offline model is less sure of are asked about, from 0 to 1; 0.6 when left out.
    threshold: Option<f64>,
    /// As much as may be sent and spent in a month.
    monthly: Amount,
}

impl Choice {
    pub(super) fn settings(self) -> Result<AiSettings, Problem> {
        let odd = |what: &str| Problem::bad_request(what.to_owned());
        let threshold = match self.threshold {
            Some(threshold) if !(0.0..=1.0).contains(&threshold) => {
                return Err(odd("`threshold` is between 0 and 1"));
            }
            Some(threshold) => Probability::from_f64(threshold),
            None => AiSettings::default().threshold,
        };
        let money = cost(self.monthly.cost).ok_or_else(|| odd("`cost` is no amount of money"))?;
        let budget = Budget { commits: self.monthly.commits, cost: money };
        Ok(AiSettings { provider: self.provider, acknowledged: self.acknowledged, threshold, budget })
    }
}

impl From<Budget> for Amount {
    fn from(budget: Budget) -> Self {
        Self { commits: budget.commits, cost: money(budget.cost) }
    }
}

pub(super) fn money(cost: Cost) -> f64 {
    cost.as_millionths() as f64 / 1e6
}

impl From<AiRunRecord> for LastRun {
    fn from(run: AiRunRecord) -> Self {
        Self {
            finished: run.finished.to_string(),
            sent: run.sent,
            labelled: run.labelled,
            differing: run.differing,
            contradicting: run.contradicting,
            unreadable: run.unreadable,
            out_of_budget: run.out_of_budget,
            left: run.left,
        }
    }
}

impl From<&ProviderEntry> for Provider {
    fn from(entry: &ProviderEntry) -> Self {
        let condition = match &entry.training {
            Training::Never => None,
            Training::Unless(condition) => Some(condition.clone()),
        };
        Self { name: entry.name.clone(), about: entry.describe(), condition }
    }
}

impl Ai {
    fn of(status: AiStatus, engine: &Engine) -> Self {
        let waits = status.job.as_ref().filter(|job| job.state == JobState::Queued);
        let run = status.progress;
        Self {
            threshold: status.settings.threshold.as_f64(),
            monthly: status.settings.budget.into(),
            provider: status.settings.provider,
            acknowledged: status.settings.acknowledged,
            spent: status.spent.into(),
            refusal: status.refusal.map(|refusal| refusal.to_string()),
            run: run.map(|run| Run { stage: stage(run.stage), done: run.done, total: run.total }),
            last_run: status.last_run.map(LastRun::from),
            next_run: waits.map(|job| job.run_after.to_string()),
            failure: status.job.as_ref().and_then(|job| job.failed).map(|(_, code)| code.as_str()),
            providers: engine.ai_providers().map(Provider::from).collect(),
        }
    }
}

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(Access::caller::<(ReadWorkspace,)>(), Method::GET, PATH, get(show)).mount(
        Access::caller::<(UpdateWorkspace,)>(),
        Method::PUT,
        PATH,
        put(choose),
    )
}

/// What AI providers may be asked in the workspace, for every member to see.
#[utoipa::path(get, path = "/api/v1/workspaces/{slug}/ai", tag = "ai",
    params(("slug" = String, Path, description = "one of the caller's workspaces")),
    responses((status = 200, body = Ai), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn show(caller: Caller, State(app): State<Arc<App>>, Path(slug): Path<String>) -> Answer<Ai> {
    let status = caller.enter(&slug).await?.ai_status().await?;
    Ok(Body(Ai::of(status, &app.engine)))
}

/// Lets an AI provider be asked within a budget, or none. Those who may change the workspace only.
#[utoipa::path(put, path = "/api/v1/workspaces/{slug}/ai", tag = "ai", request_body = Choice,
    params(("slug" = String, Path, description = "one of the caller's workspaces")),
    responses((status = 204, description = "chosen"), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn choose(
    caller: Caller,
    Path(slug): Path<String>,
    Json(choice): Json<Choice>,
) -> Result<StatusCode, Problem> {
    let workspace = caller.enter(&slug).await?;
    workspace.choose_ai(&choice.settings()?).await?;
    Ok(StatusCode::NO_CONTENT)
}
