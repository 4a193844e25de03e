//! The policies in force, and who may do what by them.

use axum::http::Method;
use axum::routing::get;
use prodops::policy::ReadPolicySet;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, Body};
use crate::web::{Access, Caller, Path, Problem, Routes};

/// The policies of a workspace.
#[derive(Debug, Serialize, ToSchema)]
pub struct Policies {
    /// The policies, by id.
    policies: Vec<PolicyItem>,
    /// Who may do what: every kind of principal against every action, in each circumstance.
    matrix: Vec<Field>,
}

/// A policy.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyItem {
    /// Its id, as the audit log names it.
    id: String,
    /// What it says, for people.
    description: String,
    /// `permit` or `forbid`.
    effect: &'static str,
}

/// A field of the matrix.
#[derive(Debug, Serialize, ToSchema)]
pub struct Field {
    /// Where and how it is asked, in words.
    circumstance: &'static str,
    /// A role, `suspended` (an owner), `endless` (support without an end), or a kind of background work.
    principal: &'static str,
    /// The action.
    action: &'static str,
    /// The type of resource that it is done to.
    resource: &'static str,
    /// `allowed`, `conditional` or `denied`.
    standing: String,
    /// The policies that decide; none when nothing permits it.
    policies: Vec<String>,
}

pub(super) fn mount(routes: Routes) -> Routes {
    let path = "/api/v1/workspaces/{slug}/policies";
    routes.mount(Access::caller::<(ReadPolicySet,)>(), Method::GET, path, get(handler))
}

/// The policies in force, with the matrix of roles and actions.
#[utoipa::path(get, path = "/api/v1/workspaces/{slug}/policies", tag = "policies",
    params(("slug" = String, Path, description = "one of the caller's workspaces")),
    responses((status = 200, body = Policies), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn handler(caller: Caller, Path(slug): Path<String>) -> Answer<Policies> {
    let workspace = caller.enter(&slug).await?;
    let set = workspace.policy_set().await?;
    let item = |policy: prodops::policy::PolicySummary<'_>| PolicyItem {
        id: policy.id.to_owned(),
        description: policy.description.to_owned(),
        effect: if policy.forbids { "forbid" } else { "permit" },
    };
    let policies = set.summaries().into_iter().map(item).collect();
    let field = |cell: prodops::policy::matrix::Cell| Field {
        circumstance: cell.circumstance.title(),
        principal: cell.principal,
        action: cell.action,
        resource: cell.resource,
        standing: cell.standing.to_string(),
        policies: cell.policies,
    };
    let matrix = set.matrix().cells.into_iter().map(field).collect();
    Ok(Body(Policies { policies, matrix }))
}
